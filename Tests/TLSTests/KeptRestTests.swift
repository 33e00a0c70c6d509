// Input kept for later and read before the next arrives: nothing of it may come back.

import Testing

@testable import TLS

@Suite struct KeptRestTests {
    /// Each piece is kept before it is read, as a server does that does not want it yet.
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func keptInputIsReadOnce(version: TLSVersion) throws {
        let pair = Pair(
            client: try Material.client { $0.versionMax = version }, server: try Material.server())
        pair.shake()
        for text in ["first", "second and longer", "third"] {
            #expect(pair.client.send(Array(text.utf8)) == .bytes(text.utf8.count))
            pair.client.drain().withUnsafeBytes {
                pair.server.session.feed($0)
                pair.server.session.keepRest()
            }
            pair.server.read()
            #expect(pair.server.last == .incomplete)
        }
        #expect(String(decoding: pair.server.received, as: UTF8.self) == "firstsecond and longerthird")
    }
}
