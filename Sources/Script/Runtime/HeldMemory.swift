// Memory of the host that lives as long as an object of a script: bodies, pages, files. The engine looks for
// garbage by what it has allocated itself, so a small object with a large body behind it would stay for as
// long as thousands of small ones. Such memory is therefore counted as the engine's own. Held by the objects
// of the modules; used on the VM's thread.

import CQuickJS

/// So many bytes of a VM's host; given back when the last reference goes.
final class HeldMemory {
    private unowned(unsafe) let vm: VM
    private(set) var bytes: Int

    /// - Parameter bytes: what is held from now on.
    init(_ vm: VM, _ bytes: Int) {
        self.vm = vm
        self.bytes = bytes
        vm.countHostMemory(bytes)
    }

    deinit { vm.countHostMemory(-bytes) }

    /// Has it be another number of bytes.
    func change(to bytes: Int) {
        vm.countHostMemory(bytes - self.bytes)
        self.bytes = bytes
    }
}

extension VM {
    /// Adds to what the engine thinks it has allocated, and takes it from what the worker has left.
    fileprivate func countHostMemory(_ bytes: Int) {
        // The last objects may outlive the engine, by a moment.
        guard let heapState else { return }
        heapState.pointee.malloc_size &+= bytes
        host.heap.leftBytes &-= Int64(bytes)
    }
}
