// The output influxdb: k6's lines to the letter, its settings, and what is sent below and above the budget.

import Base
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct InfluxTests {
    // MARK: - lines

    /// Tags and a value, and what k6 1.1.0 posted for them between measurement and time.
    static let lines: [(tags: [(String, String)], value: Double, text: String)] = [
        ([], 1, " value=1"),
        ([("scenario", "default"), ("group", "")], 3, ",scenario=default value=3"),
        (
            [("check", "is, ok = \"yes\" x"), ("q", "x\"y"), ("run id", "a b,c=d")], 0,
            ",check=is\\,\\ ok\\ \\=\\ \"yes\"\\ x,q=x\"y,run\\ id=a\\ b\\,c\\=d value=0"
        ),
        (
            [("name", "http://h/p%20a?x=1,2"), ("status", "200"), ("url", "http://h/p%20a?x=1,2")], 1.887904,
            ",name=http://h/p%20a?x\\=1\\,2,status=200 url=\"http://h/p%20a?x=1,2\",value=1.887904"
        ),
        ([("uni", "é")], 1e21, ",uni=é value=1000000000000000000000"),
        ([], -0.000001, " value=-0.000001"), ([], 1_234_567.25, " value=1234567.25"),
        ([], 0.1, " value=0.1"),
        // Where k6's own line cannot be read by the server.
        ([("nl", "a\nb")], 4, ",nl=a\\nb value=4"), ([("back", "tr\\")], 4, ",back=tr value=4"),
        ([("url", "a\"b\\c")], 4, " url=\"a\\\"b\\\\c\",value=4"),
    ]

    @Test("lines are k6's", arguments: lines.indices)
    func line(index: Int) {
        let line = Self.lines[index]
        var writer = LineWriter()
        let tags = SampleTags(line.tags.map { MetricTag($0.0, $0.1) }).tags
        writer.append(
            Array("m".utf8), LineParts(tags, fields: ["url": .string]), line.value,
            time: 1_795_655_724_806_892_365)
        let bodies = writer.take()
        #expect(bodies.map(\.points) == [1])
        #expect(String(decoding: bodies[0].bytes, as: UTF8.self) == "m\(line.text) 1795655724806892365\n")
    }

    private func write(_ count: Int, to writer: inout LineWriter, from first: Int = 0) {
        // The text's line break is no end of a line.
        let parts = LineParts([MetricTag("url", "a\nb")], fields: ["url": .string])
        for index in first..<(first + count) {
            writer.append([UInt8(ascii: "m")], parts, Double(index), time: 1)
        }
    }

    @Test(
        "bodies are cut between lines, those of another writer as well", arguments: [1, 40, 100, 1000, 5000])
    func bodies(bodyBytes: Int) {
        var whole = LineWriter()
        write(120, to: &whole)
        let all = whole.take()
        #expect(all.count == 1 && all[0].points == 120)
        var writer = LineWriter(bodyBytes: bodyBytes)
        var other = LineWriter(bodyBytes: bodyBytes)
        write(10, to: &writer)
        write(100, to: &other, from: 10)
        writer.append(other)
        write(10, to: &writer, from: 110)
        let bodies = writer.take()
        #expect(bodies.flatMap(\.bytes) == all[0].bytes)
        #expect(bodies.reduce(0) { $0 + $1.points } == 120)
        let longest = "m url=\"a\nb\",value=119 1\n".utf8.count
        for body in bodies {
            let text = String(decoding: body.bytes, as: UTF8.self)
            #expect(text.hasPrefix("m ") && text.hasSuffix(" 1\n"))
            #expect(text.split(separator: "value=").count - 1 == body.points)
            #expect(body.bytes.count < 2 * bodyBytes + longest)
        }
        #expect(bodies.count >= all[0].bytes.count / (2 * bodyBytes + longest))
        let none = writer.take()
        #expect(none.isEmpty)
    }

    @Test("a value that is no finite number is no line", arguments: [Double.infinity, -.infinity, .nan])
    func notFinite(value: Double) {
        var writer = LineWriter()
        var other = LineWriter()
        writer.append([UInt8(ascii: "m")], LineParts([], fields: [:]), value, time: 1)
        other.append([UInt8(ascii: "m")], LineParts([], fields: [:]), value, time: 1)
        writer.append(other)
        let (skipped, bodies) = (writer.skipped, writer.take())
        #expect(skipped == 2 && bodies.isEmpty)
    }

    @Test("fields have the types they were given; what does not fit is left out")
    func fieldKinds() {
        let tags = [("a", "1"), ("b", "true"), ("c", "x"), ("d", "2.50"), ("zz", "7")].map {
            MetricTag($0.0, $0.1)
        }
        let parts = LineParts(tags, fields: ["a": .int, "b": .bool, "c": .int, "d": .float, "zz": .string])
        #expect(String(decoding: parts.before, as: UTF8.self) == "a=1i,b=true,d=2.5,")
        #expect(String(decoding: parts.after, as: UTF8.self) == ",zz=\"7\"")
        #expect(parts.tags == [UInt8(ascii: " ")])
    }

    // MARK: - settings

    @Test("defaults, then the environment, then the argument")
    func layers() throws {
        let plain = try InfluxConfiguration(argument: "", environment: [:])
        #expect(plain.address == "http://localhost:8086" && plain.database == "k6")
        #expect(plain.pushIntervalNs == Ns.perSecond && plain.concurrentWrites == 4)
        #expect(plain.fields == ["vu": .string, "iter": .string, "url": .string])
        let environment = [
            "K6_INFLUXDB_ADDR": "https://db:1", "K6_INFLUXDB_DB": "env", "K6_INFLUXDB_USERNAME": "u",
            "K6_INFLUXDB_PASSWORD": "p", "K6_INFLUXDB_INSECURE": "true", "K6_INFLUXDB_PUSH_INTERVAL": "3s",
            "K6_INFLUXDB_CONCURRENT_WRITES": "2", "K6_INFLUXDB_PRECISION": "ms",
            "K6_INFLUXDB_RETENTION": "week",
            "K6_INFLUXDB_CONSISTENCY": "all", "K6_INFLUXDB_PAYLOAD_SIZE": "900",
            "K6_INFLUXDB_TAGS_AS_FIELDS": "name,vu:int", "K6_INFLUXDB_PROXY": "http://proxy:3128",
            "APUS_INFLUXDB_POINTS_PER_SECOND": "5",
        ]
        let set = try InfluxConfiguration(argument: "", environment: environment)
        #expect(set.address == "https://db:1" && set.database == "env" && set.username == "u")
        #expect(set.password == "p" && set.isInsecure && set.pushIntervalNs == 3 * Ns.perSecond)
        #expect(set.concurrentWrites == 2 && set.precision == .ms && set.retention == "week")
        #expect(set.consistency == "all" && set.payloadSize == 900 && set.pointsPerSecondMax == 5)
        #expect(set.fields == ["name": .string, "vu": .int] && set.proxy?.host == "proxy")
        let url = try InfluxConfiguration(
            argument:
                "http://us%20er:p%40ss@h:2/my/db?precision=s&pushInterval=2s&concurrentWrites=7&retention=r&"
                + "consistency=one&insecure=false&payload_size=10&tagsAsFields=url&tagsAsFields=ip",
            environment: environment)
        #expect(
            try InfluxConfiguration(argument: "http://h?tagsAsFields=a:", environment: [:]).fields == [
                "a": .string
            ])
        #expect(url.address == "http://h:2" && url.database == "my/db" && url.username == "us er")
        #expect(url.password == "p@ss" && !url.isInsecure && url.pushIntervalNs == 2 * Ns.perSecond)
        #expect(url.concurrentWrites == 7 && url.precision == .s && url.retention == "r")
        #expect(url.consistency == "one" && url.payloadSize == 10)
        #expect(url.fields == ["url": .string, "ip": .string])
        let write = try url.url("write", [("db", "a b&c")])
        #expect(write.target == "/write?db=a+b%26c" && write.user == "us er" && write.password == "p@ss")
    }

    @Test(
        "user and password of an address are never shown",
        arguments: [
            ("http://me:s%40cret@h:1/db", [:]), ("", ["K6_INFLUXDB_ADDR": "http://me:s%40cret@h:1"]),
        ] as [(String, [String: String])])
    func credentials(argument: String, environment: [String: String]) throws {
        let set = try InfluxConfiguration(argument: argument, environment: environment)
        #expect(set.username == "me" && set.password == "s@cret" && set.address == "http://h:1")
        let over = environment.merging(["K6_INFLUXDB_USERNAME": "you"]) { $1 }
        let name = try InfluxConfiguration(argument: argument, environment: over).username
        #expect(name == (argument.isEmpty ? "you" : "me"))
    }

    @Test(
        "nor in an error",
        arguments: [
            ("htp://me:secret@h/db", [:]), ("me:secret@h", [:]), ("http://me:secret@/db", [:]),
            ("", ["K6_INFLUXDB_ADDR": "htp://me:secret@h"]), ("", ["K6_INFLUXDB_PROXY": "http://me:secret@"]),
        ] as [(String, [String: String])])
    func masked(argument: String, environment: [String: String]) {
        let error = #expect(throws: OutputError.self) {
            _ = try InfluxConfiguration(argument: argument, environment: environment)
        }
        #expect(error?.description.contains("secret") == false, "\(String(describing: error))")
        #expect(error?.description.contains("****@") == true, "\(String(describing: error))")
    }

    @Test(
        "what cannot be is refused",
        arguments: [
            ("localhost:8086/db", [:]), ("ftp://h/db", [:]), ("http://h/db?what=1", [:]),
            ("http://h/db?precision=year", [:]), ("http://h/db?pushInterval=soon", [:]),
            ("http://h/db?concurrentWrites=0", [:]), ("http://h/db?tagsAsFields=a:b", [:]),
            ("http://h/db?tagsAsFields=vu,:", [:]), ("http://h/db?tagsAsFields=:int", [:]),
            ("http://h/db?tagsAsFields=a&tagsAsFields=a", [:]), ("", ["K6_INFLUXDB_TAGS_AS_FIELDS": ":"]),
            ("", ["K6_INFLUXDB_INSECURE": "maybe"]), ("", ["K6_INFLUXDB_ADDR": "h"]),
        ] as [(String, [String: String])])
    func refused(argument: String, environment: [String: String]) {
        #expect(throws: OutputError.self) {
            _ = try InfluxConfiguration(argument: argument, environment: environment)
        }
    }

    // MARK: - below and above the budget

    /// A worker, the control thread's aggregate and the output, without threads.
    private final class Rig {
        let receiver: DatagramReceiver
        let output: InfluxLines
        let stream: SampleStream
        let shard: Shard
        let aggregate: Aggregate
        private(set) var now = Instant(ns: 1_000_000_000)

        init(budget: Int) throws {
            receiver = try DatagramReceiver()
            let configuration = try InfluxConfiguration(
                argument: "udp://127.0.0.1:\(receiver.port)/db",
                environment: [
                    "APUS_INFLUXDB_POINTS_PER_SECOND": "\(budget)", "K6_INFLUXDB_PAYLOAD_SIZE": "60000",
                ])
            let registry = MetricRegistry()
            output = try InfluxLines(
                configuration: configuration,
                context: SampleContext(
                    registry: registry, submetrics: [], thresholds: [], systemTags: ["status", "url"]))
            try output.open()
            stream = SampleStream(writers: 1, recordsPerPacketMax: output.samplesPerIntervalMax!)
            var demand = SeriesDemand()
            demand.keepsAllTags = true
            demand.unkeptTags = output.unkeptTags
            shard = Shard(
                index: 0, registry: registry, demand: demand, start: now,
                writer: SampleWriter(stream, shard: 0))
            aggregate = Aggregate(registry: registry, demand: demand)
        }

        /// An interval of a second with so many requests; returns the lines it led to.
        func second(
            _ requests: Int, status: String = "200", durations: [Double] = []
        ) throws -> [String] {
            let recorder = SampleRecorder(shard)
            let tags = recorder.tagSet(
                [("status", status), ("url", "http://h/\(requests)"), ("group", "")].map {
                    MetricTag($0.0, $0.1)
                })
            for index in 0..<requests {
                recorder.record(Builtin.httpReqs, tags, 1, at: now, vu: 1, iteration: 0)
                recorder.record(
                    Builtin.httpReqDuration, tags, Double(index + 1), at: now, vu: 1, iteration: 0)
                recorder.record(Builtin.checks, tags, index % 4 == 0 ? 0 : 1, at: now, vu: 1, iteration: 0)
            }
            for value in durations {
                recorder.record(Builtin.httpReqDuration, tags, value, at: now, vu: 1, iteration: 0)
            }
            now = now + Ns.perSecond
            let packet = shard.takeInterval(to: now)
            aggregate.absorb(packet)
            shard.recycle(packet)
            let snapshot = aggregate.closeInterval(at: now)
            let batch = stream.take(until: .never)
            for chunk in batch.chunks { try output.add(chunk) }
            stream.giveBack(batch.chunks)
            try output.add(SeriesInterval(snapshot, wallOffsetNs: 0))
            if !output.wantsSamples { stream.mute() }
            try output.flush()
            return receiver.lines()
        }
    }

    private func sum(_ lines: [String], _ metric: String) -> Double {
        values(lines, metric).reduce(0, +)
    }

    private func values(_ lines: [String], _ metric: String) -> [Double] {
        lines.filter { $0.hasPrefix("\(metric),") }.map { line in
            Double(line.split(separator: "value=")[1].prefix { $0 != " " && $0 != "," })!
        }
    }

    private func times(_ lines: [String], _ metric: String) -> [String] {
        lines.filter { $0.hasPrefix("\(metric),") }.map { String($0.split(separator: " ").last!) }
    }

    @Test("below the budget every sample, each with a time of its own")
    func below() throws {
        let rig = try Rig(budget: 300)
        let lines = try rig.second(100)
        #expect(lines.count == 300)
        #expect(lines[0].hasPrefix("http_reqs,status=200 url=\"http://h/100\",value=1 "))
        #expect(Set(times(lines, "http_req_duration")).count == 100)
        #expect(values(lines, "http_req_duration") == (1...100).map(Double.init))
        #expect(try rig.second(100).count == 300)
        #expect(rig.output.wantsSamples && rig.output.takeNotes().isEmpty)
    }

    @Test("above it sums, from the very interval on, and it is said once")
    func above() throws {
        let rig = try Rig(budget: 6000)
        #expect(try rig.second(2000).count == 6000)
        let lines = try rig.second(10_000)
        #expect(!rig.output.wantsSamples)
        #expect(values(lines, "http_reqs") == [10_000])
        #expect(values(lines, "checks") == [7_500])
        #expect(lines.contains { $0.hasPrefix("checks,status=200 rate=0.75,value=7500 ") })
        let durations = values(lines, "http_req_duration")
        #expect(durations.count == Limits.influxRepresentatives)
        #expect(abs(durations.reduce(0, +) / 1000 - 5000.5) < 0.001)
        #expect(abs(durations.sorted()[949] - 9_495.5) < 20)
        #expect(Set(times(lines, "http_req_duration")).count == durations.count)
        // Few again, two series: sums all the same, in proportion.
        let more = try rig.second(400, status: "500")
        #expect(values(more, "http_reqs") == [400])
        #expect(!more.contains { $0.contains("url=") })
        _ = try rig.second(9_000)
        let notes = rig.output.takeNotes()
        #expect(notes.count == 1 && notes[0].severity == .info && notes[0].text.contains("6000 points"))
    }

    @Test("values that are no finite numbers are left out and counted, below the budget and above")
    func infinite() throws {
        let rig = try Rig(budget: 300)
        let few = try rig.second(10, durations: [.infinity, -.infinity])
        #expect(few.count == 30)
        let many = try rig.second(1000, durations: [.infinity])
        #expect(!rig.output.wantsSamples && values(many, "http_reqs") == [1000])
        #expect(values(many, "http_req_duration").allSatisfy { $0.isFinite })
        #expect(!(few + many).contains { $0.lowercased().contains("inf") || $0.contains("nan") })
        try rig.output.finish()
        let said = rig.output.takeNotes().filter { $0.severity == .warning }
        #expect(said.count == 1 && said[0].text.contains(" no finite numbers"), "\(said)")
    }

    @Test("lines without room are missing only where they were to be sent")
    func room() throws {
        for budget in [300, 299] {
            let rig = try Rig(budget: budget)
            // The first interval's lines, 300 of some 60 bytes, do not fit.
            rig.output.heldBytesMax = 2000
            let lines = try rig.second(100)
            try rig.output.finish()
            let errors = rig.output.takeNotes().filter { $0.severity == .error }
            if budget == 300 {
                #expect(lines.count < 50 && errors.count == 1)
                #expect(errors[0].text.hasPrefix("\(300 - lines.count) samples are missing in "))
            } else {
                #expect(values(lines, "http_reqs") == [100] && errors.isEmpty)
            }
        }
    }

    @Test("a budget of nothing means sums from the start")
    func none() throws {
        let rig = try Rig(budget: 0)
        #expect(sum(try rig.second(3), "http_reqs") == 3)
        #expect(!rig.output.wantsSamples)
    }

    @Test("writers stop for good once nobody wants samples, and tags still come out right")
    func muted() throws {
        let rig = try Rig(budget: 10)
        _ = try rig.second(50)
        _ = try rig.second(50)
        #expect(rig.shard.writer!.isMuted)
        let lines = try rig.second(50, status: "404")
        #expect(values(lines, "http_reqs") == [50])
        #expect(lines.allSatisfy { $0.contains("status=404") })
    }
}
