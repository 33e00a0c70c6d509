// Ready-made tests: the six shapes of load the field names, each with thresholds. A preset is a shape (stages
// in parts of its duration and its peak); options scale it. Listed by `apus presets`, chosen by `apus run
// --preset`.

import Base

/// A threshold in k6's grammar. `delayAbortEvalNs` only matters with `abortOnFail`.
public struct PresetThreshold: Hashable, Sendable {
    public var expression: String
    public var abortOnFail: Bool
    public var delayAbortEvalNs: Int64

    public init(_ expression: String, abortOnFail: Bool = false, delayAbortEvalNs: Int64 = 0) {
        self.expression = expression
        self.abortOnFail = abortOnFail
        self.delayAbortEvalNs = delayAbortEvalNs
    }
}

/// What a preset comes to with its options: scenarios, and thresholds by metric.
public struct PresetPlan: Hashable, Sendable {
    public var scenarios: [Scenario]
    public var thresholds: [String: [PresetThreshold]]
}

/// What may be changed about a preset; nil keeps its own. A `rate` (per second) makes it open-loop, `vus` is
/// then the number of VUs that may be in use.
public struct PresetOptions: Hashable, Sendable {
    public var vus: Int64?
    public var rate: Int64?
    public var durationNs: Int64?

    public init(vus: Int64? = nil, rate: Int64? = nil, durationNs: Int64? = nil) {
        self.vus = vus
        self.rate = rate
        self.durationNs = durationNs
    }
}

public enum PresetError: Error, Hashable, CustomStringConvertible {
    case notPositive(String)
    case tooShort(preset: String, leastNs: Int64)

    public var description: String {
        switch self {
        case .notPositive(let option): "\(option) has to be more than 0"
        case .tooShort(let preset, let leastNs):
            "the preset \(preset) takes a duration of \(GoDuration.format(leastNs)) or more"
        }
    }
}

public enum Preset: String, CaseIterable, Sendable {
    case smoke, load, stress, spike, soak, breakpoint

    /// One line for a list.
    public var summary: String {
        switch self {
        case .smoke: "does it work at all: a few VUs for a few seconds"
        case .load: "the expected load: ramp up, plateau, ramp down"
        case .stress: "beyond the expected load in three steps, then back, to see it recover"
        case .spike: "a sudden jump to ten times the load and back, then the recovery"
        case .soak: "the expected load for a long time, to find leaks and drift"
        case .breakpoint: "a rising arrival rate until a threshold breaks: where is the limit"
        }
    }

    /// - Throws: if an option is not above 0, or the duration below a second.
    public func plan(_ options: PresetOptions = PresetOptions()) throws(PresetError) -> PresetPlan {
        for (name, value) in [("vus", options.vus), ("rate", options.rate)] {
            if let value, value <= 0 { throw .notPositive(name) }
        }
        let durationNs = options.durationNs ?? shape.durationNs
        if durationNs < Limits.scenarioDurationNsMin {
            throw .tooShort(preset: rawValue, leastNs: Limits.scenarioDurationNsMin)
        }
        let executor: Executor
        if let rate = options.rate ?? (self == .breakpoint ? Preset.breakpointRate : nil) {
            executor = openLoop(rate: rate, vus: options.vus, durationNs: durationNs)
        } else {
            executor = closedLoop(vus: options.vus ?? shape.vus, durationNs: durationNs)
        }
        return PresetPlan(
            scenarios: [Scenario(name: rawValue, executor: executor)],
            thresholds: thresholds(durationNs: durationNs))
    }

    /// The rate per second a breakpoint test rises to unless told otherwise.
    static let breakpointRate: Int64 = 10_000
}

/// Levels are percent of the peak; a stage's length counts in the unit of `weights` added up.
private struct PresetShape {
    var vus: Int64
    var durationNs: Int64
    var startPercent: Int64 = 0
    var stages: [(weight: Int64, percent: Int64)]
}

