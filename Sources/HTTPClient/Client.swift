// The real transport of one worker: opens exchanges on pooled channels, writes prepared bytes, feeds
// responses to the parser and tells the exchange's owner. Everything here runs on the worker's thread.
// Reached through `port`.

import Base
import EventLoop
import HTTP
import TLS

public struct Client: ~Copyable {
    public let loop: Loop
    let settings: ClientSettings
    let resolver: Resolver
    /// Sent by the resolver when an answer is there.
    let wakeup: Wakeup
    let security: ClientSecurity?
    let events: UnsafeMutablePointer<SocketEvents>
    let scratch: UnsafeMutablePointer<ParserScratch>
    /// Where decrypted bytes stand while the parser reads them.
    let plainBuffer: UnsafeMutableRawBufferPointer
    var destinations: [Destination] = []
    var channels: [ChannelRef] = []
    var freeList: ChannelRef?
    var resolving: ChannelRef?
    /// Channels that wait for their turn to connect, the first come first.
    var queuedFirst: ChannelRef?
    var queuedLast: ChannelRef?
    /// How many may connect before the sockets are looked at again.
    var connectsLeft = Limits.connectsPerPassMax
    /// Exchanges that failed before anything was sent; told at the next pass.
    var failedFirst: UnsafeMutablePointer<Exchange>?
    var failedLast: UnsafeMutablePointer<Exchange>?
    var failedCount = 0
    /// Where they failed.
    var failedPlaces: [UnsafeMutablePointer<Exchange>: FailurePlace] = [:]
    /// Where the exchange failed whose owner is being told.
    var failurePlace: FailurePlace?
    var timers = DeadlineHeap()
    public internal(set) var counters = TransportCounters()
    public internal(set) var texts = ErrorTexts()
    /// What proxies answered so far to CONNECT, by channel slot.
    var tunnelHeads: [Int32: [UInt8]] = [:]
    /// Channels a pool keeps at most; zero without reuse.
    let idleChannelsMax: Int32

    /// Makes the client of one worker. - Throws: `LoopError` when descriptors are exhausted.
    public static func make(
        loop: Loop, settings: ClientSettings, resolver: Resolver, security: ClientSecurity?
    ) throws(LoopError) -> UnsafeMutablePointer<Client> {
        let wakeup = try Wakeup(on: loop)
        let client = UnsafeMutablePointer<Client>.allocate(capacity: 1)
        client.initialize(
            to: Client(loop: loop, settings: settings, resolver: resolver, wakeup: wakeup, security: security)
        )
        return client
    }

    private init(
        loop: Loop, settings: ClientSettings, resolver: Resolver, wakeup: Wakeup, security: ClientSecurity?
    ) {
        self.loop = loop
        self.settings = settings
        self.resolver = resolver
        self.wakeup = wakeup
        self.security = security
        idleChannelsMax = settings.noConnectionReuse ? 0 : Int32(settings.idleChannelsMax)
        scratch = .allocate(capacity: 1)
        scratch.initialize(to: ParserScratch(keepsReasons: settings.keepsReasons))
        plainBuffer =
            security == nil
            ? UnsafeMutableRawBufferPointer(start: nil, count: 0)
            : .allocate(byteCount: Limits.readBufferBytes, alignment: 64)
        events = .allocate(capacity: 1)
        events.initialize(
            to: SocketEvents(
                connected: { Client.connected(Client.channel($0), $1) },
                read: { Client.bytesArrived(Client.channel($0), $1, $2) },
                written: { Client.written(Client.channel($0), $1) },
                closed: { Client.closed(Client.channel($0)) }))
    }

    deinit {
        scratch.deinitialize(count: 1)
        scratch.deallocate()
        plainBuffer.deallocate()
        events.deallocate()
    }

    @inline(__always) static func channel(_ owner: UnsafeMutableRawPointer) -> ChannelRef {
        owner.assumingMemoryBound(to: Channel.self)
    }

    /// Closes every channel. The loop must run afterwards until they are closed; then `free`.
    public static func shutDown(_ client: UnsafeMutablePointer<Client>) {
        client.pointee.resolver.forget(client.pointee.wakeup)
        for channel in client.pointee.channels where channel.pointee.state != .closing {
            channel.pointee.exchange = nil
            if channel.pointee.state == .idle { removeIdle(channel) }
            close(channel)
        }
        client.pointee.wakeup.close()
    }

    /// Frees the client; every channel must be closed and the loop have run.
    public static func free(_ client: UnsafeMutablePointer<Client>) {
        for channel in client.pointee.channels {
            precondition(!channel.pointee.isSocketOpen, "a client was freed with a channel still open")
            Channel.free(channel)
        }
        client.deinitialize(count: 1)
        client.deallocate()
    }

