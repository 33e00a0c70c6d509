// The text summary as k6 drew it before its 1.0 (`--summary-mode legacy`): the tree of groups with their
// checks, then every metric in one list. Called by `SummaryText`.

struct LegacySummary {
    private let input: SummaryInput
    private let style: TextStyle

    init(_ input: SummaryInput, _ style: TextStyle) {
        self.input = input
        self.style = style
    }

    func lines() -> [String] {
        var lines = [""]
        lines += group(input.rootGroup, indent: 5, isRoot: true)
        // Our own metrics are aligned among themselves, so that k6's part stays as k6 prints it.
        let own = { (metric: SummaryMetric) in SummarySection.of(metric.parentName) == .apus }
        lines += metricLines(input.metrics.filter { !own($0) })
        let ours = input.metrics.filter(own)
        if !ours.isEmpty { lines += [""] + metricLines(ours) }
        return lines
    }

    private func group(_ group: SummaryGroup, indent: Int, isRoot: Bool = false) -> [String] {
        var lines: [String] = []
        var inner = indent
        if !isRoot {
            lines += [spaces(indent) + "█ " + group.name, ""]
            inner += 2
        }
        for check in group.checks { lines += checkLines(check, indent: inner) }
        if !group.checks.isEmpty { lines.append("") }
        for child in group.groups { lines += self.group(child, indent: inner) }
        return lines
    }

    private func checkLines(_ check: SummaryCheck, indent: Int) -> [String] {
        if check.fails == 0 { return [style.green("\(spaces(indent))✓ \(check.name)")] }
        let share = ValueFormat.wholePercent(passes: check.passes, fails: check.fails)
        let counts = "↳  \(share) — ✓ \(check.passes) / ✗ \(check.fails)"
        // One colour over both lines.
        let text = style.red("\(spaces(indent))✗ \(check.name)\n\(spaces(indent + 1))\(counts)")
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func metricLines(_ metrics: [SummaryMetric]) -> [String] {
        let rows = metrics.sorted(by: NameOrder.precedes).map { MetricRow($0, input.options) }
        let table = MetricTable(
            rows: rows, trendStats: input.options.trendStats.count, style: style, palette: .legacy)
        let width = rows.map { displayWidth($0.label) + ($0.isSubmetric ? 2 : 0) }.max() ?? 0
        return rows.map { row in
            let indent = row.isSubmetric ? 2 : 0
            let dots = width - displayWidth(row.label) - indent + 3
            return spaces(3 + indent) + mark(row.metric) + " " + row.label + table.tail(of: row, dots: dots)
        }
    }

    private func mark(_ metric: SummaryMetric) -> String {
        metric.thresholds.isEmpty ? " " : style.mark(metric.thresholds.allSatisfy(\.ok))
    }
}
