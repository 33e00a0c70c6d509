// Damaged, truncated, wrong and too large bodies. The codes and texts are what k6 1.1.0 reported for the same
// bytes (without its habit of wrapping the text twice); truncated brotli is the exception named in the
// decoder.

import Base
import Codec
import Testing

struct Damage: CustomTestStringConvertible, Sendable {
    var name: String
    var coding: ContentCoding
    var change: @Sendable ([UInt8]) -> [UInt8]
    var code: Int?
    var text: String
    var testDescription: String { "\(coding) \(name)" }

    init(
        _ coding: ContentCoding, _ name: String, _ code: Int?, _ text: String = "",
        _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        (self.name, self.coding, self.code, self.text, self.change) = (name, coding, code, text, change)
    }
}

private func wrapped(_ text: String) -> String { "error decompressing response body (\(text))" }

private func flipped(_ bytes: [UInt8], fromEnd: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bytes.count - 1 - fromEnd] ^= 0x55
    return bytes
}

@Suite struct DecodeErrorTests {
    static let damages: [Damage] = [
        Damage(.gzip, "empty", 1701, wrapped("EOF")) { _ in [] },
        Damage(.gzip, "header only", 1701, wrapped("unexpected EOF")) { Array($0.prefix(2)) },
        Damage(.gzip, "garbage", 1701, wrapped("gzip: invalid header")) { _ in Array("not gzip at all".utf8)
        },
        Damage(.gzip, "truncated", 1000, "unexpected EOF") { Array($0.dropLast(10)) },
        Damage(.gzip, "truncated sum", 1000, "unexpected EOF") { Array($0.dropLast(3)) },
        Damage(.gzip, "wrong sum", 1701, wrapped("gzip: invalid checksum")) { flipped($0, fromEnd: 5) },
        Damage(.gzip, "wrong length", 1701, wrapped("gzip: invalid checksum")) { flipped($0, fromEnd: 0) },
        Damage(.gzip, "short tail", 1000, "unexpected EOF") { $0 + [0x1f, 0x8b] },
        Damage(.gzip, "garbage tail", 1701, wrapped("gzip: invalid header")) {
            $0 + Array("xxxxxxxxxxxxxxx".utf8)
        },
        Damage(.deflate, "empty", 1701, wrapped("unexpected EOF")) { _ in [] },
        Damage(.deflate, "raw", 1701, wrapped("zlib: invalid header")) { Array($0.dropFirst(2)) },
        Damage(.deflate, "truncated", 1000, "unexpected EOF") { Array($0.dropLast(6)) },
        Damage(.deflate, "wrong sum", 1701, wrapped("zlib: invalid checksum")) { flipped($0, fromEnd: 0) },
        Damage(.deflate, "tail", nil) { $0 + Array("xxxx".utf8) },
        Damage(.zstd, "empty", nil) { _ in [] },
        Damage(.zstd, "garbage", 1701, wrapped("invalid input: magic number mismatch")) { _ in
            Array("garbage garbage".utf8)
        },
        Damage(.zstd, "truncated", 1000, "unexpected EOF") { Array($0.dropLast(6)) },
        Damage(.brotli, "empty", nil) { _ in [] },
        Damage(.brotli, "garbage", 1701, wrapped("brotli: PADDING_1")) { _ in Array("garbage garbage".utf8) },
        Damage(.brotli, "all ones", 1701, wrapped("brotli: PADDING_2")) { _ in
            [UInt8](repeating: 0xFF, count: 20)
        },
        Damage(.brotli, "tail", 1701, wrapped("brotli: excessive input")) { $0 + Array("xx".utf8) },
        Damage(.brotli, "truncated", 1000, "unexpected EOF") { Array($0.dropLast(6)) },
    ]

    @Test(arguments: damages)
    func damaged(damage: Damage) {
        let data = damage.change(encoded(sampleBody(3_000), [damage.coding]))
        for cuts in [[], Array(1..<max(data.count, 1))] {
            let result = decoded(data, [damage.coding], cuts: cuts)
            guard let code = damage.code else {
                #expect(result.state == .running)
                continue
            }
            guard case .failed(let error) = result.state else {
                Issue.record("decoded without an error")
                continue
            }
            #expect(error.errorCode == code)
            #expect(error.description == damage.text)
        }
    }

    /// zlib's own complaint about the compressed part becomes Go's wording, with an offset.
    @Test func corruptDeflateBlock() {
        // A zlib header, then a block of the reserved type 3.
        let result = decoded([0x78, 0x9C, 0x07, 0x00, 0x00], [.deflate])
        guard case .failed(let error) = result.state else {
            Issue.record("decoded without an error")
            return
        }
        #expect(error.errorCode == 1000)
        #expect(error.description.hasPrefix("flate: corrupt input before offset "))
    }

    @Test(arguments: ContentCoding.allCases, [1, 999, 100_000])
    func outputLimit(coding: ContentCoding, limit: Int) {
        let packed = encoded([UInt8](repeating: 0x61, count: 5_000_000), [coding])
        let result = decoded(packed, [coding], outputBytesMax: limit)
        #expect(
            result.state == .failed(DecodeError(.tooLarge, "decompressed body is larger than \(limit) bytes"))
        )
        #expect(result.bytes.count == limit)
        #expect(decoded(packed, [coding], outputBytesMax: 5_000_000).state == .running)
        let layered = decoded(encoded(packed, [.gzip]), [coding, .gzip], outputBytesMax: limit)
        #expect(layered.bytes.count == limit)
    }

    /// A flipped bit anywhere ends in the original, in other bytes, or in an error value: never in a trap.
    @Test(arguments: ContentCoding.allCases)
    func everyBitFlip(coding: ContentCoding) {
        let packed = encoded(sampleBody(400), [coding])
        var failures = 0
        for index in packed.indices {
            for bit in 0..<8 {
                var data = packed
                data[index] ^= 1 << bit
                let result = decoded(data, [coding], outputBytesMax: 1 << 20)
                if result.state != .running { failures += 1 }
            }
        }
        #expect(failures > packed.count, "most damage is noticed")
    }

    @Test func failureIsFinal() {
        var decoder = Decoder([.gzip])
        var output = ByteBuffer()
        let first = Array("not gzip at all".utf8).withUnsafeBytes { decoder.decode($0, into: &output) }
        let second = encoded([1, 2, 3], [.gzip]).withUnsafeBytes { decoder.decode($0, into: &output) }
        let last = decoder.finish()
        #expect(first == second)
        #expect(first == last)
        #expect(first != .running)
    }
}
