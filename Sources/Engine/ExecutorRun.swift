// One scenario on one worker while it runs: where it is in its timeline, its VUs, its counts. Plain state;
// the decisions are in Worker+Executors.swift.

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
    let shared: SharedIterations?
    var phase = Phase.waiting
    var startAt = Instant.distantFuture
    var regularEnd = Instant.distantFuture
    var hardEnd = Instant.distantFuture
    var schedule: ArrivalSchedule?
    var tick: ArrivalTick?
    var steps: RampingVUSteps?
    var step: VUStep?
    /// VUs lent to this scenario, by their number in it.
    var vus: [Int32] = []
    /// Of those, the ones waiting for a tick; the last in is the first out, so that warm connections are used
    /// first.
    var idle: [Int32] = []
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
    /// Arrival rates: VUs to add at the next pass, after a drop showed that they are missing.
    var growBy: Int64 = 0
    var saidInsufficient = false

    init(plan: ScenarioPlan, share: WorkerShare, cells: ScenarioCells, shared: SharedIterations?) {
        self.plan = plan
        self.share = share
        self.cells = cells
        self.shared = shared
        let mayHaveTicks = plan.scenario.executor.isOpenLoop
        let limited = mayHaveTicks ? share.limited(toVUs: plan.maxVUs) : nil
        if let limited { schedule = plan.arrivals(worker: limited) }
        steps = plan.rampingSteps(worker: share)
    }

    /// VUs of this worker at the start, and at most.
    var startVUs: Int64 { share.share(of: plan.startVUs) }
    var maxVUs: Int64 { share.share(of: plan.maxVUs) }
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
