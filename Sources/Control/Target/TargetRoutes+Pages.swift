// The embedded server's small shop: pages, a form with a token, a session by cookie, an API behind it, digest
// authentication, modules for scripts. What scripts that follow links and log in need to be tried against.
// Nothing is remembered between requests: the session is the cookie.

import Base
import Codec
import HTTP

enum TargetPages {
    static let table: [TargetRoute] = [
        TargetRoute("/shop", "a page with links, a list, a table and two forms") { $0.page(200, shop) },
        TargetRoute("/shop/item/", "N", "a page about item N", item),
        TargetRoute("/shop/search", "?q=TEXT", "what a search form sent, as a page", search),
        TargetRoute("/shop/login", "", "GET: a form with a token; POST: a session, or 403", login),
        TargetRoute("/shop/account", "", "a page for whoever has a session, 401 otherwise", account),
        TargetRoute("/shop/api/items", "", "the items as JSON for whoever has a session", items),
        TargetRoute(
            "/digest-auth/", "USER/PASSWORD", "401 without these credentials (MD5, qop=auth)", digest),
        TargetRoute("/modules/", "NAME", "JavaScript modules: greet.js, words.js, broken.js", module),
    ]

    private static let token = "5f0c7ae2"
    private static let nonce = "7ab31f0e9d5c4b62"
    private static let realm = "apus"

    private static let shop = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>A shop &amp; more</title></head>
        <body data-page-id="7" data-settings='{"currency":"EUR","sizes":[1,2,3]}' data-open="true">
        <h1 id="top" class="headline big">Welcome</h1>
        <nav><a href="/shop/item/1" rel="first">First item</a>
        <a href="shop/item/2?from=nav#x">Second item</a>
        <a name="here">No link</a> <a href="/shop/account">Account</a></nav>
        <ul class="items"><li class="item">Swift</li><li class="item sold" data-price="4.50">Nest</li>
        <li class="item">Feather <b>(large)</b></li></ul>
        <table><thead><tr><th>Name</th><th>Price</th></tr></thead>
        <tbody><tr><td>Swift</td><td>12</td></tr><tr><td>Nest</td><td>4.50</td></tr></tbody></table>
        <form id="search" action="/shop/search"><input type="text" name="q" value="nest">\
        <input type="hidden" name="page" value="1"><select name="sort"><option value="asc">up</option>\
        <option value="desc" selected>down</option></select><input type="checkbox" name="stock" value="yes" \
        checked><input type="checkbox" name="used" value="yes"><textarea name="note">two
        lines</textarea><input type="text" name="off" value="x" disabled>\
        <button type="submit" name="go" value="search">Search</button></form>
        <form id="order" method="post" action="/echo"><input name="item" value="1">\
        <input type="submit" name="buy" value="now"></form>
        </body></html>

        """

    private static let loginForm = """
        <!DOCTYPE html>
        <html><head><title>Log in</title></head><body>
        <form id="login" method="POST" action="/shop/login">\
        <input type="hidden" name="csrf" value="\(token)">\
        <input name="user"><input type="password" name="password"><input type="submit" value="Log in"></form>
        </body></html>

