// One TLS connection, either end, without any I/O: the owner of the socket feeds what came in, takes
// plaintext out, and sends what stands in `output`. Used by the HTTP client's channels and the HTTP server's;
// read and write are hot.
//
// A round: `feed(bytes)`, then `handshake()` or `read(into:)` until it says `.incomplete`, then `keepRest()`
// before the bytes go away, then send `output` and report it with `sent`. Any call may add to `output`.
//
// OpenSSL's error queue belongs to the thread and must be empty when a call may fail. Clearing it costs 30
// ns, so it is not cleared before each read and write: whoever makes OpenSSL fail, here or in Codec, empties
// it.

import Base
import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct TLSSession: ~Copyable {
    private let ssl: OpaquePointer
    private let wire: UnsafeMutablePointer<TLSWire>

    /// The client's end of a connection to `host`, a name or an IP literal (brackets allowed): the name goes
    /// into the handshake, and the certificate must be for that name or address.
    public init(client context: TLSClientContext, host: String) {
        self.init(context)
        SSL_set_connect_state(ssl)
        var host = host[...]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let isAddress = Self.isIPLiteral(String(host))
        // The dot of a fully qualified name belongs neither into the handshake nor into a certificate.
        if !isAddress, host.hasSuffix(".") { host = host.dropLast() }
        let name = String(host)
        if !isAddress {
            // Refused only for a name over 255 bytes; the handshake then goes without, and verification
            // decides.
            if apus_set_server_name(ssl, name) != 1 { ERR_clear_error() }
        }
        if !context.verifies { return }
        let parameters = SSL_get0_param(ssl)
        // Go looks at the alternative names only, never at the subject.
        X509_VERIFY_PARAM_set_hostflags(
            parameters, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // OpenSSL would check nothing for an empty name, take ".a" for every name below a, and refuse a NUL.
        let isName = !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(0)
        let expected = isName ? name : "host.invalid"
        let set =
            isAddress
            ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name)
            : X509_VERIFY_PARAM_set1_host(parameters, expected, expected.utf8.count)
        precondition(set == 1, "out of memory for the host to verify")
    }

    /// The server's end of a connection.
    public init(server context: TLSServerContext) {
        self.init(context)
        SSL_set_accept_state(ssl)
    }

    private init(_ context: TLSContext) {
        guard let ssl = SSL_new(context.handle), let bio = BIO_new(TLSBIO.method) else {
            fatalError("out of memory for a TLS session")
        }
        self.ssl = ssl
        wire = .allocate(capacity: 1)
        wire.initialize(to: TLSWire(context: .passRetained(context), spare: context.spare))
        BIO_set_data(bio, wire)
        SSL_set_bio(ssl, bio, bio)
        SSL_set_ex_data(ssl, 0, wire)
    }

    deinit {
        SSL_free(ssl)
        let context = wire.pointee.context
        wire.deinitialize(count: 1)
        wire.deallocate()
        context.release()
    }

    static func wire(of ssl: OpaquePointer?) -> UnsafeMutablePointer<TLSWire>? {
        SSL_get_ex_data(ssl, 0)?.assumingMemoryBound(to: TLSWire.self)
    }

    public static func isIPLiteral(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }

    // MARK: bytes

    /// Lends ciphertext from the peer. The bytes must stay valid until all were read (`.incomplete`) or
    /// `keepRest()`.
    @inline(__always)
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) { wire.pointee.feed(bytes) }

    /// Copies what was fed and not yet read; call it when the fed bytes go away. Costs nothing when all was
    /// read.
    @inline(__always)
    public mutating func keepRest() { wire.pointee.keepRest() }

    /// Fed bytes that no call has read yet. A reader that stopped early comes back with `read` when it wants
    /// more.
    public var unreadCount: Int { wire.pointee.inputCount }

    /// Ciphertext for the peer. Valid until the next call.
    @inline(__always)
    public var output: UnsafeRawBufferPointer {
        let base = wire.pointee.output.base
        return UnsafeRawBufferPointer(
            start: base.map { $0 + wire.pointee.outputHead },
            count: wire.pointee.output.count - wire.pointee.outputHead)
    }

    /// The first `bytes` of `output` are on their way.
    @inline(__always)
    public mutating func sent(_ bytes: Int) { wire.pointee.sent(bytes) }

    // MARK: the protocol

    /// Goes as far as the input allows. A client calls it once before anything was fed, to get its first
    /// flight.
    /// - Returns: `.done` (zero bytes), `.incomplete` or `.failed`.
    public mutating func handshake() -> TLSResult {
        switch wire.pointee.state {
        case .handshaking: break
        case .open: return .done
        case .closed: return .closed
        case .failed: return .failed
        }
        if wire.pointee.peek.isForeign { return fail(.recordHeader) }
        ERR_clear_error()
        let status = SSL_do_handshake(ssl)
        if status == 1 {
            wire.pointee.state = .open
            return .done
        }
        return stopped(status)
    }

    /// Decrypts into `buffer`, at most one record per call.
    /// - Returns: `.bytes`, `.incomplete`, `.closed` or `.failed`.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSResult {
        guard wire.pointee.state == .open else { return notOpen }
        // The common end of a round: all input is used up and the last record was read whole. Asking OpenSSL
        // again would only allocate and free a record buffer.
        if wire.pointee.inputCount == 0 && !wire.pointee.mayHoldMore { return .incomplete }
        assert(ERR_peek_error() == 0, "somebody left an error in OpenSSL's queue")
        let wanted = Int32(clamping: buffer.count)
        let count = SSL_read(ssl, buffer.baseAddress, wanted)
        if count > 0 {
            wire.pointee.mayHoldMore = count == wanted
            return .bytes(Int(count))
        }
        return stopped(count)
    }

    /// Encrypts all of `bytes` into `output`. The caller bounds the output by how much it gives at a time.
    /// - Returns: `.bytes(bytes.count)`; `.incomplete` when the peer renegotiates (TLS 1.2): nothing counts
    ///   as written, call again with the same bytes after the next read; `.closed` or `.failed`.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) -> TLSResult {
        guard wire.pointee.state == .open || wire.pointee.state == .closed else { return notOpen }
        if bytes.isEmpty { return .done }
        assert(ERR_peek_error() == 0, "somebody left an error in OpenSSL's queue")
        var written = 0
        let status = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &written)
        return status == 1 ? .bytes(written) : stopped(status)
    }

    /// Puts a close_notify into `output`. The session may still be read until the peer closes as well.
    public mutating func close() {
        guard wire.pointee.state == .open || wire.pointee.state == .closed else { return }
        ERR_clear_error()
        // Zero means that the peer has not closed yet, which nobody waits for.
        if SSL_shutdown(ssl) < 0 { ERR_clear_error() }
    }

    /// The transport has ended.
    /// - Returns: `.closed` after a close_notify; otherwise `.failed` with a failure of the kind `truncated`,
    ///   which the caller may well forgive (Go does, between records) but has to know of.
    public mutating func inputEnded() -> TLSResult {
        switch wire.pointee.state {
        case .closed: return .closed
        case .failed: return .failed
        case .handshaking, .open:
            return fail(TLSFailure(.truncated, isInsideRecord ? "unexpected EOF" : "EOF"))
        }
    }

    // MARK: what is known

    /// Why the last call said `.failed`.
    public var failure: TLSFailure? { wire.pointee.failure }

    public var isOpen: Bool { wire.pointee.state == .open }

    /// The peer answered in plain HTTP.
    public var isPeerPlainHTTP: Bool { wire.pointee.peek.isHTTP }

    /// What was agreed on, or nil before the handshake is over.
    public var info: TLSInfo? {
        guard let cipher = apus_current_cipher(ssl),
            let version = TLSVersion(rawValue: UInt16(SSL_version(ssl)))
        else {
            return nil
        }
        return TLSInfo(version: version, cipherSuite: SSL_CIPHER_get_protocol_id(cipher))
    }

    /// The protocol the server selected by ALPN, or nil when it selected none (then HTTP/1.1 is spoken).
    public var selectedProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        return count == 0
            ? nil : String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Handshakes this session went through: more than one when the server renegotiates (TLS 1.2).
    var handshakeCount: Int { 1 + apus_renegotiations(ssl) }

    /// Asks the client for a new handshake; for the tests of the other end.
    mutating func renegotiate() -> Bool { SSL_renegotiate(ssl) == 1 && SSL_do_handshake(ssl) == 1 }

    /// Bytes of the session's own input and output buffers, which an idle one does not have.
    var ownedBufferBytes: Int { wire.pointee.carry.capacity + wire.pointee.output.capacity }

    /// The common name of the peer's certificate, if it showed one.
    var peerCommonName: String? {
        guard let certificate = apus_peer_certificate(ssl) else { return nil }
        return Certificate.commonName(certificate)
    }

    // MARK: ends

    private var notOpen: TLSResult {
        switch wire.pointee.state {
        case .closed: return .closed
        case .failed: return .failed
        case .handshaking, .open: preconditionFailure("a TLS session was used before its handshake was over")
        }
    }

    /// The beginning of a record was read and not its end: bytes are pending, or just the header was taken
    /// ("read body").
    public var isInsideRecord: Bool {
        SSL_has_pending(ssl) == 1 || strcmp(SSL_rstate_string(ssl), "RB") == 0
    }

    /// A call did not finish: more input is needed, the peer has closed, or the session is broken.
    private mutating func stopped(_ status: Int32) -> TLSResult {
        switch SSL_get_error(ssl, status) {
        case SSL_ERROR_WANT_READ:
            wire.pointee.mayHoldMore = false
            return .incomplete
        case SSL_ERROR_ZERO_RETURN:
            wire.pointee.state = .closed
            return .closed
        default:
            if wire.pointee.peek.isForeign { return fail(.recordHeader) }
            // Verification has left its own finding, which the queue only knows as "verify failed".
            return fail(wire.pointee.failure ?? TLSFailure.fromErrorQueue())
        }
    }

    private mutating func fail(_ failure: TLSFailure) -> TLSResult {
        ERR_clear_error()
        wire.pointee.failure = failure
        wire.pointee.state = .failed
        return .failed
    }
}
