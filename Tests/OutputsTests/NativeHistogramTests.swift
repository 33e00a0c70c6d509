// Native buckets of Prometheus made from a trend's own: against requests recorded from k6 1.1.0, against the
// definition of the buckets, and quantiles within the stated error.

import PrometheusProto
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct NativeHistogramTests {
    private func message(_ values: [Double], unit: Double = 1) -> Prometheus_Histogram {
        let trend = TrendSink()
        for value in values { trend.record(value) }
        var histogram = NativeHistogram()
        histogram.add(trend, unit: unit)
        return histogram.message(atMs: 7)
    }

    private func spans(_ spans: [Prometheus_BucketSpan]) -> [[Int]] {
        spans.map { [Int($0.offset), Int($0.length)] }
    }

    @Test("as k6 sent it: zero, negatives, edges, a gap that is written out")
    func asK6() {
        let sent = message([0, 1, 2, 4, 1000, 0.001, -0.5, 8.5, 7])
        #expect(sent.countInt == 9)
        #expect(sent.sum == 1022.001)
        #expect(sent.schema == 3)
        #expect(sent.zeroThreshold.bitPattern == 0x37f0_0000_0000_0000)
        #expect(sent.zeroCountInt == 1)
        #expect(spans(sent.negativeSpans) == [[-8, 1]])
        #expect(sent.negativeDeltas == [1])
        #expect(spans(sent.positiveSpans) == [[-79, 1], [78, 1], [7, 1], [7, 1], [6, 3], [54, 1]])
        #expect(sent.positiveDeltas == [1, 0, 0, 0, 0, -1, 1, 0])
        #expect(sent.timestamp == 7)
    }

    @Test("times become seconds; whole fractions of a second stay in the bucket they bound")
    func seconds() {
        // k6's buckets of 1000, 125 and 500 ms: (0.917, 1], (0.1146, 0.125], (0.4585, 0.5].
        let sent = message([1000, 125, 500], unit: 0.001)
        #expect(spans(sent.positiveSpans) == [[-24, 1], [15, 1], [7, 1]])
        #expect(sent.sum == 1.625)
    }

    @Test(
        "a bucket holds what lies above its lower bound, up to its upper one",
        arguments: [
            (1, 0), (1.0001, 1), (1.0905, 1), (1.0906, 2), (2, 8), (0.5, -8), (1e12, 319), (3, 13),
            (0x1p-64, -512), (0x1p63, 504),
        ] as [(Double, Int)])
    func bucket(magnitude: Double, number: Int) {
        #expect(NativeHistogram.bucket(ofMagnitude: magnitude) == number)
    }

    @Test("intervals add up, also below the first bucket so far")
    func addition() {
        var histogram = NativeHistogram()
        for values in [[8.0, 8], [1], [-2, 0, 1024]] {
            let trend = TrendSink()
            for value in values { trend.record(value) }
            histogram.add(trend, unit: 1)
        }
        let sent = histogram.message(atMs: 1)
        #expect(sent.countInt == 6)
        #expect(sent.zeroCountInt == 1)
        #expect(spans(sent.positiveSpans) == [[0, 1], [23, 1], [55, 1]])
        #expect(sent.positiveDeltas == [1, 1, -1])
        #expect(spans(sent.negativeSpans) == [[8, 1]])
    }

    /// Counts by bucket number, as a reader of the message sees them.
    private func counts(_ spans: [Prometheus_BucketSpan], _ deltas: [Int64]) -> [(bucket: Int, count: Int64)]
    {
        var (result, bucket, count, place) = ([(bucket: Int, count: Int64)](), 0, Int64(0), 0)
        for span in spans {
            bucket += Int(span.offset)
            for _ in 0..<span.length {
                count += deltas[place]
                result.append((bucket, count))
                place += 1
                bucket += 1
            }
        }
        #expect(place == deltas.count)
        return result
    }

    @Test("no value is lost, and a quantile is off by one bucket's width at most", arguments: 1...5)
    func quantiles(seed: UInt64) {
        var random = SeededGenerator(seed)
        let values = (0..<5000).map { _ in Double.random(in: -3...3, using: &random) }
            .map { Double(sign: .plus, exponent: 0, significand: 1) * exp10(of: $0) }
        let sent = message(values)
        let counts = counts(sent.positiveSpans, sent.positiveDeltas)
        #expect(counts.reduce(0) { $0 + $1.count } == 5000)
        #expect(counts.allSatisfy { $0.count >= 0 })
        let sorted = values.sorted()
        for quantile in [0.5, 0.95, 0.99] {
            let rank = Int64(quantile * 5000)
            var seen: Int64 = 0
            let found = counts.first { bucket in
                seen += bucket.count
                return seen >= rank
            }!
            let exact = sorted[Int(rank) - 1]
            let upper = exp2(of: Double(found.bucket) / 8)
            #expect(upper >= exact * 0.999 && upper <= exact * 1.0906 * 1.001, "\(quantile)")
        }
    }

    private func exp10(of x: Double) -> Double { exp2(of: x * 3.321928094887362) }

    private func exp2(of x: Double) -> Double {
        let whole = x.rounded(.down)
        // A short series is exact enough here: the fraction is below 1.
        let rest = (x - whole) * 0.6931471805599453
        var (term, sum) = (1.0, 1.0)
        for n in 1...20 {
            term *= rest / Double(n)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(whole), significand: sum)
    }
}

/// Numbers that repeat.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
