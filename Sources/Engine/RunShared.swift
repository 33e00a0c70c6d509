// What the workers of a process share, and nothing else: the counters of shared iterations, the `rps` budget,
// and each other's mailboxes. Everything here is an atomic or a lock held for a few instructions.

import Base
import Metrics
import Synchronization

/// Hands out the iterations of a shared-iterations scenario.
public final class SharedIterations: Sendable {
    private let next = Atomic<Int64>(0)
    public let total: Int64

    public init(total: Int64) { self.total = total }

    /// The process-local number of the next iteration, or nil when all are taken.
    public func take() -> Int64? {
        if next.load(ordering: .relaxed) >= total { return nil }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < total ? number : nil
    }

    /// Ends the handing out. - Returns: how many were never taken; non-zero for one caller only.
    public func close() -> Int64 { max(total - next.exchange(total, ordering: .relaxed), 0) }

    public var taken: Int64 { min(next.load(ordering: .relaxed), total) }
}

/// Spreads requests of all workers evenly over time: k6's `rps`, with a burst of one.
public final class RateLimiter: Sendable {
    private let nextNs = Atomic<Int64>(0)
    private let periodNs: Int64

    public init(perSecond: Int64) { periodNs = max(Ns.perSecond / max(perSecond, 1), 1) }

    /// Claims the next free moment, at or after `now`.
    public func claim(now: Instant) -> Instant {
        var expected = nextNs.load(ordering: .relaxed)
        while true {
            let slot = max(expected, now.ns)
            let (done, found) = nextNs.weakCompareExchange(
                expected: expected, desired: slot + periodNs, ordering: .relaxed)
            if done { return Instant(ns: slot) }
            expected = found
        }
    }
}

/// An arrival no idle VU was found for, on its way round the workers.
struct OfferedTick: Sendable {
    var scenario: Int32
    var intended: Instant
    /// Workers that have not been asked yet.
    var hopsLeft: Int32
    /// The worker whose schedule it came from; it counts the drop.
    var origin: Int32
}

/// What one thread tells a worker.
enum WorkerMessage: Sendable {
    case offered(OfferedTick)
    /// Nobody had a VU for a tick of this worker.
    case declined(OfferedTick)
    case start(at: Instant)
    /// externally-controlled: how many VUs of this worker should loop and may exist; `paused` stops all.
    case control(scenario: Int32, vus: Int64, paused: Bool)
    /// Interrupts everything and ends.
    case stop
    /// Publishes the interval up to now to the control thread; brings an absorbed packet's memory back.
    case publish(spent: IntervalPacket?)
    /// Leaves the loop: the run is over.
    case end
}

/// A worker's mailbox: a short lock, a list and a way to wake the worker's loop.
public final class Mailbox: Sendable {
    private let messages = Mutex<[WorkerMessage]>([])
    private let hasAny = Atomic<Bool>(false)
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Whether something was posted: one atomic load.
    @inline(__always) var hasMail: Bool { hasAny.load(ordering: .acquiring) }

    func post(_ message: WorkerMessage) {
        messages.withLock { $0.append(message) }
        hasAny.store(true, ordering: .releasing)
        wake()
    }

    /// Everything posted since the last call.
    func take() -> [WorkerMessage] {
        messages.withLock { list in
            hasAny.store(false, ordering: .relaxed)
            defer { list = [] }
            return list
        }
    }
}
