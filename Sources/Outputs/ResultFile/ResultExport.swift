// A stored trend in HdrHistogram's own forms: the interval log, and the table of percentiles (.hgrm). Called
// by `apus export`. In both the values are the metric's (milliseconds for times); in the log they are whole
// numbers times the ratio that each histogram carries.

import Base
import Codec
import Metrics

public enum ResultExport {
    /// One histogram of all values. - Throws: when they cannot stand in one.
    static func histogram(
        _ trend: TrendSink, _ name: String, scale: BucketScale? = nil
    ) throws(ResultProblem) -> HdrHistogram {
        var negatives: UInt64 = 0
        trend.histogram.forEachBucket { if $0.isNegative { negatives += $0.count } }
        if negatives > 0 {
            throw ResultProblem("\(name) has \(negatives) values below 0, which HdrHistogram does not know")
        }
        let all = TrendBuckets.histograms(of: trend.histogram, negative: false, scale: scale)
        if all.count > 1 {
            throw ResultProblem("the values of \(name) span more than the 53 powers of two of one histogram")
        }
        return all.first ?? HdrHistogram(ratio: BucketScale.usual.ratio)
    }

    // MARK: The log

    public static func logHead(startNs: Int64, name: String, apus: String) -> String {
        let start = seconds(startNs)
        return """
            #[Histogram log format version 1.3]
            #[Logged by apus \(apus): \(name), each value times the histogram's ratio]
            #[StartTime: \(start) (seconds since epoch)]
            #[BaseTime: \(start) (seconds since epoch)]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    /// One interval. All of a log have one scale, that of `whole`, so that readers may add them up.
    public static func logLine(
        _ trend: TrendSink, whole: TrendSink, name: String, fromNs: Int64, toNs: Int64, startNs: Int64
    ) throws(ResultProblem) -> String {
        let all = try histogram(whole, name)
        var one = try histogram(trend, name, scale: BucketScale(ratio: all.ratio))
        one.highest = all.highest
        let times = [seconds(max(fromNs - startNs, 0)), seconds(toNs - fromNs)]
        let highest = NumberText.fixed(max(trend.max, 0), decimals: 3)
        return (times + [highest, HdrHistogramV2.encode(one)]).joined(separator: ",") + "\n"
    }

    private static func seconds(_ ns: Int64) -> String {
        NumberText.fixed(Double(ns) / Double(Ns.perSecond), decimals: 3)
    }

    // MARK: The table

    /// Steps on each half of the way to 100 %, as the format's own tools take them.
    private static let ticksPerHalf = 5

    public static func hgrm(_ trend: TrendSink, name: String) throws(ResultProblem) -> String {
        let histogram = try histogram(trend, name)
        var text = "\(right("Value", 12)) \(right("Percentile", 14)) \(right("TotalCount", 10)) "
        text += "\(right("1/(1-Percentile)", 14))\n\n"
        let total = histogram.total
        var seen: Int64 = 0
        var level = 0.0
        var step = 100 / (2 * Double(ticksPerHalf))
        var ticks = 0
        for entry in histogram.counts {
            seen += entry.count
            let value = Double(histogram.highest(at: entry.index)) * histogram.ratio
            while level <= 100 * Double(seen) / Double(total) {
                text += row(value, level, seen)
                if seen == total { break }
                level += step
                ticks += 1
                if ticks % ticksPerHalf == 0 { step /= 2 }
            }
            if seen == total { text += row(value, 100, seen) }
        }
        let deviation = deviation(histogram, mean: trend.avg)
        text += "#[Mean    = \(number(trend.avg)), StdDeviation   = \(number(deviation))]\n"
        text += "#[Max     = \(number(trend.max)), Total count    = \(right(String(total), 12))]\n"
        let buckets = histogram.counts.last.map { max($0.index >> histogram.octaveBits, 1) } ?? 1
        text += "#[Buckets = \(right(String(buckets), 12)), SubBuckets     = \(right("2048", 12))]\n"
        return text
    }

    private static func row(_ value: Double, _ level: Double, _ count: Int64) -> String {
        // A level is a sum of halves of ten: exact in far more than these digits.
        let digits = String(Int64((level * 1e10).rounded()))
        let zeros = String(repeating: "0", count: max(13 - digits.utf8.count, 0))
        let share = zeros + digits
        let head = "\(number(value)) \(share.prefix(1)).\(share.dropFirst())"
        let tail = level < 100 ? " " + right(NumberText.fixed(1 / (1 - level / 100), decimals: 2), 14) : ""
        return head + " " + right(String(count), 10) + tail + "\n"
    }

    private static func deviation(_ histogram: HdrHistogram, mean: Double) -> Double {
        var sum = 0.0
        for entry in histogram.counts {
            let middle = Double(histogram.lowest(at: entry.index) + histogram.width(at: entry.index) / 2)
            let off = middle * histogram.ratio - mean
            sum += off * off * Double(entry.count)
        }
        return histogram.counts.isEmpty ? 0 : (sum / Double(histogram.total)).squareRoot()
    }

    private static func number(_ value: Double) -> String { right(NumberText.fixed(value, decimals: 3), 12) }

    private static func right(_ text: String, _ width: Int) -> String {
        spaces(width - text.utf8.count) + text
    }
}
