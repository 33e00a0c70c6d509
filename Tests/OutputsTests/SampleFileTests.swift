// The outputs json and csv: lines against k6's own, byte by byte, files that are compressed or cannot be
// written, and what a line costs.

import Base
import Codec
import Foundation
import Testing

@testable import Metrics
@testable import Outputs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A run of k6 1.1.0 as it wrote it (Fixtures/make.py lines).
struct RecordedLines {
    let json: [String]
    let csv: [String]

    /// Times in the lines are in the zone of the machine that made them. For processes of their own: the zone
    /// is everybody's in a process, and setting a variable moves those that others read.
    static func enterZone() {
        setenv("TZ", "UTC", 1)
        tzset()
    }

    init() {
        func lines(_ file: String) -> [String] {
            String(decoding: Golden.data(file, in: "Fixtures/lines"), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        }
        json = lines("lines.json")
        csv = lines("lines.csv")
    }

    struct Point {
        var metric: String
        var value: Double
        var tags: [MetricTag]
        var wallNs: Int64
        var vu: Int64
        var iteration: Int64
        /// Beside these two.
        var metadata: [MetricTag]
    }

    func objects(_ type: String) -> [[String: Any]] {
        json.map { Golden.object(Data($0.utf8)) }.filter { $0["type"] as! String == type }
    }

    var points: [Point] {
        objects("Point").map { line in
            let data = line["data"] as! [String: Any]
            let metadata = data["metadata"] as? [String: String] ?? [:]
            return Point(
                metric: line["metric"] as! String, value: data["value"] as! Double,
                tags: (data["tags"] as! [String: String]).map { MetricTag($0.key, $0.value) },
                wallNs: Self.wallNs(data["time"] as! String), vu: metadata["vu"].flatMap { Int64($0) } ?? 0,
                iteration: metadata["iter"].flatMap { Int64($0) } ?? -1,
                metadata: metadata.filter { !["vu", "iter"].contains($0.key) }.map {
                    MetricTag($0.key, $0.value)
                })
        }
    }

    /// "2026-11-21T02:25:20.237484772Z".
    static func wallNs(_ text: String) -> Int64 {
        let numbers = text.dropLast().split { "-T:.".contains($0) }
        var parts = tm()
        parts.tm_year = Int32(numbers[0])! - 1900
        parts.tm_mon = Int32(numbers[1])! - 1
        parts.tm_mday = Int32(numbers[2])!
        parts.tm_hour = Int32(numbers[3])!
        parts.tm_min = Int32(numbers[4])!
        parts.tm_sec = Int32(numbers[5])!
        let fraction = numbers.count > 6 ? String(numbers[6]) : ""
        let ns = Int64(fraction + String(repeating: "0", count: 9 - fraction.count))!
        return Int64(timegm(&parts)) * Ns.perSecond + ns
    }

    /// The metrics and thresholds of the recorded script.
    func context(systemTags: Set<String>) throws -> SampleContext {
        var registry = MetricRegistry()
        for line in objects("Metric") {
            let data = line["data"] as! [String: Any]
            let kind = MetricKind.allCases.first { "\($0)" == data["type"] as! String }!
            let contains = MetricContains.allCases.first { "\($0)" == data["contains"] as! String }!
            try registry.register(line["metric"] as! String, kind, contains)
        }
        var demand = SeriesDemand()
        let thresholds = [
            ThresholdDeclaration(
                "val",
                [
                    ThresholdRule("max<1e30"),
                    ThresholdRule("avg<1e40", abortOnFail: true, delayAbortEvalNs: 10 * Ns.perSecond),
                    ThresholdRule("min>-1e40"),
                ]),
            ThresholdDeclaration("val{tag:x}", [ThresholdRule("max<1e30")]),
            ThresholdDeclaration("cnt{tag:\"q\",b:2}", []),
        ]
        _ = try Thresholds(thresholds, registry: registry, demand: &demand)
        return SampleContext(
            registry: registry, submetrics: demand.submetrics, thresholds: thresholds, systemTags: systemTags)
    }

    /// All points as a writer hands them over.
    func chunk(_ registry: MetricRegistry) -> SampleChunk {
        let chunk = SampleChunk(capacity: points.count)
        for point in points {
            let place = chunk.add(SampleTags(point.tags, metadata: point.metadata))
            chunk.append(
                SampleRecord(
                    metric: registry.find(point.metric)!.id, tags: place, value: point.value,
                    wallNs: point.wallNs, vu: point.vu, iteration: point.iteration))
        }
        return chunk
    }
}

@Suite struct SampleFileTests {
    private let recorded = RecordedLines()
    private static let defaultTags: Set<String> = [
        "proto", "subproto", "status", "method", "url", "name", "group", "check", "error", "error_code",
        "tls_version", "scenario", "service", "expected_response",
    ]