    /// The client as iterations see it.
    public static func port(_ client: UnsafeMutablePointer<Client>) -> TransportPort {
        TransportPort(
            context: UnsafeMutableRawPointer(client),
            prepare: { context, draft in
                UnsafeMutableRawPointer(
                    Client.prepare(Client.of(context), draft.assumingMemoryBound(to: RequestDraft.self)))
            },
            makePool: { _, vu in
                let pool = UnsafeMutablePointer<Pool>.allocate(capacity: 1)
                pool.initialize(to: Pool(vu: vu))
                return UnsafeMutableRawPointer(pool)
            },
            freePool: { _, pool in Client.freePool(pool.assumingMemoryBound(to: Pool.self)) },
            iterationEnded: { context, pool in
                if Client.of(context).pointee.settings.noVUConnectionReuse {
                    Client.closeIdle(pool.assumingMemoryBound(to: Pool.self))
                }
            },
            open: { Client.open(Client.of($0), $1.assumingMemoryBound(to: Exchange.self)) },
            cancel: { Client.cancel(Client.of($0), $1.assumingMemoryBound(to: Exchange.self)) },
            pass: { Client.pass(Client.of($0), Instant(ns: $1)).ns })
    }

    @inline(__always) private static func of(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<
        Client
    > {
        context.assumingMemoryBound(to: Client.self)
    }

    // MARK: - opening

    @inline(__always)
    static func open(_ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>) {
        let pool = exchange.pointee.pool.assumingMemoryBound(to: Pool.self)
        if let channel = takeIdle(pool, exchange.pointee.request.pointee.destination) {
            exchange.pointee.flags.insert(.reusedChannel)
            exchange.pointee.times.acquired = exchange.pointee.times.opened
            channel.pointee.exchange = exchange
            exchange.pointee.channel = UnsafeMutableRawPointer(channel)
            if exchange.pointee.deadline < channel.pointee.timerAt {
                setTimer(channel, exchange.pointee.deadline)
            }
            if exchange.pointee.request.pointee.isReplayable || stillOpen(channel) {
                send(channel, exchange)
            } else {
                writeFailed(channel, exchange, SocketStatus.brokenPipe, isUnsent: true)
            }
        } else {
            dial(client, pool, exchange)
        }
    }

    @inline(__always)
    private static func takeIdle(_ pool: UnsafeMutablePointer<Pool>, _ destination: Int32) -> ChannelRef? {
        guard let first = pool.pointee.idle else { return nil }
        if first.pointee.destination == destination {
            pool.pointee.idle = first.pointee.next
            pool.pointee.idleCount -= 1
            return first
        }
        return takeIdleBehind(first, pool, destination)
    }

    private static func takeIdleBehind(
        _ first: ChannelRef, _ pool: UnsafeMutablePointer<Pool>, _ destination: Int32
    ) -> ChannelRef? {
        var previous = first
        while let channel = previous.pointee.next {
            if channel.pointee.destination == destination {
                previous.pointee.next = channel.pointee.next
                pool.pointee.idleCount -= 1
                return channel
            }
            previous = channel
        }
        return nil
    }

    /// Whether an idle channel is as silent as it should be. Asked before a request that must not be sent
    /// twice: what the server did to the connection may wait in the kernel, and the write would not tell.
    @inline(never)
    private static func stillOpen(_ channel: ChannelRef) -> Bool {
        Channel.socket(channel).isSilent
    }

    static func removeIdle(_ channel: ChannelRef) {
        let pool = channel.pointee.pool
        var link = pool.pointee.idle
        if link == channel {
            pool.pointee.idle = channel.pointee.next
            pool.pointee.idleCount -= 1
            return
        }
        while let current = link {
            if current.pointee.next == channel {
                current.pointee.next = channel.pointee.next
                pool.pointee.idleCount -= 1
                return
            }
            link = current.pointee.next
        }
    }

    static func closeIdle(_ pool: UnsafeMutablePointer<Pool>) {
        while let channel = pool.pointee.idle {
            pool.pointee.idle = channel.pointee.next
            pool.pointee.idleCount -= 1
            close(channel)
        }
    }

    private static func freePool(_ pool: UnsafeMutablePointer<Pool>) {
        closeIdle(pool)
        pool.deallocate()
    }

    /// The number of an error's text, for errors found by whoever reads bodies.
    public mutating func number(ofErrorText text: String) -> UInt16 { texts.number(of: text) }

    /// Whom an exchange speaks or spoke to, up to the return from its end event; nil when it failed.
    public static func remoteAddress(of exchange: UnsafeMutablePointer<Exchange>) -> SocketAddress? {
        exchange.pointee.channel.flatMap { channel($0).pointee.remote }
    }

    /// The same of one that failed, too, within its end event; nil when it never had a connection.
    public static func peer(
        _ client: UnsafeMutablePointer<Client>, of exchange: UnsafeMutablePointer<Exchange>
    ) -> SocketAddress? {
        if let remote = remoteAddress(of: exchange) { return remote }
        return exchange.pointee.times.acquired.isSet ? client.pointee.failurePlace?.remote : nil
    }

    /// The cipher suite an exchange's channel agreed on, up to the return from its end event; nil without
    /// TLS.
    public static func cipherSuite(of exchange: UnsafeMutablePointer<Exchange>) -> UInt16? {
        guard let secure = exchange.pointee.channel.flatMap({ channel($0).pointee.secure }) else {
            return nil
        }
        return secure.pointee.session.info?.cipherSuite
    }

    public static func cipherSuiteName(_ id: UInt16) -> String { TLSCipherSuites.name(id: id) }

    /// Ends an exchange before its time: no event follows.
    static func cancel(_ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>) {
        if let raw = exchange.pointee.channel {
            let channel = channel(raw)
            channel.pointee.exchange = nil
            exchange.pointee.channel = nil
            close(channel)
            return
        }
        // Not on a channel: it waits in the list of failures.
        var link = client.pointee.failedFirst
        var previous: UnsafeMutablePointer<Exchange>?
        while let current = link {
            if current == exchange {
                removeFailed(client, current, after: previous)
                return
            }
            previous = current
            link = current.pointee.next
        }
    }

    private static func removeFailed(
        _ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>,
        after previous: UnsafeMutablePointer<Exchange>?
    ) {
        if let previous {
            previous.pointee.next = exchange.pointee.next
        } else {
            client.pointee.failedFirst = exchange.pointee.next
        }
        if client.pointee.failedLast == exchange { client.pointee.failedLast = previous }
        client.pointee.failedPlaces[exchange] = nil
        exchange.pointee.next = nil
        client.pointee.failedCount -= 1
    }

    // MARK: - the pass: time-outs, answers of the resolver, failures to tell

    static func pass(_ client: UnsafeMutablePointer<Client>, _ now: Instant) -> Instant {
        if client.pointee.resolving != nil { resumeResolving(client, now) }
        while let due = client.pointee.timers.popDue(now: now) { timerDue(client, due, now) }
        client.pointee.connectsLeft = Limits.connectsPerPassMax
        connectQueued(client)
        if client.pointee.failedFirst != nil { tellFailures(client, now) }
        if client.pointee.failedFirst != nil || client.pointee.queuedFirst != nil { return now }
        return client.pointee.timers.earliest ?? .distantFuture
    }

    /// Tells those that have failed by now; a failure that follows from telling one waits for the next pass.
    @inline(never)
    private static func tellFailures(_ client: UnsafeMutablePointer<Client>, _ now: Instant) {
        // One at a time off the list: whoever is told may cancel one that has not been told yet.
        var left = client.pointee.failedCount
        while left > 0, let exchange = client.pointee.failedFirst {
            left -= 1
            client.pointee.failurePlace = client.pointee.failedPlaces[exchange]
            removeFailed(client, exchange, after: nil)
            exchange.pointee.times.done = now
            exchange.pointee.events.pointee.end(exchange)
        }
    }

    /// Has `exchange` fail at the next pass; its owner may be in the middle of opening it.
    static func failLater(
        _ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>,
        _ error: ExchangeError, _ place: FailurePlace
    ) {
        client.pointee.failedPlaces[exchange] = place
        exchange.pointee.error = error
        exchange.pointee.channel = nil
        exchange.pointee.next = nil
        client.pointee.counters.failed += 1
        client.pointee.failedCount += 1
        if error.limit == .descriptors { client.pointee.counters.descriptorsExhausted += 1 }
        if error.limit == .ports { client.pointee.counters.portsExhausted += 1 }
        if let last = client.pointee.failedLast {
            last.pointee.next = exchange
        } else {
            client.pointee.failedFirst = exchange
        }
        client.pointee.failedLast = exchange
    }

    @inline(never)
    static func setTimer(_ channel: ChannelRef, _ at: Instant) {
        if at >= channel.pointee.timerAt { return }
        channel.pointee.timerAt = at
        channel.pointee.client.pointee.timers.insert(
            at: at, owner: UInt64(channel.pointee.slot), generation: 0)
    }

    /// One entry per channel waits in the heap; when it comes out, the deadline that counts is looked up.
    private static func timerDue(_ client: UnsafeMutablePointer<Client>, _ due: Deadline, _ now: Instant) {
        let channel = client.pointee.channels[Int(due.owner)]
        if due.at == channel.pointee.timerAt { channel.pointee.timerAt = .distantFuture }
        guard let exchange = channel.pointee.exchange, channel.pointee.state != .closing else { return }
        let deadline = min(exchange.pointee.deadline, channel.pointee.dialDeadline)
        if deadline > now {
            setTimer(channel, deadline)
        } else if exchange.pointee.deadline > now {
            fail(channel, ExchangeError(.dialTimeout, .dialTimeout), now)
        } else {
            fail(channel, ExchangeError(.requestTimeout, .requestTimeout), now)
        }
    }
}
