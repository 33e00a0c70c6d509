// An exchange on a ready channel: write, read, end. The hot path of the whole program; see tools/hotpath.list
// for what may not happen in it.

import Base
import EventLoop
import HTTP

extension Client {
    // MARK: - write

    @inline(__always)
    static func send(_ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>) {
        channel.pointee.state = .active
        if channel.pointee.secure != nil {
            sendSecurely(channel, exchange)
            return
        }
        channel.pointee.client.pointee.loop.mark(.write)
        let request = exchange.pointee.request
        let count = request.pointee.byteCount
        let written = Channel.socket(channel).tryWrite(request.pointee.bytes, count)
        if written == count {
            exchange.pointee.times.sent = Clock.now()
            exchange.pointee.sentByteCount += Int64(count)
        } else {
            sendRest(channel, exchange, written)
        }
    }

    /// The kernel took a part or nothing: the rest is queued, or the channel is broken.
    @inline(never)
    private static func sendRest(
        _ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>, _ written: Int
    ) {
        let request = exchange.pointee.request
        if written < 0, Int32(written) != SocketStatus.again {
            writeFailed(channel, exchange, Int32(written), isUnsent: true)
            return
        }
        let start = max(written, 0)
        let status = Channel.socket(channel).queueWrite(
            request.pointee.bytes + start, request.pointee.byteCount - start)
        if status != 0 {
            writeFailed(channel, exchange, status)
            return
        }
        channel.pointee.isWriteQueued = true
        exchange.pointee.sentByteCount += Int64(request.pointee.byteCount)
    }

    static func written(_ channel: ChannelRef, _ status: Int32) {
        let now = Clock.now()
        channel.pointee.client.pointee.loop.touch(now)
        channel.pointee.isWriteQueued = false
        if channel.pointee.secure != nil {
            secureWritten(channel, status, now)
            return
        }
        guard channel.pointee.state == .active, let exchange = channel.pointee.exchange else { return }
        if status == 0 { noteSent(exchange, now) } else { writeFailed(channel, exchange, status) }
    }

    /// The last byte of the request is gone. An answer may have begun before; then sending ended with it, so
    /// that the phases follow one another.
    static func noteSent(_ exchange: UnsafeMutablePointer<Exchange>, _ now: Instant) {
        let firstByte = exchange.pointee.times.firstByte
        exchange.pointee.times.sent = firstByte.isSet ? firstByte : now
    }

    /// A write that failed on a kept-alive channel is tried once more on a new one, if the request may be
    /// repeated or no byte of it went out; otherwise the exchange fails. Never tells the owner from within
    /// `open`.
    @inline(never)
    static func writeFailed(
        _ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>, _ status: Int32,
        isUnsent: Bool = false
    ) {
        let client = channel.pointee.client
        let wasReused = exchange.pointee.flags.contains(.reusedChannel)
        let place = FailurePlace(channel, isWrite: true)
        channel.pointee.exchange = nil
        close(channel)
        if wasReused, isUnsent || exchange.pointee.request.pointee.isReplayable {
            replay(client, exchange)
        } else {
            failLater(client, exchange, client.pointee.wireError(status, isWrite: true), place)
        }
    }

    /// Sends the exchange again on a channel of its own: the kept-alive one had been closed by the server.
    static func replay(_ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>) {
        client.pointee.counters.replayed += 1
        let (opened, intended) = (exchange.pointee.times.opened, exchange.pointee.times.intended)
        let (sent, received) = (exchange.pointee.sentByteCount, exchange.pointee.receivedByteCount)
        exchange.pointee.rearm(opened: opened, intended: intended)
        // What the first attempt moved was on the wire, too.
        exchange.pointee.sentByteCount = sent
        exchange.pointee.receivedByteCount = received
        dial(client, exchange.pointee.pool.assumingMemoryBound(to: Pool.self), exchange)
    }

    mutating func wireError(_ status: Int32, isWrite: Bool) -> ExchangeError {
        switch status {
        case SocketStatus.brokenPipe: return ExchangeError(.brokenPipe, .brokenPipe)
        case SocketStatus.reset: return ExchangeError(.resetByPeer, .resetByPeer)
        default:
            return ExchangeError(.tcpUnknownErrno, text: errnoText(isWrite ? "write" : "read", status))
        }
    }

