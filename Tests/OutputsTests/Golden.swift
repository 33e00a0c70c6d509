// Reads the golden files (what k6 printed, and the numbers behind it) into the inputs of the summary writers.
// Made by Fixtures/make.py; used by the golden tests only, hence the loose reading that traps on anything
// unexpected.

import Base
import Foundation

@testable import Outputs

struct Golden {
    let name: String
    let fixture: [String: Any]

    init(_ name: String) {
        self.name = name
        fixture = Golden.object(Golden.data("\(name).json"))
    }

    static func data(_ file: String, in folder: String = "Fixtures/goldens") -> Data {
        guard let folder = Bundle.module.url(forResource: folder, withExtension: nil),
            let data = FileManager.default.contents(atPath: folder.appendingPathComponent(file).path)
        else { fatalError("no golden file \(file)") }
        return data
    }

    static func object(_ data: Data) -> [String: Any] {
        var reader = JSONReader(data)
        guard let object = reader.document() as? [String: Any] else {
            fatalError("a golden file that is no object")
        }
        return object
    }

    var text: String { String(decoding: Golden.data("\(name).txt"), as: UTF8.self) }
    var data: [String: Any] { fixture["data"] as! [String: Any] }

    var input: SummaryInput {
        let options = data["options"] as! [String: Any]
        let state = data["state"] as! [String: Any]
        let noColor = options["noColor"] as! Bool
        let isTTY = fixture["tty"] as! Bool
        let milliseconds = state["testRunDurationMs"] as! Double
        return SummaryInput(
            metrics: metrics,
            rootGroup: group(data["root_group"] as! [String: Any]),
            checks: mergedChecks,
            groups: (fixture["groups"] as! [[String: Any]]).map(scope),
            scenarios: (fixture["scenarios"] as! [[String: Any]]).map(scope).reversed(),
            durationNs: Int64((milliseconds * 1_000_000).rounded()),
            setupDataJSON: setupData,
            options: SummaryOptions(
                trendStats: options["summaryTrendStats"] as! [String],
                timeUnit: options["summaryTimeUnit"] as! String,
                mode: SummaryMode(rawValue: fixture["mode"] as! String)!,
                colors: isTTY && !noColor, noColor: noColor, isStdoutTTY: isTTY,
                isStderrTTY: state["isStdErrTTY"] as! Bool))
    }

    private var setupData: String? {
        guard let value = data["setup_data"] else { return nil }
        var writer = JSONWriter()
        write(value, to: &writer)
        return writer.text
    }

    private func write(_ value: Any, to writer: inout JSONWriter) {
        switch value {
        case let object as [String: Any]:
            writer.object { writer in
                for (key, value) in object {
                    writer.key(key)
                    write(value, to: &writer)
                }
            }
        case let array as [Any]: writer.array(array) { write($1, to: &$0) }
        case let text as String: writer.value(text)
        case let flag as Bool: writer.value(flag)
        case let number as Double: writer.value(number)
        default: writer.null()
        }
    }

    private var metrics: [SummaryMetric] {
        let sources = fixture["thresholdSources"] as! [String: [String]]
        let extra = fixture["thresholdValues"] as! [String: [String: Double]]
        return (data["metrics"] as! [String: [String: Any]]).map { name, body in
            var metric = Golden.metric(name, body)
            metric.values.merge(extra[name] ?? [:]) { $1 }
            let outcomes = body["thresholds"] as? [String: [String: Bool]] ?? [:]
            // The names of sub-metrics lose blanks on the way from the options into the data.
            let listed =
                sources.first { $0.key == name || $0.key.replacing(" }", with: "}") == name }?.value ?? []
            metric.thresholds = listed.map { SummaryThreshold(source: $0, ok: outcomes[$0]!["ok"]!) }
            return metric
        }
    }

    private static func metric(_ name: String, _ body: [String: Any]) -> SummaryMetric {
        SummaryMetric(
            name: name, kind: SummaryMetric.Kind(rawValue: body["type"] as! String)!,
            contains: SummaryContent(rawValue: body["contains"] as! String)!,
            values: body["values"] as! [String: Double])
    }

    private func group(_ body: [String: Any]) -> SummaryGroup {
        SummaryGroup(
            name: body["name"] as! String, path: body["path"] as! String, id: body["id"] as! String,
            groups: (body["groups"] as! [[String: Any]]).map(group),
            checks: (body["checks"] as! [[String: Any]]).map(check))
    }

    private func check(_ body: [String: Any]) -> SummaryCheck {
        SummaryCheck(
            name: body["name"] as! String, path: body["path"] as? String ?? "",
            id: body["id"] as? String ?? "",
            passes: Int64(body["passes"] as! Double), fails: Int64(body["fails"] as! Double))
    }

    private func scope(_ body: [String: Any]) -> SummaryScope {
        SummaryScope(
            name: body["name"] as! String,
            metrics: (body["metrics"] as! [[String: Any]]).map { Golden.metric($0["name"] as! String, $0) },
            checks: (body["checks"] as! [[String: Any]]).map(check),
            groups: (body["groups"] as! [[String: Any]]).map(scope))
    }

    private var mergedChecks: [SummaryCheck] {
        func all(_ group: SummaryGroup) -> [SummaryCheck] { group.checks + group.groups.flatMap(all) }
        let every = all(group(data["root_group"] as! [String: Any]))
        return (fixture["checkOrder"] as! [String]).map { name in
            let same = every.filter { $0.name == name }
            return SummaryCheck(
                name: name, passes: same.map(\.passes).reduce(0, +), fails: same.map(\.fails).reduce(0, +))
        }
    }
}
