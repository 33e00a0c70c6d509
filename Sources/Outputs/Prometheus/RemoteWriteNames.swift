// What series are called in Prometheus: k6's rules for names, units and labels. Pure; called by
// `RemoteWriteSeries` once per series.

import Metrics
import PrometheusProto

public enum RemoteWriteNames {
    static let nameLabel = "__name__"

    /// The name of a metric's series; of a trend's, one per statistic, or one when `isNative`.
    public static func names(
        of metric: MetricDefinition, statistics: [TrendStatistic], isNative: Bool
    ) -> [String] {
        let base = "k6_\(metric.name)"
        switch metric.kind {
        case .counter: return ["\(base)_total"]
        case .gauge: return [base]
        case .rate: return ["\(base)_rate"]
        case .trend where isNative:
            switch metric.contains {
            case .time: return ["\(base)_seconds"]
            case .data: return ["\(base)_bytes"]
            case .plain: return [base]
            }
        case .trend: return statistics.map { "\(base)_\($0.suffix)" }
        }
    }

    /// What a trend's values are multiplied by: Prometheus wants seconds.
    public static func unit(of metric: MetricDefinition) -> Double {
        metric.kind == .trend && metric.contains == .time ? 0.001 : 1
    }

    /// The labels of a series, sorted by name as bytes, as Prometheus demands. A tag without a value is no
    /// label; one of the name's own label would make Prometheus refuse the whole request, and is left out.
    public static func labels(name: String, tags: [MetricTag]) -> [Prometheus_Label] {
        var labels = [label(nameLabel, name)]
        for tag in tags where !tag.value.isEmpty && tag.key != nameLabel {
            labels.append(label(tag.key, tag.value))
        }
        labels.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return labels
    }

    private static func label(_ name: String, _ value: String) -> Prometheus_Label {
        var label = Prometheus_Label()
        label.name = name
        label.value = value
        return label
    }
}
