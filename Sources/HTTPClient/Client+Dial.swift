// From an exchange without a channel to a channel that is ready: blocked names, look-up, source address,
// connect, the proxy's tunnel, TLS. Each step that fails fails the exchange with k6's code.

import Base
import EventLoop
import HTTP

extension Client {
    /// Encodes a draft for where it goes: behind a plain proxy the request line carries the whole URL.
    static func prepare(_ client: UnsafeMutablePointer<Client>, _ draft: UnsafePointer<RequestDraft>)
        -> UnsafeMutablePointer<PreparedRequest>
    {
        let url = draft.pointee.url
        var copy = draft.pointee
        let proxy = client.pointee.settings.proxies.proxy(for: url)
        if let proxy, !url.isSecure {
            copy.absoluteForm = true
            if let user = proxy.user {
                let token = proxyToken(user, proxy.password)
                copy.headers.append((name: "Proxy-Authorization", value: token))
            }
        }
        // Without this the server would keep a connection that nobody will use again.
        if client.pointee.settings.noConnectionReuse, copy.header("connection") == nil {
            copy.headers.append((name: "Connection", value: "close"))
        }
        let isIdempotent = copy.header("idempotency-key") != nil || copy.header("x-idempotency-key") != nil
        let destination =
            copy.refusal == nil ? client.pointee.number(of: url, proxy: proxy) : PreparedRequest.nowhere
        return PreparedRequest(
            copy.encode(), method: copy.method, isIdempotent: isIdempotent, destination: destination,
            refusal: copy.refusal
        ).boxed()
    }

    static func proxyToken(_ user: String, _ password: String?) -> String {
        RequestDraft.basicCredentials(user: user, password: password ?? "")
    }

    private mutating func number(of url: RequestURL, proxy: RequestURL?) -> Int32 {
        let written = url.writtenHost
        if let known = destinations.firstIndex(where: {
            $0.isSecure == url.isSecure && $0.written == written && $0.port == url.port && $0.proxy == proxy
        }) {
            return Int32(known)
        }
        // As in k6, the rules over names are about what is dialled: with a proxy between, the proxy.
        let near = proxy ?? url
        let (dialHost, dialPort) = HostRules.mapped(near.host, near.port, settings.hosts)
        destinations.append(
            Destination(
                isSecure: url.isSecure, host: url.host, port: url.port, proxy: proxy, dialHost: dialHost,
                dialPort: dialPort, address: SocketAddress(numeric: dialHost, port: dialPort),
                written: String(written),
                blocked: HostRules.blocking(near.host, settings.blockedHostnames).map {
                    "hostname (\(near.writtenHost)) is in a blocked pattern (\($0))"
                }))
        return Int32(destinations.count - 1)
    }

    @inline(never)
    static func dial(
        _ client: UnsafeMutablePointer<Client>, _ pool: UnsafeMutablePointer<Pool>,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) {
        client.pointee.counters.requested += 1
        if let refusal = exchange.pointee.request.pointee.refusal {
            let text = refusal.pointee.text
            let error = ExchangeError(refusal.pointee.code, text: client.pointee.texts.number(of: text))
            failLater(client, exchange, error, FailurePlace(text: text))
            return
        }
        let number = exchange.pointee.request.pointee.destination
        let destination = client.pointee.destinations[Int(number)]
        if let text = destination.blocked {
            let error = ExchangeError(.blockedHostname, .blockedHostname)
            failLater(client, exchange, error, FailurePlace(text: text))
            return
        }
        let channel = takeChannel(client, pool)
        channel.pointee.destination = number
        channel.pointee.exchange = exchange
        exchange.pointee.channel = UnsafeMutableRawPointer(channel)
        channel.pointee.dialDeadline = exchange.pointee.times.opened + client.pointee.settings.dialTimeoutNs
        setTimer(channel, min(channel.pointee.dialDeadline, exchange.pointee.deadline))
        if let address = destination.address {
            connectInTurn(channel, to: address)
        } else {
            channel.pointee.state = .resolving
            resolve(channel, destination, exchange.pointee.times.opened)
        }
    }

    private static func takeChannel(
        _ client: UnsafeMutablePointer<Client>, _ pool: UnsafeMutablePointer<Pool>
    )
        -> ChannelRef
    {
        if let channel = client.pointee.freeList {
            client.pointee.freeList = channel.pointee.next
            channel.pointee.next = nil
            channel.pointee.pool = pool
            channel.pointee.served = 0
            return channel
        }
        let channel = Channel.allocate(client: client, pool: pool, slot: Int32(client.pointee.channels.count))
        client.pointee.channels.append(channel)
        return channel
    }

