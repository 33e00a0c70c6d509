// Every fault route of the embedded server does what it says, to the byte, and leaves the server well.

import Base
import Control
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct TargetFaultTests {
    /// A fault, what comes of it, and how the connection ends.
    struct Fault: Sendable, CustomTestStringConvertible {
        let path: String
        let begin: String
        /// The number of bytes behind the head, or nil when there is no whole head.
        let bodyCount: Int?
        let end: RawEnd

        var testDescription: String { path }
    }

    static let faults: [Fault] = [
        Fault(path: "/fault/close", begin: "", bodyCount: nil, end: .closed),
        Fault(path: "/fault/reset", begin: "", bodyCount: nil, end: .reset),
        Fault(path: "/fault/reset-mid-body", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 500, end: .reset),
        Fault(path: "/fault/close-mid-head", begin: "HTTP/1.1 200 OK\r\n", bodyCount: nil, end: .closed),
        Fault(path: "/fault/close-mid-body", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 500, end: .closed),
        Fault(path: "/fault/truncated-chunk", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 505, end: .closed),
        Fault(path: "/fault/stall-head", begin: "", bodyCount: nil, end: .silent),
        Fault(path: "/fault/stall-mid-head", begin: "HTTP/1.1 200 OK\r\n", bodyCount: nil, end: .silent),
        Fault(path: "/fault/stall-body", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 500, end: .silent),
        Fault(path: "/fault/garbage", begin: "\u{1}\u{2}\u{3}", bodyCount: 0, end: .closed),
        Fault(path: "/fault/bad-chunk", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 18, end: .closed),
        Fault(path: "/fault/bad-length", begin: "HTTP/1.1 200 OK\r\n", bodyCount: 5, end: .closed),
    ]

    @Test(arguments: faults)
    func faultIsExact(fault: Fault) throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        client.send("GET \(fault.path) HTTP/1.1\r\nHost: h\r\n\r\n")
        waitUntil { server.counters.requests == 1 }
        // The body comes last, and with it what is before it.
        let bytes =
            fault.end == .silent
            ? client.rest(fault.begin.utf8.count + (fault.bodyCount ?? 0), over: socket, silenceMs: 200)
            : client.rest()
        #expect(client.end == fault.end)
        #expect(bytes.starts(with: Array(fault.begin.utf8)))
        #expect(fault.begin != "" || bytes.isEmpty)
        let headEnd = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        #expect(headEnd.map { bytes.count - $0 - 4 } == fault.bodyCount)
        #expect(RawClient(server).get("/")?.status == 200)
    }

    @Test(arguments: [
        "/fault/stall-head", "/fault/stall-body", "/fault/endless", "/fault/endless?ms=0", "/fault/drip",
    ])
    func aClientThatLeavesIsNoticed(path: String) throws {
        let server = try startTarget()
        defer { server.stop() }
        do {
            let client = RawClient(server)
            client.send("GET \(path) HTTP/1.1\r\n\r\n")
            waitUntil { server.counters.requests == 1 }
            #expect(server.counters.open == 1)
        }
        waitUntil { server.counters.open == 0 }
        #expect(server.counters.open == 0)
    }

    @Test func oversizedHeaderIsMoreThanAMebibyte() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        client.send(
            "GET /fault/oversized-header HTTP/1.1\r\n\r\n"
                + "GET /fault/oversized-header?bytes=5000 HTTP/1.1\r\n\r\n"
        )
        let large = try #require(client.answer())
        #expect(large.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } > 1024 * 1024)
        #expect(large.text == "after a large head\n")
        let small = try #require(client.answer())
        #expect((4000...7000).contains(small.headers.reduce(0) { $0 + $1.value.utf8.count }))
    }

    @Test func dripGivesAByteAtATime() throws {
        let server = try startTarget()
        defer { server.stop() }
        // A reader that is late finds more than one byte: it must not be late always.
        #expect(try isKept(inOneOf: 30) { try drip(server).allSatisfy { $0 <= 1 } })
    }

    /// - Returns: how many bytes of the body each read found.
    private func drip(_ server: TargetServer) throws -> [Int] {
        let socket = RawSocket(port: server.port)
        let begin = Clock.now()
        socket.send(Array("GET /fault/drip?bytes=5&ms=20 HTTP/1.1\r\n\r\n".utf8))
        var sizes: [Int] = []
        var body: [UInt8] = []
        while body.count < 5 {
            var bytes = socket.receive().bytes
            if bytes.isEmpty { break }
            if sizes.isEmpty,
                let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) })
            {
                bytes.removeFirst(end + 4)
            }
            sizes.append(bytes.count)
            body += bytes
            // Never ahead of its time.
            #expect(Clock.now() - begin >= Int64(body.count - 1) * 20 * Ns.perMillisecond)
        }
        #expect(String(decoding: body, as: UTF8.self) == "01234")
        #expect(Clock.now() - begin >= 80 * Ns.perMillisecond)
        #expect(RawClient(socket).get("/")?.status == 200)
        return sizes
    }

    @Test(arguments: ["/fault/endless?ms=0", "/fault/endless"])
    func endlessGoesOn(path: String) throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        socket.send(Array("GET \(path) HTTP/1.1\r\n\r\n".utf8))
        var count = 0
        while count < 1_000_000 {
            let got = socket.receive()
            if got.end != nil { break }
            count += got.bytes.count
        }
        #expect(count >= 1_000_000)
        // It does not keep others waiting.
        #expect(RawClient(server).get("/")?.status == 200)
    }

    @Test func extraBytesFollowAWholeAnswer() throws {
        let server = try startTarget()
        defer { server.stop() }
        let socket = RawSocket(port: server.port)
        let client = RawClient(socket)
        #expect(client.get("/fault/extra-bytes")?.text == "five\n")
        let extra = "these bytes belong to no answer"
        #expect(client.rest(extra.utf8.count, over: socket, silenceMs: 100) == Array(extra.utf8))
        #expect(client.end == .silent)
    }

    @Test(arguments: [0, 50])
    func idleCloseComesUnannounced(milliseconds: Int) throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        let begin = Clock.now()
        let answer = try #require(client.get("/fault/idle-close?ms=\(milliseconds)"))
        #expect(answer["Connection"] == nil)
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
        #expect(Clock.now() - begin >= Int64(milliseconds - 10) * Ns.perMillisecond)
    }

    @Test func idleCloseAnswersWhatComesBefore() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        #expect(client.get("/fault/idle-close?ms=500")?.status == 200)
        #expect(client.get("/delay/5")?.status == 200)
        #expect(client.rest().isEmpty)
        #expect(client.end == .closed)
    }

    @Test(arguments: [1, 2])
    func stopSilencesTheWholeServer(threads: Int) throws {
        #expect(try isKept(inOneOf: 20) { try stopSilences(threads) })
    }

    /// - Returns: whether what comes before and after the silence came as fast as it should.
    private func stopSilences(_ threads: Int) throws -> Bool {
        let server = try startTarget { $0.threadCount = threads }
        defer { server.stop() }
        let others = (0..<8).map { _ in RawClient(server) }
        for client in others { #expect(client.get("/")?.status == 200) }
        let delayed = RawClient(server)
        delayed.send("GET /delay/50 HTTP/1.1\r\n\r\n")
        waitUntil { server.counters.requests == 9 }
        let begin = Clock.now()
        #expect(RawClient(server).get("/fault/stop?seconds=0.3")?.text == "silent for 0.3 s\n")
        let stoppedNs = Clock.now() - begin
        for client in others { client.send("GET /status/201 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n") }
        #expect(RawClient(server).get("/")?.status == 200)
        #expect(Clock.now() - begin >= 290 * Ns.perMillisecond)
        for client in others {
            #expect(client.answer()?.status == 201)
            #expect(client.answer()?.status == 200)
        }
        #expect(delayed.answer()?.status == 200)
        // Afterwards all is as before.
        let after = Clock.now()
        #expect(others[0].get("/")?.status == 200)
        return stoppedNs < 250 * Ns.perMillisecond && Clock.now() - after < 200 * Ns.perMillisecond
    }

    @Test func stopAnsweringIsTheSameInProcess() throws {
        let server = try startTarget()
        defer { server.stop() }
        let client = RawClient(server)
        #expect(client.get("/")?.status == 200)
        let kept = isKept(inOneOf: 20) {
            let begin = Clock.now()
            server.stopAnswering(forNs: 100 * Ns.perMillisecond)
            #expect(client.get("/")?.status == 200)
            let waitedNs = Clock.now() - begin
            #expect(waitedNs >= 100 * Ns.perMillisecond)
            return waitedNs < 400 * Ns.perMillisecond
        }
        #expect(kept, "not once in 20 tries")
    }
}
