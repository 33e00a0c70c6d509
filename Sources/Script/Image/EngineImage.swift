// An engine that has loaded the script, to be copied: its memory, which of its words are pointers into it,
// and what belongs to it outside. Made by ImageBuilder, used by the VMs of all workers.

import CQuickJS
import Glibc

/// Immutable once it is made, and read-only memory.
final class EngineImage: @unchecked Sendable {
    private let region: ImageRegion
    private let contents: HeapContents
    /// A bit for each word: it is a pointer into the image.
    private let pointers: [UInt64]
    /// By page of 512 words: there is nothing but zeros.
    private let isZero: [Bool]
    private let runtime: Int
    private let context: Int
    private let heapState: Int
    let snapshot: VMSnapshot
    let natives: [HostObject]

    static let wordsPerPage = 512

    /// - Parameter pointers: a bit for each word of `contents`.
    init(_ template: FinishedTemplate, pointers: [UInt64]) {
        region = template.region
        contents = template.contents
        self.pointers = pointers
        runtime = template.runtime
        context = template.context
        heapState = template.heapState
        snapshot = template.snapshot
        natives = template.natives
        let words = region.base.assumingMemoryBound(to: UInt64.self)
        isZero = (0..<contents.byteCount / ScriptHeap.pieceBytes).map { page in
            let page = words + page * Self.wordsPerPage
            return (0..<Self.wordsPerPage).allSatisfy { page[$0] == 0 }
        }
        region.protect()
    }

    var byteCount: Int { contents.byteCount }

    struct Moved {
        var bytes: Int
        var runtime: OpaquePointer
        var ctx: OpaquePointer
        var heapState: UnsafeMutablePointer<JSMallocState>
    }

    /// Copies the engine into a heap; nil when there is no room. Nothing may run in it before a VM has
    /// adopted it.
    func copy(into heap: ScriptHeap) -> Moved? {
        guard let start = heap.room(forCopy: contents.byteCount) else { return nil }
        let bytes = start - region.base
        fill(start, bytes)
        heap.adopt(contents, at: start)
        return Moved(
            bytes: bytes, runtime: OpaquePointer(start + runtime), ctx: OpaquePointer(start + context),
            heapState: (start + heapState).assumingMemoryBound(to: JSMallocState.self))
    }

    /// The words, pointers moved by `bytes`. A page at a time, so that it is still in the cache when its
    /// pointers are moved.
    private func fill(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
        let from = region.base.assumingMemoryBound(to: Int.self)
        let to = start.assumingMemoryBound(to: Int.self)
        let pages = isZero.count
        pointers.withUnsafeBufferPointer { pointers in
            isZero.withUnsafeBufferPointer { isZero in
                for page in 0..<pages where !isZero[page] {
                    let first = page &* Self.wordsPerPage
                    memcpy(to + first, from + first, Self.wordsPerPage &* 8)
                    for group in 0..<(Self.wordsPerPage / 64) {
                        var bits = pointers[page &* (Self.wordsPerPage / 64) &+ group]
                        let words = to + (first &+ group &* 64)
                        while bits != 0 {
                            words[bits.trailingZeroBitCount] &+= bytes
                            bits &= bits &- 1
                        }
                    }
                }
            }
        }
    }
}
