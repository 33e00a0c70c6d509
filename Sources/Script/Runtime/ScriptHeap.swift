// The memory of a worker's JavaScript engines: small blocks from slabs of one size each, larger ones from the system.
// One thread allocates and frees, so a free list per size is all the bookkeeping there is; blocks have no header,
// which at thousands of VUs is a part of what a VU costs. Freed blocks are used again by whichever VU comes next.
// Measured beside the system's allocator: docs/decisions/0005-script-runtime.md.

import Base
import CQuickJS
import Glibc

/// One worker's heap. Every runtime made with it must be freed before it is, on the same thread.
final class ScriptHeap {
    /// What the engine's calls find behind their `opaque`.
    struct State {
        var base: UnsafeMutableRawPointer
        var end: UnsafeMutableRawPointer
        /// Slabs begin here.
        var unused: UnsafeMutableRawPointer
        /// By size class: blocks that were freed, each holding the next.
        var free: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        /// By size class: the rest of the slab in use.
        var fresh: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        var freshEnd: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        /// By slab: its size class.
        var classes: UnsafeMutablePointer<UInt8>
    }

    private let state: UnsafeMutablePointer<State>
    private let functions: UnsafeMutablePointer<JSMallocFunctions>
    private let isReserved: Bool

    /// Nothing in the engine needs more alignment; most of its blocks are small, and rounding them costs memory.
    private static let granuleBytes = 8
    private static let smallBytesMax = 1024
    private static let slabBytes = 32 * 1024
    private static let classCount = smallBytesMax / granuleBytes + 1
    /// Address space; touched pages only cost memory. What does not fit comes from the system.
    private static let reservedBytes = 16 << 30

