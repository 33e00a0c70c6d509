// One worker: its VUs, its part of every scenario, and the decision what starts when. Pure: time enters as an
// argument, requests leave through ports, and the thread around it (WorkerThread, or a simulation) owns the
// clock.
//
// A pass handles what is due and returns when it wants the next one. Iterations that end between passes go on
// at once from `iterationEnded`, on the stack of the read that ended them.

import Base
import HTTP
import Metrics
import Plan

/// What a worker is made of.
public struct WorkerSettings {
    public var index: Int
    public var count: Int
    public var plan: TestPlan
    public var minIterationDurationNs: Int64
    public var runTags: [(key: String, value: String)]
    public var systemTags: Set<String>

    public init(
        index: Int, count: Int, plan: TestPlan, minIterationDurationNs: Int64 = 0,
        runTags: [(key: String, value: String)] = [], systemTags: Set<String> = HTTPTagging.systemTagsDefault
    ) {
        self.index = index
        self.count = count
        self.plan = plan
        self.minIterationDurationNs = minIterationDurationNs
        self.runTags = runTags
        self.systemTags = systemTags
    }
}

/// Counts of a worker for progress and the verdict; copied out at interval edges.
public struct WorkerCounts: Sendable {
    public struct Scenario: Sendable {
        public var completed: Int64 = 0
        public var interrupted: Int64 = 0
        public var dropped: Int64 = 0
        public var active: Int64 = 0
        public var vus: Int64 = 0
        public var isDone = false
        /// Not before its start time.
        public var hasStarted = false
    }

    public var scenarios: [Scenario] = []
    public var initializedVUs: Int64 = 0
    public var activeVUs: Int64 = 0
    /// Σ over time of running iterations, in VU-nanoseconds: its mean is Little's L.
    public var runningVUNs: Int64 = 0
    /// Σ of what `minIterationDuration` made VUs wait after their iterations' work, in nanoseconds.
    public var restingNs: Int64 = 0
    /// Open-loop starts, and those later than a millisecond.
    public var scheduledStarts: Int64 = 0
    public var lateStarts: Int64 = 0
}

public struct Worker: ~Copyable {
    let settings: WorkerSettings
    let part: WorkerPart
    let shared: RunShared
    let iterations: IterationPort
    let transport: TransportPort
    let shard: Shard
    /// Whether an output wants raw samples.
    let isStreaming: Bool
    var executors: UnsafeMutablePointer<ExecutorRun>
    let executorCount: Int
    /// VUs never move: iterations hold their addresses.
    private var vuBlocks: [UnsafeMutablePointer<VU>] = []
    private(set) var vuCount: Int32 = 0
    /// VUs lent to no scenario; sorted, the lowest number last, when `freeVUsAreSorted`.
    private(set) var freeVUs: [Int32] = []
    private var freeVUsAreSorted = true
    /// VUs arrival rates may still add to the planned ones.
    private var unplannedVUsLeft: Int64
    /// By VU and scenario: iterations begun in earlier activations. k6 counts on when a VU comes back to a
    /// scenario.
    private var iterationsBefore: [Int64] = []
    var heap = DeadlineHeap()
    /// The next edge of any scenario's timeline; only then are the executors looked at.
    var nextEdge = Instant.distantFuture
    var hasStarted = false
    var runningCount: Int64 = 0
    private var runningSince = Instant.never
    var counts = WorkerCounts()
    /// Carries a message to another worker; set by the thread where there are several.
    var send: ((_ worker: Int, WorkerMessage) -> Void)?

    private static let blockVUs = 256

    public static func make(
        settings: WorkerSettings, iterations: IterationPort, transport: TransportPort, shard: Shard,
        shared: RunShared
    ) -> UnsafeMutablePointer<Worker> {
        let worker = UnsafeMutablePointer<Worker>.allocate(capacity: 1)
        worker.initialize(
            to: Worker(
                settings: settings, iterations: iterations, transport: transport, shard: shard, shared: shared
            ))
        return worker
    }

    private init(
        settings: WorkerSettings, iterations: IterationPort, transport: TransportPort, shard: Shard,
        shared: RunShared
    ) {
        self.settings = settings
        self.iterations = iterations
        self.transport = transport
        self.shard = shard
        isStreaming = shard.writer != nil
        self.shared = shared
        part = WorkerPart(plan: settings.plan, index: settings.index, count: settings.count)
        unplannedVUsLeft = part.unplannedVUs
        let plans = settings.plan.scenarios
        executorCount = plans.count
        executors = .allocate(capacity: max(plans.count, 1))
        for (index, plan) in plans.enumerated() {
            (executors + index).initialize(
                to: ExecutorRun(
                    plan: plan, share: part.shares[index],
                    cells: Worker.cells(of: plan.scenario, settings, shard),
                    rawTags: Worker.rawTags(of: plan.scenario, settings, shard),
                    budget: shared.budgets[index],
                    published: shared.publishedCounts(ofScenario: index, worker: settings.index)))
        }
        counts.scenarios = .init(repeating: .init(), count: plans.count)
    }