    // MARK: - read

    @inline(__always)
    static func bytesArrived(_ channel: ChannelRef, _ bytes: UnsafeMutableRawPointer?, _ count: Int) {
        let now = Clock.now()
        channel.pointee.client.pointee.loop.touch(now)
        if count > 0, channel.pointee.state == .active, channel.pointee.secure == nil {
            let exchange = channel.pointee.exchange.unsafelyUnwrapped
            exchange.pointee.receivedByteCount += Int64(count)
            take(channel, exchange, bytes.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), count, now)
        } else {
            otherArrived(channel, bytes, count, now)
        }
    }

    /// Plain bytes of the response, from the socket or out of TLS.
    @inline(__always)
    static func take(
        _ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafePointer<UInt8>,
        _ count: Int, _ now: Instant
    ) {
        channel.pointee.client.pointee.loop.mark(.parse)
        if !exchange.pointee.times.firstByte.isSet { exchange.pointee.times.firstByte = now }
        let scratch = channel.pointee.client.pointee.scratch
        let result = channel.pointee.parser.feed(bytes, count, exchange: exchange, scratch: scratch)
        if result.outcome == .complete {
            complete(
                channel, exchange, now,
                mayReuse: channel.pointee.parser.keepsAlive && result.consumed == count)
        } else if result.outcome != .more {
            brokenMessage(channel, result.outcome, UnsafeBufferPointer(start: bytes, count: count), now)
        }
    }

    @inline(__always)
    private static func complete(
        _ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>, _ now: Instant, mayReuse: Bool
    ) {
        exchange.pointee.times.done = now
        channel.pointee.exchange = nil
        channel.pointee.served &+= 1
        let pool = channel.pointee.pool
        let idleMax = channel.pointee.client.pointee.idleChannelsMax
        if mayReuse, exchange.pointee.times.sent.isSet, pool.pointee.idleCount < idleMax,
            !hasUnread(channel)
        {
            channel.pointee.state = .idle
            channel.pointee.next = pool.pointee.idle
            pool.pointee.idle = channel
            pool.pointee.idleCount += 1
        } else {
            // A response that came before the request was sent in full ends the channel, too.
            if !exchange.pointee.times.sent.isSet {
                exchange.pointee.times.sent = exchange.pointee.times.firstByte
            }
            exchange.pointee.flags.insert(.closing)
            close(channel)
        }
        channel.pointee.client.pointee.loop.mark(.iteration)
        exchange.pointee.events.pointee.end(exchange)
    }

    @inline(never)
    private static func brokenMessage(
        _ channel: ChannelRef, _ outcome: ParseOutcome, _ bytes: UnsafeBufferPointer<UInt8>, _ now: Instant
    ) {
        // An upgrade nobody asked for is as malformed as garbage.
        var error = ExchangeError(.generic, outcome == .headTooLarge ? .headTooLarge : .malformedResponse)
        if outcome == .malformed, let text = channel.pointee.parser.diagnosis(of: bytes) {
            error.text = channel.pointee.client.pointee.texts.number(of: text)
        }
        fail(channel, error, now)
    }

    /// Everything but bytes for a plain active exchange: TLS, tunnels, the end of the connection, and what
    /// nobody asked for.
    @inline(never)
    private static func otherArrived(
        _ channel: ChannelRef, _ bytes: UnsafeMutableRawPointer?, _ count: Int, _ now: Instant
    ) {
        if count <= 0 {
            let status = count == 0 ? Channel.socket(channel).takeError() : Int32(count)
            if channel.pointee.secure != nil, status == 0 {
                secureEnded(channel, now)
            } else {
                ended(channel, status, now)
            }
            return
        }
        let content = UnsafeRawBufferPointer(start: bytes, count: count)
        switch channel.pointee.state {
        case .tunnelling: tunnelAnswered(channel, content, now)
        case .securing, .active: secureArrived(channel, content, now)
        case .idle where channel.pointee.secure != nil: secureArrived(channel, content, now)
        case .idle:
            // Bytes without a request: the channel cannot be trusted with another one.
            removeIdle(channel)
            close(channel)
        case .resolving, .queued, .connecting, .closing: break
        }
    }

    /// The peer closed (status 0) or the connection broke.
    static func ended(_ channel: ChannelRef, _ status: Int32, _ now: Instant) {
        switch channel.pointee.state {
        case .idle:
            removeIdle(channel)
            close(channel)
        case .active:
            let exchange = channel.pointee.exchange!
            if channel.pointee.parser.isMidMessage {
                if status == 0, channel.pointee.parser.finish(exchange: exchange) == .complete {
                    complete(channel, exchange, now, mayReuse: false)
                } else {
                    var error = ExchangeError(.generic, .unexpectedEndOfFile)
                    if status != 0 {
                        error = channel.pointee.client.pointee.wireError(status, isWrite: false)
                    } else if let text = channel.pointee.parser.diagnosisOfEnd {
                        error.text = channel.pointee.client.pointee.texts.number(of: text)
                    }
                    fail(channel, error, now)
                }
            } else if exchange.pointee.flags.contains(.reusedChannel),
                exchange.pointee.request.pointee.isReplayable
            {
                let client = channel.pointee.client
                channel.pointee.exchange = nil
                close(channel)
                replay(client, exchange)
            } else {
                let error =
                    status == 0
                    ? ExchangeError(.generic, .endOfFile)
                    : channel.pointee.client.pointee.wireError(status, isWrite: false)
                fail(channel, error, now)
            }
        case .tunnelling, .securing:
            let text: ErrorTexts.Fixed =
                channel.pointee.state == .tunnelling ? .unexpectedEndOfFile : .endOfFile
            let error =
                status == 0
                ? ExchangeError(.generic, text)
                : channel.pointee.client.pointee.wireError(status, isWrite: false)
            fail(channel, error, now)
        case .resolving, .queued, .connecting, .closing: break
        }
    }

    // MARK: - end

    /// Ends the channel and its exchange with an error. Called from events and passes, never from within
    /// `open`.
    @inline(never)
    static func fail(_ channel: ChannelRef, _ error: ExchangeError, _ now: Instant) {
        guard let exchange = channel.pointee.exchange else {
            close(channel)
            return
        }
        let client = channel.pointee.client
        channel.pointee.exchange = nil
        if error.limit == .descriptors { client.pointee.counters.descriptorsExhausted += 1 }
        if error.limit == .ports { client.pointee.counters.portsExhausted += 1 }
        client.pointee.counters.failed += 1
        client.pointee.failurePlace = FailurePlace(channel)
        close(channel)
        exchange.pointee.error = error
        exchange.pointee.channel = nil
        exchange.pointee.times.done = now
        exchange.pointee.events.pointee.end(exchange)
    }

    static func close(_ channel: ChannelRef) {
        let wasEstablished: Bool
        switch channel.pointee.state {
        case .closing: return
        case .resolving:
            removeResolving(channel)
            wasEstablished = false
        case .queued:
            removeQueued(channel)
            wasEstablished = false
        case .connecting: wasEstablished = false
        case .tunnelling, .securing, .idle, .active: wasEstablished = true
        }
        if wasEstablished { channel.pointee.client.pointee.counters.open -= 1 }
        if channel.pointee.secure != nil { sayGoodbye(channel) }
        if channel.pointee.state == .tunnelling {
            channel.pointee.client.pointee.tunnelHeads[channel.pointee.slot] = nil
        }
        channel.pointee.state = .closing
        channel.pointee.isWriteQueued = false
        channel.pointee.parser.abandon()
        if channel.pointee.isSocketOpen { Channel.socket(channel).close() } else { release(channel) }
    }

    static func closed(_ channel: ChannelRef) {
        channel.pointee.isSocketOpen = false
        release(channel)
    }

    /// The slot is free for the next dial.
    static func release(_ channel: ChannelRef) {
        let client = channel.pointee.client
        freeSecureState(channel)
        channel.pointee.next = client.pointee.freeList
        client.pointee.freeList = channel
    }
}
