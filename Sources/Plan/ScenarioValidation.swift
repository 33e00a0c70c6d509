// The rules a scenario has to keep before anything is computed from it: k6's, and bounds that keep the
// arithmetic exact. Everything wrong is reported at once. Called by the option readers; the rest of the
// module relies on it.

import Base

/// One thing that is wrong with a scenario.
public struct ScenarioProblem: Hashable, Sendable, CustomStringConvertible {
    public var scenario: String
    public var text: String

    public init(scenario: String, text: String) {
        self.scenario = scenario
        self.text = text
    }

    public var description: String { "scenario \(scenario): \(text)" }
}

public enum ScenarioValidation {
    /// - Returns: every problem, scenarios in the order of their names; empty if all are valid.
    public static func problems(
        in scenarios: [Scenario], tuple: SegmentedTuple = .full
    ) -> [ScenarioProblem] {
        var problems: [ScenarioProblem] = []
        let sorted = scenarios.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (index, scenario) in sorted.enumerated() {
            var check = ScenarioCheck(scenario)
            if index > 0, sorted[index - 1].name == scenario.name {
                check.report("two scenarios have this name")
            }
            check.common()
            check.executor(tuple)
            problems += check.problems
        }
        return problems
    }
}

/// Collects the problems of one scenario.
private struct ScenarioCheck {
    private let scenario: Scenario
    private(set) var problems: [ScenarioProblem] = []

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func report(_ text: String) {
        problems.append(ScenarioProblem(scenario: scenario.name, text: text))
    }

    mutating func common() {
        let isPlain = scenario.name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if scenario.name.isEmpty { report("the name is empty") }
        if !isPlain { report("the name may have only latin letters, digits, underscores and dashes") }
        if scenario.exec.isEmpty { report("exec names no function") }
        grace("startTime", scenario.startTimeNs)
        grace("gracefulStop", scenario.gracefulStopNs)
    }

    mutating func executor(_ tuple: SegmentedTuple) {
        switch scenario.executor {
        case .sharedIterations(let vus, let iterations, let maxDurationNs):
            positive("VUs", vus)
            if iterations < vus {
                report("\(iterations) iterations are fewer than the \(vus) VUs that share them")
            } else {
                positive("iterations", iterations)
            }
            duration("maxDuration", maxDurationNs)
        case .perVUIterations(let vus, let iterations, let maxDurationNs):
            positive("VUs", vus)
            positive("iterations", iterations)
            duration("maxDuration", maxDurationNs)
        case .constantVUs(let vus, let durationNs):
            positive("VUs", vus)
            duration("duration", durationNs)
        case .rampingVUs(let startVUs, let stages, let gracefulRampDownNs):
            level("startVUs", startVUs)
            self.stages(stages)
            if startVUs == 0, !stages.isEmpty, stages.allSatisfy({ $0.target == 0 }) {
                report("startVUs or the target of a stage has to be more than 0")
            }
            if gracefulRampDownNs > Limits.scenarioDurationNsMax {
                tooLong("gracefulRampDown", gracefulRampDownNs)
            }
        case .constantArrivalRate(let rate, let timeUnitNs, let durationNs, let preAllocatedVUs, let maxVUs):
            positive("rate", rate)
            timeUnit(timeUnitNs)
            if rate > 0, timeUnitNs > 0, rate > timeUnitNs {
                report("the rate is more than one per nanosecond")
            }
            duration("duration", durationNs)
            pool(preAllocatedVUs, maxVUs)
        case .rampingArrivalRate(let startRate, let timeUnitNs, let stages, let preAllocatedVUs, let maxVUs):
            level("startRate", startRate)
            timeUnit(timeUnitNs)
            self.stages(stages)
            pool(preAllocatedVUs, maxVUs)
        case .externallyControlled(let vus, let maxVUs, let durationNs):
            if vus < 0 { report("the number of VUs cannot be negative") }
            if maxVUs < vus { report("maxVUs (\(maxVUs)) cannot be less than the number of VUs (\(vus))") }
            grace("duration", durationNs)
            if tuple != .full {
                report("externally-controlled runs in one process only, not in an execution segment")
            }
        }
    }

    private mutating func positive(_ name: String, _ value: Int64) {
        if value <= 0 { report("the number of \(name) has to be more than 0, not \(value)") }
    }

    private mutating func timeUnit(_ timeUnitNs: Int64) {
        if timeUnitNs <= 0 { report("the timeUnit has to be more than 0") }
        if timeUnitNs > Limits.scenarioDurationNsMax { tooLong("timeUnit", timeUnitNs) }
    }

    private mutating func duration(_ name: String, _ ns: Int64) {
        let least = Limits.scenarioDurationNsMin
        if ns < least {
            report("the \(name) has to be \(GoDuration.format(least)) or more, not \(GoDuration.format(ns))")
        }
        if ns > Limits.scenarioDurationNsMax { tooLong(name, ns) }
    }

    private mutating func grace(_ name: String, _ ns: Int64) {
        if ns < 0 { report("the \(name) cannot be negative") }
        if ns > Limits.scenarioDurationNsMax { tooLong(name, ns) }
    }

    private mutating func tooLong(_ name: String, _ ns: Int64) {
        let most = GoDuration.format(Limits.scenarioDurationNsMax)
        report("the \(name) cannot be longer than \(most), but is \(GoDuration.format(ns))")
    }

    private mutating func level(_ name: String, _ value: Int64) {
        if value < 0 { report("\(name) cannot be negative") }
        if value > Limits.stageTargetMax { report("\(name) cannot be more than \(Limits.stageTargetMax)") }
    }

    private mutating func stages(_ stages: [Stage]) {
        if stages.isEmpty { report("at least one stage is needed") }
        var totalNs: Int64 = 0
        for (index, stage) in stages.enumerated() {
            if stage.durationNs < 0 { report("the duration of stage \(index + 1) cannot be negative") }
            level("the target of stage \(index + 1)", stage.target)
            let (sum, overflow) = totalNs.addingReportingOverflow(max(0, stage.durationNs))
            totalNs = overflow ? Int64.max : sum
        }
        if totalNs > Limits.scenarioDurationNsMax { tooLong("sum of the stages", totalNs) }
    }

    private mutating func pool(_ preAllocatedVUs: Int64, _ maxVUs: Int64) {
        if preAllocatedVUs < 0 { report("preAllocatedVUs cannot be negative") }
        if maxVUs < preAllocatedVUs {
            report("maxVUs (\(maxVUs)) cannot be less than preAllocatedVUs (\(preAllocatedVUs))")
        }
    }
}
