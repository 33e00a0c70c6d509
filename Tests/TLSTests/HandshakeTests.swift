// Handshakes that succeed: every version, suites, names and addresses, splits, ALPN, the key log,
// renegotiation.

import Base
import COpenSSL
import Testing

@testable import TLS

@Suite struct HandshakeTests {
    @Test(arguments: TLSVersion.allCases)
    func everyVersion(version: TLSVersion) throws {
        let pair = Pair(
            client: try Material.client {
                $0.versionMin = version
                $0.versionMax = version
            },
            server: try Material.server {
                $0.versionMin = .tls10
            })
        pair.shake()
        #expect(pair.client.isOpen)
        #expect(pair.server.isOpen)
        #expect(pair.client.info?.version == version)
        #expect(pair.server.info == pair.client.info)
        #expect(pair.client.selectedProtocol == "http/1.1")
        #expect(pair.client.send(Array("ping".utf8)) == .bytes(4))
        pair.settle()
        #expect(pair.server.received == Array("ping".utf8))
        #expect(pair.server.send(Array("pong".utf8)) == .bytes(4))
        pair.settle()
        #expect(pair.client.received == Array("pong".utf8))
    }

    /// The suites of certificates on elliptic curves, by k6's names, and what the response then says.
    @Test(arguments: [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    ])
    func suiteByName(name: String) throws {
        let pair = Pair(
            client: try Material.client {
                $0.versionMax = .tls12
                $0.cipherSuites = ["TLS_RSA_WITH_RC4_128_SHA", name]
            },
            server: try Material.server { $0.cipherSuites = [name] })
        pair.shake()
        #expect(pair.client.info?.cipherSuiteName == name)
    }

    @Test func suitesOfTLS13() throws {
        let pair = Pair(client: try Material.client(), server: try Material.server())
        pair.shake()
        #expect(pair.client.info?.cipherSuiteName == "TLS_AES_128_GCM_SHA256")
        #expect(TLSCipherSuites.name(id: 0x1303) == "TLS_CHACHA20_POLY1305_SHA256")
        #expect(TLSCipherSuites.name(id: 0xCCA8) == "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305")
        #expect(TLSCipherSuites.name(id: 0xABC) == "0x0ABC")
    }

