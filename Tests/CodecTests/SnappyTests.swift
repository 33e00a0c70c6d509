// Snappy blocks, taken apart by the library again.

import CSnappy
import Codec
import Testing

@Suite struct SnappyTests {
    private func decompressed(_ block: [UInt8]) -> [UInt8]? {
        block.withUnsafeBytes { block in
            let start = block.baseAddress!.assumingMemoryBound(to: CChar.self)
            var length = 0
            guard snappy_uncompressed_length(start, block.count, &length) == SNAPPY_OK else { return nil }
            var room = [CChar](repeating: 0, count: max(length, 1))
            guard snappy_uncompress(start, block.count, &room, &length) == SNAPPY_OK else { return nil }
            return room[..<length].map { UInt8(bitPattern: $0) }
        }
    }

    @Test(
        "what goes in comes out",
        arguments: [
            [], [7], Array("abc".utf8), [UInt8](repeating: 1, count: 100_000),
            (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
        ])
    func roundTrip(bytes: [UInt8]) {
        #expect(decompressed(SnappyBlock.compress(bytes)) == bytes)
    }

    @Test("repetition is worth its while")
    func smaller() {
        #expect(SnappyBlock.compress([UInt8](repeating: 1, count: 100_000)).count < 10_000)
        #expect(SnappyBlock.compress([]) == [0])
    }
}
