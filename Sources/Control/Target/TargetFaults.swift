// The embedded server's faults: answers that break in one exact way each, for tests of what a client makes of
// them. The bytes that go out and how the connection ends are all there is to a fault; nothing here is
// random.

import Base
import HTTP

enum TargetFaults {
    static let table: [TargetRoute] = [
        TargetRoute("/fault/close", "closes without a byte") { $0.end(.abrupt) },
        TargetRoute("/fault/reset", "resets without a byte") { $0.end(.reset) },
        TargetRoute("/fault/reset-mid-body", "half a body, then a reset") { $0.halfBody(.reset) },
        TargetRoute("/fault/close-mid-head", "half a head, then the end") { $0.halfHead(.abrupt) },
        TargetRoute("/fault/close-mid-body", "half a body, then the end") { $0.halfBody(.abrupt) },
        TargetRoute("/fault/truncated-chunk", "half a chunk, then the end", truncatedChunk),
        TargetRoute("/fault/stall-head", "never answers") { $0.stall() },
        TargetRoute("/fault/stall-mid-head", "half a head, then silence") { $0.halfHead(nil) },
        TargetRoute("/fault/stall-body", "half a body, then silence") { $0.halfBody(nil) },
        TargetRoute("/fault/garbage", "bytes that are not HTTP", garbage),
        TargetRoute("/fault/bad-chunk", "a chunk size that is no number", badChunk),
        TargetRoute("/fault/bad-length", "a length that is no number", badLength),
        TargetRoute(
            "/fault/oversized-header", "?bytes=N", "a head of N bytes, more than 1 MiB", oversizedHeader),
        TargetRoute("/fault/drip", "?bytes=N&ms=M", "N bytes, one every M ms", drip),
        TargetRoute("/fault/endless", "?ms=M", "a body without an end, 16 KiB every M ms", endless),
        TargetRoute("/fault/extra-bytes", "more bytes than the answer has", extraBytes),
        TargetRoute("/fault/idle-close", "?ms=M", "answers, then closes the idle connection", idleClose),
        TargetRoute("/fault/stop", "?seconds=S", "the whole server answers nothing for S seconds", stop),
    ]

    private static let promised = 1000

    fileprivate static func truncatedChunk(_ reply: TargetReply) {
        reply.start(200)
        reply.header("Transfer-Encoding", "chunked")
        reply.endHead()
        Decimal.appendHex(promised, to: &reply.worker.pointee.out, end: "\r\n")
        reply.filling(promised / 2)
        reply.end(.abrupt)
    }

    fileprivate static func garbage(_ reply: TargetReply) {
        reply.raw("\u{1}\u{2}\u{3} these bytes are not an answer \u{7F}\r\n\r\n")
        reply.end(.abrupt)
    }

    fileprivate static func badChunk(_ reply: TargetReply) {
        reply.start(200)
        reply.header("Transfer-Encoding", "chunked")
        reply.endHead()
        reply.raw("many\r\nwords\r\n0\r\n\r\n")
        reply.end(.abrupt)
    }

    fileprivate static func badLength(_ reply: TargetReply) {
        reply.start(200)
        reply.header("Content-Length", "many")
        reply.endHead()
        reply.raw("words")
        reply.end(.abrupt)
    }

    fileprivate static func oversizedHeader(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        let usual = Limits.responseHeadBytesMax + 256 * 1024
        guard let count = path.number("bytes", otherwise: usual), count <= 64 << 20 else {
            return reply.usage("/fault/oversized-header?bytes=N, up to 64 MiB")
        }
        reply.start(200)
        TargetBodies.appendOversizedHeaders(count, to: &reply.worker.pointee.out)
        reply.body("after a large head\n")
    }

    fileprivate static func drip(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let count = path.number("bytes", otherwise: 10), count <= Limits.targetBodyBytesMax,
            let milliseconds = path.number("ms", otherwise: 100), milliseconds <= Limits.targetWaitMsMax
        else { return reply.usage("/fault/drip?bytes=N&ms=M") }
        reply.start(200)
        reply.type("text/plain; charset=utf-8")
        reply.length(count)
        reply.endHead()
        if count > 0 { reply.stream(.drip(count, pauseNs: Int64(milliseconds) * Ns.perMillisecond)) }
    }

    fileprivate static func endless(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let milliseconds = path.number("ms", otherwise: 1), milliseconds <= Limits.targetWaitMsMax
        else {
            return reply.usage("/fault/endless?ms=M")
        }
        let isChunked = reply.startUnmeasured()
        reply.stream(.endless(isChunked: isChunked, pauseNs: Int64(milliseconds) * Ns.perMillisecond))
    }

    fileprivate static func extraBytes(_ reply: TargetReply) {
        reply.start(200)
        reply.type("text/plain; charset=utf-8")
        reply.body("five\n")
        reply.raw("these bytes belong to no answer")
    }

    fileprivate static func idleClose(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let milliseconds = path.number("ms", otherwise: 0), milliseconds <= Limits.targetWaitMsMax
        else {
            return reply.usage("/fault/idle-close?ms=M")
        }
        reply.text(200, "this connection will not last\n")
        if milliseconds == 0 { return reply.end(.orderly) }
        TargetConnection.setTimer(
            reply.connection, .idleClose, at: Clock.now() + Int64(milliseconds) * Ns.perMillisecond)
    }

    /// The answer to this request still goes out: whoever asked knows from it that the silence has begun.
    fileprivate static func stop(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let seconds = Double(path.parameter("seconds") ?? "1"), seconds >= 0, seconds <= 3600 else {
            return reply.usage("/fault/stop?seconds=S, up to 3600")
        }
        reply.text(200, "silent for \(seconds) s\n")
        let untilNs = Clock.now().ns + Int64(seconds * Double(Ns.perSecond))
        reply.worker.pointee.shared.pointee.stoppedUntilNs.store(untilNs, ordering: .relaxed)
    }
}

extension TargetReply {
    fileprivate func filling(_ count: Int) {
        worker.pointee.out.append(UnsafeRawBufferPointer(rebasing: TargetBodies.pattern[..<count]))
    }

    /// Says nothing until the client leaves.
    fileprivate func stall() { connection.pointee.phase = .stalled }

    /// A head that breaks off inside a header's name; without an ending the rest never comes.
    fileprivate func halfHead(_ ending: TargetConnection.Ending?) {
        raw("HTTP/1.1 200 OK\r\nServer: apus\r\nContent-Le")
        if let ending { end(ending) } else { stall() }
    }

    /// Half of a body of 1,000 bytes; without an ending the rest never comes.
    fileprivate func halfBody(_ ending: TargetConnection.Ending?) {
        start(200)
        type("text/plain; charset=utf-8")
        length(1000)
        endHead()
        filling(500)
        if let ending { end(ending) } else { stall() }
    }
}
