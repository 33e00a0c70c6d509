// A client on a loop of its own, driven by the test's thread: requests are opened, the loop runs until they
// end or the time is up, and at the end nothing may be left open. Every test of this folder talks through it.

import Base
import EventLoop
import HTTP
import TLS
import Testing

@testable import HTTPClient

/// What a request came to.
struct Answer {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var code = ErrorCode.none
    var errorText = ""
    /// What people are told.
    var failureText = ""
    var flags: ExchangeFlags = []
    var times = ExchangeTimes()
    var sentByteCount: Int64 = 0
    var receivedByteCount: Int64 = 0
    var bodyByteCount: Int64 = 0
    /// The end event came; without it the test gave up waiting.
    var hasEnded = false
    /// The pass before the one that told the end, and when it asked for the next.
    var passBefore = Instant.never
    var wakeBefore = Instant.never
    /// CPU time of the loop's thread since that pass.
    var turnCPUNs: Int64 = 0

    var text: String { String(decoding: body, as: UTF8.self) }
    var isReused: Bool { flags.contains(.reusedChannel) }
    subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Whether the points in time of an exchange that went well follow one another.
    var isOrdered: Bool {
        let order = [times.opened, times.acquired, times.sent, times.firstByte, times.done]
        return order.allSatisfy(\.isSet) && zip(order, order.dropFirst()).allSatisfy { $0 <= $1 }
    }
}

struct Ask {
    var url: String
    var method = "GET"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Guards against hanging; tests of time-outs set their own.
    var timeoutMs: Int64 = 20_000
    var vu: Int64 = 1
    var sink = BodySink.collect
    /// Set on the request whatever the URL is.
    var refusal: RequestRefusal?

    init(_ url: String) { self.url = url }
}

/// One request under way.
final class Call {
    let ask: Ask
    fileprivate(set) var answer = Answer()
    fileprivate let exchange: UnsafeMutablePointer<Exchange>
    fileprivate let request: UnsafeMutablePointer<PreparedRequest>
    fileprivate let body: UnsafeMutablePointer<ByteBuffer>
    fileprivate weak var harness: Harness?
    /// The last byte of the request is gone.
    var isSent: Bool { exchange.pointee.times.sent.isSet }
    /// Called at the end event, when the block is the test's again.
    var onEnd: ((Call) -> Void)?

    fileprivate init(
        _ ask: Ask, _ request: UnsafeMutablePointer<PreparedRequest>, _ pool: UnsafeMutableRawPointer
    ) {
        self.ask = ask
        self.request = request
        body = .allocate(capacity: 1)
        body.initialize(to: ByteBuffer())
        exchange = .allocate(capacity: 1)
        // The owner is set below: `self` is not whole yet.
        exchange.initialize(
            to: Exchange(
                request: request, events: Harness.events, owner: UnsafeMutableRawPointer(exchange), pool: pool
            ))
        exchange.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
        exchange.pointee.sink = ask.sink
        exchange.pointee.body = body
    }

    deinit {
        PreparedRequest.free(request)
        body.deinitialize(count: 1)
        body.deallocate()
        exchange.deallocate()
    }

    fileprivate func ended() {
        let harness = harness!
        answer.hasEnded = true
        harness.ended += 1
        answer.status = Int(exchange.pointee.status)
        answer.body = Array(body.pointee.bytes)
        answer.code = exchange.pointee.error.code
        answer.errorText = harness.client.pointee.texts[exchange.pointee.error.text]
        answer.failureText = Client.failure(harness.client, of: exchange).text
        answer.flags = exchange.pointee.flags
        answer.times = exchange.pointee.times
        answer.sentByteCount = exchange.pointee.sentByteCount
        answer.receivedByteCount = exchange.pointee.receivedByteCount
        answer.bodyByteCount = exchange.pointee.bodyByteCount
        answer.passBefore = harness.passBefore
        answer.wakeBefore = harness.wakeBefore
        answer.turnCPUNs = Clock.threadCPUNs() - harness.passBeforeCPUNs
        onEnd?(self)
    }
}

final class Harness {
    let loop: Loop
    let client: UnsafeMutablePointer<Client>
    let port: TransportPort
    private var pools: [Int64: UnsafeMutableRawPointer] = [:]
    private var calls: [Call] = []
    private(set) var opened = 0
    fileprivate(set) var ended = 0
    private(set) var cancelled = 0
    /// The last pass that is over: its time, when it asked for the next, the thread's CPU time at its end.
    fileprivate var passBefore = Instant.never
    fileprivate var wakeBefore = Instant.never
    fileprivate var passBeforeCPUNs = Clock.threadCPUNs()

    nonisolated(unsafe) fileprivate static let events: UnsafeMutablePointer<ExchangeEvents> = {
        let events = UnsafeMutablePointer<ExchangeEvents>.allocate(capacity: 1)
        events.initialize(
            to: ExchangeEvents(
                head: { exchange, head in
                    Harness.call(exchange).answer.headers =
                        head.assumingMemoryBound(to: HeaderBlock.self).pointee.pairs()
                },
                body: { exchange, bytes, count in
                    Harness.call(exchange).body.pointee.append(
                        UnsafeRawBufferPointer(start: bytes, count: count))
                },
                end: { Harness.call($0).ended() }))
        return events
    }()

    private static func call(_ exchange: UnsafeMutableRawPointer) -> Call {
        Unmanaged<Call>.fromOpaque(exchange.assumingMemoryBound(to: Exchange.self).pointee.owner)
            .takeUnretainedValue()
    }

