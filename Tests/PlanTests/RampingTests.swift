// ramping-vus: when each VU starts and stops, against k6's rule and what k6 was seen to do, and the
// reservation after a ramp down.

import Base
import Plan
import Testing

func rampingVUs(_ start: Int64, _ stages: [(ms: Int64, target: Int64)], gracefulRampDownMs: Int64 = 0)
    -> Executor
{
    .rampingVUs(
        startVUs: start,
        stages: stages.map { Stage(durationNs: $0.ms * Ns.perMillisecond, target: $0.target) },
        gracefulRampDownNs: gracefulRampDownMs * Ns.perMillisecond)
}

func steps(
    _ executor: Executor, tuple: SegmentedTuple = .full, worker: WorkerShare = .whole
) -> [VUStep] {
    Array(RampingVUSteps(executor: executor, stripe: Stripe(tuple: tuple, share: worker))!)
}

/// When each VU (1-based, of the whole test) runs, up to `endMs`.
func runs(_ steps: [VUStep], _ stripe: Stripe, endMs: Int64) -> [Int64: [[Int64]]] {
    var runs: [Int64: [[Int64]]] = [:]
    var level: Int64 = 0
    for step in steps + [VUStep(offsetNs: endMs * Ns.perMillisecond, vus: 0)] {
        let ms = step.offsetNs / Ns.perMillisecond
        while level < step.vus {
            runs[stripe.globalIndex(ofLocal: level) + 1, default: []].append([ms, endMs])
            level += 1
        }
        while level > step.vus {
            level -= 1
            let vu = stripe.globalIndex(ofLocal: level) + 1
            let last = runs[vu]!.count - 1
            runs[vu]![last][1] = ms
        }
    }
    return runs
}

/// A stop here and a stop seen: k6's iterations took 20 ms, so its last began up to that much earlier.
struct K6Ramp: Sendable {
    var executor: Executor
    var endMs: Int64
    var segment: String
    var sequence: String
    var seen: [Int64: [[Int64]]]

    private static let up = rampingVUs(0, [(1_000, 4)])
    private static let upDown = rampingVUs(0, [(1_000, 8), (1_000, 2)])
    private static let jump = rampingVUs(3, [(800, 10), (0, 4), (400, 7), (900, 0)])
    private static let three = "0,1/4,1/2,1"

    static let rows: [K6Ramp] = [
        K6Ramp(
            executor: up, endMs: 1_000, segment: "", sequence: "",
            seen: [1: [[251, 993]], 2: [[500, 996]], 3: [[750, 999]], 4: [[1000, 1000]]]),
        K6Ramp(executor: up, endMs: 1_000, segment: "0:1/4", sequence: three, seen: [2: [[500, 990]]]),
        K6Ramp(
            executor: up, endMs: 1_000, segment: "1/2:1", sequence: three,
            seen: [1: [[250, 989]], 3: [[750, 997]]]),
        K6Ramp(
            executor: upDown, endMs: 2_000, segment: "", sequence: "",
            seen: [
                1: [[126, 1992]], 2: [[250, 1994]], 3: [[376, 1994]], 4: [[501, 1830]], 5: [[625, 1664]],
                6: [[751, 1482]], 7: [[876, 1333]], 8: [[1001, 1148]],
            ]),
        K6Ramp(
            executor: upDown, endMs: 2_000, segment: "1/4:1/2", sequence: three,
            seen: [4: [[500, 1816]], 8: [[1000, 1165]]]),
        K6Ramp(
            executor: jump, endMs: 2_100, segment: "", sequence: "",
            seen: [
                1: [[0, 2099]], 2: [[0, 1956]], 3: [[0, 1836]], 4: [[115, 1713]],
                5: [[230, 793], [933, 933]],
                6: [[344, 800]], 7: [[458, 790]], 8: [[573, 779], [934, 1567]],
                9: [[687, 790], [1201, 1329]],
                10: [[800, 800], [1068, 1442]],
            ]),
        K6Ramp(
            executor: jump, endMs: 2_100, segment: "1/2:1", sequence: three,
            seen: [
                1: [[0, 2083]], 3: [[0, 1838]], 5: [[229, 789]], 7: [[686, 791], [933, 1573]],
                9: [[458, 791], [1200, 1324]],
            ]),
    ]
}

