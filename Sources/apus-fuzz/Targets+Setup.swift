// Targets of what is read before a run: options and segments. Whatever is written, the answer is a value or
// one typed error.

import Base
import CLI
import Plan

extension FuzzTarget {
    private static let flagWords = (FlagTable.run + FlagTable.global + FlagTable.target + FlagTable.doctor)
        .flatMap { flag in ["--\(flag.name)", "--\(flag.name)="] + (flag.short.map { ["-\($0)"] } ?? []) }

    static let options = FuzzTarget(
        "options",
        texts: [
            "run\nhttp://localhost/\n--vus\n10\n--duration\n30s", "run\n-u\n5\n-i\n100\nhttp://a",
            "run\n--stage\n10s:5,1m:0\nhttp://a", "run\n--rate\n100/1s\n--max-vus\n5\nhttp://a",
            "target\n--address\n:0",
            "run\n--preset\nspike\nhttp://a\n--threshold\nhttp_req_duration: p(95)<200", "version\n--json",
            "help\nrun",
            "run\n--execution-segment\n1/4:1/2\n--execution-segment-sequence\n0,1/4,1/2,1\nhttp://a",
            "{\"vus\":10,\"duration\":\"30s\",\"stages\":[{\"duration\":\"1m\",\"target\":5}]}",
            "{\"scenarios\":{\"a\":{\"executor\":\"constant-arrival-rate\",\"rate\":30,\"timeUnit\":\"1s\","
                + "\"duration\":\"1m\",\"preAllocatedVUs\":2,\"maxVUs\":50}}}",
            "{\"scenarios\":{\"b\":{\"executor\":\"ramping-vus\",\"startVUs\":1,\"stages\":[{\"duration\":\"10s\","
                + "\"target\":3}],\"gracefulRampDown\":\"0s\"}},\"thresholds\":{\"http_reqs\":[\"count>1\"]}}",
            "{\"dns\":{\"ttl\":\"5m\",\"select\":\"random\"},\"hosts\":{\"a\":\"127.0.0.1:80\"},\"tags\":{\"a\":\"b\"},"
                + "\"tlsVersion\":{\"min\":\"tls1.2\"},\"blacklistIPs\":[\"10.0.0.0/8\"],\"systemTags\":[\"url\"]}",
        ],
        words: flagWords + [
            "\n", "run", "http://a", "constant-vus", "shared-iterations", "per-vu-iterations",
            "ramping-arrival-rate",
            "externally-controlled", "\"stages\":", "\"target\":", "\"duration\":", "\"executor\":", "null",
            "true",
            "1e1", "\"1m\"", "10.0.0.0/8", "::1/129", "spike", "1s:1",
        ]
    ) { input, random in
        if input.first == UInt8(ascii: "{") {
            guard let value = accepted({ try JSONValue.parse(input) }) else { return nil }
            let source: OptionLayers.Source = random.below(2) == 0 ? .script : .configFile("c.json")
            do { _ = try OptionLayers.fromJSON(value, source: source) } catch { _ = "\(error)" }
            return nil
        }
        let words = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: random.below(4) > 0)
            .map { String(decoding: $0, as: UTF8.self) }
        // What is thrown is a CLIError by type.
        let extra = random.below(2) == 0 ? nil : flagWords[random.below(flagWords.count)]
        do throws(CLIError) { try consolidate(words, extra) } catch {
            if error.message.isEmpty { return "an error without a message" }
        }
        return nil
    }

    /// Every step from words to scenarios, without a disk.
    private static func consolidate(_ words: [String], _ extra: String?) throws(CLIError) {
        let files = FileAccess(
            read: { (_) throws(FileError) in throw FileError(reason: "no such file", isMissing: true) },
            exists: { $0.hasSuffix(".js") })
        let words = words + (extra.map { [$0] } ?? [])
        let invocation = try CommandLineParser.parse(arguments: words, environment: [:], files: files)
        guard case .run(let run) = invocation.command else { return }
        let settings = try OptionsConsolidator(environment: [:], files: files)
            .consolidate(run, global: invocation.global)
        guard case .scenarios(let scenarios) = settings.load else { return }
        for problem in ScenarioValidation.problems(in: scenarios, tuple: .full) { _ = problem.description }
    }

    static let segments = FuzzTarget(
        "segments",
        texts: [
            "0,1/4,1/2,1", "0:1/3", "1/3:2/3", "25%:50%", "0,0.1,0.35,1", "2/3:1", "", "0:1", "1/7:3/7",
            "0,1/3,2/3,1",
            "0,1/999,1", "1e-1:2e-1",
        ], words: ["1/3", ",", ":", "0", "1", "50%", "0.5", "1/7", "5/13", "e-"]
    ) { input, random in
        let text = String(decoding: input, as: UTF8.self)
        if let segment = accepted({ try ExecutionSegment(parsing: text) }) {
            let again = accepted { try ExecutionSegment(parsing: segment.description) }
            if again != segment { return "\(segment) does not read back" }
            if let problem = problem(of: accepted { try SegmentedTuple(segment: segment) }, &random) {
                return problem
            }
        }
        guard let sequence = accepted({ try ExecutionSegmentSequence(parsing: text) }) else { return nil }
        let again = accepted { try ExecutionSegmentSequence(parsing: sequence.description) }
        if again != sequence { return "\(sequence) does not read back" }
        // Dealing out a cycle takes time in proportion to segments and cycle; both at their most take
        // minutes.
        guard sequence.segments.count <= 8 else { return nil }
        let tuples = sequence.segments.compactMap { segment in
            accepted { try SegmentedTuple(segment: segment, sequence: sequence) }
        }
        if tuples.count != sequence.segments.count {
            return tuples.isEmpty ? nil : "only some segments of \(sequence) are too fine"
        }
        for tuple in tuples {
            if let problem = problem(of: tuple, &random) { return problem }
        }
        return isWhole(sequence) ? partition(tuples, &random) : nil
    }

    private static func isWhole(_ sequence: ExecutionSegmentSequence) -> Bool {
        sequence.segments.first?.from == .zero && sequence.segments.last?.to == .one
    }

    private static func problem(of tuple: SegmentedTuple?, _ random: inout SeededRandom) -> String? {
        guard let tuple, tuple.indexesPerCycle > 0 else { return nil }
        for _ in 0..<8 {
            let local = Int64(random.below(1_000_000))
            let global = tuple.globalIndex(ofLocal: local)
            if tuple.localIndex(ofGlobal: global) != local {
                return "\(tuple.segment): index \(local) is lost"
            }
            if tuple.scale(global) != local { return "\(tuple.segment): \(global) scales to another number" }
        }
        return nil
    }

    /// The whole is the sum of its parts, and every number belongs to one of them.
    private static func partition(_ tuples: [SegmentedTuple], _ random: inout SeededRandom) -> String? {
        for _ in 0..<8 {
            let value = Int64(random.below(1_000_000))
            if tuples.reduce(0, { $0 + $1.scale(value) }) != value {
                return "\(value) is not the sum of its shares"
            }
            let owners = tuples.count { $0.localIndex(ofGlobal: value) != nil }
            if owners != 1 { return "number \(value) has \(owners) owners" }
        }
        return nil
    }
}
