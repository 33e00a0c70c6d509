// The memory of a worker's JavaScript engines: small blocks from slabs of one size each, larger ones from the
// system. One thread allocates and frees, so a free list per size is all the bookkeeping there is; blocks
// have no header, which at thousands of VUs is a part of what a VU costs. Freed blocks are used again by
// whichever VU comes next. Measured beside the system's allocator: docs/decisions/0005-script-runtime.md.
// ScriptHeap+Image puts copies of whole engines here.

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
        /// By piece: the size class of its blocks, or `largeClass`.
        var classes: UnsafeMutablePointer<UInt8>
        /// By slab: what it is divided into, a `SlabKind`.
        var kinds: UnsafeMutablePointer<UInt8>
        /// Slabs that were given back to the system, to be used again.
        var spare: [UnsafeMutableRawPointer] = []
        /// What may still be taken from the system.
        var leftBytes = Int64.max / 2
        /// Whom a request that finds too little left is told; unset while a heap has no host.
        unowned(unsafe) var host: ScriptHost?
        /// The runtime that asked for `probeBytes` last.
        var probed: UnsafeMutablePointer<JSMallocState>?
        /// Of a template: everything comes from its region.
        var template: TemplateMemory?
        /// Copies of templates that have large blocks.
        var copies: [Copy] = []
    }

    let state: UnsafeMutablePointer<State>
    private let functions: UnsafeMutablePointer<JSMallocFunctions>
    /// Slabs are there at all, in an address space of the heap's own.
    let isReserved: Bool
    /// What a template lies in; it owns the memory.
    private let region: ImageRegion?

    /// Nothing in the engine needs more alignment; most of its blocks are small, and rounding them costs
    /// memory.
    static let granuleBytes = 8
    static let smallBytesMax = 1024
    static let slabBytes = 32 * 1024
    /// What a size class is known by: a template's slabs have several, since what is left of each is copied.
    static let pieceBytes = 4096
    static let piecesPerSlab = slabBytes / pieceBytes
    static let classCount = smallBytesMax / granuleBytes + 1
    /// Address space; touched pages only cost memory. What does not fit comes from the system.
    private static let reservedBytes = 16 << 30

    convenience init() {
        let mapping = mmap(
            nil, Self.reservedBytes, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        // The address sanitizer watches the system's allocator only: then everything comes from there. So it
        // does where address space itself is short.
        let isReserved = mapping != MAP_FAILED && !Self.isSanitized && !Self.isBounded
        if mapping != MAP_FAILED, !isReserved { munmap(mapping, Self.reservedBytes) }
        let base = isReserved ? mapping! : UnsafeMutableRawPointer(bitPattern: Self.slabBytes)!
        let bytes = isReserved ? Self.reservedBytes : 0
        // Dense and used by all VUs in turn: large pages save most of the look-ups of addresses.
        if isReserved { madvise(base, bytes, MADV_HUGEPAGE) }
        self.init(base, bytes, isReserved: isReserved, region: nil)
    }

    /// The heap of one engine, all of it in a region. - Parameter limitBytes: what the engine may take.
    convenience init(region: ImageRegion, limitBytes: Int) {
        // No slabs: all blocks are the template's.
        self.init(region.base, 0, isReserved: false, region: region)
        state.pointee.template = TemplateMemory(region, limitBytes)
    }

    /// Of a template: nothing will be allocated any more.
    func settle() -> HeapContents? { state.pointee.template?.settle() }

    private init(_ base: UnsafeMutableRawPointer, _ bytes: Int, isReserved: Bool, region: ImageRegion?) {
        self.isReserved = isReserved
        self.region = region
        func list() -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
            let list = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: Self.classCount)
            list.initialize(repeating: nil, count: Self.classCount)
            return list
        }
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(
                base: base, end: base + bytes, unused: base, free: list(), fresh: list(), freshEnd: list(),
                classes: Self.table(bytes / Self.pieceBytes), kinds: Self.table(bytes / Self.slabBytes)))
        functions = .allocate(capacity: 1)
        functions.initialize(
            to: JSMallocFunctions(
                js_malloc: { ScriptHeap.allocate($0.unsafelyUnwrapped, $1) },
                js_free: { ScriptHeap.free($0.unsafelyUnwrapped, $1) },
                js_realloc: { ScriptHeap.reallocate($0.unsafelyUnwrapped, $1, $2) },
                js_malloc_usable_size: { _ in 0 }))
    }

    /// Bytes of zero, most of which are never looked at.
    private static func table(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        guard let table = calloc(max(count, 1), 1) else { preconditionFailure("out of memory for a heap") }
        return table.assumingMemoryBound(to: UInt8.self)
    }

    deinit {
        if isReserved { munmap(state.pointee.base, Self.reservedBytes) }
        state.pointee.free.deallocate()
        state.pointee.fresh.deallocate()
        state.pointee.freshEnd.deallocate()
        Glibc.free(state.pointee.classes)
        Glibc.free(state.pointee.kinds)
        state.deinitialize(count: 1)
        state.deallocate()
        functions.deallocate()
    }

    /// A runtime on this heap; nil when memory is exhausted.
    func makeRuntime() -> OpaquePointer? { JS_NewRuntime2(functions, state) }

    var leftBytes: Int64 {
        get { state.pointee.leftBytes }
        set { state.pointee.leftBytes = newValue }
    }

    /// Whom to ask before something is refused; outlives the heap's use.
    func report(to host: ScriptHost) { state.pointee.host = host }

    /// Where the engine counts a runtime's memory: found by a request of a size nobody else has.
    func state(of runtime: OpaquePointer) -> UnsafeMutablePointer<JSMallocState>? {
        state.pointee.probed = nil
        js_malloc_rt(runtime, Self.probeBytes)
        return state.pointee.probed
    }

    private static let probeBytes = Int.max / 4 - 17

    static let isSanitized = dlsym(nil, "__asan_init") != nil

    /// A limit of the process counts address space, used or not (`ulimit -v`, `ulimit -d`).
    private static let isBounded = [RLIMIT_AS, RLIMIT_DATA].contains {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t($0.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
    }

    // MARK: - the engine's calls

    @inline(__always) private static func heap(_ s: UnsafeMutablePointer<JSMallocState>)
        -> UnsafeMutablePointer<State>
    {
        s.pointee.opaque.unsafelyUnwrapped.assumingMemoryBound(to: State.self)
    }

    /// The usual case in full, because the engine asks here dozens of times an iteration: a small block that
    /// was freed before. The list of size 0 stays empty.
    @inline(__always)
    private static func allocate(_ s: UnsafeMutablePointer<JSMallocState>, _ size: Int)
        -> UnsafeMutableRawPointer?
    {
        if UInt(bitPattern: size) <= UInt(bitPattern: smallBytesMax) {
            let place = (size &+ granuleBytes &- 1) / granuleBytes
            let list = heap(s).pointee.free + place
            if let block = list.pointee {
                list.pointee = block.load(as: UnsafeMutableRawPointer?.self)
                s.pointee.malloc_count &+= 1
                s.pointee.malloc_size &+= place &* granuleBytes
                return block
            }
        }
        return allocateOther(s, size)
    }

    @inline(never)
    private static func allocateOther(_ s: UnsafeMutablePointer<JSMallocState>, _ size: Int)
        -> UnsafeMutableRawPointer?
    {
        if size == probeBytes {
            heap(s).pointee.probed = s
            return nil
        }
        let heap = heap(s)
        if size > 0, size <= smallBytesMax {
            // Init code takes little else: the next block of the slab in use.
            let place = (size &+ granuleBytes &- 1) / granuleBytes
            let bytes = place &* granuleBytes
            if let block = heap.pointee.fresh[place], block + bytes <= heap.pointee.freshEnd[place]! {
                heap.pointee.fresh[place] = block + bytes
                s.pointee.malloc_count &+= 1
                s.pointee.malloc_size &+= bytes
                return block
            }
        }
        guard let block = take(heap, size) else { return nil }
        s.pointee.malloc_count &+= 1
        s.pointee.malloc_size &+= capacity(heap, block)
        return block
    }

    @inline(__always)
    private static func free(_ s: UnsafeMutablePointer<JSMallocState>, _ block: UnsafeMutableRawPointer?) {
        guard let block else { return }
        let heap = heap(s)
        s.pointee.malloc_count &-= 1
        guard contains(heap, block) else { return freeOther(s, block) }
        let place = sizeClass(heap, block)
        if place == largeClass { return freeOther(s, block) }
        s.pointee.malloc_size &-= place &* granuleBytes
        let list = heap.pointee.free + place
        block.storeBytes(of: list.pointee, as: UnsafeMutableRawPointer?.self)
        list.pointee = block
    }

    @inline(never)
    private static func freeOther(
        _ s: UnsafeMutablePointer<JSMallocState>, _ block: UnsafeMutableRawPointer
    ) {
        s.pointee.malloc_size &-= capacity(heap(s), block)
        give(heap(s), block)
    }

    private static func reallocate(
        _ s: UnsafeMutablePointer<JSMallocState>, _ block: UnsafeMutableRawPointer?, _ size: Int
    ) -> UnsafeMutableRawPointer? {
        guard let block else { return size == 0 ? nil : allocate(s, size) }
        if size == 0 {
            free(s, block)
            return nil
        }
        let heap = heap(s)
        let old = capacity(heap, block)
        if size <= old, size &+ granuleBytes > old { return block }
        var moved: UnsafeMutableRawPointer?
        if !contains(heap, block), size > smallBytesMax, heap.pointee.template == nil {
            if size > old, !mayTake(heap, size &- old) { return nil }
            moved = realloc(block, size)
            if moved == nil { heap.pointee.host?.memoryRefused(size) }
            if let moved {
                heap.pointee.leftBytes &+= Int64(truncatingIfNeeded: old &- apus_malloc_usable_size(moved))
            }
        } else if let fresh = take(heap, size) {
            fresh.copyMemory(from: block, byteCount: min(old, size))
            give(heap, block)
            moved = fresh
        }
        guard let moved else { return nil }
        s.pointee.malloc_size &+= capacity(heap, moved) &- old
        return moved
    }

    // MARK: - blocks

    @inline(__always)
    private static func contains(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer)
        -> Bool
    {
        offset(heap, block) < UInt(bitPattern: heap.pointee.end - heap.pointee.base)
    }

    /// Of a block from the base; beyond the end for one of the system's.
    @inline(__always)
    private static func offset(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) -> UInt
    {
        UInt(bitPattern: block) &- UInt(bitPattern: heap.pointee.base)
    }

    @inline(__always)
    private static func sizeClass(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer)
        -> Int
    {
        Int(heap.pointee.classes[Int(bitPattern: offset(heap, block) / UInt(pieceBytes))])
    }

    /// Bytes a block can hold.
    @inline(__always)
    private static func capacity(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) -> Int
    {
        if !contains(heap, block) {
            return heap.pointee.template?.capacity(block) ?? apus_malloc_usable_size(block)
        }
        let place = sizeClass(heap, block)
        return place == largeClass ? largeCapacity(block) : place &* granuleBytes
    }

    @inline(__always)
    private static func take(_ heap: UnsafeMutablePointer<State>, _ size: Int) -> UnsafeMutableRawPointer? {
        if heap.pointee.template != nil { return heap.pointee.template!.take(size) }
        if size > smallBytesMax { return fromSystem(heap, size) }
        let place = max((size &+ granuleBytes &- 1) / granuleBytes, 1)
        if let block = heap.pointee.free[place] {
            heap.pointee.free[place] = block.load(as: UnsafeMutableRawPointer?.self)
            return block
        }
        return takeFresh(heap, place)
    }

    private static func takeFresh(_ heap: UnsafeMutablePointer<State>, _ place: Int)
        -> UnsafeMutableRawPointer?
    {
        let bytes = place * granuleBytes
        if let block = heap.pointee.fresh[place], block + bytes <= heap.pointee.freshEnd[place]! {
            heap.pointee.fresh[place] = block + bytes
            return block
        }
        guard let slab = takeSlab(heap) else {
            return heap.pointee.unused + slabBytes <= heap.pointee.end ? nil : fromSystem(heap, bytes)
        }
        (heap.pointee.classes + (slab - heap.pointee.base) / pieceBytes)
            .update(repeating: UInt8(place), count: piecesPerSlab)
        heap.pointee.fresh[place] = slab + bytes
        heap.pointee.freshEnd[place] = slab + slabBytes
        return slab
    }

    @inline(__always)
    private static func give(_ heap: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer) {
        if contains(heap, block) {
            let place = sizeClass(heap, block)
            if place == largeClass { return giveLarge(block) }
            block.storeBytes(of: heap.pointee.free[place], as: UnsafeMutableRawPointer?.self)
            heap.pointee.free[place] = block
        } else if heap.pointee.template != nil {
            heap.pointee.template!.give(block)
        } else {
            heap.pointee.leftBytes &+= Int64(truncatingIfNeeded: apus_malloc_usable_size(block))
            Glibc.free(block)
        }
    }

    // MARK: - the system

    private static func mayTake(_ heap: UnsafeMutablePointer<State>, _ bytes: Int) -> Bool {
        if bytes <= heap.pointee.leftBytes { return true }
        guard let host = heap.pointee.host else { return true }
        return host.memoryExhausted(bytes)
    }

    @inline(never)
    private static func fromSystem(_ heap: UnsafeMutablePointer<State>, _ bytes: Int)
        -> UnsafeMutableRawPointer?
    {
        guard mayTake(heap, bytes) else { return nil }
        guard let block = malloc(bytes) else {
            heap.pointee.host?.memoryRefused(bytes)
            return nil
        }
        heap.pointee.leftBytes &-= Int64(truncatingIfNeeded: apus_malloc_usable_size(block))
        return block
    }

    /// nil: the reserved space is used up, or nothing is left.
    private static func takeSlab(_ heap: UnsafeMutablePointer<State>) -> UnsafeMutableRawPointer? {
        let slab = heap.pointee.unused
        if heap.pointee.spare.isEmpty, slab + slabBytes > heap.pointee.end { return nil }
        guard mayTake(heap, slabBytes) else { return nil }
        heap.pointee.leftBytes &-= Int64(slabBytes)
        if let spare = heap.pointee.spare.popLast() { return spare }
        heap.pointee.unused = slab + slabBytes
        return slab
    }
}
