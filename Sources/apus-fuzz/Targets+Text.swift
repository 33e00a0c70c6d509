// Targets that read text of people and servers: URLs, cookies, JSON, durations, thresholds. What was accepted
// must come back from its written form.

import Base
import HTTP
import Metrics

extension FuzzTarget {
    static let url = FuzzTarget(
        "url",
        texts: [
            "http://localhost:8080/", "https://user:pass@example.com:443/a/b?c=d#e", "http://[::1]:80/x",
            "http://a", "http://a?b", "../c", "//host/path", "/a/../b/./c?x=../y", "?q", "#f",
            "http://a/%41%2f",
            "http://b\u{FC}cher.example/\u{FC}", "HTTP://EXAMPLE.com", "http://a:/", "mailto:a@b",
            "http://%41.example/", "http://[fe80::1%25eth0]/",
        ],
        words: ["http://", "https://", "://", "[::1]", "%2e", "%2F", "%0D%0A", "user:", "example.com", ":80"]
    ) { input, random in
        let text = String(decoding: input, as: UTF8.self)
        let bases = ["http://localhost:8080/a/b?c", "https://[::1]/", "http://a"]
        if let parsed = accepted({ try RequestURL(parsing: text) }), let problem = problem(of: parsed) {
            return problem
        }
        guard let base = accepted({ try RequestURL(parsing: bases[random.below(3)]) }) else {
            return "a base URL was refused"
        }
        guard let resolved = accepted({ try base.resolving(text) }) else { return nil }
        return problem(of: resolved)
    }

