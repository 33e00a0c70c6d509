// The arena: pages of every size and shape are read and written without recursion, nothing is kept of the
// parser, and addresses are resolved and written.

import HTML
import Testing

@Suite struct DocumentTests {
    /// k6's parser is quadratic here as well, so the depth is bounded; it is far beyond what a recursive walk
    /// survives on a script's stack.
    @Test func readsDeepPages() {
        let depth = 20_000
        let page = Selection(Document(parsing: String(repeating: "<i>", count: depth) + "x"))
        #expect(page.find("i").count == depth)
        #expect(page.text == "x")
        #expect(page.html.utf8.count == depth * 7 + "<html><head></head><body>x</body></html>".utf8.count)
    }

    @Test func readsWidePages() {
        let row =
            "<tr class=\"row odd\"><td data-id=7>a &amp; b</td><td><a href=\"/x?y=1\">link</a></td></tr>"
        let page = Document(parsing: "<table>" + String(repeating: row, count: 5000) + "</table>")
        #expect(Selection(page).find("tr.odd > td[data-id='7']").count == 5000)
        // One row is 89 bytes, 5 nodes and 3 attributes.
        #expect(page.memoryBytes < 5000 * 400)
    }

    @Test(
        arguments: [
            [], [0], [0xFF, 0xFE], Array("<p>\u{0}".utf8), Array("<p \u{0}=\u{0}>".utf8), [0x3C],
            Array("<!".utf8),
            Array("<!--".utf8), Array("<a href=\"".utf8), Array("<noscript".utf8), Array("<noscript><".utf8),
            Array("</noscript><noscript/><noscript>".utf8), Array("<svg><noscript>".utf8), Array("&".utf8),
            [0x3C, 0x70, 0xC3], Array("<!doctype".utf8), Array("<plaintext><noscript>".utf8),
        ] as [[UInt8]])
    func readsAnything(page: [UInt8]) {
        let text = Selection(Document(parsing: page)).html
        #expect(text.contains("<html>"))
    }

    @Test(arguments: [
        ("http://h/a/b?q#f", "c", "http://h/a/c"), ("http://h/a/b?q#f", "?x", "http://h/a/b?x"),
        ("http://h/a/b?q#f", "#x", "http://h/a/b?q#x"), ("http://h/a/b?q#f", "", "http://h/a/b?q#f"),
        ("http://h/a/b", "/c/../d/./e", "http://h/d/e"), ("http://h/a/b/", "../../../c", "http://h/c"),
        ("http://h/a", "//k/x", "http://k/x"), ("http://h/a", "https://k", "https://k"),
        ("http://h", "x", "http://h/x"),
        ("http://u:p@h:1/a", "x y?é=1", "http://u:p@h:1/x%20y?é=1"),
        ("http://h/a", "mailto:b@c", "mailto:b@c"),
        ("http://h/a%2Fb/c", "d", "http://h/a%2Fb/d"), ("http://h/a/b/c", ".", "http://h/a/b/"),
        ("http://h/a/b/c", "..", "http://h/a/"), ("http://h/é", "ü", "http://h/%C3%BC"),
    ])
    func resolves(base: String, reference: String, result: String) throws {
        let base = try #require(WebAddress(base))
        #expect(base.resolving(try #require(WebAddress(reference))).text == result)
    }
}
