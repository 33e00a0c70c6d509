// Every shape of a response through the real client, plain and TLS: what is read, what is counted, and
// whether the channel serves again.

import Base
import HTTP
import HTTPClient
import Testing

@Suite struct BodyTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let path: String
        var method = "GET"
        var status = 200
        var bodyCount: Int64
        /// Whether the next request finds the channel.
        var keeps = true

        var testDescription: String { "\(method) \(path)" }
    }

    static let shapes: [Shape] = [
        Shape(path: "/", bodyCount: 615),
        Shape(path: "/json", bodyCount: 180),
        Shape(path: "/bytes/0", bodyCount: 0),
        Shape(path: "/bytes/1", bodyCount: 1),
        Shape(path: "/bytes/10000000", bodyCount: 10_000_000),
        Shape(path: "/bytes/1000", method: "HEAD", bodyCount: 0),
        Shape(path: "/chunked/5", method: "HEAD", bodyCount: 0),
        Shape(path: "/status/204", status: 204, bodyCount: 0),
        Shape(path: "/status/304", status: 304, bodyCount: 0),
        Shape(path: "/status/404", status: 404, bodyCount: 4),
        Shape(path: "/status/500", status: 500, bodyCount: 4),
        Shape(path: "/status/103", bodyCount: 21),
        Shape(path: "/early-hints", bodyCount: 13),
        Shape(path: "/chunked/5", bodyCount: 40),
        Shape(path: "/chunked/5000", bodyCount: 53893),
        Shape(path: "/until-close/100000", bodyCount: 100_000, keeps: false),
        Shape(path: "/http10", bodyCount: 17, keeps: false),
        Shape(path: "/delay/20", bodyCount: 13),
        Shape(path: "/fault/extra-bytes", bodyCount: 5, keeps: false),
        Shape(path: "/fault/drip?bytes=5&ms=10", bodyCount: 5),
    ]

    @Test(arguments: shapes, [false, true])
    func shapeIsRead(shape: Shape, isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            var ask = Ask(base + shape.path)
            ask.method = shape.method
            let answer = harness.fetch(ask)
            #expect(answer.code == .none && answer.errorText == "")
            #expect(answer.status == shape.status)
            #expect(answer.bodyByteCount == shape.bodyCount)
            #expect(answer.body.count == Int(answer.bodyByteCount))
            #expect(answer.isOrdered)
            #expect(answer.flags.contains(.secure) == isSecure)
            #expect(answer.receivedByteCount > answer.bodyByteCount)
            let next = harness.fetch(base + "/")
            #expect(next.status == 200 && next.bodyByteCount == 615)
            if shape.path != "/fault/extra-bytes" || isSecure { #expect(next.isReused == shape.keeps) }
        }
    }

    @Test(arguments: [BodySink.discard, .collect, .stream])
    func sinkGetsTheBody(sink: BodySink) throws {
        try withTarget { target, harness in
            var ask = Ask(target.plain + "/bytes/200000")
            ask.sink = sink
            let answer = harness.fetch(ask)
            #expect(answer.bodyByteCount == 200_000)
            #expect(answer.body.count == (sink == .discard ? 0 : 200_000))
        }
    }

    @Test(arguments: [false, true])
    func oneConnectionServesAll(isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            for index in 0..<1000 {
                let answer = harness.fetch(base + (index % 2 == 0 ? "/" : "/chunked/3"))
                guard answer.status == 200, answer.isReused == (index > 0) else {
                    Issue.record("request \(index): status \(answer.status) \(answer.errorText)")
                    break
                }
                #expect(
                    (answer.times.connected.isSet, answer.times.secured.isSet) == (
                        index == 0, index == 0 && isSecure
                    ))
                #expect(answer.isOrdered)
            }
            #expect(target.server.counters.accepted == 1)
            #expect(target.server.counters.requests == 1000)
            #expect(harness.client.pointee.counters.established == 1)
            #expect(harness.idleCount() == 1)
        }
    }

    /// The bytes of an exchange are those of the wire: heads and bodies when plain.
    @Test func plainBytesAreCounted() throws {
        let server = try ScriptServer { wire, _, notes in
            while let head = wire.head() {
                notes.add(String(head.utf8.count))
                wire.send(okResponse("12345"))
            }
        }
        try withHarness { harness in
            let first = harness.fetch(server.url + "/a")
            let second = harness.fetch(server.url + "/bb")
            let lengths = server.notes.all.compactMap { Int64($0) }
            #expect([first.sentByteCount, second.sentByteCount] == lengths)
            #expect(first.receivedByteCount == Int64(okResponse("12345").utf8.count))
            #expect(second.receivedByteCount == first.receivedByteCount)
            #expect(second.isReused)
        }
    }

    /// Behind TLS the handshake belongs to the exchange that opened the channel, and records to each.
    @Test func secureBytesAreCounted() throws {
        try withTarget { target, harness in
            let first = harness.fetch(target.secure + "/bytes/1000")
            let second = harness.fetch(target.secure + "/bytes/1000")
            let plain = harness.fetch(target.plain + "/bytes/1000")
            #expect(second.isReused)
            // A TLS 1.3 record adds 22 bytes.
            #expect(second.sentByteCount == plain.sentByteCount + 22)
            #expect((22...66).contains(second.receivedByteCount - plain.receivedByteCount))
            #expect(first.sentByteCount > second.sentByteCount + 200)
            #expect(first.receivedByteCount > second.receivedByteCount + 500)
        }
    }
}
