// Which series a sample is counted in: totals, sub-metrics by exact equality of all tags, series that outputs
// keep, and what happens when there are too many. Also the memory ten thousand series take.

import Base
import Testing

@testable import Metrics

@Suite struct ResolutionTests {
    struct Case: Sendable {
        var tags: [MetricTag]
        var matches: [String]

        /// - Parameter tags: "key=value key=value".
        init(_ tags: String, _ matches: String...) {
            self.tags = tags.split(separator: " ").map { tag in
                let parts = tag.split(separator: "=", omittingEmptySubsequences: false)
                return MetricTag(String(parts[0]), String(parts[1]))
            }
            self.matches = matches
        }
    }

    static let cases: [Case] = [
        Case(""),
        Case("status=200", "status:200"),
        Case("status=201"),
        Case("scenario=a", "scenario:a"),
        Case("scenario=a status=200", "status:200", "scenario:a", "scenario:a,status:200"),
        Case("scenario=a status=200 url=x", "status:200", "scenario:a", "scenario:a,status:200"),
        Case("scenario=b status=200", "status:200"),
        Case("status=200 status=404"),
        Case("status=404 status=200", "status:200"),
        Case("expected_response=true", "expected_response:true"),
        Case("expected_response=false"),
        Case("empty=", "empty:"),
        Case("empty=x"),
    ]

    private func demand() -> SeriesDemand {
        var demand = SeriesDemand()
        for (suffix, tags) in [
            ("status:200", [MetricTag("status", "200")]), ("scenario:a", [MetricTag("scenario", "a")]),
            ("scenario:a,status:200", [MetricTag("status", "200"), MetricTag("scenario", "a")]),
            ("empty:", [MetricTag("empty", "")]),
        ] {
            demand.addSubmetric(
                of: Builtin.httpReqDuration, named: "http_req_duration", suffix: suffix, tags: tags)
        }
        return demand
    }

    @Test(arguments: cases)
    func samplesReachTheirSubmetrics(sample: Case) {
        let (tags, matches) = (sample.tags, sample.matches)
        let demand = demand()
        var rig = Rig(demand: demand)
        let cells = rig.shards[0].trend(Builtin.httpReqDuration, rig.shards[0].tagSet(tags))
        #expect(cells.count == 1 + matches.count)
        cells.record(3)
        rig.shards[0].trend(Builtin.httpReqWaiting, rig.shards[0].tagSet(tags)).record(1)
        rig.edge()
        let filled = demand.submetrics.filter { !rig.aggregate.submetric($0.id).isEmpty }.map(\.suffix)
        #expect(filled.sorted() == matches.sorted())
        #expect(rig.trend(Builtin.httpReqDuration).count == 1)
        #expect(rig.trend(Builtin.httpReqWaiting).count == 1)
    }

    @Test func expectedResponseIsThereUnlessItsTagIsOff() {
        #expect(SeriesDemand().submetrics.map(\.name) == ["http_req_duration{expected_response:true}"])
        #expect(SeriesDemand(expectedResponse: false).submetrics.isEmpty)
    }

    @Test func tagsNobodyWantsMakeNoSets() {
        let shard = Rig(demand: demand()).shards[0]
        #expect(shard.with(.empty, "url", "x") == .empty)
        #expect(shard.with(.empty, "status", "418") == .empty)
        let set = shard.with(.empty, "status", "200")
        #expect(set != .empty)
        #expect(shard.with(set, "status", "500") == .empty)
        #expect(shard.with(set, "name", "/a") == set)
    }

    @Test func theOrderOfTagsDoesNotMatter() {
        let shard = Rig(demand: demand()).shards[0]
        #expect(
            shard.tagSet([MetricTag("status", "200"), MetricTag("scenario", "a")])
                == shard.tagSet([MetricTag("scenario", "a"), MetricTag("status", "200")]))
    }

    @Test func wantedKeysAreKnown() {
        var demand = demand()
        demand.keep(["group"], for: Builtin.checks)
        #expect(["status", "group", "expected_response"].allSatisfy(demand.wants))
        #expect(!demand.wants("url"))
    }

    @Test func keptTagsTellSeriesApartPerMetric() {
        var demand = SeriesDemand()
        demand.keep(["status"])
        demand.keep(["group"], for: Builtin.checks)
        var rig = Rig(shards: 2, demand: demand)
        for shard in rig.shards {
            for (group, status) in [("::a", "200"), ("::a", "404"), ("::b", "200")] {
                let set = shard.tagSet([
                    MetricTag("group", group), MetricTag("status", status), MetricTag("url", "u"),
                ])
                shard.trend(Builtin.httpReqDuration, set).record(1)
                shard.rate(Builtin.checks, set).record(true)
            }
        }
        let snapshot = rig.edge()
        func kept(_ metric: MetricID) -> Set<[MetricTag]> {
            Set(
                snapshot.series.filter { $0.key.metric == metric && !$0.tags.isEmpty && !$0.isEmpty }.map(
                    \.tags))
        }
        #expect(
            kept(Builtin.httpReqDuration) == [[MetricTag("status", "200")], [MetricTag("status", "404")]])
        #expect(kept(Builtin.checks).count == 3)
        let ok = snapshot.series.first {
            $0.key.metric == Builtin.httpReqDuration && $0.tags == [MetricTag("status", "200")]
        }
        #expect(Rig.trend(ok?.cumulative)?.count == 4)
    }

    @Test func outputsCanKeepEverything() {
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        var rig = Rig(demand: demand)
        let shard = rig.shards[0]
        shard.counter(Builtin.iterations, shard.tagSet([MetricTag("zone", "b"), MetricTag("app", "x")]))
            .record(1)
        shard.counter(Builtin.iterations, .empty).record(1)
        let snapshot = rig.edge()
        let tagged = snapshot.series.filter { if case .tagged = $0.key.scope { true } else { false } }
        #expect(tagged.map(\.tags) == [[MetricTag("app", "x"), MetricTag("zone", "b")], []])
        #expect(Rig.counter(rig.aggregate.total(Builtin.iterations).cumulative)?.sum == 2)
    }
}

