// TLS on a channel: the session sees every byte before the parser does. Ciphertext goes out at once where the
// kernel takes it; what it does not take waits in the channel's own buffer.

import Base
import EventLoop
import HTTP
import TLS

/// One worker's TLS side, from options all workers share. Reading the system's authorities takes tens of
/// milliseconds, so the context is made when it is first needed: at set-up for an https target, else with the
/// first redirect to one.
public final class ClientSecurity {
    private let options: TLSClientOptions
    private let keyLog: KeyLogFile?
    /// Asks each new destination's server once for the protocol it prefers; nil for nobody. All workers' own.
    let probe: ProtocolProbe?
    private var made: TLSClientContext?

    public init(_ options: TLSClientOptions, keyLog: KeyLogFile?, probe: ProtocolProbe? = nil) {
        self.options = options
        self.keyLog = keyLog
        self.probe = probe
    }

    /// The context, made at the first call.
    /// - Throws: `TLSSetupError` for identities, cipher suites or trust that cannot be used.
    @discardableResult
    public func context() throws(TLSSetupError) -> TLSClientContext {
        if let made { return made }
        let context: TLSClientContext
        if let keyLog {
            context = try TLSClientContext(
                options,
                keyLog: { line in
                    // A full disk must not end the run; the file then simply lacks lines.
                    _ = keyLog.append(line)
                })
        } else {
            context = try TLSClientContext(options)
        }
        made = context
        return context
    }
}

struct SecureState: ~Copyable {
    var session: TLSSession
    /// Ciphertext lent to libuv until its written event.
    var queued = ByteBuffer()
    /// The request waits for the peer to finish renegotiating.
    var mustResend = false

    init(session: consuming TLSSession) { self.session = session }
}

extension Client {
    // MARK: - handshake

    static func secure(_ channel: ChannelRef, _ destination: Destination, _ now: Instant) {
        guard let security = channel.pointee.client.pointee.security else {
            preconditionFailure("a client without TLS was given an https request")
        }
        let context: TLSClientContext
        do { context = try security.context() } catch {
            let number = channel.pointee.client.pointee.texts.number(of: "tls: \(error.description)")
            fail(channel, ExchangeError(.tlsGeneric, text: number), now)
            return
        }
        channel.pointee.state = .securing
        channel.pointee.exchange!.pointee.times.secureStart = now
        let secure = UnsafeMutablePointer<SecureState>.allocate(capacity: 1)
        secure.initialize(
            to: SecureState(session: TLSSession(client: context, host: destination.host)))
        channel.pointee.secure = secure
        shakeHands(channel, secure, now)
    }

    private static func shakeHands(
        _ channel: ChannelRef, _ secure: UnsafeMutablePointer<SecureState>, _ now: Instant
    ) {
        let result = secure.pointee.session.handshake()
        if result == .failed {
            // The alert that says why is still owed to the peer.
            _ = flush(channel, secure)
            fail(channel, channel.pointee.client.pointee.tlsError(secure.pointee.session.failure), now)
            return
        }
        let exchange = channel.pointee.exchange!
        let flushed = flush(channel, secure)
        if flushed < 0 {
            fail(channel, channel.pointee.client.pointee.wireError(flushed, isWrite: true), now)
            return
        }
        if result == .incomplete { return }
        // The handshake's own time ends here, not when the event arrived: its arithmetic is part of it.
        let done = Clock.now()
        exchange.pointee.times.secured = done
        askProtocol(channel)
        ready(channel, done)
    }

    /// Has a destination's server asked for its protocol when the first channel to it is ready. Not through a
    /// proxy, where the tunnel would have to be asked for as well.
    @inline(never)
    private static func askProtocol(_ channel: ChannelRef) {
        let client = channel.pointee.client
        let number = Int(channel.pointee.destination)
        if client.pointee.destinations[number].wasProtocolAsked { return }
        client.pointee.destinations[number].wasProtocolAsked = true
        let destination = client.pointee.destinations[number]
        guard let probe = client.pointee.security?.probe, destination.proxy == nil,
            let address = channel.pointee.remote
        else { return }
        let hasSources = !client.pointee.settings.localAddresses.isEmpty
        probe.ask(
            ProtocolProbe.Question(
                host: destination.host, hostPort: destination.hostPort, address: address,
                source: hasSources ? Channel.socket(channel).localAddress()?.withPort(0) : nil))
    }

    mutating func tlsError(_ failure: TLSFailure?) -> ExchangeError {
        guard let failure else { return ExchangeError(.tlsGeneric, text: texts.number(of: "tls: failed")) }
        let code = ErrorCode(rawValue: UInt16(failure.errorCode)) ?? .generic
        return ExchangeError(code, text: texts.number(of: failure.text))
    }

    // MARK: - write

    @inline(never)
    static func sendSecurely(_ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>) {
        let secure = channel.pointee.secure!
        channel.pointee.client.pointee.loop.mark(.tls)
        exchange.pointee.flags.insert(.secure)
        if let info = secure.pointee.session.info {
            exchange.pointee.flags.insert(info.version == .tls13 ? .tls13 : .tls12)
        }
        let request = exchange.pointee.request
        let bytes = UnsafeRawBufferPointer(start: request.pointee.bytes, count: request.pointee.byteCount)
        let result = secure.pointee.session.write(bytes)
        if result == .incomplete {
            secure.pointee.mustResend = true
            return
        }
        secure.pointee.mustResend = false
        guard case .bytes = result else {
            writeFailed(channel, exchange, SocketStatus.brokenPipe)
            return
        }
        let flushed = flush(channel, secure)
        if flushed < 0 {
            writeFailed(channel, exchange, flushed)
        } else if !channel.pointee.isWriteQueued {
            noteSent(exchange, Clock.now())
        }
    }