    init() {
        let mapping =
            Self.isSanitized
            ? MAP_FAILED
            : mmap(
                nil, Self.reservedBytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        isReserved = mapping != MAP_FAILED
        let base = isReserved ? mapping! : UnsafeMutableRawPointer(bitPattern: Self.slabBytes)!
        let bytes = isReserved ? Self.reservedBytes : 0
        // Dense and used by all VUs in turn: large pages save most of the look-ups of addresses.
        if isReserved { madvise(base, bytes, MADV_HUGEPAGE) }
        func list() -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
            let list = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: Self.classCount)
            list.initialize(repeating: nil, count: Self.classCount)
            return list
        }
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(
                base: base, end: base + bytes, unused: base, free: list(), fresh: list(), freshEnd: list(),
                classes: .allocate(capacity: max(bytes / Self.slabBytes, 1))))
        functions = .allocate(capacity: 1)
        functions.initialize(
            to: JSMallocFunctions(
                js_malloc: { ScriptHeap.allocate($0.unsafelyUnwrapped, $1) },
                js_free: { ScriptHeap.free($0.unsafelyUnwrapped, $1) },
                js_realloc: { ScriptHeap.reallocate($0.unsafelyUnwrapped, $1, $2) },
                js_malloc_usable_size: { _ in 0 }))
    }

    deinit {
        if isReserved { munmap(state.pointee.base, Self.reservedBytes) }
        state.pointee.free.deallocate()
        state.pointee.fresh.deallocate()
        state.pointee.freshEnd.deallocate()
        state.pointee.classes.deallocate()
        state.deallocate()
        functions.deallocate()
    }

    /// Where a runtime's blocks come from: the `slabs` of its `apus_js_heap`.
    var slabs: UnsafeMutableRawPointer { UnsafeMutableRawPointer(state) }

    /// A runtime on this heap; nil when memory is exhausted. - Parameter account: outlives the runtime.
    func makeRuntime(_ account: UnsafeMutablePointer<apus_js_heap>) -> OpaquePointer? {
        JS_NewRuntime2(functions, account)
    }

    /// The address sanitizer watches the system's allocator only.
    private static let isSanitized = dlsym(nil, "__asan_init") != nil

    // MARK: - the engine's calls

    private typealias Account = UnsafeMutablePointer<apus_js_heap>

    @inline(__always) private static func account(_ s: UnsafeMutablePointer<JSMallocState>) -> Account {
        s.pointee.opaque.unsafelyUnwrapped.assumingMemoryBound(to: apus_js_heap.self)
    }

    @inline(__always) private static func slabs(_ account: Account) -> UnsafeMutablePointer<State> {
        account.pointee.slabs.unsafelyUnwrapped.assumingMemoryBound(to: State.self)
    }

    @inline(__always) private static func mayAllocate(_ account: Account, _ bytes: Int) -> Bool {
        if account.pointee.left_bytes.pointee > Int64(bytes) { return true }
        return account.pointee.exhausted(account.pointee.owner, bytes) != 0
    }

    /// Counts a change of what the runtime holds.
    @inline(__always)
    private static func count(_ s: UnsafeMutablePointer<JSMallocState>, _ account: Account, _ more: Int) {
        s.pointee.malloc_size &+= more
        account.pointee.used_bytes &+= Int64(more)
        account.pointee.left_bytes.pointee &-= Int64(more)
    }

    private static func allocate(_ s: UnsafeMutablePointer<JSMallocState>, _ size: Int) -> UnsafeMutableRawPointer? {
        let account = account(s)
        guard mayAllocate(account, size), let block = take(slabs(account), size) else { return nil }
        s.pointee.malloc_count &+= 1
        count(s, account, capacity(slabs(account), block))
        return block
    }

    private static func free(_ s: UnsafeMutablePointer<JSMallocState>, _ block: UnsafeMutableRawPointer?) {
        guard let block else { return }
        let account = account(s)
        s.pointee.malloc_count &-= 1
        count(s, account, -capacity(slabs(account), block))
        give(slabs(account), block)
    }

    private static func reallocate(
        _ s: UnsafeMutablePointer<JSMallocState>, _ block: UnsafeMutableRawPointer?, _ size: Int
    ) -> UnsafeMutableRawPointer? {
        guard let block else { return size == 0 ? nil : allocate(s, size) }
        if size == 0 {
            free(s, block)
            return nil
        }
        let account = account(s)
        let heap = slabs(account)
        let old = capacity(heap, block)
        if size <= old, size &+ granuleBytes > old { return block }
        if size > old, !mayAllocate(account, size &- old) { return nil }
        var moved: UnsafeMutableRawPointer?
        if !contains(heap, block), size > smallBytesMax {
            moved = realloc(block, size)
        } else if let fresh = take(heap, size) {
            fresh.copyMemory(from: block, byteCount: min(old, size))
            give(heap, block)
            moved = fresh
        }
        guard let moved else { return nil }
        count(s, account, capacity(heap, moved) &- old)
        return moved
    }

    // MARK: - blocks

    @inline(__always)
    private static func contains(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) -> Bool {
        block >= heap.pointee.base && block < heap.pointee.end
    }

    @inline(__always)
    private static func sizeClass(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) -> Int {
        Int(heap.pointee.classes[(block - heap.pointee.base) / slabBytes])
    }

    /// Bytes a block can hold.
    @inline(__always)
    private static func capacity(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) -> Int {
        contains(heap, block) ? sizeClass(heap, block) &* granuleBytes : apus_malloc_usable_size(block)
    }

    @inline(__always)
    private static func take(_ heap: UnsafeMutablePointer<State>, _ size: Int) -> UnsafeMutableRawPointer? {
        if size > smallBytesMax { return malloc(size) }
        let place = max((size &+ granuleBytes &- 1) / granuleBytes, 1)
        if let block = heap.pointee.free[place] {
            heap.pointee.free[place] = block.load(as: UnsafeMutableRawPointer?.self)
            return block
        }
        return takeFresh(heap, place)
    }

    private static func takeFresh(_ heap: UnsafeMutablePointer<State>, _ place: Int) -> UnsafeMutableRawPointer? {
        let bytes = place * granuleBytes
        if let block = heap.pointee.fresh[place], block + bytes <= heap.pointee.freshEnd[place]! {
            heap.pointee.fresh[place] = block + bytes
            return block
        }
        let slab = heap.pointee.unused
        guard slab + slabBytes <= heap.pointee.end else { return malloc(bytes) }
        heap.pointee.unused = slab + slabBytes
        heap.pointee.classes[(slab - heap.pointee.base) / slabBytes] = UInt8(place)
        heap.pointee.fresh[place] = slab + bytes
        heap.pointee.freshEnd[place] = slab + slabBytes
        return slab
    }

    @inline(__always)
    private static func give(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) {
        if contains(heap, block) {
            let place = sizeClass(heap, block)
            block.storeBytes(of: heap.pointee.free[place], as: UnsafeMutableRawPointer?.self)
            heap.pointee.free[place] = block
        } else {
            Glibc.free(block)
        }
    }
}
