// Verification of a server's certificate. OpenSSL stops at the first problem it meets, Go asks in another
// order (dates of the certificate, then the host, then the chain), and k6's error codes follow Go: so all
// problems are collected and the one Go would name is reported. Called by OpenSSL inside the handshake.

import COpenSSL

/// The problems of one certificate chain.
struct TLSVerifyFindings {
    var dates = false
    var host = false
    var authority = false
    /// The first error of any other kind, as OpenSSL numbers it.
    var other: Int32 = 0

    mutating func note(_ error: Int32, depth: Int32) {
        switch error {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH, X509_V_ERR_EMAIL_MISMATCH:
            host = true
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED,
            X509_V_ERR_CERT_SIGNATURE_FAILURE,
            X509_V_ERR_INVALID_CA:
            authority = true
        // Go finds no chain when one of its links is bad, whatever is wrong with that link.
        case _ where depth > 0: authority = true
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: dates = true
        default: if other == 0 { other = error }
        }
    }

    /// What Go would have said, or nil when nothing is wrong.
    var failure: TLSFailure? {
        if dates { return .certificateTime }
        if host { return .hostnameMismatch }
        if authority { return .unknownAuthority }
        if other == 0 { return nil }
        return TLSFailure(
            .certificateOther, "x509: \(String(cString: X509_verify_cert_error_string(Int(other))))")
    }

    /// The same in OpenSSL's numbers: it decides which alert the server is sent.
    var error: Int32 {
        if dates { return X509_V_ERR_CERT_HAS_EXPIRED }
        if host { return X509_V_ERR_HOSTNAME_MISMATCH }
        return authority ? X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY : other
    }
}

enum TLSVerify {
    static let skip: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { _, _ in 1 }

    static let verify: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, _ in
        guard let wire = wire(of: store) else { return 0 }
        wire.pointee.findings = TLSVerifyFindings()
        X509_STORE_CTX_set_verify_cb(store) { passed, store in
            if passed == 0, let wire = TLSVerify.wire(of: store) {
                wire.pointee.findings.note(
                    X509_STORE_CTX_get_error(store), depth: X509_STORE_CTX_get_error_depth(store))
            }
            return 1
        }
        if X509_verify_cert(store) <= 0 {
            // Not a verdict but a breakdown (out of memory, a chain that cannot be read).
            wire.pointee.findings.other = max(X509_STORE_CTX_get_error(store), X509_V_ERR_UNSPECIFIED)
        }
        guard let failure = wire.pointee.findings.failure else {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return 1
        }
        wire.pointee.failure = failure
        X509_STORE_CTX_set_error(store, wire.pointee.findings.error)
        return 0
    }

    private static func wire(of store: OpaquePointer?) -> UnsafeMutablePointer<TLSWire>? {
        guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()) else {
            return nil
        }
        return TLSSession.wire(of: OpaquePointer(ssl))
    }
}