    /// Sends what the session has for the peer. - Returns: 0, or a libuv error code.
    private static func flush(_ channel: ChannelRef, _ secure: UnsafeMutablePointer<SecureState>) -> Int32 {
        if channel.pointee.isWriteQueued { return 0 }
        let output = secure.pointee.session.output
        if output.isEmpty { return 0 }
        let count = output.count
        channel.pointee.client.pointee.loop.mark(.write)
        channel.pointee.exchange?.pointee.sentByteCount += Int64(count)
        let written = Channel.socket(channel).tryWrite(output.baseAddress!, count)
        if written == count {
            secure.pointee.session.sent(count)
            return 0
        }
        if written < 0, Int32(written) != SocketStatus.again { return Int32(written) }
        secure.pointee.queued.append(UnsafeRawBufferPointer(rebasing: output[max(written, 0)...]))
        secure.pointee.session.sent(count)
        let status = Channel.socket(channel).queueWrite(
            secure.pointee.queued.rawBytes.baseAddress!, secure.pointee.queued.count)
        if status == 0 { channel.pointee.isWriteQueued = true }
        return status
    }

    static func secureWritten(_ channel: ChannelRef, _ status: Int32, _ now: Instant) {
        guard let secure = channel.pointee.secure, channel.pointee.state != .closing else { return }
        secure.pointee.queued.removeAll(keepingCapacity: false)
        let flushed = status == 0 ? flush(channel, secure) : status
        if flushed < 0 {
            fail(channel, channel.pointee.client.pointee.wireError(flushed, isWrite: true), now)
        } else if !channel.pointee.isWriteQueued, channel.pointee.state == .active,
            !secure.pointee.mustResend,
            let exchange = channel.pointee.exchange, !exchange.pointee.times.sent.isSet
        {
            noteSent(exchange, now)
        }
    }

    // MARK: - read

    static func secureArrived(_ channel: ChannelRef, _ bytes: UnsafeRawBufferPointer, _ now: Instant) {
        let secure = channel.pointee.secure!
        channel.pointee.client.pointee.loop.mark(.tls)
        channel.pointee.exchange?.pointee.receivedByteCount += Int64(bytes.count)
        secure.pointee.session.feed(bytes)
        if channel.pointee.state == .securing { shakeHands(channel, secure, now) }
        if channel.pointee.state == .active || channel.pointee.state == .idle {
            readSecurely(channel, secure, now)
        }
        if channel.pointee.state != .closing { secure.pointee.session.keepRest() }
    }

    /// Hands decrypted bytes to the parser until the session wants more.
    private static func readSecurely(
        _ channel: ChannelRef, _ secure: UnsafeMutablePointer<SecureState>, _ now: Instant
    ) {
        let buffer = channel.pointee.client.pointee.plainBuffer
        while true {
            channel.pointee.client.pointee.loop.mark(.tls)
            switch secure.pointee.session.read(into: buffer) {
            case .bytes(let count):
                guard channel.pointee.state == .active, let exchange = channel.pointee.exchange else {
                    // Bytes nobody asked for: the channel cannot be trusted with another request.
                    if channel.pointee.state == .idle { removeIdle(channel) }
                    close(channel)
                    return
                }
                let plain = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
                take(channel, exchange, plain, count, now)
                if channel.pointee.state == .closing { return }
            case .incomplete:
                answerPeer(channel, secure, now)
                return
            case .closed:
                ended(channel, 0, now)
                return
            case .failed:
                if channel.pointee.state == .idle { removeIdle(channel) }
                fail(channel, channel.pointee.client.pointee.tlsError(secure.pointee.session.failure), now)
                return
            }
        }
    }

    /// Reading may have produced something to send (a key update, a renegotiation), or let a request go on.
    private static func answerPeer(
        _ channel: ChannelRef, _ secure: UnsafeMutablePointer<SecureState>, _ now: Instant
    ) {
        let flushed = flush(channel, secure)
        if flushed < 0 {
            if channel.pointee.state == .idle { removeIdle(channel) }
            fail(channel, channel.pointee.client.pointee.wireError(flushed, isWrite: true), now)
        } else if secure.pointee.mustResend, let exchange = channel.pointee.exchange {
            sendSecurely(channel, exchange)
        }
    }

    /// Whether bytes came with the end of an answer that do not belong to it.
    @inline(__always) static func hasUnread(_ channel: ChannelRef) -> Bool {
        guard let secure = channel.pointee.secure else { return false }
        return secure.pointee.session.unreadCount > 0
    }

    /// The transport's end behind TLS. As in Go an end between two records passes for a close_notify, but one
    /// inside a record cuts what it held, also a body that would last until the end.
    static func secureEnded(_ channel: ChannelRef, _ now: Instant) {
        let secure = channel.pointee.secure!
        let isCut = channel.pointee.state == .active && secure.pointee.session.isInsideRecord
        if isCut {
            fail(channel, ExchangeError(.generic, .unexpectedEndOfFile), now)
        } else {
            ended(channel, 0, now)
        }
    }

    // MARK: - end

    /// Tells the peer that nothing more will come, as far as that needs no waiting.
    static func sayGoodbye(_ channel: ChannelRef) {
        guard let secure = channel.pointee.secure, secure.pointee.session.isOpen,
            !channel.pointee.isWriteQueued
        else { return }
        secure.pointee.session.close()
        let output = secure.pointee.session.output
        if !output.isEmpty { _ = Channel.socket(channel).tryWrite(output.baseAddress!, output.count) }
    }

    static func freeSecureState(_ channel: ChannelRef) {
        guard let secure = channel.pointee.secure else { return }
        secure.deinitialize(count: 1)
        secure.deallocate()
        channel.pointee.secure = nil
    }
}
