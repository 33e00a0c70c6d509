// What a summary is made of: plain values, computed beforehand from the last snapshot. The CLI fills it once
// at the end of a run; the text, `--summary-export` and handleSummary's data are all rendered from it.
// Nothing here touches the engine, so that a summary can be rendered from a stored result as well.

/// How much the text summary shows (`--summary-mode`).
public enum SummaryMode: String, Sendable, CaseIterable {
    case compact, full, legacy
}

/// What a metric's numbers count (`contains` in k6's data): decides how they are printed.
public enum SummaryContent: String, Sendable {
    case standard = "default"
    /// Milliseconds.
    case time
    /// Bytes.
    case data
}

/// One threshold expression as its author wrote it, and how it ended.
public struct SummaryThreshold: Equatable, Sendable {
    public var source: String
    public var ok: Bool

    public init(source: String, ok: Bool) {
        self.source = source
        self.ok = ok
    }
}

public struct SummaryMetric: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, rate, trend
    }

    /// The full name; of a sub-metric with its tags ("http_reqs{scenario:a}").
    public var name: String
    public var kind: Kind
    public var contains: SummaryContent
    /// Counter: `count`, `rate` (per second). Gauge: `value`, `min`, `max`. Rate: `rate` (0...1), `passes`,
    /// `fails`. Trend: every stat of `SummaryOptions.trendStats`. Beside these every stat that a threshold
    /// names, under the threshold's own spelling ("p(99.9)"). What is missing counts as 0, as an empty metric
    /// does in k6.
    public var values: [String: Double]
    /// In the order the options gave them.
    public var thresholds: [SummaryThreshold]

    public init(
        name: String, kind: Kind, contains: SummaryContent = .standard, values: [String: Double],
        thresholds: [SummaryThreshold] = []
    ) {
        self.name = name
        self.kind = kind
        self.contains = contains
        self.values = values
        self.thresholds = thresholds
    }

    /// The metric a sub-metric belongs to; its own name otherwise.
    public var parentName: String { String(name.prefix { $0 != "{" }) }
    /// The tags in braces, without the braces; nil for a metric proper.
    public var tagText: String? {
        guard let open = name.firstIndex(of: "{"), name.hasSuffix("}") else { return nil }
        return String(name[name.index(after: open)...].dropLast())
    }

    func value(_ stat: String) -> Double { values[stat] ?? 0 }
}

public struct SummaryCheck: Equatable, Sendable {
    public var name: String
    /// "::group::name" and its MD5 in hexadecimal; only the JSON forms show them.
    public var path: String
    public var id: String
    public var passes: Int64
    public var fails: Int64

    public init(name: String, path: String = "", id: String = "", passes: Int64, fails: Int64) {
        self.name = name
        self.path = path
        self.id = id
        self.passes = passes
        self.fails = fails
    }
}

/// The tree of groups over the whole run, all scenarios together; its root has an empty name.
public struct SummaryGroup: Equatable, Sendable {
    public var name: String
    public var path: String
    public var id: String
    public var groups: [SummaryGroup]
    public var checks: [SummaryCheck]

    public init(
        name: String = "", path: String = "", id: String = "", groups: [SummaryGroup] = [],
        checks: [SummaryCheck] = []
    ) {
        self.name = name
        self.path = path
        self.id = id
        self.groups = groups
        self.checks = checks
    }
}

/// The numbers of one group, or of one scenario, alone: what `full` mode adds.
public struct SummaryScope: Equatable, Sendable {
    public var name: String
    public var metrics: [SummaryMetric]
    public var checks: [SummaryCheck]
    public var groups: [SummaryScope]

    public init(
        name: String, metrics: [SummaryMetric] = [], checks: [SummaryCheck] = [], groups: [SummaryScope] = []
    ) {
        self.name = name
        self.metrics = metrics
        self.checks = checks
        self.groups = groups
    }
}

/// A block of Apus's own behind k6's part: a title and its lines.
public struct SummaryBlock: Equatable, Sendable {
    /// How a line's mark or value is coloured.
    public enum Tone: Sendable {
        case plain, good, bad, faint
    }

    public struct Line: Equatable, Sendable {
        /// Left of the dots; empty for a line of text alone.
        public var key: String
        public var value: String
        /// Shown faint behind the value, in a column of its own.
        public var extra: String
        public var tone: Tone

        public init(key: String = "", value: String, extra: String = "", tone: Tone = .plain) {
            self.key = key
            self.value = value
            self.extra = extra
            self.tone = tone
        }
    }

    public var title: String
    public var lines: [Line]

    public init(title: String, lines: [Line]) {
        self.title = title
        self.lines = lines
    }
}

public struct SummaryOptions: Equatable, Sendable {
    /// k6's default of `--summary-trend-stats`.
    public static let trendStatsDefault = ["avg", "min", "med", "max", "p(90)", "p(95)"]

    public var trendStats: [String]
    /// "s", "ms", "us", or "" for the unit that suits each value.
    public var timeUnit: String
    public var mode: SummaryMode
    /// Whether the text carries ANSI colours: a terminal, and no `--no-color`.
    public var colors: Bool
    /// `--no-color` as given; only handleSummary's data shows it.
    public var noColor: Bool
    public var isStdoutTTY: Bool
    public var isStderrTTY: Bool

    public init(
        trendStats: [String] = SummaryOptions.trendStatsDefault, timeUnit: String = "",
        mode: SummaryMode = .compact,
        colors: Bool = false, noColor: Bool = false, isStdoutTTY: Bool = false, isStderrTTY: Bool = false
    ) {
        self.trendStats = trendStats
        self.timeUnit = timeUnit
        self.mode = mode
        self.colors = colors
        self.noColor = noColor
        self.isStdoutTTY = isStdoutTTY
        self.isStderrTTY = isStderrTTY
    }
}

public struct SummaryInput: Equatable, Sendable {
    /// Every metric and sub-metric that is to be seen, in any order.
    public var metrics: [SummaryMetric]
    public var rootGroup: SummaryGroup
    /// Checks in first-seen order, those of one name merged over all groups.
    public var checks: [SummaryCheck]
    /// `full` mode: the groups of the scenario "default" alone, and every other scenario.
    public var groups: [SummaryScope]
    public var scenarios: [SummaryScope]
    /// From the start of the run, set-up included, without pauses.
    public var durationNs: Int64
    /// What setup() returned, as JSON text; nil when there was none.
    public var setupDataJSON: String?
    public var blocks: [SummaryBlock]
    public var options: SummaryOptions

    public init(
        metrics: [SummaryMetric] = [], rootGroup: SummaryGroup = SummaryGroup(), checks: [SummaryCheck] = [],
        groups: [SummaryScope] = [], scenarios: [SummaryScope] = [], durationNs: Int64,
        setupDataJSON: String? = nil, blocks: [SummaryBlock] = [], options: SummaryOptions = SummaryOptions()
    ) {
        self.metrics = metrics
        self.rootGroup = rootGroup
        self.checks = checks
        self.groups = groups
        self.scenarios = scenarios
        self.durationNs = durationNs
        self.setupDataJSON = setupDataJSON
        self.blocks = blocks
        self.options = options
    }
}
