// What the scripts of one worker may still allocate: its part of what the container has left, read again while
// scripts grow and before a request is refused. A VU whose request is refused is cut off and made anew. One per
// host; the runtimes count it down and up.

import Base
import CQuickJS
import Glibc

final class ScriptMemory {
    /// Counted by the runtimes; below zero while a VU that was refused unwinds.
    let leftBytes: UnsafeMutablePointer<Int64>
    private let read: () -> Int64
    private var lastReadBytes: Int64 = 0
    private var nextRead = Instant.never

    /// - Parameter read: this worker's part of what the process may still allocate.
    init(read: @escaping () -> Int64) {
        self.read = read
        leftBytes = .allocate(capacity: 1)
        leftBytes.initialize(to: 0)
        refresh()
    }

    deinit { leftBytes.deallocate() }

    func refresh() {
        lastReadBytes = read()
        leftBytes.pointee = lastReadBytes
    }

    /// Looks again from time to time, if scripts have allocated much since: others take memory, too.
    @inline(__always) func pass(_ now: Instant) {
        if lastReadBytes &- leftBytes.pointee > Limits.scriptMemoryStepBytes { look(now) }
    }

    @inline(never) private func look(_ now: Instant) {
        if now < nextRead { return }
        nextRead = now + Limits.scriptMemoryIntervalNs
        refresh()
    }

    /// Whether there is room for `bytes`. - Parameter cheaply: memory is only looked at if it seems to be used up.
    func makesRoom(for bytes: Int, cheaply: Bool = false) -> Bool {
        if cheaply, leftBytes.pointee > 0, bytes <= leftBytes.pointee { return true }
        refresh()
        return leftBytes.pointee > 0 && bytes <= leftBytes.pointee
    }

    /// A VU was freed for its memory: the system shall have it back.
    func giveBack() {
        malloc_trim(0)
        refresh()
    }
}

extension VM {
    /// A request found nothing left. The VU that has most pays: it is cut off, except that it may unwind. If that is
    /// another one, this one lives on the reserve until then.
    private func memoryExhausted(_ bytes: Int) -> Bool {
        if isOutOfMemory { return bytes <= Limits.scriptUnwindBlockBytes }
        if host.memory.makesRoom(for: bytes) { return true }
        if bytes <= Limits.scriptUnwindBlockBytes, host.condemnBiggest(insteadOf: self) { return true }
        isOutOfMemory = true
        isTerminating = true
        return false
    }

    var usedBytes: Int64 { heap.pointee.used_bytes }

    func makeHeap() -> UnsafeMutablePointer<apus_js_heap> {
        let heap = UnsafeMutablePointer<apus_js_heap>.allocate(capacity: 1)
        heap.initialize(
            to: apus_js_heap(
                left_bytes: host.memory.leftBytes, used_bytes: 0,
                exhausted: { owner, bytes in
                    Unmanaged<VM>.fromOpaque(owner!)._withUnsafeGuaranteedRef {
                        $0.memoryExhausted(Int(clamping: bytes)) ? 1 : 0
                    }
                }, owner: Unmanaged.passUnretained(self).toOpaque(), slabs: host.heap.slabs))
        return heap
    }
}

extension ScriptHost {
    /// Has the VM with the most memory cut off at the next pass, if it has far more than `vm`.
    func condemnBiggest(insteadOf vm: VM) -> Bool {
        if condemned != nil, condemned !== vm { return true }
        guard let biggest = vms.lazy.compactMap({ $0 }).max(by: { $0.usedBytes < $1.usedBytes }),
            biggest !== vm, biggest.onTaskEnd != nil,
            biggest.usedBytes > vm.usedBytes * 4, biggest.usedBytes > Limits.scriptMemoryStepBytes
        else { return false }
        condemned = biggest
        return true
    }

    /// Cuts the condemned VM off; its VU makes a new one. On the loop's stack.
    func relieve(_ now: Instant) {
        guard let vm = condemned else { return }
        condemned = nil
        let wasRunning = vm.wait != .task
        vm.isOutOfMemory = true
        if wasRunning {
            withdraw(vm)
            vm.terminate()
            vm.onTaskEnd?(vm, now)
        } else {
            vm.onCondemned?()
        }
    }
}
