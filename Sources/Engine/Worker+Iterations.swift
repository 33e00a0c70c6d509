// Starting and ending iterations: the part of the worker every request goes through.

import Base
import HTTP
import Metrics
import Plan

extension Worker {
    /// Begins an iteration of a VU lent to a scenario.
    @inline(__always)
    static func begin(
        _ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>, intended: Instant,
        now: Instant
    ) {
        worker.pointee.accountRunning(now)
        worker.pointee.runningCount &+= 1
        worker.pointee.executors[Int(vu.pointee.scenario)].runningCount &+= 1
        vu.pointee.state = .running
        // Deadlines of the iteration before are void.
        vu.pointee.generation &+= 1
        vu.pointee.intended = intended
        vu.pointee.started = now
        vu.pointee.iterationInInstance &+= 1
        vu.pointee.iterationInScenario &+= 1
        vu.pointee.sentByteCount = 0
        vu.pointee.receivedByteCount = 0
        worker.pointee.iterations.start(vu.pointee.data.unsafelyUnwrapped, now.ns)
    }

    /// An iteration ran to its end. Called by iterations, on the worker's thread.
    @inline(__always)
    public static func iterationEnded(_ vu: UnsafeMutablePointer<VU>, _ now: Instant) {
        let worker = vu.pointee.worker
        let run = worker.pointee.executors + Int(vu.pointee.scenario)
        if worker.pointee.isStreaming { streamIteration(worker, run, vu, now) }
        let cells = run.pointee.cells
        let durationNs = now - vu.pointee.started
        cells.iterationDuration.record(HTTPSamples.ms(durationNs))
        cells.iterations.record(1)
        cells.dataSent.record(Double(vu.pointee.sentByteCount))
        cells.dataReceived.record(Double(vu.pointee.receivedByteCount))
        if run.pointee.schedule != nil {
            cells.responseTime.record(HTTPSamples.ms(now - vu.pointee.intended))
        }
        leave(worker, run, vu, now)
    }

    /// The iteration that ended the run: it counts as interrupted, but its samples count (k6's rule). Its VU
    /// rests until the stop arrives.
    public static func iterationAborted(
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant, tags: SampleTagSet
    ) {
        recordIteration(vu, now, tags)
        vu.pointee.state = .resting
        let worker = vu.pointee.worker
        worker.pointee.counts.restingNs &+= restLeftNs(worker, vu, now)
    }

    /// The same for an iteration whose tags are its own: a script changed its VU's.
    public static func iterationEnded(
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant, tags: SampleTagSet
    ) {
        recordIteration(vu, now, tags)
        let worker = vu.pointee.worker
        leave(worker, worker.pointee.executors + Int(vu.pointee.scenario), vu, now)
    }

    private static func recordIteration(
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant, _ tags: SampleTagSet
    ) {
        let worker = vu.pointee.worker
        let run = worker.pointee.executors + Int(vu.pointee.scenario)
        let shard = worker.pointee.shard
        let set = tags.demanded
        if let full = tags.full { streamIteration(worker, full, vu, now) }
        shard.trend(Builtin.iterationDuration, set).record(HTTPSamples.ms(now - vu.pointee.started))
        shard.counter(Builtin.iterations, set).record(1)
        shard.counter(Builtin.dataSent, set).record(Double(vu.pointee.sentByteCount))
        shard.counter(Builtin.dataReceived, set).record(Double(vu.pointee.receivedByteCount))
        if run.pointee.schedule != nil {
            shard.trend(Builtin.responseTime, set).record(HTTPSamples.ms(now - vu.pointee.intended))
        }
    }

    @inline(__always)
    private static func leave(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        if now - vu.pointee.started < worker.pointee.settings.minIterationDurationNs {
            rest(worker, vu, now)
        } else {
            complete(worker, run, vu, now)
        }
    }

    /// k6 counts what an iteration sent and received even if it is cut off.
    private static func countInterrupted(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        run.pointee.cells.dataSent.record(Double(vu.pointee.sentByteCount))
        run.pointee.cells.dataReceived.record(Double(vu.pointee.receivedByteCount))
        if worker.pointee.isStreaming { streamBytes(worker, run.pointee.rawTags!.iterations, vu, now) }
    }

    private static func streamBytes(
        _ worker: UnsafeMutablePointer<Worker>, _ tags: SampleTags, _ vu: UnsafeMutablePointer<VU>,
        _ now: Instant
    ) {
        stream(worker, Builtin.dataSent, Double(vu.pointee.sentByteCount), tags, vu, now)
        stream(worker, Builtin.dataReceived, Double(vu.pointee.receivedByteCount), tags, vu, now)
    }

    private static func stream(
        _ worker: UnsafeMutablePointer<Worker>, _ metric: MetricID, _ value: Double, _ tags: SampleTags,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        worker.pointee.shard.writer!.record(
            metric, tags, value, at: now, vu: vu.pointee.idInInstance,
            iteration: vu.pointee.iterationInInstance)
    }

    @inline(never)
    private static func streamIteration(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        streamIteration(worker, run.pointee.rawTags!.iterations, vu, now)
    }

    /// In k6's order.
    private static func streamIteration(
        _ worker: UnsafeMutablePointer<Worker>, _ tags: SampleTags, _ vu: UnsafeMutablePointer<VU>,
        _ now: Instant
    ) {
        streamBytes(worker, tags, vu, now)
        stream(worker, Builtin.iterationDuration, Double(now - vu.pointee.started) / 1e6, tags, vu, now)
        stream(worker, Builtin.iterations, 1, tags, vu, now)
    }

