// One scenario on one worker while it runs: where it is in its timeline, its VUs, its counts. Plain state;
// the decisions are in Worker+Executors.swift and Worker+Arrivals.swift.

import Base
import Metrics
import Plan

struct ExecutorRun {
    enum Phase: UInt8 {
        /// Before its start time.
        case waiting
        case running
        /// Past its regular end: nothing starts, running iterations may finish.
        case stopping
        case done
    }

    let plan: ScenarioPlan
    let share: WorkerShare
    let cells: ScenarioCells
    /// nil while no output wants raw samples.
    let rawTags: RawScenarioTags?
    /// The budget of shared-iterations. The worker's `RunShared` keeps it alive.
    let budget: Unmanaged<SharedIterations>?
    /// Where the counts are published for other workers' scripts; nil where nobody asks for them. The
    /// worker's `RunShared` keeps it alive.
    let published: Unmanaged<PublishedCounts>?
    var phase = Phase.waiting
    var hasBegun = false
    var startAt = Instant.distantFuture
    var regularEnd = Instant.distantFuture
    var hardEnd = Instant.distantFuture
    var schedule: ArrivalSchedule?
    var tick: ArrivalTick?
    var steps: RampingVUSteps?
    var step: VUStep?
    /// VUs lent to this scenario, by their number in it; `ExecutorRun.noVU` where none is lent.
    var vus: [Int32] = []
    var lentCount: Int64 = 0
    /// Arrival rates: the VUs that wait for a tick; the last in is the first out, so that warm connections
    /// are used first.
    var idle: [Int32] = []
    /// VUs whose iteration has begun and not ended; one that sleeps out a minimum duration is among them.
    var runningCount: Int64 = 0
    /// VUs that loop (closed loops) or run an iteration (open loops): k6's active VUs.
    var activeCount: Int64 = 0
    var completed: Int64 = 0
    var interrupted: Int64 = 0
    var dropped: Int64 = 0
    /// ramping-vus: how many loop now.
    var level: Int64 = 0
    /// externally-controlled: how many should loop now.
    var wantedVUs: Int64 = 0
    var isPaused = false
    /// externally-controlled, while paused: what is left of its duration. nil: it has no end.
    var remainingNs: Int64?
    /// Arrival rates: VUs to add at the next pass (0 or 1), after a drop showed that they are missing.
    var growBy: Int64 = 0
    var saidInsufficient = false
    /// Ticks offered to other workers that have not answered yet.
    var offeredCount: Int64 = 0

    static let noVU: Int32 = -1

    init(
        plan: ScenarioPlan, share: WorkerShare, cells: ScenarioCells, rawTags: RawScenarioTags?,
        budget: SharedIterations?, published: PublishedCounts?
    ) {
        self.plan = plan
        self.share = share
        self.cells = cells
        self.rawTags = rawTags
        self.budget = budget.map(Unmanaged.passUnretained)
        self.published = published.map(Unmanaged.passUnretained)
        if plan.scenario.executor.isOpenLoop, let limited = share.limited(toVUs: plan.maxVUs) {
            schedule = plan.arrivals(worker: limited)
        }
        steps = plan.rampingSteps(worker: share)
        wantedVUs = startVUs
    }

    /// After each change of `completed`, `interrupted` and `activeCount`. Takes the place, not the run: a
    /// method would be lent a copy, with every string and array in it counted.
    @inline(__always) static func publishCounts(_ run: UnsafeMutablePointer<ExecutorRun>) {
        guard let published = run.pointee.published else { return }
        published._withUnsafeGuaranteedRef {
            $0.set(
                completed: run.pointee.completed, interrupted: run.pointee.interrupted,
                active: run.pointee.activeCount)
        }
    }

    /// VUs of this worker at the start, and at most.
    var startVUs: Int64 { share.share(of: plan.startVUs) }
    var maxVUs: Int64 { share.share(of: plan.maxVUs) }

    /// Whether this worker may have to run an iteration of the scenario.
    var hasWork: Bool {
        if case .externallyControlled = plan.scenario.executor { return plan.hasWork }
        return plan.hasWork && maxVUs > 0
    }
}

/// The cells of the samples that belong to a scenario rather than to a request.
struct ScenarioCells {
    let iterations: CounterCells
    let iterationDuration: TrendCells
    let dropped: CounterCells
    let dataSent: CounterCells
    let dataReceived: CounterCells
    let startLateness: TrendCells
    let responseTime: TrendCells
}

/// All tags of these samples, for raw ones. Not among the cells: those are copied for each iteration, and
/// copying references costs.
struct RawScenarioTags {
    let iterations: SampleTags
    let dropped: SampleTags
}