    private static func scratch(_ name: String) -> String {
        "/tmp/apus-outputs-\(getpid())-\(UUID().uuidString)-\(name)"
    }

    private static func read(_ path: String) throws -> [UInt8] {
        defer { unlink(path) }
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Compares what an output makes of the recorded samples with k6's lines. For processes of their own.
    private static func expectLines(
        _ kind: String, _ theirs: (RecordedLines) -> [String],
        _ make: (_ path: String, SampleContext) throws -> any SampleOutput
    ) throws {
        RecordedLines.enterZone()
        let recorded = RecordedLines()
        let context = try recorded.context(systemTags: defaultTags.union(["vu", "iter"]))
        let path = scratch("lines.\(kind)")
        let output = try make(path, context)
        #expect(output.label == "\(kind) (\(path))")
        try output.open()
        try output.add(recorded.chunk(context.registry))
        try output.finish()
        let (ours, theirs) = (lines(try read(path)), theirs(recorded))
        #expect(ours.count == theirs.count)
        for (ours, theirs) in zip(ours, theirs) { #expect(ours == theirs) }
    }

    @Test("JSON lines are k6's, byte by byte")
    func json() async {
        await #expect(processExitsWith: .success) {
            try SampleFileTests.expectLines("json", { $0.json }) { JSONLines(name: $0, context: $1) }
        }
    }

    @Test("CSV lines are k6's, byte by byte")
    func csv() async {
        await #expect(processExitsWith: .success) {
            try SampleFileTests.expectLines("csv", { $0.csv }) { path, context in
                let configuration = try CSVConfiguration(
                    argument: "fileName=\(path),timeFormat=rfc3339_nano", environment: [:])
                return CSVLines(configuration: configuration, context: context)
            }
        }
    }

