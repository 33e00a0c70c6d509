// The target that reads result files: whatever stands in one, the answer is records or one problem, and what
// was read can be written and read again.

import Base
import Metrics
import Outputs

extension FuzzTarget {
    private static let resultLines: String = {
        let trend = TrendSink()
        for value in [0, 0.25, 1, 3.5, -2, 1e12] { trend.record(value) }
        let header = ResultHeader(
            apus: "0", id: "a", startNs: 1, subject: "s", segment: "0:1",
            metrics: [ResultMetric("http_reqs", .counter, .plain), ResultMetric("ms", .trend, .time)],
            submetrics: [ResultSubmetric(metric: "ms", suffix: "a:b", tags: [MetricTag("a", "b")])],
            thresholds: [ThresholdDeclaration("ms{a:b}", [ThresholdRule("p(95)<1")])])
        let values = ResultValues(
            fromNs: 1, toNs: 2,
            values: [(0, .counter(CounterSink(count: 2, sum: 2))), (1, .trend(trend))])
        let records: [ResultRecord] = [
            .header(header), .series(0, ResultSeries(metric: "http_reqs", scope: .total)),
            .series(1, ResultSeries(metric: "ms", scope: .submetric("a:b"))), .interval(values),
            .interval(values), .totals(values), .end(ResultEnd(atNs: 3, elapsedNs: 2, exitCode: 0)),
        ]
        return records.map(ResultLines.line).joined()
    }()

    static let result = FuzzTarget(
        "result", texts: [resultLines, "{\"type\":\"header\",\"format\":\"apus-result\",\"version\":1}\n"],
        words: [
            "\"n\":", "\"hist\":[", "HISTF", "\"type\":\"series\"", "\"scope\":\"total\"", "\n", "null", "-1",
        ]
    ) { input, _ in
        guard let first = records(input) else { return nil }
        let text = first.map(ResultLines.line).joined()
        guard let again = records(Array(text.utf8)) else { return "what was written is refused" }
        return again.map(ResultLines.line).joined() == text ? nil : "what was written reads differently"
    }

    /// nil when the file is refused.
    private static func records(_ bytes: [UInt8]) -> [ResultRecord]? {
        var records: [ResultRecord] = []
        do throws(ResultProblem) {
            var reader = ResultReader(bytes: bytes)
            while let record = try reader.next() { records.append(record) }
            var merge = ResultMerge()
            var input = try ResultInput("x", pieces(bytes))
            try merge.add(&input)
            _ = merge.elapsedNs
        } catch { return nil }
        return records
    }

    private static func pieces(_ bytes: [UInt8]) -> ResultReader.Source {
        var rest = bytes[...]
        return { () throws(ResultProblem) in
            defer { rest = rest.dropFirst(200) }
            return Array(rest.prefix(200))
        }
    }
}
