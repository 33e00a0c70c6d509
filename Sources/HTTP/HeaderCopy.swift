// The headers of a response kept beyond their event: one allocation with the index and the text. For readers
// that may look later or never.

import Base

public struct HeaderCopy: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private let count: Int

    public init(_ block: UnsafePointer<HeaderBlock>) {
        count = block.pointee.count
        memory = .allocate(byteCount: max(block.pointee.copyByteCount, 1), alignment: 16)
        block.pointee.copy(to: memory)
    }

    deinit { memory.deallocate() }

    private func entry(_ index: Int) -> HeaderBlock.Entry {
        memory.load(
            fromByteOffset: index * MemoryLayout<HeaderBlock.Entry>.stride, as: HeaderBlock.Entry.self)
    }

    private func text(_ start: UInt32, _ length: UInt32) -> UnsafeBufferPointer<UInt8> {
        let base = memory + count * MemoryLayout<HeaderBlock.Entry>.stride + Int(start)
        return UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: Int(length))
    }

    /// The first value of a header, by its lower-case name; nil when absent.
    public func first(_ lowercased: StaticString) -> String? {
        for index in 0..<count {
            let entry = entry(index)
            guard Int(entry.nameCount) == lowercased.utf8CodeUnitCount else { continue }
            let name = text(entry.nameStart, entry.nameCount)
            let isEqual = name.indices.allSatisfy { ASCII.lowered(name[$0]) == lowercased.utf8Start[$0] }
            if isEqual { return String(decoding: text(entry.valueStart, entry.valueCount), as: UTF8.self) }
        }
        return nil
    }

    /// All headers as text pairs, in order.
    public func pairs() -> [(name: String, value: String)] {
        (0..<count).map { index in
            let entry = entry(index)
            return (
                String(decoding: text(entry.nameStart, entry.nameCount), as: UTF8.self),
                String(decoding: text(entry.valueStart, entry.valueCount), as: UTF8.self)
            )
        }
    }
}
