// Commands, the reading of run's argument, the request of a URL run, and what this build does not have yet.

import Base
import Testing

@testable import CLI

@Suite struct OptionsCommandTests {
    @Test(arguments: [
        ("http://localhost:8080/", "", "target"), ("https://example.com", "", "target"),
        ("https://example.com/x.html?y=z.js", "", "target"), ("https://example.com/#a.js", "", "target"),
        ("http://example.com/x.js", "", "target"), ("https://example.com/x.js", "", "script"),
        ("https://example.com/x.ts?v=1", "", "script"), ("https://example.com/x.MJS", "", "script"),
        ("https://example.com/x.cjs#y", "", "script"), ("https://example.com/x.js", "--url", "target"),
        ("https://example.com/x", "--type js", "script"), ("http://[::1]:8080/", "", "target"),
        ("HTTP://localhost/", "", "target"), ("http://user:pw@h:1/", "", "target"),
        ("http://localhost:/", "", "target"),
        ("here.js", "", "script"), ("localhost:8080", "", "script?"), ("-", "", "script"),
        ("missing.js", "-t js", "script"),
        ("file:///x.js", "", "script"), ("test.tar", "-t archive", "script"), ("https://js", "", "target"),
        ("https://.js", "", "target"),
    ])
    func tellsTargetsFromScripts(argument: String, flags: String, expected: String) throws {
        var files = ["here.js": ""]
        if expected == "script?" { files[argument] = "" }  // a file of this odd name
        let invocation = try parse(["run", argument] + words(flags), files: files)
        guard case .run(let run) = invocation.command else {
            Issue.record("no run")
            return
        }
        switch run.subject {
        case .target(let url):
            #expect(expected == "target")
            #expect(url == argument)
        case .script(let name):
            #expect(expected.hasPrefix("script"))
            #expect(name == argument)
        }
    }