    deinit {
        executors.deinitialize(count: executorCount)
        executors.deallocate()
    }

    /// Frees the worker and its VUs; no iteration may be running.
    public static func free(_ worker: UnsafeMutablePointer<Worker>) {
        precondition(worker.pointee.runningCount == 0, "a worker was freed while an iteration was running")
        for index in 0..<worker.pointee.vuCount {
            if let data = worker.pointee.vu(index).pointee.data { worker.pointee.iterations.free(data) }
        }
        for block in worker.pointee.vuBlocks { block.deallocate() }
        worker.deinitialize(count: 1)
        worker.deallocate()
    }

    private static func cells(of scenario: Scenario, _ settings: WorkerSettings, _ shard: Shard)
        -> ScenarioCells
    {
        let (iterations, dropped) = tags(of: scenario, settings)
        let set = shard.tagSet(iterations)
        return ScenarioCells(
            iterations: shard.counter(Builtin.iterations, set),
            iterationDuration: shard.trend(Builtin.iterationDuration, set),
            dropped: shard.counter(Builtin.droppedIterations, shard.tagSet(dropped)),
            dataSent: shard.counter(Builtin.dataSent, set),
            dataReceived: shard.counter(Builtin.dataReceived, set),
            startLateness: shard.trend(Builtin.startLateness, set),
            responseTime: shard.trend(Builtin.responseTime, set))
    }

    private static func rawTags(of scenario: Scenario, _ settings: WorkerSettings, _ shard: Shard)
        -> RawScenarioTags?
    {
        guard let writer = shard.writer else { return nil }
        let (iterations, dropped) = tags(of: scenario, settings)
        return RawScenarioTags(iterations: writer.tagSet(iterations), dropped: writer.tagSet(dropped))
    }

    /// k6 gives dropped iterations neither a group, as they never entered a VU, nor the scenario's own tags.
    private static func tags(of scenario: Scenario, _ settings: WorkerSettings) -> (
        iterations: [MetricTag], dropped: [MetricTag]
    ) {
        var tags = settings.runTags.map { MetricTag($0.key, $0.value) }
        if settings.systemTags.contains("scenario") { tags.append(MetricTag("scenario", scenario.name)) }
        let dropped = tags
        tags.insert(contentsOf: scenario.tags.map { MetricTag($0.key, $0.value) }, at: settings.runTags.count)
        if settings.systemTags.contains("group") { tags.append(MetricTag("group", "")) }
        return (tags, dropped)
    }

    // MARK: - VUs

    @inline(__always) func vu(_ index: Int32) -> UnsafeMutablePointer<VU> {
        vuBlocks[Int(index) / Worker.blockVUs] + Int(index) % Worker.blockVUs
    }

    /// Makes the VUs the plan needs on this worker, before the start.
    public static func prepareVUs(_ worker: UnsafeMutablePointer<Worker>) {
        while Int64(worker.pointee.vuCount) < worker.pointee.part.plannedVUs { makeVU(worker) }
    }

    /// Adds a VU to the pool.
    static func makeVU(_ worker: UnsafeMutablePointer<Worker>) {
        let index = worker.pointee.vuCount
        if Int(index) % blockVUs == 0 { worker.pointee.vuBlocks.append(.allocate(capacity: blockVUs)) }
        worker.pointee.vuCount += 1
        let part = worker.pointee.part
        let number =
            Int64(index) < part.plannedVUs
            ? part.numberInProcess(ofLocal: Int64(index))
            : part.plannedVUsOfProcess + worker.pointee.shared.nextAddedVU()
        let vu = worker.pointee.vu(index)
        vu.initialize(
            to: VU(
                worker: worker, index: index, idInInstance: number + 1,
                idInTest: worker.pointee.settings.plan.tuple.globalIndex(ofLocal: number) + 1))
        vu.pointee.data = worker.pointee.iterations.make(worker.pointee.iterations.context, vu)
        for _ in 0..<worker.pointee.executorCount { worker.pointee.iterationsBefore.append(-1) }
        worker.pointee.freeVUs.append(index)
        worker.pointee.freeVUsAreSorted = false
        worker.pointee.counts.initializedVUs += 1
        worker.pointee.shared.countInitializedVU()
    }

