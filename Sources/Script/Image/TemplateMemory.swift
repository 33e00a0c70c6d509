// The memory of a template: one engine whose blocks all lie in one region, those that come from the system
// elsewhere included. What is free is zero, so that an engine that does the same again leaves the same
// behind, also in what it never writes. Called by ScriptHeap in place of slabs and system.

import CQuickJS
import Glibc

struct TemplateMemory {
    let base: UnsafeMutableRawPointer
    let end: UnsafeMutableRawPointer
    /// Slabs begin here.
    var unused: UnsafeMutableRawPointer
    /// What is left of the slab that pieces are taken from.
    var piece: UnsafeMutableRawPointer
    var pieceEnd: UnsafeMutableRawPointer
    /// By size class: freed blocks, each holding the next.
    var free = [UnsafeMutableRawPointer?](repeating: nil, count: ScriptHeap.classCount)
    /// By size class: the rest of the piece in use.
    var fresh = [UnsafeMutableRawPointer?](repeating: nil, count: ScriptHeap.classCount)
    /// By piece, by slab: as in ScriptHeap.
    var classes: [UInt8]
    var kinds: [UInt8]
    /// Free space for large blocks, by address.
    var holes: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
    var live: UnsafeMutablePointer<Int>?

    init(_ region: ImageRegion, _ limitBytes: Int) {
        base = region.base
        end = region.base + min(region.byteCount, max(limitBytes, 0))
        unused = base
        piece = base
        pieceEnd = base
        classes = [UInt8](repeating: 0, count: region.byteCount / ScriptHeap.pieceBytes)
        kinds = [UInt8](repeating: 0, count: region.byteCount / ScriptHeap.slabBytes)
    }

    private func pieceIndex(_ block: UnsafeMutableRawPointer) -> Int {
        (block - base) / ScriptHeap.pieceBytes
    }

    private func place(_ block: UnsafeMutableRawPointer) -> Int { Int(classes[pieceIndex(block)]) }

    func capacity(_ block: UnsafeMutableRawPointer) -> Int {
        let place = place(block)
        return place == ScriptHeap.largeClass
            ? ScriptHeap.largeCapacity(block) : place * ScriptHeap.granuleBytes
    }

    /// nil: the region is used up.
    mutating func take(_ size: Int) -> UnsafeMutableRawPointer? {
        if size > ScriptHeap.smallBytesMax { return takeLarge(size) }
        let place = max((size + ScriptHeap.granuleBytes - 1) / ScriptHeap.granuleBytes, 1)
        if let block = free[place] {
            free[place] = block.load(as: UnsafeMutableRawPointer?.self)
            block.storeBytes(of: 0, as: Int.self)
            return block
        }
        guard let block = fresh[place] ?? takePiece(place) else { return nil }
        let next = block + place * ScriptHeap.granuleBytes
        fresh[place] = left(in: next - 1, from: next) < place * ScriptHeap.granuleBytes ? nil : next
        return block
    }

    /// From an address to the end of the piece another one lies in.
    private func left(in inside: UnsafeMutableRawPointer, from start: UnsafeMutableRawPointer) -> Int {
        base + (pieceIndex(inside) + 1) * ScriptHeap.pieceBytes - start
    }

    mutating func give(_ block: UnsafeMutableRawPointer) {
        let place = place(block)
        if place == ScriptHeap.largeClass { return giveLarge(block) }
        memset(block, 0, place * ScriptHeap.granuleBytes)
        block.storeBytes(of: free[place], as: UnsafeMutableRawPointer?.self)
        free[place] = block
    }

    private mutating func takePiece(_ place: Int) -> UnsafeMutableRawPointer? {
        if piece == pieceEnd {
            guard let slab = takeSlabs(1, .pieces) else { return nil }
            piece = slab
            pieceEnd = slab + ScriptHeap.slabBytes
        }
        defer { piece += ScriptHeap.pieceBytes }
        classes[pieceIndex(piece)] = UInt8(place)
        return piece
    }

    private mutating func takeSlabs(_ count: Int, _ kind: ScriptHeap.SlabKind) -> UnsafeMutableRawPointer? {
        guard count <= (end - unused) / ScriptHeap.slabBytes else { return nil }
        let first = (unused - base) / ScriptHeap.slabBytes
        for index in first..<first + count { kinds[index] = kind.rawValue }
        defer { unused += count * ScriptHeap.slabBytes }
        return unused
    }

    // MARK: - large blocks

    private mutating func takeLarge(_ size: Int) -> UnsafeMutableRawPointer? {
        if size > end - base { return nil }
        if live == nil {
            guard let counter = carve(ScriptHeap.headerBytes) else { return nil }
            live = counter.assumingMemoryBound(to: Int.self)
        }
        let capacity = (size + 15) & ~15
        guard let live, let start = carve(capacity + ScriptHeap.headerBytes) else { return nil }
        live.pointee += 1
        start.assumingMemoryBound(to: ScriptHeap.LargeHeader.self)
            .initialize(to: ScriptHeap.LargeHeader(capacity: capacity, live: live))
        return start + ScriptHeap.headerBytes
    }

