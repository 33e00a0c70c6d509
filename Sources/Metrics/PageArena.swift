// Memory of one shard: cells, pages of counters, windows of pages, logs; cut from zeroed slabs that live as
// long as the shard or any packet still holding its pages. Only the shard's thread cuts and pops; spent
// blocks travel back inside packets. Called by `Shard`; `Aggregate` only gives back.

/// The slabs. Cutting is for the owning shard's thread alone; holding a reference keeps them alive from any
/// thread.
final class PageArena: @unchecked Sendable {
    /// Small enough that zeroing one (about 2 µs) disturbs no schedule.
    static let slabBytes = 32 * 1024
    private var slabs: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer
    private var left: Int
    private(set) var bytes: Int
    /// Nils for a window of any extent; nobody writes there.
    let noSlots: PageSlots

    init() {
        next = Self.slab()
        slabs.append(next)
        left = Self.slabBytes
        bytes = Self.slabBytes
        let noSlotsBytes =
            (HistogramLayout.pageEnd - HistogramLayout.pageMin) * MemoryLayout<CounterPage?>.stride
        noSlots = next.assumingMemoryBound(to: CounterPage?.self)
        next += noSlotsBytes
        left -= noSlotsBytes
    }

    deinit { for slab in slabs { slab.deallocate() } }

    private static func slab() -> UnsafeMutableRawPointer {
        let slab = UnsafeMutableRawPointer.allocate(byteCount: slabBytes, alignment: 64)
        slab.initializeMemory(as: UInt8.self, repeating: 0, count: slabBytes)
        return slab
    }

    /// Zeroed memory, aligned to 64 bytes.
    func cut(bytes wanted: Int) -> UnsafeMutableRawPointer {
        let size = (wanted + 63) & ~63
        precondition(size <= Self.slabBytes, "a piece is larger than a slab")
        if size > left {
            next = Self.slab()
            slabs.append(next)
            left = Self.slabBytes
            bytes += Self.slabBytes
        }
        defer {
            next += size
            left -= size
        }
        return next
    }
}

@usableFromInline typealias CounterPage = UnsafeMutablePointer<UInt16>
@usableFromInline typealias PageSlots = UnsafeMutablePointer<CounterPage?>

/// The pages of neighbouring page numbers, nil where none was touched. Between intervals `slots` is the
/// arena's block of nils while `base` and `count` remember the extent, so that the fast path needs no test
/// for "no window".
@usableFromInline struct PageWindow {
    @usableFromInline var slots: PageSlots
    /// Page number of the first slot.
    @usableFromInline var base: Int32 = 0
    @usableFromInline var count: Int32 = 0

    init(arena: PageArena) { slots = arena.noSlots }
}

/// Zeroed blocks waiting for reuse, chained through their first word.
struct FreeChain {
    private var head: UnsafeMutableRawPointer?
    private var tail: UnsafeMutableRawPointer?

    mutating func push(_ block: UnsafeMutableRawPointer) {
        block.storeBytes(of: UInt(bitPattern: head), as: UInt.self)
        if head == nil { tail = block }
        head = block
    }

    mutating func pop() -> UnsafeMutableRawPointer? {
        guard let block = head else { return nil }
        head = UnsafeMutableRawPointer(bitPattern: block.load(as: UInt.self))
        block.storeBytes(of: 0, as: UInt.self)
        if head == nil { tail = nil }
        return block
    }

    /// Takes over all of `other`, in constant time.
    mutating func adopt(_ other: inout FreeChain) {
        guard let otherTail = other.tail else { return }
        otherTail.storeBytes(of: UInt(bitPattern: head), as: UInt.self)
        if head == nil { tail = otherTail }
        head = other.head
        other = FreeChain()
    }
}

/// The log of a quiet cell: one bucket per value (bit 31: negative), until it is full and pages take over.
struct BucketLog {
    static let isNegative: UInt32 = 1 << 31
    static let bytesMin = 64
    static let bytesMax = 256

    var entries: UnsafeMutablePointer<UInt32>?
    var count: Int32 = 0
    var bytes: Int32 = 0

    static func entry(_ bucket: Int, isNegative: Bool) -> UInt32 {
        UInt32(bucket) | (isNegative ? Self.isNegative : 0)
    }

