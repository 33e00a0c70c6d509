// `--http-debug`: a transport in front of another that writes down every request it is given and every
// response that comes back, on each hop. Made by the CLI for a run that asks for it; without it nothing of
// this is on a request's way.

import Base

/// What is logged of one message.
public struct DebugLine: Sendable {
    /// A message could not be written down; the text says why.
    public var isError = false
    public var text: [UInt8]
    public var tags: [String: String]
    public var vu: Int64
    public var iteration: Int64
    /// The same for a request and its response; nil where k6 names none.
    public var requestID: String?
    public var wallNs: Int64
}

/// A request as its opener knows it, with what the log shows beside it.
public struct DebuggedRequest {
    public var draft: RequestDraft
    public var tags: [String: String]
    public var vu: Int64
    /// 0-based, of this VU.
    public var iteration: Int64

    public init(draft: RequestDraft, tags: [String: String], vu: Int64, iteration: Int64) {
        self.draft = draft
        self.tags = tags
        self.vu = vu
        self.iteration = iteration
    }
}

public final class DebugTransport {
    /// An exchange under way.
    private struct Flight {
        let request: DebuggedRequest
        let id: String
        /// The opener's, put back before it hears of the end.
        let events: UnsafePointer<ExchangeEvents>
        let sink: BodySink
        var head: DumpedHead?
        var body: [UInt8] = []
    }

    /// The events exchanges get instead of their own. First the table, so that its address is the hook's.
    private struct Hook {
        var events: ExchangeEvents
        var transport: Unmanaged<DebugTransport>?
    }

    private let inner: TransportPort
    private let withBodies: Bool
    private let failureText: (UnsafeMutablePointer<Exchange>) -> String
    private let write: (DebugLine) -> Void
    private let hook = UnsafeMutablePointer<Hook>.allocate(capacity: 1)
    private var flights: [UnsafeMutablePointer<Exchange>: Flight] = [:]
    /// The opener's answer what an exchange it is opening requests; set before the first one.
    public var describe: (UnsafeMutablePointer<Exchange>) -> DebuggedRequest = { _ in
        preconditionFailure("an exchange was opened before anybody said what exchanges request")
    }

    /// - Parameters:
    ///   - inner: what carries the exchanges.
    ///   - withBodies: whether bodies are logged behind the heads.
    ///   - failureText: people's text for an exchange's error, asked within its end event.
    ///   - write: takes a line; on the thread of the transport.
    public init(
        _ inner: TransportPort, withBodies: Bool,
        failureText: @escaping (UnsafeMutablePointer<Exchange>) -> String,
        write: @escaping (DebugLine) -> Void
    ) {
        self.inner = inner
        self.withBodies = withBodies
        self.failureText = failureText
        self.write = write
        hook.initialize(
            to: Hook(
                events: ExchangeEvents(
                    head: { exchange, head in
                        DebugTransport.of(exchange).headArrived(
                            exchange.assumingMemoryBound(to: Exchange.self),
                            head.assumingMemoryBound(to: HeaderBlock.self))
                    },
                    body: { exchange, bytes, count in
                        DebugTransport.of(exchange).bodyArrived(
                            exchange.assumingMemoryBound(to: Exchange.self),
                            UnsafeRawBufferPointer(start: bytes, count: count))
                    },
                    room: { exchange, count in
                        DebugTransport.of(exchange).hasRoom(
                            exchange.assumingMemoryBound(to: Exchange.self), count)
                    },
                    end: { exchange in
                        DebugTransport.of(exchange).ended(exchange.assumingMemoryBound(to: Exchange.self))
                    }), transport: nil))
        hook.pointee.transport = Unmanaged.passUnretained(self)
    }

    deinit { hook.deallocate() }

