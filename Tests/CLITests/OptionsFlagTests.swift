// The flag parser: pflag's semantics, every flag and environment name k6 v1.1.0 has (an own list, from its
// help and by trying), errors, spelling help, help pages.

import Base
import Testing

@testable import CLI

@Suite struct OptionsFlagTests {
    static let table = [
        Flag("vus", short: "u", .value, "N", in: .load, ""), Flag("quiet", short: "q", .bool, in: .load, ""),
        Flag("verbose", short: "v", .bool, in: .load, ""), Flag("tag", .list, in: .load, ""),
        Flag("http-debug", .optionalValue("headers"), in: .load, ""),
    ]

    @Test(
        arguments: [
            ("--vus 5 x", ["vus": ["5"]], ["x"]),
            ("--vus=5 x", ["vus": ["5"]], ["x"]),
            ("-u5 x", ["vus": ["5"]], ["x"]),
            ("-u 5 x", ["vus": ["5"]], ["x"]),
            ("-u=5 x", ["vus": ["5"]], ["x"]),
            ("x -u 5", ["vus": ["5"]], ["x"]),
            ("-u -5 x", ["vus": ["-5"]], ["x"]),
            ("-u= x", ["vus": ["="]], ["x"]),
            ("--vus= x", ["vus": [""]], ["x"]),
            ("-u 5 -u 6", ["vus": ["5", "6"]], []),
            ("-qv x", ["quiet": ["true"], "verbose": ["true"]], ["x"]),
            ("-qu5 x", ["quiet": ["true"], "vus": ["5"]], ["x"]),
            ("-qu 5 x", ["quiet": ["true"], "vus": ["5"]], ["x"]),
            ("-qv=false x", ["quiet": ["true"], "verbose": ["false"]], ["x"]),
            ("--quiet=false x", ["quiet": ["false"]], ["x"]),
            ("--quiet false", ["quiet": ["true"]], ["false"]),
            ("--http-debug x", ["http-debug": ["headers"]], ["x"]),
            ("--http-debug=full x", ["http-debug": ["full"]], ["x"]),
            ("--tag a=b=c --tag d=e", ["tag": ["a=b=c", "d=e"]], []),
            ("-- -u 5", [:], ["-u", "5"]),
            ("a - b", [:], ["a", "-", "b"]),
            ("--vus -- x", ["vus": ["--"]], ["x"]),
        ] as [(String, [String: [String]], [String])])
    func readsLikePflag(line: String, values: [String: [String]], arguments: [String]) throws {
        let flags = try ParsedFlags(words(line), flags: Self.table)
        #expect(flags.values == values)
        #expect(flags.arguments == arguments)
    }