    /// Calls `body` with each bucket and side.
    func forEach(_ body: (_ bucket: Int, _ isNegative: Bool) -> Void) {
        for place in 0..<Int(count) {
            let entry = entries![place]
            body(Int(entry & ~Self.isNegative), entry & Self.isNegative != 0)
        }
    }
}

/// Free blocks by size, all zero. A shard has one to take from; each packet has one that fills as it is
/// absorbed.
struct FreeBlocks {
    static let pageBytes = HistogramLayout.pageBuckets * MemoryLayout<UInt16>.size
    static let windowSlotsMin = 16
    private static let slotBytes = MemoryLayout<CounterPage?>.stride

    /// By the size's power of two, from 64 bytes to 8 KiB (a window over the whole range).
    private var chains: [FreeChain] = .init(repeating: FreeChain(), count: 8)

    private static func chain(_ bytes: Int) -> Int { bytes.trailingZeroBitCount - 6 }

    private mutating func take(_ bytes: Int, _ arena: PageArena) -> UnsafeMutableRawPointer {
        chains[Self.chain(bytes)].pop() ?? arena.cut(bytes: bytes)
    }

    mutating func adopt(_ other: inout FreeBlocks) {
        for size in chains.indices { chains[size].adopt(&other.chains[size]) }
    }

    mutating func give(page: CounterPage) {
        chains[Self.chain(Self.pageBytes)].push(UnsafeMutableRawPointer(page))
    }

    /// Takes the window's slots, which must all be nil again.
    mutating func give(slots: PageSlots, count: Int) {
        chains[Self.chain(count * Self.slotBytes)].push(UnsafeMutableRawPointer(slots))
    }

    /// Zeroes the log's entries and takes their block.
    mutating func give(log: BucketLog) {
        guard let entries = log.entries else { return }
        entries.update(repeating: 0, count: Int(log.count))
        chains[Self.chain(Int(log.bytes))].push(UnsafeMutableRawPointer(entries))
    }

    /// Appends to the log, which grows while it may.
    /// - Returns: false when it is full.
    mutating func append(_ entry: UInt32, to log: inout BucketLog, arena: PageArena) -> Bool {
        let capacity = Int(log.bytes) / MemoryLayout<UInt32>.size
        if Int(log.count) == capacity {
            if log.bytes == BucketLog.bytesMax { return false }
            let bytes = log.bytes == 0 ? BucketLog.bytesMin : BucketLog.bytesMax
            let larger = take(bytes, arena).assumingMemoryBound(to: UInt32.self)
            if let old = log.entries { larger.update(from: old, count: capacity) }
            give(log: log)
            log.entries = larger
            log.bytes = Int32(bytes)
        }
        log.entries![Int(log.count)] = entry
        log.count += 1
        return true
    }

    /// The page of that number in `window`, which grows around it if it must.
    mutating func page(_ number: Int, in window: inout PageWindow, arena: PageArena) -> CounterPage {
        let slot = number - Int(window.base)
        if slot < 0 || slot >= Int(window.count) || window.slots == arena.noSlots {
            cover(number, &window, arena)
        }
        let at = window.slots + (number - Int(window.base))
        if let page = at.pointee { return page }
        let fresh = take(Self.pageBytes, arena).assumingMemoryBound(to: UInt16.self)
        at.pointee = fresh
        return fresh
    }

    /// Gives `window` slots for `number` and for all it covered before.
    private mutating func cover(_ number: Int, _ window: inout PageWindow, _ arena: PageArena) {
        let old = window
        let oldBase = Int(old.base)
        let oldCount = Int(old.count)
        let low = oldCount == 0 ? number : min(oldBase, number)
        let end = oldCount == 0 ? number + 1 : max(oldBase + oldCount, number + 1)
        var slots = max(oldCount, Self.windowSlotsMin)
        while slots < end - low { slots *= 2 }
        let centred = slots == oldCount ? oldBase : low - (slots - (end - low)) / 2
        let base = min(max(centred, HistogramLayout.pageMin), HistogramLayout.pageEnd - slots)
        let fresh = take(slots * Self.slotBytes, arena).assumingMemoryBound(to: CounterPage?.self)
        if old.slots != arena.noSlots {
            for slot in 0..<oldCount {
                fresh[oldBase - base + slot] = old.slots[slot]
                old.slots[slot] = nil
            }
            give(slots: old.slots, count: oldCount)
        }
        window.slots = fresh
        window.base = Int32(base)
        window.count = Int32(slots)
    }
}
