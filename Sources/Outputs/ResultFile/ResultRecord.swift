// What the lines of a result file say, as values: docs/result-file.md describes the format. Written by
// `apus run --save` and `apus merge --save`, read by `merge`, `export` and whatever builds on results. Times
// are wall-clock nanoseconds since 1970.

import Base
import Metrics

/// The first line: what was run, where, and which metrics and series are to come.
public struct ResultHeader: Equatable, Sendable {
    /// Readers refuse what is newer.
    public static let version = 1
    public static let format = "apus-result"

    /// Version of the Apus that wrote it.
    public var apus: String
    /// Random: the same in two files means the same run twice.
    public var id: String
    public var startNs: Int64
    /// The script's path or the URL, without its password.
    public var subject: String
    /// What this run was of its test, "0:1" for the whole; empty in a merged file.
    public var segment: String
    public var sequence: String?
    /// The options' object as JSON, without the keys of client certificates.
    public var optionsJSON: String
    public var environment: [Fact]
    public var summary: ResultSummary
    public var metrics: [ResultMetric]
    public var submetrics: [ResultSubmetric]
    public var thresholds: [ThresholdDeclaration]
    /// Of a merged file: the runs in it.
    public var parts: [ResultPart]

    public struct Fact: Equatable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        apus: String, id: String, startNs: Int64, subject: String, segment: String, sequence: String? = nil,
        optionsJSON: String = "{}", environment: [Fact] = [], summary: ResultSummary = ResultSummary(),
        metrics: [ResultMetric] = [], submetrics: [ResultSubmetric] = [],
        thresholds: [ThresholdDeclaration] = [], parts: [ResultPart] = []
    ) {
        self.apus = apus
        self.id = id
        self.startNs = startNs
        self.subject = subject
        self.segment = segment
        self.sequence = sequence
        self.optionsJSON = optionsJSON
        self.environment = environment
        self.summary = summary
        self.metrics = metrics
        self.submetrics = submetrics
        self.thresholds = thresholds
        self.parts = parts
    }
}

/// How the run's own summary was asked for.
public struct ResultSummary: Equatable, Sendable {
    public var trendStats: [String]
    public var timeUnit: String
    /// compact, full, legacy or disabled.
    public var mode: String
    /// Whether Apus's own clock belongs to the results.
    public var isOpenLoop: Bool

    public init(
        trendStats: [String] = SummaryOptions.trendStatsDefault, timeUnit: String = "",
        mode: String = "compact", isOpenLoop: Bool = false
    ) {
        self.trendStats = trendStats
        self.timeUnit = timeUnit
        self.mode = mode
        self.isOpenLoop = isOpenLoop
    }
}

public struct ResultMetric: Hashable, Sendable {
    public var name: String
    public var kind: MetricKind
    public var contains: MetricContains

    public init(_ name: String, _ kind: MetricKind, _ contains: MetricContains) {
        self.name = name
        self.kind = kind
        self.contains = contains
    }
}

public struct ResultSubmetric: Hashable, Sendable {
    public var metric: String
    public var suffix: String
    public var tags: [MetricTag]

    public init(metric: String, suffix: String, tags: [MetricTag]) {
        self.metric = metric
        self.suffix = suffix
        self.tags = tags
    }

    public var name: String { "\(metric){\(suffix)}" }
}

/// A series by what it is of; the line that introduces it gives it a number.
public struct ResultSeries: Hashable, Sendable {
    public enum Scope: Hashable, Sendable {
        case total
        /// What stands between the braces.
        case submetric(String)
        case tagged([MetricTag])
        case overflow
    }

    public var metric: String
    public var scope: Scope

    public init(metric: String, scope: Scope) {
        self.metric = metric
        self.scope = scope
    }

    /// "http_reqs" or "http_reqs{status:200}", sub-metrics under their own name.
    public var name: String {
        switch scope {
        case .total: metric
        case .submetric(let suffix): "\(metric){\(suffix)}"
        case .tagged(let tags): "\(metric){\(tags.map { "\($0.key):\($0.value)" }.joined(separator: ","))}"
        case .overflow: "\(metric){\(SeriesKey.overflowTag.key):\(SeriesKey.overflowTag.value)}"
        }
    }
}

