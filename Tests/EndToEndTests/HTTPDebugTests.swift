// `--http-debug` of URL runs: one line per request on the wire and one per response, as k6 1.1.0 logs them
// for a script that does the same.

import Foundation
import ProcessSupport
import Testing

@Suite struct HTTPDebugTests {
    let target: Target

    init() throws { target = try Target() }

    /// The run's log without what differs each time.
    private func log(_ arguments: [String], environment: [String: String] = [:]) throws -> [String] {
        let end = try Apus.start(
            ["run", "-q", "--no-summary", "--user-agent", "me"] + arguments, environment: environment
        ).finish()
        #expect(end.code == 0)
        return end.err.replacing(target.hostPort, with: "{host}")
            .replacing(#/(^|\n)time="[^"]*" /#) { String($0.1) }
            .replacing(#/request_id=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} /#, with: "request_id=… ")
            .replacing(#/Date: [^\\\n]*/#, with: "Date: …")
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private func line(_ message: String, iter: Int = 0, vu: Int = 1, tags: String = "") -> String {
        "level=info msg=\"\(message)\" group= iter=\(iter) \(tags)request_id=… scenario=default "
            + "source=http-debug vu=\(vu)"
    }

    private static let request = #"me\nAccept-Encoding: gzip\n\n\n"#

    @Test func heads() throws {
        let expected = [
            line(#"Request:\nGET /status/200 HTTP/1.1\nHost: {host}\nUser-Agent: "# + Self.request),
            line(
                #"Response:\nHTTP/1.1 200 OK\nContent-Length: 4\n"#
                    + #"Content-Type: text/plain; charset=utf-8\nDate: …\nServer: apus\n\n\n"#),
        ]
        let url = target.url + "/status/200"
        #expect(try log(["--http-debug", url]) == expected)
        #expect(try log([url], environment: ["K6_HTTP_DEBUG": "yes"]) == expected)
        let config = try Scratch.write(#"{"httpDebug":"headers"}"#, "debug.json")
        #expect(try log(["-c", config, url]) == expected)
        #expect(try log(["-c", config, "--http-debug=", url]) == [])
    }

    /// Every hop, with what it carries.
    @Test func redirects() throws {
        let lines = try log(["--http-debug", "-i", "2", "--tag", "t=u", target.url + "/cookies/set?a=1"])
        let hop = [
            #"Request:\nGET /cookies/set?a=1 HTTP/1.1\nHost: {host}\nUser-Agent: "# + Self.request,
            #"Response:\nHTTP/1.1 302 Found\nDate: …\nLocation: /cookies\nServer: apus\n"#
                + #"Set-Cookie: a=1; Path=/\nContent-Length: 0\n\n\n"#,
            #"Request:\nGET /cookies HTTP/1.1\nHost: {host}\nUser-Agent: me\nCookie: a=1\n"#
                + #"Referer: http://{host}/cookies/set?a=1\nAccept-Encoding: gzip\n\n\n"#,
            #"Response:\nHTTP/1.1 200 OK\nContent-Length: 22\nContent-Type: application/json\n"#
                + #"Date: …\nServer: apus\n\n\n"#,
        ]
        try #require(lines.count == 8)
        for (index, line) in lines.enumerated() {
            #expect(line.contains("msg=\"\(hop[index % 4])\""))
            #expect(
                line.hasSuffix(
                    "group= iter=\(index / 4) request_id=… scenario=default source=http-debug t=u vu=1"))
        }
    }

    /// Bodies, which a URL run otherwise counts only; the counts stay what they were.
    @Test func bodies() throws {
        let lines = try log([
            "--http-debug=full", "--log-format", "raw", "-b", "a\r\nb \"c\"", target.url + "/status/201",
        ])
        #expect(
            lines == [
                "Request:", "POST /status/201 HTTP/1.1", "Host: {host}", "User-Agent: me",
                "Content-Length: 8", "Accept-Encoding: gzip", "", "a", "b \"c\"", "",
                "Response:", "HTTP/1.1 201 Created", "Content-Length: 4",
                "Content-Type: text/plain; charset=utf-8", "Date: …", "Server: apus", "", "201", "", "",
            ])
        let end = try Apus.run("--http-debug=full", "--log-format", "json", target.url + "/chunked/3")
        #expect(end.count("http_reqs") == 1)
        let entries = try end.err.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        try #require(entries.count == 2)
        #expect(entries[1]["vu"] as? Int == 1 && entries[1]["iter"] as? Int == 0)
        #expect(entries[0]["request_id"] as? String == entries[1]["request_id"] as? String)
        #expect((entries[1]["msg"] as? String)?.hasSuffix("\n0\n\n\n") == true)
    }

    /// As many lines as messages, whoever sends them.
    @Test func manyWorkers() throws {
        let lines = try log([
            "--http-debug=full", "-u", "10", "-i", "200", "--threads", "2", target.url + "/redirect/1",
        ])
        #expect(lines.count == 800)
        #expect(lines.filter { $0.contains("Request:") }.count == 400)
        for vu in 1...10 { #expect(lines.contains { $0.hasSuffix(" vu=\(vu)") }) }
    }

    @Test func failures() throws {
        let refused = try log(["--http-debug", "http://127.0.0.1:1/"])
        #expect(refused.filter { $0.contains("source=http-debug") }.count == 1)
        let broken = try log(["--http-debug=full", target.url + "/fault/close-mid-body"])
        // The run's own warning comes whenever the run looks for warnings.
        #expect(broken.filter { $0.contains("level=warning msg=\"Request Failed\"") }.count == 1)
        #expect(
            broken.filter { $0.contains("source=http-debug") }.dropFirst() == [
                "level=error msg=\"unexpected EOF\" group= iter=0 scenario=default source=http-debug vu=1",
                line(#"Response:\n\n"#),
            ])
    }

    /// A second run of the same kind on a TLS connection.
    @Test func secure() throws {
        let secure = try Target(tls: true)
        let end = try Apus.run(
            "--http-debug", "--insecure-skip-tls-verify", "-i", "2", secure.url + "/bytes/5")
        #expect(end.err.split(separator: "\n").filter { $0.contains("HTTP/1.1 200 OK") }.count == 2)
        #expect(end.err.contains("GET /bytes/5 HTTP/1.1\\nHost: \(secure.hostPort)\\n"))
    }
}
