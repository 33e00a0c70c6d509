// What a URL run puts on the wire and how it takes what comes back: method, headers, body, redirects,
// credentials, connections, TLS, names.

import ProcessSupport
import Testing

@Suite struct RequestTests {
    @Test func getAsSent() throws {
        let server = try Recorder()
        #expect(try Apus.run(server.url + "/a%20b?c=d#e").code == 0)
        #expect(
            try server.request()
                == "GET /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: apus/0.1.0\r\n\r\n"
        )
    }

    @Test func postFromFile() throws {
        let body = String(repeating: "käse ", count: 20_000)
        let server = try Recorder()
        let end = try Apus.run(
            "-X", "POST", "-H", "X-Test:  one ", "-H", "content-type: text/plain", "-b",
            "@" + Scratch.write(body, "body"), "--user-agent", "", server.url)
        #expect(end.code == 0)
        let request = try server.request()
        #expect(request.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(request.contains("\r\nContent-Length: \(body.utf8.count)\r\n"))
        #expect(request.contains("\r\nX-Test: one\r\n"))
        #expect(request.lowercased().contains("\r\ncontent-type: text/plain\r\n"))
        #expect(!request.contains("User-Agent"))
        #expect(request.hasSuffix("\r\n\r\n" + body))
    }

    @Test func aBodyMakesItAPost() throws {
        let server = try Recorder()
        #expect(try Apus.run("-b", "a=b", server.url).code == 0)
        #expect(try server.request().hasPrefix("POST / HTTP/1.1\r\n"))
    }

    /// k6 counts every hop as a request: 3 redirects and the answer, twice.
    @Test(arguments: [([], 8), (["--max-redirects", "0"], 2), (["--max-redirects", "2"], 6)])
    func redirects(_ flags: [String], _ requests: Int) throws {
        let target = try Target()
        let end = try Apus.start(["run", "-q", "-i", "2", target.url + "/redirect/3"] + flags).finish()
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == requests)
        #expect(end.count("iterations") == 2)
        #expect(end.metric("http_req_failed")?.hasSuffix("0 out of \(requests)") == true)
    }

    @Test func basicAuth() throws {
        let target = try Target()
        let path = "\(target.hostPort)/basic-auth/user/pa%20ss"
        let with = try Apus.start(["run", "-i", "1", "http://user:pa%20ss@\(path)"]).finish()
        #expect(with.metric("http_req_failed") == "0.00% 0 out of 1")
        #expect(!with.out.contains("pa%20ss@"))
        let without = try Apus.run("-i", "1", "http://\(path)")
        #expect(without.metric("http_req_failed") == "100.00% 1 out of 1")
    }

    @Test(arguments: [([], 1), (["--no-connection-reuse"], 20), (["--no-vu-connection-reuse"], 20)])
    func connections(_ flags: [String], _ connections: Int) throws {
        let target = try Target()
        let end = try Apus.start(["run", "-q", "-i", "20", target.url] + flags).finish()
        #expect(end.count("http_reqs") == 20)
        #expect(
            end.out.contains("connections...........: \(connections) requested, \(connections) established"))
        let stats = try Wire.get(target.hostPort, "/stats")
        #expect(stats.contains("{\"requests\":21,\"accepted\":\(connections + 1),"), "\(stats)")
    }

    @Test func tls() throws {
        let target = try Target(tls: true)
        let refused = try Apus.run("-i", "4", target.url)
        #expect(refused.code == 0)
        #expect(refused.metric("http_req_failed") == "100.00% 4 out of 4")
        let accepted = try Apus.run(
            "-i", "4", "--insecure-skip-tls-verify", "--summary-mode", "full", target.url)
        #expect(accepted.metric("http_req_failed") == "0.00% 0 out of 4")
        #expect(try #require(accepted.ms("http_req_tls_handshaking", "max")) > 0)
        // k6's code for a certificate of an unknown authority.
        let code = try Apus.run(
            "-i", "4", "--threshold", "http_reqs{error_code:1310}: count==4", target.url)
        #expect(code.code == 0, "\(code.out)")
    }

    @Test func hosts() throws {
        let target = try Target()
        let port = target.hostPort.split(separator: ":")[1]
        let config = try Scratch.write("{\"hosts\":{\"shop.test\":\"127.0.0.1:\(port)\"}}", "hosts.json")
        let end = try Apus.run("-c", config, "-i", "2", "http://shop.test/")
        #expect(end.metric("http_req_failed") == "0.00% 0 out of 2")
    }

    /// Failures are counted, end no run, and carry k6's error codes.
    @Test(arguments: [
        ("http://127.0.0.1:1/", [], 1212), ("http://no-such-host.invalid/", [], 1101),
        ("TARGET/fault/reset", [], 1220), ("TARGET/status/404", [], 1404), ("TARGET/status/503", [], 1503),
        ("TARGET/delay/2000", ["--timeout", "100ms"], 1050),
        ("TARGET/", ["--blacklist-ip", "127.0.0.0/8"], 1110),
        ("http://shop.test/", ["--block-hostnames", "*.test"], 1111),
    ])
    func failures(_ url: String, _ flags: [String], _ code: Int) throws {
        let target = try Target()
        let url = url.replacing("TARGET", with: target.url)
        let end = try Apus.start(
            ["run", "-q", "-i", "3", "--threshold", "http_reqs{error_code:\(code)}: count==3", url] + flags
        ).finish()
        #expect(end.code == 0, "\(end.out)")
        #expect(end.metric("http_req_failed") == "100.00% 3 out of 3")
    }
}
