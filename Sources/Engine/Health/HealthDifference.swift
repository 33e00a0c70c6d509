// What happened between two readings of the probes: rates and shares over a run. Pure; made by the control
// thread at the end of a run and handed to the evidence of the verdict.

import Base

public struct HealthDifference: Sendable {
    public var durationNs: Int64
    /// Counters of the interval alone.
    public var throttling: Measured<Throttling>
    /// Stolen ticks over all ticks of all CPUs, 0 to 1.
    public var stealShare: Measured<Double>
    public var usage: Measured<ProcessUsage>
    public var readyWaitNs: Measured<Int64>
    /// The reading at the end of the interval, for what is not a counter.
    public var end: HealthReading

    /// - Parameter start: the earlier reading of the same probe.
    public init(from start: HealthReading, to end: HealthReading) {
        precondition(end.at >= start.at, "the earlier reading comes first")
        durationNs = end.at - start.at
        throttling = start.throttling.with(end.throttling) { a, b in
            Throttling(
                periods: b.periods - a.periods, throttledPeriods: b.throttledPeriods - a.throttledPeriods,
                throttledNs: b.throttledNs - a.throttledNs)
        }
        let ticks = start.machine.with(end.machine) { a, b in
            (total: b.total - a.total, steal: b.steal - a.steal)
        }
        switch ticks {
        case .known(let ticks) where ticks.total > 0:
            stealShare = .known(Double(ticks.steal) / Double(ticks.total))
        case .known: stealShare = .unknown("no clock tick passed between the readings")
        case .unknown(let reason): stealShare = .unknown(reason)
        }
        usage = start.usage.with(end.usage) { a, b in
            ProcessUsage(
                userNs: b.userNs - a.userNs, systemNs: b.systemNs - a.systemNs,
                voluntarySwitches: b.voluntarySwitches - a.voluntarySwitches,
                involuntarySwitches: b.involuntarySwitches - a.involuntarySwitches)
        }
        // Threads that ended between the readings may have taken more with them than the others added.
        readyWaitNs = start.readyWaitNs.with(end.readyWaitNs) { max($1 - $0, 0) }
        self.end = end
    }

    /// vCPUs the process used on average.
    public var vCPUUsed: Measured<Double> {
        guard durationNs > 0 else { return .unknown("no time passed between the readings") }
        return usage.map { Double($0.userNs + $0.systemNs) / Double(durationNs) }
    }
}
