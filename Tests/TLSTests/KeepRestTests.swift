// Input that is kept before it is read, round after round: the order in which a plain reader does it.

import Base
import Testing

@testable import TLS

@Suite struct KeepRestTests {
    /// Each record is fed and kept, then read whole; what was carried over must not be mistaken for the next
    /// record.
    @Test(arguments: [1, 2, 5])
    func keepsEachRoundBeforeReadingIt(rounds: Int) throws {
        let pair = Pair(client: try Material.client(), server: try Material.server())
        pair.shake()
        try #require(pair.client.isOpen)
        _ = pair.client.drain()
        for round in 1...rounds {
            // Each record is longer than the one before, so a stale rest would be too short.
            let text = [UInt8](repeating: UInt8(round), count: 100 * round)
            #expect(pair.server.send(text) == .bytes(text.count))
            pair.server.drain().withUnsafeBytes { bytes in
                pair.client.session.feed(bytes)
                pair.client.session.keepRest()
            }
            pair.client.received = []
            pair.client.read()
            #expect(pair.client.received == text)
        }
    }
}
