// The seam between the engine and what a VU does: a prepared request (FixedIteration), a script's function,
// or a simulation. A context and a table of C functions, so that starting an iteration is one indirect call.

import Base

/// What an iteration knows of the VU that runs it. The block belongs to the worker; its address does not
/// change.
public struct VU {
    public let worker: UnsafeMutablePointer<Worker>
    /// Within the worker, from 0.
    public let index: Int32
    /// Within this process and within the whole test, from 1.
    public let idInInstance: Int64
    public let idInTest: Int64

    // The running iteration.
    public internal(set) var scenario: Int32 = -1
    /// When the schedule wanted it to start; the actual start where there is no schedule.
    public internal(set) var intended = Instant.never
    public internal(set) var started = Instant.never
    /// 0-based, of this VU in this run and in the scenario it is in.
    public internal(set) var iterationInInstance: Int64 = -1
    public internal(set) var iterationInScenario: Int64 = -1
    /// 0-based among all iterations of the scenario in this process; -1 until asked for with
    /// `Worker.numberInProcess(ofIterationOf:)`. Iterations of a shared budget have it from the start.
    public internal(set) var iterationOfScenario: Int64 = -1
    /// Wire bytes of this iteration; its owner adds to them.
    public var sentByteCount: Int64 = 0
    public var receivedByteCount: Int64 = 0

    // The engine's own.
    var state = VUState.free
    /// Whether the executor lets it begin another iteration.
    var mayStart = false
    /// Counts iterations and activations, so that a deadline set before can be told from one that still
    /// counts.
    var generation: UInt32 = 0
    /// When its running iteration is interrupted at the latest (ramped down VUs).
    var interruptAt = Instant.distantFuture
    var iterationsLeft: Int64 = 0
    /// Its 0-based place among the scenario's VUs of this worker.
    var placeInScenario = 0
    /// The iteration's own memory.
    var data: UnsafeMutableRawPointer?

    init(worker: UnsafeMutablePointer<Worker>, index: Int32, idInInstance: Int64, idInTest: Int64) {
        self.worker = worker
        self.index = index
        self.idInInstance = idInInstance
        self.idInTest = idInTest
    }

    /// Whether it has an iteration that is not over.
    var isBusy: Bool { state == .running || state == .resting }
}

enum VUState: UInt8 {
    /// In the worker's pool, lent to no scenario.
    case free
    /// Lent to a scenario and waiting for a tick.
    case idle
    case running
    /// Its iteration is over and recorded, but sleeps out the minimum duration; until then k6 counts it as
    /// running.
    case resting
}

public struct IterationPort {
    public typealias Make =
        @convention(c) (
            _ context: UnsafeMutableRawPointer, _ vu: UnsafeMutableRawPointer
        ) -> UnsafeMutableRawPointer
    public typealias OnVU = @convention(c) (_ data: UnsafeMutableRawPointer) -> Void
    public typealias Start = @convention(c) (_ data: UnsafeMutableRawPointer, _ nowNs: Int64) -> Void

    public let context: UnsafeMutableRawPointer
    /// Prepares a VU (`vu` is a `VU`): what it returns is handed to the other functions.
    public let make: Make
    /// Begins an iteration. It ends with one call of `Worker.iterationEnded`, never from within `start`.
    public let start: Start
    /// The moment asked for with `Worker.wake` has come.
    public let woken: Start
    /// Cuts the running iteration off at once: no `iterationEnded` follows.
    public let interrupt: OnVU
    public let free: OnVU

    public init(
        context: UnsafeMutableRawPointer, make: @escaping Make, start: @escaping Start,
        woken: @escaping Start, interrupt: @escaping OnVU, free: @escaping OnVU
    ) {
        self.context = context
        self.make = make
        self.start = start
        self.woken = woken
        self.interrupt = interrupt
        self.free = free
    }
}
