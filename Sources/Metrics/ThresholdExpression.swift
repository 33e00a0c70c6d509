// One threshold's text, "p(95) < 200": what to compute, how to compare, with what. Parsed at set-up with k6's
// grammar and k6's words for what is wrong; evaluated against a sink by `Thresholds`.

import Base

/// What is computed from a sink before comparing.
public enum ThresholdMethod: Hashable, Sendable, CustomStringConvertible {
    case count, rate, value, avg, min, max, med
    /// 0…100. k6 also takes a bare `p`, which is p(0).
    case percentile(Double)

    /// The method's name without the percentile's number.
    public var description: String {
        switch self {
        case .count: "count"
        case .rate: "rate"
        case .value: "value"
        case .avg: "avg"
        case .min: "min"
        case .max: "max"
        case .med: "med"
        case .percentile: "p"
        }
    }

    /// The methods metrics of a kind offer, in the order messages list them.
    public static func supported(by kind: MetricKind) -> [String] {
        switch kind {
        case .counter: ["count", "rate"]
        case .gauge: ["value"]
        case .rate: ["rate"]
        case .trend: ["avg", "min", "max", "med", "p"]
        }
    }
}

public enum ThresholdOperator: String, Hashable, Sendable, CaseIterable {
    // In the order the text is searched for them.
    case atMost = "<="
    case less = "<"
    case atLeast = ">="
    case greater = ">"
    case identical = "==="
    case equal = "=="
    case different = "!="

    func holds(_ value: Double, _ bound: Double) -> Bool {
        switch self {
        case .atMost: value <= bound
        case .less: value < bound
        case .atLeast: value >= bound
        case .greater: value > bound
        case .identical, .equal: value == bound
        case .different: value != bound
        }
    }
}

public struct ThresholdExpression: Hashable, Sendable {
    /// The text as written: thresholds are reported by it.
    public let source: String
    public let method: ThresholdMethod
    /// The left side as written ("p(95)").
    public let label: String
    public let comparison: ThresholdOperator
    public let bound: Double

    /// Splits at the first operator, in the order of `ThresholdOperator`, that has anything on its right.
    public init(_ source: String) throws(ThresholdError) {
        for candidate in ThresholdOperator.allCases {
            guard let (left, right) = Self.split(source, at: candidate.rawValue), !right.isEmpty else {
                continue
            }
            let label = GoText.trimmed(left)
            method = try Self.method(String(label), source)
            let number = String(GoText.trimmed(right))
            do {
                bound = try GoText.parseFloat(number)
            } catch {
                throw .invalidBound(expression: source, reason: error.description)
            }
            self.source = source
            self.label = String(label)
            comparison = candidate
            return
        }
        throw .malformed(expression: source)
    }

    private static func split(_ text: String, at separator: String) -> (Substring, Substring)? {
        let bytes = Array(text.utf8)
        let wanted = Array(separator.utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count)
        where bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
            let at = text.utf8.index(text.utf8.startIndex, offsetBy: start)
            return (text[..<at], text[text.utf8.index(at, offsetBy: wanted.count)...])
        }
        return nil
    }

    private static func method(_ text: String, _ source: String) throws(ThresholdError) -> ThresholdMethod {
        switch text {
        case "count": return .count
        case "rate": return .rate
        case "value": return .value
        case "avg": return .avg
        case "min": return .min
        case "max": return .max
        case "med": return .med
        case "p": return .percentile(0)
        default: break
        }
        guard text.hasPrefix("p("), text.hasSuffix(")") else { throw .unknownMethod(expression: source) }
        let percent: Double
        do {
            percent = try GoText.parseFloat(String(text.dropFirst(2).dropLast()))
        } catch {
            throw .invalidPercentile(expression: source, reason: error.description)
        }
        // k6 takes these and crashes at the first evaluation.
        guard percent >= 0, percent <= 100 else {
            throw .invalidPercentile(expression: source, reason: "percentiles lie between 0 and 100")
        }
        return .percentile(percent)
    }

    /// What the method yields for `sink`. Nothing for a rate without samples: there is no ratio to judge.
    /// - Parameter elapsedNs: how long the test has run without its pauses, for rates of counters.
    func value(of sink: Sink, elapsedNs: Int64) -> Double? {
        switch (sink, method) {
        case (.counter(let counter), .count): return counter.sum
        case (.counter(let counter), .rate): return counter.rate(durationNs: elapsedNs)
        case (.gauge(let gauge), .value): return gauge.value
        case (.rate(let rate), .rate): return rate.count == 0 ? nil : rate.rate
        case (.trend(let trend), .avg): return trend.avg
        case (.trend(let trend), .min): return trend.min
        case (.trend(let trend), .max): return trend.max
        case (.trend(let trend), .med): return trend.med
        case (.trend(let trend), .percentile(let percent)): return trend.percentile(percent)
        default: preconditionFailure("'\(source)' was accepted for a metric that cannot answer it")
        }
    }
}

/// Why a threshold is refused. The texts are k6's, spelling included: scripts' users search for them.
public enum ThresholdError: Error, Hashable, CustomStringConvertible {
    case malformed(expression: String)
    case unknownMethod(expression: String)
    case invalidPercentile(expression: String, reason: String)
    case invalidBound(expression: String, reason: String)
    case unmatchedBrace(key: String)
    case bracesReversed(key: String)
    case braceNotLast(key: String)
    case malformedTag(String)
    case unknownMetric(key: String)
    case unsupportedMethod(expression: String, key: String, method: String, kind: MetricKind)

    public var description: String {
        let naming = "unable to validate threshold expressions; reason: parsing metric name failed, metric"
        return switch self {
        case .malformed(let text):
            "failed parsing threshold expression \(GoText.quoted(text)); reason: malformed threshold expression"
        case .unknownMethod(let text):
            "failed parsing threshold expression's \(GoText.quoted(text)) left hand side;"
                + " reason: failed parsing method from expression"
        case .invalidPercentile(let text, let reason):
            "failed parsing threshold expression's \(GoText.quoted(text)) left hand side;"
                + " reason: malformed percentile value; reason: \(reason)"
        case .invalidBound(let text, let reason):
            "failed parsing threshold expresion's \(GoText.quoted(text)) right hand side; reason: \(reason)"
        case .unmatchedBrace(let key):
            "\(naming) \(GoText.quoted(key)) has unmatched opening/close curly brace"
        case .bracesReversed(let key):
            "\(naming) \(GoText.quoted(key)) closing curly brace appears before opening one"
        case .braceNotLast(let key):
            "\(naming) \(GoText.quoted(key)) lacks a closing curly brace in its last position"
        case .malformedTag(let text): "\(naming) \(GoText.quoted(text)) tag expression is malformed"
        case .unknownMetric(let key):
            "invalid threshold defined on \(key); reason: no metric name \(GoText.quoted(key)) found"
        case .unsupportedMethod(let text, let key, let method, let kind):
            "invalid threshold \(GoText.quoted(text)) applied on metric \(key); reason: unsupported aggregation"
                + " method \(method) on metric of type \(kind). supported aggregation methods for this metric are: "
                + ThresholdMethod.supported(by: kind).joined(separator: ", ")
        }
    }
}