    @Test(
        arguments: [
            (
                "localhost:8080", "\"localhost:8080\" has no scheme and is no file",
                "did you mean http://localhost:8080?"
            ),
            ("localhost", "\"localhost\" has no scheme and is no file", "did you mean http://localhost?"),
            (
                "example.com/x", "\"example.com/x\" has no scheme and is no file",
                "did you mean http://example.com/x?"
            ),
            ("127.0.0.1", "\"127.0.0.1\" has no scheme and is no file", "did you mean http://127.0.0.1?"),
            ("[::1]:80", "\"[::1]:80\" has no scheme and is no file", "did you mean http://[::1]:80?"),
            (
                "myhost:80/x", "\"myhost:80/x\" has no scheme and is no file",
                "did you mean http://myhost:80/x?"
            ),
            ("missing.js", "no such file: missing.js", nil), ("./dir/x", "no such file: ./dir/x", nil),
            ("word", "no such file: word", nil), ("", "the argument is empty", nil),
            ("ftp://x/", "\"ftp://x/\": the scheme ftp is not supported", "use http:// or https://"),
            ("http://", "the URL \"http://\" has no host", nil),
            ("http:///x", "the URL \"http:///x\" has no host", nil),
            ("http://:80/", "the URL \"http://:80/\" has no host", nil),
            (
                "http://h:99999/",
                "the URL \"http://h:99999/\" has the port \"99999\"; ports go from 1 to 65535", nil
            ),
            ("http://h:x/", "the URL \"http://h:x/\" has the port \"x\"; ports go from 1 to 65535", nil),
            (
                "http://h/a b", "the URL \"http://h/a b\" holds a blank or a control character",
                "write a space as %20"
            ),
        ] as [(String, String, String?)])
    func refusesOtherArguments(argument: String, message: String, hint: String?) {
        let error = error { try parse(["run", argument]) }
        #expect(error?.message == message)
        if let hint { #expect(error?.hint == hint) }
        #expect(error?.hint != nil || argument.contains("99999") || argument.contains(":x"))
        #expect(error?.code == .generic)
    }

    @Test(arguments: ["--url --type js", "--url -t archive"])
    func contradictoryReadings(flags: String) {
        #expect(error { try parse(["run", url] + words(flags)) }?.message.contains("contradict") == true)
        #expect(error { try parse(["run", "localhost", "--url"]) }?.hint == "did you mean http://localhost?")
    }

    @Test(arguments: [
        ("run", "run takes one argument, 0 given"), ("run a b", "run takes one argument, 2 given"),
        ("bogus", "unknown command \"bogus\""), ("version x", "version takes no argument, 1 given"),
        ("target x", "target takes no argument, 1 given"),
        ("presets x", "presets takes no argument, 1 given"),
        ("help zz", "unknown command \"zz\""), ("--bogus", "unknown flag: --bogus"),
        ("target --cert x", "--cert and --key go together"),
        ("target --cert x --key y --tls=false", "--tls=false and --cert contradict each other"),
        ("target -a 8080", "invalid address \"8080\" for -a/--address"),
        ("target -a ::1:8080", "invalid address \"::1:8080\" for -a/--address"),
        ("target -u 5", "unknown flag: -u"),
        ("doctor --seconds 0", "invalid value \"0\" for --seconds: expected 1 to 3600"),
        ("doctor --url localhost", "\"localhost\" is no http or https URL"),
    ])
    func refusesCommandLines(line: String, message: String) {
        let error = error { try parse(words(line)) }
        #expect(error?.message == message)
        #expect(error?.code == .generic)
    }

    @Test(arguments: [
        ("rnu x", "did you mean apus run?"), ("targte", "did you mean apus target?"),
        ("http://localhost/", "did you mean apus run http://localhost/?"),
        ("here.js", "did you mean apus run here.js?"),
        ("bogus", "apus help lists the commands"),
    ])
    func suggestsCommands(line: String, hint: String) {
        #expect(error { try parse(words(line), files: ["here.js": ""]) }?.hint == hint)
    }

    @Test func findsTheCommandBehindFlags() throws {
        for line in ["-q run \(url) -u 5", "-u 5 -q run \(url)", "--vus 5 run -q \(url)", "run -qu 5 \(url)"]
        {
            let invocation = try parse(words(line))
            guard case .run(let run) = invocation.command else {
                Issue.record("\(line): no run")
                return
            }
            #expect(run.options.vus == 5, "\(line)")
            #expect(invocation.global.quiet, "\(line)")
        }
    }

    @Test func theOtherCommands() throws {
        #expect(try parse([]).command == .help(HelpText.overview))
        #expect(try parse(["-h"]).command == .help(HelpText.overview))
        #expect(try parse(["help", "run"]).command == .help(HelpText.page("run")))
        #expect(try parse(["run", "--help"]).command == .help(HelpText.page("run")))
        #expect(try parse(["--version"]).command == .version(json: false))
        #expect(try parse(["version"]).command == .version(json: false))
        #expect(try parse(["version", "--json"]).command == .version(json: true))
        #expect(try parse(["presets"]).command == .presets)
        #expect(try parse(["doctor"]).command == .doctor(DoctorSettings()))
        #expect(try parse(["target"]).command == .target(TargetSettings()))
        var target = TargetSettings()
        (target.host, target.port, target.tls, target.threads) = ("::1", 0, true, 2)
        #expect(try parse(words("target -a [::1]:0 --tls --threads 2 -q")).command == .target(target))
        target = TargetSettings()
        (target.host, target.port, target.tls, target.certificatePath, target.keyPath) = (
            "0.0.0.0", 9, true, "c", "k"
        )
        #expect(try parse(words("target --address :9 --cert c --key k")).command == .target(target))
    }

    @Test func buildsTheRequest() throws {
        let plain = try settings(["run", url]).target
        #expect(
            plain
                == TargetRequest(
                    url: url, method: "GET", headers: [], body: nil, timeoutNs: 60 * Ns.perSecond))
        let full = try settings(
            [
                "run", "-X", "put", "-H", "A: b", "-H", "C:", "-H", "D: e: f ", "-b", "x=1", "--timeout",
                "5s", url,
            ]
        ).target
        #expect(
            full
                == TargetRequest(
                    url: url, method: "PUT",
                    headers: [RequestHeader("A", "b"), RequestHeader("C", ""), RequestHeader("D", "e: f")],
                    body: Array("x=1".utf8), timeoutNs: 5 * Ns.perSecond))
        let fromFile = try settings(["run", url, "-b", "@f"], files: ["f": "data"]).target
        #expect(fromFile?.method == "POST")
        #expect(fromFile?.body == Array("data".utf8))
        #expect(try settings(["run", url, "-b", ""]).target?.body == [])
        let missing = error { try settings(["run", url, "--body", "@f"]) }
        #expect(missing?.message == "cannot read the body file f: no such file or directory")
        #expect(missing?.code == .generic)
    }

    @Test(arguments: [
        ("-o cloud", ExitCode.generic, "the output \"cloud\""),
        ("-o cloud", .generic, "the output \"cloud\""),
        ("--traces-output otel", .generic, "--traces-output"),
        ("--profiling-enabled", .generic, "--profiling-enabled"),
        ("-a localhost:6565", .cannotStartAPI, "the REST API"),
        ("-l", .generic, "--linger"),
        ("-p", .generic, "--paused"),
        ("--features x", .generic, "--features"),
        ("--log-output loki", .generic, "the log output loki"),
        ("--log-output loki=http://x", .generic, "the log output loki"),
    ])
    func namesWhatIsNotBuilt(flags: String, code: ExitCode, what: String) {
        let error = error { try settings(["run", url] + words(flags)) }
        #expect(error?.message == "this build does not have \(what) yet")
        #expect(error?.code == code)
    }

    @Test(arguments: [
        ["K6_WEB_DASHBOARD": "true"], ["K6_OUT": "json=x,cloud"],
        ["K6_TRACES_OUTPUT": "otel"], ["K6_LINGER": "true"], ["K6_PAUSED": "true"],
        ["K6_PROFILING_ENABLED": ""],
        ["K6_FEATURES": "x"], ["K6_LOG_OUTPUT": "loki"],
        ["K6_ADDRESS": ":1"],
    ])
    func namesItFromTheEnvironmentToo(env: [String: String]) {
        #expect(error { try settings(["run", url], env: env) }?.message.contains("does not have") == true)
    }

    @Test(arguments: [
        ["-a", ""], ["--linger=false"], ["--paused=false"], ["--traces-output", "none"],
        ["--summary-export", "x"], ["--no-usage-report"], ["--log-output", "file=x"],
        ["--summary-mode", "disabled"],
    ])
    func whatIsSwitchedOffIsNoMatter(flags: [String]) throws {
        #expect(try settings(["run", url] + flags).warnings == [])
    }

    /// Any text switches it on, only `full` shows bodies, and an empty one takes it back.
    @Test(
        arguments: [
            ([], [:], nil, nil), (["--http-debug"], [:], nil, "headers"),
            (["--http-debug=full"], [:], nil, "full"),
            (["--http-debug=FULL"], [:], nil, "FULL"), ([], ["K6_HTTP_DEBUG": "x"], nil, "x"),
            ([], ["K6_HTTP_DEBUG": ""], #"{"httpDebug":"full"}"#, "full"),
            (["--http-debug"], ["K6_HTTP_DEBUG": "full"], #"{"httpDebug":"y"}"#, "headers"),
            (["--http-debug="], [:], #"{"httpDebug":"full"}"#, ""),
        ] as [([String], [String: String], String?, String?)])
    func httpDebug(flags: [String], env: [String: String], script: String?, text: String?) throws {
        let merged = try settings(["run", url] + flags, env: env, script: script)
        #expect(merged.options.httpDebug?.text == text)
        #expect(merged.options.httpDebug?.isOn ?? false == !(text ?? "").isEmpty)
        #expect(merged.options.httpDebug?.includesBodies ?? false == (text == "full"))
        #expect(merged.warnings == [])
    }

    @Test(arguments: ["true", "5", "[\"full\"]"])
    func httpDebugIsAText(value: String) {
        let error = error { try settings(["run", url], script: "{\"httpDebug\":\(value)}") }
        #expect(error?.code == .invalidConfig)
        #expect(error?.message.contains("httpDebug") == true)
    }

    @Test func k6sOtherCommandsEndInOneLine() throws {
        for name in [
            "pause", "resume", "scale", "stats", "status", "cloud", "login", "completion",
        ] {
            let error = error { try parse([name, "--anything", "x"]) }
            #expect(error?.message == "this build does not have the command \"\(name)\" yet")
            #expect(error?.code == .generic)
        }
    }

    @Test func saysWhatHasNoEffect() throws {
        let merged = try settings(
            ["run", url, "--throw", "--console-output", "c.log", "-e", "A=b"], env: ["K6_HOSTS": "{}"])
        #expect(
            merged.warnings == [
                "--throw, --env, --console-output: no effect on a URL, only on scripts",
                "K6_HOSTS has no effect, as in k6; set hosts in the config file",
            ])
    }

    @Test func globalSettingsFromFlagsAndEnvironment() throws {
        let env = ["K6_LOG_FORMAT": "json", "K6_LOG_OUTPUT": "stdout", "K6_NO_COLOR": "0"]
        let global = try parse(["run", url], env: env).global
        #expect(global.logFormat == .json)
        #expect(global.logOutput == .stdout)
        #expect(global.noColor)
        let flags = words("run \(url) --log-format raw --log-output none --no-color=false -v")
        let overridden = try parse(flags, env: env).global
        #expect(overridden.logFormat == .raw)
        #expect(overridden.logOutput == .none)
        #expect(!overridden.noColor && overridden.verbose)
        #expect(try parse(["run", url], env: ["NO_COLOR": ""]).global.noColor)
        #expect(try !parse(["run", url], env: ["K6_NO_COLOR": ""]).global.noColor)
        #expect(try parse(["run", url, "--log-format", "zz"]).global.logFormat == .text)
    }

    @Test func exitCodesAreK6s() {
        #expect(
            ExitCode.allCases.map(\.rawValue) == [
                0, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 255,
            ])
    }

    @Test func apusFlags() throws {
        let apus = try settings(
            words(
                "run \(url) --threads 3 --dry-run --profile --price vcpu=0.04,gb=0.004 --region eu --arch arm"
            )
        ).apus
        #expect(apus.threads == 3 && apus.dryRun && apus.profile)
        #expect(apus.price == PriceOption(vcpuHour: 0.04, gbHour: 0.004))
        #expect(apus.region == "eu" && apus.architecture == "arm")
    }
}
