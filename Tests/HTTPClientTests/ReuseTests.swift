// When a channel is used again and when not: pools, destinations, the settings that forbid it, and servers
// that close what they had promised to keep.

import Base
import HTTP
import Synchronization
import TLS
import Testing

@testable import HTTPClient

@Suite struct ReuseTests {
    @Test func poolsAreSeparate() throws {
        try withTarget { target, harness in
            for round in 0..<2 {
                for vu in 1...5 as ClosedRange<Int64> {
                    var ask = Ask(target.plain + "/")
                    ask.vu = vu
                    #expect(harness.fetch(ask).isReused == (round > 0))
                }
            }
            #expect(target.server.counters.accepted == 5)
        }
    }

    @Test func destinationsShareAPool() throws {
        let other = try Target()
        try withTarget { target, harness in
            let urls = [target.plain, target.secure, other.plain].map { $0 + "/" }
            for round in 0..<3 {
                for url in round == 1 ? urls.reversed() : urls {
                    let answer = harness.fetch(url)
                    #expect(answer.status == 200 && answer.isReused == (round > 0))
                }
            }
            #expect(harness.idleCount() == 3)
            #expect(target.server.counters.accepted == 2 && other.server.counters.accepted == 1)
        }
    }

    @Test(arguments: [false, true])
    func concurrentRequestsTakeAChannelEach(isSecure: Bool) throws {
        try withTarget { target, harness in
            let ask = Ask(target.base(isSecure: isSecure) + "/delay/30")
            #expect(
                harness.fetchAll(Array(repeating: ask, count: 10)).allSatisfy {
                    !$0.isReused && $0.status == 200
                })
            #expect(harness.idleCount() == 10)
            #expect(harness.fetchAll(Array(repeating: ask, count: 10)).allSatisfy { $0.isReused })
            #expect(target.server.counters.accepted == 10)
            #expect(harness.client.pointee.counters.openMax == 10)
        }
    }

    @Test func idleChannelsAreBounded() throws {
        var settings = ClientSettings()
        settings.idleChannelsMax = 3
        try withTarget(settings) { target, harness in
            let ask = Ask(target.plain + "/delay/20")
            #expect(harness.fetchAll(Array(repeating: ask, count: 8)).allSatisfy { $0.status == 200 })
            #expect(harness.idleCount() == 3)
        }
    }

    @Test func noConnectionReuse() throws {
        var settings = ClientSettings()
        settings.noConnectionReuse = true
        try withTarget(settings) { target, harness in
            for _ in 0..<3 {
                let answer = harness.fetch(target.plain + "/echo")
                #expect(!answer.isReused && answer.text.contains("\"Connection\":\"close\""))
            }
            #expect(target.server.counters.accepted == 3)
        }
    }

    @Test func noVUConnectionReuse() throws {
        var settings = ClientSettings()
        settings.noVUConnectionReuse = true
        try withTarget(settings) { target, harness in
            for _ in 0..<3 {
                #expect(!harness.fetch(target.plain + "/").isReused)
                #expect(harness.fetch(target.plain + "/").isReused)
                harness.iterationEnded()
                #expect(harness.idleCount() == 0)
            }
        }
    }

    /// A server that answers once per connection and then closes, resets, or reads the next request and
    /// closes. k6 repeats what is safe or says that it is idempotent, and nothing else.
    struct Repeat: Sendable {
        let method: String
        var body: [UInt8] = []
        var header: String?
        let isRepeated: Bool
    }

    static let repeats = [
        Repeat(method: "GET", isRepeated: true),
        Repeat(method: "GET", body: [65], isRepeated: true),
        Repeat(method: "HEAD", isRepeated: true),
        Repeat(method: "OPTIONS", isRepeated: true),
        Repeat(method: "POST", isRepeated: false),
        Repeat(method: "POST", body: [65], isRepeated: false),
        Repeat(method: "PUT", isRepeated: false),
        Repeat(method: "DELETE", isRepeated: false),
        Repeat(method: "POST", body: [65], header: "Idempotency-Key", isRepeated: true),
    ]

    @Test(arguments: repeats, [false, true])
    func aSeenRequestIsRepeatedOnlyIfSafe(entry: Repeat, byReset: Bool) throws {
        let server = try ScriptServer { wire, _, _ in
            guard wire.head() != nil else { return }
            wire.send(okResponse("ok"))
            if wire.head() == nil { return }
            if byReset { wire.reset() }
        }
        try withHarness { harness in
            #expect(harness.fetch(server.url + "/first").status == 200)
            var ask = Ask(server.url + "/second")
            ask.method = entry.method
            ask.body = entry.body
            ask.headers = entry.header.map { [(name: $0, value: "1")] } ?? []
            let answer = harness.fetch(ask)
            if entry.isRepeated {
                #expect(answer.status == 200 && answer.code == .none && !answer.isReused)
                // Both attempts were on the wire.
                #expect(answer.sentByteCount > 100)
            } else {
                #expect(answer.code == (byReset ? .resetByPeer : .generic))
                #expect(answer.errorText == (byReset ? "read: connection reset by peer" : "EOF"))
            }
            #expect(harness.client.pointee.counters.replayed == (entry.isRepeated ? 1 : 0))
        }
    }

    /// The server closed or reset the idle connection, and the loop has not looked yet: nothing of the next
    /// request is lost, whatever its method.
    @Test(arguments: ["GET", "POST"], [false, true])
    func aClosedIdleConnectionIsNoError(method: String, byReset: Bool) throws {
        let server = try ScriptServer { wire, _, notes in
            guard wire.head() != nil else { return }
            wire.send(okResponse("ok"))
            pause(5)
            if byReset { wire.reset() }
            notes.add("closing")
        }
        try withHarness { harness in
            for round in 0..<4 {
                var ask = Ask(server.url + "/")
                ask.method = method
                ask.body = method == "POST" ? Array("body".utf8) : []
                let answer = harness.fetch(ask)
                #expect(answer.status == 200 && answer.code == .none, "\(answer.errorText)")
                // Long enough for the close, without running the loop.
                while server.notes.all.count <= round { pause(1) }
                pause(10)
            }
            #expect(harness.client.pointee.counters.replayed == 3)
        }
    }

    @Test(arguments: [false, true])
    func anIdleConnectionThatEndsIsForgotten(isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            #expect(harness.fetch(base + "/fault/idle-close?ms=10").status == 200)
            #expect(harness.run { harness.idleCount() == 0 })
            #expect(!harness.fetch(base + "/").isReused)
            #expect(harness.client.pointee.counters.replayed == 0)
        }
    }

    /// The same by a server that closes when it is told to, so that there is an idle connection for certain.
    @Test(arguments: [false, true])
    func anIdleConnectionIsKeptUntilItEnds(isSecure: Bool) throws {
        let made = try Certificates()
        nonisolated(unsafe) let context = try TLSServerContext(TLSServerOptions(identity: made.good))
        let gate = Gate()
        let server = try ScriptServer { wire, number, _ in
            guard !isSecure || wire.startTLS(context) else { return }
            while wire.head() != nil {
                wire.send(okResponse("ok"))
                if number == 0 { return gate.wait() }
            }
        }
        defer { gate.open() }
        try withHarness(security: made.trust) { harness in
            let url = "\(isSecure ? "https" : "http")://127.0.0.1:\(server.port)/"
            #expect(harness.fetch(url).status == 200)
            harness.wait(20)
            #expect(harness.idleCount() == 1)
            gate.open()
            #expect(harness.run { harness.idleCount() == 0 })
            #expect(!harness.fetch(url).isReused)
            #expect(harness.client.pointee.counters.replayed == 0)
        }
    }

    @Test func cancelledRequestsTellNothing() throws {
        try withTarget { target, harness in
            // On a channel, in the middle of a body, waiting for an address, and waiting to be told a
            // failure.
            let stalled = harness.open(Ask(target.plain + "/fault/stall-head"))
            let secure = harness.open(Ask(target.secure + "/fault/stall-body"))
            harness.wait(50)
            let connecting = harness.open(Ask(target.plain + "/"))
            for call in [stalled, secure, connecting] { harness.cancel(call) }
            harness.wait(20)
            #expect(!stalled.answer.hasEnded && !secure.answer.hasEnded && !connecting.answer.hasEnded)
            #expect(harness.fetch(target.plain + "/").status == 200)
        }
    }

    /// Whoever is told of one failure may cancel the next, which is told no more.
    @Test func cancelAmongFailures() throws {
        var settings = ClientSettings()
        settings.blockedHostnames = ["blocked.test"]
        try withHarness(settings) { harness in
            var calls: [Call] = []
            for _ in 0..<5 { calls.append(harness.open(Ask("http://blocked.test/"))) }
            calls[0].onEnd = { _ in
                harness.cancel(calls[1])
                harness.cancel(calls[4])
            }
            #expect(harness.run { harness.ended == 3 })
            #expect(calls.map(\.answer.hasEnded) == [true, false, true, true, false])
        }
    }

    @Test func anEarlyAnswerEndsTheUpload() throws {
        let gate = Gate()
        let server = try ScriptServer { wire, _, _ in
            guard wire.head() != nil else { return }
            wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            // With what was not read the end is a reset, which takes an answer from whoever has not read it.
            gate.wait()
        }
        defer { gate.open() }
        try withHarness { harness in
            var ask = Ask(server.url + "/upload")
            ask.method = "POST"
            ask.body = [UInt8](repeating: 66, count: 8 << 20)
            let answer = harness.fetch(ask)
            #expect(answer.status == 413 && answer.text == "big" && answer.code == .none)
            #expect(answer.isOrdered)
            #expect(harness.idleCount() == 0)
        }
    }
}
