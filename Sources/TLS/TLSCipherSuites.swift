// Cipher suites by the names k6's options and responses use (Go's, which are IANA's but for two), and their
// translation into OpenSSL's lists. Used when a context is made and when somebody asks what was agreed on.

import COpenSSL

public enum TLSCipherSuites {
    /// The names `tlsCipherSuites` takes, as k6 does. Some are long broken and missing from most builds of
    /// OpenSSL.
    public static let names: [String] = [
        "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]

    /// What Go's client offers by itself below TLS 1.3, in its order: forward secrecy only, AES first.
    static let usual: [String] = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    ]

    /// TLS 1.3's suites in Go's order, which options do not touch. OpenSSL's own order would cost 256-bit
    /// keys.
    static let tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

    public static func isKnown(_ name: String) -> Bool { names.contains(name) }

    /// k6's name for the suite with this registry number; unknown numbers in hexadecimal, as Go writes them.
    public static func name(id: UInt16) -> String {
        switch id {
        case 0xCCA8: return "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"
        case 0xCCA9: return "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305"
        default: break
        }
        for suite in standardNames where suite.id == id { return suite.name }
        let digits = String(id, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    /// OpenSSL's name of a suite below TLS 1.3, or nil when this build does not have it.
    static func openSSLName(_ name: String) -> String? {
        let standard = name.hasSuffix("_CHACHA20_POLY1305") ? name + "_SHA256" : name
        guard let found = OPENSSL_cipher_name(standard) else { return nil }
        let text = String(cString: found)
        return text == "(NONE)" || text.hasPrefix("TLS_") ? nil : text
    }

    /// Every suite of this OpenSSL with its registry number, for naming what a peer chose.
    private static let standardNames: [(id: UInt16, name: String)] = {
        guard let context = SSL_CTX_new(TLS_method()) else { return [] }
        defer { SSL_CTX_free(context) }
        SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0")
        let stack = SSL_CTX_get_ciphers(context)
        return (0..<apus_cipher_count(stack)).compactMap { index in
            guard let cipher = apus_cipher_at(stack, index), let name = SSL_CIPHER_standard_name(cipher)
            else {
                return nil
            }
            return (SSL_CIPHER_get_protocol_id(cipher), String(cString: name))
        }
    }()
}
