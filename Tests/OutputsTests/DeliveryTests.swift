// Delivery to a store that answers, refuses, fails for a while, is silent or is not there.

import Base
import HTTP
import Testing

@testable import Outputs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct DeliveryTests {
    private func delivery(_ port: UInt16, _ change: (inout DeliverySettings) -> Void = { _ in }) throws
        -> Delivery
    {
        let url = try RequestURL(parsing: "http://me:secret@127.0.0.1:\(port)/write?db=x")
        var settings = DeliverySettings(name: "Store", url: url)
        change(&settings)
        let delivery = Delivery(settings)
        try delivery.start()
        return delivery
    }

    @Test("bodies arrive in order, with credentials and headers, and the preface before them")
    func arrives() throws {
        let server = try HTTPReceiver([.status(404), .status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { settings in
            settings.headers = [("X-Mine", "1")]
            settings.preface = settings.url
            settings.preface!.target = "/query?q=CREATE"
        }
        for index in 0..<5 { delivery.enqueue(Array("body \(index)".utf8), points: 2) }
        delivery.finish()
        let requests = server.requests
        #expect(requests.map(\.path) == ["/query?q=CREATE"] + [String](repeating: "/write?db=x", count: 5))
        #expect(requests.dropFirst().map(\.text) == (0..<5).map { "body \($0)" })
        #expect(requests.allSatisfy { $0.head.contains("Authorization: Basic bWU6c2VjcmV0") })
        #expect(requests.allSatisfy { $0.head.contains("X-Mine: 1") })
        #expect(delivery.counts == (10, 0) && delivery.takeNotes().isEmpty)
    }

    @Test("a store that fails for a while gets everything in the end", arguments: [500, 503, 429])
    func retries(status: Int) throws {
        let server = try HTTPReceiver([.status(status, "busy\nmore"), .status(status), .status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port)
        delivery.enqueue(Array("a".utf8), points: 1)
        delivery.enqueue(Array("b".utf8), points: 1)
        delivery.finish()
        #expect(server.requests.map(\.text) == ["a", "a", "a", "b"])
        #expect(delivery.counts == (2, 0))
        let notes = delivery.takeNotes()
        #expect(notes.map(\.severity) == [.warning, .info])
        #expect(notes[0].text.hasSuffix("status \(status), busy"))
    }

    @Test("what is refused is not sent again, and is counted", arguments: [400, 401, 404, 413])
    func refused(status: Int) throws {
        let server = try HTTPReceiver([.status(status, "{\"error\":\"no\"}"), .status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port)
        delivery.enqueue(Array("a".utf8), points: 3)
        delivery.enqueue(Array("b".utf8), points: 4)
        delivery.finish()
        #expect(server.requests.map(\.text) == ["a", "b"])
        #expect(delivery.counts == (4, 3))
        let notes = delivery.takeNotes()
        #expect(notes.map(\.severity) == [.error, .error])
        #expect(notes[0].text.contains("status \(status), {\"error\":\"no\"}"))
        #expect(notes[1].text.hasPrefix("3 of 7 samples did not reach Store (http://127.0.0.1:"))
        #expect(!notes.contains { $0.text.contains("secret") })
    }

    @Test("nobody there: the end waits a moment, not longer, and says what was lost")
    func absent() throws {
        // Port 1 of this machine: nothing listens there.
        let delivery = try delivery(1)
        let start = Clock.now()
        delivery.enqueue(Array("a".utf8), points: 9)
        delivery.finish()
        #expect(Clock.now() - start < 5 * Ns.perSecond)
        #expect(delivery.counts == (0, 9))
        let notes = delivery.takeNotes()
        #expect(notes.map(\.severity) == [.warning, .error])
        #expect(notes[1].text.hasPrefix("9 of 9 samples") && notes[1].text.hasSuffix("connection refused"))
    }

    @Test("a silent store costs its time-out, and an enqueue never waits")
    func silent() throws {
        let server = try HTTPReceiver([.silence, .status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { $0.timeoutNs = Ns.perSecond }
        delivery.enqueue(Array("a".utf8), points: 1)
        delivery.finish()
        #expect(server.requests.map(\.text) == ["a", "a"])
        #expect(delivery.counts == (1, 0))
        #expect(delivery.takeNotes().first?.text.hasSuffix("request timeout") == true)
    }

    @Test("memory is bounded: the oldest goes first, counted and said")
    func bounded() throws {
        let server = try HTTPReceiver([.status(500)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { $0.bytesMax = 1000 }
        for _ in 0..<20 { delivery.enqueue([UInt8](repeating: 65, count: 100), points: 1) }
        let (_, lost) = delivery.counts
        #expect(lost >= 9)
        delivery.finish()
        #expect(delivery.counts == (0, 20))
        #expect(delivery.takeNotes().contains { $0.text.contains("does not keep up") })
    }

    /// Waits for so many requests, for ten seconds at most.
    private func wait(_ server: HTTPReceiver, for count: Int) throws {
        let end = Clock.now() + 10 * Ns.perSecond
        while server.requests.count < count, Clock.now() < end { usleep(1000) }
        try #require(server.requests.count >= count)
    }

    private func times(_ count: Int, _ status: Int) -> [HTTPReceiver.Answer] {
        [HTTPReceiver.Answer](repeating: .status(status), count: count)
    }

    @Test("the end gives a store all its attempts, however often it failed before")
    func drainAfterOutage() throws {
        // Seven failures before the end, three after it: more in a row than the end alone puts up with.
        let server = try HTTPReceiver(times(10, 503) + [.status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) {
            $0.pausesNs = Ns.perMillisecond...(50 * Ns.perMillisecond)
        }
        delivery.enqueue(Array("a".utf8), points: 1)
        try wait(server, for: 7)
        delivery.finish()
        #expect(delivery.counts == (1, 0) && server.requests.count == 11)
    }

    @Test("requests that fail together are one failure to the end")
    func drainInRounds() throws {
        // Three rounds of four.
        let server = try HTTPReceiver(times(12, 503) + [.status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { $0.concurrency = 4 }
        for _ in 0..<4 { delivery.enqueue(Array("a".utf8), points: 1) }
        delivery.finish()
        #expect(delivery.counts == (4, 0))
        #expect(delivery.takeNotes().map(\.severity) == [.warning, .info])
    }

    @Test("a preface is sent until the server is able to answer it", arguments: [429, 500, 503])
    func prefaceAgain(status: Int) throws {
        let server = try HTTPReceiver([.status(status), .status(status), .status(200), .status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { settings in
            settings.preface = settings.url
            settings.preface!.target = "/query"
        }
        delivery.enqueue(Array("a".utf8), points: 1)
        delivery.finish()
        #expect(server.requests.map(\.path) == ["/query", "/query", "/query", "/write?db=x"])
        #expect(delivery.counts == (1, 0))
    }

    @Test("a server that never answers the preface gets the samples in the end")
    func prefaceInVain() throws {
        let server = try HTTPReceiver(times(Limits.deliveryAttemptsMax, 500) + [.status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { settings in
            settings.preface = settings.url
            settings.preface!.target = "/query"
            settings.pausesNs = Ns.perMillisecond...(10 * Ns.perMillisecond)
        }
        delivery.enqueue(Array("a".utf8), points: 1)
        try wait(server, for: Limits.deliveryAttemptsMax + 1)
        delivery.finish()
        #expect(server.requests.last?.path == "/write?db=x" && delivery.counts == (1, 0))
    }

    @Test("a drain that has begun takes nothing more, and is finished by whoever joins")
    func drain() throws {
        let server = try HTTPReceiver([.status(503), .status(204)])
        defer { server.stop() }
        let deliveries = try (0..<3).map { _ in try delivery(server.port) }
        for delivery in deliveries { delivery.enqueue(Array("a".utf8), points: 1) }
        for delivery in deliveries { delivery.beginDrain() }
        // Each drains although nobody waits for it.
        try wait(server, for: 4)
        deliveries[0].enqueue(Array("late".utf8), points: 5)
        #expect(deliveries[0].counts.lost == 5)
        deliveries[0].finish()
        for delivery in deliveries { delivery.join() }
        #expect(deliveries.map(\.counts.delivered) == [1, 1, 1])
        #expect(server.requests.map(\.text) == ["a", "a", "a", "a"])
        #expect(deliveries[0].takeNotes().contains { $0.text.hasPrefix("5 of 6 samples did not reach") })
    }

    @Test("a preface that nobody answers is not waited for when nothing comes behind it")
    func prefaceAlone() throws {
        let server = try HTTPReceiver([.silence])
        defer { server.stop() }
        let delivery = try delivery(server.port) { $0.preface = $0.url }
        try wait(server, for: 1)
        let start = Clock.now()
        delivery.finish()
        #expect(Clock.now() - start < 2 * Ns.perSecond)
        #expect(delivery.takeNotes().isEmpty)
    }

    @Test("of several that start together one that cannot leaves none running")
    func startAll() throws {
        let server = try HTTPReceiver([.status(204)])
        defer { server.stop() }
        let url = try RequestURL(parsing: "http://127.0.0.1:\(server.port)/")
        let deliveries = (0..<3).map { _ in Delivery(DeliverySettings(name: "Store", url: url)) }
        #expect(throws: OutputError("no thread is left")) {
            try Delivery.startAll(deliveries) { one throws(OutputError) in
                if one === deliveries[2] { throw OutputError("no thread is left") }
                try one.start()
            }
        }
        #expect(deliveries.allSatisfy { !$0.isRunning })
        let fresh = Delivery(DeliverySettings(name: "Store", url: url))
        try Delivery.startAll([fresh])
        #expect(fresh.isRunning)
        fresh.finish()
    }
}