/// What an interval, or the whole run, added to series.
public struct ResultValues {
    public var fromNs: Int64
    public var toNs: Int64
    public var values: [(series: Int, sink: Sink)]

    public init(fromNs: Int64, toNs: Int64, values: [(series: Int, sink: Sink)]) {
        self.fromNs = fromNs
        self.toNs = toNs
        self.values = values
    }
}

public struct ResultVerdict: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        public var name: String
        public var text: String
        /// against, neutral or unknown.
        public var mark: String

        public init(name: String, text: String, mark: String) {
            self.name = name
            self.text = text
            self.mark = mark
        }
    }

    /// "CLIENT-BOUND", …
    public var kind: String
    public var cause: String?
    public var reason: String
    public var evidence: [Line]

    public init(kind: String, cause: String?, reason: String, evidence: [Line]) {
        self.kind = kind
        self.cause = cause
        self.reason = reason
        self.evidence = evidence
    }

    public var headline: String { "\(kind)\(cause.map { " (\($0))" } ?? ""): \(reason)" }
}

/// The last line: how it ended.
public struct ResultEnd: Equatable, Sendable {
    public struct Threshold: Equatable, Sendable {
        /// Of the metric or sub-metric.
        public var name: String
        public var expression: String
        public var isPassed: Bool
        public var value: Double?

        public init(name: String, expression: String, isPassed: Bool, value: Double?) {
            self.name = name
            self.expression = expression
            self.isPassed = isPassed
            self.value = value
        }
    }

    public struct Check: Equatable, Sendable {
        /// "::group::name".
        public var path: String
        public var passes: Int64
        public var fails: Int64

        public init(path: String, passes: Int64, fails: Int64) {
            self.path = path
            self.passes = passes
            self.fails = fails
        }
    }

    public var atNs: Int64
    /// Of the run, pauses excluded: what counters per second are counted by.
    public var elapsedNs: Int64
    /// The process's exit code as far as the run decided it.
    public var exitCode: Int
    /// Whether something ended it before its load was over.
    public var isAborted: Bool
    public var thresholds: [Threshold]
    public var checks: [Check]
    /// None of a merged file: each part has its own.
    public var verdict: ResultVerdict?
    /// The other blocks of the run's summary, as text.
    public var blocks: [SummaryBlock]

    public init(
        atNs: Int64, elapsedNs: Int64, exitCode: Int, isAborted: Bool = false, thresholds: [Threshold] = [],
        checks: [Check] = [], verdict: ResultVerdict? = nil, blocks: [SummaryBlock] = []
    ) {
        self.atNs = atNs
        self.elapsedNs = elapsedNs
        self.exitCode = exitCode
        self.isAborted = isAborted
        self.thresholds = thresholds
        self.checks = checks
        self.verdict = verdict
        self.blocks = blocks
    }
}

/// A run within a merged result.
public struct ResultPart: Equatable, Sendable {
    /// The file it was read from.
    public var name: String
    public var id: String
    public var segment: String
    public var sequence: String?
    public var startNs: Int64
    public var endNs: Int64
    public var elapsedNs: Int64
    /// nil when the file ended without its last lines: the process was killed, or still runs.
    public var exitCode: Int?
    /// Whether something ended it before its load was over.
    public var isAborted: Bool
    /// Without its evidence.
    public var verdict: ResultVerdict?

    public init(
        name: String, id: String, segment: String, sequence: String?, startNs: Int64, endNs: Int64,
        elapsedNs: Int64, exitCode: Int?, isAborted: Bool = false, verdict: ResultVerdict?
    ) {
        self.name = name
        self.id = id
        self.segment = segment
        self.sequence = sequence
        self.startNs = startNs
        self.endNs = endNs
        self.elapsedNs = elapsedNs
        self.exitCode = exitCode
        self.isAborted = isAborted
        self.verdict = verdict
    }
}

public enum ResultRecord {
    case header(ResultHeader)
    /// Introduces a series under its number.
    case series(Int, ResultSeries)
    case interval(ResultValues)
    case totals(ResultValues)
    case end(ResultEnd)
}
