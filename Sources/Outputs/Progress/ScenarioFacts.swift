// What progress and description say about a scenario, from plain values (this module does not know `Plan`):
// the one line of the description and the columns right of the bar. The CLI makes one `ScenarioFacts` per
// scenario, already scaled to this instance's execution segment.

import Base

public enum ExecutorFacts: Equatable, Sendable {
    case sharedIterations(vus: Int64, iterations: Int64, maxDurationNs: Int64)
    /// `iterations` is per VU.
    case perVUIterations(vus: Int64, iterations: Int64, maxDurationNs: Int64)
    case constantVUs(vus: Int64, durationNs: Int64)
    case rampingVUs(maxVUs: Int64, durationNs: Int64, stages: Int, gracefulRampDownNs: Int64)
    case constantArrivalRate(perSecond: Double, durationNs: Int64, preAllocatedVUs: Int64, maxVUs: Int64)
    case rampingArrivalRate(
        maxPerSecond: Double, durationNs: Int64, stages: Int, preAllocatedVUs: Int64, maxVUs: Int64)
    /// `durationNs` 0 means until stopped.
    case externallyControlled(vus: Int64, maxVUs: Int64, durationNs: Int64)
}

/// Where a scenario stands at one moment.
public struct ScenarioNow: Equatable, Sendable {
    public enum Status: Sendable {
        case waiting, running, stopping, interrupted, done
    }

    public var status: Status
    /// Since the scenario's own start; while waiting, how long until then.
    public var spentNs: Int64
    public var activeVUs: Int64
    /// VUs this scenario holds; only arrival rates show it.
    public var initializedVUs: Int64
    public var iterations: Int64
    /// Iterations per second right now; only a ramping arrival rate shows it.
    public var perSecond: Double

    public init(
        status: Status, spentNs: Int64 = 0, activeVUs: Int64 = 0, initializedVUs: Int64 = 0,
        iterations: Int64 = 0,
        perSecond: Double = 0
    ) {
        self.status = status
        self.spentNs = spentNs
        self.activeVUs = activeVUs
        self.initializedVUs = initializedVUs
        self.iterations = iterations
        self.perSecond = perSecond
    }
}

public struct ScenarioFacts: Equatable, Sendable {
    public var name: String
    public var executor: ExecutorFacts
    public var exec: String
    public var startTimeNs: Int64
    public var gracefulStopNs: Int64

    public init(
        name: String, executor: ExecutorFacts, exec: String = "default", startTimeNs: Int64 = 0,
        gracefulStopNs: Int64 = 30 * Ns.perSecond
    ) {
        self.name = name
        self.executor = executor
        self.exec = exec
        self.startTimeNs = startTimeNs
        self.gracefulStopNs = gracefulStopNs
    }

    /// The line of the description block: "1 looping VUs for 2s (gracefulStop: 30s)".
    public var description: String {
        let time = GoDuration.format
        switch executor {
        case .sharedIterations(let vus, let iterations, let limit):
            return "\(iterations) iterations shared among \(vus) VUs"
                + remarks(["maxDuration: \(time(limit))"])
        case .perVUIterations(let vus, let iterations, let limit):
            return "\(iterations) iterations for each of \(vus) VUs"
                + remarks(["maxDuration: \(time(limit))"])
        case .constantVUs(let vus, let duration):
            return "\(vus) looping VUs for \(time(duration))" + remarks([])
        case .rampingVUs(let maxVUs, let duration, let stages, let rampDown):
            return "Up to \(maxVUs) looping VUs for \(time(duration)) over \(stages) stages"
                + remarks(["gracefulRampDown: \(time(rampDown))"])
        case .constantArrivalRate(let rate, let duration, let least, let most):
            return "\(Self.rate(rate)) iterations/s for \(time(duration))"
                + remarks([Self.range(least, most)])
        case .rampingArrivalRate(let rate, let duration, let stages, let least, let most):
            return "Up to \(Self.rate(rate)) iterations/s for \(time(duration)) over \(stages) stages"
                + remarks([Self.range(least, most)])
        case .externallyControlled(let vus, let maxVUs, let duration):
            let length = duration == 0 ? "infinite" : time(duration)
            return "Externally controlled execution with \(vus) VUs, \(maxVUs) max VUs, \(length) duration"
        }
    }

