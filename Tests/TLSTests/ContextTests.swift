// Set-up: options that cannot work, client certificates, trust from the environment's folders, PEM in its
// forms, the key log file.

import Base
import Testing

@testable import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct ContextTests {
    private func problem(_ change: (inout TLSClientOptions) -> Void) -> String? {
        var options = TLSClientOptions()
        change(&options)
        do {
            _ = try TLSClientContext(options)
            return nil
        } catch { return error.description }
    }

    @Test func refusals() {
        #expect(problem { $0.cipherSuites = ["TLS_FOO"] } == "unknown cipher suite 'TLS_FOO'")
        #expect(
            problem { $0.cipherSuites = ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] }
                == "unknown cipher suite 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'")
        #expect(
            problem { $0.cipherSuites = ["TLS_RSA_WITH_RC4_128_SHA"] }?.hasPrefix("none of the cipher suites")
                == true)
        #expect(
            problem { ($0.versionMin, $0.versionMax) = (.tls13, .tls12) }
                == "TLS versions: tls1.3 to tls1.2 is an empty range")
        #expect(problem { $0.trust = .pem("no certificate") }?.hasPrefix("cannot read a certificate") == true)
        #expect(problem { $0.cipherSuites = ["TLS_AES_128_GCM_SHA256"] } == nil)
        #expect(problem { $0.cipherSuites = TLSCipherSuites.names } == nil)
        #expect(problem { _ in } == nil)
    }

    @Test func refusedIdentities() throws {
        let good = try Material.identity()
        let other = try Material.identity()
        let pairs: [(TLSIdentity, String)] = [
            (
                TLSIdentity(certificatePEM: good.certificatePEM, keyPEM: other.keyPEM),
                "the private key does not belong"
            ),
            (TLSIdentity(certificatePEM: "", keyPEM: good.keyPEM), "cannot read a certificate"),
            (TLSIdentity(certificatePEM: good.certificatePEM, keyPEM: "x"), "cannot read a private key"),
            (
                TLSIdentity(
                    certificatePEM: good.certificatePEM
                        + "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
                    keyPEM: good.keyPEM), "cannot read a certificate"
            ),
        ]
        for (identity, text) in pairs {
            let error = #expect(throws: TLSSetupError.self) {
                try TLSServerContext(TLSServerOptions(identity: identity))
            }
            #expect(error?.description.hasPrefix(text) == true, "\(String(describing: error))")
        }
    }

    /// Whether a client certificate is asked for, what the client has, and whether the server lets it in.
    static let clientCertificates: [(has: String, isRequired: Bool, works: Bool)] = [
        ("none", false, true), ("none", true, false), ("good", true, true), ("good", false, true),
        ("foreign", true, false), ("foreign", false, true), ("two", true, true),
    ]

    @Test(arguments: clientCertificates, [TLSVersion.tls12, .tls13])
    func clientCertificate(row: (has: String, isRequired: Bool, works: Bool), version: TLSVersion) throws {
        var spec = CertificateSpec(hosts: ["client"])
        spec.isForClients = true
        let good = try Material.authority.issue(spec)
        let foreign = try CertificateAuthority(name: "foreign").issue(spec)
        let identities = ["good": [good], "foreign": [foreign], "two": [foreign, good]][row.has] ?? []
        let pair = Pair(
            client: try Material.client {
                $0.versionMax = version
                $0.identities = identities
            },
            server: try Material.server {
                $0.clientCertificate =
                    row.isRequired
                    ? .required(authorities: Material.authorityPEM)
                    : .requested(authorities: Material.authorityPEM)
            })
        pair.shake()
        #expect(pair.server.isOpen == row.works)
        if row.works {
            #expect(pair.client.isOpen)
            return
        }
        // With TLS 1.3 the client learns of it only after its own handshake is over.
        #expect(pair.client.last == .failed)
        let alert: TLSFailure.Kind = .remoteAlert(version == .tls13 ? 116 : 40)
        #expect(pair.client.failure?.kind == alert)
    }

    /// Domains decide between several that fit, and do not keep the only one back.
    @Test(arguments: [
        ("localhost", "for localhost"), ("a.wild.example", "for wild"), ("127.0.0.1", "for localhost"),
    ])
    func certificateByDomain(host: String, expected: String) throws {
        let identities = try [("for localhost", "localhost"), ("for wild", "*.wild.example")].map {
            name, domain in
            var spec = CertificateSpec(hosts: [name])
            spec.isForClients = true
            var identity = try Material.authority.issue(spec)
            identity.domains = [domain]
            return identity
        }
        let server = try Material.server(Material.identity(["localhost", "127.0.0.1", "*.wild.example"])) {
            $0.clientCertificate = .required(authorities: Material.authorityPEM)
        }
        let pair = Pair(
            client: try Material.client { $0.identities = identities }, server: server, host: host)
        pair.shake()
        #expect(pair.server.session.peerCommonName == expected)
    }

    /// An encrypted key opens with its password only, and never asks the terminal.
    @Test(arguments: [("secret", true), ("wrong", false), (nil, false)] as [(String?, Bool)])
    func encryptedKey(password: String?, works: Bool) throws {
        var identity = try Material.identity()
        identity.keyPEM = try PEM.encrypted(identity.keyPEM, password: "secret")
        #expect(identity.keyPEM.contains("ENCRYPTED"))
        identity.password = password
        if works {
            _ = try Material.server(identity)
        } else {
            #expect(throws: TLSSetupError.self) { try Material.server(identity) }
        }
    }

    @Test func filesAndKeyLog() throws {
        var name = Array("/tmp/apus-tls-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&name)))
        defer {
            for file in ["cert.pem", "key.pem", "keys"] { unlink("\(folder)/\(file)") }
            rmdir(folder)
        }
        let identity = try Material.identity()
        for (file, text) in [("cert.pem", identity.certificatePEM), ("key.pem", identity.keyPEM)] {
            let descriptor = open("\(folder)/\(file)", O_WRONLY | O_CREAT, 0o600)
            #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
            #expect(close(descriptor) == 0)
        }
        let loaded = try TLSIdentity(certificateFile: "\(folder)/cert.pem", keyFile: "\(folder)/key.pem")
        #expect(loaded == identity)
        #expect(throws: TLSSetupError.self) {
            try TLSIdentity(certificateFile: "\(folder)/none", keyFile: "x")
        }
        #expect(throws: TLSSetupError.self) { try KeyLogFile(path: "\(folder)/none/keys") }

        for run in 1...2 {
            let log = try KeyLogFile(path: "\(folder)/keys")
            let client = try Material.client(
                { $0.versionMax = .tls12 },
                keyLog: {
                    let status = log.append($0)
                    #expect(status == 0)
                })
            Pair(client: client, server: try Material.server(loaded)).shake()
            let lines = try PEM.text(file: "\(folder)/keys").split(separator: "\n")
            #expect(lines.count == run)
            #expect(
                lines.allSatisfy { $0.hasPrefix("CLIENT_RANDOM ") && $0.utf8.count == 13 + 1 + 64 + 1 + 96 })
        }
    }

    @Test func authorityRefusesStrangeHosts() {
        for host in ["", "a,b", "a:b", "a\nb"] {
            #expect(throws: TLSSetupError.self) { try Material.identity([host]) }
        }
    }
}
