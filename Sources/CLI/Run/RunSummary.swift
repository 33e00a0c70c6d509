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
        options: SummaryOptions, blocks: [HealthBlock], setupDataJSON: String? = nil
    ) -> SummaryInput {
        var metrics: [SummaryMetric] = []
        for definition in aggregate.registry.definitions {
            let series = aggregate.total(definition.id)
            if isOwn(definition) && !isOpenLoop { continue }
            add(series, definition.name, thresholds, durationNs, options, &metrics)
        }
        for submetric in aggregate.demand.submetrics {
            add(aggregate.submetric(submetric.id), submetric.name, thresholds, durationNs, options, &metrics)
        }
        let tree = SummaryTree(
            series: aggregate.series.filter { isOpenLoop || !isOwn($0.definition) }, mode: options.mode,
            stats: options.trendStats, durationNs: durationNs)
        return SummaryInput(
            metrics: metrics, rootGroup: tree.rootGroup, checks: tree.checks, groups: tree.groups,
            scenarios: tree.scenarios, durationNs: durationNs, setupDataJSON: setupDataJSON,
            blocks: blocks.map { block in
                SummaryBlock(
                    title: block.title,
                    lines: block.lines.map {
                        SummaryBlock.Line(key: $0.key, value: $0.value, tone: tone($0.value))
                    })
            },
            options: options)
    }

    /// `--summary-export`. - Parameter data: JSON of what handleSummary was given, as it left it.
    static func export(_ input: SummaryInput, data: [UInt8]? = nil, to path: String?, _ logger: Logger) {
        guard let path else { return }
        var text: String?
        do throws(JSONValue.ParseError) {
            if let data { text = SummaryJSON.export(data: try JSONValue.parse(data)) }
        } catch {
            logger.log(.debug, "handleSummary's data are exported as they were before it: \(error)")
        }
        do { try FileOutput.write(Array((text ?? SummaryJSON.export(input)).utf8), to: path) } catch {
            logger.log(.error, "the summary could not be exported to \(path): \(error.reason)")
        }
    }

    private static func isOwn(_ definition: MetricDefinition) -> Bool {
        definition.name.hasPrefix("apus_")
    }

    private static func tone(_ value: String) -> SummaryBlock.Tone {
        value.hasPrefix("✗") || value.hasPrefix("CLIENT-BOUND") ? .bad : value.hasPrefix("✓") ? .good : .plain
    }

    /// A metric is shown once it has samples, or when a threshold, or an empty list of them,
    /// stands on it or on a part of it.
    private static func add(
        _ series: Series, _ name: String, _ thresholds: Thresholds, _ durationNs: Int64,
        _ options: SummaryOptions,
        _ metrics: inout [SummaryMetric]
    ) {
        let group = thresholds.groups.first { $0.name == name }
        let isWatched =
            thresholds.areHeeded
            && thresholds.groups.contains { $0.name == name || $0.name.hasPrefix(name + "{") }
        if series.isEmpty, !isWatched { return }
        let rules = group?.thresholds ?? []
        var stats = options.trendStats
        // A threshold's own statistic is shown beside it, asked for or not.
        for rule in rules where !stats.contains(rule.expression.label) { stats.append(rule.expression.label) }
        metrics.append(
            SummaryMetric(
                name: name, definition: series.definition, sink: series.cumulative, stats: stats,
                durationNs: durationNs,
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
}
