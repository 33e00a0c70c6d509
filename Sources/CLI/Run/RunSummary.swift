// From the aggregate at the end of a run to what the summary prints: k6's metrics with their thresholds,
// Apus's own clock in open-loop runs, and the blocks of the verdict. Pure conversions.

import Base
import Engine
import EventLoop
import Metrics
import Outputs

enum RunSummary {
    /// k6's statistics of a trend unless `--summary-trend-stats` says otherwise.
    static let trendStatsDefault = ["avg", "min", "med", "max", "p(90)", "p(95)"]

    static func input(
        aggregate: Aggregate, thresholds: Thresholds, durationNs: Int64, isOpenLoop: Bool,
        options: SummaryOptions,
        blocks: [HealthBlock]
    ) -> SummaryInput {
        var metrics: [SummaryMetric] = []
        for definition in aggregate.registry.definitions {
            let series = aggregate.total(definition.id)
            let isOwn = definition.name.hasPrefix("apus_")
            if isOwn && !isOpenLoop { continue }
            add(series, definition.name, thresholds, durationNs, options, &metrics)
        }
        for submetric in aggregate.demand.submetrics {
            add(aggregate.submetric(submetric.id), submetric.name, thresholds, durationNs, options, &metrics)
        }
        return SummaryInput(
            metrics: metrics,
            rootGroup: SummaryGroup(name: "", path: "", id: rootGroupID, groups: [], checks: []),
            checks: [], groups: [], scenarios: [], durationNs: durationNs, setupDataJSON: nil,
            blocks: blocks.map { block in
                SummaryBlock(
                    title: block.title,
                    lines: block.lines.map {
                        SummaryBlock.Line(key: $0.key, value: $0.value, tone: tone($0.value))
                    })
            },
            options: options)
    }

    /// MD5 of the empty path, which is what k6 calls its root group.
    private static let rootGroupID = "d41d8cd98f00b204e9800998ecf8427e"

    private static func tone(_ value: String) -> SummaryBlock.Tone {
        value.hasPrefix("✗") || value.hasPrefix("CLIENT-BOUND") ? .bad : value.hasPrefix("✓") ? .good : .plain
    }

    /// A metric is shown once it has samples, or when a threshold stands on it.
    private static func add(
        _ series: Series, _ name: String, _ thresholds: Thresholds, _ durationNs: Int64,
        _ options: SummaryOptions,
        _ metrics: inout [SummaryMetric]
    ) {
        let group = thresholds.groups.first { $0.name == name }
        if series.isEmpty, group?.thresholds.isEmpty ?? true { return }
        let rules = group?.thresholds ?? []
        var stats = options.trendStats
        // A threshold's own statistic is shown beside it, asked for or not.
        for rule in rules where !stats.contains(rule.expression.label) { stats.append(rule.expression.label) }
        metrics.append(
            SummaryMetric(
                name: name, kind: kind(series.definition.kind),
                contains: contains(series.definition.contains),
                values: values(series.cumulative, stats, durationNs),
                thresholds: rules.map { SummaryThreshold(source: $0.rule.expression, ok: !$0.isCrossed) }))
    }

    /// `--profile`: what the workers' loops did, as shares of their time.
    static func block(_ profile: LoopProfile) -> HealthBlock {
        let names: [(LoopPhase, String)] = [
            (.wait, "kernel wait"), (.read, "read"), (.parse, "parse"), (.tls, "tls"),
            (.iteration, "iteration"),
            (.record, "record"), (.write, "write"), (.schedule, "schedule"),
        ]
        return HealthBlock(
            title: "PROFILE",
            lines: names.map { (key: $0.1, value: HealthText.percent(profile.share($0.0))) } + [
                (key: "samples", value: "\(profile.total)")
            ])
    }

    private static func kind(_ kind: MetricKind) -> SummaryMetric.Kind {
        switch kind {
        case .counter: .counter
        case .gauge: .gauge
        case .rate: .rate
        case .trend: .trend
        }
    }

    private static func contains(_ contains: MetricContains) -> SummaryContent {
        switch contains {
        case .plain: .standard
        case .time: .time
        case .data: .data
        }
    }

    static func values(_ sink: Sink, _ stats: [String], _ durationNs: Int64) -> [String: Double] {
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
            else {
                return nil
            }
            return trend.percentile(percent)
        }
    }
}
