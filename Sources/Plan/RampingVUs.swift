// When VUs start and stop in the executor ramping-vus, for one worker, in whole nanoseconds; and how long a
// stopped VU stays reserved for its last iteration. Built by ScenarioPlan, advanced by a worker of Engine.

/// From `offsetNs` on (since the executor's start) `vus` VUs run: those with the lowest numbers.
public struct VUStep: Hashable, Sendable {
    public var offsetNs: Int64
    public var vus: Int64

    public init(offsetNs: Int64, vus: Int64) {
        self.offsetNs = offsetNs
        self.vus = vus
    }
}

/// The steps of one worker, one by one in constant memory: the level at 0 first, then a step for each VU that
/// starts or stops, or for a jump. Nothing after the last stage; its level holds until the executor ends.
///
/// In a stage from a to b VUs over D that ends at E, VU u (1-based, of the whole test)
/// starts at E − D·(b−u)/(b−a), or stops at E − D·(u−b−1)/(a−b); the quotient is rounded down (k6's rule).
public struct RampingVUSteps: Sequence, IteratorProtocol, Sendable {
    private let stripe: Stripe
    private let stages: [Stage]
    private var stageIndex = 0
    private var stageEndNs: Int64 = 0
    /// The stage's levels for the whole test.
    private var from: Int64
    private var to: Int64
    /// This worker's level so far, and the one at the end of the stage; -1 before the first step.
    private var vus: Int64 = -1
    private var vusAtEnd: Int64

    /// - Parameter stripe: of the original tuple, for the whole test's settings in `executor`.
    /// - Returns: nil for other executors.
    public init?(executor: Executor, stripe: Stripe) {
        guard case .rampingVUs(let startVUs, let stages, _) = executor else { return nil }
        self.stripe = stripe
        self.stages = stages
        from = startVUs
        to = startVUs
        vusAtEnd = stripe.count(below: startVUs)
    }

    public mutating func next() -> VUStep? {
        if vus < 0 {
            vus = vusAtEnd
            return VUStep(offsetNs: 0, vus: vus)
        }
        while vus == vusAtEnd {
            if stageIndex == stages.count { return nil }
            let stage = stages[stageIndex]
            stageIndex += 1
            stageEndNs += stage.durationNs
            (from, to) = (to, stage.target)
            vusAtEnd = stripe.count(below: to)
        }
        let durationNs = stages[stageIndex - 1].durationNs
        if durationNs == 0 {
            vus = vusAtEnd
            return VUStep(offsetNs: stageEndNs, vus: vus)
        }
        let untilEnd: Int64
        if to > from {
            let number = stripe.globalIndex(ofLocal: vus) + 1
            untilEnd = RampingVUSteps.scaled(durationNs, to - number, of: to - from)
            vus += 1
        } else {
            vus -= 1
            let number = stripe.globalIndex(ofLocal: vus) + 1
            untilEnd = RampingVUSteps.scaled(durationNs, number - to - 1, of: from - to)
        }
        return VUStep(offsetNs: stageEndNs - untilEnd, vus: vus)
    }

    /// `value · part / whole`, rounded down; the product may need more than 64 bits.
    private static func scaled(_ value: Int64, _ part: Int64, of whole: Int64) -> Int64 {
        Int64(Int128(value) * Int128(part) / Int128(whole))
    }
}

/// Turns running VUs into reserved ones: a VU that is ramped down stays reserved for `gracefulRampDownNs`,
/// though never beyond `endNs` (the regular end and gracefulStop), so that its last iteration has a VU to
/// finish in.
///
/// Each drop leaves a hold at the level before it; what is reserved is the highest of the running level and
/// the holds not yet over. A hold that is lower and ends earlier than another never matters, so the list
/// stays sorted both ways.
struct RampDownReservation {
    private struct Hold {
        var vus: Int64
        var untilNs: Int64
    }

    private let gracefulRampDownNs: Int64
    private let endNs: Int64
    private var holds: [Hold] = []
    /// Holds before this one are over.
    private var first = 0
    private var running: Int64 = 0
    private(set) var steps: [VUStep] = []

    /// - Parameter running: steps in the order of time.
    static func steps(
        of running: some Sequence<VUStep>, gracefulRampDownNs: Int64, endNs: Int64
    ) -> [VUStep] {
        var reservation = RampDownReservation(gracefulRampDownNs: gracefulRampDownNs, endNs: endNs)
        for step in running { reservation.apply(step) }
        reservation.expire(throughNs: endNs - 1)
        reservation.emit(VUStep(offsetNs: endNs, vus: 0))
        return reservation.steps
    }

    private init(gracefulRampDownNs: Int64, endNs: Int64) {
        self.gracefulRampDownNs = gracefulRampDownNs
        self.endNs = endNs
    }

    private mutating func apply(_ step: VUStep) {
        expire(throughNs: step.offsetNs)
        let level = Swift.max(step.vus, running)
        while holds.count > first, holds[holds.count - 1].vus <= level { holds.removeLast() }
        if step.vus < running, gracefulRampDownNs > 0 {
            holds.append(Hold(vus: running, untilNs: step.offsetNs + gracefulRampDownNs))
        }
        running = step.vus
        emit(VUStep(offsetNs: step.offsetNs, vus: reserved))
    }

    private mutating func expire(throughNs timeNs: Int64) {
        while first < holds.count, holds[first].untilNs <= timeNs {
            let overNs = holds[first].untilNs
            first += 1
            emit(VUStep(offsetNs: overNs, vus: reserved))
        }
    }

    private var reserved: Int64 { first < holds.count ? Swift.max(running, holds[first].vus) : running }

    /// Adds a step, unless it changes nothing. A level that lasts no time counts too: its VUs do start.
    private mutating func emit(_ step: VUStep) {
        if step.vus != (steps.last?.vus ?? 0) { steps.append(step) }
    }
}
