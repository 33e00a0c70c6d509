// The result file's lines: what is written is read back, what is damaged, foreign or newer is refused in one
// line, and what is cut off is what a killed run leaves.

import Base
import Metrics
import Testing

@testable import Outputs

enum ResultSamples {
    static func trend(_ values: [Double]) -> TrendSink {
        let trend = TrendSink()
        for value in values { trend.record(value) }
        return trend
    }

    static let metrics = [
        ResultMetric("http_reqs", .counter, .plain), ResultMetric("http_req_duration", .trend, .time),
        ResultMetric("http_req_failed", .rate, .plain), ResultMetric("vus", .gauge, .plain),
    ]

    static func header(_ id: String = "a", segment: String = "0:1") -> ResultHeader {
        ResultHeader(
            apus: "0.1.0", id: id, startNs: 1_000_000_000, subject: "test \"1\".js", segment: segment,
            sequence: "0,1/2,1", optionsJSON: "{\"vus\":1.50e0,\"tags\":{\"a\":\"b\"}}",
            environment: [.init("host", "h"), .init("vcpu", "2")],
            summary: ResultSummary(trendStats: ["p(99.9)", "count"], timeUnit: "ms", isOpenLoop: true),
            metrics: metrics,
            submetrics: [
                ResultSubmetric(
                    metric: "http_reqs", suffix: "b:2,a:1", tags: [.init("a", "1"), .init("b", "2")])
            ],
            thresholds: [
                ThresholdDeclaration(
                    "http_reqs{b:2,a:1}",
                    [
                        ThresholdRule("count<5", abortOnFail: true, delayAbortEvalNs: 7),
                        ThresholdRule("rate>0"),
                    ])
            ])
    }

    /// Two intervals, the sums and the end.
    static func records(_ header: ResultHeader = header()) -> [ResultRecord] {
        func values(_ second: Int64, _ times: [Double]) -> ResultValues {
            ResultValues(
                fromNs: second * 1_000_000_000, toNs: (second + 1) * 1_000_000_000,
                values: [
                    (0, .counter(CounterSink(count: 2, sum: 2.5))), (1, .trend(trend(times))),
                    (2, .rate(RateSink(count: 2, passes: 1))),
                    (
                        3,
                        .gauge(
                            GaugeSink(
                                count: 1, value: 4, at: Instant(ns: second * 1_000_000_000), lowest: 4,
                                highest: 4)
                        )
                    ),
                ])
        }
        let end = ResultEnd(
            atNs: 3_500_000_000, elapsedNs: 2_000_000_000, exitCode: 99, isAborted: true,
            thresholds: [.init(name: "http_reqs", expression: "count<5", isPassed: false, value: .infinity)],
            checks: [.init(path: "::g::is \"ok\"", passes: 3, fails: 1)],
            verdict: ResultVerdict(
                kind: "CLIENT-BOUND", cause: "cpu", reason: "busy",
                evidence: [.init(name: "loop", text: "97%", mark: "against")]),
            blocks: [SummaryBlock(title: "COST", lines: [.init(key: "k", value: "v")])])
        return [
            .header(header), .series(0, ResultSeries(metric: "http_reqs", scope: .total)),
            .series(1, ResultSeries(metric: "http_req_duration", scope: .tagged([.init("status", "200")]))),
            .series(2, ResultSeries(metric: "http_req_failed", scope: .overflow)),
            .series(3, ResultSeries(metric: "vus", scope: .total)), .interval(values(1, [1, 2.5, 0])),
            .interval(values(2, [3, -4e-3, 1e15])),
            .totals(values(1, [1, 2.5, 0, 3, -4e-3, 1e15])), .end(end),
        ]
    }

    static func text(_ records: [ResultRecord]) -> String { records.map(ResultLines.line).joined() }

    static func read(_ bytes: [UInt8]) throws(ResultProblem) -> (records: [ResultRecord], isCutOff: Bool) {
        var reader = ResultReader(bytes: bytes)
        var records: [ResultRecord] = []
        while let record = try reader.next() { records.append(record) }
        return (records, reader.isCutOff)
    }

    static func read(_ text: String) throws(ResultProblem) -> (records: [ResultRecord], isCutOff: Bool) {
        try read(Array(text.utf8))
    }
}

@Suite struct ResultFileTests {
    private let text = ResultSamples.text(ResultSamples.records())

