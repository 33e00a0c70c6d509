// What one scenario means for this process: settings scaled by the execution segment, budgets, schedules per
// worker, and how many VUs have to be ready when. Built at set-up from a valid scenario; read by Engine,
// TestPlan and the outputs.

/// From `offsetNs` on, `plannedVUs` VUs are reserved, and up to `unplannedVUs` more may be created.
public struct PlannedStep: Hashable, Sendable {
    public var offsetNs: Int64
    public var plannedVUs: Int64
    public var unplannedVUs: Int64

    public init(offsetNs: Int64, plannedVUs: Int64, unplannedVUs: Int64 = 0) {
        self.offsetNs = offsetNs
        self.plannedVUs = plannedVUs
        self.unplannedVUs = unplannedVUs
    }

    public var possibleVUs: Int64 { plannedVUs + unplannedVUs }
}

public struct ScenarioPlan: Sendable {
    public let scenario: Scenario
    /// Numbers the VUs, and the iterations of executors without a budget of their own.
    public let vuTuple: SegmentedTuple
    /// Numbers iterations: re-segmented by the VUs where k6 does so (shared-iterations, both arrival rates),
    /// else the same as `vuTuple`. nil if this segment gets none of the VUs.
    public let iterationTuple: SegmentedTuple?

    /// - Parameter scenario: without problems, see `ScenarioValidation`.
    /// - Throws: if the VUs cannot be shared out among the segments in cycles of a bounded length.
    public init(_ scenario: Scenario, tuple: SegmentedTuple = .full) throws(SegmentError) {
        self.scenario = scenario
        vuTuple = tuple
        iterationTuple =
            switch scenario.executor {
            case .sharedIterations(let vus, _, _): try tuple.resegmented(by: vus)
            case .constantArrivalRate(_, _, _, _, let maxVUs), .rampingArrivalRate(_, _, _, _, let maxVUs):
                try tuple.resegmented(by: maxVUs)
            default: tuple
            }
    }

    /// This segment's VUs: of the arrival rates those allocated at the start, of ramping-vus the level at the
    /// start.
    public var startVUs: Int64 {
        switch scenario.executor {
        case .sharedIterations(let vus, _, _), .perVUIterations(let vus, _, _), .constantVUs(let vus, _),
            .externallyControlled(let vus, _, _), .rampingVUs(let vus, _, _),
            .constantArrivalRate(_, _, _, let vus, _), .rampingArrivalRate(_, _, _, let vus, _):
            vuTuple.scale(vus)
        }
    }

    /// The most VUs of this segment that can run at once, whatever is reserved for grace times.
    public var maxVUs: Int64 {
        switch scenario.executor {
        case .sharedIterations(let vus, _, _), .perVUIterations(let vus, _, _), .constantVUs(let vus, _):
            vuTuple.scale(vus)
        case .externallyControlled(_, let maxVUs, _), .constantArrivalRate(_, _, _, _, let maxVUs),
            .rampingArrivalRate(_, _, _, _, let maxVUs):
            vuTuple.scale(maxVUs)
        case .rampingVUs(let startVUs, let stages, _):
            // Scaling is monotone, so the highest level is also the highest of the scaled ones.
            vuTuple.scale(stages.reduce(startVUs) { max($0, $1.target) })
        }
    }

    /// This segment's iterations: of shared-iterations all VUs' together, of per-vu-iterations each VU's. nil
    /// if only time bounds them.
    public var iterations: Int64? {
        switch scenario.executor {
        case .sharedIterations(_, let iterations, _): iterationTuple?.scale(iterations) ?? 0
        case .perVUIterations(_, let iterations, _): iterations
        default: nil
        }
    }

    /// This segment's iterations in all; nil if only time bounds them.
    public var totalIterations: Int64? {
        guard let iterations, case .perVUIterations = scenario.executor else { return iterations }
        let (total, isTooMany) = iterations.multipliedReportingOverflow(by: maxVUs)
        return isTooMany ? .max : total
    }

    /// False if the segment leaves nothing to do; the scenario is then skipped.
    public var hasWork: Bool { maxVUs > 0 && iterationTuple != nil && iterations != 0 }

    /// From the scenario's start, without grace times; nil for a scenario that runs until it is stopped.
    public var regularDurationNs: Int64? {
        switch scenario.executor {
        case .sharedIterations(_, _, let durationNs), .perVUIterations(_, _, let durationNs),
            .constantVUs(_, let durationNs), .constantArrivalRate(_, _, let durationNs, _, _):
            durationNs
        case .rampingVUs(_, let stages, _), .rampingArrivalRate(_, _, let stages, _, _):
            stages.reduce(0) { $0 + $1.durationNs }
        case .externallyControlled(_, _, let durationNs): durationNs == 0 ? nil : durationNs
        }
    }

    /// The last moment an iteration of the scenario may be running, from the scenario's start; nil for
    /// never-ending.
    public var hardEndNs: Int64? {
        guard let regularDurationNs else { return nil }
        if case .externallyControlled = scenario.executor { return regularDurationNs }
        return regularDurationNs + scenario.gracefulStopNs
    }

    /// The VUs to have ready over time, from the scenario's start (`startTime` is not in it). Empty without
    /// work; a last step to 0 unless the scenario never ends.
    public func plannedSteps() -> [PlannedStep] {
        if !hasWork { return [] }
        switch scenario.executor {
        case .rampingVUs(_, _, let gracefulRampDownNs):
            return RampDownReservation.steps(
                of: rampingSteps()!, gracefulRampDownNs: gracefulRampDownNs, endNs: hardEndNs!
            ).map { PlannedStep(offsetNs: $0.offsetNs, plannedVUs: $0.vus) }
        case .constantArrivalRate, .rampingArrivalRate:
            let start = PlannedStep(offsetNs: 0, plannedVUs: startVUs, unplannedVUs: maxVUs - startVUs)
            return [start, PlannedStep(offsetNs: hardEndNs!, plannedVUs: 0)]
        default:
            let start = PlannedStep(offsetNs: 0, plannedVUs: maxVUs)
            guard let hardEndNs else { return [start] }
            return [start, PlannedStep(offsetNs: hardEndNs, plannedVUs: 0)]
        }
    }

    /// The ticks of one worker; nil for closed-loop executors and where there is nothing to do.
    public func arrivals(worker: WorkerShare = .whole) -> ArrivalSchedule? {
        guard hasWork, let iterationTuple else { return nil }
        return ArrivalSchedule(
            executor: scenario.executor, stripe: Stripe(tuple: iterationTuple, share: worker))
    }

    /// The VUs of one worker that should run, over time; nil for executors other than ramping-vus.
    public func rampingSteps(worker: WorkerShare = .whole) -> RampingVUSteps? {
        RampingVUSteps(executor: scenario.executor, stripe: Stripe(tuple: vuTuple, share: worker))
    }
}
