// How the client's sessions behave: versions, suites, trust, client certificates. One per worker, made from
// the run's options before it starts.

import Base
import COpenSSL

public struct TLSClientOptions: Sendable {
    public enum Trust: Sendable {
        /// OpenSSL's default file and folder, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
        case system
        /// Only the certificates of this PEM text.
        case pem(String)
    }

    public var versionMin = TLSVersion.tls12
    public var versionMax = TLSVersion.tls13
    /// Names as in `TLSCipherSuites.names`; empty means the usual ones. Affects TLS 1.2 and below only.
    public var cipherSuites: [String] = []
    /// Accept any certificate.
    public var insecureSkipVerify = false
    public var trust = Trust.system
    /// Client certificates, presented when a server asks and its list of authorities fits. Like k6, one whose
    /// domains do not match is still presented when no better one is there.
    public var identities: [TLSIdentity] = []
    /// Offered by ALPN, the preferred one first; names of 1 to 255 bytes.
    public var protocols = ["http/1.1"]

    public init() {}
}

public final class TLSClientContext: TLSContext {
    let verifies: Bool
    let identities: [TLSLoadedIdentity]

    /// - Parameter keyLog: where the secrets of handshakes go (`SSLKEYLOGFILE`); nil for nowhere.
    public init(_ options: TLSClientOptions = TLSClientOptions(), keyLog: KeyLogSink? = nil)
        throws(TLSSetupError)
    {
        verifies = !options.insecureSkipVerify
        var loaded: [TLSLoadedIdentity] = []
        for identity in options.identities { loaded.append(try TLSLoadedIdentity(identity)) }
        identities = loaded
        try super.init(isServer: false, keyLog: keyLog)
        try set(
            versionMin: options.versionMin, versionMax: options.versionMax, cipherSuites: options.cipherSuites
        )
        // Go's client talks to servers that never heard of secure renegotiation.
        _ = SSL_CTX_set_options(handle, apus_op_legacy_server_connect())
        let offer = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        guard SSL_CTX_set_alpn_protos(handle, offer, UInt32(offer.count)) == 0 else {
            throw .openSSL("cannot set ALPN")
        }
        try setTrust(options.trust)
        if !identities.isEmpty {
            SSL_CTX_set_cert_cb(handle, chooseIdentity, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    private func setTrust(_ trust: TLSClientOptions.Trust) throws(TLSSetupError) {
        SSL_CTX_set_verify(handle, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        SSL_CTX_set_cert_verify_callback(handle, verifies ? TLSVerify.verify : TLSVerify.skip, nil)
        if !verifies { return }
        switch trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(handle) == 1 else {
                throw .openSSL("cannot use the system's certificates")
            }
        case .pem(let text): try self.trust(pem: text)
        }
        // Go takes any certificate among the trusted ones as an anchor, not only self-signed ones.
        X509_STORE_set_flags(SSL_CTX_get_cert_store(handle), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }

    /// The client certificate for a server that asks, or nil when none of its authorities issued one of ours.
    func identity(for ssl: OpaquePointer) -> TLSLoadedIdentity? {
        let authorities = SSL_get0_peer_CA_list(ssl)
        let host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) } ?? ""
        var fallback: TLSLoadedIdentity?
        for identity in identities where identity.isIssued(byOneOf: authorities) {
            if identity.isFor(host: host) { return identity }
            if fallback == nil { fallback = identity }
        }
        return fallback
    }
}

/// OpenSSL's question for a client certificate. 1: go on with what is set, 0: fail.
private func chooseIdentity(_ ssl: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> Int32 {
    let context = Unmanaged<TLSClientContext>.fromOpaque(context!).takeUnretainedValue()
    guard let identity = context.identity(for: ssl!) else { return 1 }
    return identity.use(in: ssl!) ? 1 : 0
}
