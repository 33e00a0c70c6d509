// The command lines of merge and export, and which segments parts cover.

import Metrics
import Outputs
import Testing

@testable import CLI

@Suite struct ResultCommandTests {
    private func parse(_ words: String) throws(CLIError) -> Command {
        try CommandLineParser.parse(
            arguments: words.split(separator: " ").map(String.init), environment: [:]
        ).command
    }

    @Test("merge and export are read")
    func read() throws {
        var merge = MergeSettings()
        merge.files = ["a", "b"]
        merge.save = "c"
        merge.trendStats = ["avg", "p(99)"]
        #expect(try parse("merge a --save c b --summary-trend-stats avg,p(99)") == .merge(merge))
        var export = ExportSettings()
        export.file = "a"
        export.format = .hdrlog
        export.output = "x.hlog"
        export.metric = "m{a:b}"
        #expect(try parse("export --format hdrlog -o x.hlog a --metric m{a:b}") == .export(export))
        guard case .run(let run) = try parse("run --save r.jsonl http://a") else {
            return #expect(Bool(false))
        }
        #expect(run.apus.save == "r.jsonl")
    }

    @Test(
        "what is missing or wrong is one line with code 255",
        arguments: [
            ("merge", "merge takes result files, none given"),
            ("export a", "export needs --format"),
            ("export --format hgrm", "export takes one result file, 0 given"),
            ("export --format csv a", "invalid value \"csv\" for --format: there are hgrm and hdrlog"),
            ("export --format hgrm a b", "export takes one result file, 2 given"),
            ("archive --save x a.js", "unknown flag"), ("merge --vus 3 a", "unknown flag"),
        ])
    func refused(words: String, message: String) {
        let error = #expect(throws: CLIError.self) { try parse(words) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        #expect(error?.code == .generic)
    }

    private func part(_ name: String, _ segment: String) -> ResultPart {
        ResultPart(
            name: name, id: name, segment: segment, sequence: nil, startNs: 0, endNs: 1, elapsedNs: 1,
            exitCode: 0, verdict: nil)
    }

    @Test(
        "segments: what is missing, what is double",
        arguments: [
            (["0:1"], [], []), (["1/2:1", "0:1/2"], [], []),
            (["0:1/4", "1/2:3/4"], ["1/4:1/2", "3/4:1"], []),
            (["0:1", "0:1"], [], ["b a 0:1"]), (["1/4:3/4", "1/2:1"], ["0:1/4"], ["b a 1/2:3/4"]),
            (["0:1", "1/4:1/2", "1/2:3/4"], [], ["b a 1/4:1/2", "c a 1/2:3/4"]),
        ] as [([String], [String], [String])])
    func coverage(segments: [String], missing: [String], overlaps: [String]) throws {
        let parts = zip(["a", "b", "c"], segments).map { part($0, $1) }
        let coverage = try SegmentCoverage(parts)
        #expect(coverage.missing == missing)
        #expect(coverage.overlaps.map { "\($0.name) \($0.other) \($0.segment)" } == overlaps)
    }

    @Test(
        "which parts have failed: thresholds count only where they ended the run",
        arguments: [
            (nil, false, false), (0, false, false), (99, false, false), (99, true, true), (105, true, true),
            (107, false, true), (110, false, true), (42, false, true), (255, false, true),
        ] as [(Int?, Bool, Bool)])
    func failed(exitCode: Int?, isAborted: Bool, hasFailed: Bool) {
        var part = part("a", "0:1")
        part.exitCode = exitCode
        part.isAborted = isAborted
        #expect(part.hasFailed == hasFailed)
    }

    @Test("a segment that is none is refused")
    func noSegment() { #expect(throws: ResultProblem.self) { try SegmentCoverage([part("a", "2:3")]) } }

    @Test("tests of different metrics cannot be merged, other differences are said")
    func differences() throws {
        func header(_ metrics: [ResultMetric], options: String = "{}", key: String = "http_reqs")
            -> ResultHeader
        {
            ResultHeader(
                apus: "0", id: "a", startNs: 0, subject: "s", segment: "0:1", optionsJSON: options,
                metrics: metrics, thresholds: [ThresholdDeclaration(key, [ThresholdRule("count>1")])])
        }
        let own = ResultMetric("mine", .counter, .plain)
        let error = #expect(throws: CLIError.self) {
            try MergedTest([("a", header([own])), ("b", header([ResultMetric("mine", .trend, .plain)]))])
        }
        #expect(error?.message.hasPrefix("b: metric 'mine' already exists but with type counter") == true)
        let whole = try MergedTest([
            ("a", header([own], options: "{\"vus\":1,\"executionSegment\":\"0:1/2\"}")),
            ("b", header([], options: "{\"vus\":1,\"executionSegment\":\"1/2:1\",\"tags\":{\"i\":\"2\"}}")),
            ("c", header([], options: "{\"vus\":2}", key: "iterations")),
        ])
        #expect(
            whole.warnings == [
                "c and a ran with different options",
                "c and a have different thresholds: those of both are judged",
            ])
        #expect(whole.thresholds.groups.map(\.name) == ["http_reqs", "iterations"])
    }
}
