// Delivery to a store that answers, refuses, fails for a while, is silent or is not there.

import Base
import HTTP
import Testing

@testable import Outputs

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
        let delivery = try delivery(server.port) { $0.timeoutNs = 200 * Ns.perMillisecond }
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

    @Test("bodies are compressed where asked for")
    func compressed() throws {
        let server = try HTTPReceiver([.status(204)])
        defer { server.stop() }
        let delivery = try delivery(server.port) { $0.isGzipped = true }
        delivery.enqueue([UInt8](repeating: 65, count: 10_000), points: 1)
        delivery.finish()
        let request = try #require(server.requests.first)
        #expect(request.head.contains("Content-Encoding: gzip"))
        #expect(request.body.prefix(2) == [0x1F, 0x8B] && request.body.count < 200)
    }
}
