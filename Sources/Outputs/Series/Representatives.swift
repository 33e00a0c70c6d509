// What stands for the values of an interval where there are too many to send each: a number of values of
// equal weight, the means of equal slices of the sorted values. Pure; used by the InfluxDB and StatsD
// outputs.
//
// Each stands for the same number of samples, so a store's own mean and percentiles over all of them are
// right: the mean to rounding, a percentile p to the true values between p - 100/r and p + 100/r of r values.

import Metrics

enum Representatives {
    /// How many of `most` values each series of a metric gets: in proportion to its samples, so that all have
    /// the same weight, and at least one.
    static func shares(of counts: [UInt64], most: Int) -> [Int] {
        shares(of: counts, weight: Double(counts.reduce(0, +)) / Double(most))
    }

    /// The same for a given number of samples that each value stands for.
    static func shares(of counts: [UInt64], weight: Double) -> [Int] {
        if weight <= 1 { return counts.map(Int.init) }
        return counts.map { count in
            count == 0 ? 0 : min(max(Int((Double(count) / weight).rounded()), 1), Int(count))
        }
    }

    /// `number` values of equal weight for all of `trend`, smallest first; every value by itself if there are
    /// no more than that.
    static func values(of trend: TrendSink, number: Int) -> [Double] {
        precondition(number > 0 && UInt64(number) <= trend.count, "as many values as there are, at most")
        if UInt64(number) == trend.count { return all(trend) }
        let width = Double(trend.count) / Double(number)
        var values: [Double] = []
        values.reserveCapacity(number)
        // Rank up to which the present slice reaches, and what it has so far.
        var (end, sum, seen) = (width, 0.0, 0.0)
        trend.histogram.forEachBucket { bucket in
            let value = min(max(bucket.midpoint, trend.min), trend.max)
            var left = Double(bucket.count)
            while values.count < number - 1, seen + left >= end {
                let part = end - seen
                values.append((sum + part * value) / width)
                left -= part
                seen = end
                sum = 0
                end = width * Double(values.count + 1)
            }
            sum += left * value
            seen += left
        }
        values.append(sum / (Double(trend.count) - width * Double(number - 1)))
        return scaled(values, to: trend.sum / Double(trend.count))
    }

    private static func all(_ trend: TrendSink) -> [Double] {
        var values: [Double] = []
        trend.histogram.forEachBucket { bucket in
            let value = min(max(bucket.midpoint, trend.min), trend.max)
            for _ in 0..<bucket.count { values.append(value) }
        }
        // Smallest and largest are known exactly, and so is the only one.
        values[0] = trend.min
        values[values.count - 1] = trend.max
        return values
    }

    /// Buckets are right to 0.05 %, the sum is exact: the values are moved by as much as they are off.
    private static func scaled(_ values: [Double], to mean: Double) -> [Double] {
        let present = values.reduce(0, +) / Double(values.count)
        let factor = mean / present
        let fits = factor.isFinite && abs(factor - 1) <= 0.001
        return values.map { short(fits ? $0 * factor : $0) }
    }

    /// Six decimals where they leave five digits or more: a mean's other digits mean nothing and cost time.
    private static func short(_ value: Double) -> Double {
        let scaled = value.magnitude * 1e6
        guard scaled >= 1e4, scaled < 1e15 else { return value }
        return value < 0 ? -(scaled.rounded() / 1e6) : scaled.rounded() / 1e6
    }

    /// How many samples each value of a metric stands for. The same from interval to interval as far as it
    /// can be, so that a store's mean over many of them is right as well: it changes only where there would
    /// be more than twice or less than a quarter of the values that are meant; of a shorter interval, as the
    /// last of a run is, less than its part of a quarter. What is under way at the end is slow above all.
    struct Weight {
        private var settled: Double?
        private var longestNs: Int64 = 1

        mutating func next(total: UInt64, most: Int, lengthNs: Int64) -> Double {
            longestNs = max(longestNs, lengthNs)
            let least = Double(most / 4) * Double(lengthNs) / Double(longestNs)
            let fitting = max(Double(total) / Double(most), 1)
            var weight = settled ?? fitting
            while weight * 2 < fitting { weight *= 2 }
            settled = weight
            return min(weight, max(Double(total) / max(least, 1), 1))
        }
    }

    /// Where in an interval the value at `index` of `number` stands, in 0..<1: spread evenly and mixed, so
    /// that any part of the interval shows all sizes.
    static func place(_ index: Int, of number: Int) -> Double {
        (Double(mixed(index, number)) + 0.5) / Double(number)
    }

    private static func mixed(_ index: Int, _ number: Int) -> Int {
        if number < 3 { return index }
        var step = max(Int(Double(number) * 0.618), 1)
        while gcd(step, number) != 1 { step += 1 }
        return (index * step) % number
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}
