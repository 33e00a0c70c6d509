// Every content coding there and back: whole, split at every byte, layered, empty, and against bytes that
// other programs made.

import Base
import Codec
import Testing

/// Text that compresses, with a seeded part that does not.
func sampleBody(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { index in
        index % 64 < 48 ? UInt8(ascii: "a") + UInt8(index % 23) : UInt8(truncatingIfNeeded: random.next())
    }
}

func encoded(_ body: [UInt8], _ codings: [ContentCoding]) -> [UInt8] {
    var output = ByteBuffer()
    body.withUnsafeBytes { Encoder.encode($0, codings, into: &output) }
    return Array(output.bytes)
}

/// Decodes `data` cut into `pieces` and returns what came out with the last state.
func decoded(
    _ data: [UInt8], _ codings: [ContentCoding], cuts: [Int] = [], outputBytesMax: Int = .max
) -> (bytes: [UInt8], state: Decoder.State) {
    var decoder = Decoder(codings, outputBytesMax: outputBytesMax)
    var output = ByteBuffer()
    var state = Decoder.State.running
    var start = 0
    for end in cuts + [data.count] {
        state = data[start..<end].withUnsafeBytes { decoder.decode($0, into: &output) }
        if state != .running { return (Array(output.bytes), state) }
        start = end
    }
    return (Array(output.bytes), decoder.finish())
}

@Suite struct CodingTests {
    @Test(arguments: ContentCoding.allCases, [0, 1, 300, 70_000, 1_500_000])
    func roundTrip(coding: ContentCoding, count: Int) {
        let body = sampleBody(count)
        let packed = encoded(body, [coding])
        let result = decoded(packed, [coding])
        #expect(result.state == .running)
        #expect(result.bytes == body)
        #expect(!packed.isEmpty)
        if count >= 300 { #expect(packed.count < count) }
    }

    @Test(arguments: ContentCoding.allCases)
    func splitAtEveryByte(coding: ContentCoding) {
        let body = sampleBody(700)
        let packed = encoded(body, [coding])
        for cut in 0...packed.count {
            let result = decoded(packed, [coding], cuts: [cut])
            #expect(result.state == .running, "cut at \(cut)")
            #expect(result.bytes == body, "cut at \(cut)")
        }
        let bytewise = decoded(packed, [coding], cuts: Array(1..<packed.count))
        #expect(bytewise.bytes == body)
        #expect(bytewise.state == .running)
    }

    static let layerings: [[ContentCoding]] = [
        [], [.gzip, .brotli], [.deflate, .gzip], [.zstd, .brotli, .gzip], [.gzip, .gzip, .gzip],
    ]

    @Test(arguments: layerings)
    func layers(codings: [ContentCoding]) {
        let body = sampleBody(200_000)
        let packed = encoded(body, codings)
        var random = SeededRandom(seed: 11)
        var cuts: [Int] = []
        while (cuts.last ?? 0) < packed.count {
            cuts.append(min(packed.count, (cuts.last ?? 0) + random.below(900)))
        }
        let result = decoded(packed, codings, cuts: cuts)
        #expect(result.state == .running)
        #expect(result.bytes == body)
    }

    @Test(arguments: [
        ("gzip", [ContentCoding.gzip]), ("br", [.brotli]), (" gzip ,\tbr", [.gzip, .brotli]),
        ("deflate,zstd", [.deflate, .zstd]), ("identity", []), ("GZIP", []), ("x-gzip", []),
        ("gzip, foo", [.gzip]),
        ("", []), (",", []), ("g zip", []),
    ])
    func headers(header: String, expected: [ContentCoding]) {
        #expect(ContentCoding.list(header: header) == expected)
    }

    /// The word "hello" as made by other programs: Python's gzip and zlib, the zstd tool, and a hand-made
    /// brotli block.
    static let foreign: [(ContentCoding, String)] = [
        (.gzip, "1f8b0800000000000203cb48cdc9c9070086a6103605000000"),
        (.deflate, "789ccb48cdc9c90700062c0215"),
        (.zstd, "28b52ffd005829000068656c6c6f"),
        (.brotli, "0b028068656c6c6f03"),
    ]

    @Test(arguments: foreign)
    func foreignData(coding: ContentCoding, hex: String) throws {
        let data = try #require(Hex.decode(hex))
        let result = decoded(data, [coding])
        #expect(result.state == .running)
        #expect(String(decoding: result.bytes, as: UTF8.self) == "hello")
    }

    @Test(arguments: [ContentCoding.gzip, .zstd])
    func severalStreamsInARow(coding: ContentCoding) {
        let one = encoded(sampleBody(500), [coding])
        let result = decoded(one + one, [coding], cuts: Array(1..<(2 * one.count)))
        #expect(result.state == .running)
        #expect(result.bytes == sampleBody(500) + sampleBody(500))
    }
}