        """

    fileprivate static func item(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let number = path.number, number > 0 else { return reply.usage("/shop/item/N") }
        reply.page(
            200,
            "<html><head><title>Item \(number)</title></head><body><h1>Item \(number)</h1>"
                + "<a href=\"../../shop\" class=\"back\">back</a></body></html>\n")
    }

    fileprivate static func search(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        let rows = path.parameters.map {
            "<tr><td>\(escaped($0.name))</td><td>\(escaped($0.value))</td></tr>"
        }
        reply.page(
            200,
            "<html><head><title>Found</title></head><body><table>\(rows.joined())</table></body></html>\n")
    }

    fileprivate static func login(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard head.pointee.methodName == "POST" else {
            reply.start(200)
            reply.header("Set-Cookie", text: "csrf=\(token); Path=/shop; HttpOnly")
            reply.type("text/html; charset=utf-8")
            return reply.body(loginForm)
        }
        let body = reply.connection.pointee.body.map { Array($0.pointee.bytes) } ?? []
        let fields = body.withUnsafeBufferPointer { TargetPath.parameters(of: $0) }
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        guard let user = field("user"), !user.isEmpty, field("password") == "secret-of-\(user)",
            field("csrf") == token, cookie(head, "csrf") == token
        else { return reply.page(403, "<html><body><p class=\"error\">Not you.</p></body></html>\n") }
        reply.start(302)
        reply.header("Set-Cookie", text: "session=\(user); Path=/shop; HttpOnly")
        reply.header("Location", "/shop/account")
        reply.length(0)
        reply.endHead()
    }

    fileprivate static func account(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let user = cookie(head, "session") else {
            return reply.page(401, "<html><body><a href=\"/shop/login\">Log in</a></body></html>\n")
        }
        reply.page(
            200,
            "<html><title>Account</title><body><p id=\"user\">\(escaped(user))</p></body></html>\n"
        )
    }

    fileprivate static func items(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let user = cookie(head, "session") else {
            return reply.json("{\"error\":\"log in\"}\n", status: 401)
        }
        reply.json(
            """
            {"user":\(JSONText.string(user)),"items":[\
            {"id":1,"name":"Swift","price":12,"tags":["bird","fast"]},\
            {"id":2,"name":"Nest","price":4.5,"tags":[]}],"total":2}

            """)
    }

    /// RFC 7616 with MD5, the form every client speaks. The nonce is always the same.
    fileprivate static func digest(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        let parts = path.segments
        guard parts.count == 2 else { return reply.usage("/digest-auth/USER/PASSWORD") }
        let given = directives(head.pointee.headers.first("authorization") ?? "")
        func part(_ name: String) -> String { given.first { $0.name == name }?.value ?? "" }
        let user = md5("\(parts[0]):\(realm):\(parts[1])")
        let request = md5("\(head.pointee.methodName):\(part("uri"))")
        let wanted = md5("\(user):\(nonce):\(part("nc")):\(part("cnonce")):auth:\(request)")
        let isRight = part("username") == parts[0] && part("nonce") == nonce && part("response") == wanted
        reply.start(isRight ? 200 : 401)
        if !isRight {
            reply.header(
                "WWW-Authenticate",
                text:
                    "Digest realm=\"\(realm)\", nonce=\"\(nonce)\", qop=\"auth\", opaque=\"0\""
            )
        }
        reply.type("application/json")
        reply.body("{\"authenticated\":\(isRight),\"user\":\(JSONText.string(parts[0]))}\n")
    }

    fileprivate static func module(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        let text: String
        switch path.segments {
        case ["greet.js"]:
            text = """
                import { hello } from './words.js';

                export function greet(name) { return `${hello}, ${name}`; }

                export function fails() { throw new Error('from afar'); }

                """
        case ["words.js"]: text = "export const hello = 'Good day';\n"
        case ["broken.js"]: text = "export const hello = ;\n"
        default: return reply.text(404, "no such module\n")
        }
        reply.start(200)
        reply.type("text/javascript; charset=utf-8")
        reply.body(text)
    }

    private static func md5(_ text: String) -> String {
        Digest.md5.hash(Array(text.utf8)).map(Hex.encode) ?? ""
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func cookie(_ head: UnsafeMutablePointer<RequestHead>, _ name: String) -> String? {
        for line in head.pointee.headers.all("cookie") {
            for part in line.split(separator: ";") {
                let pair = part.drop { $0 == " " }.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2, pair[0] == name { return String(pair[1]) }
            }
        }
        return nil
    }

    /// Names and values of `Digest a="b", c=d`; empty for another scheme.
    private static func directives(_ header: String) -> [(name: String, value: String)] {
        guard header.hasPrefix("Digest ") else { return [] }
        return header.dropFirst("Digest ".count).split(separator: ",").map { part in
            let pair = part.drop { $0 == " " }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? pair[1] : ""
            let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            return (String(pair[0]), String(isQuoted ? value.dropFirst().dropLast() : value))
        }
    }
}

extension TargetReply {
    fileprivate func page(_ status: Int, _ html: String) {
        start(status)
        type("text/html; charset=utf-8")
        body(html)
    }
}
