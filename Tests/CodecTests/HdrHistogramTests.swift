// HdrHistogram's V2 wire format. The texts marked so were written by the Python package hdrhistogram 0.10.8.

import Testing

@testable import Codec

@Suite struct HdrHistogramTests {
    private typealias Count = HdrHistogram.Count

    /// `HdrHistogram(1, 3600000000, 3)` of the Python package with 2×0, 3×1, 1023, 5×1024, 2×2049, 7×1000000
    /// and 123456789.
    private static let foreign =
        "HISTFAAAADB4nJNpmSzMwMAgwAABzFCaEURcm7yEwf4DRICF7Sc/E9dffpb9fYx8H/OYAMLfCYI="

    @Test("what another implementation wrote is read")
    func foreign() throws {
        let read = try HdrHistogramV2.decode(Self.foreign)
        #expect(read.significantDigits == 3 && read.lowest == 1 && read.highest == 3_600_000_000)
        #expect(read.ratio == 1)
        #expect(read.counts.map(\.count) == [2, 3, 1, 5, 2, 7, 1])
        #expect(
            read.counts.map { read.lowest(at: $0.index) } == [0, 1, 1023, 1024, 2048, 999_936, 123_404_288])
        #expect(read.highest(at: read.counts[5].index) == 1_000_447)
    }

    @Test(
        "what is written is read back",
        arguments: [
            [], [(0, 1)], [(1, 1), (2, 63), (3, 64)], [(55_295, 1)],
            [(0, 1 << 62), (1024, 8191), (1025, 8192), (40_000, 1)],
        ] as [[(Int, Int64)]])
    func roundTrip(counts: [(Int, Int64)]) throws {
        let histogram = HdrHistogram(
            highest: .max, ratio: 0x1p-30, counts: counts.map { Count(index: $0.0, count: $0.1) })
        #expect(histogram.indexEnd == 55_296)
        #expect(try HdrHistogramV2.decode(HdrHistogramV2.encode(histogram)) == histogram)
    }

    @Test("every index keeps its values apart from its neighbours'", arguments: [1, 2, 3, 4, 5])
    func layout(digits: Int) {
        let histogram = HdrHistogram(significantDigits: digits, lowest: 1, highest: .max)
        for index in stride(from: 0, to: histogram.indexEnd - 1, by: 97) {
            #expect(histogram.highest(at: index) + 1 == histogram.lowest(at: index + 1))
        }
        #expect(histogram.highest(at: histogram.indexEnd - 1) == .max)
    }

    @Test(
        "what is no histogram is refused",
        arguments: [
            ("", "cut off"), ("HISTFAAA", "cut off"), ("HISTFAAAADB4nJNpmSzMwMAgwAAB", "cut off"),
            ("%%%", "base64"), ("AAAAAAAAAAAAAAAA", "cookie"),
            ("HISTFAAAAAh4nAMAAAAAAQ==", "cut off"),
        ])
    func refused(text: String, reason: String) {
        let problem = #expect(throws: HdrHistogram.Problem.self) { try HdrHistogramV2.decode(text) }
        #expect(problem?.description.contains(reason) == true, "\(problem?.description ?? "nothing")")
    }

    @Test("payloads that promise what they do not hold are refused")
    func payloads() {
        let good = HdrHistogramV2.payload(
            HdrHistogram(highest: .max, counts: [Count(index: 5, count: 7), Count(index: 2000, count: 1)]))
        #expect(throws: Never.self) { try HdrHistogramV2.decode(payload: good) }
        for length in good.indices {
            #expect(throws: HdrHistogram.Problem.self) {
                try HdrHistogramV2.decode(payload: Array(good[..<length]))
            }
        }
        // A shift of indices, 0 and 6 digits, a lowest value above the highest, one beyond 63 bits, no ratio.
        for (place, value) in [(8, 1), (15, 0), (15, 6), (16, 0x7F), (24, 0xFF), (32, 0xFF)] as [(Int, UInt8)]
        {
            var bad = good
            bad[place] = value
            #expect(throws: HdrHistogram.Problem.self, "byte \(place)") {
                try HdrHistogramV2.decode(payload: bad)
            }
        }
        // One place beyond the 64 bits of the values.
        let far = HdrHistogramV2.payload(
            HdrHistogram(highest: .max, counts: [Count(index: 55_296, count: 1)]))
        #expect(throws: HdrHistogram.Problem.self) { try HdrHistogramV2.decode(payload: far) }
    }
}
