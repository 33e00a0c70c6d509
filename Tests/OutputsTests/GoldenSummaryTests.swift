// The summary against k6's own output, byte by byte: every file of Fixtures/goldens was printed by k6 1.1.0
// for the numbers that stand beside it.

import Foundation
import Testing

@testable import Outputs

let goldenNames = [
    "bare-compact", "bare-full", "bare-legacy", "basic-compact", "basic-compact-s", "basic-compact-stats",
    "basic-compact-tty", "basic-compact-tty-plain", "basic-full", "basic-full-ms", "basic-full-none",
    "basic-full-tty", "basic-legacy", "basic-legacy-stats", "basic-legacy-tty", "basic-legacy-us",
    "failing-compact", "failing-full", "failing-legacy", "names-compact", "names-compact-tty", "names-full",
    "names-legacy", "nochecks-compact", "nochecks-full", "nochecks-legacy", "scenarios-compact",
    "scenarios-full",
    "scenarios-full-tty", "scenarios-legacy", "slow-compact", "tree-full", "values-compact",
    "values-compact-s",
    "values-compact-us", "values-legacy-ms",
]

@Suite struct GoldenSummaryTests {
    @Test("prints what k6 printed", arguments: goldenNames)
    func text(name: String) {
        let golden = Golden(name)
        let input = golden.input
        var ours = SummaryText.render(input)
        if input.options.isStdoutTTY { ours = TextStyle.clearingLineEnds(ours) }
        let (left, right) = (
            ours.split(separator: "\n", omittingEmptySubsequences: false),
            golden.text.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let differing = zip(left, right).first { $0 != $1 }
        #expect(differing == nil, "ours, then k6's")
        #expect(left.count == right.count)
        #expect(ours == golden.text)
    }

    @Test("there is a test for every golden file")
    func complete() throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures/goldens", withExtension: nil))
        let texts = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".txt")
        }
        #expect(texts.map { String($0.dropLast(4)) }.sorted() == goldenNames.sorted())
    }

    @Test("handleSummary's data is k6's", arguments: goldenNames)
    func handleSummaryData(name: String) {
        let golden = Golden(name)
        let ours = SummaryJSON.handleSummaryData(golden.input)
        #expect(!ours.contains("\n"))
        #expect(jsonDifference(Golden.object(Data(ours.utf8)), golden.data) == nil)
    }

    @Test(
        "the exported summary is k6's",
        arguments: [
            "basic-compact", "scenarios-full", "names-compact", "values-compact", "nochecks-legacy",
            "tree-full",
        ])
    func export(name: String) {
        let ours = SummaryJSON.export(Golden(name).input)
        let theirs = Golden.object(Golden.data("\(name).export.json"))
        #expect(ours.hasPrefix("{\n    \"root_group\": {\n        \"name\": \"\""))
        #expect(jsonDifference(Golden.object(Data(ours.utf8)), theirs) == nil)
    }
}

/// Where two JSON values first differ, and how; nil when they are equal. Numbers must agree to the last bit.
func jsonDifference(_ ours: Any?, _ theirs: Any?, at path: String = "") -> String? {
    switch (ours, theirs) {
    case (let a as [String: Any], let b as [String: Any]):
        let keys = Set(a.keys).union(b.keys).sorted()
        return keys.lazy.compactMap { jsonDifference(a[$0], b[$0], at: "\(path).\($0)") }.first
    case (let a as [Any], let b as [Any]):
        if a.count != b.count { return "\(path): \(a.count) entries, not \(b.count)" }
        return zip(a, b).enumerated().lazy.compactMap { index, pair in
            jsonDifference(pair.0, pair.1, at: "\(path)[\(index)]")
        }.first
    case (let a as AnyHashable, let b as AnyHashable): return a == b ? nil : "\(path): \(a), not \(b)"
    case (nil, nil): return nil
    default: return "\(path): \(String(describing: ours)), not \(String(describing: theirs))"
    }
}
