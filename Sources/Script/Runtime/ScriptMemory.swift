// What the scripts of one worker may still take from the system: its part of what the container has left,
// read again while scripts grow and before anything is refused. The VU that has most pays: it is cut off and
// made anew. One per host; ScriptHeap counts it down and up.

import Base
import CQuickJS
import Glibc

/// The allocator that engines take their larger blocks from.
public enum ScriptAllocator {
    /// Address space it holds and nobody uses. Takes as long as there are blocks on its lists.
    public static var keptBytes: Int64 { Int64(apus_malloc_kept()) }
}

final class ScriptMemory {
    private let heap: ScriptHeap
    private let read: () -> Int64
    private var lastReadBytes: Int64 = 0
    private var nextRead = Instant.never

    /// - Parameter read: this worker's part of what the process may still allocate.
    init(heap: ScriptHeap, read: @escaping () -> Int64) {
        self.heap = heap
        self.read = read
        refresh()
    }

    func refresh() {
        lastReadBytes = read()
        heap.leftBytes = lastReadBytes
    }

    /// Looks again from time to time, if scripts have taken much since: others take memory, too.
    @inline(__always) func pass(_ now: Instant) {
        if lastReadBytes &- heap.leftBytes > Limits.scriptMemoryStepBytes { look(now) }
    }

    @inline(never) private func look(_ now: Instant) {
        if now < nextRead { return }
        nextRead = now + Limits.scriptMemoryIntervalNs
        refresh()
    }

    /// Whether there is room for `bytes`. - Parameter cheaply: memory is only looked at if it seems to be
    /// used up.
    func makesRoom(for bytes: Int, cheaply: Bool = false) -> Bool {
        if cheaply, bytes <= heap.leftBytes { return true }
        refresh()
        return bytes <= heap.leftBytes
    }

    /// A VU was freed for its memory: the system shall have it back.
    func giveBack() {
        heap.trim()
        malloc_trim(0)
        refresh()
    }
}

extension VM {
    var usedBytes: Int64 { Int64(heapState?.pointee.malloc_size ?? 0) }

    /// Has it end for its memory: what it asked for beside what it has was refused.
    func exhaust(wanting bytes: Int) {
        if !isOutOfMemory { exhaustedBytes = usedBytes + Int64(bytes) }
        isOutOfMemory = true
        endsSpecially = true
    }
}

extension ScriptHost {
    /// The running VM's request found nothing left. It is refused, and the VM is cut off, except that it may
    /// unwind; unless another one has far more: then that one is, and this one lives on the reserve until
    /// then.
    func memoryExhausted(_ bytes: Int) -> Bool {
        guard let vm = running else { return true }
        if vm.isOutOfMemory { return bytes <= Limits.scriptUnwindBlockBytes }
        if memory.makesRoom(for: bytes) { return true }
        if bytes <= Limits.scriptUnwindBlockBytes, condemnBiggest(insteadOf: vm) { return true }
        cutOff(vm, wanting: bytes)
        return false
    }

    /// The system gave the running VM nothing although something seemed to be left.
    func memoryRefused(_ bytes: Int) {
        if let vm = running, !vm.isOutOfMemory { cutOff(vm, wanting: bytes) }
    }

    private func cutOff(_ vm: VM, wanting bytes: Int) {
        vm.exhaust(wanting: bytes)
        vm.isTerminating = true
    }

    /// A body that arrives for `vm` takes `bytes` in all from now on. On the loop's stack.
    /// - Returns: false when nothing is left and the VM is cut off for it with the next pass.
    func bodyMayTake(_ bytes: Int, _ vm: VM) -> Bool {
        if memory.makesRoom(for: bytes, cheaply: true) {
            heap.leftBytes &-= Int64(bytes)
            return true
        }
        if condemnBiggest(insteadOf: vm, with: Int64(bytes)) { return true }
        condemned = vm
        vm.exhaust(wanting: bytes)
        return false
    }

    /// - Parameter bytes: what `vm` takes beside what its engine has.
    private func condemnBiggest(insteadOf vm: VM, with bytes: Int64 = 0) -> Bool {
        if let condemned { return condemned !== vm }
        guard let biggest = vms.lazy.compactMap({ $0 }).max(by: { $0.usedBytes < $1.usedBytes }),
            biggest !== vm, biggest.onCondemned != nil,
            biggest.usedBytes > (vm.usedBytes + bytes) * 4, biggest.usedBytes > Limits.scriptMemoryStepBytes
        else { return false }
        condemned = biggest
        return true
    }

    /// Cuts the condemned VM off; its VU makes a new one. On the loop's stack.
    func relieve(_ now: Instant) {
        guard let vm = condemned else { return }
        condemned = nil
        vm.exhaust(wanting: 0)
        if vm.wait == .task {
            vm.onCondemned?()
            return
        }
        withdraw(vm)
        vm.terminate()
        vm.onTaskEnd?(vm, now)
    }
}
