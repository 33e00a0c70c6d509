// The seam between iterations and transports: one request and its response as a block the opener owns. The
// opener fills in what it wants, hands the address to a `TransportPort`, and gets events through a table of C
// functions until the end event; then the block is its own again. Nothing is allocated on the way.
//
// Timings belong to the exchange; connect and TLS times are set only on the exchange that opened the channel.

import Base

/// Points in time of an exchange, in nanoseconds on the monotonic clock; zero: has not happened.
public struct ExchangeTimes: Sendable {
    /// When the schedule wanted the iteration to start; equals `opened` where there is no schedule.
    public var intended = Instant.never
    public var opened = Instant.never
    /// A channel was there and ready for this request.
    public var acquired = Instant.never
    public var connectStart = Instant.never
    public var connected = Instant.never
    public var secureStart = Instant.never
    public var secured = Instant.never
    public var sent = Instant.never
    public var firstByte = Instant.never
    public var done = Instant.never

    public init() {}
}

/// k6's phases of a request, in nanoseconds.
public struct ExchangePhases: Sendable {
    public var blockedNs: Int64
    public var connectingNs: Int64
    public var securingNs: Int64
    public var sendingNs: Int64
    public var waitingNs: Int64
    public var receivingNs: Int64
    /// sending + waiting + receiving
    @inline(__always) public var durationNs: Int64 { sendingNs &+ waitingNs &+ receivingNs }

    /// A phase whose end did not happen lasts until the exchange's end; one that did not begin is zero.
    @inline(__always) public init(_ times: borrowing ExchangeTimes) {
        connectingNs = times.connected.isSet ? times.connected - times.connectStart : 0
        securingNs = times.secured.isSet ? times.secured - times.secureStart : 0
        guard times.acquired.isSet else {
            blockedNs = times.done - times.opened
            sendingNs = 0
            waitingNs = 0
            receivingNs = 0
            return
        }
        blockedNs = times.acquired - times.opened
        let sent = times.sent.isSet ? times.sent : times.done
        sendingNs = sent - times.acquired
        let first = times.firstByte.isSet ? times.firstByte : times.done
        waitingNs = times.sent.isSet ? max(first - sent, 0) : 0
        receivingNs = times.firstByte.isSet ? times.done - times.firstByte : 0
    }
}

/// What becomes of the response body.
public enum BodySink: UInt8, Sendable {
    /// Counted, never copied.
    case discard
    /// Appended to `Exchange.body`.
    case collect
    /// Given piece by piece to `ExchangeEvents.body`.
    case stream
}

public struct ExchangeFlags: OptionSet, Sendable {
    public let rawValue: UInt16
    @inline(__always) public init(rawValue: UInt16) { self.rawValue = rawValue }

    // Computed, so that other modules see constants: a stored one costs them a call each time.

    /// The channel had served an exchange before this one.
    @inline(__always) public static var reusedChannel: ExchangeFlags { ExchangeFlags(rawValue: 1) }
    @inline(__always) public static var secure: ExchangeFlags { ExchangeFlags(rawValue: 2) }
    /// The response asked for the channel to be closed.
    @inline(__always) public static var closing: ExchangeFlags { ExchangeFlags(rawValue: 4) }
    @inline(__always) public static var http10: ExchangeFlags { ExchangeFlags(rawValue: 8) }
    @inline(__always) public static var tls12: ExchangeFlags { ExchangeFlags(rawValue: 32) }
    @inline(__always) public static var tls13: ExchangeFlags { ExchangeFlags(rawValue: 64) }
}

public struct Exchange {
    // Set by the opener.
    public var request: UnsafePointer<PreparedRequest>
    public var events: UnsafePointer<ExchangeEvents>
    public var owner: UnsafeMutableRawPointer
    /// The opener's connection pool at the transport (a VU's).
    public var pool: UnsafeMutableRawPointer
    /// The request fails with a time-out at this point.
    public var deadline = Instant.distantFuture
    public var sink = BodySink.discard
    public var body: UnsafeMutablePointer<ByteBuffer>?

    // Set by the transport.
    public var times = ExchangeTimes()
    public var status: UInt16 = 0
    public var flags: ExchangeFlags = []
    public var error = ExchangeError.none
    /// Octets of the response body as they came, before any content decoding.
    public var bodyByteCount: Int64 = 0
    /// Octets on the wire for this exchange, TLS records and handshakes included.
    public var sentByteCount: Int64 = 0
    public var receivedByteCount: Int64 = 0
    /// The channel that carries the exchange; the transport's own.
    public var channel: UnsafeMutableRawPointer?
    /// A link for lists the transport keeps.
    public var next: UnsafeMutablePointer<Exchange>?

    public init(
        request: UnsafePointer<PreparedRequest>, events: UnsafePointer<ExchangeEvents>,
        owner: UnsafeMutableRawPointer, pool: UnsafeMutableRawPointer
    ) {
        self.request = request
        self.events = events
        self.owner = owner
        self.pool = pool
    }

