// Targets over bytes that other libraries read for Apus: content codings and TLS. They must end in a value,
// whatever comes.

import Base
import Codec
import TLS

extension FuzzTarget {
    private static let codingLists: [[ContentCoding]] =
        ContentCoding.allCases.map { [$0] } + [[.gzip, .brotli], [.zstd, .deflate], [.gzip, .gzip]]

    /// The first byte chooses the codings.
    static let codec = FuzzTarget("codec", corpus: encodedBodies()) { input, random in
        let codings = codingLists[Int(input.first ?? 0) % codingLists.count]
        let body = Array(input.dropFirst())
        let outputBytesMax = 256 * 1024
        var whole = ByteBuffer()
        var cut = ByteBuffer()
        let state = body.withUnsafeBytes {
            Decoder.decode($0, codings, into: &whole, outputBytesMax: outputBytesMax)
        }
        var decoder = Decoder(codings, outputBytesMax: outputBytesMax)
        var cutState = Decoder.State.running
        for piece in random.cut(body) where cutState == .running {
            cutState = piece.withUnsafeBytes { decoder.decode($0, into: &cut) }
        }
        if cutState == .running { cutState = decoder.finish() }
        if whole.count > outputBytesMax || cut.count > outputBytesMax { return "the output has no bound" }
        // libzstd checks a frame's announced size only when it gets the frame whole, or when its last block
        // is not empty: such a frame may end either way.
        if (state == .running) != (cutState == .running), !codings.contains(.zstd) {
            return "\(codings) whole and cut end differently: \(state), \(cutState)"
        }
        if state == .running, cutState == .running, !whole.bytes.elementsEqual(cut.bytes) {
            return "\(codings) whole and cut decode to \(whole.count) and \(cut.count) bytes"
        }
        return nil
    }

    private static func encodedBodies() -> [[UInt8]] {
        let bodies = [
            [], Array("hello hello hello hello".utf8), [UInt8](repeating: 0, count: 5000),
            (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
        ]
        return codingLists.indices.flatMap { index in
            bodies.map { body in
                var output = ByteBuffer()
                body.withUnsafeBytes { Encoder.encode($0, codingLists[index], into: &output) }
                return [UInt8(index)] + Array(output.bytes)
            }
        }
    }

    /// Two rounds per case: the recorded flight of a server, mutated, into a fresh client; and a live
    /// handshake with one flight damaged on its way. What OpenSSL draws has no seed, so only the first
    /// replays exactly.
    static let tls = FuzzTarget("tls", corpus: TLSFuzz.material.flights) { input, random in
        let material = TLSFuzz.material
        var deaf = TLSFuzz.End(TLSSession(client: material.clients[0], host: "localhost"))
        deaf.begin()
        for piece in random.cut(input) { deaf.receive(piece) }
        if deaf.last == .done && !deaf.session.isOpen { return "a handshake is done and not open" }
        _ = deaf.session.inputEnded()

        let version = random.below(material.clients.count)
        var client = TLSFuzz.End(TLSSession(client: material.clients[version], host: "localhost"))
        var server = TLSFuzz.End(TLSSession(server: material.server))
        client.begin()
        let damaged = random.below(6)
        for flight in 0..<6 {
            var bytes = flight % 2 == 0 ? client.drain() : server.drain()
            if flight == damaged, !bytes.isEmpty {
                for _ in 0..<(1 + random.below(3)) {
                    bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            for piece in random.cut(bytes) {
                if flight % 2 == 0 { server.receive(piece) } else { client.receive(piece) }
            }
        }
        if client.session.isOpen, client.last == .incomplete {
            if client.session.write(UnsafeRawBufferPointer(start: nil, count: 0)) == .failed {
                return "an open session failed to write nothing"
            }
        }
        return nil
    }
}

enum TLSFuzz {
    struct Material {
        var server: TLSServerContext
        /// TLS 1.3 and TLS 1.2.
        var clients: [TLSClientContext]
        /// What a server sends, by flight and version.
        var flights: [[UInt8]]
    }

    /// Made once: keys take milliseconds.
    nonisolated(unsafe) static let material: Material = {
        do { return try make() } catch { fatalError("no material for TLS: \(error)") }
    }()

    /// One end of a connection in memory.
    struct End: ~Copyable {
        var session: TLSSession
        var last = TLSResult.incomplete

        init(_ session: consuming TLSSession) { self.session = session }

        mutating func begin() { last = session.handshake() }

        mutating func drain() -> [UInt8] {
            let bytes = Array(session.output)
            session.sent(bytes.count)
            return bytes
        }

        mutating func receive(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes {
                session.feed($0); advance(); session.keepRest()
            }
        }

        private mutating func advance() {
            if last == .failed || last == .closed { return }
            if !session.isOpen {
                last = session.handshake()
                if last != .done { return }
            }
            withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
                repeat {
                    last = session.read(into: buffer)
                } while last != .incomplete && last != .closed
                    && last != .failed
            }
        }
    }

    private static func make() throws(TLSSetupError) -> Material {
        let authority = try CertificateAuthority(name: "Apus fuzz authority")
        let identity = try authority.issue(CertificateSpec(hosts: ["localhost"]))
        let server = try TLSServerContext(TLSServerOptions(identity: identity))
        var clients: [TLSClientContext] = []
        var flights: [[UInt8]] = []
        for version in [TLSVersion.tls13, .tls12] {
            var options = TLSClientOptions()
            options.trust = .pem(authority.certificatePEM)
            options.versionMax = version
            let context = try TLSClientContext(options)
            clients.append(context)
            var client = End(TLSSession(client: context, host: "localhost"))
            var peer = End(TLSSession(server: server))
            client.begin()
            for _ in 0..<3 {
                peer.receive(client.drain())
                let flight = peer.drain()
                if !flight.isEmpty { flights.append(flight) }
                client.receive(flight)
            }
            precondition(client.session.isOpen, "two ends of one make agree on a handshake")
        }
        return Material(server: server, clients: clients, flights: flights)
    }
}
