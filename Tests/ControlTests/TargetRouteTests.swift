// Every well-behaved route of the embedded server, over raw sockets, with one thread and with two.

import Base
import Codec
import Control
import TestSupport
import Testing

@Suite struct TargetRouteTests {
    @Test(arguments: [1, 2])
    func rootIsSmallTextAndTheConnectionStays(threads: Int) throws {
        let server = try startTarget { $0.threadCount = threads }
        defer { server.stop() }
        for _ in 0..<4 {
            let client = RawClient(server)
            for _ in 0..<3 {
                let answer = try #require(client.get("/"))
                #expect(answer.status == 200)
                #expect((550...700).contains(answer.body.count))
                #expect(answer["Date"]?.count == 29)
                #expect(answer["Date"]?.hasSuffix(" GMT") == true)
                #expect(answer["Connection"] == nil)
            }
        }
        #expect(server.counters.requests == 12)
        #expect(server.counters.accepted == 4)
    }

    @Test(arguments: [0, 1, 1000, 65_535, 65_536, 65_537, 3_000_000])
    func bytesHasThatManyBytes(count: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/bytes/\(count)"))
        #expect(answer.body.count == count)
        // The connection is free again afterwards.
        #expect(client.get("/bytes/3")?.text == "012")
    }

    @Test(arguments: [0, 1, 7, 20_000])
    func chunkedHasThatManyChunks(count: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/chunked/\(count)"))
        #expect(client.chunkCount == count)
        #expect(answer.text == (0..<count).map { "chunk \($0 + 1)\n" }.joined())
        #expect(client.get("/json")?.status == 200)
    }

    @Test(arguments: [200, 201, 205, 301, 400, 404, 418, 429, 500, 503, 599])
    func statusIsGivenWithABody(status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/status/\(status)"))
        #expect(answer.status == status)
        #expect(answer.text == (status == 205 ? "" : "\(status)\n"))
        #expect(client.get("/status/200")?.status == 200)
    }

    @Test(arguments: [204, 304])
    func statusWithoutBodyHasNoLength(status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/status/\(status)"))
        #expect(answer.status == status)
        #expect(answer["Content-Length"] == nil)
        #expect(client.get("/status/200")?.text == "200\n")
    }

    @Test func status401AsksForCredentials() throws {
        let server = try startTarget()
        defer { server.stop() }
        #expect(RawClient(server).get("/status/401")?["WWW-Authenticate"] == "Basic realm=\"apus\"")
    }

    @Test(arguments: [("/status/102", 102), ("/early-hints", 103)])
    func interimStatusIsFollowedByTheAnswer(path: String, status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        #expect(client.get(path)?.status == status)
        #expect(client.answer()?.status == 200)
        #expect(client.get("/")?.status == 200)
    }

