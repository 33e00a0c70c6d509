// A test run as the control thread sees it: k6's states, the workers' threads, intervals, thresholds,
// commands. Runs no VU, so commands are answered while every worker is saturated. Owned and driven by the
// CLI.

import Base
import EventLoop
import Metrics
import Plan

/// k6's status numbers.
public enum RunStatus: Int, Sendable {
    case created = 0
    case initVUs = 1
    case initExecutors = 2
    case initDone = 3
    case pausedBeforeRun = 4
    case started = 5
    case setup = 6
    case running = 7
    case teardown = 8
    case ended = 9
    case interrupted = 10
}

/// Why a run ended before its plan did.
public enum StopCause: Equatable, Sendable {
    case signal(Int32)
    case thresholds
    case command
    /// A script ended the run (`exec.test.abort`), with its message.
    case aborted(String)
    /// setup() failed or was cut off.
    case setup(PhaseFailure)
}

public struct RunSettings {
    public var plan: TestPlan
    public var workerCount: Int
    public var minIterationDurationNs: Int64 = 0
    public var runTags: [(key: String, value: String)] = []
    public var systemTags = HTTPTagging.systemTagsDefault
    public var startPaused = false
    /// Whether the workers' loops are sampled while the run goes on.
    public var isProfiled = false
    /// How often snapshots are taken.
    public var intervalNs = Ns.perSecond
    public var registry: MetricRegistry
    public var demand: SeriesDemand
    /// Runs before the first iteration, on a thread of its own. What fails there ends the run.
    public var setup: RunPhase?
    /// Runs after the last iteration, also when the run was cut short, unless setup failed.
    public var teardown: RunPhase?
    /// Where raw samples go; nil when no output wants any.
    public var samples: SampleStream?
    /// Iterations may ask how the whole process stands: scripts do.
    public var sharesCounts = false

    public init(plan: TestPlan, workerCount: Int, registry: MetricRegistry, demand: SeriesDemand) {
        self.plan = plan
        self.workerCount = workerCount
        self.registry = registry
        self.demand = demand
    }
}

/// What the workers reported last, added up.
public struct RunProgress: Sendable {
    public var status = RunStatus.created
    /// Since the start, pauses excluded.
    public var elapsedNs: Int64 = 0
    public var initializedVUs: Int64 = 0
    public var activeVUs: Int64 = 0
    public var scenarios: [WorkerCounts.Scenario] = []
    public var workers: [WorkerReport?] = []

    public var completed: Int64 { scenarios.reduce(0) { $0 + $1.completed } }
    public var interrupted: Int64 { scenarios.reduce(0) { $0 + $1.interrupted } }
    public var dropped: Int64 { scenarios.reduce(0) { $0 + $1.dropped } }
}

public struct RunError: Error, CustomStringConvertible {
    public let description: String
}

public final class Run {
    public let settings: RunSettings
    public let loop: Loop
    public let aggregate: Aggregate
    public internal(set) var progress = RunProgress()
    public internal(set) var stopCause: StopCause?
    /// When the test began, setup included.
    public internal(set) var startedAt = Instant.never
    /// When its scenarios began.
    public internal(set) var scenariosStartedAt = Instant.never
    /// How teardown failed, if it did.
    public internal(set) var teardownFailure: PhaseFailure?
    public internal(set) var endedAt = Instant.never
    /// Called at each interval's edge, on the control thread.
    public var onInterval: ((Run, Snapshot) -> Void)?
    /// Called for each warning of a worker, and of the run itself.
    public var onWarning: ((WorkerWarning) -> Void)?
    /// Called at each of the control thread's passes.
    public var onPass: (() -> Void)?
    /// Called when the state changes.
    public var onStatus: ((Run) -> Void)?

    private let assemble: AssembleWorker
    let inbox: ControlInbox
    private var threads: [WorkerThread] = []
    private var mailboxes: [Mailbox?]
    private let neighbours = Neighbours()
    private let shared: RunShared
    var phase: PhaseControl?
    var phaseThread: BackgroundThread?
    var didTearDown = false
    private var failure: RunError?
    private var nextInterval = Instant.distantFuture
    private var nextGauge = Instant.distantFuture
    private var spent: [[IntervalPacket]]
    /// Workers that were asked for the interval and have not answered; nil when none is being collected.
    private var awaited: Set<Int>?
    private var isGaugeDue = false
    private let sampleWriter: SampleWriter?
    private var endedWorkers = 0
    private var workerLoops: [Loop] = []
    private var sampler: LoopSampler?
    /// Where the loops' time went; nil without `RunSettings.isProfiled`.
    public private(set) var profile: LoopProfile?
    var isStopping = false
    /// `--paused` was answered.
    var wasResumed = false
    var pausedAt = Instant.never
    var pausedNs: Int64 = 0
    /// What externally-controlled scenarios were told last.
    var controlled: [Int: Control] = [:]

