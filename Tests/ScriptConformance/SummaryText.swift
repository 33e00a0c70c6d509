// What a run writes to standard output, without measured numbers: times and bytes of built-in metrics
// become shapes, padding that depends on them single spaces. Progress and Apus's own blocks are left out.
// Used by the observer.

import Foundation

struct SummaryText {
    let script: ConformanceCase

    /// Built-in metrics whose values are times or byte counts.
    static func isMeasured(_ metric: String) -> Bool {
        let name = metric.prefix { $0 != "{" }
        return name.hasPrefix("http_req_") && name != "http_req_failed"
            || ["iteration_duration", "group_duration", "data_sent", "data_received"].contains(name)
    }

    func reduce(_ text: String) -> [String] {
        var lines: [String] = []
        var metric = ""
        for line in LogText.lines(text).map(Self.withoutEscapes) {
            if isProgress(line) { continue }
            if !script.keepsVUs, line.contains(#/^ *(?:vus|vus_max)\.{3}/#) { continue }
            if let match = line.firstMatch(of: #/^ *[✓✗]? *([A-Za-z_]\w*)(?:\{.*\})?(?:\.{3,}: |$)/#) {
                metric = String(match.1)
            }
            lines.append(reduce(line, metric))
        }
        return Self.withoutOwnBlocks(lines)
    }

    private func reduce(_ line: String, _ metric: String) -> String {
        let isThreshold = line.contains(#/^ *[✓✗] '/#)
        guard isThreshold || line.contains(#/\.{3}: /#) else { return trimmed(line) }
        var value = line
        var head = ""
        // The name, or a threshold's source, is not measured.
        if let end = line.range(of: isThreshold ? "' " : ": ") {
            head = String(line[..<end.upperBound])
            value = String(line[end.upperBound...])
        }
        value = value.replacing(#/\S+(?: [kMGT]?B)?\/s(?= |$)/#, with: "<rate>")
        if Self.isMeasured(metric) || script.measured.contains(metric) {
            value = value.replacing(#/-?\d+(?:\.\d+)?(?:(?:h|ms|µs|ns|m|s)\d*(?:\.\d+)?)+/#, with: "<time>")
            value = value.replacing(#/\d+(?:\.\d+)? [kMGT]?B/#, with: "<bytes>")
            value = value.replacing(#/=-?\d+(?:\.\d+)?(?= |$)/#, with: "=<value>")
        }
        if !script.hasCounts { value = withoutCounts(value) }
        return trimmed(head + value.replacing(#/ +/#, with: " "))
    }

    /// "All" and "none" stay, and so do the names of percentiles.
    private func withoutCounts(_ value: String) -> String {
        value.replacing(#/p\([\d.]+\)|\d+(?:\.\d+)?%?/#) { match in
            let text = match.0
            return text.hasPrefix("p") || text == "100.00%" || text == "0.00%" ? String(text) : "<number>"
        }
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func withoutEscapes(_ line: String) -> String {
        line.replacing(#/\u{1B}\[[0-9;]*[A-Za-z]/#, with: "")
    }

    /// Status lines and bars, whose number depends on the time.
    private func isProgress(_ line: String) -> Bool {
        line.contains(#/^(?:running|paused|Init|Run|teardown|setup) ?.*(?:VUs|\[)/#) && !line.contains("...:")
            || line.contains(#/^[\w-]+ +[ •↓✗✓] \[ *[-\d]+%? ?\]/#)
    }

    /// VERDICT, LITTLE'S LAW, COST / EFFICIENCY and PROFILE: from the title to the next one, which k6 has
    /// too; and the section of metrics of its own, to the next blank line.
    private static func withoutOwnBlocks(_ lines: [String]) -> [String] {
        let own = ["VERDICT", "LITTLE'S LAW", "COST", "PROFILE"]
        var isOwn = false
        var isOwnSection = false
        let kept = lines.filter { line in
            if line.hasPrefix("  █ ") || line.hasPrefix("█ ") {
                isOwn = own.contains { line.contains("█ \($0)") }
            }
            if line.contains(#/^ +APUS$/#) { isOwnSection = true }
            defer { if line.isEmpty { isOwnSection = false } }
            return !isOwn && !isOwnSection
        }
        return kept.reversed().drop { $0.isEmpty }.reversed()
    }
}