    /// Takes the VU with the lowest number from the pool, making one if there is none.
    static func takeVU(_ worker: UnsafeMutablePointer<Worker>) -> UnsafeMutablePointer<VU> {
        if worker.pointee.freeVUs.isEmpty { makeVU(worker) }
        if !worker.pointee.freeVUsAreSorted {
            worker.pointee.freeVUs.sort(by: >)
            worker.pointee.freeVUsAreSorted = true
        }
        return worker.pointee.vu(worker.pointee.freeVUs.removeLast())
    }

    /// Takes a VU no scenario has planned. As in k6 a new one, as long as the plan has such VUs; the pool's
    /// are for the scenarios to come.
    static func takeUnplannedVU(_ worker: UnsafeMutablePointer<Worker>) -> UnsafeMutablePointer<VU> {
        if worker.pointee.unplannedVUsLeft == 0 { return takeVU(worker) }
        worker.pointee.unplannedVUsLeft -= 1
        makeVU(worker)
        return worker.pointee.vu(worker.pointee.freeVUs.removeLast())
    }

    static func giveBackVU(_ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>) {
        worker.pointee.freeVUs.append(vu.pointee.index)
        worker.pointee.freeVUsAreSorted = false
    }

    /// Iterations of a VU in a scenario before this activation, as the number of the last one (-1: none).
    static func lastIteration(
        _ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>, _ scenario: Int
    ) -> Int64 {
        worker.pointee.iterationsBefore[Int(vu.pointee.index) * worker.pointee.executorCount + scenario]
    }

    static func keepLastIteration(_ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>) {
        let place = Int(vu.pointee.index) * worker.pointee.executorCount + Int(vu.pointee.scenario)
        worker.pointee.iterationsBefore[place] = vu.pointee.iterationInScenario
    }

    // MARK: - the pass

    /// Begins the run: scenario start times count from `at`.
    public static func start(_ worker: UnsafeMutablePointer<Worker>, at: Instant) {
        worker.pointee.hasStarted = true
        for index in 0..<worker.pointee.executorCount { place(worker, index, at) }
        worker.pointee.nextEdge = at
    }

    /// Handles everything due at `now`. - Returns: when the next thing is due.
    public static func pass(_ worker: UnsafeMutablePointer<Worker>, _ now: Instant) -> Instant {
        // Responses get their turn between bursts; iterations that take no time at all would never let go.
        for _ in 0..<Limits.releasesPerPassMax {
            guard let due = worker.pointee.heap.popDue(now: now) else { break }
            vuDue(worker, due, now)
        }
        if worker.pointee.nextEdge <= now {
            var next = Instant.distantFuture
            for index in 0..<worker.pointee.executorCount { next = min(next, advance(worker, index, now)) }
            worker.pointee.nextEdge = next
        }
        return nextWake(worker)
    }

    /// When the next pass is due. Iterations that end, and those that ask to be woken, may move it.
    public static func nextWake(_ worker: UnsafeMutablePointer<Worker>) -> Instant {
        min(worker.pointee.nextEdge, worker.pointee.heap.earliest ?? .distantFuture)
    }

    /// Has the next pass look at the scenarios' timelines, at once.
    static func lookAgain(_ worker: UnsafeMutablePointer<Worker>, _ now: Instant) {
        worker.pointee.nextEdge = min(worker.pointee.nextEdge, now)
    }

    /// Whether every scenario has ended on this worker.
    public var isDone: Bool {
        for index in 0..<executorCount where executors[index].phase != .done { return false }
        return hasStarted
    }

    /// Interrupts everything and ends all scenarios.
    public static func stop(_ worker: UnsafeMutablePointer<Worker>, _ now: Instant) {
        for index in 0..<worker.pointee.executorCount { endHard(worker, index, now) }
        worker.pointee.hasStarted = true
        worker.pointee.nextEdge = .distantFuture
    }

    /// Counts up to now, for the control thread.
    public static func currentCounts(_ worker: UnsafeMutablePointer<Worker>, _ now: Instant) -> WorkerCounts {
        worker.pointee.accountRunning(now)
        var counts = worker.pointee.counts
        counts.activeVUs = 0
        for index in 0..<worker.pointee.executorCount {
            let run = worker.pointee.executors + index
            counts.scenarios[index] = WorkerCounts.Scenario(
                completed: run.pointee.completed, interrupted: run.pointee.interrupted,
                dropped: run.pointee.dropped, active: run.pointee.activeCount,
                vus: run.pointee.lentCount, isDone: run.pointee.phase == .done,
                hasStarted: run.pointee.hasBegun)
            counts.activeVUs += run.pointee.activeCount
        }
        return counts
    }

    /// Adds the VU-time since the last change of the number of running iterations.
    @inline(__always) mutating func accountRunning(_ now: Instant) {
        if runningSince.isSet { counts.runningVUNs &+= runningCount &* (now - runningSince) }
        runningSince = now
    }
}
