// Command lines and files that are wrong: one line at level error, k6's exit code, nothing on standard output
// and no request sent.

import ProcessSupport
import Testing

struct Refusal: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var code: Int32
    /// What the line must name.
    var says: String
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String..., code: Int32, says: String) {
        self.arguments = arguments
        self.code = code
        self.says = says
    }
}

@Suite struct RefusalTests {
    /// URL stands for the target's address.
    @Test(arguments: [
        Refusal("--bogus", "URL", code: 255, says: "unknown flag: --bogus"),
        Refusal("--vuss", "5", "URL", code: 255, says: "--vuss"),
        Refusal("http://", code: 255, says: "no host"),
        Refusal("http://127.0.0.1:99999/", code: 255, says: "99999"),
        Refusal("127.0.0.1:8080", code: 255, says: "did you mean http://127.0.0.1:8080?"),
        Refusal("ftp://127.0.0.1/", code: 255, says: "ftp"),
        Refusal("-d", "5x", "URL", code: 255, says: "5x"),
        Refusal("-d", "0s", "URL", code: 104, says: "duration"),
        Refusal("--timeout", "soon", "URL", code: 255, says: "soon"),
        Refusal("-b", "@/nonexistent/body", "URL", code: 255, says: "/nonexistent/body"),
        Refusal("-H", "no colon", "URL", code: 255, says: "no colon"),
        Refusal("-i", "5", "-s", "1s:5", "URL", code: 104, says: "iterations and stages"),
        Refusal("-d", "5s", "-s", "1s:5", "URL", code: 104, says: "duration and stages"),
        Refusal("--rate", "10", "-i", "5", "URL", code: 104, says: "--rate and iterations"),
        Refusal("--rate", "none", "URL", code: 255, says: "none"),
        Refusal("--max-vus", "10", "-d", "1s", "URL", code: 104, says: "--max-vus needs --rate"),
        Refusal("-u", "0", "-d", "1s", "URL", code: 104, says: "VUs"),
        Refusal("-u", "9999999999", "-d", "1s", "URL", code: 104, says: "do not fit into memory"),
        Refusal("--preset", "nope", "URL", code: 104, says: "there are smoke, load"),
        Refusal("--preset", "smoke", "-d", "1ms", "URL", code: 104, says: "1s or more"),
        Refusal("--threshold", "http_req_duration: p(95)<<200", "URL", code: 104, says: "p(95)<<200"),
        Refusal("--threshold", "nope: p(95)<200", "URL", code: 104, says: "nope"),
        Refusal("--threshold", "http_req_duration", "URL", code: 255, says: "'metric: expression'"),
        Refusal("--execution-segment", "1/2:2", "-d", "1s", "URL", code: 104, says: "segment"),
        Refusal("--threads", "0", "URL", code: 255, says: "--threads"),
        Refusal("--price", "vcpu=cheap", "URL", code: 255, says: "--price"),
        Refusal("--price", "vcpu=0.04", "URL", code: 255, says: "both vcpu=… and gb=…"),
        Refusal("--region", "atlantis-1", "URL", code: 255, says: "no price for atlantis-1"),
        Refusal("--region", "us-east-1", "--arch", "z80", "URL", code: 255, says: "z80"),
        Refusal("--local-ips", "127.0.0.300", "URL", code: 255, says: "127.0.0.300"),
        Refusal("-c", "/nonexistent/config.json", "URL", code: 104, says: "/nonexistent/config.json"),
        Refusal("-o", "cloud", "URL", code: 255, says: "does not have the output \"cloud\" yet"),
        Refusal("-o", "jsom=/tmp/x", "URL", code: 255, says: "did you mean json?"),
        Refusal("--paused", "URL", code: 255, says: "--paused"),
        Refusal("-a", "127.0.0.1:6565", "URL", code: 106, says: "REST API"),
        Refusal("nosuch.js", code: 255, says: "no such file: nosuch.js"),
        Refusal("-", code: 255, says: "no exported functions in script"),
        Refusal("https://127.0.0.1:1/test.js", code: 107, says: "could not be fetched"),
        Refusal(code: 255, says: "one argument"),
        Refusal("URL", "URL", code: 255, says: "one argument"),
    ])
    func run(_ refusal: Refusal) throws {
        let target = try Target()
        let arguments = refusal.arguments.map { $0 == "URL" ? target.url : $0 }
        let end = try Apus.start(["run"] + arguments).finish()
        check(end, refusal.code, refusal.says)
        try expectUntouched(target)
    }

