// Two ends of a TLS connection in memory, and the material they need. Every test of this folder talks through
// these.

import Base

@testable import TLS

/// One end: feeds a session, collects its plaintext, remembers how it ended.
final class Endpoint {
    var session: TLSSession
    var received: [UInt8] = []
    /// What the last handshake or read said.
    var last = TLSResult.incomplete
    var readBytes = 4096

    init(_ session: consuming TLSSession) { self.session = session }

    // The session cannot be copied, so `#expect` cannot take it apart: these can be.
    var isOpen: Bool { session.isOpen }
    var info: TLSInfo? { session.info }
    var failure: TLSFailure? { session.failure }
    var selectedProtocol: String? { session.selectedProtocol }
    var handshakeCount: Int { session.handshakeCount }
    func inputEnded() -> TLSResult { session.inputEnded() }

    /// What there is to send.
    func drain() -> [UInt8] {
        let bytes = Array(session.output)
        session.sent(bytes.count)
        return bytes
    }

    /// Takes one piece from the peer, as a socket's read callback would.
    func receive(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes {
            session.feed($0)
            advance()
            session.keepRest()
        }
    }

    func advance() {
        if !session.isOpen && last == .incomplete {
            last = session.handshake()
            if last != .done { return }
        }
        if session.isOpen { read() }
    }

    func read() {
        withUnsafeTemporaryAllocation(byteCount: readBytes, alignment: 1) { buffer in
            repeat {
                last = session.read(into: buffer)
                if case .bytes(let count) = last { received += buffer[..<count] }
            } while last != .incomplete && last != .closed && last != .failed
        }
    }

    func send(_ bytes: [UInt8]) -> TLSResult { bytes.withUnsafeBytes { session.write($0) } }
}

/// A client and a server joined back to back.
final class Pair {
    let client: Endpoint
    let server: Endpoint
    /// How bytes are cut on their way; nil for whole.
    var cut: ((Int) -> Int)?

    init(client: TLSClientContext, server: TLSServerContext, host: String = "localhost") {
        self.client = Endpoint(TLSSession(client: client, host: host))
        self.server = Endpoint(TLSSession(server: server))
    }

    /// Moves bytes both ways until neither end has any.
    func settle() {
        while true {
            let forth = client.drain()
            deliver(forth, to: server)
            let back = server.drain()
            deliver(back, to: client)
            if forth.isEmpty && back.isEmpty { return }
        }
    }

    func shake() {
        client.advance()
        settle()
    }

    private func deliver(_ bytes: [UInt8], to end: Endpoint) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, max(1, cut?(rest.count) ?? rest.count))
            end.receive(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
    }
}

enum Material {
    /// One authority for all tests: making it is the slow part.
    static let authority = try! CertificateAuthority()
    static let authorityPEM = authority.certificatePEM

    static func identity(
        _ hosts: [String] = ["localhost", "127.0.0.1", "::1"],
        _ change: (inout CertificateSpec) -> Void = { _ in }
    ) throws -> TLSIdentity {
        var spec = CertificateSpec(hosts: hosts)
        change(&spec)
        return try authority.issue(spec)
    }

    static func client(
        _ change: (inout TLSClientOptions) -> Void = { _ in }, keyLog: TLSContext.KeyLogSink? = nil
    ) throws -> TLSClientContext {
        var options = TLSClientOptions()
        options.trust = .pem(authorityPEM)
        change(&options)
        return try TLSClientContext(options, keyLog: keyLog)
    }

    static func server(
        _ identity: TLSIdentity? = nil, _ change: (inout TLSServerOptions) -> Void = { _ in }
    ) throws -> TLSServerContext {
        var options = TLSServerOptions(identity: try identity ?? Self.identity())
        change(&options)
        return try TLSServerContext(options)
    }
}