    init(
        _ settings: ClientSettings = ClientSettings(), security: TLSClientOptions? = nil,
        keyLog: KeyLogFile? = nil, probe: ProtocolProbe? = nil,
        resolver: Resolver? = nil, lookup: @escaping Resolver.Lookup = Resolver.systemLookup
    ) throws {
        loop = try Loop()
        let resolver = resolver ?? Resolver(settings: settings.dns, seed: 1, lookup: lookup)
        client = try Client.make(
            loop: loop, settings: settings, resolver: resolver,
            security: security.map { ClientSecurity($0, keyLog: keyLog, probe: probe) })
        port = Client.port(client)
    }

    func pool(_ vu: Int64) -> UnsafeMutableRawPointer {
        if let pool = pools[vu] { return pool }
        let pool = port.makePool(port.context, vu)
        pools[vu] = pool
        return pool
    }

    func idleCount(_ vu: Int64 = 1) -> Int32 {
        pool(vu).assumingMemoryBound(to: Pool.self).pointee.idleCount
    }

    @discardableResult
    func open(_ ask: Ask, onEnd: ((Call) -> Void)? = nil) -> Call {
        let url: RequestURL
        do { url = try RequestURL(parsing: ask.url) } catch { preconditionFailure("\(ask.url): \(error)") }
        var draft = RequestDraft(
            method: ask.method, url: url, headers: ask.headers, body: ask.body, userAgent: "apus-test")
        if let refusal = ask.refusal { draft.refusal = refusal }
        let request = withUnsafePointer(to: draft) { port.prepare(port.context, $0) }
        let call = Call(ask, request.assumingMemoryBound(to: PreparedRequest.self), pool(ask.vu))
        call.harness = self
        call.onEnd = onEnd
        calls.append(call)
        opened += 1
        let now = Clock.now()
        call.exchange.pointee.rearm(opened: now, intended: now)
        call.exchange.pointee.deadline = now + ask.timeoutMs * Ns.perMillisecond
        port.open(port.context, call.exchange)
        return call
    }

    func cancel(_ call: Call) {
        cancelled += 1
        port.cancel(port.context, call.exchange)
    }

    /// Runs the loop until `isDone`, or until the time is up. - Returns: whether it was done.
    @discardableResult
    func run(forMs milliseconds: Int64 = 30_000, until isDone: () -> Bool) -> Bool {
        let limit = Clock.now() + milliseconds * Ns.perMillisecond
        while true {
            let now = Clock.now()
            let next = port.pass(port.context, now.ns)
            (passBefore, wakeBefore) = (now, Instant(ns: next))
            passBeforeCPUNs = Clock.threadCPUNs()
            if isDone() { return true }
            if now >= limit { return false }
            loop.wake(at: Instant(ns: min(next, limit.ns)))
            loop.runOnce()
        }
    }

    func wait(_ milliseconds: Int64) { run(forMs: milliseconds) { false } }

    func fetch(_ ask: Ask) -> Answer {
        let call = open(ask)
        #expect(run(forMs: ask.timeoutMs + 1000) { call.answer.hasEnded }, "no end: \(ask.method) \(ask.url)")
        return call.answer
    }

    func fetch(_ url: String) -> Answer { fetch(Ask(url)) }

    func fetchAll(_ asks: [Ask]) -> [Answer] {
        let calls = asks.map { open($0) }
        #expect(run { calls.allSatisfy { $0.answer.hasEnded } }, "not every request ended")
        return calls.map(\.answer)
    }

    func iterationEnded(_ vu: Int64 = 1) { port.iterationEnded(port.context, pool(vu)) }

    /// Closes everything; a handle left open, a request without an end or a miscount fails the test.
    func finish() {
        #expect(opened == ended + cancelled, "opened \(opened), ended \(ended), cancelled \(cancelled)")
        for pool in pools.values { port.freePool(port.context, pool) }
        Client.shutDown(client)
        loop.destroy()
        #expect(client.pointee.counters.open == 0, "channels are counted as open")
        Client.free(client)
        // What a test does at an end may hold the calls and this.
        for call in calls { call.onEnd = nil }
        calls = []
    }
}

/// Runs a body with a harness and looks after its end.
func withHarness<T>(
    _ settings: ClientSettings = ClientSettings(), security: TLSClientOptions? = nil,
    keyLog: KeyLogFile? = nil, probe: ProtocolProbe? = nil,
    resolver: Resolver? = nil, lookup: @escaping Resolver.Lookup = Resolver.systemLookup,
    _ body: (Harness) throws -> T
) throws -> T {
    let harness = try Harness(
        settings, security: security, keyLog: keyLog, probe: probe, resolver: resolver, lookup: lookup)
    defer { harness.finish() }
    return try body(harness)
}

/// The exchange ended for a time-out of so many milliseconds: not before it; at the first pass after it, for
/// which the loop had been asked in time; and nothing kept the loop's thread busy meanwhile. How late that
/// pass was beyond this is the machine's affair.
func expectTimeOut(
    _ answer: Answer, ofMs milliseconds: Int64, sourceLocation: SourceLocation = #_sourceLocation
) {
    let due = answer.times.opened + milliseconds * Ns.perMillisecond
    #expect(answer.times.done >= due, "too early", sourceLocation: sourceLocation)
    #expect(answer.passBefore < due, "a pass let it go on", sourceLocation: sourceLocation)
    let isAsked = answer.passBefore < answer.times.opened || answer.wakeBefore <= due
    #expect(isAsked, "nobody asked to be woken for it", sourceLocation: sourceLocation)
    #expect(answer.turnCPUNs < 150 * Ns.perMillisecond, sourceLocation: sourceLocation)
}

func milliseconds(_ from: Instant, _ to: Instant = Clock.now()) -> Int64 { (to - from) / Ns.perMillisecond }
