// Values of single options from flags, environment and JSON: what they read, what they refuse, and with which
// exit code (255 on the command line, 104 elsewhere), as tried on k6 v1.1.0.

import Base
import Plan
import Testing

@testable import CLI

@Suite struct OptionsValueTests {
    @Test(arguments: [
        "-u abc", "-u 5.0", "-i x", "-d 5", "-d 1d", "-d x", "--min-iteration-duration 5", "-s 1s:a", "-s :5",
        "-s 5",
        "-s 1s:5:6", "-s x:5", "-s 1d:5", "--tag foo", "--tag =a", "--tag a=", "-e 1a=b", "-e =c", "-e a.b=c",
        "--dns foo=5", "--dns ttl", "--dns select=zz", "--dns select=ROUNDROBIN", "--dns policy=roundrobin",
        "--dns ttl=zz", "--blacklist-ip 10", "--blacklist-ip 10.0.0.0/8,10.1.1.1",
        "--blacklist-ip 10.0.0.0/33",
        "--block-hostnames a*b", "--block-hostnames *.b.*", "--summary-trend-stats avg,foo",
        "--summary-trend-stats p(101)", "--summary-trend-stats p(-1)", "--summary-trend-stats p()",
        "--summary-time-unit m", "--local-ips zz", "--local-ips 127.0.0.12-127.0.0.10",
        "--local-ips 127.0.0.2-::1",
        "--compatibility-mode zz", "--summary-mode zz", "--traces-output zz", "-o zz", "--log-output zz",
        "--log-output file", "--log-output file=x,level=zz", "--log-output file=x,zz=1",
        "--log-output stderr=5",
        "-t foo", "--rate 0", "--rate -5", "--rate 1.5", "--rate 5/x", "--rate 5/0s", "--threads 0",
        "--threads 5000",
        "--timeout 0s", "--timeout 5", "-X GE(T", "-H nocolon", "--price vcpu", "--price disk=1",
        "--price vcpu=-1",
        "--max-vus 0", "-b @", "--threshold p(95)<200", "--threshold x:", "--quiet=maybe",
        "--no-thresholds=zz",
    ])
    func badFlagValuesEnd255(flags: String) {
        let error = error { try settings(["run", url] + words(flags)) }
        #expect(error?.code == .generic, "\(String(describing: error))")
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: [
        ("K6_VUS", "abc"), ("K6_VUS", "5.5"), ("K6_VUS", "0x10"), ("K6_VUS", " 5"), ("K6_DURATION", "zz"),
        ("K6_DURATION", "-5"), ("K6_THROW", "maybe"), ("K6_THROW", "1"), ("K6_THROW", "T"),
        ("K6_THROW", "TRUE"),
        ("K6_STAGES", "1s:1,5:2"), ("K6_STAGES", "1s:1,1s"), ("K6_STAGES", "[]"), ("K6_TAGS", "a"),
        ("K6_TAGS", "a:b:c"),
        ("K6_DNS", "ttl"), ("K6_DNS", "foo=5"), ("K6_BLACKLIST_IPS", "10"), ("K6_BLOCK_HOSTNAMES", "a*b"),
        ("K6_BLOCK_HOSTNAMES", "a.com, *.b.com"), ("K6_NO_COOKIES_RESET", "T"),
        ("K6_METRIC_SAMPLES_BUFFER_SIZE", "x"),
        ("K6_LINGER", "maybe"), ("K6_NO_USAGE_REPORT", "maybe"), ("K6_WEB_DASHBOARD", "maybe"),
        ("K6_LOCAL_IPS", "zz"),
        ("K6_CONFIG", "zz"), ("K6_SETUP_TIMEOUT", "zz"), ("K6_TLSAUTH", "{}"), ("K6_TLS_CIPHER_SUITES", "zz"),
        ("K6_SUMMARY_TIME_UNIT", "zz"), ("K6_THRESHOLDS", "zz"),
    ])
    func badVariablesOfOptionsEnd104(name: String, value: String) {
        let error = error { try settings(["run", url], env: [name: value]) }
        #expect(error?.code == .invalidConfig, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("K6_NO_THRESHOLDS", "maybe"), ("K6_NO_SUMMARY", "maybe"), ("K6_INCLUDE_SYSTEM_ENV_VARS", "maybe"),
        ("K6_SUMMARY_MODE", "zz"), ("K6_TYPE", "zz"), ("K6_COMPATIBILITY_MODE", "zz"),
        ("K6_TRACES_OUTPUT", "zz"),
        ("K6_LOG_OUTPUT", "zz"), ("K6_LOG_OUTPUT", ""), ("K6_OUT", "zz"),
    ])
    func badVariablesOfTheProcessEnd255(name: String, value: String) {
        let error = error { try settings(["run", url], env: [name: value]) }
        #expect(error?.code == .generic, "\(String(describing: error))")
    }

    /// Two kinds of booleans: test options know true and false, the process's settings Go's words.
    @Test(arguments: [
        ("1", true), ("t", true), ("T", true), ("TRUE", true), ("True", true), ("true", true), ("0", false),
        ("f", false),
        ("F", false), ("FALSE", false), ("False", false), ("false", false), ("", false),
    ])
    func readsBooleansOfTheProcess(text: String, value: Bool) throws {
        #expect(try settings(["run", url], env: ["K6_NO_SUMMARY": text]).runtime.noSummary == value)
    }

    @Test(arguments: [("true", true), ("false", false), ("", nil)] as [(String, Bool?)])
    func readsBooleansOfOptions(text: String, value: Bool?) throws {
        #expect(try settings(["run", url], env: ["K6_THROW": text]).options.throwErrors == value)
    }

    @Test(arguments: [
        #"{"vus":5.5}"#, #"{"vus":1e1}"#, #"{"vus":9223372036854775808}"#, #"{"vus":true}"#,
        #"{"duration":true}"#,
        #"{"duration":""}"#, #"{"scenarios":[]}"#, #"{"scenarios":{"a":5}}"#, #"{"scenarios":{"a":null}}"#,
        #"{"scenarios":{"a":{"duration":"1s"}}}"#,
        #"{"scenarios":{"a":{"executor":"constantvus","duration":"1s"}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","zzz":1}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus"}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","stages":[]}}}"#,
        #"{"scenarios":{"a":{"executor":"externally-controlled","duration":"1s","gracefulStop":"1s"}}}"#,
        #"{"scenarios":{"a":{"executor":"externally-controlled","vus":1}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus"}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus","stages":[]}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus","stages":[{"duration":"1s","target":1,"zz":1}]}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus","stages":[{"target":1}]}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-vus","stages":[{"duration":"1s","target":null}]}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-arrival-rate","rate":1,"duration":"1s"}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-arrival-rate","rate":1.5,"preAllocatedVUs":1}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","exec":""}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","env":{"A":5}}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","options":{"foo":1}}}}"#,
        "[1]", "{bad", "", #"{"vus":2} x"#, #"{"stages":[{"duration":"1s"}]}"#, #"{"stages":{}}"#,
        #"{"thresholds":{"http_reqs":"count>=0"}}"#, #"{"thresholds":{"iterations":[5]}}"#,
        #"{"thresholds":["zz"]}"#,
        #"{"tags":{"a":1}}"#, #"{"tags":["a"]}"#, #"{"hosts":{"a.com":5}}"#, #"{"hosts":{"a*":"1.2.3.4"}}"#,
        #"{"hosts":{"a.com":"zz"}}"#, #"{"blacklistIPs":["10"]}"#, #"{"blockHostnames":["a*b"]}"#,
        #"{"dns":{"ttl":5}}"#, #"{"dns":{"select":"zz"}}"#, #"{"dns":"ttl=5"}"#, #"{"tlsVersion":"1.2"}"#,
        #"{"tlsVersion":{"min":"tls1.0","foo":1}}"#, #"{"tlsCipherSuites":["zz"]}"#,
        #"{"tlsAuth":[{"cert":"a","key":"b"}]}"#, #"{"tlsAuth":[{"cert":"a","key":"b","z":1}]}"#,
        #"{"summaryTrendStats":["foo"]}"#, #"{"summaryTrendStats":"avg"}"#, #"{"systemTags":"url"}"#,
        #"{"throw":1}"#,
        #"{"throw":"true"}"#, #"{"userAgent":5}"#, #"{"minIterationDuration":"zz"}"#,
        #"{"executionSegment":0.5}"#,
        #"{"out":"json=x"}"#, #"{"linger":"x"}"#,
    ])
    func badConfigFilesEnd104(text: String) {
        let error = error { try settings(["run", url, "-c", "c.json"], files: ["c.json": text]) }
        #expect(error?.code == .invalidConfig, "\(String(describing: error))")
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: [
        (
            #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","zzz":1}}}"#,
            "the config file c.json: \"scenarios\": scenario a: unknown key \"zzz\""
        ),
        (
            #"{"scenarios":{"a":{"executor":"constant-vu","duration":"1s"}}}"#,
            "the config file c.json: \"scenarios\": scenario a: unknown executor \"constant-vu\""
                + " (did you mean \"constant-vus\"?)"
        ),
        (#"{"vus":5.5}"#, "the config file c.json: \"vus\": expected a whole number, not 5.5"),
        (
            #"{"scenarios":{"a":{"executor":"constant-vus","vus":1}}}"#,
            "scenario a: constant-vus needs duration"
        ),
        (
            "{\n bad}",
            "the config file c.json is no JSON:"
                + " a member's name in double quotes should be here (line 2, column 2)"
        ),
    ])
    func saysWhatIsWrongInAFile(text: String, message: String) {
        let error = error { try settings(["run", url, "-c", "c.json"], files: ["c.json": text]) }
        #expect(error?.message == message)
    }

    @Test(arguments: [
        (
            #"{"zzz":2,"env":{},"vus":1}"#,
            ["unknown keys in the config file c.json have no effect: \"zzz\", \"env\""]
        ),
        (#"{"collectors":{},"webDashboard":{},"out":[],"noUsageReport":true}"#, []),
    ])
    func unknownTopLevelKeysWarnOnce(text: String, warnings: [String]) throws {
        let merged = try settings(["run", url, "-c", "c.json"], files: ["c.json": text])
        #expect(merged.warnings.map(\.message) == warnings)
    }

    @Test func aScriptCannotSetTheProcessesOptions() throws {
        let read = try OptionLayers.fromJSON(
            try JSONValue.parse(#"{"linger":true,"vus":2}"#), source: .script)
        #expect(read.options.linger == nil)
        #expect(read.options.vus == 2)
        #expect(read.warnings.map(\.fields) == [["error": "json: unknown field \"linger\""]])
    }

    @Test(arguments: [
        (#""shared-iterations"}"#, "a: shared 1 among 1 max 10m0s"),
        (
            #""shared-iterations","vus":"2","iterations":5,"maxDuration":"1m"}"#,
            "a: shared 5 among 2 max 1m0s"
        ),
        (#""per-vu-iterations","vus":2,"iterations":3}"#, "a: 3 each of 2 max 10m0s"),
        (#""constant-vus","DURATION":"1s"}"#, "a: 1 for 1s"),
        (
            #""ramping-vus","stages":[{"duration":"1s","target":4},{"duration":5,"target":"0"}]}"#,
            "a: from 1 1s:4,5ms:0 down 30s"
        ),
        (
            #""ramping-vus","startVUs":0,"gracefulRampDown":0,"stages":[{"duration":1,"target":4}]}"#,
            "a: from 0 1ms:4 down 0s"
        ),
        (
            #""constant-arrival-rate","rate":60,"timeUnit":"1m","duration":5,"preAllocatedVUs":2}"#,
            "a: 60/1m0s for 5ms VUs 2-2"
        ),
        (
            #""ramping-arrival-rate","stages":[{"duration":1,"target":4}],"preAllocatedVUs":2,"maxVUs":9}"#,
            "a: from 0/1s 1ms:4 VUs 2-9"
        ),
        (#""externally-controlled","duration":"0","maxVUs":2}"#, "a: external 0-2 for 0s"),
    ])
    func readsEveryExecutor(text: String, expected: String) throws {
        let merged = try settings(
            ["run", url, "-c", "c.json"], files: ["c.json": #"{"Scenarios":{"a":{"Executor":\#(text)}}"#])
        #expect(scenarios(merged).map(brief) == [expected])
    }

    @Test func readsAScenariosCommonKeys() throws {
        let text = #"""
            {"scenarios":{"z":{"executor":"constant-vus","duration":"1s","startTime":"5s","gracefulStop":0,
             "exec":"f","env":{"A":"b"},"tags":{"c":"d"},"vus":null,"options":{"browser":{}}},
             "a":{"executor":"constant-vus","duration":"2s"}}}
            """#
        let read = scenarios(try settings(["run", url, "-c", "c.json"], files: ["c.json": text]))
        #expect(
            read == [
                Scenario(
                    name: "z", executor: .constantVUs(vus: 1, durationNs: Ns.perSecond),
                    startTimeNs: 5 * Ns.perSecond,
                    gracefulStopNs: 0, exec: "f", env: ["A": "b"], tags: ["c": "d"]),
                Scenario(name: "a", executor: .constantVUs(vus: 1, durationNs: 2 * Ns.perSecond)),
            ])
    }

    @Test func readsThresholds() throws {
        let text = #"""
            {"thresholds":{"http_reqs":["count>0",
              {"threshold":"rate>1","abortOnFail":true,"delayAbortEval":"10s","x":1}],
             "checks":[],"iterations":null}}
            """#
        let read = try settings(["run", url, "-c", "c.json"], files: ["c.json": text]).options.thresholds
        #expect(
            read == [
                MetricThresholds(
                    metric: "http_reqs",
                    thresholds: [
                        ThresholdOption("count>0"),
                        ThresholdOption("rate>1", abortOnFail: true, delayAbortEvalNs: 10 * Ns.perSecond),
                    ]), MetricThresholds(metric: "checks", thresholds: []),
                MetricThresholds(metric: "iterations", thresholds: []),
            ])
        let flags = [
            "--threshold", "http_req_duration{status:200}: p(95)<200", "--threshold", "checks:rate>0.9",
            "--threshold",
            "checks: rate>0.5",
        ]
        let fromFlags = try settings(["run", url, "-c", "c.json"] + flags, files: ["c.json": text]).options
            .thresholds
        #expect(
            fromFlags == [
                MetricThresholds(
                    metric: "http_req_duration{status:200}", thresholds: [ThresholdOption("p(95)<200")]),
                MetricThresholds(
                    metric: "checks", thresholds: [ThresholdOption("rate>0.9"), ThresholdOption("rate>0.5")]),
            ])
    }

    @Test func readsTheRestOfTheObject() throws {
        let pem = "-----BEGIN CERTIFICATE-----\\n"
        let text = #"""
            {"tlsVersion":{"min":"tls1.2"},
             "tlsAuth":[{"cert":"\#(pem)","key":"\#(pem)","password":"p","domains":["x"]}],
             "hosts":{"A.com":"1.2.3.4","b.com:80":"1.2.3.4:81","*.c.com":"::1","d.com":"[::1]:82"},
             "tlsCipherSuites":["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
             "summaryTimeUnit":"us","noCookiesReset":true,
             "systemTags":["url","zz","vu"],"rps":"5","ext":{"a":1},
             "metricSamplesBufferSize":10,"teardownTimeout":"0s"}
            """#
        let options = try settings(["run", url, "-c", "c.json"], files: ["c.json": text]).options
        #expect(options.tlsVersion == TLSVersionRange(min: .tls12, max: nil))
        #expect(options.tlsAuth?.first?.domains == ["x"])
        #expect(options.tlsAuth?.first?.certificate == "-----BEGIN CERTIFICATE-----\n")
        let hosts = try #require(options.hosts)
        #expect(hosts.map(\.host) == ["*.c.com", "a.com", "b.com", "d.com"])
        #expect(hosts.map(\.port) == [nil, nil, 80, nil])
        #expect(hosts.map(\.address.text) == ["::1", "1.2.3.4", "1.2.3.4", "::1"])
        #expect(hosts.map(\.addressPort) == [nil, nil, 81, 82])
        #expect(options.summaryTimeUnit == .microseconds)
        #expect(options.systemTags == ["url", "vu"])
        #expect(options.rps == 5)
        #expect(options.noCookiesReset == true)
        #expect(options.metricSamplesBufferSize == 10)
        #expect(options.teardownTimeoutNs == 0)
        #expect(options.tlsCipherSuites?.count == 1)
    }

    @Test func environmentListsMayBeEmptied() throws {
        let env = ["K6_SYSTEM_TAGS": "", "K6_SUMMARY_TREND_STATS": "", "K6_BLACKLIST_IPS": "", "K6_TAGS": ""]
        let options = try settings(["run", url], env: env).options
        #expect(options.systemTags == [])
        #expect(options.summaryTrendStats == [])
        #expect(options.blacklistIPs == [])
        #expect(options.tags == nil)
    }

    @Test func environmentOnlyOptionsAreRead() throws {
        let options = try settings(
            ["run", url],
            env: [
                "K6_SETUP_TIMEOUT": "500", "K6_TEARDOWN_TIMEOUT": "5d", "K6_HANDLE_SUMMARY_TIMEOUT": "1s",
                "K6_NO_COOKIES_RESET": "true", "K6_METRIC_SAMPLES_BUFFER_SIZE": "7",
                "K6_TLS_CIPHER_SUITES": "TLS_AES_128_GCM_SHA256", "K6_THRESHOLDS": "checks:rate>0.9",
                "K6_WEB_DASHBOARD": "false", "K6_MIN_ITERATION_DURATION": "1d3h", "K6_ANYTHING_ELSE": "x",
            ]
        ).options
        #expect(options.setupTimeoutNs == 500_000_000)
        #expect(options.teardownTimeoutNs == 5 * Ns.perDay)
        #expect(options.handleSummaryTimeoutNs == Ns.perSecond)
        #expect(options.noCookiesReset == true)
        #expect(options.metricSamplesBufferSize == 7)
        #expect(options.tlsCipherSuites == ["TLS_AES_128_GCM_SHA256"])
        #expect(options.thresholds?.first?.metric == "checks")
        #expect(options.minIterationDurationNs == 27 * Ns.perHour)
    }

    @Test func scriptVariables() throws {
        let runtime = try settings(["run", url, "-e", "A=1,B=2", "-e", "C", "-e", "D=x=y"]).runtime
        #expect(runtime.env == ["A": "1,B=2", "C": "", "D": "x=y"])
    }

    @Test(arguments: [
        ("127.0.0.8/30", ["127.0.0.9", "127.0.0.10", "127.0.0.9"]),
        ("127.0.0.8/31", ["127.0.0.8", "127.0.0.9", "127.0.0.8"]),
        ("127.0.0.9/32", ["127.0.0.9", "127.0.0.9"]),
        (
            "127.0.0.10-127.0.0.12,127.0.0.2",
            ["127.0.0.10", "127.0.0.11", "127.0.0.12", "127.0.0.2", "127.0.0.10"]
        ),
        ("fd00::1-fd00::2", ["fd00::1", "fd00::2", "fd00::1"]),
    ])
    func sourceAddressesGoRound(text: String, expected: [String]) throws {
        let pool = try SourceAddressPool(text)
        #expect(expected.indices.map { pool.address(at: $0).text } == expected)
    }

    @Test func wholeAddressSpacesHaveNoEdge() throws {
        #expect(try SourceAddressPool("::/0").address(at: 0).text == "::1")
        #expect(
            try SourceAddressPool("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").address(at: 2).text == "::2")
        #expect(try IPNetwork("0.0.0.0/0").contains(try #require(IPAddress("255.255.255.255"))))
        #expect(try IPNetwork("10.1.2.3/8").first.text == "10.0.0.0")
        #expect(try !IPNetwork("10.0.0.0/8").contains(try #require(IPAddress("11.0.0.0"))))
        #expect(try !IPNetwork("::/0").contains(try #require(IPAddress("11.0.0.0"))))
    }
}