    @Test(
        arguments: [
            ("--bogus", "unknown flag: --bogus", nil),
            ("--vuss 5", "unknown flag: --vuss", "did you mean --vus?"),
            ("--verbsoe", "unknown flag: --verbsoe", "did you mean --verbose?"),
            ("-z", "unknown flag: -z", nil),
            ("-qz", "unknown flag: -z (in -qz)", nil),
            ("-vus 5", "invalid", nil),
            ("-tag a", "unknown flag: -t (in -tag)", "did you mean --tag?"),
            ("--vus", "flag --vus needs a value", "for example --vus N"),
            ("-u", "flag -u needs a value", "for example --vus N"),
            ("--quiet=maybe", "invalid value \"maybe\" for -q/--quiet: expected true or false", nil),
            ("--=3", "--=3 is not a flag", nil),
            ("---x", "---x is not a flag", nil),
        ] as [(String, String, String?)])
    func refuses(line: String, message: String, hint: String?) throws {
        if line == "-vus 5" {
            // A cluster: -v, then -u with the value "s", as pflag reads it.
            let flags = try ParsedFlags(words(line), flags: Self.table)
            #expect(flags.values == ["verbose": ["true"], "vus": ["s"]])
            return
        }
        let error = error { try ParsedFlags(words(line), flags: Self.table) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
        #expect(error?.code == .generic)
    }

    /// k6 v1.1.0's flags of `run` and its global ones: name, letter, a value that parses, environment name.
    static let k6Flags: [(String, Character?, String?, String?)] = [
        ("address", "a", "", nil), ("config", "c", "c.json", "K6_CONFIG"),
        ("log-format", nil, "json", "K6_LOG_FORMAT"),
        ("log-output", nil, "none", "K6_LOG_OUTPUT"), ("no-color", nil, nil, "K6_NO_COLOR"),
        ("profiling-enabled", nil, nil, "K6_PROFILING_ENABLED"), ("quiet", "q", nil, nil),
        ("verbose", "v", nil, nil), ("secret-source", nil, "mock=a=b", nil),
        ("vus", "u", "5", "K6_VUS"), ("duration", "d", "5s", "K6_DURATION"),
        ("iterations", "i", "5", "K6_ITERATIONS"), ("stage", "s", "5s:3", "K6_STAGES"),
        ("execution-segment", nil, "1/2", nil), ("execution-segment-sequence", nil, "0,1/2,1", nil),
        ("paused", "p", nil, "K6_PAUSED"), ("no-setup", nil, nil, "K6_NO_SETUP"),
        ("no-teardown", nil, nil, "K6_NO_TEARDOWN"), ("max-redirects", nil, "3", "K6_MAX_REDIRECTS"),
        ("batch", nil, "3", "K6_BATCH"), ("batch-per-host", nil, "3", "K6_BATCH_PER_HOST"),
        ("rps", nil, "3", "K6_RPS"), ("user-agent", nil, "me", "K6_USER_AGENT"),
        ("http-debug", nil, nil, "K6_HTTP_DEBUG"),
        ("insecure-skip-tls-verify", nil, nil, "K6_INSECURE_SKIP_TLS_VERIFY"),
        ("no-connection-reuse", nil, nil, "K6_NO_CONNECTION_REUSE"),
        ("no-vu-connection-reuse", nil, nil, "K6_NO_VU_CONNECTION_REUSE"),
        ("min-iteration-duration", nil, "1s", "K6_MIN_ITERATION_DURATION"), ("throw", "w", nil, "K6_THROW"),
        ("blacklist-ip", nil, "10.0.0.0/8", "K6_BLACKLIST_IPS"),
        ("block-hostnames", nil, "*.example.com", "K6_BLOCK_HOSTNAMES"),
        ("summary-trend-stats", nil, "avg,p(99.9)", "K6_SUMMARY_TREND_STATS"),
        ("summary-time-unit", nil, "ms", "K6_SUMMARY_TIME_UNIT"),
        ("system-tags", nil, "url,method", "K6_SYSTEM_TAGS"),
        ("tag", nil, "a=b", "K6_TAGS"), ("console-output", nil, "x", "K6_CONSOLE_OUTPUT"),
        ("discard-response-bodies", nil, nil, "K6_DISCARD_RESPONSE_BODIES"),
        ("local-ips", nil, "127.0.0.1", "K6_LOCAL_IPS"), ("dns", nil, "ttl=0", "K6_DNS"),
        ("include-system-env-vars", nil, nil, "K6_INCLUDE_SYSTEM_ENV_VARS"),
        ("compatibility-mode", nil, "base", "K6_COMPATIBILITY_MODE"), ("type", "t", "js", "K6_TYPE"),
        ("env", "e", "A=b", nil), ("no-thresholds", nil, nil, "K6_NO_THRESHOLDS"),
        ("no-summary", nil, nil, "K6_NO_SUMMARY"), ("summary-mode", nil, "full", "K6_SUMMARY_MODE"),
        ("summary-export", nil, "x.json", "K6_SUMMARY_EXPORT"),
        ("traces-output", nil, "none", "K6_TRACES_OUTPUT"),
        ("out", "o", "json=x", "K6_OUT"), ("linger", "l", nil, "K6_LINGER"),
        ("no-usage-report", nil, nil, "K6_NO_USAGE_REPORT"),
    ]

    @Test func hasEveryFlagOfK6() throws {
        let all = FlagTable.run + FlagTable.global
        #expect(Self.k6Flags.count == 51)
        for (name, short, value, env) in Self.k6Flags {
            let flag = try #require(all.first { $0.name == name }, "--\(name) is missing")
            #expect(flag.short == short, "--\(name)")
            if let env { #expect(flag.env == env, "--\(name)") }
            let given = value.map { ["--\(name)", $0] } ?? ["--\(name)"]
            let flags = try ParsedFlags(given + ["x"], flags: all)
            #expect(flags.arguments == ["x"], "--\(name)")
            #expect(flags.last(name) == value ?? (name == "http-debug" ? "headers" : "true"))
            if let short {
                let joined = try ParsedFlags(
                    ["-\(short)" + (value ?? "")] + (value == "" ? [""] : []), flags: all)
                #expect(joined.has(name), "-\(short)")
            }
        }
    }

    /// Flags whose value a run takes whole: they parse and end in no complaint about themselves.
    @Test func everyFlagOfK6IsAcceptedOrNamed() throws {
        for (name, _, value, _) in Self.k6Flags {
            let flag = value.map { ["--\(name)", $0] } ?? ["--\(name)"]
            do {
                _ = try settings(["run"] + flag + [url], files: ["c.json": "{}"])
            } catch let error as CLIError {
                #expect(error.message.contains("this build does not"), "--\(name): \(error)")
            }
        }
    }

    @Test func lettersAndNamesAreUnique() {
        for flags in [FlagTable.run + FlagTable.global, FlagTable.target, FlagTable.doctor] {
            #expect(Set(flags.map(\.name)).count == flags.count)
            let letters = flags.compactMap(\.short)
            #expect(Set(letters).count == letters.count)
        }
    }

    @Test func everyBindingsFlagExists() {
        for binding in OptionCatalogue.bindings {
            if let flag = binding.flag {
                #expect(FlagTable.run.contains { $0.name == flag }, "\(binding.key)")
            }
        }
        let keys = OptionCatalogue.bindings.map(\.key)
        #expect(Set(keys).count == keys.count)
    }

    @Test func helpFitsTwoScreens() {
        let lines = HelpText.page("run").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 100)
        for line in lines { #expect(line.count <= 100, "\(line)") }
        for flag in FlagTable.run + FlagTable.global {
            #expect(lines.contains { $0.contains("--\(flag.name)") }, "--\(flag.name)")
        }
        for group in Flag.Group.allCases { #expect(lines.contains("\(group.rawValue):")) }
        #expect(HelpText.overview.split(separator: "\n").count < 20)
    }

    @Test(
        arguments: [
            ("5", 5), ("+5", 5), ("-5", -5), ("0x10", 16), ("010", 8), ("0b11", 3), ("0o17", 15),
            ("1_000", 1000), ("0", 0),
            ("-0x10", -16),
        ] as [(String, Int64)])
    func readsWholeNumbersAsFlagsDo(text: String, number: Int64) {
        #expect(Text.parseInt(flag: text) == number)
    }

    @Test(arguments: [
        "", "5.0", "abc", "1e3", "--5", "+-5", "_1", "1_", "09", "0x", " 5", "9223372036854775808",
    ])
    func refusesOtherNumbers(text: String) { #expect(Text.parseInt(flag: text) == nil) }

    @Test(
        arguments: [
            ("", []), ("a", ["a"]), ("a,b", ["a", "b"]), ("a, b", ["a", " b"]), ("\"a,b\",c", ["a,b", "c"]),
            ("\"a\"\"b\"", ["a\"b"]), ("a,", ["a", ""]),
        ] as [(String, [String])])
    func splitsLists(text: String, parts: [String]) throws { #expect(try Text.list(text) == parts) }
}
