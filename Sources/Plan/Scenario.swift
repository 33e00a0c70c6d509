// What a run is made of: scenarios as validated values. Read by the option readers (CLI, Script), expanded by
// this module's schedules, driven by Engine. All durations are nanoseconds, all counts are for the whole test
// (before any execution segment is applied).

/// One stage of a ramp: go linearly from the level before it to `target` over `durationNs` (0: jump).
public struct Stage: Hashable, Sendable {
    public var durationNs: Int64
    public var target: Int64

    public init(durationNs: Int64, target: Int64) {
        self.durationNs = durationNs
        self.target = target
    }
}

/// The seven executors of k6, each with exactly the settings it has there.
public enum Executor: Hashable, Sendable {
    case sharedIterations(vus: Int64, iterations: Int64, maxDurationNs: Int64)
    case perVUIterations(vus: Int64, iterations: Int64, maxDurationNs: Int64)
    case constantVUs(vus: Int64, durationNs: Int64)
    case rampingVUs(startVUs: Int64, stages: [Stage], gracefulRampDownNs: Int64)
    case constantArrivalRate(
        rate: Int64, timeUnitNs: Int64, durationNs: Int64, preAllocatedVUs: Int64, maxVUs: Int64)
    case rampingArrivalRate(
        startRate: Int64, timeUnitNs: Int64, stages: [Stage], preAllocatedVUs: Int64, maxVUs: Int64)
    /// `durationNs` 0 means until stopped.
    case externallyControlled(vus: Int64, maxVUs: Int64, durationNs: Int64)

    /// k6's name of the executor ("constant-vus").
    public var name: String {
        switch self {
        case .sharedIterations: "shared-iterations"
        case .perVUIterations: "per-vu-iterations"
        case .constantVUs: "constant-vus"
        case .rampingVUs: "ramping-vus"
        case .constantArrivalRate: "constant-arrival-rate"
        case .rampingArrivalRate: "ramping-arrival-rate"
        case .externallyControlled: "externally-controlled"
        }
    }

    /// Whether iterations start on a schedule of their own, whatever the responses do.
    public var isOpenLoop: Bool {
        switch self {
        case .constantArrivalRate, .rampingArrivalRate: true
        default: false
        }
    }
}

public struct Scenario: Hashable, Sendable {
    public var name: String
    public var executor: Executor
    public var startTimeNs: Int64
    /// How long running iterations may go on after the regular end before they are interrupted. Not used by
    /// externally-controlled.
    public var gracefulStopNs: Int64
    /// The exported function a script runs; "default" unless set.
    public var exec: String
    public var env: [String: String]
    public var tags: [String: String]

    public static let gracefulStopNsDefault: Int64 = 30_000_000_000

    public init(
        name: String, executor: Executor, startTimeNs: Int64 = 0,
        gracefulStopNs: Int64 = Scenario.gracefulStopNsDefault, exec: String = "default",
        env: [String: String] = [:], tags: [String: String] = [:]
    ) {
        self.name = name
        self.executor = executor
        self.startTimeNs = startTimeNs
        self.gracefulStopNs = gracefulStopNs
        self.exec = exec
        self.env = env
        self.tags = tags
    }
}
