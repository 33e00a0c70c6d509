// Servers are asked once whether they would have spoken HTTP/2: how often, from where, who is not, and what
// comes of it when they do not answer. Requests go over HTTP/1.1 whatever the answer is.

import Base
import EventLoop
import TLS
import TestSupport
import Testing

@testable import HTTPClient

@Suite struct ProtocolProbeTests {
    private static let trusting: TLSClientOptions = {
        var options = TLSClientOptions()
        options.insecureSkipVerify = true
        return options
    }()

    private static func serverOptions(_ protocols: [String]) throws -> TLSServerOptions {
        var options = TLSServerOptions(
            identity: try CertificateAuthority.selfSigned(CertificateSpec(hosts: ["127.0.0.1"])))
        options.protocols = protocols
        return options
    }

    /// Serves HTTP/1.1 over TLS and notes what each connection agreed on, and where it came from. Those from
    /// the second on are `other`'s.
    private static func server(
        _ protocols: [String], anyAddress: Bool = false,
        other: (@Sendable (Wire, Notes) -> Void)? = nil
    ) throws -> ScriptServer {
        let options = try serverOptions(protocols)
        return try ScriptServer(isConcurrent: true, anyAddress: anyAddress) { wire, number, notes in
            if number > 0, let other { return other(wire, notes) }
            // A context belongs to one thread.
            do {
                guard wire.startTLS(try TLSServerContext(options)) else { return notes.add("no handshake") }
            } catch { return notes.add("no context: \(error)") }
            notes.add("\(wire.selectedProtocol ?? "none") from \(wire.peerHost)")
            while wire.head() != nil { wire.send(okResponse("ok")) }
        }
    }

    private static func asks(_ server: ScriptServer, count: Int) -> [Ask] {
        (0..<count).map {
            var ask = Ask("https://127.0.0.1:\(server.port)/")
            ask.vu = Int64($0) + 1
            return ask
        }
    }

    /// Waits for as much as `read` should return, at most 30 s.
    private static func wait<T>(for count: Int, _ read: () -> [T]) -> [T] {
        var found: [T] = []
        let limit = Clock.now() + 30 * Ns.perSecond
        while Clock.now() < limit {
            found += read()
            if found.count >= count { break }
            pause(5)
        }
        return found
    }

    private static func waitForNotes(_ server: ScriptServer, _ count: Int) -> [String] {
        _ = wait(for: count) { server.notes.all.count >= count ? server.notes.all : [] }
        return server.notes.all
    }

    @Test(arguments: [
        (["h2", "http/1.1"], ProtocolProbe.Answer.http2), (["http/1.1", "h2"], .another),
        (["http/1.1"], .another), ([], .another),
    ])
    func oncePerDestination(protocols: [String], answer: ProtocolProbe.Answer) throws {
        let server = try Self.server(protocols)
        let probe = ProtocolProbe(Self.trusting)
        var settings = ClientSettings()
        settings.noConnectionReuse = true
        // One worker after the other, each with connections before and after the answer.
        for _ in 0..<2 {
            try withHarness(settings, security: Self.trusting, probe: probe) { harness in
                for _ in 0..<2 {
                    let answers = harness.fetchAll(Self.asks(server, count: 5))
                    #expect(answers.allSatisfy { $0.status == 200 && $0.isOrdered })
                }
            }
        }
        let findings = Self.wait(for: 1) { probe.takeFindings() }
        #expect(findings == [.init(destination: "127.0.0.1:\(server.port)", answer: answer)])
        let notes = Self.waitForNotes(server, 21)
        #expect(notes.count == 21, "\(notes)")
        #expect(notes.count { $0.hasPrefix("h2 ") } == (answer == .http2 ? 1 : 0), "\(notes)")
        probe.close()
        #expect(probe.takeFindings().isEmpty)
    }

    @Test func twoWorkersAtOnce() throws {
        let server = try Self.server(["h2", "http/1.1"])
        let probe = ProtocolProbe(Self.trusting)
        let statuses = Locked<[Int]>([])
        let asks = Self.asks(server, count: 20)
        let threads = try (0..<2).map { _ in
            try BackgroundThread {
                do {
                    try withHarness(security: Self.trusting, probe: probe) { harness in
                        let got = harness.fetchAll(asks).map(\.status)
                        statuses.withLock { $0 += got }
                    }
                } catch { statuses.withLock { $0.append(-1) } }
            }
        }
        for thread in threads { thread.join() }
        #expect(statuses.withLock { $0 } == Array(repeating: 200, count: 40))
        let findings = Self.wait(for: 1) { probe.takeFindings() }
        #expect(findings == [.init(destination: "127.0.0.1:\(server.port)", answer: .http2)])
        #expect(Self.waitForNotes(server, 41).count { $0.hasPrefix("h2 ") } == 1)
    }

