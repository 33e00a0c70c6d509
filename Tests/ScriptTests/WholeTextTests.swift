// Texts the engine lends as UTF-8: halves of surrogate pairs become U+FFFD, everything else stays.

import Testing

@testable import Script

@Suite struct WholeTextTests {
    /// `D` is ED A0 80, half a pair, `d` ED BF BF; `K` is U+D7FF, whose first byte is ED as well.
    private static func bytes(_ pattern: String) -> [UInt8] {
        pattern.utf8.flatMap { letter -> [UInt8] in
            switch letter {
            case UInt8(ascii: "D"): [0xED, 0xA0, 0x80]
            case UInt8(ascii: "d"): [0xED, 0xBF, 0xBF]
            case UInt8(ascii: "K"): [0xED, 0x9F, 0xBF]
            case UInt8(ascii: "?"): [0xEF, 0xBF, 0xBD]
            default: [letter]
            }
        }
    }

    @Test(arguments: [
        ("", ""), ("a", "a"), ("K", "K"), ("D", "?"), ("aDb", "a?b"), ("DdD", "???"), ("KDKd", "K?K?"),
        ("KKK", "KKK"), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaD", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?"),
    ])
    func replacesHalves(_ given: String, _ expected: String) {
        let given = Self.bytes(given)
        let expected = Self.bytes(expected)
        given.withUnsafeBufferPointer { text in
            #expect(WholeText.isUTF8(text) == (given == expected))
            #expect(WholeText.replacingHalves(text) == expected)
        }
        let name = given.map { CChar(bitPattern: $0) } + [0]
        #expect(Array(name.withUnsafeBufferPointer { WholeText.string($0.baseAddress!) }.utf8) == expected)
    }
}
