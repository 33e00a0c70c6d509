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
}

struct GumboMemory: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = []
    private var unused: UnsafeMutableRawPointer?
    private var unusedBytes = 0

    init() {}

    deinit {
        for block in blocks { free(block) }
    }

    /// Memory until this value is gone. Out of memory ends the process, as everywhere in Swift.
    mutating func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let size = (max(bytes, 1) + 15) & ~15
        if size > unusedBytes {
            if size > Limits.htmlParseBlockBytes / 4 { return block(size) }
            unused = block(Limits.htmlParseBlockBytes)
            unusedBytes = Limits.htmlParseBlockBytes
        }
        guard let start = unused else { preconditionFailure("unused bytes without an address") }
        unused = start + size
        unusedBytes -= size
        return start
    }

    private mutating func block(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let block = malloc(bytes) else { fatalError("out of memory: \(bytes) bytes for a page") }
        blocks.append(block)
        return block
    }
}
