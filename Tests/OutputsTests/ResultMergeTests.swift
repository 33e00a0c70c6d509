// Merging: sums of counts and buckets, whatever the parts, against one sink that saw all values; and exports.

import Base
import Codec
import Metrics
import Testing

@testable import Outputs

@Suite struct ResultMergeTests {
    private let duration = ResultSeries(metric: "http_req_duration", scope: .total)
    private let vus = ResultSeries(metric: "vus", scope: .total)

    /// A file with an interval per list of values, and an end unless it was killed.
    private func file(_ id: String, startNs: Int64, _ seconds: [[Double]], isKilled: Bool = false) -> String {
        var header = ResultSamples.header(id)
        header.startNs = startNs
        var records: [ResultRecord] = [.header(header), .series(0, duration), .series(7, vus)]
        var all: [Double] = []
        for (index, values) in seconds.enumerated() {
            let fromNs = startNs + Int64(index) * Ns.perSecond
            let gauge = GaugeSink(count: 1, value: 2, at: Instant(ns: fromNs), lowest: 2, highest: 2)
            records.append(
                .interval(
                    ResultValues(
                        fromNs: fromNs, toNs: fromNs + Ns.perSecond,
                        values: [(0, .trend(ResultSamples.trend(values))), (7, .gauge(gauge))])))
            all += values
        }
        if isKilled { return ResultSamples.text(records) + "{\"type\":\"interval\",\"fro" }
        let toNs = startNs + Int64(seconds.count) * Ns.perSecond
        let gauge = GaugeSink(count: 3, value: 2, at: Instant(ns: toNs), lowest: 1, highest: 3)
        records.append(
            .totals(
                ResultValues(
                    fromNs: startNs, toNs: toNs,
                    values: [(0, .trend(ResultSamples.trend(all))), (7, .gauge(gauge))])))
        records.append(
            .end(ResultEnd(atNs: toNs, elapsedNs: Int64(seconds.count) * Ns.perSecond, exitCode: 0)))
        return ResultSamples.text(records)
    }

    private func input(_ text: String, _ name: String = "f") throws -> ResultInput {
        try ResultInput(name, ResultReader.pieces(Array(text.utf8), of: 1000))
    }

    private func merge(_ texts: [String]) throws -> ResultMerge {
        var merge = ResultMerge()
        for text in texts {
            var input = try input(text)
            try merge.add(&input)
        }
        return merge
    }

    private func buckets(_ trend: TrendSink) -> [HistogramBucket] {
        var buckets: [HistogramBucket] = []
        trend.histogram.forEachBucket { buckets.append($0) }
        return buckets
    }

    private func trend(_ merge: ResultMerge) -> TrendSink? {
        guard case .trend(let trend)? = merge.sink(named: "http_req_duration")?.sink else { return nil }
        return trend
    }

    private func values(_ random: inout SeededRandom) -> [Double] {
        (0..<200).map { _ in Double(random.below(1_000_000_000)) / 1e6 * (random.below(10) == 0 ? 100 : 1) }
    }

