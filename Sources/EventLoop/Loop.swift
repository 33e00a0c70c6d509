// One libuv loop and what belongs to it: the read buffer every socket of the loop borrows, the
// sub-millisecond alarm, and the account of how long the loop was busy. A loop is created, run and closed by
// one thread; only `Wakeup` may be used from another. Called by worker threads, the control thread and the
// embedded server.

import Base
import CUV
import Glibc
import Synchronization

/// What the thread around a loop does once per pass, after the sockets had their turn.
/// - Returns: when it wants to be called again at the latest.
public typealias PassFunction = @convention(c) (_ context: UnsafeMutableRawPointer, _ nowNs: Int64) -> Int64

/// What a loop's thread is doing, for `--profile`: marked where the work changes hands, sampled by another
/// thread.
public enum LoopPhase: UInt8, Sendable, CaseIterable {
    case wait, read, parse, tls, iteration, record, write, schedule
}

public struct LoopState: ~Copyable {
    /// A `LoopPhase`. The one field another thread may read.
    public let phase = Atomic<UInt8>(LoopPhase.wait.rawValue)
    @usableFromInline var uv = uv_loop_t()
    @usableFromInline var check = uv_check_t()
    @usableFromInline var alarmPoll = uv_poll_t()
    var alarmDescriptor: Int32 = -1
    var alarmAtNs: Int64 = 0
    var pass: PassFunction?
    var passContext: UnsafeMutableRawPointer?
    public let readBuffer: UnsafeMutableRawBufferPointer
    /// What the socket being read has received: `Socket.receive`.
    var receivedCount = 0
    /// When this pass began: the first event's clock reading. Zero between passes.
    @usableFromInline var passStartNs: Int64 = 0
    public var busy = LoopBusy()

    init() {
        readBuffer = .allocate(byteCount: Limits.readBufferBytes, alignment: 64)
    }

    deinit { readBuffer.deallocate() }
}

/// How busy a loop was: wall time between a pass's first event and its end. Plain counters, read by the
/// loop's thread.
public struct LoopBusy: Sendable {
    public var busyNs: Int64 = 0
    public var passes: Int64 = 0
    /// The longest pass: how long a ready event may have waited.
    public var passNsMax: Int64 = 0
    /// Passes by length: place k counts those of 2^k up to 2^(k+1) nanoseconds.
    public var passesByLength = InlineArray<40, Int64>(repeating: 0)

    @inline(__always) mutating func add(_ lengthNs: Int64) {
        busyNs &+= lengthNs
        passes &+= 1
        if lengthNs > passNsMax { passNsMax = lengthNs }
        passesByLength[min(63 - (max(lengthNs, 1)).leadingZeroBitCount, 39)] &+= 1
    }

    /// The length not exceeded by this share of passes, within a factor of two: how late a loop may get to
    /// what is due. 0 without passes.
    public func passNs(percentile: Double) -> Int64 {
        var rest = Int64((Double(passes) * percentile / 100).rounded(.up))
        for place in 0..<40 {
            rest -= passesByLength[place]
            if rest <= 0 { return min(2 << Int64(place), passNsMax) }
        }
        return passNsMax
    }
}

public struct LoopError: Error, CustomStringConvertible {
    public let code: Int32
    public let operation: String

    init(_ code: Int32, _ operation: String) {
        self.code = code
        self.operation = operation
    }

    public var description: String { "\(operation): \(Loop.text(code))" }
}

/// A reference to a loop. Copies refer to the same loop; `destroy()` ends it.
public struct Loop: @unchecked Sendable {
    public let state: UnsafeMutablePointer<LoopState>

    /// - Throws: `LoopError` when descriptors are exhausted.
    public init() throws(LoopError) {
        state = .allocate(capacity: 1)
        state.initialize(to: LoopState())
        let status = uv_loop_init(&state.pointee.uv)
        if status != 0 {
            state.deinitialize(count: 1)
            state.deallocate()
            throw LoopError(status, "creating an event loop")
        }
        state.pointee.uv.data = UnsafeMutableRawPointer(state)
        let descriptor = apus_timerfd()
        if descriptor < 0 {
            let code = -errno
            uv_loop_close(&state.pointee.uv)
            state.deinitialize(count: 1)
            state.deallocate()
            throw LoopError(code, "creating a timer descriptor")
        }
        state.pointee.alarmDescriptor = descriptor
        uv_check_init(&state.pointee.uv, &state.pointee.check)
        uv_check_start(&state.pointee.check, onCheck)
        uv_poll_init(&state.pointee.uv, &state.pointee.alarmPoll, descriptor)
        uv_poll_start(&state.pointee.alarmPoll, Int32(UV_READABLE.rawValue), onAlarm)
    }