    @Test("what is written is read back, and written again it is the same text")
    func roundTrip() throws {
        let (records, isCutOff) = try ResultSamples.read(text)
        #expect(!isCutOff)
        #expect(ResultSamples.text(records) == text)
        guard case .header(let header) = records[0] else { return #expect(Bool(false), "no header") }
        var expected = ResultSamples.header()
        #expect(header == expected)
        expected.parts = [
            ResultPart(
                name: "a", id: "i", segment: "0:1/2", sequence: nil, startNs: 1, endNs: 2, elapsedNs: 1,
                exitCode: nil, verdict: nil),
            ResultPart(
                name: "b", id: "j", segment: "1/2:1", sequence: nil, startNs: 1, endNs: 2, elapsedNs: 1,
                exitCode: 99, isAborted: true, verdict: nil),
        ]
        guard
            case .header(let merged)? = try ResultSamples.read(ResultLines.line(.header(expected))).records
                .first
        else { return #expect(Bool(false), "no header") }
        #expect(merged == expected)
    }

    @Test(
        "a trend's buckets come back exactly, whatever its values",
        arguments: [
            [], [0], [1e-6], [-1, 0, 1], [0.001, 86_400_000], [1e-19, 1e19], [.infinity, 1],
            [-1e-19, -5, -1e18, 3], [1, 1.0009, 1.001, 1.9999, 2], [5e-324, 4.2],
        ] as [[Double]])
    func buckets(values: [Double]) throws {
        let trend = ResultSamples.trend(values)
        var lines = ResultSamples.records()[..<5].map(ResultLines.line)
        lines.append(
            ResultLines.line(.interval(ResultValues(fromNs: 0, toNs: 1, values: [(1, .trend(trend))]))))
        let records = try ResultSamples.read(lines.joined()).records
        guard case .interval(let interval)? = records.last, case .trend(let read) = interval.values[0].sink
        else { return #expect(Bool(false), "no trend") }
        #expect(all(read) == all(trend))
        #expect(read.min == trend.min && read.max == trend.max && read.sum == trend.sum)
    }

    private func all(_ trend: TrendSink) -> [HistogramBucket] {
        var buckets: [HistogramBucket] = []
        trend.histogram.forEachBucket { buckets.append($0) }
        return buckets
    }

    @Test("cut off anywhere, every whole line before is read and nothing is wrong but the first line")
    func cutOff() throws {
        let bytes = Array(text.utf8)
        let head = text.utf8.firstIndex(of: 10).map {
            text.utf8.distance(from: text.utf8.startIndex, to: $0)
        }!
        for length in stride(from: head + 1, through: bytes.count, by: 7) {
            let (records, isCutOff) = try ResultSamples.read(Array(bytes[..<length]))
            #expect(records.count == bytes[..<length].count { $0 == 10 })
            #expect(isCutOff == (bytes[length - 1] != 10))
        }
        #expect(throws: ResultProblem.self) { try ResultSamples.read(Array(bytes[..<(head / 2)])) }
    }

    @Test(
        "what is no result of this version is refused",
        arguments: [
            ("", "there is no first line"), ("hello\n", "it is no result file of apus"),
            ("{}\n", "it is no result file of apus"), ("[1]\n", "it is no result file of apus"),
            ("{\"metric\":\"http_reqs\",\"type\":\"Metric\"}\n", "it is no result file of apus"),
            (
                "{\"type\":\"header\",\"format\":\"apus-result\",\"version\":2}\n",
                "it has version 2 of the format, this apus reads up to 1"
            ),
            ("{\"type\":\"header\",\"format\":\"apus-result\"}\n", "\"version\" should be a whole number"),
        ])
    func foreign(text: String, reason: String) {
        let problem = #expect(throws: ResultProblem.self) { try ResultSamples.read(text) }
        #expect(problem?.description.contains(reason) == true, "\(problem?.description ?? "nothing")")
    }

    @Test(
        "damage in the middle is told with its line",
        arguments: [
            ("\"n\":3", "\"n\":4", "line 6: it is damaged: a histogram holds 3 values, not 4"),
            (
                "\"passes\":1", "\"passes\":3",
                "line 6: it is damaged: \"passes\" should be no more than \"n\""
            ),
            ("{\"s\":3,", "{\"s\":9,", "line 6: it is damaged: the series 9 was never introduced"),
            ("{\"s\":2,", "{\"s\":0,", "line 6: it has the series 0 twice"),
            ("\"sum\":2.5", "\"sum\":\"2.5\"", "line 6: it is damaged: \"sum\" should be a number"),
            ("HISTF", "HISTG", "line 6: it is damaged: a histogram of \"hist\""),
            ("\"metric\":\"vus\"", "\"metric\":\"vos\"", "line 5: it has a series of the unknown metric vos"),
            ("\"type\":\"series\"", "\"type\":\"header\"", "line 2: a second result begins"),
        ])
    func damage(from: String, to: String, reason: String) {
        guard let place = text.firstRange(of: from) else { return #expect(Bool(false), "no \(from)") }
        let problem = #expect(throws: ResultProblem.self) {
            try ResultSamples.read(text.replacingCharacters(in: place, with: to))
        }
        #expect(problem?.description.hasPrefix(reason) == true, "\(problem?.description ?? "nothing")")
    }

    @Test("mutated bytes are read or refused, never more", arguments: 1...20)
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            var bytes = Array(text.utf8)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(random.below(50)), at: place)
                }
            }
            do throws(ResultProblem) {
                var merge = ResultMerge()
                var input = try ResultInput("x", ResultReader.pieces(bytes, of: 100))
                try merge.add(&input)
            } catch { #expect(!error.description.isEmpty && !error.description.contains("\n")) }
        }
    }

    @Test("lines come whole out of pieces of any size", arguments: [1, 2, 13, 4096])
    func pieces(size: Int) throws {
        var reader = ResultReader(ResultReader.pieces(Array(text.utf8), of: size))
        var records: [ResultRecord] = []
        while let record = try reader.next() { records.append(record) }
        #expect(ResultSamples.text(records) == text)
    }
}

extension ResultReader {
    static func pieces(_ bytes: [UInt8], of size: Int) -> Source {
        var rest = bytes[...]
        return { () throws(ResultProblem) in
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }
}
