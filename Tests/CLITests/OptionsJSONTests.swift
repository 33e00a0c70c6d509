// The options object as k6 v1.1.0 prints it: every expectation here is the output of `k6 inspect` for the
// same options, in full or as the lines that are not null.

import Base
import Testing

@testable import CLI

@Suite struct OptionsJSONTests {
    /// What `inspect` prints for a script that exports these options.
    private func inspection(_ options: String, _ flags: String = "", env: [String: String] = [:]) throws
        -> String
    {
        try inspect("inspect x.js \(flags)", env: env, script: FakeScript(options: options)).text
    }

    /// The lines that say something, without indentation and commas.
    private func spoken(_ document: String) -> [String] {
        document.split(separator: "\n").map(OptionText.trim)
            .map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }
            .filter { !$0.hasSuffix(": null") && $0.contains(": ") && !$0.hasSuffix("{") }
    }

    @Test func printsEveryOption() throws {
        #expect(try inspection(OptionsGoldens.everything) == OptionsGoldens.everythingPrinted)
    }

    @Test func printsEveryExecutor() throws {
        let printed = try inspection(OptionsGoldens.executors)
        #expect(printed.contains("\n" + OptionsGoldens.executorsPrinted + "\n  \"executionSegment\": null,"))
    }

    @Test(
        arguments: [
            (#"{"duration":-5}"#, [#""duration": "-5ms""#]),
            (
                #"{"duration":0,"setupTimeout":0.0000015,"minIterationDuration":"1d2h","teardownTimeout":"1e3"}"#,
                [
                    #""duration": "0s""#, #""setupTimeout": "1ns""#, #""teardownTimeout": "1s""#,
                    #""minIterationDuration": "26h0m0s""#,
                ]
            ),
            (#"{"tlsVersion":{"min":"tls1.2"}}"#, [#""min": "tls1.2""#, #""max": """#]),
            (#"{"tlsVersion":{}}"#, [#""min": """#, #""max": """#]),
            (#"{"tlsVersion":"tls1.2"}"#, [#""min": "tls1.2""#, #""max": "tls1.2""#]),
            (#"{"systemTags":["url","foo"]}"#, [#""systemTags": ["#]),
            (#"{"systemTags":[],"tlsCipherSuites":[]}"#, []),
            (
                #"{"thresholds":{},"tags":{},"hosts":{},"blacklistIPs":[],"blockHostnames":[],"tlsAuth":[]}"#,
                [
                    #""tlsAuth": []"#, #""thresholds": {}"#, #""blacklistIPs": []"#, #""blockHostnames": []"#,
                    #""hosts": {}"#, #""tags": {}"#,
                ]
            ),
            (
                #"{"summaryTrendStats":[],"summaryTimeUnit":""}"#,
                [#""summaryTrendStats": []"#, #""summaryTimeUnit": """#]
            ),
            (#"{"httpDebug":"","userAgent":""}"#, [#""userAgent": """#, #""httpDebug": """#]),
            (#"{"ext":null,"cloud":null}"#, []), (#"{"scenarios":{}}"#, [#""scenarios": {}"#]),
            (#"{"executionSegment":"25%"}"#, [#""executionSegment": "0:1/4""#]),
            (#"{"executionSegment":"0.2:2/3"}"#, [#""executionSegment": "1/5:2/3""#]),
            (
                #"{"executionSegment":"","executionSegmentSequence":""}"#,
                [
                    #""executionSegment": "0:1""#, #""executionSegmentSequence": """#,
                ]
            ),
            (
                #"{"executionSegmentSequence":"0,25%,0.5,1"}"#,
                [#""executionSegmentSequence": "0,1/4,1/2,1""#]
            ),
            (
                #"{"ext":{"a":{"c":1.50,"d":1e21,"b":-0.000000125}}}"#,
                [#""b": -1.25e-7"#, #""c": 1.5"#, #""d": 1e+21"#]
            ),
            (#"{"vus":"5","iterations":"3"}"#, [#""vus": 5"#, #""iterations": 3"#]),
            (#"{"hosts":{"A.com":"1.2.3.4"}}"#, [#""a.com": "1.2.3.4""#]),
            (#"{"hosts":{"a.com":"::ffff:1.2.3.4"}}"#, [#""a.com": "1.2.3.4""#]),
            (#"{"vus":1,"VUs":7}"#, [#""vus": 1"#]),
            (
                #"{"scenarios":{"a":{"executor":"externally-controlled","vus":7,"duration":"1s"}}}"#,
                [
                    #""executor": "externally-controlled""#, #""vus": 7"#, #""duration": "1s""#,
                    #""maxVUs": 7"#,
                ]
            ),
            (
                #"{"stages":[{"duration":"5s","target":3},{"target":0},{"duration":"1s"}]}"#,
                [
                    #""stages": ["#, #""duration": "5s""#, #""target": 3"#, #""target": 0"#,
                    #""duration": "1s""#,
                ]
            ),
            (
                #"{"thresholds":{"d":[{"threshold":"y","delayAbortEval":5},{"threshold":"z","abortOnFail":true}]}}"#,
                [#""d": ["#, #""threshold": "z""#, #""abortOnFail": true"#]
            ),
        ] as [(String, [String])])
    func printsSingleOptions(options: String, lines: [String]) throws {
        #expect(spoken(try inspection(options)) == lines)
    }

    @Test(arguments: [
        ("10.0.0.1/8", "10.0.0.0/8"), ("::ffff:1.2.3.4/120", "1.2.3.0/24"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("::ffff:1.2.3.4/64", "::/64"), ("0.0.0.0/0", "0.0.0.0/0"),
    ])
    func networksAreReduced(text: String, printed: String) throws {
        let network = try IPNetwork(text)
        #expect("\(network.first.text)/\(network.prefixBits)" == printed)
    }

    @Test(arguments: [
        ("a-b", true), ("*a.b", true), ("*.a-b.c", true), ("A.B", true), ("*", true), ("*.", true),
        ("1.2.3.4", true), ("localhost", true), ("", true), ("a_b.c", false), ("a:1", false),
        ("é.com", false),
        ("-a", false), ("a-", false), ("a..b", false), (".a", false), ("a.", false), ("::1", false),
        ("a b", false), ("**", false), ("*.*.a", false), ("[::1]", false),
    ])
    func hostNamesAreK6s(pattern: String, isOne: Bool) {
        do {
            try HostPattern.check(pattern, what: "name")
            #expect(isOne)
        } catch { #expect(!isOne) }
    }

    @Test(arguments: ["null", "", "{}"])
    func aScriptWithoutOptionsPrintsNulls(options: String) throws {
        let text = try inspection(options)
        #expect(spoken(text) == [])
        #expect(text.hasPrefix("{\n  \"paused\": null,\n"))
        #expect(text.hasSuffix("\n  \"discardResponseBodies\": null\n}"))
        #expect(text.split(separator: "\n").count == 45)
    }

    @Test(arguments: [
        "[]", "5", "\"x\"", #"{"vus":5.5}"#, #"{"scenarios":[]}"#, #"{"scenarios":{"a":{}}}"#,
        #"{"scenarios":{"a":null}}"#, #"{"scenarios":{"a":{"executor":"constant-vusx"}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","zzz":1}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus","stages":[{"duration":"1s","target":1,"foo":1}]}}}"#,
        #"{"tlsVersion":{"foo":1}}"#, #"{"tlsVersion":{"min":"ssl3.0"}}"#, #"{"dns":{"ttl":5}}"#,
        #"{"dns":{"select":"roundrobin"}}"#, #"{"dns":{"policy":""}}"#, #"{"blacklistIPs":["1.2.3.4"]}"#,
        #"{"executionSegment":"x"}"#, #"{"duration":"1970-01-01T00:00:00Z"}"#,
    ])
    func wrongOptionsEnd104(options: String) {
        let error = error { try inspection(options) }
        #expect(error?.code == .invalidConfig)
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: [
        (#"{"zzz":1,"VUS":3,"yyy":2}"#, "json: unknown field \"yyy\""),
        (#"{"localIPs":"x","consoleOutput":"y"}"#, "json: unknown field \"consoleOutput\""),
        (#"{"linger":true}"#, "json: unknown field \"linger\""),
    ])
    func unknownFieldsWarnAsInK6(options: String, reason: String) throws {
        let warnings = try inspect("inspect x.js", script: FakeScript(options: options)).warnings
        #expect(
            warnings == [
                SettingsWarning(
                    "There were unknown fields in the options exported in the script",
                    fields: ["error": reason])
            ])
    }

    // MARK: --execution-requirements

    static let defaults = [
        #""summaryTrendStats": ["#, #""systemTags": ["#,
    ]

    struct Requirement: Sendable, CustomTestStringConvertible {
        var options: String
        var flags = ""
        var env: [String: String] = [:]
        var scenarios: [String]
        var end: [String]
        var warnings: [SettingsWarning] = []
        var testDescription: String { "\(options) \(flags) \(env)" }
    }

    @Test(arguments: [
        Requirement(
            options: "{}", scenarios: [#""executor": "per-vu-iterations""#],
            end: [#""totalDuration": "10m30s""#, #""maxVUs": 1"#]),
        Requirement(
            options: #"{"vus":7}"#, scenarios: [#""vus": 7"#, #""executor": "per-vu-iterations""#],
            end: [#""totalDuration": "10m30s""#, #""maxVUs": 1"#],
            warnings: [
                "`vus=7` option will be ignored, it only works in conjunction with `iterations`, `duration`, or `stages`"
            ]),
        Requirement(
            options: #"{"vus":2,"duration":"5s"}"#,
            scenarios: [
                #""vus": 2"#, #""duration": "5s""#, #""executor": "constant-vus""#, #""vus": 2"#,
                #""duration": "5s""#,
            ],
            end: [#""totalDuration": "35s""#, #""maxVUs": 2"#]),
        Requirement(
            options: #"{"vus":2,"iterations":7,"duration":"5s"}"#,
            scenarios: [
                #""vus": 2"#, #""duration": "5s""#, #""iterations": 7"#, #""executor": "shared-iterations""#,
                #""vus": 2"#, #""iterations": 7"#, #""maxDuration": "5s""#,
            ],
            end: [#""totalDuration": "35s""#, #""maxVUs": 2"#]),
        Requirement(
            options: #"{"vus":2,"stages":[{"duration":"5s","target":3},{"target":0}]}"#,
            scenarios: [
                #""vus": 2"#, #""stages": ["#, #""duration": "5s""#, #""target": 3"#,
                #""executor": "ramping-vus""#, #""startVUs": 2"#, #""stages": ["#, #""duration": "5s""#,
                #""target": 3"#,
            ],
            end: [#""totalDuration": "35s""#, #""maxVUs": 3"#]),
        Requirement(
            options: "{}", env: ["K6_STAGES": "1s:5,:3"],
            scenarios: [
                #""stages": ["#, #""duration": "1s""#, #""target": 5"#, #""executor": "ramping-vus""#,
                #""stages": ["#, #""duration": "1s""#, #""target": 5"#,
            ],
            end: [#""totalDuration": "31s""#, #""maxVUs": 5"#]),
        Requirement(
            options: #"""
                {"scenarios":{"a":{"executor":"constant-vus","vus":4,"duration":"1m"},
                "b":{"executor":"constant-vus","exec":"foo","duration":"1m","startTime":"2m"}},
                "executionSegment":"0:1/4"}
                """#,
            scenarios: [
                #""executor": "constant-vus""#, #""vus": 4"#, #""duration": "1m0s""#,
                #""executor": "constant-vus""#, #""startTime": "2m0s""#, #""exec": "foo""#,
                #""duration": "1m0s""#, #""executionSegment": "0:1/4""#,
            ],
            end: [#""totalDuration": "1m30s""#, #""maxVUs": 1"#]),
        Requirement(
            options:
                #"{"scenarios":{"a":{"executor":"externally-controlled","vus":1,"duration":"0s","maxVUs":3}}}"#,
            scenarios: [
                #""executor": "externally-controlled""#, #""vus": 1"#, #""duration": "0s""#, #""maxVUs": 3"#,
            ],
            end: [#""totalDuration": "0s""#, #""maxVUs": 3"#]),
    ])
    func saysWhatTheTestNeeds(_ test: Requirement) throws {
        let (text, warnings) = try inspect(
            "inspect --execution-requirements x.js \(test.flags)", env: test.env,
            script: FakeScript(options: test.options, functions: ["default", "foo"]))
        #expect(spoken(text) == test.scenarios + Self.defaults + test.end)
        #expect(text.contains("    \"check\",\n    \"error\",\n    \"error_code\",\n"))
        #expect(text.hasSuffix("\n}"))
        #expect(warnings == test.warnings)
    }

    @Test(arguments: [
        (#"{"duration":"0s"}"#, "duration"), (#"{"setupTimeout":0}"#, "setupTimeout"),
        (#"{"duration":"5s","stages":[{"duration":"5s","target":3}]}"#, "stages"),
        (#"{"stages":[{"duration":"1s"}]}"#, "stage 1 has no target"),
        (#"{"executionSegmentSequence":""}"#, "sequence"),
        (#"{"thresholds":{"foo":["x"]}}"#, "malformed threshold expression"),
        (#"{"thresholds":{"foo":["rate<3"]}}"#, "no metric name \"foo\" found"),
        (#"{"thresholds":{"http_reqs":["avg<3"]}}"#, "unsupported aggregation method avg"),
        (
            #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"bar"}}}"#,
            "function 'bar' not found in exports"
        ),
        (
            #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"options"}}}"#,
            "function 'options' not found in exports"
        ),
    ])
    func requirementsRefuseWhatARunWould(options: String, says: String) {
        let error = error { try inspection(options, "--execution-requirements") }
        #expect(error?.code == .invalidConfig)
        #expect(error?.message.contains(says) == true, "\(String(describing: error))")
    }

    /// Without them the document is the script's own word, right or wrong.
    @Test func theScriptAloneIsNotJudged() throws {
        let options =
            #"{"thresholds":{"foo":["x"]},"scenarios":{"a":{"executor":"constant-vus","exec":"bar"}}}"#
        #expect(spoken(try inspection(options)).contains(#""exec": "bar""#))
    }

    @Test func thresholdsMayNameTheScriptsMetrics() throws {
        let script = FakeScript(
            options: #"{"thresholds":{"mine":["p(95)<3"]}}"#, metrics: [("mine", .trend)])
        #expect(try inspect("inspect --execution-requirements x.js", script: script).text.contains("p(95)"))
    }

    // MARK: what scripts see

    private func derived(_ options: String) throws -> TestOptions {
        try settings(["run", url], script: options).derivedOptions
    }

    @Test func execTestOptionsAreK6s() throws {
        let seen = OptionsJSON.execTestOptions(try derived(OptionsGoldens.inTest))
        #expect(seen == OptionsGoldens.inTestSeen.split(separator: "\n").joined())
    }

    @Test func shortcutsBecomeScenariosInExecTestOptions() throws {
        let seen = OptionsJSON.execTestOptions(try derived(#"{"vus":1,"iterations":1,"duration":"5s"}"#))
        #expect(
            seen.hasPrefix(
                #"{"paused":null,"scenarios":{"default":{"executor":"shared-iterations","startTime":null,"#
                    + #""gracefulStop":null,"env":null,"exec":null,"tags":null,"vus":1,"iterations":1,"#
                    + #""maxDuration":"5s"}},"executionSegment":null,"#))
        #expect(seen.hasSuffix(#","discardResponseBodies":null,"consoleOutput":null,"localIPs":null}"#))
    }

    @Test func flagsNoScriptCanSetAreSeen() throws {
        let options = try settings(["run", url, "--local-ips", "127.0.0.1,127.0.0.3-127.0.0.4"])
            .derivedOptions
        #expect(
            OptionsJSON.execTestOptions(options).hasSuffix(#","localIPs":"127.0.0.1,127.0.0.3-127.0.0.4"}"#))
    }

    @Test func aVUsOptionsHoldWhatIsSet() throws {
        let seen = OptionsJSON.specified(
            try derived(#"{"vus":1,"iterations":1,"duration":"5s","tags":{},"noSetup":false}"#))
        #expect(
            seen == #"{"vus":1,"duration":"5s","iterations":1,"scenarios":{"default":{"executor":"#
                + #""shared-iterations","startTime":null,"gracefulStop":null,"env":null,"exec":null,"#
                + #""tags":null,"vus":1,"iterations":1,"maxDuration":"5s"}},"noSetup":false,"#
                + #""summaryTrendStats":["avg","min","med","max","p(90)","p(95)"],"systemTags":["check","#
                + #""error","error_code","expected_response","group","method","name","proto","scenario","#
                + #""service","status","subproto","tls_version","url"]}"#)
    }
}