    @Test(arguments: ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "::1", "[::1]", "a.wild.example"])
    func hosts(host: String) throws {
        let server = try Material.server(
            Material.identity(["localhost", "127.0.0.1", "::1", "*.wild.example"]))
        let pair = Pair(client: try Material.client(), server: server, host: host)
        pair.shake()
        #expect(pair.client.isOpen)
        #expect(pair.client.failure == nil)
    }

    /// The server name is sent for names and not for addresses.
    @Test(arguments: [("localhost", true), ("127.0.0.1", false), ("[::1]", false)])
    func serverName(host: String, isSent: Bool) throws {
        let end = Endpoint(TLSSession(client: try Material.client(), host: host))
        end.advance()
        let hello = end.drain()
        let name = Array(host.utf8)
        let found = hello.indices.contains { hello[$0...].starts(with: name) }
        #expect(found == isSent)
    }

    @Test(arguments: ["P-256", "P-384", "P-521"], [TLSVersion.tls12, .tls13])
    func certificateCurves(curve: String, version: TLSVersion) throws {
        let pair = Pair(
            client: try Material.client { $0.versionMax = version },
            server: try Material.server(Material.identity { $0.curve = curve }))
        pair.shake()
        #expect(pair.client.isOpen)
        #expect(pair.client.info?.version == version)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func oneByteAtATime(version: TLSVersion) throws {
        let pair = Pair(
            client: try Material.client { $0.versionMax = version }, server: try Material.server())
        pair.cut = { _ in 1 }
        pair.shake()
        #expect(pair.client.isOpen)
        let body = [UInt8]((0..<3_000).map { UInt8(truncatingIfNeeded: $0) })
        #expect(pair.client.send(body) == .bytes(3_000))
        pair.settle()
        #expect(pair.server.received == body)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func randomSplits(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let version: TLSVersion = seed % 2 == 0 ? .tls12 : .tls13
        let pair = Pair(
            client: try Material.client { $0.versionMax = version }, server: try Material.server())
        pair.cut = { _ in random.below(400) + 1 }
        pair.client.readBytes = 1 + Int(seed) * 37
        pair.shake()
        #expect(pair.client.isOpen, "seed \(seed)")
        var sent: [UInt8] = []
        for _ in 0..<20 {
            let body = (0..<(seed % 3 == 0 ? 40_000 : 700)).map { _ in UInt8(truncatingIfNeeded: sent.count) }
            sent += body
            #expect(pair.server.send(body) == .bytes(body.count))
            pair.settle()
        }
        #expect(pair.client.received == sent, "seed \(seed)")
    }

    @Test func protocolNotAgreed() throws {
        let server = try Material.server()
        SSL_CTX_set_alpn_select_cb(server.handle, nil, nil)
        let pair = Pair(client: try Material.client(), server: server)
        pair.shake()
        #expect(pair.client.isOpen)
        #expect(pair.client.selectedProtocol == nil)
    }

    /// What a client offers, what a server takes, and what comes of it.
    private static let protocolsAgreed: [([String], [String], String?)] = [
        (["h2", "http/1.1"], ["h2", "http/1.1"], "h2"),
        (["h2", "http/1.1"], ["http/1.1", "h2"], "http/1.1"),
        (["http/1.1"], ["h2", "http/1.1"], "http/1.1"), (["h2", "http/1.1"], ["http/1.1"], "http/1.1"),
        (["h2"], ["http/1.1"], nil), (["h2"], [], nil), (["h", "h2c", "h2"], ["h2"], "h2"),
    ]

    @Test(arguments: protocolsAgreed)
    func protocols(offered: [String], taken: [String], agreed: String?) throws {
        let pair = Pair(
            client: try Material.client { $0.protocols = offered },
            server: try Material.server { $0.protocols = taken })
        pair.shake()
        #expect(pair.client.isOpen && pair.server.isOpen)
        #expect(pair.client.selectedProtocol == agreed && pair.server.selectedProtocol == agreed)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func keyLog(version: TLSVersion) throws {
        var lines: [String] = []
        let client = try Material.client(
            { $0.versionMax = version }, keyLog: { lines.append(String(decoding: $0, as: UTF8.self)) })
        let pair = Pair(client: client, server: try Material.server())
        pair.shake()
        let labels = lines.map { $0.prefix(while: { $0 != " " }) }
        if version == .tls12 {
            #expect(labels == ["CLIENT_RANDOM"])
        } else {
            #expect(labels.contains("CLIENT_TRAFFIC_SECRET_0"))
            #expect(labels.contains("SERVER_HANDSHAKE_TRAFFIC_SECRET"))
        }
    }

    /// A server of TLS 1.2 may ask for a new handshake in the middle of a connection.
    @Test func renegotiation() throws {
        let pair = Pair(client: try Material.client { $0.versionMax = .tls12 }, server: try Material.server())
        pair.shake()
        let asked = pair.server.session.renegotiate()
        #expect(asked)
        // The client answers with a new handshake; what it wants to send meanwhile has to wait.
        pair.client.receive(pair.server.drain())
        #expect(pair.client.send(Array("later".utf8)) == .incomplete)
        pair.settle()
        #expect(pair.client.handshakeCount == 2)
        #expect(pair.client.send(Array("later".utf8)) == .bytes(5))
        #expect(pair.server.send(Array("after".utf8)) == .bytes(5))
        pair.settle()
        #expect(pair.client.received == Array("after".utf8))
        #expect(pair.server.received == Array("later".utf8))
    }

    /// A session keeps its context alive.
    @Test func contextMayGoFirst() throws {
        var client: TLSClientContext? = try Material.client()
        var server: TLSServerContext? = try Material.server()
        let pair = Pair(client: client!, server: server!)
        (client, server) = (nil, nil)
        pair.shake()
        #expect(pair.client.isOpen)
    }
}
