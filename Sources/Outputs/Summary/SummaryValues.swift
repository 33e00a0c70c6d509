// From what the metrics' sinks counted to the numbers a summary shows. Pure conversions, called at the end of
// a run by the CLI and by the tree of groups.

import Metrics

extension SummaryMetric {
    /// - Parameters:
    ///   - name: the full name, of a sub-metric with its tags.
    ///   - stats: of a trend, under the spellings of `--summary-trend-stats` and of thresholds.
    ///   - durationNs: of the run, for counters per second.
    public init(
        name: String, definition: MetricDefinition, sink: Sink, stats: [String], durationNs: Int64,
        thresholds: [SummaryThreshold] = []
    ) {
        self.init(
            name: name, kind: Kind(definition.kind), contains: SummaryContent(definition.contains),
            values: Self.values(sink, stats, durationNs), thresholds: thresholds)
    }

    private static func values(_ sink: Sink, _ stats: [String], _ durationNs: Int64) -> [String: Double] {
        switch sink {
        case .counter(let counter):
            return ["count": counter.sum, "rate": counter.rate(durationNs: durationNs)]
        case .gauge(let gauge):
            return ["value": gauge.value, "min": gauge.min, "max": gauge.max]
        case .rate(let rate):
            return ["rate": rate.rate, "passes": Double(rate.passes), "fails": Double(rate.fails)]
        case .trend(let trend):
            var values: [String: Double] = [:]
            for stat in stats { values[stat] = value(trend, stat) }
            return values
        }
    }

    private static func value(_ trend: TrendSink, _ stat: String) -> Double? {
        switch stat {
        case "avg": return trend.avg
        case "min": return trend.min
        case "med": return trend.med
        case "max": return trend.max
        case "count": return Double(trend.count)
        default:
            guard stat.hasPrefix("p("), stat.hasSuffix(")"),
                let percent = Double(stat.dropFirst(2).dropLast())
            else { return nil }
            return trend.percentile(percent)
        }
    }
}

extension SummaryMetric.Kind {
    init(_ kind: MetricKind) {
        switch kind {
        case .counter: self = .counter
        case .gauge: self = .gauge
        case .rate: self = .rate
        case .trend: self = .trend
        }
    }
}

extension SummaryContent {
    init(_ contains: MetricContains) {
        switch contains {
        case .plain: self = .standard
        case .time: self = .time
        case .data: self = .data
        }
    }
}
