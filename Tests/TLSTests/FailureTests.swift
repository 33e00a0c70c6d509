// Handshakes and connections that must fail, each with the kind, code and text it is reported by. Codes and
// texts are those k6 1.1.0 gives for the same peers.

import Base
import Testing

@testable import TLS

/// A server's certificate, the host asked for, and what becomes of it.
struct Verification: CustomTestStringConvertible, Sendable {
    var name: String
    var host = "localhost"
    var isTrusted = true
    var failure: TLSFailure?
    var make: @Sendable () throws -> TLSIdentity
    var testDescription: String { name }
}

@Suite struct FailureTests {
    static let verifications: [Verification] = [
        Verification(name: "good") { try Material.identity() },
        Verification(name: "unknown authority", isTrusted: false, failure: .unknownAuthority) {
            try Material.identity()
        },
        Verification(name: "self-signed", failure: .unknownAuthority) {
            try CertificateAuthority.selfSigned(CertificateSpec(hosts: ["localhost"]))
        },
        Verification(name: "wrong host", failure: .hostnameMismatch) {
            try Material.identity(["other.example"])
        },
        Verification(name: "wrong host of an unknown authority", isTrusted: false, failure: .hostnameMismatch)
        {
            try Material.identity(["other.example"])
        },
        Verification(name: "no alternative names", failure: .hostnameMismatch) { try Material.identity([]) },
        Verification(name: "wildcard covers one label", host: "a.b.example", failure: .hostnameMismatch) {
            try Material.identity(["*.example"])
        },
        Verification(name: "wrong address", host: "127.0.0.1", failure: .hostnameMismatch) {
            try Material.identity(["localhost", "127.0.0.2"])
        },
        Verification(name: "address only as a name", host: "127.0.0.1", failure: .hostnameMismatch) {
            try Material.identity(["localhost"])
        },
        Verification(name: "IPv6 address", host: "::1", failure: .hostnameMismatch) {
            try Material.identity(["127.0.0.1", "::2"])
        },
        Verification(name: "no name", host: "", failure: .hostnameMismatch) { try Material.identity() },
        Verification(name: "only a dot", host: ".", failure: .hostnameMismatch) { try Material.identity() },
        Verification(name: "leading dot", host: ".wild.example", failure: .hostnameMismatch) {
            try Material.identity(["a.wild.example", "*.wild.example"])
        },
        Verification(name: "NUL", host: "localhost\0.example", failure: .hostnameMismatch) {
            try Material.identity()
        },
        Verification(name: "expired", failure: .certificateTime) {
            try Material.identity {
                $0.startsAfterS = -7200
                $0.endsAfterS = -60
            }
        },
        Verification(
            name: "expired, wrong host, unknown authority", isTrusted: false, failure: .certificateTime
        ) {
            try Material.identity(["other.example"]) { $0.endsAfterS = -60 }
        },
        Verification(name: "not yet valid", failure: .certificateTime) {
            try Material.identity { $0.startsAfterS = 3600 }
        },
    ]

    @Test(arguments: verifications, [TLSVersion.tls12, .tls13])
    func verification(row: Verification, version: TLSVersion) throws {
        let other = try CertificateAuthority(name: "another")
        let pair = Pair(
            client: try Material.client {
                $0.versionMax = version
                if !row.isTrusted { $0.trust = .pem(other.certificatePEM) }
            },
            server: try Material.server(row.make()), host: row.host)
        pair.shake()
        #expect(pair.client.failure == row.failure)
        #expect(pair.client.isOpen == (row.failure == nil))
        if row.failure == nil { return }
        // The server is told by an alert, and the client stays failed.
        #expect(pair.client.last == .failed)
        #expect(pair.server.last == .failed)
        guard case .remoteAlert = pair.server.failure?.kind else {
            Issue.record("the server saw \(String(describing: pair.server.failure))")
            return
        }
        #expect(pair.client.send([1]) == .failed)
    }

    @Test(arguments: verifications)
    func skippedVerification(row: Verification) throws {
        let pair = Pair(
            client: try Material.client {
                $0.insecureSkipVerify = true
                $0.trust = .system
            },
            server: try Material.server(row.make()), host: row.host)
        pair.shake()
        #expect(pair.client.isOpen)
    }

    @Test func codes() {
        #expect(TLSFailure.unknownAuthority.errorCode == 1310)
        #expect(TLSFailure.hostnameMismatch.errorCode == 1311)
        #expect(TLSFailure.recordHeader.errorCode == 1301)
        #expect(TLSFailure.certificateTime.errorCode == 1000)
        #expect(TLSFailure.unknownAuthority.text == "x509: unknown authority")
        #expect(TLSFailure.hostnameMismatch.text == "x509: certificate doesn't match hostname")
        #expect(TLSFailure.recordHeader.text == "tls: first record does not look like a TLS handshake")
    }

