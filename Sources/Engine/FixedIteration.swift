// URL mode: an iteration is one prepared request and the redirects it leads to. No script, and on the usual
// path no allocation. A redirect is rare enough to be built when it comes.

import Base
import HTTP
import Metrics

/// What every VU of a worker requests.
public struct FixedRequest: Sendable {
    public var draft: RequestDraft
    public var timeoutNs: Int64
    public var redirectsMax: Int
    /// Whether the limit is k6's default rather than set: then reaching it is worth a warning.
    public var redirectsMaxIsDefault: Bool
    /// `noVUConnectionReuse`: the VU's idle connections are closed after each iteration.
    public var endsConnections = false

    public init(draft: RequestDraft, timeoutNs: Int64, redirectsMax: Int, redirectsMaxIsDefault: Bool) {
        self.draft = draft
        self.timeoutNs = timeoutNs
        self.redirectsMax = redirectsMax
        self.redirectsMaxIsDefault = redirectsMaxIsDefault
    }
}

/// One worker's factory of fixed iterations.
public final class FixedIterations {
    let request: FixedRequest
    let transport: TransportPort
    let samples: UnsafeMutablePointer<HTTPSamples>
    let limiter: RateLimiter?
    let first: UnsafeMutablePointer<PreparedRequest>
    /// By scenario: the number of the first request's tags.
    let requestNumbers: [Int32]
    let scenarios: [(name: String, tags: [String: String])]
    let events: UnsafeMutablePointer<ExchangeEvents>
    /// Redirect chains that ended at the default limit; the control thread warns once.
    public internal(set) var redirectLimitReached: Int64 = 0

    /// - Parameter samples: the worker's recorder; outlives the factory.
    public init(
        request: FixedRequest, transport: TransportPort, samples: UnsafeMutablePointer<HTTPSamples>,
        limiter: RateLimiter?, scenarios: [(name: String, tags: [String: String])]
    ) {
        self.request = request
        self.transport = transport
        self.samples = samples
        self.limiter = limiter
        self.scenarios = scenarios
        first = withUnsafePointer(to: request.draft) {
            transport.prepare(transport.context, $0).assumingMemoryBound(to: PreparedRequest.self)
        }
        let name = samples.pointee.tagging.givenName
        requestNumbers = scenarios.map { scenario in
            let url = scenario.tags["name"] ?? name ?? request.draft.url.maskedText
            return samples.pointee.number(
                of: RequestTags(
                    method: request.draft.method, url: url, name: url, scenario: scenario.name,
                    extra: scenario.tags))
        }
        events = .allocate(capacity: 1)
        events.initialize(
            to: ExchangeEvents(
                head: { FixedIteration.headArrived(FixedIteration.of(exchange: $0), $1) },
                end: { FixedIteration.exchangeEnded(FixedIteration.of(exchange: $0)) }))
    }

    deinit {
        PreparedRequest.free(first)
        events.deallocate()
    }

    /// What an exchange that is being opened requests, for `DebugTransport`.
    public func debugged(_ exchange: UnsafeMutablePointer<Exchange>) -> DebuggedRequest {
        let iteration = FixedIteration.of(exchange: UnsafeMutableRawPointer(exchange))
        let vu = iteration.pointee.vu
        let scenario = scenarios[Int(vu.pointee.scenario)]
        return DebuggedRequest(
            draft: iteration.pointee.chain?.pointee.sent ?? request.draft,
            tags: samples.pointee.tagging.loggedTags(
                scenario: scenario.name, group: "", own: scenario.tags),
            vu: vu.pointee.idInInstance, iteration: vu.pointee.iterationInInstance)
    }

    /// The factory as a worker sees it. The factory must outlive the worker.
    public var port: IterationPort {
        IterationPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            make: { context, vu in
                let factory = Unmanaged<FixedIterations>.fromOpaque(context).takeUnretainedValue()
                return FixedIteration.make(factory, vu.assumingMemoryBound(to: VU.self))
            },
            start: { FixedIteration.start(FixedIteration.of($0), Instant(ns: $1)) },
            woken: { FixedIteration.woken($0, Instant(ns: $1)) },
            interrupt: { FixedIteration.interrupt(FixedIteration.of($0)) },
            free: { FixedIteration.free(FixedIteration.of($0)) })
    }
}

struct FixedIteration: ~Copyable {
    /// First, so that an exchange's address is its iteration's.
    var exchange: Exchange
    let factory: Unmanaged<FixedIterations>
    let vu: UnsafeMutablePointer<VU>
    let open: TransportPort.OnExchange
    let transport: UnsafeMutableRawPointer
    let samples: UnsafeMutablePointer<HTTPSamples>
    let firstRequest: UnsafeMutablePointer<PreparedRequest>
    let timeoutNs: Int64
    let isLimited: Bool
    let endsConnections: Bool
    var isOpen = false
    /// A redirect chain under way; nil on the usual path.
    var chain: UnsafeMutablePointer<RedirectChain>?

    @inline(__always) static func of(_ data: UnsafeMutableRawPointer) -> UnsafeMutablePointer<FixedIteration>
    {
        data.assumingMemoryBound(to: FixedIteration.self)
    }

