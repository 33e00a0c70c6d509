// The two JSON forms of a summary: the object handleSummary receives, and the flattened one of
// `--summary-export`. Called by the CLI at the end of a run and by the script layer. Keys keep one fixed
// order (k6's is arbitrary).

import Base

public enum SummaryJSON {
    /// k6's `data` argument of handleSummary.
    /// - Parameter indentSpaces: 0 for one line.
    public static func handleSummaryData(_ input: SummaryInput, indentSpaces: Int = 0) -> String {
        var json = JSONWriter(indentSpaces: indentSpaces)
        json.object { json in
            json.key("root_group")
            writeGroup(input.rootGroup, to: &json)
            json.key("options")
            json.object { json in
                json.key("summaryTrendStats")
                json.array(input.options.trendStats) { $0.value($1) }
                json.key("summaryTimeUnit")
                json.value(input.options.timeUnit)
                json.key("noColor")
                json.value(input.options.noColor)
            }
            json.key("state")
            json.object { json in
                json.key("isStdOutTTY")
                json.value(input.options.isStdoutTTY)
                json.key("isStdErrTTY")
                json.value(input.options.isStderrTTY)
                json.key("testRunDurationMs")
                json.value(Double(input.durationNs) / Double(Ns.perMillisecond))
            }
            json.key("metrics")
            json.object { json in
                for metric in sorted(input.metrics) {
                    json.key(metric.name)
                    writeMetric(metric, input.options, to: &json)
                }
            }
            if let setup = input.setupDataJSON {
                json.key("setup_data")
                json.raw(setup)
            }
        }
        return json.text
    }

    /// The file of `--summary-export`: groups and checks keyed by name, values flattened; a threshold's flag
    /// is true when it was *crossed*.
    public static func export(_ input: SummaryInput) -> String {
        var json = JSONWriter(indentSpaces: 4)
        json.object { json in
            json.key("root_group")
            exportGroup(input.rootGroup, to: &json)
            json.key("metrics")
            json.object { json in
                for metric in sorted(input.metrics) {
                    json.key(metric.name)
                    exportMetric(metric, input.options, to: &json)
                }
            }
            if let setup = input.setupDataJSON {
                json.key("setup_data")
                json.raw(setup)
            }
        }
        return json.text
    }

    private static func sorted(_ metrics: [SummaryMetric]) -> [SummaryMetric] {
        metrics.sorted(by: NameOrder.precedes)
    }

    // MARK: handleSummary's data

    private static func writeGroup(_ group: SummaryGroup, to json: inout JSONWriter) {
        json.object { json in
            writeIdentity(name: group.name, path: group.path, id: group.id, to: &json)
            json.key("groups")
            json.array(group.groups) { writeGroup($1, to: &$0) }
            json.key("checks")
            json.array(group.checks) { writeCheck($1, to: &$0) }
        }
    }

    private static func writeCheck(_ check: SummaryCheck, to json: inout JSONWriter) {
        json.object { json in
            writeIdentity(name: check.name, path: check.path, id: check.id, to: &json)
            json.key("passes")
            json.value(check.passes)
            json.key("fails")
            json.value(check.fails)
        }
    }

    private static func writeIdentity(name: String, path: String, id: String, to json: inout JSONWriter) {
        json.key("name")
        json.value(name)
        json.key("path")
        json.value(path)
        json.key("id")
        json.value(id)
    }

    private static func writeMetric(
        _ metric: SummaryMetric, _ options: SummaryOptions, to json: inout JSONWriter
    ) {
        json.object { json in
            json.key("type")
            json.value(metric.kind.rawValue)
            json.key("contains")
            json.value(metric.contains.rawValue)
            json.key("values")
            json.object { json in
                for stat in stats(of: metric, options) {
                    json.key(stat)
                    json.value(metric.value(stat))
                }
            }
            if metric.thresholds.isEmpty { return }
            json.key("thresholds")
            json.object { json in
                for threshold in unique(metric.thresholds) {
                    json.key(threshold.source)
                    json.object { json in
                        json.key("ok")
                        json.value(threshold.ok)
                    }
                }
            }
        }
    }

    /// The stats both forms show, in order.
    private static func stats(of metric: SummaryMetric, _ options: SummaryOptions) -> [String] {
        switch metric.kind {
        case .counter: ["count", "rate"]
        case .gauge: ["value", "min", "max"]
        case .rate: ["rate", "passes", "fails"]
        case .trend: options.trendStats
        }
    }

    /// Thresholds without repeated sources: an object holds each key once, and the last word counts.
    private static func unique(_ thresholds: [SummaryThreshold]) -> [SummaryThreshold] {
        thresholds.enumerated().filter { index, threshold in
            !thresholds[(index + 1)...].contains { $0.source == threshold.source }
        }.map(\.element)
    }

    // MARK: --summary-export

    private static func exportGroup(_ group: SummaryGroup, to json: inout JSONWriter) {
        json.object { json in
            writeIdentity(name: group.name, path: group.path, id: group.id, to: &json)
            json.key("groups")
            json.object { json in
                for child in group.groups {
                    json.key(child.name)
                    exportGroup(child, to: &json)
                }
            }
            json.key("checks")
            json.object { json in
                for check in group.checks {
                    json.key(check.name)
                    writeCheck(check, to: &json)
                }
            }
        }
    }

    private static func exportMetric(
        _ metric: SummaryMetric, _ options: SummaryOptions, to json: inout JSONWriter
    ) {
        json.object { json in
            for stat in stats(of: metric, options) {
                json.key(metric.kind == .rate && stat == "rate" ? "value" : stat)
                json.value(metric.value(stat))
            }
            if metric.thresholds.isEmpty { return }
            json.key("thresholds")
            json.object { json in
                for threshold in unique(metric.thresholds) {
                    json.key(threshold.source)
                    json.value(!threshold.ok)
                }
            }
        }
    }
}
