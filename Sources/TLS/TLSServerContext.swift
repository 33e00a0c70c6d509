// How a server's sessions behave: its certificate, versions, and whether clients must show one of their own.
// Made by the embedded target, the REST server and the tests.

import Base
import COpenSSL

public struct TLSServerOptions: Sendable {
    public enum ClientCertificate: Sendable {
        case none
        /// Asked for, and verified against this PEM text of authorities if one is shown.
        case requested(authorities: String)
        /// The handshake fails without one.
        case required(authorities: String)
    }

    public var versionMin = TLSVersion.tls12
    public var versionMax = TLSVersion.tls13
    /// Names as in `TLSCipherSuites.names`; empty means the usual ones. Affects TLS 1.2 and below only.
    public var cipherSuites: [String] = []
    public var clientCertificate = ClientCertificate.none
    public var identity: TLSIdentity
    /// One of these is picked if the client offers it, the preferred one first.
    public var protocols = ["http/1.1"]

    public init(identity: TLSIdentity) { self.identity = identity }
}

public final class TLSServerContext: TLSContext {
    fileprivate let protocols: [String]

    public init(_ options: TLSServerOptions, keyLog: KeyLogSink? = nil) throws(TLSSetupError) {
        let identity = try TLSLoadedIdentity(options.identity)
        protocols = options.protocols
        try super.init(isServer: true, keyLog: keyLog)
        try set(
            versionMin: options.versionMin, versionMax: options.versionMax, cipherSuites: options.cipherSuites
        )
        SSL_CTX_set_num_tickets(handle, 0)
        try identity.use(in: self)
        SSL_CTX_set_alpn_select_cb(handle, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
        switch options.clientCertificate {
        case .none: break
        case .requested(let authorities): try ask(authorities, extra: 0)
        case .required(let authorities): try ask(authorities, extra: SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
        }
    }

    private func ask(_ authorities: String, extra: Int32) throws(TLSSetupError) {
        try trust(pem: authorities)
        for certificate in try PEM.certificates(authorities) {
            guard SSL_CTX_add_client_CA(handle, certificate.handle) == 1 else {
                throw .openSSL("cannot name an authority")
            }
        }
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | extra, nil)
    }
}

/// Picks the first of the context's protocols that the client offers; without one the handshake goes on with
/// no protocol agreed.
private func selectProtocol(
    _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    let offers = UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    let context = Unmanaged<TLSServerContext>.fromOpaque(context!)
    for wanted in context._withUnsafeGuaranteedRef(\.protocols) {
        var index = 0
        while index < offers.count {
            let name = offers.dropFirst(index + 1).prefix(Int(offers[index]))
            if name.elementsEqual(wanted.utf8) {
                chosen!.pointee = offered! + index + 1
                chosenCount!.pointee = UInt8(name.count)
                return SSL_TLSEXT_ERR_OK
            }
            index += 1 + Int(offers[index])
        }
    }
    return SSL_TLSEXT_ERR_NOACK
}
