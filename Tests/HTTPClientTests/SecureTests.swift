// TLS through the client: who is trusted, who is not and with which of k6's codes, client certificates,
// versions, the key log, and connections that end in every half-way.

import Base
import Control
import HTTP
import TLS
import Testing

@testable import HTTPClient

#if canImport(Glibc)
    import Glibc
#endif

/// An authority with servers' and clients' certificates of every kind.
struct Certificates {
    let authority: CertificateAuthority
    let good: TLSIdentity
    let wrongHost: TLSIdentity
    let expired: TLSIdentity
    let notYet: TLSIdentity
    let selfSigned: TLSIdentity
    let client: TLSIdentity
    let foreignClient: TLSIdentity

    init() throws {
        func spec(_ host: String, from: Int = -3600, to: Int = 86_400) -> CertificateSpec {
            var spec = CertificateSpec(hosts: [host])
            (spec.startsAfterS, spec.endsAfterS) = (from, to)
            return spec
        }
        authority = try CertificateAuthority()
        good = try authority.issue(spec("127.0.0.1"))
        wrongHost = try authority.issue(spec("other.test"))
        expired = try authority.issue(spec("127.0.0.1", from: -7200, to: -3600))
        notYet = try authority.issue(spec("127.0.0.1", from: 3600))
        selfSigned = try CertificateAuthority.selfSigned(spec("127.0.0.1"))
        var forClients = CertificateSpec(hosts: ["a client"])
        forClients.isForClients = true
        client = try authority.issue(forClients)
        foreignClient = try CertificateAuthority(name: "somebody else").issue(forClients)
    }

    var trust: TLSClientOptions {
        var options = TLSClientOptions()
        options.trust = .pem(authority.certificatePEM)
        return options
    }
}

/// A server with this identity that answers every request with "ok" until the client leaves.
func secureServer(_ options: TLSServerOptions) throws -> ScriptServer {
    nonisolated(unsafe) let context = try TLSServerContext(options)
    return try ScriptServer { wire, _, notes in
        guard wire.startTLS(context) else { return notes.add("no handshake") }
        notes.add("handshake")
        while wire.head() != nil { wire.send(okResponse("ok")) }
    }
}

@Suite struct SecureTests {
    enum Kind: String, Sendable, CaseIterable { case good, wrongHost, expired, notYet, selfSigned }

    /// k6 prints the present time behind the text of an expired certificate.
    static let verdicts: [(Kind, ErrorCode, String)] = [
        (.good, .none, ""),
        (.wrongHost, .hostnameMismatch, "x509: certificate doesn't match hostname"),
        (.expired, .generic, "x509: certificate has expired or is not yet valid"),
        (.notYet, .generic, "x509: certificate has expired or is not yet valid"),
        (.selfSigned, .unknownAuthority, "x509: unknown authority"),
    ]

    @Test(arguments: verdicts, [false, true])
    func certificatesAreVerified(verdict: (Kind, ErrorCode, String), skips: Bool) throws {
        let made = try Certificates()
        let identity =
            switch verdict.0 {
            case .good: made.good
            case .wrongHost: made.wrongHost
            case .expired: made.expired
            case .notYet: made.notYet
            case .selfSigned: made.selfSigned
            }
        let server = try secureServer(TLSServerOptions(identity: identity))
        var options = made.trust
        options.insecureSkipVerify = skips
        try withHarness(security: options) { harness in
            for _ in 0..<2 {
                let answer = harness.fetch("https://127.0.0.1:\(server.port)/")
                #expect(answer.code == (skips ? .none : verdict.1))
                #expect(answer.errorText == (skips ? "" : verdict.2))
                #expect(answer.status == (answer.code == .none ? 200 : 0))
            }
            #expect(harness.client.pointee.counters.open == (skips || verdict.0 == .good ? 1 : 0))
        }
    }

