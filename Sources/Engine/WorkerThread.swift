// The thread around a worker: it owns the loop and the clock, reads the mailbox, calls the pass and reports
// to the control thread. Made by Run; everything but `mailbox` belongs to the thread itself.

import Base
import EventLoop
import Glibc
import HTTP
import Metrics
import Plan

/// What a worker works with, assembled on its own thread by whoever knows the real parts.
public struct WorkerParts {
    public var transport: TransportPort
    public var iterations: IterationPort
    public var shard: Shard
    public var counters: () -> TransportCounters
    /// What there is to warn of since the last call, each kind once.
    public var warnings: () -> [WorkerWarning]
    /// What scripts took since `beginScriptTime`; nil where there are none.
    public var scriptTime: () -> ScriptTime? = { nil }
    /// The run starts: what init code took does not count.
    public var beginScriptTime: () -> Void = {}
    /// What kept a VU from being initialised; asked once all were. The run does not start then.
    public var problem: () -> String? = { nil }
    /// Begins closing every connection; the loop runs until they are closed.
    public var shutDown: () -> Void
    /// Frees what the parts hold, after the worker is gone.
    public var free: () -> Void

    public init(
        transport: TransportPort, iterations: IterationPort, shard: Shard,
        counters: @escaping () -> TransportCounters, warnings: @escaping () -> [WorkerWarning],
        shutDown: @escaping () -> Void, free: @escaping () -> Void
    ) {
        self.transport = transport
        self.iterations = iterations
        self.shard = shard
        self.counters = counters
        self.warnings = warnings
        self.shutDown = shutDown
        self.free = free
    }
}

/// What the scripts of a worker took and waited for, in nanoseconds.
public struct ScriptTime: Sendable {
    /// Time of the thread, without what requests took in the transport.
    public var runningNs: Int64 = 0
    /// The longest stretch in which a script kept the loop from everyone else.
    public var longestNs: Int64 = 0
    /// Time of VUs in iterations that ended: waiting for requests, and pausing on purpose (`sleep`, timers).
    public var waitingNs: Int64 = 0
    public var thinkingNs: Int64 = 0

    public init() {}
}

/// Something a user should see once, as a log line.
public struct WorkerWarning: Hashable, Sendable {
    public var message: String
    public var fields: [String: String]

    public init(_ message: String, fields: [String: String] = [:]) {
        self.message = message
        self.fields = fields
    }
}

public typealias AssembleWorker = @Sendable (_ index: Int, _ loop: Loop) throws -> WorkerParts

/// What a worker tells the control thread at an interval's edge.
public struct WorkerReport: Sendable {
    public var index: Int
    public var packet: IntervalPacket
    public var counts: WorkerCounts
    public var loop: LoopBusy
    public var threadCPUNs: Int64
    /// nil in a run without a script.
    public var script: ScriptTime?
    public var transport: TransportCounters
    public var isDone: Bool
    public var insufficientVUs: [Int]
    public var warnings: [WorkerWarning]
}

enum ControlMessage: Sendable {
    case ready(worker: Int, mailbox: Mailbox, loop: Loop, vus: Int64)
    case failed(worker: Int, reason: String)
    case report(WorkerReport)
    case ended(worker: Int)
    case phaseEnded(PhaseEnd)
    case stop(StopCause)
}

final class WorkerThread: @unchecked Sendable {
    private let settings: WorkerSettings
    private let shared: RunShared
    private let assemble: AssembleWorker
    private let tell: @Sendable (ControlMessage) -> Void
    private let neighbour: @Sendable (Int) -> Mailbox?
    private var thread = pthread_t()

    // The thread's own.
    private var loop: Loop!
    private var mailbox: Mailbox!
    private var parts: WorkerParts!
    /// Of `parts`, beside them: a pass that goes through the optional copies all of them.
    private var transportContext: UnsafeMutableRawPointer!
    private var transportPass: TransportPort.Pass!
    private var worker: UnsafeMutablePointer<Worker>!
    private var hasReportedEnd = false
    /// CPU time spent before the run's start.
    private var setUpCPUNs: Int64 = 0

