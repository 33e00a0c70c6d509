// The embedded server's shop, its digest authentication and its modules, over raw sockets: who gets in, who
// does not, and that nothing of a request comes back as markup.

import Base
import Codec
import Control
import Testing

@Suite struct TargetPageTests {
    private func post(_ client: RawClient, _ body: String, cookie: String) -> RawAnswer? {
        client.send(
            "POST /shop/login HTTP/1.1\r\nHost: t\r\nCookie: \(cookie)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
        return client.answer()
    }

    @Test func theShopIsHTML() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let shop = try #require(client.get("/shop"))
        #expect(shop.status == 200)
        #expect(shop["Content-Type"] == "text/html; charset=utf-8")
        #expect(shop.text.contains("name=\"page\" value=\"1\""))
        #expect(client.get("/shop/item/12")?.text.contains("<h1>Item 12</h1>") == true)
        #expect(client.get("/shop/item/x")?.status == 400)
        let found = try #require(client.get("/shop/search?q=%3Cb%3E+%26&p=1"))
        #expect(
            found.text.contains("<tr><td>q</td><td>&lt;b&gt; &amp;</td></tr><tr><td>p</td><td>1</td></tr>"))
    }

    @Test func whoLogsInHasAnAccount() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let form = try #require(client.get("/shop/login"))
        let cookie = try #require(form["Set-Cookie"])
        let token = try #require(cookie.firstMatch(of: #/csrf=(\w+); Path=\/shop; HttpOnly/#)).1
        #expect(form.text.contains("name=\"csrf\" value=\"\(token)\""))
        let inside = try #require(
            post(client, "user=a%20b&password=secret-of-a+b&csrf=\(token)", cookie: "csrf=\(token)"))
        #expect(inside.status == 302)
        #expect(inside["Location"] == "/shop/account")
        #expect(inside["Set-Cookie"] == "session=a b; Path=/shop; HttpOnly")
        #expect(client.get("/shop/account")?.status == 401)
        #expect(client.get("/shop/api/items")?.status == 401)
        let account = try #require(client.get("/shop/account", "Cookie: x=1; session=a<b\r\n"))
        #expect(account.text.contains("<p id=\"user\">a&lt;b</p>"))
        let items = try #require(client.get("/shop/api/items", "Cookie: session=ann\r\n"))
        #expect(items.text.hasPrefix("{\"user\":\"ann\",\"items\":[{\"id\":1,"))
    }

    @Test(arguments: [
        ("user=ann&password=wrong&csrf=TOKEN", "csrf=TOKEN"),
        ("user=ann&password=secret-of-ann", "csrf=TOKEN"),
        ("user=ann&password=secret-of-ann&csrf=TOKEN", "csrf=x"),
        ("user=&password=secret-of-&csrf=TOKEN", "csrf=TOKEN"),
        ("", ""), ("user=ann&password=secret-of-ann&csrf=", "csrf="),
    ])
    func whoDoesNotIsRefused(body: String, cookie: String) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let form = try #require(client.get("/shop/login"))
        let token = try #require(form.text.firstMatch(of: #/name="csrf" value="(\w+)"/#)).1
        let answer = try #require(
            post(client, body.replacing("TOKEN", with: token), cookie: cookie.replacing("TOKEN", with: token))
        )
        #expect(answer.status == 403)
        #expect(answer["Set-Cookie"] == nil)
    }

    @Test(arguments: [("pw", 200), ("no", 401)])
    func digestAuthentication(password: String, status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let first = try #require(client.get("/digest-auth/ann/pw"))
        #expect(first.status == 401)
        let challenge = try #require(first["WWW-Authenticate"])
        let nonce = try #require(challenge.firstMatch(of: #/nonce="(\w+)"/#)).1
        func md5(_ text: String) -> String { Digest.md5.hash(Array(text.utf8)).map(Hex.encode) ?? "refused" }
        let user = md5("ann:apus:\(password)")
        let request = md5("GET:/digest-auth/ann/pw")
        let response = md5("\(user):\(nonce):00000001:c0ffee:auth:\(request)")
        let second = try #require(
            client.get(
                "/digest-auth/ann/pw",
                "Authorization: Digest username=\"ann\", realm=\"apus\", nonce=\"\(nonce)\", "
                    + "uri=\"/digest-auth/ann/pw\", qop=auth, nc=00000001, cnonce=\"c0ffee\", "
                    + "response=\"\(response)\"\r\n"))
        #expect(second.status == status)
        #expect(second.text == "{\"authenticated\":\(status == 200),\"user\":\"ann\"}\n")
    }

    @Test(arguments: [("greet.js", 200), ("words.js", 200), ("broken.js", 200), ("other.js", 404)])
    func modules(name: String, status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let answer = try #require(RawClient(server).get("/modules/\(name)?_k6=1"))
        #expect(answer.status == status)
        if status == 200 { #expect(answer["Content-Type"] == "text/javascript; charset=utf-8") }
    }
}