    // MARK: - look-up

    /// - Parameter isWaiting: the channel has waited for the answer.
    private static func resolve(
        _ channel: ChannelRef, _ destination: Destination, _ now: Instant, isWaiting: Bool = false
    ) {
        let client = channel.pointee.client
        switch client.pointee.resolver.address(
            of: destination.dialHost, port: destination.dialPort, now: now, wakeup: client.pointee.wakeup,
            isWaiting: isWaiting)
        {
        case .address(let address): connectInTurn(channel, to: address)
        case .failed(let error) where error.code == .generic:
            // Known, but not with an address of the family that was asked for.
            let text = "lookup \(destination.dialHost): no such host"
            giveUp(channel, ExchangeError(.generic, text: client.pointee.texts.number(of: text)))
        case .failed(let error): giveUp(channel, error)
        case .pending:
            channel.pointee.next = client.pointee.resolving
            client.pointee.resolving = channel
        }
    }

    static func resumeResolving(_ client: UnsafeMutablePointer<Client>, _ now: Instant) {
        var link = client.pointee.resolving
        client.pointee.resolving = nil
        while let channel = link {
            link = channel.pointee.next
            channel.pointee.next = nil
            let destination = client.pointee.destinations[Int(channel.pointee.destination)]
            resolve(channel, destination, now, isWaiting: true)
        }
    }

    static func removeResolving(_ channel: ChannelRef) {
        let client = channel.pointee.client
        if client.pointee.resolving == channel {
            client.pointee.resolving = channel.pointee.next
            return
        }
        var link = client.pointee.resolving
        while let current = link {
            if current.pointee.next == channel {
                current.pointee.next = channel.pointee.next
                return
            }
            link = current.pointee.next
        }
    }

    /// The channel never got a socket: its exchange fails at the next pass and the slot is free again.
    @inline(never)
    private static func giveUp(_ channel: ChannelRef, _ error: ExchangeError) {
        let exchange = channel.pointee.exchange
        channel.pointee.exchange = nil
        channel.pointee.state = .closing
        if channel.pointee.isSocketOpen { Channel.socket(channel).close() } else { release(channel) }
        if let exchange { failLater(channel.pointee.client, exchange, error, FailurePlace(channel)) }
    }

    // MARK: - connect

    /// Many VUs may start at once. Each connect takes the kernel a while, so only some are made before the
    /// sockets are looked at again: the first connections are used, and timed, without waiting for the last.
    private static func connectInTurn(_ channel: ChannelRef, to address: SocketAddress) {
        let client = channel.pointee.client
        channel.pointee.remote = address
        if client.pointee.connectsLeft > 0, client.pointee.queuedFirst == nil {
            client.pointee.connectsLeft -= 1
            connect(channel, to: address)
            return
        }
        channel.pointee.state = .queued
        if let last = client.pointee.queuedLast {
            last.pointee.next = channel
        } else {
            client.pointee.queuedFirst = channel
        }
        client.pointee.queuedLast = channel
    }

    /// Has those connect whose turn it is.
    static func connectQueued(_ client: UnsafeMutablePointer<Client>) {
        while client.pointee.connectsLeft > 0, let channel = client.pointee.queuedFirst {
            client.pointee.connectsLeft -= 1
            removeQueued(channel)
            connect(channel, to: channel.pointee.remote!)
        }
    }

    /// Takes a channel off the queue, from its front or, when its exchange is given up, from within.
    static func removeQueued(_ channel: ChannelRef) {
        let client = channel.pointee.client
        var previous: ChannelRef?
        var link = client.pointee.queuedFirst
        while let current = link, current != channel {
            previous = current
            link = current.pointee.next
        }
        if let previous {
            previous.pointee.next = channel.pointee.next
        } else {
            client.pointee.queuedFirst = channel.pointee.next
        }
        if client.pointee.queuedLast == channel { client.pointee.queuedLast = previous }
        channel.pointee.next = nil
    }

    private static func connect(_ channel: ChannelRef, to address: SocketAddress) {
        let client = channel.pointee.client
        if client.pointee.settings.blacklist.contains(where: { $0.contains(address) }) {
            giveUp(channel, ExchangeError(.blacklistedIP, .blacklistedIP))
            return
        }
        let sources = client.pointee.settings.localAddresses.filter { $0.isIPv6 == address.isIPv6 }
        let socket = Channel.socket(channel)
        channel.pointee.state = .connecting
        channel.pointee.exchange!.pointee.times.connectStart = Clock.now()
        let status = socket.open(
            on: client.pointee.loop, family: sources.isEmpty ? 0 : address.family,
            owner: UnsafeMutableRawPointer(channel), events: client.pointee.events)
        if status != 0 {
            giveUp(channel, client.pointee.dialError(status))
            return
        }
        channel.pointee.isSocketOpen = true
        if !sources.isEmpty {
            let vu = max(channel.pointee.pool.pointee.vu - 1, 0)
            let bound = socket.bindSource(sources[Int(vu % Int64(sources.count))])
            if bound != 0 {
                giveUp(channel, client.pointee.dialError(bound))
                return
            }
        }
        let started = socket.connect(to: address)
        if started != 0 { giveUp(channel, client.pointee.dialError(started)) }
    }

