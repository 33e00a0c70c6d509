// One aligned table of metrics: label, dots, then the stats of a trend or a value with faint extras. A table
// knows the widths of its own rows only; `SummaryText` and `LegacySummary` make one per block and place its
// lines.

/// One line of a table before alignment.
struct MetricRow {
    enum Cells {
        case trend([(stat: String, value: String)])
        case plain(value: String, extras: [String])
    }

    let metric: SummaryMetric
    let label: String
    let cells: Cells

    /// A metric as a row, its values formatted.
    init(_ metric: SummaryMetric, _ options: SummaryOptions) {
        self.metric = metric
        label = metric.tagText.map { "{ \($0) }" } ?? metric.name
        let text = { (stat: String) in
            ValueFormat.value(metric.value(stat), metric.contains, timeUnit: options.timeUnit)
        }
        switch metric.kind {
        case .counter: cells = .plain(value: text("count"), extras: [text("rate") + "/s"])
        case .gauge:
            cells = .plain(value: text("value"), extras: ["min=" + text("min"), "max=" + text("max")])
        case .rate:
            let passes = Int64(metric.value("passes"))
            let total = passes + Int64(metric.value("fails"))
            cells = .plain(
                value: ValueFormat.percent(metric.value("rate")), extras: ["\(passes) out of \(total)"])
        case .trend:
            cells = .trend(
                options.trendStats.map { stat in
                    (stat, stat == "count" ? ValueFormat.plain(metric.value(stat)) : text(stat))
                })
        }
    }

    /// A row that is no metric of its own (the three lines on checks).
    init(label: String, value: String, extra: String) {
        metric = SummaryMetric(name: label, kind: .counter, values: [:])
        self.label = label
        cells = .plain(value: value, extras: [extra])
    }

    var isSubmetric: Bool { metric.tagText != nil }
}

/// The codes a table is painted with; k6's two layouts differ in them.
struct TablePalette {
    var dots: String
    var value: String
    var extra: String

    static let sections = TablePalette(dots: "2;37", value: "36", extra: "2;36")
    static let legacy = TablePalette(dots: "2", value: "36", extra: "36;2")
}

struct MetricTable {
    let rows: [MetricRow]
    private let style: TextStyle
    private let palette: TablePalette
    private var valueWidth = 0
    private var extraWidths = [0, 0]
    private var trendWidths: [Int]

    init(rows: [MetricRow], trendStats: Int, style: TextStyle, palette: TablePalette = .sections) {
        self.rows = rows
        self.style = style
        self.palette = palette
        trendWidths = Array(repeating: 0, count: trendStats)
        for row in rows { measure(row) }
    }

    private mutating func measure(_ row: MetricRow) {
        switch row.cells {
        case .trend(let stats):
            for (index, stat) in stats.enumerated() {
                trendWidths[index] = max(trendWidths[index], displayWidth(stat.value))
            }
        case .plain(let value, let extras):
            valueWidth = max(valueWidth, displayWidth(value))
            for (index, extra) in extras.enumerated() {
                extraWidths[index] = max(extraWidths[index], displayWidth(extra))
            }
        }
    }

    /// The dots and the values of `row`; the caller puts the label before them.
    func tail(of row: MetricRow, dots: Int) -> String {
        style.paint(String(repeating: ".", count: max(dots, 0)) + ":", palette.dots) + " " + values(of: row)
    }

    private func values(of row: MetricRow) -> String {
        switch row.cells {
        case .trend(let stats):
            return zip(stats, trendWidths).map { stat, width in
                let gap = spaces(width - displayWidth(stat.value))
                return stat.stat + "=" + style.paint(stat.value, palette.value) + gap
            }.joined(separator: " ")
        case .plain(let value, let extras):
            let head = style.paint(value, palette.value) + spaces(valueWidth - displayWidth(value))
            // A lone extra ends the line; two stand in columns.
            let tail = extras.enumerated().map { index, extra in
                let gap = extras.count == 1 ? "" : spaces(extraWidths[index] - displayWidth(extra))
                return style.paint(extra, palette.extra) + gap
            }
            return ([head] + tail).joined(separator: " ")
        }
    }
}