    init(
        settings: WorkerSettings, shared: RunShared, assemble: @escaping AssembleWorker,
        neighbour: @escaping @Sendable (Int) -> Mailbox?, tell: @escaping @Sendable (ControlMessage) -> Void
    ) {
        self.settings = settings
        self.shared = shared
        self.assemble = assemble
        self.neighbour = neighbour
        self.tell = tell
    }

    /// - Returns: whether the thread could be started.
    func start() -> Bool {
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<WorkerThread>.fromOpaque(context!).takeRetainedValue().main()
                return nil
            }, context)
        if status != 0 { Unmanaged<WorkerThread>.fromOpaque(context).release() }
        return status == 0
    }

    func join() { pthread_join(thread, nil) }

    private func main() {
        BackgroundThread.blockSignals()
        do {
            loop = try Loop()
        } catch {
            tell(.failed(worker: settings.index, reason: "\(error)"))
            return
        }
        do {
            let wakeup = try Wakeup(on: loop)
            defer { wakeup.close() }
            mailbox = Mailbox { wakeup.send() }
            parts = try assemble(settings.index, loop)
            transportContext = parts.transport.context
            transportPass = parts.transport.pass
            try runWorker()
            // The others may still write to it.
            mailbox.close()
        } catch {
            loop.destroy()
            // There are none when making them failed.
            parts?.free()
            tell(.failed(worker: settings.index, reason: "\(error)"))
            return
        }
        loop.destroy()
        parts.free()
        tell(.ended(worker: settings.index))
    }

    /// The worker's life on its loop, from its VUs to the last closed connection.
    private func runWorker() throws {
        worker = Worker.make(
            settings: settings, iterations: parts.iterations, transport: parts.transport, shard: parts.shard,
            shared: shared)
        worker.pointee.send = { [unowned self] index, message in neighbour(index)?.post(message) }
        Worker.prepareVUs(worker)
        if let reason = parts.problem() {
            parts.shutDown()
            Worker.free(worker)
            throw RunError(description: reason)
        }
        loop.onPass(context: Unmanaged.passUnretained(self).toOpaque()) { context, nowNs in
            let thread = Unmanaged<WorkerThread>.fromOpaque(context)
            return thread._withUnsafeGuaranteedRef { $0.pass(Instant(ns: nowNs)).ns }
        }
        tell(.ready(worker: settings.index, mailbox: mailbox, loop: loop, vus: Int64(worker.pointee.vuCount)))
        loop.run()
        parts.shutDown()
        parts.shard.writer?.handOver()
        Worker.free(worker)
    }

    private func pass(_ now: Instant) -> Instant {
        if mailbox.hasMail { readMail(now) }
        _ = Worker.pass(worker, now)
        let transportNext = transportPass(transportContext, now.ns)
        if worker.pointee.isDone, !hasReportedEnd {
            hasReportedEnd = true
            publish(now)
        }
        // What the transport told may have moved the worker's next wake.
        return min(Worker.nextWake(worker), Instant(ns: transportNext))
    }

    private func readMail(_ now: Instant) {
        for message in mailbox.take() {
            switch message {
            case .start(let at):
                setUpCPUNs = Clock.threadCPUNs()
                parts.beginScriptTime()
                Worker.start(worker, at: at)
            case .publish(let spent):
                if let spent { parts.shard.recycle(spent) }
                if !hasReportedEnd { publish(now) }
            case .end: loop.stop()
            default: Worker.receive(worker, message, now)
            }
        }
    }

    private func publish(_ now: Instant) {
        parts.shard.writer?.handOver()
        var insufficient: [Int] = []
        for index in 0..<worker.pointee.executorCount where worker.pointee.executors[index].saidInsufficient {
            insufficient.append(index)
        }
        tell(
            .report(
                WorkerReport(
                    index: settings.index, packet: parts.shard.takeInterval(to: now),
                    counts: Worker.currentCounts(worker, now),
                    loop: loop.state.pointee.busy,
                    threadCPUNs: Clock.threadCPUNs() - setUpCPUNs, script: parts.scriptTime(),
                    transport: parts.counters(), isDone: hasReportedEnd,
                    insufficientVUs: insufficient, warnings: parts.warnings())))
    }
}
