// Copies of engines in a worker's heap. Their memory is a template's (TemplateMemory) at another address;
// from then on the heap treats its blocks as its own. Called by ScriptHeap for large blocks, by EngineImage.

import CQuickJS
import Glibc

extension ScriptHeap {
    enum SlabKind: UInt8 {
        /// Blocks of one size.
        case ordinary
        /// Pieces, each with blocks of one size.
        case pieces
        /// Large blocks, with headers.
        case large
    }

    /// A copy's large blocks.
    struct Copy {
        var slabs: Range<Int>
        var live: UnsafeMutablePointer<Int>
    }

    /// What stands before a large block of a template or a copy.
    struct LargeHeader {
        var capacity: Int
        /// Counts the large blocks that are in use; lies before the first of them.
        var live: UnsafeMutablePointer<Int>
    }

    /// In place of a size class.
    static let largeClass = 255
    static let headerBytes = MemoryLayout<LargeHeader>.size

    static func header(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<LargeHeader> {
        (block - headerBytes).assumingMemoryBound(to: LargeHeader.self)
    }

    static func largeCapacity(_ block: UnsafeMutableRawPointer) -> Int { header(block).pointee.capacity }

    /// A large block of a copy is not used any more. It stays where it is until the copy's last one is free.
    static func giveLarge(_ block: UnsafeMutableRawPointer) { header(block).pointee.live.pointee -= 1 }

    // MARK: - copies

    /// Address space for a copy, all zeros; nil when there is none. The caller has seen to it that there is
    /// memory, fills it and calls `adopt`.
    func room(forCopy byteCount: Int) -> UnsafeMutableRawPointer? {
        let heap = state
        guard isReserved, let start = takeRun(byteCount / Self.slabBytes) else { return nil }
        heap.pointee.leftBytes &-= Int64(byteCount)
        // Pages of nothing are left alone, and would not be in a large one.
        madvise(start, byteCount, MADV_NOHUGEPAGE)
        return start
    }

    /// Slabs in a row: those that were given back, if so many lie side by side, else new ones.
    private func takeRun(_ count: Int) -> UnsafeMutableRawPointer? {
        let heap = state
        if heap.pointee.spare.count >= count {
            heap.pointee.spare.sort()
            let spare = heap.pointee.spare
            var first = 0
            for index in spare.indices {
                if index > first, spare[index] != spare[index - 1] + Self.slabBytes { first = index }
                if index - first + 1 == count {
                    heap.pointee.spare.removeSubrange(first...index)
                    return spare[first]
                }
            }
        }
        let start = heap.pointee.unused
        guard start + count * Self.slabBytes <= heap.pointee.end else { return nil }
        heap.pointee.unused = start + count * Self.slabBytes
        return start
    }

    /// Takes over the blocks of a copy that lies at `start`, free ones included.
    func adopt(_ contents: HeapContents, at start: UnsafeMutableRawPointer) {
        let heap = state
        let first = (start - heap.pointee.base) / Self.slabBytes
        contents.classes.withUnsafeBufferPointer {
            (heap.pointee.classes + first * Self.piecesPerSlab).update(from: $0.baseAddress!, count: $0.count)
        }
        contents.kinds.withUnsafeBufferPointer {
            (heap.pointee.kinds + first).update(from: $0.baseAddress!, count: $0.count)
        }
        for place in 1..<Self.classCount {
            guard let free = contents.free[place] else { continue }
            (start + free.last).storeBytes(of: heap.pointee.free[place], as: UnsafeMutableRawPointer?.self)
            heap.pointee.free[place] = start + free.first
        }
        if let live = contents.live {
            heap.pointee.copies.append(
                Copy(
                    slabs: first..<first + contents.kinds.count,
                    live: (start + live).assumingMemoryBound(to: Int.self)))
        }
    }

    /// What blocks a slab has in all; 0 for one with large blocks.
    func blockBytes(ofSlab index: Int) -> Int {
        func bytes(_ place: Int, of space: Int) -> Int {
            // Nobody's.
            place == 0 ? 0 : space / (place * Self.granuleBytes) * (place * Self.granuleBytes)
        }
        let classes = state.pointee.classes + index * Self.piecesPerSlab
        return switch SlabKind(rawValue: state.pointee.kinds[index]) {
        case .pieces:
            (0..<Self.piecesPerSlab).reduce(0) { $0 + bytes(Int(classes[$1]), of: Self.pieceBytes) }
        case .large: 0
        case .ordinary, nil: bytes(Int(classes[0]), of: Self.slabBytes)
        }
    }

    /// Gives back the large blocks of copies that use none of them any more.
    func giveBackCopies() {
        let heap = state
        for copy in heap.pointee.copies where copy.live.pointee == 0 {
            for slab in copy.slabs where heap.pointee.kinds[slab] == SlabKind.large.rawValue {
                giveBack(slab: slab)
            }
        }
        heap.pointee.copies.removeAll { copy in
            heap.pointee.kinds[
                (UnsafeMutableRawPointer(copy.live) - heap.pointee.base) / Self.slabBytes]
                != SlabKind.large.rawValue
        }
    }
}