@Suite struct OverflowTests {
    @Test(arguments: [1, 2], [false, true])
    func excessSeriesShareOneAndWarnOnce(shards: Int, keepsAll: Bool) {
        var demand = SeriesDemand(expectedResponse: false)
        if keepsAll { demand.keepsAllTags = true } else { demand.keep(["url"]) }
        let slow = demand.addSubmetric(
            of: Builtin.httpReqDuration, named: "http_req_duration", suffix: "slow:yes",
            tags: [MetricTag("slow", "yes")])
        var rig = Rig(shards: shards, demand: demand, seriesMax: 50)
        for round in 0..<3 {
            for number in 0..<200 {
                let shard = rig.shards[number % shards]
                let isSlow = number % 4 == 0
                let set = shard.tagSet(
                    [MetricTag("url", "/\(number)"), MetricTag("slow", isSlow ? "yes" : "no")])
                shard.trend(Builtin.httpReqDuration, set).record(1)
            }
            rig.edge()
            #expect(rig.aggregate.takeOverflowWarning() == (round == 0))
        }
        let snapshot = rig.edge()
        let kept = snapshot.series.filter { series in
            switch series.key.scope {
            case .tagged, .overflow: true
            default: false
            }
        }
        #expect(kept.count <= 53)
        let folded = kept.filter { $0.tags.contains(SeriesKey.overflowTag) }
        #expect(!folded.isEmpty)
        #expect(kept.reduce(0) { $0 + (Rig.trend($1.cumulative)?.count ?? 0) } == 600)
        #expect(rig.trend(Builtin.httpReqDuration).count == 600)
        // Thresholds do not suffer from what outputs asked for.
        #expect(Rig.trend(rig.aggregate.submetric(slow).cumulative)?.count == 150)
    }

    @Test func nobodyIsWarnedBelowTheCap() {
        var demand = SeriesDemand()
        demand.keep(["url"])
        var rig = Rig(demand: demand, seriesMax: 50)
        for number in 0..<40 {
            rig.shards[0].trend(Builtin.httpReqDuration, rig.shards[0].with(.empty, "url", "/\(number)"))
                .record(1)
        }
        rig.edge()
        #expect(!rig.aggregate.takeOverflowWarning())
    }
}

@Suite struct MemoryTests {
    /// Ten thousand URLs, a thousand requests each, response times over a bell of 0.5 octaves (99 % within a
    /// factor of 2.4 of the median) around medians from 1 to 100 ms, twenty intervals.
    @Test func tenThousandSeriesFitIn64MiB() {
        var demand = SeriesDemand()
        demand.keep(["url"], for: Builtin.httpReqDuration)
        var rig = Rig(demand: demand)
        let shard = rig.shards[0]
        var random = SeriesDemand.seeded
        let cells = (0..<10_000).map {
            shard.trend(Builtin.httpReqDuration, shard.with(.empty, "url", "/item/\($0)"))
        }
        let medians = (0..<10_000).map { _ in power(random.unit() * 6.6) }
        let factors = (0..<4_096).map { _ in bell(&random, median: 1, octaves: 0.5) }
        var peak = 0
        for round in 0..<20 {
            for number in 0..<10_000 {
                for step in 0..<50 {
                    cells[number].record(
                        medians[number] * factors[(number &* 31 &+ round &* 97 &+ step &* 7) & 4_095])
                }
            }
            rig.edge()
            peak = max(peak, shard.memoryBytes + rig.aggregate.memoryBytes)
        }
        #expect(rig.trend(Builtin.httpReqDuration).count == 10_000_000)
        print(
            "10,000 series: shard \(shard.memoryBytes >> 20) MiB, aggregate \(rig.aggregate.memoryBytes >> 20) MiB"
        )
        #expect(peak <= 64 << 20)
    }

    /// Memory does not grow with requests.
    @Test func aMillionMoreSamplesTakeNoMoreMemory() {
        var rig = Rig()
        let cells = rig.shards[0].trend(Builtin.httpReqDuration, .empty)
        func fill() {
            for value in Distribution.logNormal.values(50_000, seed: 3) { cells.record(value) }
            rig.edge()
        }
        for _ in 0..<3 { fill() }
        let shard = rig.shards[0].memoryBytes
        for _ in 0..<20 { fill() }
        #expect(rig.shards[0].memoryBytes == shard)
        #expect(rig.aggregate.memoryBytes < 256 * 1024)
    }
}

extension SeriesDemand {
    fileprivate static var seeded: SeededRandom { SeededRandom(seed: 20_261_121) }
}
