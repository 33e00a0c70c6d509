// What the scripts of one worker may still take from the system: its part of what the container has left,
// read again while scripts grow and before anything is refused. When little is left, garbage is looked for in
// all VUs; when nothing is, the VU that has most pays: it is cut off and made anew. One per host; ScriptHeap
// counts it down and up.

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
    /// Below this, garbage shall not lie about.
    private let tightBytes: Int64
    /// Where the next look for garbage begins, and when.
    fileprivate var nextSlot = 0
    fileprivate var nextLook = Instant.never
    fileprivate var foundBytes: Int64 = 0

    /// - Parameter read: this worker's part of what the process may still allocate.
    init(heap: ScriptHeap, read: @escaping () -> Int64) {
        self.heap = heap
        self.read = read
        lastReadBytes = read()
        heap.leftBytes = lastReadBytes
        tightBytes = lastReadBytes / Limits.scriptMemoryTightPart
    }

    @inline(__always) var isTight: Bool { heap.leftBytes < tightBytes }

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

    /// Whether it has taken enough since its last collection to make another one worth while.
    fileprivate var mayHoldGarbage: Bool { usedBytes > collectedBytes + Limits.scriptGarbageWorthBytes }

    /// Frees what only garbage in cycles holds; from now on the VU's own collector looks earlier. Between two
    /// of its calls of the engine.
    fileprivate func collectGarbage() -> Int64 {
        let before = usedBytes
        JS_RunGC(runtime)
        collectedBytes = usedBytes
        let next = max(collectedBytes * 5 / 4, collectedBytes + 2 * Limits.scriptGarbageWorthBytes)
        JS_SetGCThreshold(runtime, Int(next))
        return before - usedBytes
    }

    /// Has it end for its memory: what it asked for beside what it has was refused.
    func exhaust(wanting bytes: Int) {
        if !isOutOfMemory { exhaustedBytes = usedBytes + Int64(bytes) }
        isOutOfMemory = true
        endsSpecially = true
    }
}

extension ScriptHost {
    /// Looks for garbage in one VU after the other, for a bounded time: the loop has other work. On the
    /// loop's stack.
    @inline(never) func collectGarbage(_ now: Instant) {
        if now < memory.nextLook { return }
        let end = now + Limits.scriptCollectSliceNs
        for _ in vms.indices {
            if memory.nextSlot >= vms.count { memory.nextSlot = 0 }
            let vm = vms[memory.nextSlot]
            memory.nextSlot += 1
            guard let vm, vm.mayHoldGarbage else { continue }
            memory.foundBytes += vm.collectGarbage()
            if Clock.now() > end { return }
        }
        memory.nextLook = now + Limits.scriptMemoryIntervalNs
        if memory.foundBytes > Limits.scriptMemoryStepBytes { giveGarbageBack() }
    }

    private func giveGarbageBack() {
        memory.foundBytes = 0
        memory.giveBack()
    }

    /// Whether there is room for one more VU. On the loop's stack.
    func makesRoomForVU() -> Bool {
        memory.makesRoom(for: Limits.scriptVUMemoryBytes, cheaply: true)
            || collectGarbage(except: nil, for: Limits.scriptVUMemoryBytes)
    }

    /// The same in all VUs but the running one, whose engine is in the middle of something.
    /// - Returns: whether that makes room for `bytes`. Small blocks then come from what was freed, even if it
    ///   cannot be given back.
    private func collectGarbage(except running: VM?, for bytes: Int) -> Bool {
        var found: Int64 = 0
        for vm in vms {
            if let vm, vm !== running, vm.mayHoldGarbage { found += vm.collectGarbage() }
        }
        if found == 0 { return false }
        giveGarbageBack()
        return memory.makesRoom(for: bytes)
            || (bytes <= Limits.scriptUnwindBlockBytes && found > Limits.scriptMemoryStepBytes)
    }

    /// The running VM's request found nothing left. It is refused, and the VM is cut off, except that it may
    /// unwind; unless another one has far more: then that one is, and this one lives on the reserve until
    /// then.
    func memoryExhausted(_ bytes: Int) -> Bool {
        guard let vm = running else { return true }
        if vm.isOutOfMemory { return bytes <= Limits.scriptUnwindBlockBytes }
        if memory.makesRoom(for: bytes) || collectGarbage(except: vm, for: bytes) { return true }
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

    /// A body of `vm`, as it arrives or decoded, takes `bytes` in all from now on. On the loop's stack.
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
        // A body may be decoded to any size before the condemned VM is gone.
        if let condemned { return condemned !== vm && condemned.usedBytes > bytes }
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
