// The parts of a link's address as the binary of k6 v1.1.0 printed them: protocol, host, hostname, port,
// origin, username, password, pathname, search and hash.

import HTML
import Testing

@Suite struct LinkTests {
    static let addresses: [(String, String)] = [
        ("", ": |  |  |  |  |  |  |  |  | "),
        (
            "http://u:p@Host.com:8080/a/b?q=1&r=2#frag",
            "http | Host.com:8080 | Host.com | 8080 | http://Host.com:8080 | u | p | /a/b | ?q=1&r=2 | #frag"
        ),
        ("https://host:443/", "https | host | host | 443 | https://host:443 |  |  | / |  | "),
        ("http://host:80/x", "http | host | host | 80 | http://host:80 |  |  | /x |  | "),
        ("/rel/path?x#y", ": |  |  |  |  |  |  | /rel/path | ?x | #y"),
        ("mailto:a@b.c", "mailto |  |  |  | mailto:// |  |  |  |  | "),
        ("http://host?", "http | host | host |  | http://host |  |  |  |  | "),
        ("http://host/#", "http | host | host |  | http://host |  |  | / |  | "),
        ("//h/p", ": | h | h |  |  |  |  | /p |  | "),
        ("x y", ": |  |  |  |  |  |  | /x y |  | "),
        ("http://[::1]:80/é?é#é", "http | ::1 | ::1 | 80 | http://[::1]:80 |  |  | /é | ?é | #é"),
        ("http://a b/", ": |  |  |  |  |  |  |  |  | "),
        ("%zz", ": |  |  |  |  |  |  |  |  | "),
        ("http://h/%zz", ": |  |  |  |  |  |  |  |  | "),
        ("http://user@h/", "http | h | h |  | http://h | user |  | / |  | "),
        ("https://h/a%2Fb%20c", "https | h | h |  | https://h |  |  | /a/b c |  | "),
        ("HTTP://H/", "http | H | H |  | http://H |  |  | / |  | "),
        ("http://h:443/", "http | h:443 | h | 443 | http://h:443 |  |  | / |  | "),
        ("https://h:80/", "https | h:80 | h | 80 | https://h:80 |  |  | / |  | "),
        ("javascript:alert(1)", "javascript |  |  |  | javascript:// |  |  |  |  | "),
        ("#only", ": |  |  |  |  |  |  |  |  | #only"),
        ("?only", ": |  |  |  |  |  |  |  | ?only | "),
        ("http://h/a?", "http | h | h |  | http://h |  |  | /a |  | "),
        ("http://h:/x", "http | h: | h |  | http://h: |  |  | /x |  | "),
        ("http://u:@h/", "http | h | h |  | http://h | u |  | / |  | "),
        ("http://h/a b", "http | h | h |  | http://h |  |  | /a b |  | "),
        ("ws://h:80/", "ws | h:80 | h | 80 | ws://h:80 |  |  | / |  | "),
        ("wss://h:443/", "wss | h:443 | h | 443 | wss://h:443 |  |  | / |  | "),
        ("gopher://h:70/", "gopher | h:70 | h | 70 | gopher://h:70 |  |  | / |  | "),
        ("ftp://h:21", "ftp | h | h | 21 | ftp://h:21 |  |  |  |  | "),
        ("ftp://h:80", "ftp | h:80 | h | 80 | ftp://h:80 |  |  |  |  | "),
        ("//h:80/", ": | h:80 | h | 80 |  |  |  | / |  | "),
        ("file:///x", "file |  |  |  | file:///x |  |  | /x |  | "),
        ("file://h/x", "file | h | h |  | file://h/x |  |  | /x |  | "),
        ("http:///x", "http |  |  |  | http:// |  |  | /x |  | "),
        ("http:x", "http |  |  |  | http:// |  |  |  |  | "),
        ("http:/x", "http |  |  |  | http:// |  |  | /x |  | "),
        ("://x", ": |  |  |  |  |  |  |  |  | "),
        ("a:b", "a |  |  |  | a:// |  |  |  |  | "),
        ("a/b:c", ": |  |  |  |  |  |  | /a/b:c |  | "),
        ("1a:b", ": |  |  |  |  |  |  |  |  | "),
        ("a b:c", ": |  |  |  |  |  |  |  |  | "),
        ("HTTPS://h:0443/", "https | h:0443 | h | 0443 | https://h:0443 |  |  | / |  | "),
        ("http://h:99999/", "http | h:99999 | h | 99999 | http://h:99999 |  |  | / |  | "),
        ("http://h:a/", ": |  |  |  |  |  |  |  |  | "),
        ("http://u@p@h/", "http | h | h |  | http://h | u@p |  | / |  | "),
        ("http://u:p:q@h/", "http | h | h |  | http://h | u | p:q | / |  | "),
        ("http://u%20:p%20@h/", "http | h | h |  | http://h | u  | p  | / |  | "),
        ("http://h%20/", ": |  |  |  |  |  |  |  |  | "),
        ("http://h<x>/", "http | h<x> | h<x> |  | http://h<x> |  |  | / |  | "),
        ("http://[::1]/", "http | [::1] | [::1] |  | http://[::1] |  |  | / |  | "),
        ("http://[::1/", ": |  |  |  |  |  |  |  |  | "),
        (
            "http://[fe80::1%25en0]:80/",
            "http | fe80::1%en0 | fe80::1%en0 | 80 | http://[fe80::1%en0]:80 |  |  | / |  | "
        ),
        ("http://é.x:8/", "http | é.x:8 | é.x | 8 | http://é.x:8 |  |  | / |  | "),
        ("http://h/%41?%41#%41", "http | h | h |  | http://h |  |  | /A | ?%41 | #A"),
        ("http://h/?a#b#c", "http | h | h |  | http://h |  |  | / | ?a | #b#c"),
        ("http://h/#%zz", ": |  |  |  |  |  |  |  |  | "),
        ("http://h/?%zz", "http | h | h |  | http://h |  |  | / | ?%zz | "),
        ("http://h\\x/", ": |  |  |  |  |  |  |  |  | "),
        ("http://h/a?b?c", "http | h | h |  | http://h |  |  | /a | ?b?c | "),
        (" http://h/", ": |  |  |  |  |  |  |  |  | "),
        ("http://h /", ": |  |  |  |  |  |  |  |  | "),
        ("*", ": |  |  |  |  |  |  | /* |  | "),
        ("/", ": |  |  |  |  |  |  | / |  | "),
        ("//", ": |  |  |  |  |  |  |  |  | "),
        ("///x", ": |  |  |  |  |  |  | ///x |  | "),
        ("?", ": |  |  |  |  |  |  |  |  | "),
        ("#", ": |  |  |  |  |  |  |  |  | "),
        ("http://@h/", "http | h | h |  | http://h |  |  | / |  | "),
        ("http://:p@h/", "http | h | h |  | http://h |  | p | / |  | "),
        ("http://a:b@/", "http |  |  |  | http:// | a | b | / |  | "),
        ("mailto:a?b#c", "mailto |  |  |  | mailto:// |  |  |  | ?b | #c"),
        ("http://h/\tx", ": |  |  |  |  |  |  |  |  | "),
        ("http://h%41/", ": |  |  |  |  |  |  |  |  | "),
        ("http://h%c3%a9/", "http | hé | hé |  | http://hé |  |  | / |  | "),
        ("http://h/;x,y", "http | h | h |  | http://h |  |  | /;x,y |  | "),
        ("tel:+1 2", "tel |  |  |  | tel:// |  |  |  |  | "),
        ("data:text/html,<p>", "data |  |  |  | data:// |  |  |  |  | "),
        ("http://h/..//./x", "http | h | h |  | http://h |  |  | /x |  | "),
        ("http://h/a/../b/./c/..", "http | h | h |  | http://h |  |  | /b/ |  | "),
        ("http://h/a/b/../../../c", "http | h | h |  | http://h |  |  | /c |  | "),
        ("../x", ": |  |  |  |  |  |  | /x |  | "),
        ("./x", ": |  |  |  |  |  |  | /x |  | "),
        (".", ": |  |  |  |  |  |  | / |  | "),
        ("..", ": |  |  |  |  |  |  | / |  | "),
        ("a/../b", ": |  |  |  |  |  |  | /b |  | "),
        ("/a/./b/", ": |  |  |  |  |  |  | /a/b/ |  | "),
        ("a//b", ": |  |  |  |  |  |  | /a//b |  | "),
        ("javascript:void(0)#x", "javascript |  |  |  | javascript:// |  |  |  |  | #x"),
    ]

    @Test(arguments: Self.addresses)
    func splits(address: String, parts: String) throws {
        let escaped = String(address.flatMap { $0 == "&" ? Array("&amp;") : [$0] })
        let link = try #require(
            Selection(Document(parsing: "<a href=\"\(escaped)\">")).find("a").element(at: 0))
        let names = [
            "protocol", "host", "hostname", "port", "origin", "username", "password", "pathname", "search",
            "hash",
        ]
        let found = names.map { name -> String in
            guard case .string(let text) = Show.value(of: name, in: link) else { return "?" }
            return text
        }
        #expect(found.joined(separator: " | ") == parts)
    }
}
