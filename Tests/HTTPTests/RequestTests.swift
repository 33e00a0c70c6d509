// URLs, encoding, redirects and cookies against what Go's client (and so k6) does.

import HTTP
import Testing

@Suite struct RequestURLTests {
    struct Case: Sendable {
        let text: String
        let host: String
        let port: UInt16
        let target: String
        let authority: String
    }

    @Test(arguments: [
        Case(text: "http://a.test", host: "a.test", port: 80, target: "/", authority: "a.test"),
        Case(text: "https://a.test/", host: "a.test", port: 443, target: "/", authority: "a.test"),
        Case(
            text: "http://A.Test:8080/x?y=1#z", host: "a.test", port: 8080, target: "/x?y=1",
            authority: "A.Test:8080"),
        Case(text: "http://[::1]:81/p", host: "::1", port: 81, target: "/p", authority: "[::1]:81"),
        Case(text: "http://a.test?q", host: "a.test", port: 80, target: "/?q", authority: "a.test"),
        Case(text: "http://u:p%40@a.test/x", host: "a.test", port: 80, target: "/x", authority: "a.test"),
        Case(
            text: "http://a.test/a b/ü", host: "a.test", port: 80, target: "/a%20b/%C3%BC",
            authority: "a.test"),
        Case(text: "http://a.test/a%2Fb", host: "a.test", port: 80, target: "/a%2Fb", authority: "a.test"),
    ])
    func parses(wanted: Case) throws {
        let url = try RequestURL(parsing: wanted.text)
        #expect(url.host == wanted.host)
        #expect(url.port == wanted.port)
        #expect(url.target == wanted.target)
        #expect(url.authority == wanted.authority)
    }

    @Test func readsCredentials() throws {
        let url = try RequestURL(parsing: "http://user:p%40ss@a.test/x")
        #expect(url.user == "user")
        #expect(url.password == "p@ss")
        #expect(url.maskedText == "http://****:****@a.test/x")
    }

    /// What scripts may ask for. Texts are those of k6 1.1.0.
    struct Reading: Sendable {
        let text: String
        let shown: String
        var tagged: String?
        var redacted: String?
        var refusal: String?
    }

    @Test(arguments: [
        Reading(text: "HTTP://LocalHost:81/A#f", shown: "http://LocalHost:81/A#f"),
        Reading(text: "http://a/ä b?q=c d", shown: "http://a/%C3%A4%20b?q=c d"),
        Reading(
            text: "http://a/\"<x>\"{}|^`\\", shown: "http://a/%22%3Cx%3E%22%7B%7D%7C%5E%60%5C"),
        Reading(text: "http://127.0.0.1:/", shown: "http://127.0.0.1:/"),
        Reading(
            text: "http://a%40b:p%20w@h/x", shown: "http://a%40b:p%20w@h/x",
            tagged: "http://****:****%20w@h/x", redacted: "http://a@b:***@h/x"),
        Reading(text: "http://a@h/", shown: "http://a@h/", tagged: "http://****@h/"),
        Reading(
            text: "http://a:@h/", shown: "http://a:@h/", tagged: "http://****:****@h/",
            redacted: "http://a:***@h/"),
        Reading(text: "", shown: "", refusal: "unsupported protocol scheme \"\""),
        Reading(text: "/path", shown: "/path", refusal: "unsupported protocol scheme \"\""),
        Reading(text: "mailto:x@y", shown: "mailto:x@y", refusal: "unsupported protocol scheme \"mailto\""),
        Reading(text: "http://", shown: "http:", refusal: "http: no Host in request URL"),
        Reading(text: "http:///x", shown: "http:///x", refusal: "http: no Host in request URL"),
        Reading(text: "http:x", shown: "http:x", refusal: "http: no Host in request URL"),
        Reading(
            text: "http://a:99999/", shown: "http://a:99999/",
            refusal: "dial tcp: address 99999: invalid port"),
    ])
    func readsAsK6(wanted: Reading) throws {
        let url = try RequestURL(reading: wanted.text)
        #expect(url.shown == wanted.shown)
        #expect(url.taggedText == wanted.tagged ?? wanted.shown)
        #expect(url.redactedText == wanted.redacted ?? wanted.shown)
        #expect(url.refusal?.text == wanted.refusal)
        #expect(url.source == wanted.text)
        #expect(url.withoutCredentials.user == nil)
    }