    @inline(__always)
    static func of(exchange: UnsafeMutableRawPointer) -> UnsafeMutablePointer<FixedIteration> {
        exchange.assumingMemoryBound(to: FixedIteration.self)
    }

    static func make(_ factory: FixedIterations, _ vu: UnsafeMutablePointer<VU>) -> UnsafeMutableRawPointer {
        let port = factory.transport
        let pool = port.makePool(port.context, vu.pointee.idInInstance)
        let iteration = UnsafeMutablePointer<FixedIteration>.allocate(capacity: 1)
        iteration.initialize(
            to: FixedIteration(
                exchange: Exchange(
                    request: factory.first, events: factory.events, owner: UnsafeMutableRawPointer(iteration),
                    pool: pool),
                factory: Unmanaged.passUnretained(factory), vu: vu, open: port.open, transport: port.context,
                samples: factory.samples, firstRequest: factory.first, timeoutNs: factory.request.timeoutNs,
                isLimited: factory.limiter != nil, endsConnections: factory.request.endsConnections))
        return UnsafeMutableRawPointer(iteration)
    }

    static func free(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        let port = iteration.pointee.factory.takeUnretainedValue().transport
        dropChain(iteration)
        port.freePool(port.context, iteration.pointee.exchange.pool)
        iteration.deinitialize(count: 1)
        iteration.deallocate()
    }

    @inline(__always)
    static func start(_ iteration: UnsafeMutablePointer<FixedIteration>, _ now: Instant) {
        if iteration.pointee.isLimited {
            startLimited(iteration, now)
        } else {
            send(iteration, now, iteration.pointee.vu.pointee.intended)
        }
    }

    @inline(__always)
    static func send(_ iteration: UnsafeMutablePointer<FixedIteration>, _ now: Instant, _ intended: Instant) {
        iteration.pointee.exchange.rearm(opened: now, intended: intended)
        iteration.pointee.exchange.request = UnsafePointer(iteration.pointee.firstRequest)
        iteration.pointee.exchange.deadline = now + iteration.pointee.timeoutNs
        iteration.pointee.isOpen = true
        iteration.pointee.open(iteration.pointee.transport, UnsafeMutableRawPointer(iteration))
    }

    /// With `rps` a request first waits for its turn.
    @inline(never)
    private static func startLimited(_ iteration: UnsafeMutablePointer<FixedIteration>, _ now: Instant) {
        let factory = iteration.pointee.factory.takeUnretainedValue()
        let slot = factory.limiter!.claim(now: now)
        if slot <= now {
            send(iteration, now, iteration.pointee.vu.pointee.intended)
        } else {
            Worker.wake(iteration.pointee.vu, at: slot)
        }
    }

    /// The worker's answer to `Worker.wake`.
    static func woken(_ data: UnsafeMutableRawPointer, _ now: Instant) {
        let iteration = of(data)
        send(iteration, now, iteration.pointee.vu.pointee.intended)
    }

    static func interrupt(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        if iteration.pointee.isOpen {
            let port = iteration.pointee.factory.takeUnretainedValue().transport
            port.cancel(port.context, UnsafeMutableRawPointer(iteration))
            iteration.pointee.isOpen = false
        }
        dropChain(iteration)
    }

    @inline(__always)
    static func headArrived(_ iteration: UnsafeMutablePointer<FixedIteration>, _ head: UnsafeRawPointer) {
        let status = iteration.pointee.exchange.status
        if status >= 300 && status < 400 || iteration.pointee.chain != nil {
            noteHead(iteration, head.assumingMemoryBound(to: HeaderBlock.self))
        }
    }

    @inline(__always)
    static func exchangeEnded(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        if iteration.pointee.chain == nil {
            let number = iteration.pointee.factory._withUnsafeGuaranteedRef {
                $0.requestNumbers[Int(iteration.pointee.vu.pointee.scenario)]
            }
            finishExchange(iteration, number)
            if iteration.pointee.endsConnections { endConnections(iteration) }
            Worker.iterationEnded(iteration.pointee.vu, iteration.pointee.exchange.times.done)
        } else {
            redirectEnded(iteration)
        }
    }

    @inline(never)
    static func endConnections(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        let port = iteration.pointee.factory.takeUnretainedValue().transport
        port.iterationEnded(port.context, iteration.pointee.exchange.pool)
    }

    /// Records the exchange and adds its bytes to the VU's.
    @inline(__always)
    static func finishExchange(_ iteration: UnsafeMutablePointer<FixedIteration>, _ number: Int32) {
        iteration.pointee.isOpen = false
        let exchange = UnsafeMutableRawPointer(iteration).assumingMemoryBound(to: Exchange.self)
        let vu = iteration.pointee.vu
        iteration.pointee.samples.pointee.record(
            exchange, request: number, vu: vu.pointee.idInInstance,
            iteration: vu.pointee.iterationInInstance)
        iteration.pointee.vu.pointee.sentByteCount += iteration.pointee.exchange.sentByteCount
        iteration.pointee.vu.pointee.receivedByteCount += iteration.pointee.exchange.receivedByteCount
    }
}
