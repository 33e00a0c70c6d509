// The parts of a certificate that have a form of their own: public keys as numbers, the name of the
// signature's algorithm, alternative names. Called by X509Certificate.

import COpenSSL

enum X509Key {
    /// The curves Go knows, by OpenSSL's name.
    private static let curves = [
        "secp224r1": "P-224", "prime256v1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
    ]

    /// - Returns: nil for an algorithm k6 does not know.
    static func read(
        _ certificate: OpaquePointer
    ) throws(X509Certificate.Problem) -> X509Certificate.PublicKey? {
        guard let key = X509_get0_pubkey(certificate) else { return nil }
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA:
            guard let n = number(key, "n"), let e = number(key, "e") else { return nil }
            return .rsa(n: n, e: e)
        case EVP_PKEY_DSA:
            guard let p = number(key, "p"), let q = number(key, "q"), let g = number(key, "g"),
                let y = number(key, "pub")
            else { return nil }
            return .dsa(p: p, q: q, g: g, y: y)
        case EVP_PKEY_EC:
            guard let curve = curves[group(key)], let x = number(key, "qx"), let y = number(key, "qy") else {
                throw .init(description: "failed to parse certificate: x509: unsupported elliptic curve")
            }
            return .ecdsa(curve: curve, x: x, y: y)
        default: return nil
        }
    }

    private static func number(_ key: OpaquePointer, _ name: String) -> String? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
        defer { BN_free(number) }
        guard let text = BN_bn2dec(number) else { return nil }
        defer { apus_free(text) }
        return String(cString: text)
    }

    private static func group(_ key: OpaquePointer) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            var length = 0
            guard EVP_PKEY_get_group_name(key, text.baseAddress, text.count, &length) == 1 else { return "" }
            return String(cString: text.baseAddress!)
        }
    }
}

enum X509Signature {
    /// As Go names it, or k6's word for one Go has no name for.
    static func name(_ certificate: OpaquePointer) -> String {
        let unknown = "UnknownSignatureAlgorithm"
        var digest: Int32 = 0
        var key: Int32 = 0
        guard X509_get_signature_info(certificate, &digest, &key, nil, nil) == 1 else { return unknown }
        let hash: String
        switch digest {
        case NID_md5: hash = "MD5"
        case NID_sha1: hash = "SHA1"
        case NID_sha256: hash = "SHA256"
        case NID_sha384: hash = "SHA384"
        case NID_sha512: hash = "SHA512"
        default: return key == EVP_PKEY_ED25519 ? "Ed25519" : unknown
        }
        let isSHA2 = hash.utf8.count == 6
        switch key {
        case EVP_PKEY_RSA: return "\(hash)-RSA"
        case EVP_PKEY_RSA_PSS where isSHA2 && hasFullSalt(certificate, digest): return "\(hash)-RSAPSS"
        case EVP_PKEY_DSA where hash == "SHA1" || hash == "SHA256": return "DSA-\(hash)"
        case EVP_PKEY_EC where isSHA2 || hash == "SHA1": return "ECDSA-\(hash)"
        default: return unknown
        }
    }

    /// Go names an RSA-PSS signature only if its salt is as long as its hash.
    private static func hasFullSalt(_ certificate: OpaquePointer, _ digest: Int32) -> Bool {
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_get0_signature(nil, &algorithm, certificate)
        return switch digest {
        case NID_sha256: apus_pss_salt_bytes(algorithm) == 32
        case NID_sha384: apus_pss_salt_bytes(algorithm) == 48
        default: apus_pss_salt_bytes(algorithm) == 64
        }
    }
}

enum X509AltNames {
    static func read(_ certificate: OpaquePointer) -> [String] {
        guard let found = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(found)
        defer { GENERAL_NAMES_free(names) }
        var dns: [String] = []
        var email: [String] = []
        var addresses: [String] = []
        var uris: [String] = []
        for index in 0..<apus_general_names_count(names) {
            var type: Int32 = 0
            let value = GENERAL_NAME_get0_value(apus_general_name_at(names, index), &type)
            // The union holds other things than strings for other types.
            guard [GEN_DNS, GEN_EMAIL, GEN_IPADD, GEN_URI].contains(type), let value else { continue }
            let bytes = OpenSSLText.bytes(value.assumingMemoryBound(to: ASN1_STRING.self))
            let text = String(decoding: bytes, as: UTF8.self)
            switch type {
            case GEN_DNS: dns.append(text)
            case GEN_EMAIL: email.append(text)
            case GEN_URI: uris.append(text)
            default: addresses.append(address(bytes))
            }
        }
        return dns + email + addresses + uris
    }

    /// An IP address as Go writes it: the longest run of zero groups as `::`, IPv4 in dots also when it is
    /// mapped into IPv6.
    static func address(_ bytes: [UInt8]) -> String {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        if bytes.count == 4 || isMapped { return bytes.suffix(4).map(String.init).joined(separator: ".") }
        guard bytes.count == 16 else { return "?" + Hex.encode(bytes) }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > longest.count, index - start > 1 { longest = start..<index }
            start = index + 1
        }
        let text = { (part: ArraySlice<UInt16>) in
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
