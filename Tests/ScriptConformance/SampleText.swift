// The samples' file (`-o json`) and the summary's JSON as lines: what was measured is left out, the rest is
// kept to the last digit. Used by the observer.

import Foundation

/// `-o json`: a line per definition, and per kind of sample how often it came.
struct SampleText {
    let places: Places
    let script: ConformanceCase

    func reduce(_ text: String) -> (metrics: [String], samples: [String]) {
        var metrics: [String] = []
        var counts: [String: [String: Int]] = [:]
        for line in text.split(separator: "\n") {
            guard let entry = JSONText.object(String(line)), let name = entry["metric"] as? String,
                let data = entry["data"] as? [String: Any]
            else {
                let text = line.replacing(#/"time":"[^"]*",/#, with: "")
                metrics.append(places.replaced("unreadable: \(text)"))
                continue
            }
            if !script.keepsVUs, name == "vus" || name == "vus_max" { continue }
            if entry["type"] as? String == "Metric" {
                metrics.append("\(name) \(JSONText.line(definition(data)))")
            } else {
                counts[name, default: [:]][kind(name, data), default: 0] += 1
            }
        }
        return (
            metrics.sorted(), counts.flatMap { lines($0.key, $0.value, counts["http_reqs"] ?? [:]) }.sorted()
        )
    }

    /// Sub-metrics have no order.
    private func definition(_ data: [String: Any]) -> [String: Any] {
        guard let submetrics = data["submetrics"] as? [Any] else { return data }
        return data.merging(["submetrics": submetrics.map(JSONText.line).sorted()]) { $1 }
    }

    /// What a sample has besides its time: tags, metadata, and the value unless it was measured.
    private func kind(_ name: String, _ data: [String: Any]) -> String {
        var text = "{" + pairs(data["tags"]) + "}"
        if data["metadata"] != nil { text += " [" + pairs(data["metadata"]) + "]" }
        let isMeasured =
            SummaryText.isMeasured(name) || script.measured.contains(name) || name.hasPrefix("vus")
        // An exchange's times share the tags of its count.
        if !isMeasured, name != "http_reqs" || data["value"] as? Double != 1 {
            text += " = " + JSONText.line(data["value"] ?? "nothing")
        }
        for key in data.keys where !["time", "value", "tags", "metadata"].contains(key) {
            text += " with \(key)"
        }
        return places.replaced(text)
    }

    private func pairs(_ tags: Any?) -> String {
        guard let tags = tags as? [String: Any] else { return JSONText.line(tags ?? "nothing") }
        return tags.sorted { $0.key < $1.key }.map { key, value in
            let text = value as? String ?? "(no text) \(JSONText.line(value))"
            return key == "name" && text == tags["url"] as? String ? "name=url" : "\(key):\(text)"
        }.joined(separator: ",")
    }

    private func lines(_ name: String, _ kinds: [String: Int], _ requests: [String: Int]) -> [String] {
        if name.hasPrefix("http_req_"), kinds == requests { return ["\(name): like http_reqs"] }
        return kinds.map { kind, count in
            name.hasPrefix("vus") || !script.hasCounts ? "n × \(name)\(kind)" : "\(count) × \(name)\(kind)"
        }
    }
}

/// `--summary-export`: a line per value, with its path.
struct ExportText {
    let places: Places
    let script: ConformanceCase

    func reduce(_ text: String) -> [String] {
        if text.isEmpty { return [] }
        guard let document = JSONText.object(text) else { return ["unreadable: \(text)"] }
        return flat("", document).filter { script.keepsVUs || !$0.hasPrefix("metrics.vus") }.map(
            places.replaced
        )
        .sorted()
    }

    private func flat(_ path: String, _ value: Any) -> [String] {
        if let object = value as? [String: Any], !object.isEmpty {
            return object.flatMap { flat(path.isEmpty ? $0.key : "\(path).\($0.key)", $0.value) }
        }
        if let list = value as? [Any], !list.isEmpty {
            return list.enumerated().flatMap { flat("\(path)[\($0.offset)]", $0.element) }
        }
        let isShape = isMeasured(path) || !script.hasCounts && value is NSNumber
        return ["\(path) = \(isShape ? "number" : JSONText.line(value))"]
    }

    /// A counter's rate depends on the run's length, and so does whatever was measured.
    private func isMeasured(_ path: String) -> Bool {
        guard path.hasPrefix("metrics."), !path.contains(".thresholds") else { return false }
        let metric = String(path.dropFirst("metrics.".count))
        let name = String(metric.prefix { $0 != "." && $0 != "{" })
        if metric.hasSuffix(".rate") { return true }
        return SummaryText.isMeasured(name) || script.measured.contains(name) || name.hasPrefix("vus")
    }
}

enum JSONText {
    static func object(_ text: String) -> [String: Any]? {
        do {
            return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        } catch { return nil }
    }

    /// One line with sorted keys.
    static func line(_ value: Any) -> String {
        if let text = value as? String { return text.debugDescription }
        do {
            let data = try JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
            return String(decoding: data, as: UTF8.self)
        } catch { return "unwritable: \(error)" }
    }
}
