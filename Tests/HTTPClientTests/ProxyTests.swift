// Requests through an HTTP proxy, plain and by CONNECT, and who is asked for what: Go's rules for the
// variables, which are k6's.

import Base
import EventLoop
import HTTP
import TLS
import Testing

@testable import HTTPClient

@Suite struct ProxyTests {
    /// Settings that send `scheme`'s requests through a proxy at `port`.
    static func through(_ port: UInt16, user: String = "") throws -> ClientSettings {
        var settings = ClientSettings()
        let url = "http://\(user)127.0.0.1:\(port)"
        settings.proxies = try ProxySettings(environment: ["HTTP_PROXY": url, "https_proxy": url])
        return settings
    }

    @Test func plainRequestsGoInAbsoluteForm() throws {
        let proxy = try ScriptServer(isConcurrent: true) { wire, _, notes in
            while let head = wire.head() {
                notes.add(head)
                wire.send(okResponse("from the proxy"))
            }
        }
        var settings = try Self.through(proxy.port, user: "me:s%40cret@")
        // Nothing of the target is looked up here: its name is the proxy's affair.
        settings.blockedHostnames = ["made.up"]
        let names = FakeNames([:])
        try withHarness(settings, lookup: names.lookup) { harness in
            let first = harness.fetch("http://made.up/a?b=1")
            #expect(first.status == 200 && first.text == "from the proxy", "\(first.errorText)")
            #expect(!harness.fetch("http://another.made.up:8080/").isReused)
            #expect(harness.fetch("http://made.up/again").isReused)
            #expect(names.count("made.up") == 0)
        }
        let heads = proxy.notes.all
        #expect(heads[0].hasPrefix("GET http://made.up/a?b=1 HTTP/1.1\r\nHost: made.up\r\n"))
        #expect(heads[0].contains("\r\nProxy-Authorization: Basic bWU6c0BjcmV0\r\n"))
        #expect(
            heads[1].hasPrefix("GET http://another.made.up:8080/ HTTP/1.1\r\nHost: another.made.up:8080\r\n"))
    }

    @Test func secureRequestsGoThroughATunnel() throws {
        var spec = CertificateSpec(hosts: ["made.up"])
        spec.endsAfterS = 3600
        let authority = try CertificateAuthority()
        nonisolated(unsafe) let context = try TLSServerContext(
            TLSServerOptions(identity: try authority.issue(spec)))
        let proxy = try ScriptServer { wire, _, notes in
            guard let head = wire.head() else { return }
            notes.add(head)
            // In two pieces, as a slow proxy might.
            wire.send("HTTP/1.0 200 Connection est")
            pause(10)
            wire.send("ablished\r\nVia: test\r\n\r\n")
            guard wire.startTLS(context) else { return notes.add("no handshake") }
            while let inner = wire.head() {
                notes.add(inner)
                wire.send(okResponse("through the tunnel"))
            }
        }
        var security = TLSClientOptions()
        security.trust = .pem(authority.certificatePEM)
        try withHarness(try Self.through(proxy.port, user: "us:pw@"), security: security) { harness in
            for round in 0..<3 {
                let answer = harness.fetch("https://made.up/path")
                #expect(answer.status == 200 && answer.text == "through the tunnel", "\(answer.errorText)")
                #expect(answer.isReused == (round > 0) && answer.isOrdered)
            }
        }
        let heads = proxy.notes.all
        #expect(
            heads[0]
                == "CONNECT made.up:443 HTTP/1.1\r\nHost: made.up:443\r\nUser-Agent: Go-http-client/1.1\r\n"
                + "Proxy-Authorization: Basic dXM6cHc=\r\n\r\n")
        #expect(heads[1].hasPrefix("GET /path HTTP/1.1\r\nHost: made.up\r\n"))
        #expect(!heads[1].contains("Proxy-Authorization"))
    }

    struct Refusal: Sendable {
        let answer: String
        let code: ErrorCode
        /// What k6 1.1.0 printed for the same answer, or Apus's bounded text where k6 quotes bytes.
        let text: String
    }

    static let refusals = [
        Refusal(
            answer: "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", code: .generic,
            text: "Proxy Authentication Required"),
        Refusal(
            answer: "HTTP/1.1 503 Service Unavailable\r\n\r\n", code: .generic, text: "Service Unavailable"),
        Refusal(answer: "HTTP/1.1 299 hm\r\n\r\n", code: .generic, text: "hm"),
        Refusal(answer: "HTTP/1.1 407\r\n\r\n", code: .generic, text: "unknown status code"),
        Refusal(answer: "garbage\r\n\r\n", code: .generic, text: "malformed HTTP response"),
        Refusal(answer: "HTTP/1.1 200 OK\r\n\r\nearly", code: .generic, text: "malformed HTTP response"),
        Refusal(answer: "", code: .generic, text: "unexpected EOF"),
        Refusal(answer: "HTTP/1.1 200 O", code: .generic, text: "unexpected EOF"),
    ]

    @Test(arguments: refusals)
    func refusedTunnels(refusal: Refusal) throws {
        let proxy = try ScriptServer { wire, _, _ in
            if wire.head() != nil { wire.send(refusal.answer) }
        }
        try withHarness(try Self.through(proxy.port), security: .init()) { harness in
            for _ in 0..<2 {
                let answer = harness.fetch("https://made.up/")
                #expect(answer.code == refusal.code && answer.errorText == refusal.text)
            }
        }
    }

    @Test func otherProxyFaults() throws {
        let (listener, closedPort) = ScriptServer.listen(backlog: 1)
        _ = listener
        let proxy = try ScriptServer { wire, number, _ in
            _ = wire.head()
            if number == 0 { return wire.reset() }
            if number == 1 {
                let filling = String(repeating: "x", count: 1000)
                for _ in 0..<2000 { wire.send("X-Filling: \(filling)\r\n") }
            }
            while !wire.receive().isEmpty {}
        }
        try withHarness(try Self.through(proxy.port), security: .init()) { harness in
            #expect(harness.fetch("https://made.up/").code == .resetByPeer)
            #expect(harness.fetch("https://made.up/").errorText == "response headers exceed 1048576 bytes")
            var ask = Ask("https://made.up/")
            ask.timeoutMs = 100
            #expect(harness.fetch(ask).code == .requestTimeout)
            // A tunnel head that was under way is forgotten with its channel.
            #expect(harness.client.pointee.tunnelHeads.isEmpty)
        }
        try withHarness(try Self.through(1), security: .init()) { harness in
            #expect(harness.fetch("https://made.up/").code == .dialRefused)
            #expect(harness.fetch("http://made.up/").code == .dialRefused)
        }
        withExtendedLifetime(closedPort) {}
    }

    /// `hosts` and the blacklist are about what is dialled.
    @Test func rulesApplyToTheProxy() throws {
        let proxy = try ScriptServer { wire, _, _ in
            while wire.head() != nil { wire.send(okResponse("proxied")) }
        }
        var settings = ClientSettings()
        settings.proxies = try ProxySettings(environment: ["HTTP_PROXY": "proxy.test:\(proxy.port)"])
        settings.hosts = ["proxy.test": "127.0.0.1", "made.up": "127.0.0.99"]
        try withHarness(settings) { harness in #expect(harness.fetch("http://made.up/").text == "proxied") }
        settings.blockedHostnames = ["proxy.test"]
        try withHarness(settings) { harness in
            #expect(harness.fetch("http://made.up/").code == .blockedHostname)
        }
    }

    struct Exception: Sendable {
        let list: String
        let url: String
        let isProxied: Bool
    }

    static let exceptions = [
        Exception(list: "", url: "http://a.test/", isProxied: true),
        Exception(list: "*", url: "http://a.test/", isProxied: false),
        Exception(list: "a.test", url: "http://a.test/", isProxied: false),
        Exception(list: "a.test", url: "http://www.a.test/", isProxied: false),
        Exception(list: "a.test", url: "http://ba.test/", isProxied: true),
        Exception(list: ".a.test", url: "http://a.test/", isProxied: true),
        Exception(list: ".a.test", url: "http://www.a.test/", isProxied: false),
        Exception(list: "*.a.test", url: "http://www.a.test/", isProxied: false),
        Exception(list: "*.a.test", url: "http://a.test/", isProxied: true),
        Exception(list: "A.Test", url: "http://a.test/", isProxied: false),
        Exception(list: "b.test, a.test", url: "http://a.test/", isProxied: false),
        Exception(list: "a.test:8080", url: "http://a.test:8080/", isProxied: false),
        Exception(list: "a.test:8080", url: "http://a.test/", isProxied: true),
        Exception(list: "10.1.2.3", url: "http://10.1.2.3/", isProxied: false),
        Exception(list: "10.1.2.3:81", url: "http://10.1.2.3:81/", isProxied: false),
        Exception(list: "10.1.2.3:81", url: "http://10.1.2.3/", isProxied: true),
        Exception(list: "10.0.0.0/8", url: "http://10.200.2.3/", isProxied: false),
        Exception(list: "10.0.0.0/8", url: "http://11.0.0.1/", isProxied: true),
        Exception(list: "fd00::/8", url: "http://[fd00::7]/", isProxied: false),
        Exception(list: "", url: "http://localhost/", isProxied: false),
        Exception(list: "", url: "http://127.8.0.1/", isProxied: false),
        Exception(list: "", url: "http://[::1]/", isProxied: false),
        Exception(list: ",, ,", url: "http://a.test/", isProxied: true),
    ]

    @Test(arguments: exceptions)
    func exceptionsByGosRules(entry: Exception) throws {
        let settings = try ProxySettings(environment: ["HTTP_PROXY": "p.test:1", "NO_PROXY": entry.list])
        #expect((settings.proxy(for: try RequestURL(parsing: entry.url)) != nil) == entry.isProxied)
    }

    @Test func variablesBySchemeAndCase() throws {
        let settings = try ProxySettings(
            environment: [
                "HTTP_PROXY": "http://up.test:3128", "http_proxy": "low.test", "https_proxy": "s.test:99",
            ])
        #expect(settings.proxy(for: try RequestURL(parsing: "http://a.test/"))?.host == "up.test")
        let secure = settings.proxy(for: try RequestURL(parsing: "https://a.test/"))
        #expect(secure?.host == "s.test" && secure?.port == 99)
        #expect(try ProxySettings(environment: [:]).plain == nil)
        #expect(throws: URLError.self) { try ProxySettings(environment: ["HTTP_PROXY": "ftp://x"]) }
        #expect(throws: URLError.self) { try ProxySettings(environment: ["HTTPS_PROXY": "https://x"]) }
    }

    @Test(
        "an error shows no password",
        arguments: ["ftp://me:secret@h", "me:secret@h:port", "https://me:secret@h"])
    func hidden(text: String) {
        let error = #expect(throws: URLError.self) { try ProxySettings(environment: ["HTTP_PROXY": text]) }
        #expect(error?.description.contains("secret") == false, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("invalid HTTP_PROXY") == true)
    }
}