    @Test("parts add up to what one process would have counted", arguments: 1...5)
    func exact(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let parts = (0..<4).map { _ in (0..<3).map { _ in values(&random) } }
        let texts = parts.enumerated().map { index, seconds in
            file("\(index)", startNs: 10 * Ns.perSecond, seconds, isKilled: index == 3)
        }
        let merged = try merge(texts)
        let whole = ResultSamples.trend(parts.flatMap { $0 }.flatMap { $0 })
        let sum = try #require(trend(merged))
        #expect(buckets(sum) == buckets(whole))
        #expect(sum.count == 2400 && sum.min == whole.min && sum.max == whole.max)
        #expect(abs(sum.sum - whole.sum) < 1e-6 * whole.sum)
        for percent in [50, 90, 99, 99.9] { #expect(sum.percentile(percent) == whole.percentile(percent)) }
        #expect(merged.parts.map(\.exitCode) == [0, 0, 0, nil])
        #expect(merged.elapsedNs == 3 * Ns.perSecond)
    }

    @Test("VUs of processes side by side are added, time is counted once")
    func gauges() throws {
        let merged = try merge([
            file("a", startNs: 5 * Ns.perSecond, [[1], [2]]),
            file("b", startNs: 6 * Ns.perSecond, [[3], [4]]),
        ])
        guard case .gauge(let gauge)? = merged.sink(named: "vus")?.sink else { return #expect(Bool(false)) }
        #expect(gauge.value == 4 && gauge.min == 2 && gauge.exactMax == 6)
        #expect(merged.elapsedNs == 3 * Ns.perSecond)
        #expect(merged.startNs == 5 * Ns.perSecond && merged.endNs == 8 * Ns.perSecond)
    }

    @Test("intervals of the same second become one")
    func intervals() throws {
        var intervals = try ResultIntervals([
            input(file("a", startNs: 5 * Ns.perSecond, [[1], [2]])),
            input(file("b", startNs: 6 * Ns.perSecond + 1_000_000, [[3, 3], [4]])),
        ])
        var seen: [(Int64, UInt64, Double)] = []
        while let second = try intervals.next() {
            guard case .trend(let trend) = second.values[0].sink,
                case .gauge(let gauge) = second.values[1].sink
            else { return #expect(Bool(false)) }
            seen.append((second.fromNs / Ns.perSecond, trend.count, gauge.value))
        }
        #expect(seen.map(\.0) == [5, 6, 7])
        #expect(seen.map(\.1) == [1, 3, 1])
        #expect(seen.map(\.2) == [2, 4, 2])
    }

    @Test("thresholds and the summary see the sums")
    func aggregate() throws {
        let merged = try merge([
            file("a", startNs: 0, [[10], [20]]), file("b", startNs: 0, [[30], [1000]]),
        ])
        let registry = MetricRegistry()
        var demand = SeriesDemand(expectedResponse: false)
        var thresholds = try Thresholds(
            [
                ThresholdDeclaration(
                    "http_req_duration", [ThresholdRule("max<500"), ThresholdRule("avg<300")])
            ],
            registry: registry, demand: &demand)
        let aggregate = merged.aggregate(registry: registry, demand: demand)
        let verdict = thresholds.evaluate(aggregate, elapsedNs: merged.elapsedNs, isFinal: true)
        #expect(!verdict.isPassed)
        #expect(thresholds.groups[0].thresholds.map(\.isCrossed) == [true, false])
        #expect(thresholds.groups[0].thresholds.map(\.value) == [1000, 265])
    }

    // MARK: Exports

    @Test("an interval log's histograms add up to the whole, in one scale")
    func log() throws {
        let whole = ResultSamples.trend([0, 0.5, 2, 1e-7, 250])
        var counts: [Int: Int64] = [:]
        var ratios: Set<Double> = []
        for values in [[0, 0.5], [2, 1e-7], [250]] as [[Double]] {
            let line = try ResultExport.logLine(
                ResultSamples.trend(values), whole: whole, name: "x", fromNs: 1_500_000_000,
                toNs: 2_500_000_000,
                startNs: 1_000_000_000)
            #expect(line.hasPrefix("0.500,1.000,") && line.hasSuffix("\n"))
            let read = try HdrHistogramV2.decode(line.split(separator: ",")[3].dropLast())
            ratios.insert(read.ratio)
            for entry in read.counts { counts[entry.index, default: 0] += entry.count }
        }
        let all = try ResultExport.histogram(whole, "x")
        #expect(ratios == [all.ratio])
        #expect(counts == Dictionary(uniqueKeysWithValues: all.counts.map { ($0.index, $0.count) }))
    }

    @Test("values below 0 and values too far apart are refused")
    func refused() {
        #expect(throws: ResultProblem.self) {
            try ResultExport.hgrm(ResultSamples.trend([-1, 2]), name: "x")
        }
        #expect(throws: ResultProblem.self) {
            try ResultExport.hgrm(ResultSamples.trend([1e-9, 1e9]), name: "x")
        }
    }

    @Test("the percentile table")
    func table() throws {
        let lines = try ResultExport.hgrm(ResultSamples.trend([1, 2, 2, 1024]), name: "x").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(lines[2] == "       1.001 0.000000000000          1           1.00")
        #expect(lines[3] == "       1.001 0.100000000000          1           1.11")
        #expect(lines[5] == "       2.002 0.300000000000          3           1.43")
        #expect(lines.contains("    1025.000 1.000000000000          4"))
        #expect(lines.contains("#[Max     =     1024.000, Total count    =            4]"))
        #expect(lines.contains { $0.hasPrefix("#[Mean    =      257.250,") })
    }
}