    /// The iteration counts as complete, and the VU is free for the next one.
    @inline(__always)
    private static func complete(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        run.pointee.completed &+= 1
        worker.pointee.accountRunning(now)
        worker.pointee.runningCount &-= 1
        run.pointee.runningCount &-= 1
        ExecutorRun.publishCounts(run)
        vu.pointee.state = .idle
        if run.pointee.schedule != nil {
            becomeIdle(worker, run, vu, now)
        } else {
            goOn(worker, run, vu, now)
        }
    }

    /// The next iteration of a looping VU, or its return to the scenario.
    @inline(__always)
    static func goOn(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        if vu.pointee.mayStart, now < run.pointee.regularEnd, takeBudget(run, vu) {
            begin(worker, vu, intended: now, now: now)
        } else {
            settle(worker, run, vu, now)
        }
    }

    /// One iteration of the scenario's budget; constant-vus and ramping-vus have none.
    @inline(__always)
    private static func takeBudget(
        _ run: UnsafeMutablePointer<ExecutorRun>, _ vu: UnsafeMutablePointer<VU>
    ) -> Bool {
        vu.pointee.iterationOfScenario = -1
        if vu.pointee.iterationsLeft == Int64.max { return true }
        if let budget = run.pointee.budget {
            guard let number = budget._withUnsafeGuaranteedRef({ $0.take() }) else { return false }
            vu.pointee.iterationOfScenario = number
            return true
        }
        if vu.pointee.iterationsLeft == 0 { return false }
        vu.pointee.iterationsLeft -= 1
        return true
    }

    /// `minIterationDuration`: the iteration is not over before.
    @inline(never)
    private static func rest(
        _ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        vu.pointee.state = .resting
        worker.pointee.counts.restingNs &+= restLeftNs(worker, vu, now)
        worker.pointee.heap.insert(
            at: vu.pointee.started + worker.pointee.settings.minIterationDurationNs,
            owner: owner(vu, .minimumDuration), generation: vu.pointee.generation)
    }

    /// How long a resting VU would rest from now on.
    private static func restLeftNs(
        _ worker: UnsafeMutablePointer<Worker>, _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) -> Int64 {
        max(vu.pointee.started + worker.pointee.settings.minIterationDurationNs - now, 0)
    }

    /// The 0-based number of a VU's running iteration among all of its scenario in this process. k6 numbers
    /// them all; here one is numbered when a script first asks, so that the numbers given out have no gaps.
    public static func numberInProcess(ofIterationOf vu: UnsafeMutablePointer<VU>) -> Int64 {
        if vu.pointee.iterationOfScenario < 0 {
            vu.pointee.iterationOfScenario = vu.pointee.worker.pointee.shared.nextIteration(
                ofScenario: Int(vu.pointee.scenario))
        }
        return vu.pointee.iterationOfScenario
    }

    /// Asks for `woken` at `at`: an iteration that waits (for `rps`, say). On the worker's thread.
    public static func wake(_ vu: UnsafeMutablePointer<VU>, at: Instant) {
        vu.pointee.worker.pointee.heap.insert(
            at: at, owner: owner(vu, .iteration), generation: vu.pointee.generation)
    }

    /// What a deadline in the heap is for; the low bits of its owner.
    enum DeadlineKind: UInt64 {
        case minimumDuration = 0
        case iteration = 1
        case rampDown = 2
    }

    static func owner(_ vu: UnsafeMutablePointer<VU>, _ kind: DeadlineKind) -> UInt64 {
        UInt64(vu.pointee.index) << 2 | kind.rawValue
    }

    static func vuDue(_ worker: UnsafeMutablePointer<Worker>, _ due: Deadline, _ now: Instant) {
        let vu = worker.pointee.vu(Int32(due.owner >> 2))
        guard vu.pointee.generation == due.generation, vu.pointee.scenario >= 0 else { return }
        let run = worker.pointee.executors + Int(vu.pointee.scenario)
        switch DeadlineKind(rawValue: due.owner & 3)! {
        case .minimumDuration:
            if vu.pointee.state == .resting { complete(worker, run, vu, now) }
        case .iteration:
            if vu.pointee.state == .running { worker.pointee.iterations.woken(vu.pointee.data!, now.ns) }
        case .rampDown:
            if vu.pointee.isBusy, !vu.pointee.mayStart, vu.pointee.interruptAt <= now {
                interrupt(worker, run, vu, now)
                settle(worker, run, vu, now)
            }
        }
    }

    /// Cuts a running iteration off: of its own samples only the bytes count, unless it had ended and was
    /// resting.
    static func interrupt(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        if vu.pointee.state == .running {
            worker.pointee.iterations.interrupt(vu.pointee.data!)
            countInterrupted(worker, run, vu, now)
        } else {
            worker.pointee.counts.restingNs &-= restLeftNs(worker, vu, now)
        }
        worker.pointee.accountRunning(now)
        worker.pointee.runningCount -= 1
        run.pointee.runningCount -= 1
        run.pointee.interrupted += 1
        ExecutorRun.publishCounts(run)
        vu.pointee.generation &+= 1
        vu.pointee.state = .idle
    }
}