    /// Clears what the transport set, for the next use of the block.
    @inline(__always) public mutating func rearm(opened: Instant, intended: Instant) {
        times = ExchangeTimes()
        times.opened = opened
        times.intended = intended
        status = 0
        flags = []
        error = .none
        bodyByteCount = 0
        sentByteCount = 0
        receivedByteCount = 0
        channel = nil
        next = nil
    }
}

/// What an exchange tells its owner. Called on the worker's thread, never from within `TransportPort.open`.
public struct ExchangeEvents {
    public typealias Head =
        @convention(c) (_ exchange: UnsafeMutableRawPointer, _ head: UnsafeRawPointer) -> Void
    public typealias Body =
        @convention(c) (
            _ exchange: UnsafeMutableRawPointer, _ bytes: UnsafeRawPointer, _ count: Int
        ) -> Void
    public typealias End = @convention(c) (_ exchange: UnsafeMutableRawPointer) -> Void
    public typealias Room =
        @convention(c) (_ exchange: UnsafeMutableRawPointer, _ count: Int) -> Bool

    /// The response head is there: `exchange` is an `Exchange`, `head` a `HeaderBlock`, both borrowed.
    public let head: Head?
    /// A piece of the body, with `BodySink.stream` only.
    public let body: Body?
    /// The buffer of a collected body must grow for `count` more bytes. - Returns: false when they, and all
    /// that follow, are to be dropped: the owner ends the exchange. nil: it always may.
    public let room: Room?
    /// The exchange is over, well or not (`Exchange.error`). The last event.
    public let end: End

    public init(head: Head? = nil, body: Body? = nil, room: Room? = nil, end: @escaping End) {
        self.head = head
        self.body = body
        self.room = room
        self.end = end
    }
}

/// What a transport did, for the verdict and for tests. Plain counters of one worker.
public struct TransportCounters: Sendable {
    public var requested: Int64 = 0
    public var established: Int64 = 0
    public var open: Int64 = 0
    public var openMax: Int64 = 0
    public var failed: Int64 = 0
    /// Kept-alive channels found closed by the server when they were to be used again.
    public var replayed: Int64 = 0
    public var descriptorsExhausted: Int64 = 0
    public var portsExhausted: Int64 = 0

    public init() {}

    /// Adds another worker's counters.
    public mutating func add(_ other: TransportCounters) {
        requested += other.requested
        established += other.established
        open += other.open
        openMax += other.openMax
        failed += other.failed
        replayed += other.replayed
        descriptorsExhausted += other.descriptorsExhausted
        portsExhausted += other.portsExhausted
    }
}

/// A transport as a context and a table of C functions: the real one (HTTPClient) or a simulated one.
public struct TransportPort {
    public typealias MakePool =
        @convention(c) (_ context: UnsafeMutableRawPointer, _ vu: Int64)
        -> UnsafeMutableRawPointer
    public typealias OnPool =
        @convention(c) (
            _ context: UnsafeMutableRawPointer, _ pool: UnsafeMutableRawPointer
        ) -> Void
    public typealias OnExchange =
        @convention(c) (
            _ context: UnsafeMutableRawPointer, _ exchange: UnsafeMutableRawPointer
        ) -> Void
    public typealias Pass = @convention(c) (_ context: UnsafeMutableRawPointer, _ nowNs: Int64) -> Int64
    public typealias Prepare =
        @convention(c) (
            _ context: UnsafeMutableRawPointer, _ draft: UnsafeRawPointer
        ) -> UnsafeMutableRawPointer

    public let context: UnsafeMutableRawPointer
    /// Encodes a `RequestDraft` into a `PreparedRequest` that knows its destination; `PreparedRequest.free`
    /// frees it.
    public let prepare: Prepare
    /// A pool of channels for one VU, whose number picks a source address.
    public let makePool: MakePool
    /// Closes a pool's channels; its exchanges must have ended.
    public let freePool: OnPool
    /// An iteration of this VU ended: idle channels may have to be closed.
    public let iterationEnded: OnPool
    public let open: OnExchange
    /// Ends an exchange early: its channel is closed and **no** further event comes.
    public let cancel: OnExchange
    /// Time-outs and failures that wait to be told. - Returns: when it wants to be called again.
    public let pass: Pass

    public init(
        context: UnsafeMutableRawPointer, prepare: @escaping Prepare, makePool: @escaping MakePool,
        freePool: @escaping OnPool,
        iterationEnded: @escaping OnPool, open: @escaping OnExchange, cancel: @escaping OnExchange,
        pass: @escaping Pass
    ) {
        self.context = context
        self.prepare = prepare
        self.makePool = makePool
        self.freePool = freePool
        self.iterationEnded = iterationEnded
        self.open = open
        self.cancel = cancel
        self.pass = pass
    }
}
