// The text summary in k6's layout (modes compact and full), with Apus's own section and blocks behind k6's.
// The CLI prints the result on standard output at the end of a run; `LegacySummary` draws the third mode.

import Base

public enum SummaryText {
    /// The whole text. For a terminal, `TextStyle.clearingLineEnds` prepares it (and everything else that is
    /// printed where progress bars stood).
    public static func render(_ input: SummaryInput) -> String {
        let style = TextStyle(colors: input.options.colors)
        let body: [String]
        switch input.options.mode {
        case .legacy: body = LegacySummary(input, style).lines()
        case .compact, .full: body = SummaryPage(input, style).lines()
        }
        let blocks = SummaryBlocks(style).lines(input.blocks, afterLegacy: input.options.mode == .legacy)
        return (body + blocks + ["", ""]).joined(separator: "\n")
    }
}

/// One rendering of the sectioned layout.
struct SummaryPage {
    private let input: SummaryInput
    private let style: TextStyle

    init(_ input: SummaryInput, _ style: TextStyle) {
        self.input = input
        self.style = style
    }

    func lines() -> [String] {
        var lines = [""]
        let thresholds = thresholdLines()
        if !thresholds.isEmpty { lines += ["", title("THRESHOLDS")] + thresholds }
        lines += ["", title("TOTAL RESULTS"), ""]
        lines += results(metrics: input.metrics, checks: input.checks, indent: 4)
        if input.options.mode == .full {
            for group in input.groups { lines += topScope(group, "GROUP") }
            for scenario in input.scenarios.sorted(by: { NameOrder.precedes($0.name, $1.name) }) {
                lines += topScope(scenario, "SCENARIO")
            }
        }
        return lines
    }

    private func title(_ text: String) -> String { "  █ " + style.bold(text) + " " }

    // MARK: Thresholds

    private func thresholdLines() -> [String] {
        let judged = input.metrics.filter { !$0.thresholds.isEmpty }.sorted(by: NameOrder.precedes)
        let parents = Set(judged.filter { $0.tagText == nil }.map(\.name))
        var lines: [String] = []
        for metric in judged {
            let nested = metric.tagText != nil && parents.contains(metric.parentName)
            let indent = spaces(nested ? 6 : 4)
            let heading = nested ? String(metric.name.dropFirst(metric.parentName.count)) : metric.name
            lines += ["", indent + heading]
            lines += metric.thresholds.map { indent + thresholdLine($0, of: metric) }
        }
        return lines.isEmpty ? [] : lines + [""]
    }

    private func thresholdLine(_ threshold: SummaryThreshold, of metric: SummaryMetric) -> String {
        let source = Self.trimmed(threshold.source[...])
        let stat = Self.stat(of: source)
        let text = { (key: String) in
            ValueFormat.value(metric.value(key), metric.contains, timeUnit: input.options.timeUnit)
        }
        let value: String
        switch metric.kind {
        case .rate: value = ValueFormat.percent(metric.value("rate"))
        case .gauge: value = text("value")
        case .counter: value = stat == "count" ? text(stat) : text("rate") + "/s"
        case .trend:
            // Percentiles are known for every threshold, other stats only when the summary has them.
            let known = stat.hasSuffix(")") || input.options.trendStats.contains(stat)
            value = known ? text(stat) : ""
        }
        let mark = style.mark(threshold.ok)
        return "\(mark) \(style.white("'\(source)'")) \(style.white(stat))=\(style.cyan(value))"
    }

    /// The stat an expression is about. k6 cuts at the first `<`, `>` or `=`, so that for `!=` the mark stays
    /// with the stat, a counter's `count!` shows its rate and a trend shows nothing; we print the same.
    private static func stat(of source: String) -> String { trimmed(source.prefix { !"<>=".contains($0) }) }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    // MARK: Groups and scenarios

    private func topScope(_ scope: SummaryScope, _ kind: String) -> [String] {
        var lines = ["", title("\(kind): \(scope.name)"), ""]
        lines += results(metrics: scope.metrics, checks: scope.checks, indent: 4)
        for group in scope.groups { lines += nestedScope(group, indent: 4) }
        return lines
    }

