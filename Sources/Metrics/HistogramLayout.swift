// The one index arithmetic of every trend, HDR's log-linear layout read straight from a Double: sign,
// exponent and the top 10 bits of the mantissa name a bucket, 1024 per octave. Used by the cells that record
// and the histograms that merge, and by outputs that write buckets. Pure.
//
// A bucket is 2^-10 of its octave's start wide, so its midpoint is off by at most 2^-11 = 0.0488 % of any
// value in it, whatever power of two the unit is.

public enum HistogramLayout {
    /// Mantissa bits that count, and how far a Double's bits are shifted to keep just sign, exponent and
    /// those.
    public static let mantissaBits = 10
    public static let shift = 52 - mantissaBits
    /// Magnitudes in [2^-64, 2^64) keep their precision: less than a yoctosecond to 580 million years in
    /// milliseconds. Smaller ones land in the first bucket, larger and infinite ones in the last; count, sum,
    /// min and max stay exact for them as well.
    public static let exponentMin = -64
    public static let exponentEnd = 64
    public static let bucketMin = (1023 + exponentMin) << mantissaBits
    public static let bucketEnd = (1023 + exponentEnd) << mantissaBits

    /// Counters live in pages of this many neighbouring buckets (an eighth of an octave).
    public static let pageBits = 7
    public static let pageBuckets = 1 << pageBits
    public static let pageMin = bucketMin >> pageBits
    public static let pageEnd = bucketEnd >> pageBits

    /// Bucket of a magnitude above zero, clamped into the range. NaN and zero have none.
    public static func bucket(ofMagnitude magnitude: Double) -> Int {
        precondition(magnitude > 0, "only magnitudes above zero have a bucket; zeros are counted apart")
        return min(max(Int(magnitude.bitPattern >> UInt64(shift)), bucketMin), bucketEnd - 1)
    }

    /// Smallest magnitude in the bucket.
    public static func lowerBound(_ bucket: Int) -> Double {
        Double(bitPattern: UInt64(bucket) << UInt64(shift))
    }

    /// First magnitude above the bucket.
    public static func upperBound(_ bucket: Int) -> Double { lowerBound(bucket + 1) }

    /// What stands for every value in the bucket.
    public static func midpoint(_ bucket: Int) -> Double {
        let lower = lowerBound(bucket)
        return lower + (upperBound(bucket) - lower) / 2
    }
}
