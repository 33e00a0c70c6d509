// What scripts are told about a certificate (`k6/crypto/x509`): names, dates, signature, public key, as k6
// and the Go library below it word them. Read by OpenSSL from PEM text. Called by the scripts' module.

import COpenSSL

public struct X509Certificate: Sendable, Equatable {
    public struct Problem: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    public enum PublicKey: Sendable, Equatable {
        /// Numbers as decimal text, since they do not fit elsewhere.
        case rsa(n: String, e: String)
        case dsa(p: String, q: String, g: String, y: String)
        /// - Parameter curve: `P-256` …
        case ecdsa(curve: String, x: String, y: String)
    }

    public let subject: X509Name
    public let issuer: X509Name
    /// `2026-11-25T21:33:07Z`.
    public let notBefore: String
    public let notAfter: String
    /// DNS names, e-mail addresses, IP addresses and URIs, in this order.
    public let altNames: [String]
    public let signatureAlgorithm: String
    /// SHA-1 of the certificate.
    public let fingerprint: [UInt8]
    /// nil for an algorithm k6 does not know (Ed25519 …): it then refuses the whole certificate.
    public let publicKey: PublicKey?

    /// Reads the first block of `pem`, whatever its label says.
    public init(pem: String) throws(Problem) {
        guard let der = PEMBlock.first(in: pem) else {
            throw Problem(description: "failed to decode certificate PEM file")
        }
        let certificate = try Self.read(der)
        defer { X509_free(certificate) }
        subject = X509Name(X509_get_subject_name(certificate))
        issuer = X509Name(X509_get_issuer_name(certificate))
        notBefore = Self.date(X509_get0_notBefore(certificate))
        notAfter = Self.date(X509_get0_notAfter(certificate))
        altNames = X509AltNames.read(certificate)
        signatureAlgorithm = X509Signature.name(certificate)
        fingerprint = Digest.sha1.hash(der) ?? []
        publicKey = try X509Key.read(certificate)
        ERR_clear_error()
    }

    private static func read(_ der: [UInt8]) throws(Problem) -> OpaquePointer {
        let (found, used) = der.withUnsafeBufferPointer { der in
            var at = der.baseAddress
            let found = d2i_X509(nil, &at, der.count)
            return (found, found == nil ? 0 : at! - der.baseAddress!)
        }
        ERR_clear_error()
        guard let found else {
            let what = isSequenceOfOther(der) ? "malformed tbs certificate" : "malformed certificate"
            throw Problem(description: "failed to parse certificate: x509: \(what)")
        }
        guard used == der.count else {
            X509_free(found)
            throw Problem(description: "failed to parse certificate: x509: trailing data")
        }
        return found
    }

    /// A sequence that does not start with a sequence, as a private key does.
    private static func isSequenceOfOther(_ der: [UInt8]) -> Bool {
        guard der.count > 2, der[0] == 0x30 else { return false }
        let lengthBytes = der[1] < 0x80 ? 0 : Int(der[1] & 0x7F)
        return der.count > 2 + lengthBytes && der[2 + lengthBytes] != 0x30
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return "" }
        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return padded(parts.tm_year + 1900, 4) + "-" + padded(parts.tm_mon + 1) + "-" + padded(parts.tm_mday)
            + "T" + padded(parts.tm_hour) + ":" + padded(parts.tm_min) + ":" + padded(parts.tm_sec) + "Z"
    }
}

/// A distinguished name: its attributes in the certificate's order, and the usual ones by name.
public struct X509Name: Sendable, Equatable {
    public struct Attribute: Sendable, Equatable {
        /// The object identifier in dots.
        public let type: String
        public let value: String
    }

    public let attributes: [Attribute]

    init(_ name: OpaquePointer?) {
        attributes = (0..<X509_NAME_entry_count(name)).compactMap { index in
            let entry = X509_NAME_get_entry(name, index)
            guard let value = OpenSSLText.utf8(X509_NAME_ENTRY_get_data(entry)) else { return nil }
            return Attribute(type: OpenSSLText.identifier(X509_NAME_ENTRY_get_object(entry)), value: value)
        }
    }

    /// Of a common name given twice the last counts, of the others the first, as in k6.
    public var commonName: String { attributes.last { $0.type == "2.5.4.3" }?.value ?? "" }
    public var country: String { first("2.5.4.6") }
    public var localityName: String { first("2.5.4.7") }
    public var stateOrProvinceName: String { first("2.5.4.8") }
    public var streetAddress: String { first("2.5.4.9") }
    public var organizationName: String { first("2.5.4.10") }
    public var organizationalUnitNames: [String] {
        attributes.filter { $0.type == "2.5.4.11" }.map(\.value)
    }
    public var postalCode: String { first("2.5.4.17") }

    private func first(_ type: String) -> String { attributes.first { $0.type == type }?.value ?? "" }
}

/// Texts out of OpenSSL's objects.
enum OpenSSLText {
    static func identifier(_ object: OpaquePointer?) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            let count = OBJ_obj2txt(text.baseAddress, Int32(text.count), object, 1)
            return count > 0 ? String(cString: text.baseAddress!) : ""
        }
    }

    static func utf8(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, string)
        guard count >= 0, let text else { return nil }
        defer { apus_free(text) }
        return String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        Array(
            UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }
}

/// The first readable block of PEM text.
enum PEMBlock {
    static func first(in text: String) -> [UInt8]? {
        // Bytes: a carriage return and a line feed would be one character of a string.
        let found = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var lines = found.map(trimmed)[...]
        while let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("-----") }) {
            let label = lines[start].dropFirst("-----BEGIN ".utf8.count)
            lines = lines[(start + 1)...]
            guard let end = lines.firstIndex(where: { $0 == "-----END " + label }) else { continue }
            // Headers of an encrypted block end with an empty line.
            var body = lines[..<end]
            while body.first?.contains(":") == true { body.removeFirst() }
            let digits = body.joined().filter { $0 != " " && $0 != "\t" }
            if let bytes = Base64.decode(digits) { return bytes }
            lines = lines[(end + 1)...]
        }
        return nil
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> String {
        var line = line
        while let last = line.last, last <= UInt8(ascii: " ") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
