// The memory of one parse: blocks that are handed out front to back and released together. The parser's own
// release walks its tree recursively, which a deeply nested page turns into an overflow of the stack; with
// this, its tree is never walked. Used by `DocumentBuilder`.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension Limits {
    /// What a parse asks the system for at a time; a usual page fits into a few.
    static let htmlParseBlockBytes = 256 * 1024
    /// Blocks that are kept for the next page, whoever parses it: a page of 200 KB needs them all, and fresh
    /// memory costs a third of a parse.
    static let htmlSpareBlocksMax = 16
}

struct GumboMemory: ~Copyable {
    /// Of the usual size.
    private var blocks: [UnsafeMutableRawPointer] = []
    private var large: [UnsafeMutableRawPointer] = []
    private var unused: UnsafeMutableRawPointer?
    private var unusedBytes = 0

    init() {}

    /// Blocks between two parses, of any thread.
    private struct Spare: @unchecked Sendable { var blocks: [UnsafeMutableRawPointer] = [] }
    private static let spare = Locked(Spare())

    deinit {
        let mine = blocks
        let surplus = Self.spare.withLock { spare in
            let room = max(Limits.htmlSpareBlocksMax - spare.blocks.count, 0)
            spare.blocks += mine.prefix(room)
            return Array(mine.dropFirst(room)).map { UInt(bitPattern: $0) }
        }
        for block in surplus { free(UnsafeMutableRawPointer(bitPattern: block)) }
        for block in large { free(block) }
    }

    /// Memory until this value is gone. Out of memory ends the process, as everywhere in Swift.
    mutating func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let size = (max(bytes, 1) + 15) & ~15
        if size > unusedBytes {
            if size > Limits.htmlParseBlockBytes / 4 {
                large.append(Self.block(size))
                return large[large.count - 1]
            }
            let known = Self.spare.withLock { $0.blocks.popLast().map { UInt(bitPattern: $0) } }
            let block =
                known.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
                ?? Self.block(Limits.htmlParseBlockBytes)
            blocks.append(block)
            unused = block
            unusedBytes = Limits.htmlParseBlockBytes
        }
        guard let start = unused else { preconditionFailure("unused bytes without an address") }
        unused = start + size
        unusedBytes -= size
        return start
    }

    private static func block(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let block = malloc(bytes) else { fatalError("out of memory: \(bytes) bytes for a page") }
        return block
    }
}