    /// Bytes a peer sends in place of its first flight.
    static let openings: [(String, TLSFailure?)] = [
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", .recordHeader),
        ("SSH-2.0-OpenSSH_9.2\r\n", .recordHeader),
        ("\u{0}\u{0}\u{0}\u{0}\u{0}", .recordHeader),
        ("\u{16}\u{10}\u{0}\u{0}\u{0}", .recordHeader),
        (
            "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{2f}",
            TLSFailure(.remoteAlert(47), "remote error: tls: illegal parameter")
        ),
        (
            "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{46}",
            TLSFailure(.remoteAlert(70), "remote error: tls: protocol version not supported")
        ),
        (
            "\u{16}\u{3}\u{3}\u{0}\u{5}\u{77}\u{0}\u{0}\u{1}\u{0}",
            TLSFailure(.localAlert, "local error: tls: unexpected message")
        ),
        ("HTTP", nil), ("\u{16}\u{3}", nil),
    ]

    @Test(arguments: openings, [false, true])
    func foreignPeers(opening: (text: String, failure: TLSFailure?), bytewise: Bool) throws {
        let end = Endpoint(TLSSession(client: try Material.client(), host: "localhost"))
        end.advance()
        let bytes = Array(opening.text.utf8)
        if bytewise {
            for byte in bytes where end.last != .failed { end.receive([byte]) }
        } else {
            end.receive(bytes)
        }
        #expect(end.failure == opening.failure)
        #expect(end.last == (opening.failure == nil ? .incomplete : .failed))
    }

    @Test func plainRequestToServer() throws {
        let end = Endpoint(TLSSession(server: try Material.server()))
        end.receive(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(end.failure == .recordHeader)
    }

    @Test func noCommonVersion() throws {
        let pair = Pair(
            client: try Material.client { $0.versionMin = .tls13 },
            server: try Material.server { $0.versionMax = .tls12 })
        pair.shake()
        #expect(pair.client.failure?.kind == .remoteAlert(70))
        #expect(pair.client.failure?.errorCode == 1010)
    }

    @Test func noCommonSuite() throws {
        let pair = Pair(
            client: try Material.client {
                $0.versionMax = .tls12
                $0.cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
            },
            server: try Material.server { $0.cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] })
        pair.shake()
        #expect(
            pair.client.failure == TLSFailure(.remoteAlert(40), "remote error: tls: handshake failure"))
    }

    @Test func closing() throws {
        let pair = Pair(client: try Material.client(), server: try Material.server())
        pair.shake()
        #expect(pair.server.send(Array("bye".utf8)) == .bytes(3))
        pair.server.session.close()
        pair.settle()
        #expect(pair.client.received == Array("bye".utf8))
        #expect(pair.client.last == .closed)
        #expect(pair.client.inputEnded() == .closed)
        #expect(pair.client.failure == nil)
    }

    /// Cut off between records, and inside one.
    @Test(arguments: [(0, "EOF"), (1, "unexpected EOF"), (5, "unexpected EOF"), (20, "unexpected EOF")])
    func truncation(kept: Int, text: String) throws {
        let pair = Pair(client: try Material.client(), server: try Material.server())
        pair.shake()
        #expect(pair.server.send(Array("a longer message".utf8)) == .bytes(16))
        pair.client.receive(Array(pair.server.drain().prefix(kept)))
        #expect(pair.client.inputEnded() == .failed)
        #expect(pair.client.failure == TLSFailure(.truncated, text))
        #expect(pair.client.inputEnded() == .failed)
    }

    @Test func endInsideHandshake() throws {
        let end = Endpoint(TLSSession(client: try Material.client(), host: "localhost"))
        end.advance()
        #expect(end.inputEnded() == .failed)
        #expect(end.failure == TLSFailure(.truncated, "EOF"))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func damagedRecord(version: TLSVersion) throws {
        let pair = Pair(
            client: try Material.client { $0.versionMax = version }, server: try Material.server())
        pair.shake()
        #expect(pair.server.send(Array("text".utf8)) == .bytes(4))
        var record = pair.server.drain()
        record[record.count - 1] ^= 1
        pair.client.receive(record)
        #expect(pair.client.received == [])
        #expect(pair.client.failure == TLSFailure(.localAlert, "local error: tls: bad record MAC"))
    }

    /// Whatever a peer sends, a session ends in a value. The seed is in the message.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func mutatedFlights(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pair = Pair(
            client: try Material.client { $0.versionMax = seed % 2 == 0 ? .tls12 : .tls13 },
            server: try Material.server())
        pair.client.advance()
        for _ in 0..<6 {
            var forth = pair.client.drain()
            if random.below(3) == 0, !forth.isEmpty {
                forth[random.below(forth.count)] ^= UInt8(1 + random.below(255))
            }
            if !forth.isEmpty { pair.server.receive(forth) }
            var back = pair.server.drain()
            if random.below(2) == 0, !back.isEmpty {
                back[random.below(back.count)] ^= UInt8(1 + random.below(255))
            }
            if !back.isEmpty { pair.client.receive(back) }
        }
        #expect((pair.client.failure != nil) == (pair.client.last == .failed), "seed \(seed)")
    }
}
