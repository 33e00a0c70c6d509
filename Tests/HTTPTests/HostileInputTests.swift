// What the fuzzer found in HTTP: inputs that were once read wrongly, or ended the process.

import HTTP
import Testing

@Suite struct HostileInputTests {
    @Test(arguments: [
        "http://a%0d%0aX-Evil:%201/", "http://a%2fb/", "http://%41/", "http://a%zz/", "http://a%/",
        "http://&::1]:80/",
        "http://::1:80/", "http://[a]/", "http://[fe80::1%0a]/", "http://[[::1]/",
    ])
    func refusesHostsThatWouldNotReadBack(text: String) {
        #expect(throws: URLError.self) { try RequestURL(parsing: text) }
    }

    @Test(arguments: [
        ("http://b%C3%BCcher/", "b\u{FC}cher", "b\u{FC}cher"),
        ("http://[fe80::1%25eth0]:1/", "fe80::1%eth0", "[fe80::1%25eth0]:1"),
        // Marks that make one character of a delimiter and what stands beside it.
        ("https://\u{301}/", "\u{301}", "\u{301}"),
        ("http://[fe80::1%25\u{301}x]/", "fe80::1%\u{301}x", "[fe80::1%25\u{301}x]"),
        ("http://a\u{600}:/", "a\u{600}", "a\u{600}"),
    ])
    func decodesWhatMayBeEncoded(text: String, host: String, authority: String) throws {
        let url = try RequestURL(parsing: text)
        #expect(url.host == host)
        #expect(url.authority == authority)
    }

    /// A mark that combines with the character before it must not hide a delimiter.
    @Test func findsDelimitersUnderCombiningMarks() throws {
        let url = try RequestURL(parsing: "http://a/\u{301}x?\u{301}y#\u{301}z")
        #expect(url.host == "a")
        #expect(url.target == "/%CC%81x?\u{301}y")
        #expect(url.fragment == "%CC%81z")
        let resolved = try RequestURL(parsing: "http://a/b/c").resolving("../\u{301}d#\u{301}")
        #expect(resolved.target == "/%CC%81d")
        var jar = CookieJar()
        jar.store("a=b;\u{301}; Secure", from: url, nowSeconds: 0)
        #expect(jar.cookies.map(\.value) == ["b"])
        #expect(jar.cookies.map(\.isSecure) == [true])
    }

    /// The same of cookies' paths: `/\u{301}` is a path, and so is what stands before `?\u{301}`.
    @Test func cutsCookiePathsUnderCombiningMarks() throws {
        var jar = CookieJar()
        jar.store("a=b; Path=/\u{301}", from: try RequestURL(parsing: "http://a/x/y"), nowSeconds: 0)
        jar.store("c=d", from: try RequestURL(parsing: "http://a/x/y?\u{301}/z"), nowSeconds: 0)
        #expect(jar.cookies.map(\.path) == ["/\u{301}", "/x"])
        #expect(jar.header(for: try RequestURL(parsing: "http://a/x?\u{301}"), nowSeconds: 0) == "c=d")
    }

    @Test func keepsACookieWhoseAgeOverflows() throws {
        var jar = CookieJar()
        let url = try RequestURL(parsing: "http://a/")
        jar.store("a=b; Max-Age=9223372036854775807", from: url, nowSeconds: 1_700_000_000)
        #expect(jar.cookies.map(\.expiresSeconds) == [Int64.max])
        #expect(jar.header(for: url, nowSeconds: 1_800_000_000) == "a=b")
    }
}
