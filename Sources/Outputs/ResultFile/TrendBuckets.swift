// A trend's buckets as V2 histograms and back, without loss: both layouts have 1024 buckets per octave, so
// that with a power of two as the value of a unit an index is a bucket's number less a constant. Used by
// result files and their exports. Pure.

import Base
import Codec
import Metrics

/// Which index of a V2 histogram stands for which bucket.
struct BucketScale: Equatable {
    /// A unit is 2^-`unitBits` of the metric's unit.
    var unitBits: Int

    /// The scale of everything between 2^-20 and 2^33: in milliseconds a nanosecond to 99 days.
    static let usual = BucketScale(unitBits: 30)
    private static let octaveBits = HistogramLayout.mantissaBits
    private static let octaveBuckets = 1 << octaveBits
    /// Indices below belong to an octave that has fewer places than a bucket needs.
    private static let indexMin = octaveBuckets
    /// The first index beyond 63 bits.
    private static let indexEnd = 54 * octaveBuckets
    /// So that an index is positive for all buckets.
    private static let exponentBias = 1023

    var ratio: Double { Double(sign: .plus, exponent: -unitBits, significand: 1) }
    private var offset: Int { (Self.exponentBias + 9 - unitBits) * Self.octaveBuckets }

    func index(of bucket: Int) -> Int? {
        let index = bucket - offset
        return (Self.indexMin..<Self.indexEnd).contains(index) ? index : nil
    }

    /// - Returns: nil when the magnitude is beyond what trends tell apart.
    func bucket(at index: Int) -> Int? {
        // Small numbers, as other writers have them, stand for themselves.
        let bucket =
            index < Self.indexMin
            ? HistogramLayout.bucket(ofMagnitude: Double(index) * ratio) : index + offset
        return (HistogramLayout.bucketMin..<HistogramLayout.bucketEnd).contains(bucket) ? bucket : nil
    }

    /// The usual scale if it fits `lowest`, else the one that begins with it.
    static func starting(at lowest: Int) -> BucketScale {
        if usual.index(of: lowest) != nil { return usual }
        return BucketScale(unitBits: octaveBits - ((lowest >> octaveBits) - exponentBias))
    }

    /// Of a histogram read; nil when its ratio is no power of two.
    init?(ratio: Double) {
        guard ratio > 0, ratio.isNormal, ratio.significand == 1 else { return nil }
        self.init(unitBits: -Int(ratio.exponent))
    }

    init(unitBits: Int) { self.unitBits = unitBits }
}

enum TrendBuckets {
    /// At least this much is trackable, so that most histograms have the same range: 70 minutes.
    private static let highestUsual: Int64 = 1 << 52 - 1

    /// One side of a histogram, as few V2 histograms as hold it: one, unless its values span more than 53
    /// octaves.
    static func histograms(
        of histogram: Histogram, negative isNegative: Bool, scale fixed: BucketScale? = nil
    ) -> [HdrHistogram] {
        var buckets: [HistogramBucket] = []
        histogram.forEachBucket { if $0.isNegative == isNegative { buckets.append($0) } }
        if isNegative { buckets.reverse() }
        guard let first = buckets.first else { return [] }
        let lowest = first.isZero ? (buckets.count > 1 ? buckets[1].index : nil) : first.index
        var scale = fixed ?? lowest.map(BucketScale.starting) ?? .usual
        var all = [HdrHistogram(ratio: scale.ratio)]
        for bucket in buckets {
            var index = bucket.isZero ? 0 : scale.index(of: bucket.index)
            if index == nil {
                scale = .starting(at: bucket.index)
                all.append(HdrHistogram(ratio: scale.ratio))
                index = scale.index(of: bucket.index)
            }
            guard let index else { preconditionFailure("a scale holds the bucket it starts at") }
            all[all.count - 1].counts.append(
                .init(index: index, count: Int64(clamping: bucket.count)))
        }
        for index in all.indices {
            let last = all[index].counts.last?.index ?? 0
            all[index].highest = max(highestUsual, all[index].highest(at: last))
        }
        return all
    }

    static func encode(_ histogram: Histogram, negative: Bool) -> [String] {
        histograms(of: histogram, negative: negative).map(HdrHistogramV2.encode)
    }

    /// Adds what `text` counts. - Throws: why it is no histogram of a trend.
    static func add(
        _ text: String, negative isNegative: Bool, to histogram: Histogram
    ) throws(HdrHistogram.Problem) {
        let read = try HdrHistogramV2.decode(text)
        guard read.significantDigits == 3, read.lowest == 1, let scale = BucketScale(ratio: read.ratio) else {
            throw HdrHistogram.Problem("its layout is none that result files have")
        }
        if read.total > Limits.resultCountMax { throw HdrHistogram.Problem("it counts too much") }
        for entry in read.counts {
            if entry.index == 0 {
                histogram.add(HistogramBucket(index: 0, isNegative: false, count: UInt64(entry.count)))
                continue
            }
            guard let bucket = scale.bucket(at: entry.index) else {
                throw HdrHistogram.Problem("its values are beyond what a trend holds")
            }
            histogram.add(
                HistogramBucket(index: bucket, isNegative: isNegative, count: UInt64(entry.count)))
        }
    }
}