    private func check(_ end: Finished, _ code: Int32, _ says: String) {
        #expect(end.code == code)
        #expect(end.out == "")
        let lines = end.err.split(separator: "\n")
        #expect(lines.count == 1, "\(end.err)")
        #expect(end.logLines("error").count == 1, "\(end.err)")
        // Quotes inside the message are escaped in a log line.
        #expect(end.err.replacing("\\\"", with: "\"").contains(says), "\(end.err)")
    }

    /// The first request the server ever sees is this one.
    private func expectUntouched(_ target: Target) throws {
        let stats = try Wire.get(target.hostPort, "/stats")
        #expect(stats.contains("{\"requests\":1,\"accepted\":1,"), "\(stats)")
    }

    @Test(arguments: [
        ("{\"vus\":\"many\"}", "many"),
        ("{\"vus\":1", "no JSON"),
        ("[]", "config"),
        ("{\"duration\":\"1 fortnight\"}", "1 fortnight"),
        ("{\"thresholds\":{\"http_req_duration\":[\"p(95)>\"]}}", "p(95)>"),
        (
            "{\"scenarios\":{\"a\":{\"executor\":\"constant-vus\",\"vus\":1,\"duration\":\"1s\",\"zzz\":1}}}",
            "zzz"
        ),
        ("{\"scenarios\":{\"a\":{\"executor\":\"constant-fun\"}}}", "constant-fun"),
        ("{\"scenarios\":{\"a b\":{\"executor\":\"per-vu-iterations\"}}}", "a b"),
        ("{\"scenarios\":{\"a\":{\"executor\":\"per-vu-iterations\",\"exec\":\"other\"}}}", "other"),
        ("{\"iterations\":5,\"stages\":[{\"duration\":\"1s\",\"target\":1}]}", "iterations and stages"),
        ("{\"hosts\":{\"a.test\":\"nowhere\"}}", "nowhere"),
        ("{\"collectors\":7}", "expected an object"),
    ])
    func config(_ text: String, _ says: String) throws {
        let end = try Apus.start(["run", "-c", Scratch.write(text, "config.json"), "http://127.0.0.1:1/"])
            .finish()
        check(end, 104, says)
    }

    @Test(arguments: [
        ("frobnicate", "unknown command"), ("archive", "archive takes one argument"),
        ("scale", "\"scale\" yet"), ("runn", "runn"),
    ])
    func command(_ name: String, _ says: String) throws {
        check(try Apus.start([name]).finish(), 255, says)
    }

    @Test func aScriptWithoutFunctions() throws {
        let script = try Scratch.write("export const options = {}", "test.js")
        check(try Apus.start(["run", script]).finish(), 255, "no exported functions in script")
    }

    @Test func targetOnATakenPort() throws {
        let target = try Target()
        check(try Apus.start(["target", "-a", target.hostPort]).finish(), 255, "in use")
    }

    @Test(arguments: [["--cert", "/nonexistent"], ["-a", "127.0.0.1:x"], ["--port", "1"]])
    func target(_ arguments: [String]) throws {
        check(try Apus.start(["target"] + arguments).finish(), 255, arguments[0])
    }

    @Test func helpGoesToStandardOutput() throws {
        for arguments in [
            [], ["help"], ["--help"], ["help", "run"], ["run", "--help"], ["version"], ["presets"],
        ] {
            let end = try Apus.start(arguments).finish()
            #expect(end.code == 0)
            #expect(end.err == "")
            #expect(end.out.count > 30)
        }
    }
}