let ramps: [Executor] = [
    rampingVUs(0, [(1_000, 4)]), rampingVUs(0, [(10_000, 10), (10_000, 0)]),
    rampingVUs(3, [(800, 10), (0, 4), (400, 7), (900, 0)]),
    rampingVUs(20, [(0, 3), (1_000, 3), (777, 101), (333, 7)]),
    rampingVUs(1_000, [(86_400_000, 0), (0, 17), (1, 900)]),
]

@Suite struct RampingTests {
    @Test func followsTheRule() {
        let all = steps(rampingVUs(0, [(10_000, 10), (10_000, 0)]))
        #expect(all.map(\.vus) == Array(0...10) + Array(0...9).reversed())
        #expect(all.map { $0.offsetNs / Ns.perSecond } == Array(0...20))
        #expect(
            steps(rampingVUs(0, [(1_000, 4)])).map(\.offsetNs)
                == [0, 250, 500, 750, 1_000].map { $0 * 1_000_000 })
    }

    @Test func roundsTheTimeLeftDown() {
        // 1 s over 3 VUs: 1 s − ⌊2/3 s⌋ and so on.
        #expect(
            steps(rampingVUs(0, [(1_000, 3)])).map(\.offsetNs) == [
                0, 333_333_334, 666_666_667, 1_000_000_000,
            ])
        #expect(
            steps(rampingVUs(3, [(1_000, 0)])).map(\.offsetNs) == [
                0, 333_333_334, 666_666_667, 1_000_000_000,
            ])
    }

    @Test func jumpsAtOnce() {
        let all = steps(rampingVUs(5, [(1_000, 5), (0, 2), (0, 9), (1_000, 9)]))
        let second = Ns.perSecond
        #expect(
            all == [
                VUStep(offsetNs: 0, vus: 5), VUStep(offsetNs: second, vus: 2),
                VUStep(offsetNs: second, vus: 9),
            ])
    }

    /// Products beyond 64 bits: a century-long ramp to the greatest target.
    @Test func staysExactForLongRamps() {
        let year = 365 * Ns.perDay
        var all = RampingVUSteps(
            executor: .rampingVUs(
                startVUs: 0, stages: [Stage(durationNs: 10 * year, target: 100_000_000)],
                gracefulRampDownNs: 0),
            stripe: Stripe(tuple: .full))!
        #expect(all.next()?.vus == 0)
        #expect(all.next() == VUStep(offsetNs: year / 10_000_000, vus: 1))
        #expect(all.next() == VUStep(offsetNs: year / 5_000_000, vus: 2))
    }

    @Test(arguments: K6Ramp.rows)
    func runsVUsWhenK6Does(row: K6Ramp) throws {
        let stripe = Stripe(tuple: try tuple(row.segment, row.sequence))
        // VUs that start and stop within an instant may or may not be seen to run.
        func lasting(_ runs: [Int64: [[Int64]]]) -> [Int64: [[Int64]]] {
            runs.mapValues { $0.filter { $0[1] - $0[0] > 1 } }.filter { !$1.isEmpty }
        }
        let own = lasting(runs(steps(row.executor, tuple: stripe.tuple), stripe, endMs: row.endMs))
        let seen = lasting(row.seen)
        // k6 restarts with whichever VU its pool hands out, so numbers agree until the first restart only.
        if seen.allSatisfy({ $1.count == 1 }) {
            try #require(Set(own.keys) == Set(seen.keys))
            for (vu, spans) in own { expectAlike(spans[0], seen[vu]![0]) }
        }
        let ownSpans = own.values.joined().sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        let seenSpans = seen.values.joined().sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        try #require(ownSpans.count == seenSpans.count)
        for (span, seenSpan) in zip(ownSpans, seenSpans) { expectAlike(span, seenSpan) }
    }

    private func expectAlike(_ own: [Int64], _ seen: [Int64]) {
        #expect(abs(own[0] - seen[0]) <= 4, "\(own) starts as \(seen)")
        #expect(seen[1] <= own[1] + 4 && seen[1] >= own[1] - 30, "\(own) stops as \(seen)")
    }

    @Test(arguments: ramps, sequences)
    func segmentsAddUp(executor: Executor, sequence: String) throws {
        try expectSum(steps(executor), try tuples(sequence).map { steps(executor, tuple: $0) })
    }

    @Test(arguments: ramps, [2, 3, 16])
    func workersAddUp(executor: Executor, workers: Int) throws {
        let part = try tuple("3/7:1", "0,3/7,1")
        let split = (0..<workers).map {
            steps(executor, tuple: part, worker: WorkerShare(index: $0, count: workers))
        }
        try expectSum(steps(executor, tuple: part), split)
    }

    /// At every instant of change the parts' levels add up to the whole's.
    private func expectSum(_ whole: [VUStep], _ parts: [[VUStep]]) throws {
        func level(_ steps: [VUStep], _ ns: Int64) -> Int64 { steps.last { $0.offsetNs <= ns }?.vus ?? 0 }
        for part in parts { #expect(zip(part, part.dropFirst()).allSatisfy { $0.offsetNs <= $1.offsetNs }) }
        let instants = Set(whole.map(\.offsetNs)).union(parts.flatMap { $0.map(\.offsetNs) })
        for ns in instants.sorted().prefix(300) {
            #expect(level(whole, ns) == parts.reduce(0) { $0 + level($1, ns) })
        }
    }

    /// Reserved at t is the most that ran in (t − gracefulRampDown, t], until the hard end.
    @Test(arguments: ramps, [0, 1, 250, 3_000, 100_000])
    func reservesForTheRampDown(executor: Executor, gracefulMs: Int64) throws {
        guard case .rampingVUs(let startVUs, let stages, _) = executor else { return }
        let graceful = gracefulMs * Ns.perMillisecond
        let stopNs: Int64 = 2 * Ns.perSecond
        let plan = try ScenarioPlan(
            Scenario(
                name: "s",
                executor: .rampingVUs(startVUs: startVUs, stages: stages, gracefulRampDownNs: graceful),
                gracefulStopNs: stopNs))
        let reserved = plan.plannedSteps()
        let running = steps(executor)
        let endNs = plan.hardEndNs!
        #expect(zip(reserved, reserved.dropFirst()).allSatisfy { $0.offsetNs <= $1.offsetNs })
        #expect(reserved.last!.plannedVUs == 0 && reserved.last!.offsetNs <= endNs)
        #expect(reserved.map(\.plannedVUs).max() == plan.maxVUs)
        var instants = Set(running.map(\.offsetNs)).union(reserved.map(\.offsetNs))
        instants.formUnion(running.map { $0.offsetNs + graceful })
        for ns in instants.sorted().prefix(400) {
            // A level that lasts no time is reserved as well, if anything is.
            var most: Int64 = 0
            for (index, step) in running.enumerated() {
                let untilNs = index + 1 < running.count ? running[index + 1].offsetNs : Int64.max
                if untilNs > step.offsetNs || graceful > 0, step.offsetNs <= ns, untilNs > ns - graceful {
                    most = max(most, step.vus)
                }
            }
            let level = reserved.last { $0.offsetNs <= ns }?.plannedVUs ?? 0
            #expect(level == (ns >= endNs ? 0 : most), "at \(ns)")
        }
    }
}
