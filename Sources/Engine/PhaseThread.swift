// A function of the test that is no iteration: setup and teardown. It runs on a thread of its own with a loop
// of its own, so that the control thread stays free; what it measured comes back as a packet. Made by Run.

import Base
import EventLoop
import Metrics

/// What a phase may know of its run, and be told while it runs.
public final class PhaseControl: Sendable {
    /// When the test began.
    public let startedAt: Instant
    /// VUs that are there.
    public let initializedVUs: Int64
    private let state = Locked((isCancelled: false, wake: (@Sendable () -> Void)?.none))

    public init(startedAt: Instant = .never, initializedVUs: Int64 = 0) {
        self.startedAt = startedAt
        self.initializedVUs = initializedVUs
    }

    /// Has the phase end early. Any thread.
    public func cancel() {
        let wake = state.withLock { state in
            state.isCancelled = true
            return state.wake
        }
        wake?()
    }

    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Sets what makes the phase's loop look again.
    public func onCancel(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }
}

/// How a phase ended.
public struct PhaseEnd: Sendable {
    /// What it measured.
    public var packet: IntervalPacket?
    /// nil: well. Otherwise the run goes no further.
    public var failure: PhaseFailure?

    public init(packet: IntervalPacket?, failure: PhaseFailure? = nil) {
        self.packet = packet
        self.failure = failure
    }
}

public enum PhaseFailure: Sendable, Equatable {
    /// The script threw.
    case failed(String)
    /// What it returned cannot be used.
    case unusable(String)
    case timedOut(String)
    /// Cut off by `PhaseControl.cancel`.
    case cancelled
}

/// Runs a phase to its end, on its own thread. - Parameter shard: the number its packet must carry.
public typealias RunPhase = @Sendable (_ control: PhaseControl, _ shard: Int) -> PhaseEnd