    mutating func dialError(_ status: Int32) -> ExchangeError {
        switch status {
        case SocketStatus.refused: return ExchangeError(.dialRefused, .dialRefused)
        case SocketStatus.timedOut: return ExchangeError(.dialTimeout, .dialTimeout)
        case SocketStatus.descriptorsExhausted, SocketStatus.systemDescriptorsExhausted:
            return ExchangeError(.dialUnknownErrno, text: errnoText("dial", status), limit: .descriptors)
        case SocketStatus.addressNotAvailable, SocketStatus.addressInUse:
            return ExchangeError(.dialUnknownErrno, text: errnoText("dial", status), limit: .ports)
        default: return ExchangeError(.dialUnknownErrno, text: errnoText("dial", status))
        }
    }

    /// k6's words for an error number it has no code for.
    mutating func errnoText(_ operation: String, _ status: Int32) -> UInt16 {
        texts.number(of: "\(operation): unknown errno \(-status) error with msg `\(SystemText.of(-status))`")
    }

    static func connected(_ channel: ChannelRef, _ status: Int32) {
        let now = Clock.now()
        let client = channel.pointee.client
        client.pointee.loop.touch(now)
        guard channel.pointee.state == .connecting, let exchange = channel.pointee.exchange else { return }
        if status != 0 {
            fail(channel, client.pointee.dialError(status), now)
            return
        }
        let socket = Channel.socket(channel)
        exchange.pointee.times.connected = now
        client.pointee.counters.established += 1
        client.pointee.counters.open += 1
        client.pointee.counters.openMax = max(client.pointee.counters.openMax, client.pointee.counters.open)
        socket.setNoDelay()
        let reading = socket.startReading()
        if reading != 0 {
            fail(channel, client.pointee.dialError(reading), now)
            return
        }
        let destination = client.pointee.destinations[Int(channel.pointee.destination)]
        if destination.isSecure, let proxy = destination.proxy {
            requestTunnel(channel, destination, proxy, now)
        } else if destination.isSecure {
            secure(channel, destination, now)
        } else {
            ready(channel, now)
        }
    }

    /// The channel may carry its exchange.
    static func ready(_ channel: ChannelRef, _ now: Instant) {
        let exchange = channel.pointee.exchange!
        channel.pointee.dialDeadline = .distantFuture
        exchange.pointee.times.acquired = now
        send(channel, exchange)
    }
}

/// `hosts` and `blockHostnames`: k6's rules over names. Pure.
enum HostRules {
    /// The host and port to dial: `host:port` is looked for first, then `host`, then the longest wildcard.
    static func mapped(_ host: String, _ port: UInt16, _ hosts: [String: String]) -> (String, UInt16) {
        if hosts.isEmpty { return (host, port) }
        let wildcards = hosts.keys.filter { $0.hasPrefix("*") }.sorted { $0.utf8.count > $1.utf8.count }
        for candidate in ["\(host):\(port)", host] {
            if let value = hosts[candidate] { return target(value, port) }
            for pattern in wildcards where candidate.hasSuffix(pattern.dropFirst()) {
                return target(hosts[pattern]!, port)
            }
        }
        return (host, port)
    }

    private static func target(_ value: String, _ port: UInt16) -> (String, UInt16) {
        if value.hasPrefix("["), let close = value.firstIndex(of: "]") {
            let host = String(value[value.index(after: value.startIndex)..<close])
            let rest = value[value.index(after: close)...]
            return (host, UInt16(rest.dropFirst()) ?? port)
        }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let given = UInt16(parts[1]) { return (String(parts[0]), given) }
        return (value, port)
    }

    /// Patterns are names, with an optional `*` in front; numeric addresses are never blocked by name.
    /// - Returns: the first pattern that blocks the name.
    static func blocking(_ host: String, _ patterns: [String]) -> String? {
        if patterns.isEmpty || SocketAddress(numeric: host, port: 0) != nil { return nil }
        return patterns.first { pattern in
            pattern.hasPrefix("*") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
        }
    }
}
