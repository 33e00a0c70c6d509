// What the sessions of one worker share: OpenSSL's context, one spare output buffer, the key log. Made at
// set-up by the client and server contexts; a session retains its context, so it may be dropped at any time.

import Base
import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public class TLSContext {
    /// Receives one line in the key log format of NSS, without the newline, on the thread of the handshake.
    public typealias KeyLogSink = (UnsafeRawBufferPointer) -> Void

    let handle: OpaquePointer
    let spare: UnsafeMutablePointer<ByteBuffer>
    let keyLog: KeyLogSink?

    /// One key share is sent, the first group's: with the default of newer releases each handshake would pay
    /// 13 % for ML-KEM. The others are there for servers whose certificates are on those curves.
    static let groups = "X25519:P-256:P-384:P-521"

    init(isServer: Bool, keyLog: KeyLogSink?) throws(TLSSetupError) {
        guard let made = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw .openSSL("cannot make a TLS context")
        }
        handle = made
        self.keyLog = keyLog
        spare = .allocate(capacity: 1)
        spare.initialize(to: ByteBuffer())
        // Nobody resumes sessions: k6 does not, and a ticket nobody uses costs both sides.
        apus_ctx_session_cache_off(handle)
        _ = SSL_CTX_set_options(handle, apus_op_no_ticket())
        // Idle connections give their record buffers (2 × 17 KiB) back; a retried write may come from another
        // address.
        apus_ctx_set_mode(handle, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        guard apus_ctx_set_groups(handle, Self.groups) == 1 else {
            throw .openSSL("cannot set key share groups")
        }
        if keyLog != nil {
            SSL_CTX_set_keylog_callback(handle) { ssl, line in
                guard let line,
                    let sink = TLSSession.wire(of: ssl)?.pointee.context._withUnsafeGuaranteedRef(\.keyLog)
                else { return }
                sink(UnsafeRawBufferPointer(start: line, count: strlen(line)))
            }
        }
    }

    deinit {
        SSL_CTX_free(handle)
        spare.deinitialize(count: 1)
        spare.deallocate()
    }

    /// Sets the range of versions and, for those below TLS 1.3, the suites by their names in k6's notation.
    /// An empty list means the usual ones.
    func set(versionMin: TLSVersion, versionMax: TLSVersion, cipherSuites: [String]) throws(TLSSetupError) {
        if versionMin > versionMax {
            throw TLSSetupError("TLS versions: \(versionMin.name) to \(versionMax.name) is an empty range")
        }
        for name in cipherSuites where !TLSCipherSuites.isKnown(name) {
            throw TLSSetupError("unknown cipher suite '\(name)'")
        }
        let names = cipherSuites.isEmpty ? TLSCipherSuites.usual : cipherSuites
        let available = names.compactMap(TLSCipherSuites.openSSLName)
        var lowest = versionMin
        if available.isEmpty {
            // Only suites of TLS 1.3, which options do not choose from, or only suites this OpenSSL has
            // dropped.
            if versionMax < .tls13
                || !names.contains(where: { $0.hasPrefix("TLS_") && !$0.contains("_WITH_") })
            {
                throw TLSSetupError(
                    "none of the cipher suites is available: \(names.joined(separator: ", "))")
            }
            lowest = .tls13
        } else {
            // Level 1 accepts what Go accepts (RSA from 1024 bits, no SHA-1 signatures); the versions before
            // TLS 1.2 need their MD5 and SHA-1 handshake, which only level 0 allows.
            let level = versionMin < .tls12 ? "@SECLEVEL=0" : "@SECLEVEL=1"
            let list = (available + [level]).joined(separator: ":")
            guard SSL_CTX_set_cipher_list(handle, list) == 1 else {
                throw .openSSL("cannot set cipher suites")
            }
        }
        guard SSL_CTX_set_ciphersuites(handle, TLSCipherSuites.tls13) == 1 else {
            throw .openSSL("cannot set the cipher suites of TLS 1.3")
        }
        guard apus_ctx_set_version_min(handle, Int32(lowest.rawValue)) == 1,
            apus_ctx_set_version_max(handle, Int32(versionMax.rawValue)) == 1
        else { throw .openSSL("cannot set TLS versions \(versionMin.name) to \(versionMax.name)") }
    }

    /// Adds the certificates of a PEM text to the trusted ones.
    func trust(pem: String) throws(TLSSetupError) {
        let store = SSL_CTX_get_cert_store(handle)
        for certificate in try PEM.certificates(pem) {
            guard X509_STORE_add_cert(store, certificate.handle) == 1 else {
                throw .openSSL("cannot add a trusted certificate")
            }
        }
    }
}
