// A trend in Prometheus' native buckets: eight per octave (schema 3), the resolution k6 asks its library for.
// Kept per series by `RemoteWriteSeries` on the outputs' thread, filled from intervals' histograms, written
// into requests.
//
// A trend's own bucket is 2^-10 of its octave wide and is counted where its lowest magnitude belongs, so
// powers of two, whole seconds and their like land where k6 counts them; another value can be one bucket off
// only within 0.1 % of a bucket's edge. Whoever reads a quantile from native buckets is off by at most their
// width, 9.1 %.

import Metrics
import PrometheusProto

public struct NativeHistogram {
    public static let schema: Int32 = 3
    static let bucketsPerOctave = 1 << Int(schema)
    /// Magnitudes up to this one count as zero: k6's library's default.
    static let zeroThreshold = 0x1p-128
    /// The upper bounds of the buckets in [0.5, 1), without 1: 2^(k/8 - 1).
    static let bounds: [Double] = [
        0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048, 0.7071067811865476,
        0.7711054127039704, 0.8408964152537145, 0.9170040432046712,
    ]

    /// Cumulative counts by bucket number; dense between the first and the last that ever counted.
    struct Side {
        private(set) var first = 0
        private(set) var counts: [UInt64] = []

        mutating func add(_ more: UInt64, _ bucket: Int) {
            if counts.isEmpty {
                first = bucket
                counts = [0]
            } else if bucket < first {
                counts.insert(contentsOf: repeatElement(0, count: first - bucket), at: 0)
                first = bucket
            } else if bucket >= first + counts.count {
                counts.append(contentsOf: repeatElement(0, count: bucket - first - counts.count + 1))
            }
            counts[bucket - first] += more
        }

        /// Runs of buckets, and each count less the one before. Up to two empty buckets are written out
        /// rather than begin another run, as k6's library does.
        var spans: (spans: [Prometheus_BucketSpan], deltas: [Int64]) {
            var spans: [Prometheus_BucketSpan] = []
            var deltas: [Int64] = []
            var end = 0
            var before: Int64 = 0
            for (index, count) in counts.enumerated() where count > 0 {
                let bucket = first + index
                if spans.isEmpty || bucket - end > Self.gapMax {
                    var span = Prometheus_BucketSpan()
                    span.offset = Int32(spans.isEmpty ? bucket : bucket - end)
                    spans.append(span)
                } else {
                    for _ in end..<bucket {
                        deltas.append(-before)
                        before = 0
                        spans[spans.count - 1].length += 1
                    }
                }
                spans[spans.count - 1].length += 1
                deltas.append(Int64(count) - before)
                before = Int64(count)
                end = bucket + 1
            }
            return (spans, deltas)
        }

        private static let gapMax = 2
    }

    private var positive = Side()
    private var negative = Side()
    private var zeros: UInt64 = 0
    private var count: UInt64 = 0
    private var sum = 0.0

    public init() {}

    /// Number of the bucket that holds a magnitude above zero: 2^((n-1)/8) < magnitude <= 2^(n/8).
    public static func bucket(ofMagnitude magnitude: Double) -> Int {
        // In [0.5, 1), as the bounds are.
        let fraction = magnitude.significand / 2
        let place = bounds.firstIndex { $0 >= fraction } ?? bounds.count
        return place + Int(magnitude.exponent) * bucketsPerOctave
    }

    /// Adds what an interval counted.
    /// - Parameter unit: of the values in the unit of the series: 0.001 from milliseconds to seconds.
    public mutating func add(_ trend: TrendSink, unit: Double) {
        count += trend.count
        sum += trend.sum * unit
        trend.histogram.forEachBucket { bucket in
            let magnitude = (bucket.isNegative ? -bucket.upper : bucket.lower) * unit
            if magnitude <= Self.zeroThreshold {
                zeros += bucket.count
            } else if bucket.isNegative {
                negative.add(bucket.count, Self.bucket(ofMagnitude: magnitude))
            } else {
                positive.add(bucket.count, Self.bucket(ofMagnitude: magnitude))
            }
        }
    }

    public func message(atMs: Int64) -> Prometheus_Histogram {
        var message = Prometheus_Histogram()
        message.countInt = count
        message.sum = sum
        message.schema = Self.schema
        message.zeroThreshold = Self.zeroThreshold
        message.zeroCountInt = zeros
        (message.negativeSpans, message.negativeDeltas) = negative.spans
        (message.positiveSpans, message.positiveDeltas) = positive.spans
        message.timestamp = atMs
        return message
    }
}
