// Layers and merge rules. The expectations are what k6 v1.1.0 printed for the same files, scripts, variables
// and flags (its "* default: …" description lines and exit codes), in this suite's short form.

import Base
import Plan
import Testing

@testable import CLI

@Suite struct OptionsPrecedenceTests {
    static let iterationsFile = #"{"vus":7,"iterations":70}"#
    static let scenarioFile = #"{"vus":4,"scenarios":{"f":{"executor":"constant-vus","duration":"1s"}}}"#
    static let stagesFile = #"{"vus":7,"stages":[{"duration":"1s","target":3}]}"#
    static let scenarioScript = #"{"vus":3,"scenarios":{"a":{"executor":"constant-vus","duration":"2s"}}}"#

    struct Case: Sendable, CustomTestStringConvertible {
        var file: String?
        var script: String?
        var env: [String: String] = [:]
        var flags = ""
        var expected: String
        var warned = false

        var testDescription: String { "\(file ?? "-") | \(script ?? "-") | \(env) | \(flags)" }
    }

    static let cases: [Case] = [
        Case(expected: "default: 1 each of 1 max 10m0s"),
        Case(file: iterationsFile, expected: "default: shared 70 among 7 max 10m0s"),
        Case(file: iterationsFile, flags: "-u 3", expected: "default: shared 70 among 3 max 10m0s"),
        Case(file: iterationsFile, flags: "-d 1s", expected: "default: 7 for 1s"),
        Case(file: iterationsFile, script: #"{"duration":"1s"}"#, expected: "default: 7 for 1s"),
        Case(file: iterationsFile, script: #"{"vus":3}"#, expected: "default: shared 70 among 3 max 10m0s"),
        Case(file: scenarioFile, expected: "f: 1 for 1s"),
        Case(file: scenarioFile, flags: "-u 2", expected: "f: 1 for 1s"),
        Case(
            file: scenarioFile, env: ["K6_ITERATIONS": "9"], flags: "-u 3",
            expected: "default: shared 9 among 3 max 10m0s",
            warned: true),
        Case(file: scenarioFile, script: #"{"duration":"1s"}"#, expected: "default: 4 for 1s", warned: true),
        Case(script: scenarioScript, env: ["K6_DURATION": "1s"], expected: "default: 3 for 1s", warned: true),
        Case(
            script: scenarioScript, env: ["K6_DURATION": "1s"], flags: "-i 8",
            expected: "default: shared 8 among 3 max 10m0s", warned: true),
        Case(file: iterationsFile, script: scenarioScript, expected: "a: 1 for 2s"),
        Case(file: stagesFile, expected: "default: from 7 1s:3 down 30s"),
        Case(file: stagesFile, flags: "-i 14", expected: "default: shared 14 among 7 max 10m0s"),
        Case(file: iterationsFile, flags: "-s 1s:2", expected: "default: from 7 1s:2 down 30s"),
        Case(file: iterationsFile, env: ["K6_STAGES": "1s:2"], expected: "default: from 7 1s:2 down 30s"),
        Case(
            script: #"{"stages":[{"duration":"1s","target":2}]}"#, flags: "-d 1s",
            expected: "default: 1 for 1s"),
        Case(env: ["K6_ITERATIONS": "5"], flags: "-d 1s", expected: "default: 1 for 1s"),
        Case(
            env: ["K6_ITERATIONS": "3", "K6_DURATION": "2s", "K6_VUS": "2"],
            expected: "default: shared 3 among 2 max 2s"),
        Case(
            env: ["K6_VUS": "4", "K6_ITERATIONS": "4"], flags: "-u 2",
            expected: "default: shared 4 among 2 max 10m0s"),
        Case(flags: "-u 5 -u 6 -i 12", expected: "default: shared 12 among 6 max 10m0s"),
        Case(flags: "-d 3s -d 1s", expected: "default: 1 for 1s"),
        Case(flags: "-s 1s:5,1s:0 -s 1s:3", expected: "default: from 1 1s:5,1s:0,1s:3 down 30s"),
        Case(flags: "-u 2", expected: "default: 1 each of 1 max 10m0s", warned: true),
        Case(flags: "-u 0", expected: "default: 1 each of 1 max 10m0s", warned: true),
        Case(flags: "-u 1", expected: "default: 1 each of 1 max 10m0s"),
        Case(flags: "-u 0 -s 1s:1", expected: "default: from 0 1s:1 down 30s"),
        Case(file: #"{"stages":[{"target":1}]}"#, expected: "default: 1 each of 1 max 10m0s", warned: true),
        Case(file: #"{"stages":[]}"#, expected: "default: 1 each of 1 max 10m0s", warned: true),
        Case(file: #"{"scenarios":{}}"#, expected: "default: 1 each of 1 max 10m0s", warned: true),
        Case(file: #"{"iterations":1,"stages":[]}"#, expected: "default: shared 1 among 1 max 10m0s"),
        Case(file: #"{"stages":null,"scenarios":null}"#, expected: "default: 1 each of 1 max 10m0s"),
        Case(
            file: iterationsFile, env: ["K6_STAGES": ""], expected: "default: 1 each of 1 max 10m0s",
            warned: true),
        Case(
            file: iterationsFile, env: ["K6_STAGES": ":5"], expected: "default: 1 each of 1 max 10m0s",
            warned: true),
        Case(env: ["K6_STAGES": "1s:5,:3"], expected: "default: from 1 1s:5 down 30s"),
        Case(env: ["K6_DURATION": "1500"], expected: "default: 1 for 1.5s"),
        Case(env: ["K6_DURATION": "", "K6_VUS": ""], expected: "default: 1 each of 1 max 10m0s"),
        Case(file: #"{"iterations":1,"duration":"1s"}"#, expected: "default: shared 1 among 1 max 1s"),
        Case(file: #"{"vus":2,"duration":1000.5}"#, expected: "default: 2 for 1.0005s"),
        Case(file: #"{"VUS":2,"Iterations":"2"}"#, expected: "default: shared 2 among 2 max 10m0s"),
        Case(file: #"{"vus":1,"vus":2,"duration":"1d"}"#, expected: "default: 2 for 24h0m0s"),
    ]

    @Test(arguments: cases)
    func mergesAsK6Does(_ test: Case) throws {
        var arguments = ["run", url] + words(test.flags)
        if test.file != nil { arguments += ["-c", "c.json"] }
        let merged = try settings(
            arguments, env: test.env, files: test.file.map { ["c.json": $0] } ?? [:], script: test.script)
        #expect(scenarios(merged).map(brief).joined(separator: "; ") == test.expected)
        #expect(merged.warnings.isEmpty != test.warned, "\(merged.warnings)")
    }

    @Test func namesTheLayerThatReplacedScenarios() throws {
        let merged = try settings(
            ["run", url, "-i", "8", "-u", "1", "-c", "c.json"], env: ["K6_DURATION": "1s"],
            files: ["c.json": Self.scenarioFile])
        #expect(merged.warnings == ["\"env\" level configuration overrode scenarios configuration entirely"])
        let byFlags = try settings(
            ["run", url, "--rate", "5", "-c", "c.json"], files: ["c.json": Self.scenarioFile])
        #expect(
            byFlags.warnings == ["\"cli\" level configuration overrode scenarios configuration entirely"])
        let byScript = try settings(
            ["run", url, "-c", "c.json"], files: ["c.json": Self.scenarioFile], script: Self.scenarioScript)
        #expect(
            byScript.warnings == ["\"script\" level configuration overrode scenarios configuration entirely"])
    }

    @Test(arguments: [
        ("-i 1 -s 1s:1", "", "iterations and stages cannot be set together"),
        ("-d 1s -s 1s:1", "", "duration and stages cannot be set together"),
        (
            "", #"{"iterations":1,"scenarios":{"a":{"executor":"constant-vus","duration":"1s"}}}"#,
            "iterations and scenarios cannot be set together"
        ),
        (
            "", #"{"duration":"1s","scenarios":{"a":{"executor":"constant-vus","duration":"1s"}}}"#,
            "duration and scenarios cannot be set together"
        ),
        (
            "",
            #"{"stages":[{"duration":"1s","target":1}],"scenarios":{"a":{"executor":"per-vu-iterations"}}}"#,
            "stages and scenarios cannot be set together"
        ),
        ("-d 0s", "", "duration must be above 0, not 0s"),
        ("-d -5s", "", "duration must be above 0, not -5s"),
        ("--rate 5 -i 3", "", "--rate and iterations cannot be set together"),
        ("--rate 5 -s 1s:3", "", "--rate and stages cannot be set together"),
        ("--preset smoke -i 3", "", "--preset and iterations cannot be set together"),
        ("--max-vus 3", "", "--max-vus needs --rate or --preset"),
        ("--rate 5 --max-vus 3 --pre-allocated-vus 4", "", "--max-vus 3 is below --pre-allocated-vus 4"),
        ("", #"{"setupTimeout":"0s"}"#, "setupTimeout must be above 0"),
    ])
    func conflictsAreConfigErrors(flags: String, file: String, message: String) {
        let arguments = ["run", url] + words(flags) + (file.isEmpty ? [] : ["-c", "c.json"])
        let error = error { try settings(arguments, files: ["c.json": file]) }
        #expect(error?.message == message)
        #expect(error?.code == .invalidConfig)
    }

    @Test(
        arguments: [
            ("", #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"foo"}}}"#, nil),
            (
                "", #"{"scenarios":{"a":{"executor":"per-vu-iterations"}}}"#,
                "scenario a: function 'default' not found in exports"
            ),
            (
                "-i 3", #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"foo"}}}"#,
                "scenario default: function 'default' not found in exports"
            ),
            (
                "", #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"fo"}}}"#,
                "scenario a: function 'fo' not found in exports"
            ),
            ("--preset smoke", "{}", "scenario smoke: function 'default' not found in exports"),
        ] as [(String, String, String?)])
    func scenariosRunExportedFunctions(flags: String, script: String, message: String?) throws {
        let arguments = ["run", url] + words(flags)
        guard let message else {
            #expect(
                try scenarios(settings(arguments, script: script, functions: ["foo"])).map(\.exec) == ["foo"])
            return
        }
        let error = error { try settings(arguments, script: script, functions: ["foo"]) }
        #expect(error?.message == message)
        #expect(error?.code == .invalidConfig)
        #expect(error?.hint == (script.contains("\"fo\"") ? "did you mean foo?" : nil))
    }

    @Test(arguments: [
        (#"{"stages":[]}"#, "stages"), (#"{"scenarios":{}}"#, "scenarios"),
        (#"{"stages":[{"target":1}]}"#, "stages"),
    ])
    func emptyLoadsWarnInK6sWords(script: String, name: String) throws {
        let warnings = try settings(["run", url], script: script).warnings
        #expect(
            warnings.map(\.message) == [
                "`\(name)` was explicitly set to an empty value, running the script with 1 iteration in 1 VU"
            ])
    }

    /// A conflict in a layer that a higher one replaces is none.
    @Test func aReplacedConflictIsNoError() throws {
        let file = #"{"iterations":1,"stages":[{"duration":"1s","target":1}]}"#
        let merged = try settings(["run", url, "-d", "2s", "-c", "c.json"], files: ["c.json": file])
        #expect(scenarios(merged).map(brief) == ["default: 1 for 2s"])
    }

    @Test func tagsAreReplacedAsAWhole() throws {
        let merged = try settings(
            ["run", url, "--tag", "b=2", "--tag", "c=1,d=3"], env: ["K6_TAGS": "a:1,a:2"])
        #expect(merged.options.tags == ["b": "2", "c": "1,d=3"])
        #expect(
            try settings(["run", url], env: ["K6_TAGS": "a:1,a:2,x:"]).options.tags == ["a": "2", "x": ""])
    }

    @Test func dnsIsLayeredByPart() throws {
        let merged = try settings(
            ["run", url, "--dns", "select=first", "-c", "c.json"], env: ["K6_DNS": "ttl=1s"],
            files: ["c.json": #"{"dns":{"ttl":"7s","policy":"any","other":1}}"#])
        #expect(merged.options.dns == DNSOptions(ttl: "1s", select: .first, policy: .any))
        #expect(try merged.options.dns.ttlNs() == Ns.perSecond)
    }

    @Test(arguments: [
        ("inf", Int64.max), ("0", 0), ("5", 5_000_000), ("5m", 300 * Ns.perSecond), ("1d", Ns.perDay),
    ])
    func readsTTL(text: String, ns: Int64) throws { #expect(try DNSOptions(ttl: text).ttlNs() == ns) }

    @Test func userAgentClimbsThroughAllLayers() throws {
        let files = ["c.json": #"{"userAgent":"file"}"#]
        let env = ["K6_USER_AGENT": "env"]
        let script = #"{"userAgent":"script"}"#
        let base = ["run", url, "-c", "c.json"]
        #expect(try settings(base, files: files).options.userAgent == "file")
        #expect(try settings(base, files: files, script: script).options.userAgent == "script")
        #expect(try settings(base, env: env, files: files, script: script).options.userAgent == "env")
        #expect(
            try settings(base + ["--user-agent", "flag"], env: env, files: files, script: script).options
                .userAgent
                == "flag")
        // An empty variable sets nothing; an empty flag does.
        #expect(try settings(base, env: ["K6_USER_AGENT": ""], files: files).options.userAgent == "file")
        #expect(try settings(base + ["--user-agent="], files: files).options.userAgent == "")
    }

    @Test func aFlagSwitchesOffWhatTheEnvironmentSwitchedOn() throws {
        let merged = try settings(
            ["run", url, "--insecure-skip-tls-verify=false"], env: ["K6_INSECURE_SKIP_TLS_VERIFY": "true"])
        #expect(merged.options.insecureSkipTLSVerify == false)
    }

    @Test func findsTheDefaultConfigFile() throws {
        let files = [
            "/h/.config/k6/config.json": #"{"duration":"3s"}"#, "/x/k6/config.json": #"{"duration":"4s"}"#,
        ]
        let home = ["HOME": "/h"]
        #expect(
            scenarios(try settings(["run", url], env: home, files: files)).map(brief) == ["default: 1 for 3s"]
        )
        let moved = try settings(["run", url], env: ["HOME": "/h", "XDG_CONFIG_HOME": "/x"], files: files)
        #expect(scenarios(moved).map(brief) == ["default: 1 for 4s"])
        #expect(
            scenarios(try settings(["run", url], env: home)).map(brief) == ["default: 1 each of 1 max 10m0s"])
        let named = try settings(["run", url], env: ["K6_CONFIG": "/x/k6/config.json"], files: files)
        #expect(scenarios(named).map(brief) == ["default: 1 for 4s"])
    }

    @Test(arguments: [["-c", "nofile"], ["--config=nofile"]])
    func aMissingNamedConfigFileIsAnError(flags: [String]) {
        let error = error { try settings(["run", url] + flags) }
        #expect(error?.message == "cannot read the config file nofile: no such file or directory")
        #expect(error?.code == .invalidConfig)
    }

    @Test(arguments: [
        ("5 requests", "--rate 5", "default: 5/1s for 10s VUs 10-100"),
        ("a unit", "--rate 30/1m -d 2m", "default: 30/1m0s for 2m0s VUs 10-100"),
        ("a unit's name", "--rate 600/m", "default: 600/1m0s for 10s VUs 10-100"),
        ("fast", "--rate 5000", "default: 5000/1s for 10s VUs 500-10000"),
        ("very fast", "--rate 20000 -d 5s", "default: 20000/1s for 5s VUs 2000-10000"),
        ("fixed VUs", "--rate 1000 -u 50", "default: 1000/1s for 10s VUs 50-50"),
        ("fixed VUs that grow", "--rate 1000 -u 50 --max-vus 80", "default: 1000/1s for 10s VUs 50-80"),
        ("ready VUs", "--rate 1000 --pre-allocated-vus 5", "default: 1000/1s for 10s VUs 5-2000"),
        ("few VUs", "--rate 1000 --max-vus 7", "default: 1000/1s for 10s VUs 7-7"),
    ])
    func rateIsAConstantArrivalRate(name: String, flags: String, expected: String) throws {
        #expect(scenarios(try settings(["run", url] + words(flags))).map(brief) == [expected])
    }

    @Test func aPresetCarriesItsScale() throws {
        let merged = try settings(words("run \(url) --preset spike -u 20 -d 1m --rate 50/1s --max-vus 40"))
        #expect(
            merged.load
                == .preset(
                    PresetRequest(
                        name: "spike", vus: 20, rate: RateOption(count: 50, unitNs: Ns.perSecond),
                        durationNs: Ns.perMinute, preAllocatedVUs: nil, maxVUs: 40)))
    }
}
