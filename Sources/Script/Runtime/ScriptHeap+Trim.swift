// Memory of the engines' heap that nobody needs any more: whole slabs go back to the system. Called by
// ScriptMemory when memory is short, and with the last block of a copy.

import Glibc

extension ScriptHeap {
    /// Gives slabs back to the system that hold nothing. Looks at every free block.
    func trim() {
        let heap = state
        let slabCount = (heap.pointee.unused - heap.pointee.base) / Self.slabBytes
        var freeBytes = [Int](repeating: 0, count: slabCount)
        func slab(_ block: UnsafeMutableRawPointer) -> Int { (block - heap.pointee.base) / Self.slabBytes }
        for place in 1..<Self.classCount {
            var block = heap.pointee.free[place]
            while let here = block {
                freeBytes[slab(here)] += place * Self.granuleBytes
                block = here.load(as: UnsafeMutableRawPointer?.self)
            }
        }
        let isEmpty = freeBytes.indices.map { index in
            freeBytes[index] == blockBytes(ofSlab: index)
                && (freeBytes[index] > 0 || heap.pointee.kinds[index] == SlabKind.pieces.rawValue)
        }
        for place in 1..<Self.classCount {
            var kept: UnsafeMutableRawPointer?
            var block = heap.pointee.free[place]
            while let here = block {
                block = here.load(as: UnsafeMutableRawPointer?.self)
                if !isEmpty[slab(here)] {
                    here.storeBytes(of: kept, as: UnsafeMutableRawPointer?.self)
                    kept = here
                }
            }
            heap.pointee.free[place] = kept
        }
        for index in isEmpty.indices where isEmpty[index] { giveBack(slab: index) }
        giveBackCopies()
    }

    func giveBack(slab index: Int) {
        let slab = state.pointee.base + index * Self.slabBytes
        madvise(slab, Self.slabBytes, MADV_DONTNEED)
        state.pointee.kinds[index] = SlabKind.ordinary.rawValue
        state.pointee.spare.append(slab)
        state.pointee.leftBytes &+= Int64(Self.slabBytes)
    }
}
