// Drives a response parser the way a channel does, and collects what comes out: for the corpus tests and the
// fuzzer.

import Base
import HTTP

/// What a parser made of some bytes.
public struct ReadResponse: Equatable, Sendable {
    public enum Ending: String, Sendable {
        case complete, atEnd, truncated, malformed, upgraded, headTooLarge
    }

    public var ending = Ending.truncated
    public var status: UInt16 = 0
    public var body: [UInt8] = []
    public var keepsAlive = false
    public var extra = 0
    public var headers: [String] = []
}

/// One reader holds one scratch (and so one memo of heads) over many messages, as a worker does.
public final class ResponseReader {
    private let scratch: UnsafeMutablePointer<ParserScratch>
    private let events: UnsafeMutablePointer<ExchangeEvents>

    public init() {
        scratch = .allocate(capacity: 1)
        scratch.initialize(to: ParserScratch())
        events = .allocate(capacity: 1)
        events.initialize(
            to: ExchangeEvents(
                head: { exchange, head in
                    let owner = exchange.assumingMemoryBound(to: Exchange.self).pointee.owner
                    let headers = head.assumingMemoryBound(to: HeaderBlock.self)
                    owner.assumingMemoryBound(to: ReadResponse.self).pointee.headers =
                        headers.pointee.pairs().map { "\($0.name): \($0.value)" }
                },
                end: { _ in }))
    }

    deinit {
        scratch.deinitialize(count: 1)
        scratch.deallocate()
        events.deallocate()
    }

    /// Reads one response given in `pieces`; after the last the connection ends.
    public func read(_ pieces: [[UInt8]], isHead: Bool) -> ReadResponse {
        let request = PreparedRequest(
            ByteBuffer("x"), method: isHead ? "HEAD" : "GET", destination: 0
        ).boxed()
        let result = UnsafeMutablePointer<ReadResponse>.allocate(capacity: 1)
        result.initialize(to: ReadResponse())
        let body = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
        body.initialize(to: ByteBuffer())
        let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
        exchange.initialize(
            to: Exchange(
                request: request, events: events, owner: UnsafeMutableRawPointer(result),
                pool: UnsafeMutableRawPointer(result)))
        exchange.pointee.sink = .collect
        exchange.pointee.body = body
        let parser = UnsafeMutablePointer<ResponseParser>.allocate(capacity: 1)
        parser.initialize(to: ResponseParser())
        defer {
            parser.pointee.abandon()
            parser.deinitialize(count: 1)
            parser.deallocate()
            body.deinitialize(count: 1)
            body.deallocate()
            result.deinitialize(count: 1)
            result.deallocate()
            exchange.deallocate()
            PreparedRequest.free(request)
        }
        result.pointee.ending = feed(pieces, parser, exchange, &result.pointee.extra)
        result.pointee.status = exchange.pointee.status
        result.pointee.body = Array(body.pointee.bytes)
        let isDone = result.pointee.ending == .complete || result.pointee.ending == .atEnd
        result.pointee.keepsAlive = isDone && parser.pointee.keepsAlive
        precondition(exchange.pointee.bodyByteCount == Int64(body.pointee.count), "a body octet was lost")
        return result.pointee
    }

    private func feed(
        _ pieces: [[UInt8]], _ parser: UnsafeMutablePointer<ResponseParser>,
        _ exchange: UnsafeMutablePointer<Exchange>, _ extra: inout Int
    ) -> ReadResponse.Ending {
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            let parsed = piece.withUnsafeBufferPointer {
                parser.pointee.feed($0.baseAddress!, $0.count, exchange: exchange, scratch: scratch)
            }
            precondition(
                parsed.consumed >= 0 && parsed.consumed <= piece.count, "more was consumed than was given")
            switch parsed.outcome {
            case .more: continue
            case .complete:
                extra = piece.count - parsed.consumed + pieces[(index + 1)...].reduce(0) { $0 + $1.count }
                return .complete
            case .upgraded: return .upgraded
            case .malformed: return .malformed
            case .headTooLarge: return .headTooLarge
            }
        }
        guard parser.pointee.isMidMessage else { return .truncated }
        return parser.pointee.finish(exchange: exchange) == .complete ? .atEnd : .truncated
    }
}