    private func remarks(_ own: [String]) -> String {
        var all = own
        if exec != "default" { all.append("exec: \(exec)") }
        if startTimeNs > 0 { all.append("startTime: \(GoDuration.format(startTimeNs))") }
        if gracefulStopNs > 0 { all.append("gracefulStop: \(GoDuration.format(gracefulStopNs))") }
        return all.isEmpty ? "" : " (" + all.joined(separator: ", ") + ")"
    }

    private static func rate(_ perSecond: Double) -> String { NumberText.fixed(perSecond, decimals: 2) }

    private static func range(_ least: Int64, _ most: Int64) -> String {
        least < most ? "maxVUs: \(least)-\(most)" : "maxVUs: \(most)"
    }

    /// How much of the scenario is over, 0...1: by iterations where they are counted, otherwise by time.
    public func fraction(_ now: ScenarioNow) -> Double {
        switch (now.status, executor) {
        case (.waiting, _): return 0
        case (_, .sharedIterations(_, let total, _)): return Self.share(now.iterations, of: total)
        case (_, .perVUIterations(let vus, let each, _)): return Self.share(now.iterations, of: vus * each)
        default: return Self.share(now.spentNs, of: durationNs)
        }
    }

    private static func share(_ part: Int64, of whole: Int64) -> Double {
        whole <= 0 ? 1 : min(Double(part) / Double(whole), 1)
    }

    /// The regular length, or the bound where iterations decide.
    public var durationNs: Int64 {
        switch executor {
        case .sharedIterations(_, _, let limit), .perVUIterations(_, _, let limit): limit
        case .constantVUs(_, let duration), .rampingVUs(_, let duration, _, _),
            .constantArrivalRate(_, let duration, _, _), .rampingArrivalRate(_, let duration, _, _, _),
            .externallyControlled(_, _, let duration):
            duration
        }
    }

    /// What stands right of the bar, column by column.
    public func columns(_ now: ScenarioNow) -> [String] {
        if now.status == .waiting { return ["waiting", FixedDuration.text(now.spentNs, maxNs: startTimeNs)] }
        switch executor {
        case .constantVUs(let vus, _): return ["\(vus) VUs", clock(now)]
        case .sharedIterations(let vus, let total, _):
            return ["\(vus) VUs", clock(now), Self.counted(now.iterations, total) + " shared iters"]
        case .perVUIterations(let vus, let each, _):
            return [
                "\(vus) VUs", clock(now), Self.counted(now.iterations, vus * each) + " iters, \(each) per VU",
            ]
        case .rampingVUs(let maxVUs, let duration, _, _):
            let length = FixedDuration.text(duration, maxNs: duration)
            return [Self.counted(now.activeVUs, maxVUs) + " VUs", clock(now, length: length)]
        case .constantArrivalRate(let rate, _, _, let maxVUs):
            return [pool(now, maxVUs), clock(now), Self.rate(rate) + " iters/s"]
        case .rampingArrivalRate(let most, _, _, _, let maxVUs):
            let width = Self.rate(most).utf8.count
            let rate = Self.rate(now.perSecond)
            let zeros = String(repeating: "0", count: max(width - rate.utf8.count, 0))
            return [pool(now, maxVUs), clock(now), zeros + rate + " iters/s"]
        case .externallyControlled(_, let maxVUs, _):
            // k6 keeps an empty third column here, which moves the padding of the others.
            return [Self.counted(now.activeVUs, maxVUs) + " VUs", clock(now), ""]
        }
    }

    private func clock(_ now: ScenarioNow, length: String? = nil) -> String {
        if now.spentNs >= durationNs { return GoDuration.format(durationNs) }
        return FixedDuration.text(now.spentNs, maxNs: durationNs) + "/"
            + (length ?? GoDuration.format(durationNs))
    }

    private static func counted(_ part: Int64, _ whole: Int64) -> String {
        FixedDuration.padded(part, FixedDuration.digits(whole)) + "/\(whole)"
    }

    private func pool(_ now: ScenarioNow, _ maxVUs: Int64) -> String {
        let width = FixedDuration.digits(maxVUs)
        let parts = [now.activeVUs, now.initializedVUs].map { FixedDuration.padded($0, width) }
        return parts.joined(separator: "/") + " VUs"
    }
}
