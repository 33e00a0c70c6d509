// Series in Prometheus: names, labels, statistics, times and requests against what k6 1.1.0 sent to a real
// one. That Prometheus takes them is tested in EndToEndTests.

import Base
import PrometheusProto
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct RemoteWriteTests {
    private static let statistics = ["p(95)", "avg", "count"]

    private func metric(_ name: String, _ kind: MetricKind, _ contains: MetricContains = .plain)
        -> MetricDefinition
    {
        MetricDefinition(id: MetricID(raw: 0), name: name, kind: kind, contains: contains)
    }

    private func series(
        _ metric: MetricDefinition, tags: [MetricTag] = [], _ texts: [String] = statistics,
        isNative: Bool = false
    ) throws -> RemoteWriteSeries {
        RemoteWriteSeries(
            SeriesIdentity(number: 0, metric: metric, scope: .tagged(tags), tags: tags),
            statistics: try texts.map { text throws(OutputError) in try TrendStatistic(text) },
            isNative: isNative)
    }

    private func trend(_ values: [Double]) -> Sink {
        let sink = TrendSink()
        for value in values { sink.record(value) }
        return .trend(sink)
    }

    // MARK: - names

    @Test(
        "a metric's series have k6's names",
        arguments: [
            ("http_reqs", MetricKind.counter, MetricContains.plain, ["k6_http_reqs_total"]),
            ("my_total", .counter, .plain, ["k6_my_total_total"]),
            ("data_sent", .counter, .data, ["k6_data_sent_total"]),
            ("vus", .gauge, .plain, ["k6_vus"]),
            ("checks", .rate, .plain, ["k6_checks_rate"]),
            ("a", .trend, .time, ["k6_a_p95", "k6_a_avg", "k6_a_count"]),
        ] as [(String, MetricKind, MetricContains, [String])])
    func names(name: String, kind: MetricKind, contains: MetricContains, expected: [String]) throws {
        let statistics = try Self.statistics.map { text throws(OutputError) in try TrendStatistic(text) }
        let metric = metric(name, kind, contains)
        #expect(
            RemoteWriteNames.names(of: metric, statistics: statistics, isNative: false) == expected)
        if kind != .trend {
            #expect(RemoteWriteNames.names(of: metric, statistics: [], isNative: true) == expected)
        }
    }

    @Test(
        "a native histogram is named after its unit",
        arguments: [
            (MetricContains.time, "k6_a_seconds"), (.data, "k6_a_bytes"), (.plain, "k6_a"),
        ] as [(MetricContains, String)])
    func nativeNames(contains: MetricContains, expected: String) {
        let metric = metric("a", .trend, contains)
        #expect(RemoteWriteNames.names(of: metric, statistics: [], isNative: true) == [expected])
    }

    @Test("labels are sorted as bytes, without empty ones and without a second name")
    func labels() {
        let tags = [
            MetricTag("0num", "1"), MetricTag("__name__", "zz"), MetricTag("empty", ""),
            MetricTag("testid", "alb"), MetricTag("é", "u"), MetricTag("Upper", "x"),
        ]
        let labels = RemoteWriteNames.labels(name: "k6_vus", tags: tags)
        #expect(
            labels.map { "\($0.name)=\($0.value)" } == [
                "0num=1", "Upper=x", "__name__=k6_vus", "testid=alb", "é=u",
            ])
    }

    // MARK: - statistics

    @Test(
        "statistics are read and named as k6 does",
        arguments: [
            ("avg", "avg"), ("count", "count"), ("sum", "sum"), ("p(99)", "p99"), ("p(99.90)", "p9990"),
            ("p(0.95)", "p095"), ("p(050)", "p050"), ("p(1e1)", "p1e1"), ("p(0)", "p0"), ("p(100)", "p100"),
        ])
    func statistic(text: String, suffix: String) throws {
        #expect(try TrendStatistic(text).suffix == suffix)
    }

    @Test(
        "other statistics are refused in k6's words",
        arguments: [
            ("foo", "invalid trend stat 'foo', unknown format"),
            (" max", "invalid trend stat ' max', unknown format"),
            ("", "invalid trend stat '', unknown format"),
            ("p(101)", "invalid percentile trend stat value 'p(101)', provide a number between 0 and 100"),
            ("p( 7)", "invalid percentile trend stat value 'p( 7)', provide a number between 0 and 100"),
            ("p()", "invalid percentile trend stat value 'p()', provide a number between 0 and 100"),
            ("p(nan)", "invalid percentile trend stat value 'p(nan)', provide a number between 0 and 100"),
        ])
    func noStatistic(text: String, message: String) {
        #expect(throws: OutputError(message)) { try TrendStatistic(text) }
    }

    // MARK: - samples

    private func values(_ series: RemoteWriteSeries) -> [Double] {
        var sent: [Prometheus_TimeSeries] = []
        series.appendSamples(to: &sent)
        return sent.flatMap { $0.samples.map(\.value) }
    }

    @Test("every kind is sent cumulative since the start")
    func cumulative() throws {
        let counter = try series(metric("c", .counter))
        let rate = try series(metric("r", .rate))
        let gauge = try series(metric("g", .gauge))
        var (counts, last) = (CounterSink(), GaugeSink())
        (counts.count, counts.sum) = (2, 5)
        last.record(3, at: Instant(ns: 1))
        #expect(counter.add(.counter(counts), atMs: 1))
        #expect(!counter.add(.counter(counts), atMs: 2))
        _ = rate.add(.rate(RateSink(count: 4, passes: 1)), atMs: 1)
        _ = gauge.add(.gauge(last), atMs: 1)
        #expect(values(counter) == [10])
        #expect(values(rate) == [0.25])
        #expect(values(gauge) == [3])
        _ = counter.add(.counter(counts), atMs: 3)
        _ = rate.add(.rate(RateSink(count: 4, passes: 4)), atMs: 3)
        last.record(1, at: Instant(ns: 2))
        _ = gauge.add(.gauge(last), atMs: 3)
        #expect(values(counter) == [15])
        #expect(values(rate) == [0.625])
        #expect(values(gauge) == [1])
    }

    @Test("times are in seconds, and so is their count, which is k6's way")
    func times() throws {
        let time = try series(metric("t", .trend, .time), ["avg", "max", "sum", "count", "p(50)"])
        _ = time.add(trend([1000, 3000]), atMs: 1)
        _ = time.add(trend([2000, 2000]), atMs: 2)
        #expect(
            zip(values(time), [2, 3, 8, 0.004, 2]).allSatisfy { abs($0 - $1) <= 0.001 * $1 })
        let plain = try series(metric("t", .trend), ["avg", "count"])
        _ = plain.add(trend([1000, 3000]), atMs: 1)
        #expect(values(plain) == [2000, 2])
    }

    @Test("nothing without samples, and no time twice", arguments: [false, true])
    func moments(isNative: Bool) throws {
        let one = try series(metric("t", .trend, .time), ["avg"], isNative: isNative)
        #expect(!one.add(trend([]), atMs: 5))
        var times: [Int64] = []
        for atMs in [10, 10, 7, 20] as [Int64] {
            #expect(one.add(trend([1]), atMs: atMs))
            var sent: [Prometheus_TimeSeries] = []
            one.appendSamples(to: &sent)
            times += sent.flatMap { $0.samples.map(\.timestamp) + $0.histograms.map(\.timestamp) }
        }
        #expect(times == [10, 11, 12, 20])
    }

    @Test("the marker of an ended series keeps its bits on the wire", arguments: [false, true])
    func staleMarker(isNative: Bool) throws {
        let one = try series(
            metric("t", .trend, .time), tags: [MetricTag("testid", "a")], ["avg", "max"], isNative: isNative)
        _ = one.add(trend([1]), atMs: 10)
        var request = Prometheus_WriteRequest()
        one.appendSamples(to: &request.timeseries)
        request.timeseries = []
        one.appendStaleMarkers(atMs: 10, to: &request.timeseries)
        let read = try Prometheus_WriteRequest(bytes: try request.bytes())
        #expect(read.timeseries.count == (isNative ? 1 : 2))
        for series in read.timeseries {
            #expect(series.samples.map(\.value.bitPattern) == [0x7ff0_0000_0000_0002])
            #expect(series.samples.map(\.timestamp) == [11])
            #expect(series.labels.contains { $0.name == "testid" && $0.value == "a" })
        }
    }

    @Test("requests hold no more series than allowed, and no trend is torn apart")
    func requests() throws {
        let all = try (0..<5).map { _ in try series(metric("t", .trend), ["avg", "max", "min"]) }
        for one in all { _ = one.add(trend([1]), atMs: 1) }
        let requests = RemoteWriteOutput.requests(all, seriesMax: 7) { $0.appendSamples(to: &$1) }
        #expect(requests.map(\.timeseries.count) == [6, 6, 3])
        #expect(RemoteWriteOutput.requests([], seriesMax: 7) { $0.appendSamples(to: &$1) }.isEmpty)
    }
}
