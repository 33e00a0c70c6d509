// Bucket arithmetic against the values themselves, percentiles against sorted values by k6's rule, and
// merging.

import Base
import Testing

@testable import Metrics

@Suite struct HistogramLayoutTests {
    static let edges: [Double] = [
        1, 2, 0.5, 1023, 1024, 1025, 0.001, 1e-6, 1e9, 3600e3, 1.0.nextDown, 1.0.nextUp, 2.0.nextDown,
        Double(sign: .plus, exponent: -64, significand: 1),
        Double(sign: .plus, exponent: 64, significand: 1).nextDown,
    ]

    @Test(arguments: edges)
    func holdsEdges(value: Double) { check(value) }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func holdsRandomDoubles(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            check(
                Double(
                    sign: .plus, exponent: random.below(128) - 64,
                    significand: 1 + Double(random.next() >> 12) * 0x1p-52))
        }
    }

    private func check(_ value: Double) {
        let bucket = HistogramLayout.bucket(ofMagnitude: value)
        #expect(HistogramLayout.lowerBound(bucket) <= value, "\(value)")
        #expect(value < HistogramLayout.upperBound(bucket), "\(value)")
        #expect(abs(HistogramLayout.midpoint(bucket) - value) <= value * 0.000_489, "\(value)")
    }

    @Test func hasATenthOfAPercentAnd1024BucketsPerOctave() {
        let one = HistogramLayout.bucket(ofMagnitude: 1)
        #expect(HistogramLayout.bucket(ofMagnitude: 2) - one == 1_024)
        #expect(HistogramLayout.upperBound(one) - 1 < 0.001)
    }

    @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-20])
    func clampsTheTiny(value: Double) {
        #expect(HistogramLayout.bucket(ofMagnitude: value) == HistogramLayout.bucketMin)
    }

    @Test(arguments: [0x1p64, 1e300, .greatestFiniteMagnitude, .infinity])
    func clampsTheHuge(value: Double) {
        #expect(HistogramLayout.bucket(ofMagnitude: value) == HistogramLayout.bucketEnd - 1)
    }
}

@Suite struct PercentileTests {
    static let percents = [0, 0.5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]

    @Test(arguments: Distribution.allCases, [1, 2, 3, 10, 1_000])
    func followsK6sRuleWithinATenthOfAPercent(distribution: Distribution, count: Int) {
        for seed in 1...5 as ClosedRange<UInt64> {
            let values = distribution.values(count, seed: seed)
            let sink = TrendSink()
            for value in values { sink.record(value) }
            let sorted = values.sorted()
            for percent in Self.percents {
                let wanted = exactPercentile(percent, sorted)
                let got = sink.percentile(percent)
                let x = percent / 100 * Double(count - 1)
                // Interpolating between values of both signs keeps the error of the larger one.
                let scale = max(abs(sorted[Int(x.rounded(.down))]), abs(sorted[Int(x.rounded(.up))]))
                #expect(
                    abs(got - wanted) <= scale * 0.001,
                    "p(\(percent)) of \(count) \(distribution), seed \(seed)")
            }
            #expect(sink.count == UInt64(count))
            #expect(sink.min == sorted[0])
            #expect(sink.max == sorted[count - 1])
            #expect(sink.sum == values.reduce(0, +))
        }
    }

    @Test(arguments: Distribution.allCases, [1, 2])
    func isExactForOneAndTwoValues(distribution: Distribution, count: Int) {
        let values = distribution.values(count, seed: 42)
        let sink = TrendSink()
        for value in values { sink.record(value) }
        for percent in Self.percents {
            #expect(sink.percentile(percent) == exactPercentile(percent, values.sorted()))
        }
    }

    /// What k6 prints for 1, 2, 3, 4.
    @Test(arguments: [(90.0, 3.7), (95, 3.8499999999999996), (50, 2.5), (0, 1), (100, 4)])
    func agreesWithK6OnFour(percent: Double, wanted: Double) {
        let sink = TrendSink()
        for value in [3.0, 1, 4, 2] { sink.record(value) }
        #expect(abs(sink.percentile(percent) - wanted) <= wanted * 0.0005)
        #expect(sink.avg == 2.5)
    }

    @Test func isZeroWithoutValues() {
        let sink = TrendSink()
        #expect([sink.avg, sink.min, sink.med, sink.max, sink.percentile(95)] == [0, 0, 0, 0, 0])
    }

    @Test func isExactForEqualValues() {
        let sink = TrendSink()
        for _ in 0..<1_000 { sink.record(12.34) }
        #expect(Self.percents.allSatisfy { sink.percentile($0) == 12.34 })
    }

    @Test func standsInfinitiesAndRefusesNaN() {
        let sink = TrendSink()
        for value in [1, 2, 3, Double.infinity, .nan] { sink.record(value) }
        #expect(sink.count == 4)
        #expect(sink.invalid == 1)
        #expect(sink.max == .infinity)
        #expect(sink.percentile(100) == .infinity)
        #expect(abs(sink.percentile(50) - 2.5) < 0.003)
    }
}

@Suite struct MergingTests {
    @Test(arguments: Distribution.allCases)
    func twoAreOne(distribution: Distribution) {
        let values = distribution.values(5_000, seed: 9)
        let (left, right, whole) = (TrendSink(), TrendSink(), TrendSink())
        for (index, value) in values.enumerated() {
            (index % 3 == 0 ? left : right).record(value)
            whole.record(value)
        }
        left.merge(right)
        #expect(buckets(left.histogram) == buckets(whole.histogram))
        #expect(left.count == whole.count)
        #expect(left.min == whole.min)
        #expect(left.max == whole.max)
        #expect(abs(left.sum - whole.sum) <= abs(whole.sum) * 1e-9 + 1e-12)
        #expect(left.percentile(95) == whole.percentile(95))
    }

    @Test func mergingWithNothingChangesNothing() {
        let sink = TrendSink()
        sink.record(-3)
        sink.merge(TrendSink())
        #expect(sink.min == -3)
        #expect(sink.max == -3)
        let empty = TrendSink()
        empty.merge(sink)
        #expect(buckets(empty.histogram) == buckets(sink.histogram))
        #expect(empty.max == -3)
    }

    @Test(arguments: [1, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 1 << 40] as [UInt64])
    func countersWidenWithoutLoss(times: UInt64) {
        let histogram = Histogram()
        histogram.record(1)
        histogram.record(1.5, times: times)
        histogram.record(1.5)
        #expect(buckets(histogram).map(\.count) == [1, times + 1])
        #expect(histogram.count == times + 2)
    }

    @Test func bucketsComeInOrderAndHoldTheirValues() {
        let histogram = Histogram()
        let values = Distribution.signed.values(2_000, seed: 4) + [0, 0, 1e-9, -1e-9, 1e9, -1e9]
        for value in values { histogram.record(value) }
        let all = buckets(histogram)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.upper <= $1.lower })
        #expect(all.reduce(0) { $0 + $1.count } == UInt64(values.count))
        for bucket in all where !bucket.isZero {
            let inside = values.filter {
                bucket.isNegative
                    ? $0 > bucket.lower && $0 <= bucket.upper : $0 >= bucket.lower && $0 < bucket.upper
            }
            #expect(inside.count == Int(bucket.count))
            #expect(bucket.lower < bucket.midpoint && bucket.midpoint < bucket.upper)
        }
        #expect(all.first(where: \.isZero)?.count == 2)
    }
}
