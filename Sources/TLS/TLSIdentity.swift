// A certificate with its chain and private key: as PEM text in options, and as OpenSSL's objects in a
// context. Used for servers and for client certificates; read at set-up only.

import Base
import COpenSSL

/// PEM texts as options carry them.
public struct TLSIdentity: Sendable, Equatable {
    /// The certificate, followed by those of its chain.
    public var certificatePEM: String
    public var keyPEM: String
    /// Opens an encrypted key.
    public var password: String?
    /// Hosts this is meant for (`example.com`, `*.example.com`); empty for any.
    public var domains: [String]

    public init(certificatePEM: String, keyPEM: String, password: String? = nil, domains: [String] = []) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
        self.password = password
        self.domains = domains
    }

    public init(certificateFile: String, keyFile: String, password: String? = nil) throws(TLSSetupError) {
        self.init(
            certificatePEM: try PEM.text(file: certificateFile), keyPEM: try PEM.text(file: keyFile),
            password: password)
    }
}

/// A certificate of OpenSSL's with one owner.
final class Certificate {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { X509_free(handle) }

    static func commonName(_ certificate: OpaquePointer) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            let subject = X509_get_subject_name(certificate)
            let count = X509_NAME_get_text_by_NID(
                subject, NID_commonName, text.baseAddress, Int32(text.count))
            return count < 0 ? nil : String(cString: text.baseAddress!)
        }
    }
}

final class TLSLoadedIdentity {
    private let leaf: Certificate
    private let chain: [Certificate]
    private let key: OpaquePointer
    private let domains: [String]

    init(_ identity: TLSIdentity) throws(TLSSetupError) {
        var certificates = try PEM.certificates(identity.certificatePEM)
        leaf = certificates.removeFirst()
        chain = certificates
        key = try PEM.privateKey(identity.keyPEM, password: identity.password)
        domains = identity.domains.map { $0.lowercased() }
        if X509_check_private_key(leaf.handle, key) != 1 {
            throw .openSSL("the private key does not belong to the certificate")
        }
    }

    deinit { EVP_PKEY_free(key) }

    func use(in context: TLSContext) throws(TLSSetupError) {
        guard SSL_CTX_use_certificate(context.handle, leaf.handle) == 1,
            SSL_CTX_use_PrivateKey(context.handle, key) == 1,
            chain.allSatisfy({ apus_ctx_add_chain(context.handle, $0.handle) == 1 })
        else { throw .openSSL("cannot use the certificate") }
    }

    /// Sets the certificate for one handshake. On false the reason is in the error queue.
    func use(in ssl: OpaquePointer) -> Bool {
        let stack = apus_x509_stack()
        defer { apus_x509_stack_free(stack) }
        for certificate in chain {
            X509_up_ref(certificate.handle)
            if apus_x509_push(stack, certificate.handle) == 0 { return false }
        }
        return SSL_use_cert_and_key(ssl, leaf.handle, key, stack, 1) == 1
    }

    /// Whether one of these authorities issued the certificate or a link of its chain. No list accepts all.
    func isIssued(byOneOf authorities: OpaquePointer?) -> Bool {
        let count = apus_names_count(authorities)
        if count == 0 { return true }
        return ([leaf] + chain).contains { certificate in
            let issuer = X509_get_issuer_name(certificate.handle)
            return (0..<count).contains { X509_NAME_cmp(issuer, apus_names_at(authorities, $0)) == 0 }
        }
    }

    func isFor(host: String) -> Bool {
        let host = host.lowercased()
        return domains.contains { domain in
            if !domain.hasPrefix("*.") { return domain == host }
            return host.hasSuffix(domain.dropFirst()) && !host.dropLast(domain.utf8.count - 1).contains(".")
        }
    }
}

/// Reading and writing of PEM.
enum PEM {
    static func text(file path: String) throws(TLSSetupError) -> String {
        guard let bio = BIO_new_file(path, "r") else { throw .openSSL("cannot read \(path)") }
        defer { BIO_free(bio) }
        var buffer = ByteBuffer()
        while buffer.count <= Limits.pemBytesMax {
            let room = buffer.spare(atLeast: 4096)
            let count = BIO_read(bio, room.baseAddress, Int32(clamping: room.count))
            if count < 0 { throw .openSSL("cannot read \(path)") }
            if count == 0 { return buffer.string() }
            buffer.grew(by: Int(count))
        }
        throw TLSSetupError("\(path) is too large for a certificate or key")
    }

    /// All certificates of a text, at least one.
    static func certificates(_ text: String) throws(TLSSetupError) -> [Certificate] {
        var text = text
        var found: [Certificate] = []
        text.withUTF8 { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return }
            defer { BIO_free(bio) }
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
                found.append(Certificate(owning: certificate))
            }
        }
        // Running out of certificates is how the loop ends; anything else is a damaged one.
        let last = ERR_peek_last_error()
        let ended = apus_error_library(last) == ERR_LIB_PEM && apus_error_reason(last) == PEM_R_NO_START_LINE
        if found.isEmpty || !ended { throw .openSSL("cannot read a certificate in PEM") }
        ERR_clear_error()
        return found
    }

    static func privateKey(_ text: String, password: String?) throws(TLSSetupError) -> OpaquePointer {
        var text = text
        // A null password would make OpenSSL ask on the terminal.
        var secret = Array((password ?? "").utf8) + [0]
        let key = text.withUTF8 { bytes -> OpaquePointer? in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
                return nil
            }
            defer { BIO_free(bio) }
            return PEM_read_bio_PrivateKey(bio, nil, nil, &secret)
        }
        guard let key else { throw .openSSL("cannot read a private key in PEM") }
        ERR_clear_error()
        return key
    }

    /// A private key in PEM, encrypted (PKCS#8, AES-256) with a password.
    static func encrypted(_ keyPEM: String, password: String) throws(TLSSetupError) -> String {
        let key = try privateKey(keyPEM, password: nil)
        defer { EVP_PKEY_free(key) }
        var secret = Array(password.utf8CString)
        return try written {
            PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_256_cbc(), nil, 0, nil, &secret)
        }
    }

    /// What `write` puts into the memory it is given.
    static func written(_ write: (OpaquePointer) -> Int32) throws(TLSSetupError) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .openSSL("cannot write PEM") }
        defer { BIO_free(bio) }
        guard write(bio) == 1 else { throw .openSSL("cannot write PEM") }
        var start: UnsafePointer<CChar>?
        let count = apus_bio_memory(bio, &start)
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