    @Test(arguments: [
        ("http://[::1", "missing ']' in host"), ("http://a.test/%zz", "invalid URL escape \"%zz\""),
        ("http://a.test:port/", "invalid port \":port\" after host"),
        ("http://a b/", "invalid character \" \" in host name"), (":b", "missing protocol scheme"),
        ("1a:b", "first path segment in URL cannot contain colon"),
        ("http://a/\n", "net/url: invalid control character in URL"),
        ("http://a:p%zz@h/", "invalid URL escape \"%zz\""),
    ])
    func refusesAsK6(text: String, problem: String) {
        #expect(throws: URLError(description: problem)) { try RequestURL(reading: text) }
    }

    @Test(arguments: [
        "a.test", "localhost:8080", "ftp://a.test", "http://", "http:///x", "http://a.test:99999/",
        "http://a.test:x/",
        "http://[::1/", "http://a b/", "http://a.test/\u{7}",
    ])
    func refuses(text: String) {
        #expect(throws: URLError.self) { try RequestURL(parsing: text) }
    }

    @Test(arguments: [
        ("/b", "http://a.test:81/b"), ("b", "http://a.test:81/x/b"), ("../b", "http://a.test:81/b"),
        ("?q=2", "http://a.test:81/x/y?q=2"), ("//other.test/z", "http://other.test/z"),
        ("https://other.test/z", "https://other.test/z"), ("./b/./c/../d", "http://a.test:81/x/b/d"),
        ("", "http://a.test:81/x/y?q=1"), ("/a/../../b", "http://a.test:81/b"),
        ("b?c=d/../e", "http://a.test:81/x/b?c=d/../e"),
    ])
    func resolves(reference: String, wanted: String) throws {
        let base = try RequestURL(parsing: "http://a.test:81/x/y?q=1")
        #expect(try base.resolving(reference).text == wanted)
    }

    @Test(arguments: ["javascript:alert(1)", "mailto:a@b", "ftp://a.test/"])
    func refusesToResolve(reference: String) throws {
        let base = try RequestURL(parsing: "http://a.test/")
        #expect(throws: URLError.self) { try base.resolving(reference) }
    }
}

@Suite struct RequestEncodingTests {
    private func encoded(_ draft: RequestDraft) -> String { draft.encode().string() }

    @Test func ordersHeadersAsK6() throws {
        var draft = RequestDraft(
            method: "POST", url: try RequestURL(parsing: "http://a.test/x"), body: Array("hi".utf8),
            userAgent: "agent")
        draft.headers = [("x-b", "2"), ("accept", "*/*"), ("Content-Type", "text/plain")]
        #expect(
            encoded(draft)
                == "POST /x HTTP/1.1\r\nHost: a.test\r\nUser-Agent: agent\r\nContent-Length: 2\r\nAccept: */*\r\n"
                + "Content-Type: text/plain\r\nX-B: 2\r\n\r\nhi")
    }

    @Test func replacesHostAndAgent() throws {
        var draft = RequestDraft(
            method: "GET", url: try RequestURL(parsing: "http://a.test/"), userAgent: "agent")
        draft.headers = [("Host", "b.test"), ("User-Agent", "")]
        #expect(encoded(draft) == "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n")
    }

    @Test func sendsCredentialsAsBasicAuth() throws {
        let draft = RequestDraft(
            method: "GET", url: try RequestURL(parsing: "http://Aladdin:open%20sesame@a.test/"), userAgent: ""
        )
        #expect(encoded(draft).contains("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"))
    }

    @Test(arguments: [("", "x"), ("a b", "x"), ("a:", "x"), ("ok", "a\r\nb"), ("ok", "a\u{0}")])
    func refusesHeaders(name: String, value: String) {
        #expect(RequestDraft.headerProblem(name, value) != nil)
    }

    @Test func acceptsHeaders() { #expect(RequestDraft.headerProblem("X-Ok_1", "value \t ü") == nil) }
}

@Suite struct RedirectTests {
    @Test(
        arguments: [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
            as [(UInt16, String)])
    func method(status: UInt16, wanted: String) throws {
        var draft = RequestDraft(
            method: "POST", url: try RequestURL(parsing: "http://a.test/x"), body: [1], userAgent: "")
        draft.headers = [("Content-Type", "text/plain"), ("Authorization", "secret"), ("X-A", "1")]
        let next = Redirect.follow(draft, to: try RequestURL(parsing: "http://a.test/y"), status: status)
        #expect(next.method == wanted)
        #expect(next.body.isEmpty == (wanted == "GET"))
        #expect(next.headers.contains { $0.name == "Content-Type" } == (wanted == "POST"))
        #expect(next.headers.contains { $0.name == "Authorization" })
        #expect(next.headers.contains { $0.name == "Referer" && $0.value == "http://a.test/x" })
    }

    @Test func secretsStayOnTheirSite() throws {
        var draft = RequestDraft(
            method: "GET", url: try RequestURL(parsing: "https://a.test/x"), userAgent: "")
        draft.headers = [("Authorization", "secret"), ("Cookie", "a=b"), ("X-A", "1")]
        let away = Redirect.follow(draft, to: try RequestURL(parsing: "http://b.test/"), status: 302)
        #expect(away.headers.map(\.name) == ["X-A"])
        let within = Redirect.follow(draft, to: try RequestURL(parsing: "https://sub.a.test/"), status: 302)
        #expect(within.headers.map(\.name) == ["Authorization", "Cookie", "X-A", "Referer"])
    }
}

@Suite struct CookieJarTests {
    private let now: Int64 = 1_800_000_000

