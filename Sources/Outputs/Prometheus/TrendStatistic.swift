// The statistics of a trend that become gauges in Prometheus (`K6_PROMETHEUS_RW_TREND_STATS`), with k6's
// names. Pure; read at set-up by `RemoteWriteConfiguration`, computed by `RemoteWriteSeries`.

import Base
import Metrics

public enum TrendStatistic: Hashable, Sendable {
    case avg, min, med, max, count, sum
    /// - digits: N of `p(N)` as given, without its point.
    case percentile(Double, digits: String)

    /// - Parameter text: as given, spaces and all, which k6 does not forgive.
    public init(_ text: String) throws(OutputError) {
        switch text {
        case "avg": self = .avg
        case "min": self = .min
        case "med": self = .med
        case "max": self = .max
        case "count": self = .count
        case "sum": self = .sum
        default:
            guard text.hasPrefix("p("), text.hasSuffix(")") else {
                throw OutputError("invalid trend stat '\(text)', unknown format")
            }
            let inner = String(text.dropFirst(2).dropLast())
            let percent: Double
            do { percent = try GoText.parseFloat(inner) } catch { percent = .nan }
            guard percent >= 0, percent <= 100 else {
                throw OutputError(
                    "invalid percentile trend stat value '\(text)', provide a number between 0 and 100")
            }
            self = .percentile(percent, digits: String(inner.filter { $0 != "." }))
        }
    }

    /// What follows the metric's name.
    public var suffix: String {
        switch self {
        case .avg: "avg"
        case .min: "min"
        case .med: "med"
        case .max: "max"
        case .count: "count"
        case .sum: "sum"
        case .percentile(_, let digits): "p\(digits)"
        }
    }

    public func value(of trend: TrendSink) -> Double {
        switch self {
        case .avg: trend.avg
        case .min: trend.min
        case .med: trend.med
        case .max: trend.max
        case .count: Double(trend.count)
        case .sum: trend.sum
        case .percentile(let percent, _): trend.percentile(percent)
        }
    }
}
