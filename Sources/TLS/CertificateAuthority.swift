// Certificates made in memory: a self-signed one so that the embedded target speaks TLS with nothing to
// configure, and an authority that issues others, which is what the tests of verification need.

import Base
import COpenSSL

/// What a made certificate says.
public struct CertificateSpec: Sendable {
    /// Names and IP literals it is for; the first is also its common name.
    public var hosts: [String]
    /// The validity, in seconds from now.
    public var startsAfterS = -3600
    public var endsAfterS = 30 * 86_400
    public var isForClients = false
    /// An elliptic curve by OpenSSL's name.
    public var curve = "P-256"

    public init(hosts: [String]) { self.hosts = hosts }
}

/// Sendable because nothing in it changes once it is made, and OpenSSL locks what it caches inside a
/// certificate.
public final class CertificateAuthority: @unchecked Sendable {
    public let certificatePEM: String
    private let certificate: Certificate
    private let key: OpaquePointer

    public init(name: String = "Apus test authority", endsAfterS: Int = 365 * 86_400) throws(TLSSetupError) {
        var spec = CertificateSpec(hosts: [])
        spec.endsAfterS = endsAfterS
        let made = try MadeCertificate(spec, commonName: name, issuer: nil, isAuthority: true)
        (certificate, key) = (made.certificate, made.key)
        EVP_PKEY_up_ref(key)
        certificatePEM = try made.certificatePEM()
    }

    deinit { EVP_PKEY_free(key) }

    /// A new key and a certificate for it, signed by this authority.
    public func issue(_ spec: CertificateSpec) throws(TLSSetupError) -> TLSIdentity {
        let made = try MadeCertificate(
            spec, commonName: spec.hosts.first ?? "apus", issuer: (certificate.handle, key),
            isAuthority: false)
        return TLSIdentity(certificatePEM: try made.certificatePEM(), keyPEM: try made.keyPEM())
    }

    /// A new key and a certificate signed by itself.
    public static func selfSigned(_ spec: CertificateSpec) throws(TLSSetupError) -> TLSIdentity {
        let made = try MadeCertificate(
            spec, commonName: spec.hosts.first ?? "apus", issuer: nil, isAuthority: false)
        return TLSIdentity(certificatePEM: try made.certificatePEM(), keyPEM: try made.keyPEM())
    }
}

/// A key and a signed certificate for it, as OpenSSL's objects.
private final class MadeCertificate {
    let certificate: Certificate
    let key: OpaquePointer

    init(
        _ spec: CertificateSpec, commonName: String,
        issuer: (certificate: OpaquePointer, key: OpaquePointer)?,
        isAuthority: Bool
    ) throws(TLSSetupError) {
        guard let key = apus_ec_key(spec.curve) else { throw .openSSL("cannot make a key on \(spec.curve)") }
        self.key = key
        guard let made = X509_new() else { throw .openSSL("cannot make a certificate") }
        certificate = Certificate(owning: made)
        X509_set_version(made, 2)
        var serial: Int64 = 0
        guard RAND_bytes(&serial, 8) == 1 else { throw .openSSL("no random numbers") }
        ASN1_INTEGER_set_int64(X509_get_serialNumber(made), serial & Int64.max)
        X509_gmtime_adj(X509_getm_notBefore(made), spec.startsAfterS)
        X509_gmtime_adj(X509_getm_notAfter(made), spec.endsAfterS)
        X509_set_pubkey(made, key)
        let subject = X509_get_subject_name(made)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, commonName, -1, -1, 0)
        X509_set_issuer_name(made, issuer.map { X509_get_subject_name($0.certificate) } ?? subject)
        try extend(spec, signer: issuer?.certificate ?? made, isAuthority: isAuthority)
        guard X509_sign(made, issuer?.key ?? key, EVP_sha256()) > 0 else {
            throw .openSSL("cannot sign a certificate")
        }
    }

    deinit { EVP_PKEY_free(key) }

    private func extend(_ spec: CertificateSpec, signer: OpaquePointer, isAuthority: Bool)
        throws(TLSSetupError)
    {
        var extensions: [(Int32, String)] = [
            (NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE"),
            (NID_key_usage, isAuthority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature"),
            (NID_subject_key_identifier, "hash"),
        ]
        if !isAuthority {
            extensions.append((NID_ext_key_usage, spec.isForClients ? "clientAuth" : "serverAuth"))
        }
        var names: [String] = []
        for host in spec.hosts {
            // The notation of extensions gives commas and colons a meaning that a host must not use.
            let isAddress = TLSSession.isIPLiteral(host)
            if host.isEmpty || (!isAddress && host.contains(where: { ",:=\n@".contains($0) })) {
                throw TLSSetupError("'\(host)' is not a host name")
            }
            names.append((isAddress ? "IP:" : "DNS:") + host)
        }
        if !names.isEmpty { extensions.append((NID_subject_alt_name, names.joined(separator: ","))) }
        for (id, value) in extensions where apus_add_extension(certificate.handle, signer, id, value) != 1 {
            throw .openSSL("cannot add '\(value)' to a certificate")
        }
    }

    func certificatePEM() throws(TLSSetupError) -> String {
        try PEM.written { PEM_write_bio_X509($0, certificate.handle) }
    }

    func keyPEM() throws(TLSSetupError) -> String {
        try PEM.written { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }
}