    /// Sets what runs after each pass. The context must outlive the loop's run.
    public func onPass(context: UnsafeMutableRawPointer, _ function: @escaping PassFunction) {
        state.pointee.pass = function
        state.pointee.passContext = context
    }

    /// Runs until `stop()`.
    public func run() { uv_run(&state.pointee.uv, UV_RUN_DEFAULT) }

    /// Handles what is ready, waiting for at most one event round.
    public func runOnce() { uv_run(&state.pointee.uv, UV_RUN_ONCE) }

    /// Handles what is ready now, without waiting. - Returns: whether handles are still active.
    @discardableResult
    public func poll() -> Bool { uv_run(&state.pointee.uv, UV_RUN_NOWAIT) != 0 }

    /// Makes `run()` return after the present pass. Only from the loop's own thread.
    public func stop() { uv_stop(&state.pointee.uv) }

    /// Closes the loop's own handles, runs until every handle is closed, and frees it.
    /// A handle still open after that is a defect: every socket must have been closed by its owner.
    public func destroy() {
        uv_check_stop(&state.pointee.check)
        uv_poll_stop(&state.pointee.alarmPoll)
        withUnsafeMutablePointer(to: &state.pointee.check) {
            $0.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_close($0, nil) }
        }
        withUnsafeMutablePointer(to: &state.pointee.alarmPoll) {
            $0.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_close($0, nil) }
        }
        uv_run(&state.pointee.uv, UV_RUN_DEFAULT)
        let status = uv_loop_close(&state.pointee.uv)
        precondition(status == 0, "a loop was destroyed while a handle was still open")
        close(state.pointee.alarmDescriptor)
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Asks for a pass at `at` at the latest; `distantFuture` asks for none.
    public func wake(at: Instant) {
        let atNs = at == .distantFuture ? 0 : max(at.ns, 1)
        if atNs == state.pointee.alarmAtNs { return }
        state.pointee.alarmAtNs = atNs
        apus_timerfd_arm(state.pointee.alarmDescriptor, atNs)
    }

    /// Marks what the thread does from now on: one store.
    @inline(__always) public func mark(_ phase: LoopPhase) {
        state.pointee.phase.store(phase.rawValue, ordering: .relaxed)
    }

    /// What the thread was marked as doing last. From any thread, while the loop exists.
    public var markedPhase: LoopPhase {
        LoopPhase(rawValue: state.pointee.phase.load(ordering: .relaxed)) ?? .wait
    }

    /// Notes that an event was seen at `now`; the first of a pass starts its busy time.
    @inline(__always) public func touch(_ now: Instant) {
        if state.pointee.passStartNs == 0 { state.pointee.passStartNs = now.ns }
    }

    /// libuv's text for an error code, with its name: "connection refused (ECONNREFUSED)".
    public static func text(_ code: Int32) -> String { "\(String(cString: uv_strerror(code)))" }
}

private func onCheck(_ handle: UnsafeMutablePointer<uv_check_t>?) {
    let state = apus_loop_data(handle!.pointee.loop).assumingMemoryBound(to: LoopState.self)
    Loop.endPass(state)
}

private func onAlarm(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    // Nothing to do here: the pass that follows handles what is due and arms the alarm anew, which clears it.
    let state = apus_loop_data(handle!.pointee.loop).assumingMemoryBound(to: LoopState.self)
    let loop = Loop(state: state)
    loop.touch(Clock.now())
    state.pointee.alarmAtNs = -1
}

extension Loop {
    init(state: UnsafeMutablePointer<LoopState>) { self.state = state }

    static func endPass(_ state: UnsafeMutablePointer<LoopState>) {
        let begin = Clock.now().ns
        var end = begin
        if let pass = state.pointee.pass {
            Loop(state: state).mark(.schedule)
            let wakeNs = pass(state.pointee.passContext!, begin)
            end = Clock.now().ns
            Loop(state: state).wake(at: Instant(ns: wakeNs))
        }
        let start = state.pointee.passStartNs == 0 ? begin : state.pointee.passStartNs
        state.pointee.busy.add(end - start)
        state.pointee.passStartNs = 0
        Loop(state: state).mark(.wait)
    }
}
