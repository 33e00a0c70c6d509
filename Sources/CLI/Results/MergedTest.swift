// What several result files together say about their test: metrics, sub-metrics and thresholds of all of
// them, and in what they differ. Made by `apus merge` from the first lines.

import Base
import Metrics
import Outputs

struct MergedTest {
    private(set) var registry = MetricRegistry()
    private(set) var demand = SeriesDemand(expectedResponse: false)
    var thresholds: Thresholds
    private(set) var declared: [ThresholdDeclaration] = []
    private(set) var warnings: [String] = []

    init(_ headers: [(name: String, header: ResultHeader)]) throws(CLIError) {
        for (name, header) in headers {
            for metric in header.metrics {
                do { try registry.register(metric.name, metric.kind, metric.contains) } catch {
                    throw CLIError("\(name): \(error.description)")
                }
            }
        }
        for (name, header) in headers {
            for submetric in header.submetrics {
                guard let metric = registry.find(submetric.metric) else {
                    throw CLIError("\(name): it has a sub-metric of the unknown metric \(submetric.metric)")
                }
                demand.addSubmetric(
                    of: metric.id, named: metric.name, suffix: submetric.suffix, tags: submetric.tags)
            }
            for one in header.thresholds { Self.add(one, to: &declared) }
        }
        do { thresholds = try Thresholds(declared, registry: registry, demand: &demand) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
        guard let first = headers.first else { preconditionFailure("a merge has files") }
        for (name, header) in headers.dropFirst() { compare(name, header, first.name, first.header) }
    }

    private static func add(_ one: ThresholdDeclaration, to all: inout [ThresholdDeclaration]) {
        guard let known = all.firstIndex(where: { $0.key == one.key }) else { return all.append(one) }
        for rule in one.rules where !all[known].rules.contains(rule) { all[known].rules.append(rule) }
    }

    private mutating func compare(
        _ name: String, _ header: ResultHeader, _ firstName: String, _ first: ResultHeader
    ) {
        let pair = "\(name) and \(firstName)"
        if header.subject != first.subject {
            warnings.append("\(pair) ran different tests: \(header.subject) and \(first.subject)")
        } else if Self.comparable(header.optionsJSON) != Self.comparable(first.optionsJSON) {
            warnings.append("\(pair) ran with different options")
        }
        if Set(header.thresholds) != Set(first.thresholds) {
            warnings.append("\(pair) have different thresholds: those of both are judged")
        }
    }

    /// Options without what has to differ between the parts of one test.
    private static func comparable(_ options: String) -> [JSONObject.Member]? {
        do {
            // Each runner has its own number among the tags.
            return try JSONValue.parse(options).members?.members.filter {
                $0.name != "executionSegment" && $0.name != "tags"
            }
        } catch { preconditionFailure("options were read as JSON before: \(error)") }
    }
}
