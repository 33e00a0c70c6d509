// Request bodies of every size, plain and TLS: what the kernel does not take at once goes on by itself, and
// all of it is counted.

import Base
import HTTP
import TLS
import Testing

@testable import HTTPClient

@Suite struct UploadTests {
    @Test(arguments: [0, 1, 1000, 16_384, 100_000, 3 << 20, 10 << 20], [false, true])
    func bodyArrives(count: Int, isSecure: Bool) throws {
        try withTarget { target, harness in
            var ask = Ask(target.base(isSecure: isSecure) + "/status/200")
            ask.method = "POST"
            ask.timeoutMs = 5000
            ask.body = [UInt8](repeating: 0xA5, count: count)
            for round in 0..<2 {
                let answer = harness.fetch(ask)
                #expect(answer.status == 200, "\(answer.errorText)")
                #expect(answer.isReused == (round == 1))
                #expect(answer.isOrdered)
                let records = isSecure ? Int64(count / 16_384 + 1) * 22 : 0
                #expect(answer.sentByteCount >= Int64(count) + records)
                #expect(answer.sentByteCount < Int64(count) + records + (round == 0 && isSecure ? 2000 : 500))
            }
        }
    }

    /// The bytes that arrive are the bytes that were given, in order.
    @Test(arguments: [false, true])
    func bodyIsIntact(isSecure: Bool) throws {
        try withTarget { target, harness in
            var ask = Ask(target.base(isSecure: isSecure) + "/echo")
            ask.method = "PUT"
            ask.body = (0..<200_000).map { UInt8(33 + $0 * 7 % 89) }.map { $0 == 34 || $0 == 92 ? 65 : $0 }
            let answer = harness.fetch(ask)
            let text = String(decoding: ask.body, as: UTF8.self)
            #expect(answer.text.contains("\"body\":\"\(text)\""))
            #expect(answer.text.contains("\"bodyBytes\":200000"))
        }
    }

    /// A reader that pauses: the write is queued, and sending takes as long as the reader needs, no longer.
    @Test func aSlowReaderIsWaitedFor() throws {
        let count = 8 << 20
        let (reading, answering) = (Gate(), Gate())
        let server = try ScriptServer { wire, _, notes in
            var left = count
            reading.wait()
            guard let head = wire.head() else { return }
            left -= Self.bodyCount(behind: head)
            while left > 0 {
                let bytes = wire.receive()
                if bytes.isEmpty { break }
                left -= bytes.count
            }
            notes.add("left \(left)")
            answering.wait()
            wire.send(okResponse("thanks"))
        }
        try withHarness { harness in
            var ask = Ask(server.url + "/")
            ask.method = "POST"
            ask.body = [UInt8](repeating: 67, count: count)
            defer { for gate in [reading, answering] { gate.open() } }
            let call = harness.open(ask)
            harness.wait(50)
            #expect(!call.isSent)
            let readingFrom = Clock.now()
            reading.open()
            #expect(harness.run { call.isSent })
            let answeringFrom = Clock.now()
            answering.open()
            #expect(harness.run { call.answer.hasEnded })
            let answer = call.answer
            #expect(answer.status == 200 && server.notes.all == ["left 0"])
            #expect(answer.times.sent >= readingFrom && answer.times.sent <= answeringFrom)
            #expect(answer.times.firstByte >= answeringFrom)
            #expect(answer.isOrdered)
            #expect(harness.idleCount() == 1)
        }
    }

    /// Bytes of the body that came together with the head.
    private static func bodyCount(behind head: String) -> Int {
        let bytes = Array(head.utf8)
        let end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) } ?? 0
        return bytes.count - end - 4
    }

    @Test(arguments: [false, true])
    func aReaderThatLeavesIsAnError(byReset: Bool) throws {
        let server = try ScriptServer { wire, _, _ in
            _ = wire.head()
            if byReset { wire.reset() }
        }
        try withHarness { harness in
            var ask = Ask(server.url + "/")
            ask.method = "POST"
            ask.body = [UInt8](repeating: 67, count: 8 << 20)
            let answer = harness.fetch(ask)
            // Unread bytes make the kernel reset in either case.
            #expect(answer.code == .resetByPeer || answer.code == .brokenPipe)
            #expect(harness.client.pointee.counters.failed == 1)
        }
    }

    @Test(arguments: [false, true])
    func aReaderThatStallsIsATimeout(isSecure: Bool) throws {
        let made = try Certificates()
        nonisolated(unsafe) let context = try TLSServerContext(TLSServerOptions(identity: made.good))
        let gate = Gate()
        let server = try ScriptServer { wire, _, _ in
            if isSecure { _ = wire.startTLS(context) }
            gate.wait()
        }
        defer { gate.open() }
        try withHarness(security: made.trust) { harness in
            var ask = Ask("\(isSecure ? "https" : "http")://127.0.0.1:\(server.port)/")
            ask.method = "POST"
            ask.timeoutMs = 100
            ask.body = [UInt8](repeating: 67, count: 8 << 20)
            let answer = harness.fetch(ask)
            #expect(answer.code == .requestTimeout)
            expectTimeOut(answer, ofMs: 100)
        }
    }
}