    private func nestedScope(_ scope: SummaryScope, indent: Int) -> [String] {
        var lines = [spaces(indent) + "↳ " + style.bold("GROUP: \(scope.name)") + " ", ""]
        lines += results(metrics: scope.metrics, checks: scope.checks, indent: indent + 2)
        for group in scope.groups { lines += nestedScope(group, indent: indent + 2) }
        return lines
    }

    // MARK: Results

    /// Checks, then the sections; each part ends with a blank line.
    private func results(metrics: [SummaryMetric], checks: [SummaryCheck], indent: Int) -> [String] {
        var lines = checkLines(metrics: metrics, checks: checks, indent: indent)
        let shown = metrics.filter { SummarySection.isShown($0.parentName, input.options.mode) }
            .sorted(by: NameOrder.precedes)
        // Our own metrics are aligned among themselves, so that k6's part stays as k6 prints it.
        let own = { (metric: SummaryMetric) in SummarySection.of(metric.parentName) == .apus }
        lines += sections(shown.filter { !own($0) }, indent: indent)
        lines += sections(shown.filter(own), indent: indent)
        return lines
    }

    private func sections(_ metrics: [SummaryMetric], indent: Int) -> [String] {
        let rows = metrics.map { MetricRow($0, input.options) }
        let table = MetricTable(rows: rows, trendStats: input.options.trendStats.count, style: style)
        let width = rows.map { Self.labelWidth(name: $0.metric.name, label: Self.label($0)) }.max() ?? 0
        var lines: [String] = []
        for section in SummarySection.allCases {
            let members = rows.filter { SummarySection.of($0.metric.parentName) == section }
            if members.isEmpty { continue }
            lines.append(spaces(indent) + style.bold(section.rawValue))
            for row in members {
                let label = Self.label(row)
                lines.append(
                    spaces(indent) + label + table.tail(of: row, dots: width - displayWidth(label) - 1))
            }
            lines.append("")
        }
        return lines
    }

    private static func label(_ row: MetricRow) -> String { (row.isSubmetric ? "  " : "") + row.label }

    /// k6 1.1 adds the full name to the label when it measures, so its dots run further than they need to.
    private static func labelWidth(name: String, label: String) -> Int {
        4 + displayWidth(name) + displayWidth(label)
    }

    private func checkLines(metrics: [SummaryMetric], checks: [SummaryCheck], indent: Int) -> [String] {
        guard let metric = metrics.first(where: { $0.name == "checks" }) else { return [] }
        let passes = metric.value("passes")
        let fails = metric.value("fails")
        let total = passes + fails
        let perSecond = total / (Double(input.durationNs) / Double(Ns.perSecond))
        let counts = { (count: Double) in "\(Int64(count)) out of \(Int64(total))" }
        let rows = [
            MetricRow(
                label: "checks_total", value: ValueFormat.plain(total),
                extra: ValueFormat.plain(total == 0 ? 0 : perSecond) + "/s"),
            MetricRow(
                label: "checks_succeeded", value: ValueFormat.percent(metric.value("rate")),
                extra: counts(passes)),
            // Without a single check this is 0/0, and k6 says so.
            MetricRow(
                label: "checks_failed", value: ValueFormat.percent(fails / total), extra: counts(fails)),
        ]
        let table = MetricTable(rows: rows, trendStats: 0, style: style)
        let width = rows.map { Self.labelWidth(name: $0.label, label: $0.label) }.max() ?? 0
        var lines = rows.map { row in
            spaces(indent) + row.label + table.tail(of: row, dots: width - displayWidth(row.label) - 1)
        }
        lines.append("")
        for check in checks {
            let ok = check.fails == 0
            let line = (ok ? "✓ " : "✗ ") + check.name
            lines.append(spaces(indent) + (ok ? style.green(line) : style.red(line)))
            if ok { continue }
            // The deeper the block, the further k6 moves this line: twice the block's indent.
            let share = ValueFormat.wholePercent(passes: check.passes, fails: check.fails)
            lines.append(
                spaces(2 * indent - 2) + style.red("↳  \(share) — ✓ \(check.passes) / ✗ \(check.fails)"))
        }
        lines.append("")
        return lines
    }
}
