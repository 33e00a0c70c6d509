// How the embedded server handles connections: keep-alive, pipelining, requests in pieces, bodies, refusals,
// and a stop in the middle of everything.

import Base
import Control
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct TargetConnectionTests {
    @Test func headHasTheHeadOfGetAndNoBody() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        for path in ["/", "/bytes/70000", "/chunked/3", "/gzip", "/status/500", "/nothing", "/delay/1"] {
            client.send("HEAD \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            let head = try #require(client.answer(isHead: true))
            let get = try #require(client.get(path))
            #expect(head.status == get.status)
            #expect(head["Content-Length"] == get["Content-Length"])
            #expect(head["Transfer-Encoding"] == get["Transfer-Encoding"])
        }
    }

    @Test(arguments: [1, 2])
    func pipelinedRequestsAreAnsweredInOrder(threads: Int) throws {
        let server = try startTarget { $0.threadCount = threads }
        defer { server.stop() }
        let client = RawClient(server)
        let paths = [
            "/status/201", "/", "/delay/20", "/bytes/100000", "/status/202", "/chunked/3", "/status/203",
        ]
        client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for path in paths {
            let answer = try #require(client.answer())
            #expect(answer.status == (path.hasPrefix("/status/") ? Int(path.dropFirst(8)) : 200))
            if path == "/bytes/100000" { #expect(answer.body.count == 100_000) }
        }
        #expect(client.buffered.isEmpty)
    }

    @Test func manyPipelinedRequestsAreWrittenTogether() throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        socket.send(Array(String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 16).utf8))
        // One read finds all of them: they were one write.
        let first = socket.receive().bytes
        #expect(first.count(of: "HTTP/1.1 200 OK") == 16)
    }

    @Test func aDeepPipelineIsNeitherLostNorUnbounded() throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        // 60 MB of answers to a client that does not read while it sends.
        let count = 600
        client.send(String(repeating: "GET /bytes/100000 HTTP/1.1\r\n\r\n", count: count))
        usleep(50_000)
        for _ in 0..<count { #expect(client.answer()?.body.count == 100_000) }
        #expect(client.get("/")?.status == 200)
    }

    @Test func requestsMayComeByteByByte() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let request =
            "\r\nPOST /echo?x=1 HTTP/1.1\r\nHost: split\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\nGET /status/204 HTTP/1.1\r\n\r\n"
        for byte in request.utf8 {
            client.send([byte])
            usleep(100)
        }
        let echo = try #require(client.answer())
        #expect(echo.text.contains(#""Host":"split""#))
        #expect(echo.text.contains(#""body":"abcdefg""#))
        #expect(client.answer()?.status == 204)
    }

    @Test func everySplitOfARequestGivesTheSameAnswer() throws {
        let server = try startTarget()
        defer { server.stop() }
        let request = Array("POST /echo HTTP/1.1\r\nA: b\r\nContent-Length: 5\r\n\r\nhello".utf8)
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        client.send(request)
        let whole = try #require(client.answer())
        for at in 1..<request.count {
            client.send(Array(request[..<at]))
            usleep(300)
            client.send(Array(request[at...]))
            #expect(client.answer() == whole)
        }
    }

    @Test func expectContinueIsAnsweredBeforeTheBody() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        for path in ["/echo", "/status/200"] {
            client.send("POST \(path) HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            #expect(client.answer()?.status == 100)
            client.send("body")
            #expect(client.answer()?.status == 200)
        }
    }

    @Test func aLargeBodyIsEchoedWhole() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let count = 3_000_000
        client.send("POST /echo HTTP/1.1\r\nContent-Length: \(count)\r\n\r\n")
        client.send([UInt8](repeating: UInt8(ascii: "z"), count: count))
        let echo = try #require(client.answer())
        #expect(echo.text.contains("\"bodyBytes\":\(count)"))
        #expect(echo.body.filter { $0 == UInt8(ascii: "z") }.count == count)
        client.send("POST / HTTP/1.1\r\nContent-Length: \(count)\r\n\r\n")
        client.send([UInt8](repeating: 1, count: count))
        #expect(client.answer()?.status == 200)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "close", true),
        ("GET / HTTP/1.0\r\n\r\n", "close", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false),
        ("GET http://proxy.example/ HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", nil, false),
    ])
    func theConnectionEndsAsTheClientAsked(request: String, header: String?, closes: Bool) throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        client.send(request)
        let answer = try #require(client.answer())
        if !closes { socket.setTimeout(300) }
        #expect(answer.status == 200)
        #expect(answer["Connection"] == header)
        #expect((550...700).contains(answer.body.count))
        #expect(client.rest().isEmpty)
        #expect(client.end == (closes ? .closed : .silent))
    }

    @Test func http10GetsNoChunks() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        client.send("GET /chunked/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let answer = try #require(client.answer())
        #expect(answer["Transfer-Encoding"] == nil)
        #expect(answer.text == "chunk 1\nchunk 2\nchunk 3\n")
    }

    @Test(arguments: [
        ("this is not HTTP\r\n\r\n", 400), ("GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 200_000), 431),
        ("CONNECT host:443 HTTP/1.1\r\n\r\n", 405),
    ])
    func whatIsNoRequestIsRefusedAndTheConnectionEnds(request: String, status: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        client.send(request)
        let answer = try #require(client.answer())
        #expect(answer.status == status)
        #expect(answer["Connection"] == "close")
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
        #expect(RawClient(server).get("/")?.status == 200)
        #expect(server.counters.refused == (status == 405 ? 0 : 1))
    }

    @Test func aClientThatOnlyFinishedSendingGetsItsAnswers() throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        client.send("GET /delay/30 HTTP/1.1\r\n\r\nGET /bytes/500000 HTTP/1.1\r\n\r\n")
        usleep(5000)
        socket.finishSending()
        #expect(client.answer()?.text == "waited 30 ms\n")
        #expect(client.answer()?.body.count == 500_000)
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
    }

    @Test func connectionsAreCountedAndReused() throws {
        let server = try startTarget()
        defer { server.stop() }
        for _ in 0..<3 {
            do {
                let clients = (0..<20).map { _ in RawClient(server) }
                for client in clients { #expect(client.get("/")?.status == 200) }
                withExtendedLifetime(clients) { #expect(server.counters.open == 20) }
            }
            waitUntil { server.counters.open == 0 }
        }
        #expect(server.counters.accepted == 60)
        #expect(server.counters.open == 0)
    }

    @Test(arguments: [1, 2])
    func stopEndsWithConnectionsInEveryState(threads: Int) throws {
        let server = try startTarget { $0.threadCount = threads }
        let paths = [
            "/delay/60000", "/fault/stall-body", "/fault/endless", "/fault/endless?ms=0", "/fault/drip?ms=50",
            "/bytes/100000000", "/",
        ]
        let clients = paths.map { path in
            let client = RawClient(server)
            client.send("GET \(path) HTTP/1.1\r\n\r\n")
            return client
        }
        usleep(50_000)
        server.stop()
        server.stop()
        #expect(server.counters.open == 0)
        for client in clients {
            _ = client.rest()
            #expect(client.end != .silent)
        }
    }

    @Test func twoServersCannotShareAPort() throws {
        let server = try startTarget()
        defer { server.stop() }
        #expect(throws: TargetStartError.self) { try startTarget { $0.port = server.port } }
    }

    @Test(arguments: ["localhost", "1.2.3.4", "", "300.0.0.1"])
    func anUnusableAddressIsToldInOneLine(address: String) throws {
        let error = #expect(throws: TargetStartError.self) { try startTarget { $0.address = address } }
        let text = try #require(error).description
        #expect(text.contains(address))
        #expect(!text.contains("\n"))
    }

    @Test func ipv6Works() throws {
        let server = try startTarget { $0.address = "::1" }
        server.stop()
        #expect(server.port != 0)
    }
}

extension [UInt8] {
    func count(of text: String) -> Int {
        let wanted = Array(text.utf8)
        return indices.filter { self[$0...].starts(with: wanted) }.count
    }
}

/// Waits for what another thread is about to do, at most twenty seconds.
func waitUntil(_ condition: () -> Bool) {
    for _ in 0..<4000 where !condition() { usleep(5000) }
}