    /// The target's own certificate is nobody's, so nobody trusts it unasked.
    @Test func theTargetIsNotTrustedUnasked() throws {
        let target = try Target()
        try withHarness(security: .init()) { harness in
            let answer = harness.fetch(target.secure + "/")
            #expect(answer.code == .unknownAuthority && answer.errorText == "x509: unknown authority")
        }
        #expect(target.server.counters.requests == 0)
    }

    @Test func plainAndSecureMixedUp() throws {
        try withTarget { target, harness in
            let toPlain = harness.fetch("https://127.0.0.1:\(target.server.port)/")
            #expect(toPlain.code == .tlsRecordHeader)
            #expect(toPlain.errorText == "tls: first record does not look like a TLS handshake")
            let toSecure = harness.fetch("http://127.0.0.1:\(target.server.securePort!)/")
            #expect(toSecure.status == 0 && toSecure.code == .generic)
            #expect(harness.fetch(target.secure + "/").status == 200)
        }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13], [TLSVersion.tls12, .tls13])
    func versionsMustMeet(server: TLSVersion, client: TLSVersion) throws {
        let made = try Certificates()
        var serving = TLSServerOptions(identity: made.good)
        (serving.versionMin, serving.versionMax) = (server, server)
        let end = try secureServer(serving)
        var options = made.trust
        (options.versionMin, options.versionMax) = (client, client)
        try withHarness(security: options) { harness in
            for round in 0..<2 {
                let answer = harness.fetch("https://127.0.0.1:\(end.port)/")
                if server == client {
                    #expect(answer.status == 200 && answer.isReused == (round == 1))
                    #expect(answer.flags.contains(.tls13) == (client == .tls13))
                    #expect(answer.flags.contains(.tls12) == (client == .tls12))
                } else {
                    #expect(
                        answer.code == .nonTCPNetwork && answer.errorText.hasPrefix("remote error: tls:"),
                        "\(answer.errorText)")
                }
            }
        }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func clientCertificates(version: TLSVersion) throws {
        let made = try Certificates()
        var serving = TLSServerOptions(identity: made.good)
        serving.clientCertificate = .required(authorities: made.authority.certificatePEM)
        (serving.versionMin, serving.versionMax) = (version, version)
        let server = try secureServer(serving)
        let url = "https://127.0.0.1:\(server.port)/"
        for (identities, isGood) in [([made.client], true), ([], false), ([made.foreignClient], false)] {
            var options = made.trust
            options.identities = identities
            try withHarness(security: options) { harness in
                let answer = harness.fetch(url)
                if isGood {
                    #expect(answer.status == 200 && answer.code == .none, "\(answer.errorText)")
                } else {
                    // The server says so in an alert; with TLS 1.3 the request may be out by then.
                    #expect(answer.status == 0)
                    #expect(
                        answer.code == .nonTCPNetwork && answer.errorText.hasPrefix("remote error: tls:"),
                        "\(answer.code) \(answer.errorText)")
                }
            }
        }
    }

    @Test func keyLogGetsLines() throws {
        let path = "/tmp/apus-keylog-\(getpid())-\(Clock.now().ns)"
        defer { unlink(path) }
        let target = try Target()
        let log = try KeyLogFile(path: path)
        try withHarness(security: target.trust, keyLog: log) { harness in
            #expect(harness.fetch(target.secure + "/").status == 200)
            #expect(harness.fetch(target.secure + "/").isReused)
        }
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("CLIENT_TRAFFIC_SECRET_0 ") })
        #expect(lines.contains { $0.hasPrefix("SERVER_HANDSHAKE_TRAFFIC_SECRET ") })
        #expect(lines.allSatisfy { $0.split(separator: " ").count == 3 })
    }

    enum End: String, Sendable, CaseIterable {
        case inHandshake, resetInHandshake, silentHandshake, garbageHandshake
        case afterRequest, inRecord, untilCloseInRecord, untilCloseBetween, halfClosed, extraRecord
    }

    @Test(arguments: End.allCases)
    func connectionsThatEndHalfWay(end: End) throws {
        let made = try Certificates()
        nonisolated(unsafe) let context = try TLSServerContext(TLSServerOptions(identity: made.good))
        let server = try ScriptServer { wire, number, _ in
            // Every second connection is a good one.
            let isGood = number % 2 == 1
            if !isGood {
                switch end {
                case .inHandshake:
                    _ = wire.receive()
                    return
                case .resetInHandshake:
                    _ = wire.receive()
                    return wire.reset()
                case .silentHandshake:
                    while !wire.receive().isEmpty {}
                    return
                case .garbageHandshake:
                    _ = wire.receive()
                    wire.send("this is not TLS at all, and long enough to show it")
                    return wire.finishSending()
                default: break
                }
            }
            guard wire.startTLS(context), wire.head() != nil else { return }
            if isGood {
                repeat { wire.send(okResponse("good")) } while wire.head() != nil
                return
            }
            switch end {
            case .inRecord: wire.sendCut(Array(okResponse("four").utf8))
            case .untilCloseInRecord:
                wire.send("HTTP/1.1 200 OK\r\n\r\nthe beginning,")
                wire.sendCut(Array(" the end".utf8))
            case .untilCloseBetween: wire.send("HTTP/1.1 200 OK\r\n\r\nwhole")
            case .halfClosed:
                wire.send(okResponse("half"))
                wire.finishSending()
                while !wire.receive().isEmpty {}
            case .extraRecord:
                wire.send(okResponse("one"))
                wire.send(okResponse("of another"))
                while !wire.receive().isEmpty {}
            default: break
            }
        }
        try withHarness(security: made.trust) { harness in
            var ask = Ask("https://127.0.0.1:\(server.port)/")
            if end == .silentHandshake { ask.timeoutMs = 200 }
            let answer = harness.fetch(ask)
            switch end {
            case .inHandshake: #expect(answer.errorText == "EOF" && answer.code == .generic)
            case .resetInHandshake: #expect(answer.code == .resetByPeer)
            case .silentHandshake: #expect(answer.code == .requestTimeout && !answer.times.secured.isSet)
            case .garbageHandshake: #expect(answer.code == .tlsRecordHeader)
            case .afterRequest: #expect(answer.errorText == "EOF" && answer.code == .generic)
            case .inRecord, .untilCloseInRecord:
                #expect(answer.errorText == "unexpected EOF" && answer.code == .generic)
            case .untilCloseBetween: #expect(answer.code == .none && answer.text == "whole")
            case .halfClosed: #expect(answer.code == .none && answer.text == "half")
            case .extraRecord: #expect(answer.code == .none && answer.text == "one")
            }
            #expect(harness.run { harness.idleCount() == 0 })
            ask.timeoutMs = 20_000
            let next = harness.fetch(ask)
            #expect(next.text == "good" && !next.isReused, "\(next.errorText)")
            #expect(harness.fetch(ask).isReused)
        }
    }

    /// Two records in one segment: the second belongs to no request, so the channel carries none.
    @Test func anExtraRecordDoesNotAnswerTheNext() throws {
        let made = try Certificates()
        nonisolated(unsafe) let context = try TLSServerContext(TLSServerOptions(identity: made.good))
        let server = try ScriptServer { wire, number, _ in
            guard wire.startTLS(context), wire.head() != nil else { return }
            if number == 0 {
                wire.sendTogether([okResponse("one"), okResponse("not asked for")])
                while !wire.receive().isEmpty {}
                return
            }
            repeat { wire.send(okResponse("two")) } while wire.head() != nil
        }
        try withHarness(security: made.trust) { harness in
            let url = "https://127.0.0.1:\(server.port)/"
            var second: Call?
            let first = harness.open(Ask(url)) { _ in second = harness.open(Ask(url)) }
            #expect(harness.run { second?.answer.hasEnded == true })
            #expect(first.answer.text == "one" && second!.answer.text == "two")
        }
    }
}