    @Test(
        "times of CSV lines in every format",
        arguments: [
            ("unix", "1764036000"), ("unix_milli", "1764036000120"), ("unix_micro", "1764036000120034"),
            ("unix_nano", "1764036000120034500"), ("rfc3339", "2025-11-25T02:00:00Z"),
            ("rfc3339_nano", "2025-11-25T02:00:00.1200345Z"),
        ])
    func csvTimes(format: String, text: String) async {
        await #expect(processExitsWith: .success) { [format, text] in
            RecordedLines.enterZone()
            let path = SampleFileTests.scratch("times.csv")
            let context = try RecordedLines().context(systemTags: ["group"])
            let configuration = try CSVConfiguration(
                argument: "timeFormat=\(format),fileName=\(path)", environment: [:])
            let output = CSVLines(configuration: configuration, context: context)
            try output.open()
            let chunk = SampleChunk(capacity: 1)
            let place = chunk.add(
                SampleTags([MetricTag("group", "g"), MetricTag("b", "2"), MetricTag("a", "1")]))
            chunk.append(
                SampleRecord(
                    metric: Builtin.vus, tags: place, value: 2.5, wallNs: 1_764_036_000_120_034_500, vu: 1,
                    iteration: 0))
            try output.add(chunk)
            try output.finish()
            #expect(
                SampleFileTests.lines(try SampleFileTests.read(path)) == [
                    "metric_name,timestamp,metric_value,group,extra_tags,metadata",
                    "vus,\(text),2.500000,g,a=1&b=2,",
                ])
        }
    }

    @Test("a name ending in .gz is compressed", arguments: ["json", "csv"])
    func compressed(kind: String) throws {
        let context = try recorded.context(systemTags: Self.defaultTags)
        func write(_ path: String, pieces: Int) throws -> [UInt8] {
            let output: any SampleOutput =
                kind == "json"
                ? JSONLines(name: path, context: context)
                : CSVLines(
                    configuration: try CSVConfiguration(argument: path, environment: [:]), context: context)
            try output.open()
            let chunk = recorded.chunk(context.registry)
            for _ in 0..<pieces {
                try output.add(chunk)
                try output.flush()
            }
            try output.finish()
            return try Self.read(path)
        }
        let plain = try write(Self.scratch("plain"), pieces: 40)
        let small = try write(Self.scratch("small.gz"), pieces: 40)
        #expect(small.count * 5 < plain.count)
        var unpacked = ByteBuffer()
        var decoder = Decoder([.gzip])
        let state = small.withUnsafeBytes { decoder.decode($0, into: &unpacked) }
        #expect(state == .running)
        #expect(decoder.finish() == .running)
        #expect(Array(unpacked.bytes) == plain)
    }

    @Test("a file that cannot be created is named", arguments: ["/nowhere/at/all.json", "/tmp"])
    func notCreated(path: String) throws {
        let output = JSONLines(name: path, context: try recorded.context(systemTags: []))
        #expect {
            try output.open()
        } throws: { "\($0)".contains(path) }
    }

    @Test("a full disk is reported once, and the other outputs go on")
    func fullDisk() throws {
        let context = try recorded.context(systemTags: Self.defaultTags)
        let path = Self.scratch("beside.json")
        let outputs = SampleOutputs(
            [JSONLines(name: "/dev/full", context: context), JSONLines(name: path, context: context)],
            writers: 1)
        let stream = outputs.samples!
        #expect(outputs.labels == ["json (/dev/full)", "json (\(path))"])
        try outputs.start()
        let writer = SampleWriter(stream)
        let tags = writer.tagSet([MetricTag("a", "b")])
        let count = 50_000
        for index in 0..<count { writer.record(Builtin.vus, tags, Double(index), at: Clock.now()) }
        writer.handOver()
        outputs.finish()
        let notes = outputs.takeNotes()
        #expect(notes.count == 1 && notes[0].severity == .error)
        #expect(notes[0].text.contains("/dev/full") && notes[0].text.contains("No space left on device"))
        #expect(outputs.takeNotes().isEmpty)
        // The line about the metric is one more.
        #expect(Self.lines(try Self.read(path)).count == count + 1)
    }

    @Test("what was added is in the file after the flush interval, while the run goes on")
    func flushes() throws {
        let path = Self.scratch("flushed.json")
        let outputs = SampleOutputs(
            [JSONLines(name: path, context: try recorded.context(systemTags: []))], writers: 1)
        let stream = outputs.samples!
        try outputs.start()
        let writer = SampleWriter(stream)
        writer.record(Builtin.vus, writer.tagSet([]), 1, at: Clock.now())
        writer.handOver()
        let deadline = Clock.now() + 10 * Ns.perSecond
        var size = 0
        while size == 0, Clock.now() < deadline {
            usleep(20_000)
            var facts = stat()
            if stat(path, &facts) == 0 { size = Int(facts.st_size) }
        }
        #expect(size > 0)
        outputs.finish()
        #expect(outputs.takeNotes().isEmpty)
        #expect(Self.lines(try Self.read(path)).count == 2)
    }
}

@Suite struct CSVConfigurationTests {
    @Test("defaults, then the environment, then the argument")
    func layers() throws {
        let plain = try CSVConfiguration(argument: "", environment: [:])
        #expect(plain.fileName == "file.csv")
        #expect(plain.saveIntervalNs == Ns.perSecond)
        #expect(plain.timeFormat == .unix)
        let environment = [
            "K6_CSV_FILENAME": "e.csv", "K6_CSV_SAVE_INTERVAL": "2000", "K6_CSV_TIME_FORMAT": "rfc3339",
        ]
        let set = try CSVConfiguration(argument: "", environment: environment)
        #expect(
            set.fileName == "e.csv" && set.saveIntervalNs == 2 * Ns.perSecond && set.timeFormat == .rfc3339)
        #expect(try CSVConfiguration(argument: "a.csv", environment: environment).fileName == "a.csv")
        let given = try CSVConfiguration(
            argument: "fileName=b.csv,saveInterval=50ms,timeFormat=unix_nano", environment: environment)
        #expect(
            given.fileName == "b.csv" && given.saveIntervalNs == 50 * Ns.perMillisecond
                && given.timeFormat == .unixNano)
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ("timeFormat=iso", [:], "iso"), ("saveInterval=soon", [:], "saveInterval"),
            ("nothing=1", [:], "nothing"), ("fileName=a,b", [:], "b"),
            ("", ["K6_CSV_TIME_FORMAT": "x"], "K6_CSV_TIME_FORMAT"),
            ("", ["K6_CSV_SAVE_INTERVAL": "5x"], "K6_CSV_SAVE_INTERVAL"),
        ] as [(String, [String: String], String)])
    func refused(argument: String, environment: [String: String], word: String) {
        #expect {
            try CSVConfiguration(argument: argument, environment: environment)
        } throws: { "\($0)".contains(word) }
    }
}