extension Preset {
    private var shape: PresetShape {
        switch self {
        case .smoke:
            PresetShape(vus: 3, durationNs: 10 * Ns.perSecond, startPercent: 100, stages: [(1, 100)])
        case .load:
            PresetShape(vus: 50, durationNs: 10 * Ns.perMinute, stages: [(1, 100), (8, 100), (1, 0)])
        case .stress:
            // The expected load is half of the peak.
            PresetShape(
                vus: 200, durationNs: 14 * Ns.perMinute,
                stages: [(1, 50), (2, 50), (1, 75), (2, 75), (1, 100), (3, 100), (1, 50), (2, 50), (1, 0)])
        case .spike:
            PresetShape(
                vus: 500, durationNs: 4 * Ns.perMinute, startPercent: 10,
                stages: [(12, 10), (1, 100), (12, 100), (1, 10), (20, 10), (2, 0)])
        case .soak:
            PresetShape(vus: 50, durationNs: Ns.perHour, stages: [(1, 100), (28, 100), (1, 0)])
        case .breakpoint:
            PresetShape(vus: 0, durationNs: 10 * Ns.perMinute, stages: [(1, 100)])
        }
    }

    private var isFlat: Bool { shape.stages.allSatisfy { $0.percent == shape.startPercent } }

    private func closedLoop(vus: Int64, durationNs: Int64) -> Executor {
        if isFlat { return .constantVUs(vus: vus, durationNs: durationNs) }
        return .rampingVUs(
            startVUs: Preset.percent(shape.startPercent, of: vus),
            stages: stages(peak: vus, durationNs: durationNs),
            gracefulRampDownNs: Scenario.gracefulStopNsDefault)
    }

    /// Unless told, VUs for iterations of up to a second (Little's law), a tenth of them allocated at the
    /// start.
    private func openLoop(rate: Int64, vus: Int64?, durationNs: Int64) -> Executor {
        let maxVUs = vus ?? min(max(rate, 100), 10_000)
        let preAllocatedVUs = vus ?? maxVUs / 10
        if isFlat {
            return .constantArrivalRate(
                rate: rate, timeUnitNs: Ns.perSecond, durationNs: durationNs,
                preAllocatedVUs: preAllocatedVUs,
                maxVUs: maxVUs)
        }
        return .rampingArrivalRate(
            startRate: Preset.percent(shape.startPercent, of: rate), timeUnitNs: Ns.perSecond,
            stages: stages(peak: rate, durationNs: durationNs), preAllocatedVUs: preAllocatedVUs,
            maxVUs: maxVUs)
    }

    /// The stages in proportion, with ends rounded so that they add up to `durationNs` exactly.
    private func stages(peak: Int64, durationNs: Int64) -> [Stage] {
        let total = shape.stages.reduce(0) { $0 + $1.weight }
        var (stages, weight, startNs): ([Stage], Int64, Int64) = ([], 0, 0)
        for stage in shape.stages {
            weight += stage.weight
            let endNs = Int64(Int128(durationNs) * Int128(weight) / Int128(total))
            stages.append(Stage(durationNs: endNs - startNs, target: Preset.percent(stage.percent, of: peak)))
            startNs = endNs
        }
        return stages
    }

    /// Rounded up, so that a small peak still has a base load.
    private static func percent(_ percent: Int64, of peak: Int64) -> Int64 {
        Int64((Int128(peak) * Int128(percent) + 99) / 100)
    }

    private func thresholds(durationNs: Int64) -> [String: [PresetThreshold]] {
        let (failures, durations): (String, [String]) =
            switch self {
            case .smoke: ("rate<0.01", ["p(95)<1000"])
            case .load, .soak: ("rate<0.01", ["p(95)<500", "p(99)<1500"])
            case .stress: ("rate<0.05", ["p(95)<1500"])
            case .spike: ("rate<0.1", ["p(95)<2000"])
            case .breakpoint: ("rate<0.05", ["p(95)<1000"])
            }
        // A breakpoint test ends where it breaks, though not over the first few requests.
        let isAbort = self == .breakpoint
        let delayNs = isAbort ? durationNs / 60 : 0
        func threshold(_ expression: String) -> PresetThreshold {
            PresetThreshold(expression, abortOnFail: isAbort, delayAbortEvalNs: delayNs)
        }
        return ["http_req_failed": [threshold(failures)], "http_req_duration": durations.map(threshold)]
    }
}