    /// What may be written on a request line and into a Host header, and reads back as itself.
    private static func problem(of url: RequestURL) -> String? {
        if !url.target.hasPrefix("/") { return "the target does not begin with a slash: \(url)" }
        // As k6 does, a query goes out as it was given.
        let path = url.target.utf8.prefix { $0 != UInt8(ascii: "?") }
        if path.contains(where: { $0 <= 0x20 || $0 >= 0x7F })
            || url.target.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        {
            return "the target cannot stand on a request line: \(url)"
        }
        if url.authority.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "the authority cannot stand in a header: \(url)"
        }
        guard let again = accepted({ try RequestURL(parsing: url.text) }) else {
            return "its own text is refused: \(url.text)"
        }
        let isSame =
            again.host == url.host && again.port == url.port && again.target == url.target
            && again.scheme == url.scheme && again.text == url.text
        return isSame ? nil : "its own text reads differently:\n  \(url)\n  \(again)"
    }

    static let cookie = FuzzTarget(
        "cookie",
        texts: [
            "a=b", "a=b; Path=/x; Domain=example.com; Secure; HttpOnly", "a=\"b\"; Max-Age=10",
            "a=; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "x=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0",
            "a=b; domain=.example.com; path=relative", "=v", "novalue", "a=b;;;=;", "a=1\na=2; Path=/\nb=3",
            "k=v; Max-Age=9223372036854775807", "k=v; Expires=31 dec 9999 23:59:59",
        ],
        words: [
            "; Path=", "; Domain=", "; Max-Age=", "; Expires=", "; Secure", "example.com", "\n", "\"", "Feb",
        ]
    ) { input, random in
        let lines = input.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let urls = ["http://example.com/", "https://www.example.com/x/y?z", "http://[::1]/x"].compactMap {
            text in
            accepted { try RequestURL(parsing: text) }
        }
        var jar = CookieJar()
        let now = [0, 1_700_000_000, Int64.max / 2][random.below(3)]
        let from = urls[random.below(urls.count)]
        for line in lines { jar.store(line, from: from, nowSeconds: now) }
        let count = jar.cookies.count
        for line in lines { jar.store(line, from: from, nowSeconds: now) }
        if jar.cookies.count != count { return "storing the same lines again changed the number of cookies" }
        for url in urls {
            for cookie in jar.matching(url, nowSeconds: now) {
                if url.host != cookie.domain && !url.host.hasSuffix("." + cookie.domain) {
                    return "a cookie of \(cookie.domain) goes to \(url.host)"
                }
                if cookie.isSecure && !url.isSecure { return "a secure cookie goes over http" }
            }
            _ = jar.header(for: url, nowSeconds: now)
        }
        return nil
    }

    static let json = FuzzTarget(
        "json",
        texts: [
            "null", "[1,2.5,-0,1e5]", "{\"a\":{\"b\":[true,false,null]},\"a\":2}",
            "\"\\u00e9\\ud83d\\ude00\\n\"",
            "{\"k\":\"v\",\"n\":-1.5e-3}", "[[[[[[]]]]]]", " { } ", "\"\\ud800\"", "[\"\\b\\f\\/\\\\\"]",
        ],
        words: [
            "\\u0000", "\\ud83d", "\\ude00", "null", "true", "false", "{\"a\":", "[", "]", "}", "1e400", ",",
            ":",
        ]
    ) { input, _ in
        guard let value = accepted({ try JSONValue.parse(input) }) else { return nil }
        for indentSpaces in [0, 2] {
            var writer = JSONWriter(indentSpaces: indentSpaces)
            write(value, &writer)
            guard let again = accepted({ try JSONValue.parse(writer.text) }) else {
                return "what the writer wrote is refused: \(writer.text)"
            }
            if again != value { return "it reads back differently: \(writer.text)" }
        }
        return nil
    }

    private static func write(_ value: JSONValue, _ writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.value(flag)
        case .number(let text): writer.raw(text)
        case .string(let text): writer.value(text)
        case .array(let values): writer.array(values) { write($1, &$0) }
        case .object(let object):
            writer.object { writer in
                for member in object.members {
                    writer.key(member.name)
                    write(member.value, &writer)
                }
            }
        }
    }

    static let duration = FuzzTarget(
        "duration",
        texts: [
            "0", "1s", "1h2m3.5s", "300ms", "-1.5h", "10\u{B5}s", "2d3h", "1500", "1.5", "0.000000001s",
            "7ns", "-3d",
        ],
        words: [
            "ns", "us", "\u{B5}s", "\u{3BC}s", "ms", "s", "m", "h", "d", ".", "106751d",
            "2562047h47m16.854775807s",
        ]
    ) { input, random in
        let exact = Int64(bitPattern: random.next()) >> Int64(random.below(64))
        for ns in [exact, exact == 0 ? Int64.min : Int64.max / exact] {
            if accepted({ try GoDuration.parse(GoDuration.format(ns)) }) != ns {
                return "\(ns) ns is written \(GoDuration.format(ns)), which does not read back"
            }
        }
        let text = String(decoding: input, as: UTF8.self)
        for read in [
            accepted({ try GoDuration.parse(text) }), accepted({ try GoDuration.parseExtended(text) }),
        ] {
            guard let read else { continue }
            if accepted({ try GoDuration.parse(GoDuration.format(read)) }) != read {
                return "\(text) is \(read) ns, written \(GoDuration.format(read)), which does not read back"
            }
        }
        return nil
    }

    static let thresholds = FuzzTarget(
        "thresholds",
        texts: [
            "p(95)<200", "avg >= 10.5", "rate===0", "count!=1e3", "med<=0x1p-2", "p(99.9) < 1_000",
            "max>-inf",
            "http_req_duration{scenario:a,status:200}", "http_reqs{ \"a\":'b' }", "iterations",
            "checks{check:x}",
        ],
        words: [
            "p(", ")", "<=", "===", "!=", "count", "rate", "value", "{", "}", ":", ",", "NaN", "Inf", "0b1",
            "1e-5",
        ]
    ) { input, _ in
        let text = String(decoding: input, as: UTF8.self)
        do {
            let expression = try ThresholdExpression(text)
            if case .percentile(let percent) = expression.method, !(percent >= 0 && percent <= 100) {
                return "a percentile of \(percent) was accepted"
            }
            if try ThresholdExpression(expression.source) != expression, !expression.bound.isNaN {
                return "its own source reads differently: \(expression)"
            }
        } catch { _ = "\(error)" }
        do {
            let key = try ThresholdKey(text)
            if key.tags.contains(where: { $0.key.isEmpty }) {
                return "a tag without a name was accepted: \(key)"
            }
            if try ThresholdKey(text) != key { return "the same key reads differently" }
        } catch { _ = "\(error)" }
        return nil
    }

    /// A planted bug: a reader that trusts a length it was given. A fuzzer worth its time finds it within
    /// seconds.
    static let canary = FuzzTarget("canary", texts: ["apus 5 hello", "apus 0 ", "apus 12 hello, world"]) {
        input, _ in
        let parts = input.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("apus".utf8),
            let length = Int(String(decoding: parts[1], as: UTF8.self)), length >= 0, length < 256
        else { return nil }
        let body = parts[2]
        return body[body.startIndex..<(body.startIndex + length)].count == length ? nil : "a length was lost"
    }

    /// The value, or nil when the input was refused; refusing is what most inputs deserve.
    static func accepted<Value>(_ read: () throws -> Value) -> Value? {
        do { return try read() } catch {
            // The description runs too: it is made from the input.
            _ = "\(error)"
            return nil
        }
    }
}
