// Random test runs from a seed, for the invariants. Swarm testing: each seed leaves out a random part of what
// can happen, so that rare combinations are not drowned by the usual ones.

import Base
import Plan

struct RandomRun {
    enum Feature: Int, CaseIterable {
        case refused, reset, silent, serverStall, workerGaps, slowMessages, minimumDuration, startTimes,
            segments
        case noGrace, stop, commands, severalWorkers, wakes, severalScenarios, http, highRates
    }

    let seed: UInt64
    private(set) var features: Set<Feature> = []
    private var random: SeededRandom

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        for feature in Feature.allCases where random.below(2) == 0 { features.insert(feature) }
    }

    private mutating func ms(_ bounds: ClosedRange<Int>) -> Int64 {
        Int64(bounds.lowerBound + random.below(bounds.count)) * Ns.perMillisecond
    }

    private mutating func number(_ bounds: ClosedRange<Int>) -> Int64 {
        Int64(bounds.lowerBound + random.below(bounds.count))
    }

    private mutating func chance(_ oneIn: Int) -> Bool { random.below(oneIn) == 0 }

    // MARK: - the plan

    mutating func settings() throws -> SimulationSettings {
        var scenarios: [Scenario] = []
        let count = features.contains(.severalScenarios) ? 2 + random.below(3) : 1
        for index in 0..<count { scenarios.append(scenario(named: "s\(index)")) }
        var settings = try SimulationSettings(scenarios, tuple: try tuple())
        settings.seed = random.next()
        settings.workerCount = features.contains(.severalWorkers) ? 2 + random.below(2) : 1
        settings.usesHTTP = features.contains(.http)
        settings.requestTimeoutNs = ms(300...3_000)
        settings.service = service()
        if features.contains(.slowMessages) { settings.messageNsMax = ms(1...20) }
        if features.contains(.minimumDuration) { settings.minIterationDurationNs = ms(1...700) }
        let endNs = settings.plan.isEndless ? 3 * Ns.perSecond : max(settings.plan.endOffsetNs, 1)
        if features.contains(.workerGaps) {
            settings.gapsNs = (0..<settings.workerCount).map { _ in gaps(endNs) }
        }
        if features.contains(.stop) || settings.plan.isEndless {
            settings.stopNs = Int64(random.below(Int(endNs)) + 1)
        }
        if features.contains(.commands) { settings.commands = commands(settings.plan) }
        settings.intervalNs = ms(50...900)
        return settings
    }

    private mutating func tuple() throws -> SegmentedTuple {
        if !features.contains(.segments) || features.contains(.commands) { return .full }
        let texts = ["0,1/2,1", "0,1/3,2/3,1", "0,1/4,1/2,1", "0,0.1,1"]
        let sequence = try ExecutionSegmentSequence(parsing: texts[random.below(texts.count)])
        let segment = sequence.segments[random.below(sequence.segments.count)]
        return try SegmentedTuple(segment: segment, sequence: sequence)
    }

    private mutating func scenario(named name: String) -> Scenario {
        let startNs = features.contains(.startTimes) && !chance(3) ? ms(0...3_000) : 0
        // Rounded ones, too, so that edges of several scenarios meet.
        let roundedNs = chance(2) ? startNs / (500 * Ns.perMillisecond) * (500 * Ns.perMillisecond) : startNs
        let graceNs = features.contains(.noGrace) ? (chance(2) ? 0 : ms(1...400)) : ms(0...4_000)
        return Scenario(name: name, executor: executor(), startTimeNs: roundedNs, gracefulStopNs: graceNs)
    }

    private mutating func executor() -> Executor {
        let durationNs = chance(2) ? 1_000 * Ns.perMillisecond * number(1...3) : ms(1_000...3_500)
        switch random.below(7) {
        case 0:
            let vus = number(1...8)
            return .sharedIterations(vus: vus, iterations: vus + number(0...60), maxDurationNs: durationNs)
        case 1:
            return .perVUIterations(vus: number(1...8), iterations: number(1...12), maxDurationNs: durationNs)
        case 2: return .constantVUs(vus: number(1...10), durationNs: durationNs)
        case 3:
            let graceNs = features.contains(.noGrace) || chance(3) ? 0 : ms(1...1_500)
            return .rampingVUs(startVUs: number(0...6), stages: stages(10), gracefulRampDownNs: graceNs)
        case 4:
            let most = number(1...12)
            return .constantArrivalRate(
                rate: number(1...(features.contains(.highRates) ? 2_000 : 120)),
                timeUnitNs: chance(4) ? 3 * Ns.perSecond : Ns.perSecond,
                durationNs: durationNs, preAllocatedVUs: number(0...Int(most)), maxVUs: most)
        case 5:
            let most = number(1...12)
            return .rampingArrivalRate(
                startRate: number(0...60), timeUnitNs: Ns.perSecond,
                stages: stages(features.contains(.highRates) ? 3_000 : 150),
                preAllocatedVUs: number(0...Int(most)), maxVUs: most)
        default:
            if features.contains(.segments) && !features.contains(.commands) {
                return .constantVUs(vus: number(1...10), durationNs: durationNs)
            }
            let most = number(1...8)
            return .externallyControlled(
                vus: number(0...Int(most)), maxVUs: most, durationNs: chance(5) ? 0 : durationNs)
        }
    }

    private mutating func stages(_ most: Int) -> [Stage] {
        var stages = (0..<(1 + random.below(4))).map { _ in
            Stage(durationNs: chance(5) ? 0 : ms(1...1_200), target: chance(4) ? 0 : number(0...most))
        }
        // A ramp that lasts no time at all, or stays at zero, is refused at set-up.
        stages[0].durationNs = max(stages[0].durationNs, ms(100...900))
        if stages.allSatisfy({ $0.target == 0 }) { stages[0].target = number(1...most) }
        return stages
    }

    // MARK: - what happens to it

    private mutating func service() -> Service {
        var service = Service()
        switch random.below(4) {
        case 0: service.latency = .constant(ns: ms(1...900))
        case 1: service.latency = .uniform(ns: 1_000...ms(2...1_500))
        case 2: service.latency = .twoPeaks(ns: ms(1...40), slowNs: ms(500...3_000))
        default: service.latency = .constant(ns: 100 * Ns.perMillisecond)
        }
        let kinds: [(Feature, Service.Fault)] = [(.refused, .refused), (.reset, .reset), (.silent, .silent)]
        service.faults = kinds.filter { features.contains($0.0) }.map(\.1)
        service.faultOneIn = 3 + random.below(40)
        if features.contains(.serverStall) {
            let startNs = ms(0...3_000)
            service.stallsNs = [startNs..<(startNs + ms(1...2_000))]
        }
        if features.contains(.wakes) { service.wakeOneIn = 1 + random.below(3) }
        return service
    }

    private mutating func gaps(_ endNs: Int64) -> [Range<Int64>] {
        var gaps: [Range<Int64>] = []
        var fromNs: Int64 = 0
        for _ in 0..<random.below(4) {
            let startNs = fromNs + Int64(random.below(Int(endNs)))
            let stopNs = startNs + ms(1...600)
            gaps.append(startNs..<stopNs)
            fromNs = stopNs + 1
        }
        return gaps
    }

    private mutating func commands(_ plan: TestPlan) -> [(
        atNs: Int64, scenario: Int, vus: Int64, isPaused: Bool
    )] {
        var commands: [(atNs: Int64, scenario: Int, vus: Int64, isPaused: Bool)] = []
        for (index, scenario) in plan.scenarios.enumerated() {
            guard case .externallyControlled(_, let maxVUs, _) = scenario.scenario.executor else { continue }
            var isPaused = false
            var vus = scenario.startVUs
            for atNs in (0..<random.below(6)).map({ _ in ms(0...4_000) }).sorted() {
                if chance(2) { isPaused.toggle() } else { vus = number(0...Int(maxVUs)) }
                commands.append((atNs, index, vus, isPaused))
            }
            // What is paused for good never ends.
            if isPaused { commands.append((4_500 * Ns.perMillisecond, index, vus, false)) }
        }
        return commands.sorted { ($0.atNs, $0.scenario) < ($1.atNs, $1.scenario) }
    }
}
