// When iterations start in the open-loop executors. A schedule hands out the ticks of one worker one by one,
// in constant memory, each computed from its number alone: nothing adds up, so hours of it are as exact as
// seconds. Built by ScenarioPlan, advanced by a worker of Engine.

/// An iteration that is due.
public struct ArrivalTick: Hashable, Sendable {
    /// From the executor's start.
    public var offsetNs: Int64
    /// 0-based among all ticks of the whole test. It numbers the tick, not an iteration: a dropped tick keeps
    /// its number, while k6's `iterationInTest` counts iterations that were started.
    public var globalIndex: Int64
    /// 0-based among the ticks of this process.
    public var processIndex: Int64

    public init(offsetNs: Int64, globalIndex: Int64, processIndex: Int64) {
        self.offsetNs = offsetNs
        self.globalIndex = globalIndex
        self.processIndex = processIndex
    }
}

/// The ticks of one worker.
///
/// Constant rate: tick k at k·P, P = timeUnit/rate cut to whole nanoseconds, for all k·P < duration. (k6
/// races the tick that falls exactly on the end against the end, and mostly starts it; leaving it out makes
/// the count rate·duration wherever P is exact.)
///
/// Ramping rate: tick k where the integral of the rate reaches k+1, so the first is not at 0 and the one that
/// falls exactly on the end is part of the schedule, as in k6; the count is the integral, rounded down.
public struct ArrivalSchedule: Sendable {
    private let stripe: Stripe
    private var localIndex: Int64 = 0
    /// Of a constant rate; 0 means ramping.
    private let periodNs: Int64
    private let durationNs: Int64
    private var ramp: RampingArrivals

    /// - Parameter stripe: of the tuple re-segmented by maxVUs, for the whole test's settings in `executor`.
    /// - Precondition: the executor is valid (rates and units above 0, a period of at least 1 ns).
    /// - Returns: nil for executors without a schedule of their own.
    public init?(executor: Executor, stripe: Stripe) {
        switch executor {
        case .constantArrivalRate(let rate, let timeUnitNs, let durationNs, _, _):
            periodNs = timeUnitNs / rate
            precondition(periodNs > 0, "a constant arrival rate has a period of at least a nanosecond")
            self.durationNs = durationNs
            ramp = RampingArrivals(startRate: 0, timeUnitNs: timeUnitNs, stages: [])
        case .rampingArrivalRate(let startRate, let timeUnitNs, let stages, _, _):
            periodNs = 0
            durationNs = stages.reduce(0) { $0 + $1.durationNs }
            ramp = RampingArrivals(startRate: startRate, timeUnitNs: timeUnitNs, stages: stages)
        default: return nil
        }
        self.stripe = stripe
    }

    /// The next tick, later than or with the one before; nil when there are no more.
    public mutating func next() -> ArrivalTick? {
        let globalIndex = stripe.globalIndex(ofLocal: localIndex)
        let offsetNs: Int64
        if periodNs > 0 {
            let (product, overflow) = globalIndex.multipliedReportingOverflow(by: periodNs)
            if overflow || product >= durationNs { return nil }
            offsetNs = product
        } else {
            guard let offset = ramp.offsetNs(ofCount: globalIndex + 1) else { return nil }
            offsetNs = offset
        }
        defer { localIndex += 1 }
        return ArrivalTick(
            offsetNs: offsetNs, globalIndex: globalIndex,
            processIndex: stripe.processIndex(ofLocal: localIndex))
    }
}

/// Inverts the integral of a piecewise linear rate.
///
/// A stage ramps from a to b iterations per unit U over D. With everything multiplied by 2U the integral over
/// it is the whole number D·(a+b), and the time into it at which it reaches m is the root of a quadratic
/// equation:
///
///     t = m / (a + √(a² + m·(b−a)/D))
///
/// This form (2c over −b−√… rather than −b+√… over 2a) subtracts no nearly equal numbers, needs no special
/// case for a = b, and is exact at the ends of a stage. Only the root and the quotient are rounded.
struct RampingArrivals: Sendable {
    private let stages: [Stage]
    private let unitNsTwice: Int128
    /// The stage in progress, the rate it starts from, and where it starts in time and in the integral (times
    /// 2U).
    private var stageIndex = 0
    private var startRate: Int64
    private var startNs: Int64 = 0
    private var startIntegral: Int128 = 0
    private var lastNs: Int64 = 0

    init(startRate: Int64, timeUnitNs: Int64, stages: [Stage]) {
        self.stages = stages
        self.startRate = startRate
        unitNsTwice = 2 * Int128(timeUnitNs)
    }

    /// When the integral reaches `count`; nil if it never does.
    /// - Precondition: `count` is not below that of the call before.
    mutating func offsetNs(ofCount count: Int64) -> Int64? {
        let wanted = Int128(count) * unitNsTwice
        while stageIndex < stages.count {
            let stage = stages[stageIndex]
            let duration = Int128(stage.durationNs)
            let endIntegral = startIntegral + duration * (Int128(startRate) + Int128(stage.target))
            if wanted <= endIntegral {
                let reached = wanted - startIntegral
                let a = Int128(startRate)
                let squared = a * a * duration + reached * (Int128(stage.target) - a)
                let root = (squared.asDouble / Double(stage.durationNs)).squareRoot()
                let elapsed = Int64(reached.asDouble / (Double(startRate) + root))
                lastNs = max(lastNs, startNs + min(elapsed, stage.durationNs))
                return lastNs
            }
            startIntegral = endIntegral
            startNs += stage.durationNs
            startRate = stage.target
            stageIndex += 1
        }
        return nil
    }
}

extension Int128 {
    /// Of a value that is not negative. The generic conversion of the standard library is many times slower.
    fileprivate var asDouble: Double {
        let bits = UInt128(self)
        return Double(UInt64(truncatingIfNeeded: bits >> 64)) * 0x1p64
            + Double(UInt64(truncatingIfNeeded: bits))
    }
}
