// The outputs statsd and datadog, read back from a listening socket: the lines of k6's extension, what they
// add up to, and packets no network has to split.

import Base
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct StatsDTests {
    private func lines(
        _ dialect: StatsDConfiguration.Dialect, _ environment: [String: String] = [:],
        _ record: (Shard) -> Void
    ) throws -> [String] {
        try packets(dialect, environment, record).flatMap { $0.split(separator: "\n").map(String.init) }
    }

    private func packets(
        _ dialect: StatsDConfiguration.Dialect, _ environment: [String: String] = [:],
        _ record: (Shard) -> Void
    ) throws -> [String] {
        let receiver = try DatagramReceiver()
        let output = StatsDLines(
            configuration: try StatsDConfiguration(
                dialect, argument: "127.0.0.1:\(receiver.port)", environment: environment))
        try output.open()
        var registry = MetricRegistry()
        try registry.register("mine", .counter)
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        demand.unkeptTags = output.unkeptTags
        let shard = Shard(index: 0, registry: registry, demand: demand, start: Instant(ns: 1))
        let aggregate = Aggregate(registry: registry, demand: demand)
        record(shard)
        let packet = shard.takeInterval(to: Instant(ns: Ns.perSecond))
        aggregate.absorb(packet)
        let snapshot = aggregate.closeInterval(at: Instant(ns: Ns.perSecond))
        try output.add(SeriesInterval(snapshot, wallOffsetNs: 0))
        try output.finish()
        #expect(output.takeNotes().isEmpty)
        return receiver.packets()
    }

    private static let now = Instant(ns: 5)

    private func tags(_ shard: Shard, _ pairs: (String, String)...) -> TagSetID {
        shard.tagSet(pairs.map { MetricTag($0.0, $0.1) })
    }

    private func someOfEach(_ shard: Shard) {
        let set = tags(shard, ("status", "200"), ("group", ""), ("url", "http://h/1"), ("zone", "a"))
        let other = tags(shard, ("status", "200"), ("group", ""), ("url", "http://h/2"), ("zone", "a"))
        for set in [set, other] {
            shard.record(Builtin.httpReqs, set, 1, at: Self.now)
            shard.record(Builtin.httpReqFailed, set, 0, at: Self.now)
        }
        shard.record(Builtin.httpReqDuration, set, 12.345, at: Self.now)
        shard.record(Builtin.vus, tags(shard, ("zone", "a")), 7, at: Self.now)
        for (name, value) in [("is ok", 1.0), ("is ok", 1), ("is ok", 0), ("other", 0)] {
            shard.record(Builtin.checks, tags(shard, ("check", name), ("zone", "a")), value, at: Self.now)
        }
    }

    @Test("statsd: names and values, without tags")
    func plain() throws {
        let expected = [
            "k6.http_reqs:2|c", "k6.http_req_failed:0|c", "k6.http_req_duration:12.345000|ms",
            "k6.vus:7.000000|g", "k6.check.is ok.pass:2|c", "k6.check.is ok.fail:1|c",
            "k6.check.other.fail:1|c",
        ]
        #expect(try lines(.statsd) { someOfEach($0) }.sorted() == expected.sorted())
    }

    @Test("datadog, and statsd if asked: tags but those of the block list")
    func tagged() throws {
        let expected = [
            "k6.http_reqs:2|c|#status:200,zone:a", "k6.http_req_failed:0|c|#status:200,zone:a",
            "k6.http_req_duration:12.345000|ms|#status:200,zone:a", "k6.vus:7.000000|g|#zone:a",
            "k6.check.is ok.pass:2|c|#check:is ok,zone:a", "k6.check.is ok.fail:1|c|#check:is ok,zone:a",
            "k6.check.other.fail:1|c|#check:other,zone:a",
        ]
        #expect(try lines(.datadog) { someOfEach($0) }.sorted() == expected.sorted())
        #expect(
            try lines(.statsd, ["K6_STATSD_ENABLE_TAGS": "true"]) { someOfEach($0) }.sorted()
                == expected.sorted())
        let narrowed = try lines(
            .datadog, ["K6_STATSD_TAG_BLOCKLIST": "zone,status,url", "K6_STATSD_NAMESPACE": "load"]
        ) { someOfEach($0) }
        #expect(narrowed.contains("load.http_reqs:2|c") && narrowed.contains("load.vus:7.000000|g"))
        #expect(narrowed.contains("load.check.is ok.pass:2|c|#check:is ok"))
    }

    @Test("a trend of many values: as many lines as may be, whose rates add up to all of them")
    func rates() throws {
        let found = try lines(.statsd) { shard in
            let often = tags(shard, ("status", "200"))
            for index in 0..<30_000 {
                shard.record(Builtin.httpReqDuration, often, Double(index % 100 + 1), at: Self.now)
            }
        }
        #expect(found.count == Limits.statsdRepresentatives)
        var (count, sum) = (0.0, 0.0)
        for line in found {
            let parts = line.split(separator: "|")
            #expect(parts.count == 3 && parts[1] == "ms" && parts[2].hasPrefix("@"))
            let weight = 1 / Double(parts[2].dropFirst())!
            count += weight
            sum += weight * Double(parts[0].split(separator: ":")[1])!
        }
        #expect(abs(count - 30_000) < 0.01)
        #expect(abs(sum / count - 50.5) < 0.01)
    }

    @Test("packets are small, and hold no more lines than asked for")
    func packets() throws {
        func many(_ shard: Shard) {
            for index in 0..<2000 {
                shard.record(
                    Builtin.httpReqs, tags(shard, ("name", "http://example.test/\(index)")), 1, at: Self.now)
            }
        }
        let small = try packets(.datadog, ["K6_STATSD_BUFFER_SIZE": "1000"], many)
        #expect(small.allSatisfy { $0.utf8.count <= Limits.datagramBytesMax && !$0.hasSuffix("\n") })
        #expect(small.reduce(0) { $0 + $1.split(separator: "\n").count } == 2000)
        #expect(small.contains { $0.utf8.count > Limits.datagramBytesMax - 60 })
        let few = try packets(.datadog, ["K6_STATSD_BUFFER_SIZE": "3"], many)
        #expect(few.allSatisfy { $0.split(separator: "\n").count <= 3 })
        #expect(few.reduce(0) { $0 + $1.split(separator: "\n").count } == 2000)
    }

    @Test("counters are whole numbers; what is left over is not lost")
    func fractions() throws {
        let found = try lines(.statsd) { shard in
            let mine = MetricID(raw: Int32(MetricRegistry().count))
            for _ in 0..<5 { shard.record(mine, .empty, 0.5, at: Self.now) }
        }
        #expect(found == ["k6.mine:2|c"])
    }

    @Test("values that are no finite numbers are left out, counted, and do no harm to what follows")
    func infinite() throws {
        let receiver = try DatagramReceiver()
        let output = StatsDLines(
            configuration: try StatsDConfiguration(
                .statsd, argument: "127.0.0.1:\(receiver.port)", environment: [:]))
        try output.open()
        let mine = MetricID(raw: Int32(MetricRegistry().count))
        var registry = MetricRegistry()
        try registry.register("mine", .counter)
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        let shard = Shard(index: 0, registry: registry, demand: demand, start: Instant(ns: 1))
        let aggregate = Aggregate(registry: registry, demand: demand)
        for (index, value) in [0.5, .infinity, -.infinity, 1e308, 1e308, 2.5].enumerated() {
            shard.record(mine, .empty, value, at: Self.now)
            if value.isInfinite {
                shard.record(Builtin.vus, .empty, value, at: Self.now)
                shard.record(Builtin.httpReqDuration, .empty, value, at: Self.now)
            }
            let end = Instant(ns: Int64(index + 1) * Ns.perSecond)
            let packet = shard.takeInterval(to: end)
            aggregate.absorb(packet)
            shard.recycle(packet)
            try output.add(SeriesInterval(aggregate.closeInterval(at: end), wallOffsetNs: 0))
        }
        try output.finish()
        let lines = receiver.lines()
        #expect(lines.first == "k6.mine:0|c" && lines.allSatisfy { $0.hasPrefix("k6.mine:") })
        let notes = output.takeNotes()
        #expect(notes.count == 1 && notes[0].severity == .warning)
        // Each of the two in three metrics, and the sum that grew beyond all numbers.
        #expect(notes[0].text.hasPrefix("7 values are no finite numbers: statsd (127.0.0.1:"), "\(notes)")
    }

    @Test(
        "what cannot be is refused",
        arguments: [
            ["K6_STATSD_PUSH_INTERVAL": "soon"], ["K6_STATSD_BUFFER_SIZE": "0"],
            ["K6_STATSD_ENABLE_TAGS": "perhaps"],
        ])
    func refused(environment: [String: String]) {
        #expect(throws: OutputError.self) {
            _ = try StatsDConfiguration(.statsd, argument: "", environment: environment)
        }
    }

    @Test(
        "an address that is none, a name nobody knows", arguments: ["nowhere", "h:0", "no-such.invalid:8125"])
    func address(text: String) throws {
        let output = StatsDLines(
            configuration: try StatsDConfiguration(.statsd, argument: text, environment: [:]))
        #expect(throws: OutputError.self) { try output.open() }
    }
}
