// The thresholds of a run: checked against the metrics at set-up, where they also demand their sub-metrics;
// evaluated by the control thread every two seconds and once at the end; asked for results by summary, REST
// and the exit code.

import Base

/// One threshold as the options declare it.
public struct ThresholdRule: Hashable, Sendable {
    public var expression: String
    public var abortOnFail: Bool
    /// With `abortOnFail`: how long the test must have run before a failure aborts it. 0: at once.
    public var delayAbortEvalNs: Int64

    public init(_ expression: String, abortOnFail: Bool = false, delayAbortEvalNs: Int64 = 0) {
        self.expression = expression
        self.abortOnFail = abortOnFail
        self.delayAbortEvalNs = delayAbortEvalNs
    }
}

/// All thresholds under one key of the options. An empty list still demands the sub-metric.
public struct ThresholdDeclaration: Hashable, Sendable {
    public var key: String
    public var rules: [ThresholdRule]

    public init(_ key: String, _ rules: [ThresholdRule]) {
        self.key = key
        self.rules = rules
    }
}

/// One threshold with the outcome of its last evaluation.
public struct Threshold: Sendable {
    public let rule: ThresholdRule
    public let expression: ThresholdExpression
    /// Whether it was crossed; false as long as it was never evaluated.
    public fileprivate(set) var isCrossed = false
    /// What was compared, 0 for an empty metric; nil as long as it was never evaluated.
    public fileprivate(set) var value: Double?
}

/// The thresholds of one metric or sub-metric.
public struct ThresholdGroup: Sendable {
    /// "http_req_duration" or "http_req_duration{scenario:a}".
    public let name: String
    public let metric: MetricID
    /// Nil: the metric's total.
    public let submetric: SubmetricID?
    public fileprivate(set) var thresholds: [Threshold]

    /// k6's word for "some threshold on it is crossed".
    public var isTainted: Bool { thresholds.contains(where: \.isCrossed) }

    public func series(in aggregate: Aggregate) -> Series {
        submetric.map(aggregate.submetric) ?? aggregate.total(metric)
    }
}

public struct ThresholdVerdict: Hashable, Sendable {
    /// Names of the groups with a crossed threshold, sorted.
    public var crossed: [String]
    /// Whether one of them says the run must end now.
    public var mustAbort: Bool

    public var isPassed: Bool { crossed.isEmpty }

    /// The line a failed run ends with.
    public var message: String {
        let names = "thresholds on metrics '\(crossed.joined(separator: ", "))'"
        return mustAbort
            ? "\(names) were crossed; at least one has abortOnFail enabled, stopping test prematurely"
            : "\(names) have been crossed"
    }
}

/// A threshold that is accepted but cannot match.
public struct ThresholdWarning: Hashable, Sendable {
    public let key: String
    /// `vu` or `iter`: kept beside a sample's tags, never among them.
    public let tag: String
}

public struct Thresholds: Sendable {
    /// Sorted by name.
    public private(set) var groups: [ThresholdGroup] = []
    public private(set) var warnings: [ThresholdWarning] = []
    /// Whether they are looked at: then what they stand on is shown, with samples or without.
    public let areHeeded: Bool
    /// What names no metric, of thresholds nobody looks at.
    public private(set) var unknown: [(key: String, reason: String)] = []

    /// Checks the declarations, all expressions before any key as k6 does, and adds the sub-metrics to
    /// `demand`.
    public init(
        _ declarations: [ThresholdDeclaration], registry: MetricRegistry, demand: inout SeriesDemand
    ) throws(ThresholdError) {
        areHeeded = true
        var parsed: [(ThresholdDeclaration, [Threshold])] = []
        for declaration in declarations {
            var thresholds: [Threshold] = []
            for rule in declaration.rules {
                thresholds.append(Threshold(rule: rule, expression: try ThresholdExpression(rule.expression)))
            }
            parsed.append((declaration, thresholds))
        }
        for (declaration, thresholds) in parsed { try add(declaration.key, thresholds, registry, &demand) }
        groups.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// For a run whose thresholds nobody looks at: their expressions are not read, but the sub-metrics they
    /// stand on are measured, and shown when they have samples.
    public init(
        unheeded declarations: [ThresholdDeclaration], registry: MetricRegistry, demand: inout SeriesDemand
    ) {
        areHeeded = false
        for declaration in declarations {
            do { try add(declaration.key, [], registry, &demand) } catch {
                unknown.append((declaration.key, Self.reason(error)))
            }
        }
        groups.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func reason(_ error: ThresholdError) -> String {
        switch error {
        case .unknownMetric(let key):
            "metric '\(key.prefix { $0 != "{" })' does not exist in the script"
        case .unmatchedBrace:
            "missing ending bracket, sub-metric format needs to be 'metric{key:value}'"
        default: error.description
        }
    }

    private mutating func add(
        _ text: String, _ thresholds: [Threshold], _ registry: MetricRegistry, _ demand: inout SeriesDemand
    ) throws(ThresholdError) {
        let key = try ThresholdKey(text)
        guard let metric = registry.find(key.metric) else { throw .unknownMetric(key: text) }
        for threshold in thresholds {
            let method = threshold.expression.method.description
            if !ThresholdMethod.supported(by: metric.kind).contains(method) {
                throw .unsupportedMethod(
                    expression: threshold.expression.source, key: text, method: method, kind: metric.kind)
            }
        }
        var name = metric.name
        var submetric: SubmetricID?
        if let suffix = key.suffix {
            for tag in key.tags where tag.key == "vu" || tag.key == "iter" {
                warnings.append(ThresholdWarning(key: text, tag: tag.key))
            }
            let id = demand.addSubmetric(of: metric.id, named: metric.name, suffix: suffix, tags: key.tags)
            submetric = id
            name = demand.submetrics[id.index].name
        }
        // Two spellings of one sub-metric are one group: both sets of thresholds count.
        if let known = groups.firstIndex(where: { $0.name == name }) {
            groups[known].thresholds += thresholds
        } else {
            groups.append(
                ThresholdGroup(name: name, metric: metric.id, submetric: submetric, thresholds: thresholds))
        }
    }

    public var isEmpty: Bool { groups.allSatisfy(\.thresholds.isEmpty) }

    /// Evaluates every threshold: during the run those of metrics with samples, at the end all.
    /// - Parameter elapsedNs: how long the test has run, pauses excluded.
    public mutating func evaluate(_ aggregate: Aggregate, elapsedNs: Int64, isFinal: Bool) -> ThresholdVerdict
    {
        var verdict = ThresholdVerdict(crossed: [], mustAbort: false)
        for group in groups.indices {
            let series = groups[group].series(in: aggregate)
            if series.isEmpty, !isFinal { continue }
            for index in groups[group].thresholds.indices {
                var threshold = groups[group].thresholds[index]
                let value = threshold.expression.value(of: series.cumulative, elapsedNs: elapsedNs)
                let bound = threshold.expression.bound
                // A rate nobody sampled passes whatever is asked of it.
                threshold.isCrossed = value.map { !threshold.expression.comparison.holds($0, bound) } ?? false
                threshold.value = value ?? 0
                groups[group].thresholds[index] = threshold
                let delay = threshold.rule.delayAbortEvalNs
                let aborts = threshold.isCrossed && threshold.rule.abortOnFail
                if aborts, !isFinal, delay == 0 || elapsedNs > delay { verdict.mustAbort = true }
            }
            if groups[group].isTainted { verdict.crossed.append(groups[group].name) }
        }
        return verdict
    }
}