    @Test func soManyDestinationsAndNoMore() throws {
        let server = try Self.server(["h2", "http/1.1"])
        let probe = ProtocolProbe(Self.trusting)
        let hosts = (0..<Limits.protocolProbesMax + 4).map { "host-\($0).test" }
        let names = FakeNames(Dictionary(uniqueKeysWithValues: hosts.map { ($0, ["127.0.0.1"]) }))
        try withHarness(security: Self.trusting, probe: probe, lookup: names.lookup) { harness in
            let urls = hosts.map { "https://\($0):\(server.port)/" }
            for url in urls + urls { #expect(harness.fetch(url).status == 200) }
        }
        let findings = Self.wait(for: Limits.protocolProbesMax) { probe.takeFindings() }
        #expect(findings.allSatisfy { $0.answer == .http2 })
        let asked = hosts.prefix(Limits.protocolProbesMax).map { "\($0):\(server.port)" }
        #expect(findings.map(\.destination).sorted() == asked.sorted())
    }

    @Test func fromTheSameAddress() throws {
        let server = try Self.server(["h2", "http/1.1"], anyAddress: true)
        let probe = ProtocolProbe(Self.trusting)
        var settings = ClientSettings()
        settings.localAddresses = [SocketAddress(numeric: "127.0.0.7", port: 0)!]
        try withHarness(settings, security: Self.trusting, probe: probe) { harness in
            #expect(harness.fetch(Self.asks(server, count: 1)[0]).status == 200)
        }
        #expect(Self.waitForNotes(server, 2).sorted() == ["h2 from 127.0.0.7", "http/1.1 from 127.0.0.7"])
    }

    // MARK: - no answer

    enum Rudeness: String, CaseIterable { case leaves, resets, speaksHTTP, refuses }

    @Test(arguments: [
        (Rudeness.leaves, "EOF"), (.resets, "receiving: connection reset by peer"),
        (.speaksHTTP, "tls: first record does not look like a TLS handshake"),
        (.refuses, "remote error: tls: handshake failure"),
    ])
    func noAnswer(_ rudeness: Rudeness, _ reason: String) throws {
        let server = try Self.server(["h2", "http/1.1"]) { wire, _ in
            _ = wire.receive()
            switch rudeness {
            case .leaves: break
            case .resets: wire.reset()
            case .speaksHTTP: wire.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            case .refuses: wire.send([21, 3, 3, 0, 2, 2, 40])
            }
        }
        let probe = ProtocolProbe(Self.trusting)
        try withHarness(security: Self.trusting, probe: probe) { harness in
            for _ in 0..<3 { #expect(harness.fetch(Self.asks(server, count: 1)[0]).status == 200) }
        }
        let findings = Self.wait(for: 1) { probe.takeFindings() }
        #expect(findings == [.init(destination: "127.0.0.1:\(server.port)", answer: .unknown(reason))])
    }

    /// A server that says nothing: the question has its own end, and that of the run comes before.
    @Test(arguments: [true, false])
    func silence(isCalledOff: Bool) throws {
        let kept = try isKept(inOneOf: 5) {
            let server = try Self.server(["h2", "http/1.1"]) { wire, notes in
                // The hello, then the end.
                if !wire.receive().isEmpty { notes.add("asked") }
                while !wire.receive().isEmpty {}
            }
            let probe =
                isCalledOff
                ? ProtocolProbe(Self.trusting)
                : ProtocolProbe(Self.trusting, timeoutNs: 200 * Ns.perMillisecond)
            try withHarness(security: Self.trusting, probe: probe) { harness in
                #expect(harness.fetch(Self.asks(server, count: 1)[0]).status == 200)
            }
            #expect(Self.waitForNotes(server, 2).contains("asked"))
            let start = Clock.now()
            if isCalledOff { probe.close() }
            let findings = Self.wait(for: 1) { probe.takeFindings() }
            let reason = isCalledOff ? "operation canceled" : "connection timed out"
            #expect(findings.map(\.answer) == [.unknown("receiving: \(reason)")])
            // The limit is 3 s.
            let tookMs = milliseconds(start)
            probe.close()
            return tookMs < 1000
        }
        #expect(kept, "not once in 5 tries")
    }

    /// `close` waits for the threads and takes what they said with it; nothing is asked any more.
    @Test func afterTheEnd() throws {
        let server = try Self.server(["h2", "http/1.1"])
        let probe = ProtocolProbe(Self.trusting)
        probe.close()
        try withHarness(security: Self.trusting, probe: probe) { harness in
            #expect(harness.fetch(Self.asks(server, count: 1)[0]).status == 200)
        }
        #expect(probe.takeFindings().isEmpty && server.notes.all.count == 1)
    }

    // MARK: - not asked

    /// After `close` whatever was asked has left a finding.
    private func expectNothingAsked(
        _ probe: ProtocolProbe, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        probe.close()
        #expect(probe.takeFindings().isEmpty, sourceLocation: sourceLocation)
    }

    @Test func withoutTLS() throws {
        let probe = ProtocolProbe(Self.trusting)
        let target = try Target()
        try withHarness(security: Self.trusting, probe: probe) { harness in
            #expect(harness.fetch(target.plain + "/").status == 200)
        }
        expectNothingAsked(probe)
    }

    @Test func ofAServerThatIsNotTrusted() throws {
        let server = try Self.server(["h2", "http/1.1"])
        let probe = ProtocolProbe(TLSClientOptions())
        try withHarness(security: TLSClientOptions(), probe: probe) { harness in
            #expect(harness.fetch(Self.asks(server, count: 1)[0]).code == .unknownAuthority)
        }
        expectNothingAsked(probe)
    }

    @Test func throughAProxy() throws {
        let options = try Self.serverOptions(["h2", "http/1.1"])
        let proxy = try ScriptServer(isConcurrent: true) { wire, _, notes in
            guard wire.head() != nil else { return }
            wire.send("HTTP/1.1 200 Connection established\r\n\r\n")
            do {
                guard wire.startTLS(try TLSServerContext(options)) else { return notes.add("no handshake") }
            } catch { return notes.add("no context: \(error)") }
            while wire.head() != nil { wire.send(okResponse("ok")) }
        }
        let probe = ProtocolProbe(Self.trusting)
        let settings = try ProxyTests.through(proxy.port)
        try withHarness(settings, security: Self.trusting, probe: probe) { harness in
            #expect(harness.fetch("https://made.up/").status == 200)
        }
        expectNothingAsked(probe)
    }
}
