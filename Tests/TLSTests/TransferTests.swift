// Bytes through an open session: large ones, partial sends, input kept for later, and the memory an idle one
// holds.

import Base
import Testing

@testable import TLS

@Suite struct TransferTests {
    private func openPair(_ version: TLSVersion = .tls13) throws -> Pair {
        let pair = Pair(
            client: try Material.client { $0.versionMax = version }, server: try Material.server())
        pair.shake()
        try #require(pair.client.isOpen && pair.server.isOpen)
        return pair
    }

    private func body(_ count: Int, seed: UInt64 = 3) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13], [1, 16_384, 16_385, 5_000_000])
    func largeWrites(version: TLSVersion, count: Int) throws {
        let pair = try openPair(version)
        let sent = body(count)
        #expect(pair.client.send(sent) == .bytes(count))
        pair.settle()
        #expect(pair.server.received == sent)
        #expect(pair.server.send(sent) == .bytes(count))
        pair.settle()
        #expect(pair.client.received == sent)
    }

    @Test func emptyWrite() throws {
        let pair = try openPair()
        #expect(pair.client.send([]) == .done)
        #expect(pair.client.drain() == [])
    }

    /// A socket that takes a little at a time, with more written in between.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func partialSends(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pair = try openPair()
        var sent: [UInt8] = []
        for _ in 0..<30 {
            let piece = body(random.below(60_000) + 1, seed: random.next())
            sent += piece
            #expect(pair.client.send(piece) == .bytes(piece.count))
            let count = min(pair.client.session.output.count, random.below(50_000))
            let bytes = Array(pair.client.session.output.prefix(count))
            pair.client.session.sent(count)
            if !bytes.isEmpty { pair.server.receive(bytes) }
        }
        pair.settle()
        #expect(pair.server.received == sent, "seed \(seed)")
    }

    /// A reader that stops after one read per piece: what it left is kept, and found again.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func stoppingEarly(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pair = try openPair()
        let sent = body(200_000)
        for start in stride(from: 0, to: sent.count, by: 1_000) {
            #expect(pair.server.send(Array(sent[start..<start + 1_000])) == .bytes(1_000))
        }
        var wire = pair.server.drain()[...]
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 700)
        var kept = 0
        while !wire.isEmpty || pair.client.session.unreadCount > 0 {
            var piece = Array(wire.prefix(random.below(3_000)))
            wire = wire.dropFirst(piece.count)
            piece.withUnsafeBytes { pair.client.session.feed($0) }
            if case .bytes(let count) = buffer.withUnsafeMutableBytes({ pair.client.session.read(into: $0) })
            {
                received += buffer[..<count]
            }
            pair.client.session.keepRest()
            // Whatever was borrowed must not be looked at again.
            for index in piece.indices { piece[index] = 0xEE }
            kept = max(kept, pair.client.session.unreadCount)
        }
        pair.client.read()
        #expect(kept > 0)
        #expect(received + pair.client.received == sent, "seed \(seed)")
    }

    /// An idle session owns no buffers of ours: the context's spare one serves all.
    @Test func idleSessionsShareOneBuffer() throws {
        let client = try Material.client()
        let server = try Material.server()
        let pairs = (0..<3).map { _ in Pair(client: client, server: server) }
        for pair in pairs { pair.shake() }
        for pair in pairs {
            #expect(pair.client.session.ownedBufferBytes == 0)
            #expect(pair.server.session.ownedBufferBytes == 0)
            #expect(pair.client.send([1, 2, 3]) == .bytes(3))
        }
        #expect(pairs.allSatisfy { $0.client.session.ownedBufferBytes > 0 })
        for pair in pairs { pair.settle() }
        #expect(pairs.allSatisfy { $0.client.session.ownedBufferBytes == 0 })
        #expect(pairs.allSatisfy { $0.server.received == [1, 2, 3] })
        #expect(client.spare.pointee.capacity > 0)
        // A burst is not kept for ever.
        #expect(pairs[0].client.send(body(1_000_000)) == .bytes(1_000_000))
        pairs[0].settle()
        #expect(client.spare.pointee.capacity <= Limits.tlsSpareBytesMax)
    }
}