    /// - Throws: `LoopError` when descriptors are exhausted.
    public init(settings: RunSettings, assemble: @escaping AssembleWorker) throws(LoopError) {
        self.settings = settings
        self.assemble = assemble
        loop = try Loop()
        let wakeup = try Wakeup(on: loop)
        inbox = ControlInbox(wakeup: wakeup)
        aggregate = Aggregate(registry: settings.registry, demand: settings.demand)
        shared = RunShared(
            plan: settings.plan, publishingWorkers: settings.sharesCounts ? settings.workerCount : 0)
        sampleWriter = settings.samples.map { SampleWriter($0) }
        mailboxes = .init(repeating: nil, count: settings.workerCount)
        spent = .init(repeating: [], count: settings.workerCount)
        progress.workers = .init(repeating: nil, count: settings.workerCount)
        progress.scenarios = .init(repeating: .init(), count: settings.plan.scenarios.count)
    }

    /// Runs the whole test and returns when every worker has ended. Blocks; call it on the control thread.
    /// - Throws: when a worker cannot be set up. Nothing has been requested then.
    public func runToEnd() throws(RunError) {
        loop.onPass(context: Unmanaged.passUnretained(self).toOpaque()) { context, nowNs in
            Unmanaged<Run>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.pass(Instant(ns: nowNs)).ns }
        }
        enter(.initVUs)
        startThreads()
        loop.run()
        for thread in threads { thread.join() }
        phaseThread?.join()
        if let failure { throw failure }
    }

    /// Frees the control loop; after `runToEnd`.
    public func close() {
        inbox.wakeup.close()
        loop.destroy()
    }

    private func startThreads() {
        let shared = shared
        for index in 0..<settings.workerCount {
            let worker = WorkerSettings(
                index: index, count: settings.workerCount, plan: settings.plan,
                minIterationDurationNs: settings.minIterationDurationNs, runTags: settings.runTags,
                systemTags: settings.systemTags)
            let neighbours = neighbours
            let inbox = inbox
            let thread = WorkerThread(
                settings: worker, shared: shared, assemble: assemble, neighbour: { neighbours[$0] },
                tell: { inbox.post($0) })
            if thread.start() {
                threads.append(thread)
            } else {
                inbox.post(.failed(worker: index, reason: "no thread for worker \(index) could be started"))
            }
        }
    }

    // MARK: - the control thread's pass

    private func pass(_ now: Instant) -> Instant {
        onPass?()
        for message in inbox.take() { handle(message, now) }
        if startedAt.isSet, !endedAt.isSet {
            if nextInterval <= now, awaited == nil { requestInterval(now) }
            return awaited == nil ? nextInterval : .distantFuture
        }
        return .distantFuture
    }

    private func handle(_ message: ControlMessage, _ now: Instant) {
        switch message {
        case .ready(let worker, let mailbox, let loop, let vus):
            workerLoops.append(loop)
            mailboxes[worker] = mailbox
            neighbours.set(worker, mailbox)
            progress.initializedVUs += vus
            if failure != nil { mailbox.post(.end) }
            if !mailboxes.contains(where: { $0 == nil }) { allReady(now) }
        case .failed(_, let reason):
            if failure == nil { failure = RunError(description: reason) }
            endedWorkers += 1
            abandon()
        case .report(let report): absorb(report, now)
        case .phaseEnded(let end): phaseEnded(end, now)
        case .stop(let cause): stop(cause)
        case .ended:
            endedWorkers += 1
            if endedWorkers == settings.workerCount { loop.stop() }
        }
    }

    /// A worker could not be set up: the others end without having started.
    private func abandon() {
        for mailbox in mailboxes { mailbox?.post(.end) }
        if endedWorkers == settings.workerCount { loop.stop() }
    }

    private func allReady(_ now: Instant) {
        enter(.initExecutors)
        enter(.initDone)
        if isStopping {
            finish(now)
        } else if settings.startPaused, !wasResumed {
            enter(.pausedBeforeRun)
        } else {
            start(now)
        }
    }

    func start(_ now: Instant) {
        startedAt = now
        shared.startedAt = now
        enter(.started)
        nextInterval = now + settings.intervalNs
        nextGauge = now + Ns.perSecond
        if settings.isProfiled { startSampling() }
        if let setup = settings.setup {
            begin(setup, .setup)
        } else {
            startScenarios(now)
        }
    }

    func startScenarios(_ now: Instant) {
        scenariosStartedAt = now
        for mailbox in mailboxes { mailbox!.post(.start(at: now)) }
        for index in controlled.keys { sendControl(index) }
        enter(.running)
    }

    /// Has the control thread make a pass soon. For any thread.
    public var waker: @Sendable () -> Void {
        let inbox = inbox
        return { inbox.wakeup.send() }
    }

    /// Lets other threads end the run.
    public var stopper: @Sendable (StopCause) -> Void {
        let inbox = inbox
        return { inbox.post(.stop($0)) }
    }

    private func startSampling() {
        let sampler = LoopSampler(workerLoops)
        do {
            try sampler.start()
            self.sampler = sampler
        } catch {
            onWarning?(WorkerWarning("no profile: \(error.description)"))
        }
    }

    func enter(_ status: RunStatus) {
        progress.status = status
        onStatus?(self)
    }

    // MARK: - intervals

    private func requestInterval(_ now: Instant) {
        while nextInterval <= now { nextInterval = nextInterval + settings.intervalNs }
        if nextGauge <= now { isGaugeDue = true }
        let asked = mailboxes.indices.filter { progress.workers[$0]?.isDone != true }
        if asked.isEmpty {
            closeInterval(now)
            return
        }
        awaited = Set(asked)
        for index in asked { mailboxes[index]!.post(.publish(spent: spent[index].popLast())) }
    }

    private func absorb(_ report: WorkerReport, _ now: Instant) {
        aggregate.absorb(report.packet)
        spent[report.index].append(report.packet)
        progress.workers[report.index] = report
        if let onWarning { for warning in report.warnings { onWarning(warning) } }
        addUp()
        if endedAt.isSet { return }
        // A worker that has ended says so unasked, and answers no question after that.
        awaited?.remove(report.index)
        if progress.workers.allSatisfy({ $0?.isDone == true }) {
            awaited = nil
            if phase == nil { scenariosEnded(now) }
        } else if awaited?.isEmpty == true {
            awaited = nil
            closeInterval(now)
        }
    }

    private func addUp() {
        progress.initializedVUs = 0
        progress.activeVUs = 0
        var scenarios = [WorkerCounts.Scenario](repeating: .init(), count: settings.plan.scenarios.count)
        for index in scenarios.indices { scenarios[index].isDone = true }
        for case let report? in progress.workers {
            progress.initializedVUs += report.counts.initializedVUs
            progress.activeVUs += report.counts.activeVUs
            for (index, part) in report.counts.scenarios.enumerated() {
                scenarios[index].completed += part.completed
                scenarios[index].interrupted += part.interrupted
                scenarios[index].dropped += part.dropped
                scenarios[index].active += part.active
                scenarios[index].vus += part.vus
                scenarios[index].isDone = scenarios[index].isDone && part.isDone
                scenarios[index].hasStarted = scenarios[index].hasStarted || part.hasStarted
            }
        }
        progress.scenarios = scenarios
    }

    private func closeInterval(_ now: Instant) {
        if isGaugeDue { recordGauges(now) }
        progress.elapsedNs = elapsed(now)
        let snapshot = aggregate.closeInterval(at: now)
        sampleWriter?.packetTaken()
        onInterval?(self, snapshot)
    }

    /// k6 samples these once a second, with the run's tags only. At an interval's edge, when the workers have
    /// just reported.
    private func recordGauges(_ now: Instant) {
        isGaugeDue = false
        while nextGauge <= now { nextGauge = nextGauge + Ns.perSecond }
        recordGauge(Builtin.vus, Double(progress.activeVUs), now)
        recordGauge(Builtin.vusMax, Double(progress.initializedVUs), now)
        sampleWriter?.handOver()
    }

    private func recordGauge(_ metric: MetricID, _ value: Double, _ now: Instant) {
        let tags = settings.runTags.map { MetricTag($0.key, $0.value) }
        aggregate.record(gauge: metric, value, tags: tags, at: now)
        if let sampleWriter { sampleWriter.record(metric, sampleWriter.tagSet(tags), value, at: now) }
    }

    /// Time since the start, pauses excluded.
    public func elapsed(_ now: Instant) -> Int64 {
        guard startedAt.isSet else { return 0 }
        let until = endedAt.isSet ? endedAt : now
        let pausedNow = pausedAt.isSet ? max(until - max(pausedAt, startedAt), 0) : 0
        return until - startedAt - pausedNs - pausedNow
    }

    func finish(_ now: Instant) {
        if progress.status == .ended || progress.status == .interrupted { return }
        endedAt = now
        // Before the workers may end: their loops are being looked at.
        profile = sampler?.stop()
        closeInterval(now)
        enter(stopCause == nil ? .ended : .interrupted)
        for mailbox in mailboxes { mailbox!.post(.end) }
    }

    func send(_ message: WorkerMessage) { for mailbox in mailboxes { mailbox?.post(message) } }
}
