// Result files of the built binary: split runs merged, killed runs, files that are none, and exports read
// by another implementation (the Python package hdrhistogram; skipped where it cannot be installed).

import Foundation
import Glibc
import ProcessSupport
import Testing

@Suite struct ResultTests {
    let target: Target

    init() throws { target = try Target() }

    /// Runs one test in `count` processes, a segment each. - Returns: the result files.
    private func split(_ count: Int, _ arguments: [String], code: Int32 = 0) throws -> [String] {
        let borders = (0...count).map { "\($0)/\(count)" }
        return try (0..<count).map { part in
            let path = Scratch.path("part\(part).jsonl")
            let end = try Apus.start(
                [
                    "run", "-q", "--threads", "1", "--save", path, "--execution-segment",
                    "\(borders[part]):\(borders[part + 1])", "--execution-segment-sequence",
                    borders.joined(separator: ","),
                ] + arguments + [target.url]
            ).finish()
            #expect(end.code == code, "\(end.err)")
            return path
        }
    }

    private func merge(_ arguments: [String]) throws -> Finished {
        try Apus.start(["merge"] + arguments).finish()
    }

    private func objects(_ path: String, _ type: String) throws -> [[String: Any]] {
        try Scratch.read(path).split(separator: "\n").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["type"] as? String == type ? object : nil
        }
    }

    /// Values of the last line with sums, by metric: totals alone.
    private func totals(_ path: String) throws -> [String: [String: Any]] {
        var names: [Int: String] = [:]
        for series in try objects(path, "series") where series["scope"] as? String == "total" {
            names[series["id"] as? Int ?? -1] = series["metric"] as? String
        }
        let values = try objects(path, "totals").first?["values"] as? [[String: Any]] ?? []
        var totals: [String: [String: Any]] = [:]
        for value in values {
            if let number = value["s"] as? Int, let name = names[number] { totals[name] = value }
        }
        return totals
    }

    @Test("four segments merged are the whole test")
    func segments() throws {
        let parts = try split(4, ["-i", "102", "-u", "4", "--threshold", "http_reqs: count==102"], code: 99)
        let whole = Scratch.path("whole.jsonl")
        let end = try merge(["--save", whole] + parts)
        #expect(end.code == 0, "\(end.err)")
        #expect(end.count("http_reqs") == 102 && end.count("iterations") == 102)
        #expect(end.out.contains("✓ 'count==102' count=102"))
        #expect(!end.err.contains("missing") && !end.err.contains("overlap"))
        let sums = try totals(whole)
        for metric in ["http_reqs", "http_req_duration", "http_req_failed", "data_received"] {
            let each = try parts.map { try totals($0)[metric] ?? [:] }
            #expect(sums[metric]?["n"] as? Int == each.reduce(0) { $0 + ($1["n"] as? Int ?? 0) }, "\(metric)")
        }
        let intervals = try objects(whole, "interval")
        #expect(!intervals.isEmpty)
        // Merged again it is the same.
        let again = try merge([whole])
        #expect(again.code == 0 && again.out == end.out, "\(again.out)")
    }

    @Test("what is missing, double or given twice is said")
    func coverage() throws {
        let parts = try split(3, ["-i", "9", "-u", "3"])
        let end = try merge([parts[0], parts[2], parts[0]])
        #expect(end.code == 255)
        #expect(end.err.contains("parts of the test are missing: 1/3:2/3"))
        #expect(end.err.contains("repeats a run"))
        #expect(end.count("http_reqs") == 6)
        let other = Scratch.path("other.jsonl")
        #expect(try Apus.run("-i", "9", "-u", "3", "--save", other, target.url).code == 0)
        let double = try merge(parts + [other])
        #expect(double.err.contains("overlap: both ran 0:1/3, and both are counted"), "\(double.err)")
        #expect(double.count("http_reqs") == 18)
    }

    @Test("thresholds are judged on the whole", arguments: [("count<15", 0, 99), ("count>15", 99, 0)])
    func thresholds(expression: String, each: Int32, whole: Int32) throws {
        let parts = try split(
            2, ["-i", "20", "-u", "2", "--threshold", "http_reqs: \(expression)"], code: each)
        let end = try merge(parts)
        #expect(end.code == whole, "\(end.err)")
    }

    @Test("a killed run leaves all but its last interval")
    func killed() throws {
        let path = Scratch.path("killed.jsonl")
        let child = try Apus.start(["run", "-q", "--rate", "50", "-d", "60s", "--save", path, target.url])
        let limit = Date().addingTimeInterval(20)
        while Scratch.read(path).components(separatedBy: "{\"type\":\"interval\"").count < 4, Date() < limit {
            usleep(20_000)
        }
        child.kill()
        let end = try merge([path])
        #expect(end.code == 255, "\(end.err)")
        #expect(end.err.contains("ends before its run did"))
        #expect((end.count("http_reqs") ?? 0) >= 100, "\(end.out)")
        // Cut within a line it is merged all the same.
        let text = Scratch.read(path)
        let cut = try Scratch.write(String(text.dropLast(40)), "cut.jsonl")
        let rest = try merge([cut])
        #expect(rest.code == 255 && (rest.count("http_reqs") ?? 0) >= 50, "\(rest.err)")
    }

    @Test("a full disk costs one error line, not the run")
    func fullDisk() throws {
        let end = try Apus.run("-u", "2", "-d", "2s", "--save", "/dev/full", target.url)
        #expect(end.code == 0)
        #expect(end.logLines("error").count == 1, "\(end.err)")
        #expect(end.err.contains("No space left on device"))
        #expect(end.out.contains("TOTAL RESULTS"))
    }

    @Test(
        "names that are no plain file are refused before anything starts",
        arguments: ["-", "x.jsonl.gz", "/nowhere/x.jsonl"])
    func names(path: String) throws {
        let end = try Apus.run("-i", "1", "--save", path, target.url)
        #expect(end.code == 255)
        #expect(end.logLines("error").count == 1 && end.err.contains(path), "\(end.err)")
    }

    @Test(
        "what is no result is refused in one line",
        arguments: [
            ("", "there is no first line"), ("{\"a\":1}\n", "it is no result file of apus"),
            ("PK\u{3}\u{4}", "it is no result file of apus"),
            (
                "{\"type\":\"header\",\"format\":\"apus-result\",\"version\":9}\n",
                "it has version 9 of the format"
            ),
        ])
    func foreign(text: String, reason: String) throws {
        let path = try Scratch.write(text, "foreign.jsonl")
        for command in [["merge", path], ["export", "--format", "hgrm", path]] {
            let end = try Apus.start(command).finish()
            #expect(end.code == 255)
            #expect(end.err.contains("\(path): ") && end.err.contains(reason), "\(end.err)")
            #expect(end.logLines("error").count == 1 && end.out.isEmpty)
        }
    }

    @Test("a damaged line, a missing file, a metric that is none")
    func damaged() throws {
        let path = Scratch.path("good.jsonl")
        #expect(try Apus.run("-i", "5", "--save", path, target.url).code == 0)
        let bad = try Scratch.write(
            Scratch.read(path).replacingOccurrences(of: "HISTF", with: "HISTX"), "bad.jsonl")
        let end = try merge([bad])
        #expect(end.code == 255 && end.err.contains("it is damaged"), "\(end.err)")
        #expect(try merge([path, "/nowhere.jsonl"]).err.contains("/nowhere.jsonl: No such file"))
        let none = try Apus.start(["export", "--format", "hgrm", "--metric", "http_req_duratio", path])
            .finish()
        #expect(none.code == 255 && none.err.contains("did you mean http_req_duration?"), "\(none.err)")
        let counter = try Apus.start(["export", "--format", "hgrm", "--metric", "http_reqs", path]).finish()
        #expect(counter.code == 255 && counter.err.contains("no trend"))
        let over = try merge(["--save", path, path])
        #expect(over.code == 255 && over.err.contains("would overwrite"))
    }

    // MARK: Another implementation

    @Test("exports are read by hdrhistogram", .enabled(if: Python.hasHdrHistogram))
    func exports() throws {
        let path = Scratch.path("run.jsonl")
        let run = try Apus.run("--rate", "200", "-d", "3s", "--save", path, target.url)
        #expect(run.code == 0)
        let (log, table) = (Scratch.path("x.hlog"), Scratch.path("x.hgrm"))
        #expect(try Apus.start(["export", "--format", "hdrlog", "-o", log, path]).finish().code == 0)
        #expect(try Apus.start(["export", "--format", "hgrm", "-o", table, path]).finish().code == 0)
        let end = try Python.run(
            """
            import sys
            from hdrh.histogram import HdrHistogram
            from hdrh.log import HistogramLogReader
            reader = HistogramLogReader(sys.argv[1], HdrHistogram(1, 2**52 - 1, 3))
            whole, parts = None, 0
            while True:
                one = reader.get_next_interval_histogram()
                if one is None: break
                parts += 1
                ratio = one.int_to_double_conversion_ratio
                if whole is None: whole = one
                else: whole.add(one)
            assert reader.get_start_time_sec() > 1e9
            # Highest value of each bucket by how many values lie up to it.
            reached = {one.total_count_to_this_value: one.value_iterated_to * ratio
                       for one in whole.get_recorded_iterator()}
            checked = 0
            for line in open(sys.argv[2]):
                words = line.split()
                if len(words) not in (3, 4) or words[0] == "Value" or words[0][0] == "#": continue
                value, level, count = float(words[0]), float(words[1]), int(words[2])
                assert abs(reached[count] - value) < 0.0006, line
                assert count >= level * whole.get_total_count() - 1e-6, line
                checked += 1
            assert checked > 10 and count == whole.get_total_count()
            print(parts, whole.get_total_count(), whole.get_max_value() * ratio)
            """, [log, table])
        #expect(end.code == 0, "\(end.err)")
        let words = end.out.split(separator: " ")
        try #require(words.count == 3, "\(end.out)")
        #expect(Int(words[1]) == run.count("http_reqs"))
        let max = try #require(run.ms("http_req_duration", "max"))
        #expect(abs((Double(words[2].dropLast()) ?? 0) - max) <= 0.01 * max)
    }

    @Test(
        "merged buckets are the sum, and what hdrhistogram writes is read",
        .enabled(if: Python.hasHdrHistogram))
    func sums() throws {
        let parts = try split(3, ["-i", "90", "-u", "3"])
        let whole = Scratch.path("whole.jsonl")
        let merged = try merge(["--save", whole] + parts)
        #expect(merged.code == 0)
        let again = Scratch.path("again.jsonl")
        let end = try Python.run(
            """
            import json, sys
            from hdrh.histogram import HdrHistogram
            def totals(path):
                names, sums = {}, {}
                for line in open(path):
                    one = json.loads(line)
                    if one["type"] == "series": names[one["id"]] = json.dumps(one, sort_keys=True).split('"metric"')[1]
                    if one["type"] == "totals":
                        for value in one["values"]:
                            for text in value.get("hist", []):
                                histogram = HdrHistogram.decode(text)
                                counts = {i: c for i, c in enumerate(histogram.counts) if c}
                                ratio = histogram.int_to_double_conversion_ratio
                                sums.setdefault((names[value["s"]], ratio), []).append(counts)
                return sums
            parts = {}
            for path in sys.argv[3:]:
                for key, all in totals(path).items():
                    for counts in all:
                        sum = parts.setdefault(key, {})
                        for index, count in counts.items(): sum[index] = sum.get(index, 0) + count
            whole = totals(sys.argv[1])
            assert {key: all[0] for key, all in whole.items()} == parts and len(parts) > 5
            with open(sys.argv[2], "w") as out:
                for line in open(sys.argv[1]):
                    one = json.loads(line)
                    for value in one.get("values", []):
                        if "hist" in value:
                            value["hist"] = [HdrHistogram.decode(t).encode().decode() for t in value["hist"]]
                    out.write(json.dumps(one) + "\\n")
            """, [whole, again] + parts)
        #expect(end.code == 0, "\(end.err)")
        let read = try merge([again])
        #expect(read.code == 0 && read.out == merged.out, "\(read.err)")
    }
}

/// The Python on PATH, if it has the package.
private enum Python {
    private static let environment = ProcessInfo.processInfo.environment

    static let path: String? = {
        let folders = (environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return folders.map { "\($0)/python3" }.first { access($0, X_OK) == 0 }
    }()

    static let hasHdrHistogram: Bool = {
        do { return try run("import hdrh", []).code == 0 } catch { return false }
    }()

    static func run(_ program: String, _ arguments: [String]) throws -> Finished {
        guard let path else { throw ChildError(description: "there is no python3") }
        return try Child(path, ["-c", program] + arguments, environment: environment).finish(within: 60)
    }
}
