// The one door from another thread into a loop: a wake-up that makes the loop run a pass. What is to be done
// lies in the receiver's mailbox; several wake-ups may become one. Signals of the process arrive the same
// way.

import Base
import CUV

/// A wake-up handle. Create and close it on the loop's thread; `send()` may be called from any.
public final class Wakeup: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<uv_async_t>

    /// - Throws: `LoopError` when descriptors are exhausted.
    public init(on loop: Loop) throws(LoopError) {
        handle = .allocate(capacity: 1)
        handle.initialize(to: uv_async_t())
        let status = uv_async_init(&loop.state.pointee.uv, handle) { handle in
            let state = apus_loop_data(handle!.pointee.loop).assumingMemoryBound(to: LoopState.self)
            Loop(state: state).touch(Clock.now())
        }
        if status != 0 {
            handle.deallocate()
            throw LoopError(status, "creating a wake-up handle")
        }
    }

    /// Makes the loop run a pass soon. Safe from any thread while the handle is open.
    public func send() { uv_async_send(handle) }

    /// Closes the handle; its memory goes when the loop has run once more.
    public func close() {
        handle.withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
            uv_close($0) { $0!.deallocate() }
        }
    }
}

/// Watches signals on a loop: `received` is called with the signal's number on the loop's thread.
public final class SignalWatch {
    private var handles: [UnsafeMutablePointer<uv_signal_t>] = []
    private let received: (Int32) -> Void

    public init(on loop: Loop, signals: [Int32], received: @escaping (Int32) -> Void) throws(LoopError) {
        self.received = received
        for signal in signals {
            let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
            handle.initialize(to: uv_signal_t())
            let made = uv_signal_init(&loop.state.pointee.uv, handle)
            if made != 0 {
                handle.deallocate()
                throw LoopError(made, "watching signals")
            }
            handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
            handles.append(handle)
            let status = uv_signal_start(handle, onSignal, signal)
            if status != 0 { throw LoopError(status, "watching signal \(signal)") }
        }
    }

    public func close() {
        for handle in handles {
            handle.withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
                uv_close($0) { $0!.deallocate() }
            }
        }
        handles = []
    }

    fileprivate func deliver(_ signal: Int32) { received(signal) }
}

private func onSignal(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ signal: Int32) {
    let watch = Unmanaged<SignalWatch>.fromOpaque(handle!.pointee.data).takeUnretainedValue()
    watch.deliver(signal)
}