    @Test func switchingProtocolsEndsTheConnection() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        #expect(client.get("/status/101")?["Upgrade"] == "apus")
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
    }

    @Test(arguments: [
        "/bytes/x", "/bytes/", "/status/600", "/delay/-1", "/redirect/1?status=200", "/nothing",
    ])
    func whatMakesNoSenseIsAClientError(path: String) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get(path))
        #expect(answer.status == (path == "/nothing" || path == "/bytes/" ? 404 : 400))
        #expect(client.get("/")?.status == 200)
    }

    @Test func unknownPathListsTheRoutes() throws {
        let server = try startTarget()
        defer { server.stop() }
        let text = try #require(RawClient(server).get("/nothing?x=1")).text
        for usage in ["/bytes/N", "/fault/stop?seconds=S", "/zstd", "/basic-auth/USER/PASSWORD"] {
            #expect(text.contains(usage))
        }
    }

    @Test func jsonAndHeadersAndEcho() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        #expect(client.get("/json")?["Content-Type"] == "application/json")
        let headers = try #require(client.get("/headers", "x-one: 1\r\nX-One: \"2\"\r\n"))
        #expect(headers.text == #"{"headers":{"Host":"test","X-One":"1, \"2\""}}"# + "\n")
        client.send("PUT /echo?a=%41&b=x+y HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nli\"ne\n")
        let echo = try #require(client.answer()).text
        for part in [
            #""method":"PUT""#, #""target":"/echo?a=%41&b=x+y""#, #""path":"/echo""#, #""secure":false"#,
            #""query":{"a":"A","b":"x y"}"#, #""body":"li\"ne\n""#, #""bodyBytes":6"#, #""peer":"127.0.0.1:"#,
            #""Content-Length":"6""#, #""version":"HTTP/1.1""#,
        ] {
            #expect(echo.contains(part))
        }
    }

    @Test func echoOfBytesThatAreNoTextIsBase64() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        client.send(Array("POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\n".utf8) + [0xFF, 0xFE, 0x00])
        #expect(client.answer()?.text.contains(#""bodyBase64":"//4A""#) == true)
    }

    @Test(arguments: [
        ("/redirect/1", 302, "/"), ("/redirect/3", 302, "/redirect/2"),
        ("/redirect/2?status=307&to=%2Fjson", 307, "/redirect/1?status=307&to=%2Fjson"),
        ("/redirect/1?status=308&to=http%3A%2F%2Fother%2F", 308, "http://other/"),
    ])
    func redirectLeadsOn(path: String, status: Int, location: String) throws {
        let server = try startTarget()
        defer { server.stop() }
        let answer = try #require(RawClient(server).get(path))
        #expect(answer.status == status)
        #expect(answer["Location"] == location)
    }

    @Test func cookiesAreSetAndShown() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let set = try #require(client.get("/cookies/set?a=1&b=x%0d%0aEvil:1"))
        #expect(set.status == 302)
        #expect(set["Location"] == "/cookies")
        #expect(set["Set-Cookie"] == "a=1; Path=/, b=x  Evil:1; Path=/")
        #expect(set["Evil"] == nil)
        let shown = client.get("/cookies", "Cookie: a=1; b=2=3\r\n")
        #expect(shown?.text == #"{"cookies":{"a":"1","b":"2=3"}}"# + "\n")
    }

    @Test(arguments: [
        ("/gzip", ContentCoding.gzip), ("/deflate", .deflate), ("/br", .brotli), ("/zstd", .zstd),
    ])
    func codedBodiesAreTheText(path: String, coding: ContentCoding) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let plain = try #require(client.get("/")).body
        let coded = try #require(client.get(path))
        #expect(coded["Content-Encoding"] == coding.rawValue)
        #expect(coded.body != plain)
        #expect(try decode(coded.body, coding) == plain)
    }

    @Test func badGzipCannotBeDecoded() throws {
        let server = try startTarget()
        defer { server.stop() }
        let coded = try #require(RawClient(server).get("/bad-gzip"))
        #expect(coded["Content-Encoding"] == "gzip")
        #expect(throws: DecodeError.self) { try decode(coded.body, .gzip) }
    }

    @Test func basicAuthWantsTheseCredentials() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let credentials = Base64.encode(Array("ann:se:cret".utf8))
        #expect(client.get("/basic-auth/ann/se:cret")?.status == 401)
        #expect(client.get("/basic-auth/ann/other", "Authorization: Basic \(credentials)\r\n")?.status == 401)
        let answer = client.get("/basic-auth/ann/se%3Acret", "Authorization: Basic \(credentials)\r\n")
        #expect(answer?.status == 200)
        #expect(answer?.text == "{\"authenticated\":true,\"user\":\"ann\"}\n")
    }

    @Test(arguments: [0, 10, 200_000])
    func untilCloseEndsWithTheConnection(count: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/until-close/\(count)"))
        #expect(answer["Content-Length"] == nil)
        #expect(answer.body.count == count)
        #expect(client.end == .closed)
    }

    @Test func http10ClosesWithoutSayingSo() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let answer = try #require(client.get("/http10"))
        #expect(answer.version == "HTTP/1.0")
        #expect(answer["Connection"] == nil)
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
    }

    @Test func statsCountWhatHappened() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        _ = client.get("/")
        let text = try #require(client.get("/stats")).text
        #expect(text.contains("\"requests\":2,\"accepted\":1,\"open\":1,\"refused\":0"))
    }

    @Test(arguments: [0, 20])
    func delayIsPrecise(milliseconds: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        // The machine may be busy, but an answer that is early is always wrong.
        let kept = isKept(inOneOf: 200) {
            let begin = Clock.now()
            #expect(client.get("/delay/\(milliseconds)")?.text == "waited \(milliseconds) ms\n")
            let lateNs = Clock.now() - begin - Int64(milliseconds) * Ns.perMillisecond
            #expect(lateNs >= 0)
            return lateNs < Ns.perMillisecond
        }
        #expect(kept, "not once in 200 tries")
    }
}

private func decode(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
    var out = ByteBuffer()
    let state = bytes.withUnsafeBytes { Decoder.decode($0, [coding], into: &out) }
    if case .failed(let error) = state { throw error }
    return Array(out.bytes)
}
