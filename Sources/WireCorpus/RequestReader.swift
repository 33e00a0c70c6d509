// Drives a request parser the way a server does, request after request on one connection, and collects what
// comes out; and the messages the fuzzer begins from. Test support, not part of the program.

import Base
import HTTP

public enum RequestCorpus {
    public static let messages: [[UInt8]] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        "HEAD /a?b=c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n\u{16}\u{3}\u{1}",
        "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ].map { Array($0.utf8) }
}

/// One request as a server sees it.
public struct ReadRequest: Equatable, Sendable {
    public var method = ""
    public var target = ""
    public var headers: [String] = []
    public var body: [UInt8] = []
    public var keepsAlive = false
    public var expectsContinue = false
}

/// What a parser made of a connection's bytes.
public struct ReadRequests: Equatable, Sendable {
    public enum Ending: String, Sendable {
        /// Between two requests.
        case idle
        /// In the middle of one.
        case truncated
        case malformed, headTooLarge, bodyTooLarge
    }

    public var requests: [ReadRequest] = []
    public var ending = Ending.idle
}

/// One reader holds one scratch over many connections, as a server's loop does.
public final class RequestReader {
    private let scratch: UnsafeMutablePointer<RequestScratch>
    private let parser: UnsafeMutablePointer<RequestParser>
    private let body: UnsafeMutablePointer<ByteBuffer>

    public init() {
        scratch = .allocate(capacity: 1)
        scratch.initialize(to: RequestScratch())
        parser = .allocate(capacity: 1)
        parser.initialize(to: RequestParser())
        body = .allocate(capacity: 1)
        body.initialize(to: ByteBuffer())
    }

    deinit {
        parser.deinitialize(count: 1)
        parser.deallocate()
        scratch.deinitialize(count: 1)
        scratch.deallocate()
        body.deinitialize(count: 1)
        body.deallocate()
    }

    /// Reads a connection's bytes given in `pieces`; after the last it ends.
    public func read(_ pieces: [[UInt8]]) -> ReadRequests {
        var result = ReadRequests()
        for piece in pieces where !piece.isEmpty && result.ending == .idle {
            piece.withUnsafeBufferPointer { feed($0, &result) }
        }
        if result.ending == .idle, !parser.pointee.isIdle { result.ending = .truncated }
        parser.pointee.release(scratch)
        return result
    }

    private func feed(_ bytes: UnsafeBufferPointer<UInt8>, _ result: inout ReadRequests) {
        var at = 0
        while at < bytes.count {
            let rest = bytes.count - at
            let parsed = parser.pointee.feed(bytes.baseAddress! + at, rest, scratch)
            precondition(parsed.consumed >= 0 && parsed.consumed <= rest, "more was consumed than was given")
            at += parsed.consumed
            switch parsed.outcome {
            case .more: precondition(at == bytes.count, "a parser that wants more left bytes behind")
            case .head:
                body.pointee.removeAll()
                parser.pointee.body = body
            case .complete:
                result.requests.append(request())
                parser.pointee.release(scratch)
            case .malformed: result.ending = .malformed
            case .headTooLarge: result.ending = .headTooLarge
            case .bodyTooLarge: result.ending = .bodyTooLarge
            }
            if result.ending != .idle { return }
        }
    }

    private func request() -> ReadRequest {
        let head = parser.pointee.head!
        let hasBody = parser.pointee.body != nil
        precondition(
            !hasBody || parser.pointee.bodyByteCount == body.pointee.count, "a body octet was lost")
        return ReadRequest(
            method: head.pointee.methodName, target: head.pointee.target.string(),
            headers: head.pointee.headers.pairs().map { "\($0.name): \($0.value)" },
            body: hasBody ? Array(body.pointee.bytes) : [], keepsAlive: head.pointee.keepsAlive,
            expectsContinue: head.pointee.expectsContinue)
    }
}