    private func sent(_ lines: [String], from: String, to: String) throws -> String? {
        var jar = CookieJar()
        for line in lines { jar.store(line, from: try RequestURL(parsing: from), nowSeconds: now) }
        return jar.header(for: try RequestURL(parsing: to), nowSeconds: now)
    }

    @Test(
        arguments: [
            (["a=1"], "http://x.test/p/q", "http://x.test/p/r", "a=1"),
            (["a=1"], "http://x.test/p/q", "http://x.test/other", nil),
            (["a=1"], "http://x.test/", "http://sub.x.test/", nil),
            (["a=1; Domain=x.test"], "http://sub.x.test/", "http://other.x.test/", "a=1"),
            (["a=1; Domain=y.test"], "http://x.test/", "http://y.test/", nil),
            (["a=1; Secure"], "https://x.test/", "http://x.test/", nil),
            (["a=1; Secure"], "https://x.test/", "https://x.test/", "a=1"),
            (["a=1; Max-Age=0"], "http://x.test/", "http://x.test/", nil),
            (["a=1", "a=2"], "http://x.test/", "http://x.test/", "a=2"),
            (["a=1", "a=; Max-Age=-1"], "http://x.test/", "http://x.test/", nil),
            (["a=1; Path=/", "b=2; Path=/long"], "http://x.test/", "http://x.test/long/x", "b=2; a=1"),
            (["a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT"], "http://x.test/", "http://x.test/", nil),
            (["a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT"], "http://x.test/", "http://x.test/", "a=1"),
            (["a=\"quoted\"; HttpOnly"], "http://x.test/", "http://x.test/", "a=quoted"),
            (["novalue", "=x"], "http://x.test/", "http://x.test/", nil),
            (["a=1; Domain=10.0.0.1"], "http://10.0.0.1/", "http://10.0.0.1/", "a=1"),
            (["a=1; Domain=.10.0.0.1"], "http://10.0.0.1/", "http://10.0.0.1/", nil),
            (["a=1; Domain=0.0.1"], "http://10.0.0.1/", "http://10.0.0.1/", nil),
            (["a=1; Domain=."], "http://x.test/", "http://x.test/", nil),
            (["a=1; Domain=x.test."], "http://x.test/", "http://x.test/", nil),
        ] as [([String], String, String, String?)])
    func selects(lines: [String], from: String, to: String, wanted: String?) throws {
        #expect(try sent(lines, from: from, to: to) == wanted)
    }

    @Test(
        arguments: [
            ("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_480), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("nonsense", nil),
        ] as [(String, Int64?)])
    func readsDates(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(text) == seconds) }

    @Test(
        arguments: [
            ("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_480),
            ("wed, 21 Oct 2015 07:28:00 UTC", 1_445_412_480),
            ("Wed, 21-Oct-2015 07:28:00 GMT", nil), ("Wednesday, 21-Oct-15 07:28:00 GMT", nil),
            ("Wed, 1 Oct 2015 07:28:00 GMT", nil), ("21 Oct 2015 07:28:00 GMT", nil), ("", nil),
            ("Wed, 21 Oct 2015 07:28:00 +0100", nil),
        ] as [(String, Int64?)])
    func readsDatesOfOneForm(text: String, seconds: Int64?) {
        #expect(HTTPDate.secondsOfFixedForm(text) == seconds)
    }

    /// What would be attributes or quotes in a line is part of the value here.
    @Test(arguments: ["b;c", "x; Path=/elsewhere; Max-Age=0", "\"q\"", " sp ", "", "a=b"])
    func keepsValuesThatAreNoLine(value: String) throws {
        let url = try RequestURL(parsing: "http://x.test/p/q")
        var jar = CookieJar()
        var attributes = CookieJar.Attributes()
        attributes.path = "relative"
        let isStored = jar.store("", value, attributes, from: url, nowSeconds: now)
        #expect(isStored)
        let kept = try #require(jar.matching(url, nowSeconds: now).first)
        #expect(kept.name.isEmpty && kept.value == value && kept.path == "/p")
    }
}
