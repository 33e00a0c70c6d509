// Memory of one shard: cells, page windows and pages of counters, cut from zeroed slabs that live as long as the shard
// or any packet still holding its pages. Only the shard's thread cuts and pops; spent pages travel back inside packets.

/// The slabs. Cutting is for the owning shard's thread alone; holding a reference keeps them alive from any thread.
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

/// The pages of neighbouring page numbers, nil where none was touched. Between intervals `slots` is the arena's block of
/// nils while `base` and `count` remember the extent, so that the fast path needs no test for "no window".
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

/// Free pages and free windows by size. A shard has one to take from; each packet has one that fills as it is absorbed.
struct FreePages {
    static let pageBytes = HistogramLayout.pageBuckets * MemoryLayout<UInt16>.size
    static let windowSlotsMin = 16
    private static let windowSizes = 7

    private var pages = FreeChain()
    private var windows: [FreeChain] = .init(repeating: FreeChain(), count: FreePages.windowSizes)

    /// 16 slots are size 0, each size has twice the slots of the one before; the last covers the whole range.
    private static func size(slots: Int) -> Int {
        slots.trailingZeroBitCount - windowSlotsMin.trailingZeroBitCount
    }

    mutating func give(page: CounterPage) { pages.push(UnsafeMutableRawPointer(page)) }

    mutating func give(window: PageSlots, slots: Int) {
        windows[Self.size(slots: slots)].push(UnsafeMutableRawPointer(window))
    }

    mutating func page(from arena: PageArena) -> CounterPage {
        let block = pages.pop() ?? arena.cut(bytes: Self.pageBytes)
        return block.assumingMemoryBound(to: UInt16.self)
    }

    mutating func window(slots: Int, from arena: PageArena) -> PageSlots {
        let bytes = slots * MemoryLayout<CounterPage?>.stride
        let block = windows[Self.size(slots: slots)].pop() ?? arena.cut(bytes: bytes)
        return block.assumingMemoryBound(to: CounterPage?.self)
    }

    mutating func adopt(_ other: inout FreePages) {
        pages.adopt(&other.pages)
        for size in windows.indices { windows[size].adopt(&other.windows[size]) }
    }

    /// The page of that number in `window`, which grows around it if it must.
    mutating func page(_ number: Int, in window: inout PageWindow, arena: PageArena) -> CounterPage {
        let slot = number - Int(window.base)
        if slot < 0 || slot >= Int(window.count) || window.slots == arena.noSlots {
            cover(number, &window, arena)
        }
        let at = window.slots + (number - Int(window.base))
        if let page = at.pointee { return page }
        let fresh = page(from: arena)
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
        let fresh = self.window(slots: slots, from: arena)
        if old.slots != arena.noSlots {
            for slot in 0..<oldCount {
                fresh[oldBase - base + slot] = old.slots[slot]
                old.slots[slot] = nil
            }
            give(window: old.slots, slots: oldCount)
        }
        window.slots = fresh
        window.base = Int32(base)
        window.count = Int32(slots)
    }
}