    /// The transport as iterations see it; it must outlive them.
    public var port: TransportPort {
        TransportPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            prepare: { context, draft in
                let inner = DebugTransport.of(port: context).inner
                return inner.prepare(inner.context, draft)
            },
            makePool: { context, vu in
                let inner = DebugTransport.of(port: context).inner
                return inner.makePool(inner.context, vu)
            },
            freePool: { context, pool in
                let inner = DebugTransport.of(port: context).inner
                inner.freePool(inner.context, pool)
            },
            iterationEnded: { context, pool in
                let inner = DebugTransport.of(port: context).inner
                inner.iterationEnded(inner.context, pool)
            },
            open: { context, exchange in
                DebugTransport.of(port: context).open(exchange.assumingMemoryBound(to: Exchange.self))
            },
            cancel: { context, exchange in
                let transport = DebugTransport.of(port: context)
                _ = transport.land(exchange.assumingMemoryBound(to: Exchange.self))
                transport.inner.cancel(transport.inner.context, exchange)
            },
            pass: { context, nowNs in
                let inner = DebugTransport.of(port: context).inner
                return inner.pass(inner.context, nowNs)
            })
    }

    private static func of(port context: UnsafeMutableRawPointer) -> DebugTransport {
        Unmanaged<DebugTransport>.fromOpaque(context)._withUnsafeGuaranteedRef { $0 }
    }

    private static func of(_ exchange: UnsafeMutableRawPointer) -> DebugTransport {
        let events = exchange.assumingMemoryBound(to: Exchange.self).pointee.events
        let hook = UnsafeRawPointer(events).assumingMemoryBound(to: Hook.self)
        return hook.pointee.transport.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0 }
    }

    // MARK: - an exchange

    private func open(_ exchange: UnsafeMutablePointer<Exchange>) {
        let request = describe(exchange)
        let flight = Flight(
            request: request, id: Self.makeID(), events: exchange.pointee.events, sink: exchange.pointee.sink)
        if let refusal = request.draft.refusal {
            sayFailure(flight, refusal.text)
            say(flight, "Request", [])
        } else {
            say(flight, "Request", MessageDump.request(request.draft, withBody: withBodies))
        }
        flights[exchange] = flight
        exchange.pointee.events = UnsafeRawPointer(hook).assumingMemoryBound(to: ExchangeEvents.self)
        // A body nobody wants to keep is kept here.
        if withBodies, flight.sink == .discard { exchange.pointee.sink = .stream }
        inner.open(inner.context, UnsafeMutableRawPointer(exchange))
    }

    /// The exchange is the opener's again. - Returns: what was under way.
    private func land(_ exchange: UnsafeMutablePointer<Exchange>) -> Flight {
        guard let flight = flights.removeValue(forKey: exchange) else {
            preconditionFailure("an exchange ended that was not opened here")
        }
        exchange.pointee.events = flight.events
        exchange.pointee.sink = flight.sink
        return flight
    }

    private func headArrived(
        _ exchange: UnsafeMutablePointer<Exchange>, _ block: UnsafePointer<HeaderBlock>
    ) {
        var flight = flights[exchange].unsafelyUnwrapped
        let head = DumpedHead(
            status: exchange.pointee.status, isHTTP10: exchange.pointee.flags.contains(.http10),
            reason: Array(block.pointee.reason),
            headers: (0..<block.pointee.count).map {
                (String(decoding: block.pointee.name($0), as: UTF8.self), Array(block.pointee.value($0)))
            })
        flight.head = head
        flights[exchange] = flight
        if !withBodies {
            say(flight, "Response", MessageDump.response(head, to: flight.request.draft.method, body: nil))
        }
        flight.events.pointee.head?(exchange, block)
    }

    private func bodyArrived(_ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafeRawBufferPointer) {
        flights[exchange]?.body += bytes
        // The opener takes pieces itself.
        if let flight = flights[exchange], flight.sink == .stream, let start = bytes.baseAddress {
            flight.events.pointee.body?(exchange, start, bytes.count)
        }
    }

    private func hasRoom(_ exchange: UnsafeMutablePointer<Exchange>, _ count: Int) -> Bool {
        flights[exchange].unsafelyUnwrapped.events.pointee.room?(exchange, count) ?? true
    }

    private func ended(_ exchange: UnsafeMutablePointer<Exchange>) {
        let flight = land(exchange)
        if withBodies, let head = flight.head { sayWhole(exchange, flight, head) }
        flight.events.pointee.end(exchange)
    }

    /// A response with its body; of one that broke off k6 shows why and nothing else.
    private func sayWhole(_ exchange: UnsafeMutablePointer<Exchange>, _ flight: Flight, _ head: DumpedHead) {
        guard exchange.pointee.error.isNone else {
            let isLate = exchange.pointee.error.code == .requestTimeout
            sayFailure(flight, isLate ? "context deadline exceeded" : failureText(exchange))
            return say(flight, "Response", [])
        }
        var body = flight.body
        if flight.sink == .collect { body = Array(exchange.pointee.body.unsafelyUnwrapped.pointee.bytes) }
        say(flight, "Response", MessageDump.response(head, to: flight.request.draft.method, body: body))
    }

    // MARK: - lines

    private func say(_ flight: Flight, _ kind: String, _ dump: [UInt8]) {
        let text = Array("\(kind):\n".utf8) + Self.withoutReturns(dump) + [UInt8(ascii: "\n")]
        var line = makeLine(flight, text)
        line.requestID = flight.id
        write(line)
    }

    private func sayFailure(_ flight: Flight, _ text: String) {
        var line = makeLine(flight, Array(text.utf8))
        line.isError = true
        write(line)
    }

    private func makeLine(_ flight: Flight, _ text: [UInt8]) -> DebugLine {
        DebugLine(
            text: text, tags: flight.request.tags, vu: flight.request.vu,
            iteration: flight.request.iteration, wallNs: Clock.wallNs())
    }

    /// Line ends of the wire, wherever they are, as those of a text.
    static func withoutReturns(_ dump: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(dump.count)
        for (index, byte) in dump.enumerated() {
            if byte == 13, index + 1 < dump.count, dump[index + 1] == 10 { continue }
            text.append(byte)
        }
        return text
    }

    /// A random UUID.
    private static func makeID() -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var id = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { id += "-" }
            id += byte < 16 ? "0" : ""
            id += String(byte, radix: 16)
        }
        return id
    }
}
