// A scenario as a JSON object gives it: every key optional. Read strictly from JSON (config file, script
// options); turned into Plan's scenario once the layers are merged, so that a scenario nobody runs is not an
// error.

import Base
import Plan

public struct ScenarioOption: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case sharedIterations = "shared-iterations"
        case perVUIterations = "per-vu-iterations"
        case constantVUs = "constant-vus"
        case rampingVUs = "ramping-vus"
        case constantArrivalRate = "constant-arrival-rate"
        case rampingArrivalRate = "ramping-arrival-rate"
        case externallyControlled = "externally-controlled"

        /// The keys an object of this kind may hold, beside those all kinds have.
        var keys: [String] {
            switch self {
            case .sharedIterations, .perVUIterations: ["vus", "iterations", "maxDuration"]
            case .constantVUs: ["vus", "duration"]
            case .rampingVUs: ["startVUs", "stages", "gracefulRampDown"]
            case .constantArrivalRate: ["rate", "timeUnit", "duration", "preAllocatedVUs", "maxVUs"]
            case .rampingArrivalRate: ["startRate", "timeUnit", "stages", "preAllocatedVUs", "maxVUs"]
            case .externallyControlled: ["vus", "duration", "maxVUs"]
            }
        }
    }

    static let commonKeys = ["executor", "startTime", "gracefulStop", "exec", "env", "tags", "options"]
    static let maxDurationNsDefault = 10 * Ns.perMinute

    public var name: String
    public var kind: Kind
    public var startTimeNs: Int64?
    public var gracefulStopNs: Int64?
    public var exec: String?
    public var env: [String: String]?
    public var tags: [String: String]?
    public var vus: Int64?
    public var iterations: Int64?
    public var maxDurationNs: Int64?
    public var durationNs: Int64?
    public var startVUs: Int64?
    public var stages: [StageOption]?
    public var gracefulRampDownNs: Int64?
    public var rate: Int64?
    public var startRate: Int64?
    public var timeUnitNs: Int64?
    public var preAllocatedVUs: Int64?
    public var maxVUs: Int64?
    /// Settings of the browser module, which no part here reads; kept for `inspect` and archives.
    public var options: JSONValue?

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Plan's scenario, with k6's defaults for what is not set.
    /// - Throws: exit code 104 if a required key is missing; what values may be is Plan's to check.
    public func scenario() throws(CLIError) -> Scenario {
        if kind == .externallyControlled && gracefulStopNs != nil {
            throw problem("externally-controlled has no gracefulStop")
        }
        var scenario = Scenario(name: name, executor: try executor())
        scenario.startTimeNs = startTimeNs ?? 0
        scenario.gracefulStopNs = gracefulStopNs ?? Scenario.gracefulStopNsDefault
        scenario.exec = exec ?? "default"
        scenario.env = env ?? [:]
        scenario.tags = tags ?? [:]
        return scenario
    }

    private func executor() throws(CLIError) -> Executor {
        let maxDurationNs = maxDurationNs ?? Self.maxDurationNsDefault
        switch kind {
        case .sharedIterations:
            return .sharedIterations(vus: vus ?? 1, iterations: iterations ?? 1, maxDurationNs: maxDurationNs)
        case .perVUIterations:
            return .perVUIterations(vus: vus ?? 1, iterations: iterations ?? 1, maxDurationNs: maxDurationNs)
        case .constantVUs:
            return .constantVUs(vus: vus ?? 1, durationNs: try required(durationNs, "duration"))
        case .rampingVUs:
            return .rampingVUs(
                startVUs: startVUs ?? 1, stages: try planStages(),
                gracefulRampDownNs: gracefulRampDownNs ?? 30 * Ns.perSecond)
        case .constantArrivalRate:
            let preAllocated = try required(preAllocatedVUs, "preAllocatedVUs")
            return .constantArrivalRate(
                rate: try required(rate, "rate"), timeUnitNs: timeUnitNs ?? Ns.perSecond,
                durationNs: try required(durationNs, "duration"), preAllocatedVUs: preAllocated,
                maxVUs: maxVUs ?? preAllocated)
        case .rampingArrivalRate:
            let preAllocated = try required(preAllocatedVUs, "preAllocatedVUs")
            return .rampingArrivalRate(
                startRate: startRate ?? 0, timeUnitNs: timeUnitNs ?? Ns.perSecond, stages: try planStages(),
                preAllocatedVUs: preAllocated, maxVUs: maxVUs ?? preAllocated)
        case .externallyControlled:
            let vus = vus ?? 0
            return .externallyControlled(
                vus: vus, maxVUs: maxVUs ?? vus, durationNs: try required(durationNs, "duration"))
        }
    }

    private func problem(_ what: String) -> CLIError {
        CLIError("scenario \(name): \(what)", code: .invalidConfig)
    }

    private func required(_ value: Int64?, _ key: String) throws(CLIError) -> Int64 {
        guard let value else { throw problem("\(kind.rawValue) needs \(key)") }
        return value
    }

    private func planStages() throws(CLIError) -> [Stage] {
        guard let stages, !stages.isEmpty else { throw problem("\(kind.rawValue) needs at least one stage") }
        var result: [Stage] = []
        for (index, stage) in stages.enumerated() {
            guard let durationNs = stage.durationNs else {
                throw problem("stage \(index + 1) has no duration")
            }
            guard let target = stage.target else { throw problem("stage \(index + 1) has no target") }
            result.append(Stage(durationNs: durationNs, target: target))
        }
        return result
    }
}
