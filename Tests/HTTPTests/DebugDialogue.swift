// What the tests of DebugTransport drive: a transport that answers with given bytes, and an opener of one
// exchange that keeps the lines which come of it.

import Base

@testable import HTTP

/// A transport that answers at once with given bytes, through the real parser.
final class CannedTransport {
    let scratch = UnsafeMutablePointer<ParserScratch>.allocate(capacity: 1)
    var answer: [UInt8] = []
    /// The connection ends behind the answer.
    var error = ExchangeError.none
    /// Nothing is answered before `answerNow`.
    var isSilent = false
    private(set) var cancelled = 0
    private(set) var calls: [String] = []

    init() { scratch.initialize(to: ParserScratch(keepsReasons: true)) }

    deinit {
        scratch.deinitialize(count: 1)
        scratch.deallocate()
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> CannedTransport {
        Unmanaged<CannedTransport>.fromOpaque(context)._withUnsafeGuaranteedRef { $0 }
    }

    var port: TransportPort {
        TransportPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            prepare: { context, draft in
                CannedTransport.of(context).calls.append("prepare")
                let draft = draft.assumingMemoryBound(to: RequestDraft.self).pointee
                return UnsafeMutableRawPointer(
                    PreparedRequest(draft.encode(), method: draft.method, destination: 0).boxed())
            },
            makePool: { context, vu in
                CannedTransport.of(context).calls.append("makePool \(vu)")
                return context
            },
            freePool: { context, _ in CannedTransport.of(context).calls.append("freePool") },
            iterationEnded: { context, _ in CannedTransport.of(context).calls.append("iterationEnded") },
            open: { context, exchange in
                CannedTransport.of(context).open(exchange.assumingMemoryBound(to: Exchange.self))
            },
            cancel: { context, _ in CannedTransport.of(context).cancelled += 1 },
            pass: { _, nowNs in nowNs + 1 })
    }

    private func open(_ exchange: UnsafeMutablePointer<Exchange>) {
        if isSilent { return }
        let parser = UnsafeMutablePointer<ResponseParser>.allocate(capacity: 1)
        parser.initialize(to: ResponseParser())
        defer {
            parser.pointee.abandon()
            parser.deinitialize(count: 1)
            parser.deallocate()
        }
        // In two pieces, so that bodies come in more than one.
        let middle = max(answer.count - 2, 0)
        for piece in [answer[..<middle], answer[middle...]] where !piece.isEmpty {
            _ = Array(piece).withUnsafeBufferPointer {
                parser.pointee.feed($0.baseAddress!, $0.count, exchange: exchange, scratch: scratch)
            }
        }
        if parser.pointee.isMidMessage, parser.pointee.finish(exchange: exchange) != .complete {
            exchange.pointee.error = error
        }
        exchange.pointee.events.pointee.end(exchange)
    }
}

/// One exchange through the transport, and the lines that came of it.
final class Dialogue {
    let canned = CannedTransport()
    var lines: [DebugLine] = []
    private(set) var heads = 0
    private(set) var ends = 0
    private(set) var body: [UInt8] = []
    private(set) var transport: DebugTransport!
    private let events = UnsafeMutablePointer<ExchangeEvents>.allocate(capacity: 1)
    private let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
    private let kept = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
    private var prepared: UnsafeMutablePointer<PreparedRequest>?

    init(withBodies: Bool = false) {
        kept.initialize(to: ByteBuffer())
        events.initialize(
            to: ExchangeEvents(
                head: { exchange, _ in Dialogue.of(exchange).heads += 1 },
                end: { exchange in
                    let dialogue = Dialogue.of(exchange)
                    dialogue.ends += 1
                    dialogue.body = Array(dialogue.kept.pointee.bytes)
                }))
        transport = DebugTransport(
            canned.port, withBodies: withBodies, failureText: { _ in "what went wrong" },
            write: { [unowned self] in lines.append($0) })
    }

    deinit {
        if let prepared { PreparedRequest.free(prepared) }
        kept.deinitialize(count: 1)
        kept.deallocate()
        events.deallocate()
        exchange.deallocate()
    }

    private static func of(_ exchange: UnsafeMutableRawPointer) -> Dialogue {
        Unmanaged<Dialogue>.fromOpaque(exchange.assumingMemoryBound(to: Exchange.self).pointee.owner)
            ._withUnsafeGuaranteedRef { $0 }
    }

    func open(_ draft: RequestDraft, sink: BodySink = .discard) {
        transport.describe = { _ in
            DebuggedRequest(draft: draft, tags: ["group": "::g"], vu: 3, iteration: 4)
        }
        let port = transport.port
        let request = withUnsafePointer(to: draft) {
            port.prepare(port.context, $0).assumingMemoryBound(to: PreparedRequest.self)
        }
        if let prepared { PreparedRequest.free(prepared) }
        prepared = request
        let owner = Unmanaged.passUnretained(self).toOpaque()
        exchange.initialize(to: Exchange(request: request, events: events, owner: owner, pool: owner))
        exchange.pointee.sink = sink
        exchange.pointee.body = kept
        port.open(port.context, exchange)
    }

    func cancel() {
        let port = transport.port
        port.cancel(port.context, exchange)
    }

    /// Whether the exchange is as its opener left it.
    func isGivenBack(_ sink: BodySink) -> Bool {
        exchange.pointee.events == UnsafePointer(events) && exchange.pointee.sink == sink
    }

    var texts: [String] { lines.map { String(decoding: $0.text, as: UTF8.self) } }
}