    private mutating func giveLarge(_ block: UnsafeMutableRawPointer) {
        let header = ScriptHeap.header(block)
        header.pointee.live.pointee -= 1
        let bytes = header.pointee.capacity + ScriptHeap.headerBytes
        memset(header, 0, bytes)
        insertHole(UnsafeMutableRawPointer(header), bytes)
    }

    /// Of the first hole that is large enough, after more was taken from the region if there is none.
    private mutating func carve(_ bytes: Int) -> UnsafeMutableRawPointer? {
        var index = holes.firstIndex { $0.bytes >= bytes }
        if index == nil {
            let last = holes.last
            let adjacent = last.map { $0.start + $0.bytes == unused ? $0.bytes : 0 } ?? 0
            let count = (bytes - adjacent + ScriptHeap.slabBytes - 1) / ScriptHeap.slabBytes
            guard let start = takeSlabs(count, .large) else { return nil }
            for piece in pieceIndex(start)..<pieceIndex(unused) {
                classes[piece] = UInt8(ScriptHeap.largeClass)
            }
            insertHole(start, count * ScriptHeap.slabBytes)
            index = holes.firstIndex { $0.bytes >= bytes }
        }
        guard let index else { return nil }
        let hole = holes[index]
        if hole.bytes == bytes {
            holes.remove(at: index)
        } else {
            holes[index] = (hole.start + bytes, hole.bytes - bytes)
        }
        return hole.start
    }

    private mutating func insertHole(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
        var index = holes.firstIndex { $0.start > start } ?? holes.count
        holes.insert((start, bytes), at: index)
        if index + 1 < holes.count, start + bytes == holes[index + 1].start {
            holes[index].bytes += holes.remove(at: index + 1).bytes
        }
        if index > 0, holes[index - 1].start + holes[index - 1].bytes == start {
            index -= 1
            holes[index].bytes += holes.remove(at: index + 1).bytes
        }
    }

    // MARK: - the end

    /// Nothing will be allocated any more: what is left of pieces becomes free blocks, and pieces of nothing
    /// else nobody's.
    mutating func settle() -> HeapContents {
        var chains = [HeapContents.Chain?](repeating: nil, count: ScriptHeap.classCount)
        for place in 1..<ScriptHeap.classCount {
            while let block = fresh[place] {
                let next = block + place * ScriptHeap.granuleBytes
                fresh[place] = left(in: block, from: next) < place * ScriptHeap.granuleBytes ? nil : next
                block.storeBytes(of: free[place], as: UnsafeMutableRawPointer?.self)
                free[place] = block
            }
            dropEmptyPieces(place)
            var block = free[place]
            while let here = block {
                chains[place] = HeapContents.Chain(
                    first: chains[place]?.first ?? here - base, last: here - base)
                block = here.load(as: UnsafeMutableRawPointer?.self)
            }
        }
        let byteCount = unused - base
        return HeapContents(
            byteCount: byteCount, classes: Array(classes.prefix(byteCount / ScriptHeap.pieceBytes)),
            kinds: Array(kinds.prefix(byteCount / ScriptHeap.slabBytes)), free: chains,
            live: live.map { UnsafeMutableRawPointer($0) - base })
    }

    private mutating func dropEmptyPieces(_ place: Int) {
        var counts: [Int: Int] = [:]
        var block = free[place]
        while let here = block {
            counts[pieceIndex(here), default: 0] += 1
            block = here.load(as: UnsafeMutableRawPointer?.self)
        }
        let full = ScriptHeap.pieceBytes / (place * ScriptHeap.granuleBytes)
        var kept: UnsafeMutableRawPointer?
        block = free[place]
        while let here = block {
            block = here.load(as: UnsafeMutableRawPointer?.self)
            if counts[pieceIndex(here)] == full { continue }
            here.storeBytes(of: kept, as: UnsafeMutableRawPointer?.self)
            kept = here
        }
        free[place] = kept
        for (piece, count) in counts where count == full {
            memset(base + piece * ScriptHeap.pieceBytes, 0, ScriptHeap.pieceBytes)
            classes[piece] = 0
        }
    }
}

/// A template's memory when nothing will be allocated in it any more. Places are offsets from its beginning.
struct HeapContents: Equatable {
    /// Whole slabs.
    var byteCount: Int
    /// By piece.
    var classes: [UInt8]
    /// By slab.
    var kinds: [UInt8]
    /// By size class: first and last free block.
    var free: [Chain?]
    /// Where its large blocks are counted; nil: it has none.
    var live: Int?

    struct Chain: Equatable {
        var first: Int
        var last: Int
    }
}
