// base64, hexadecimal and digests against published vectors, and against each other for every length and
// form.

import Base
import Codec
import Testing

@Suite struct TextCodingTests {
    /// The vectors of RFC 4648.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64Vectors(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
        let bare = text.filter { $0 != "=" }
        #expect(Base64.encode(Array(plain.utf8), .standardUnpadded) == bare)
        #expect(Base64.decode(bare, .standardUnpadded) == Array(plain.utf8))
    }

    @Test(arguments: Base64.Variant.allCases)
    func base64RoundTrip(variant: Base64.Variant) {
        var random = SeededRandom(seed: 5)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(Base64.decode(Base64.encode(bytes, variant), variant) == bytes)
        }
    }

    @Test func base64Alphabets() {
        #expect(Base64.encode([0xFB, 0xFF, 0xFE]) == "+//+")
        #expect(Base64.encode([0xFB, 0xFF, 0xFE], .url) == "-__-")
        #expect(Base64.decode("Zm9v\r\nYmFy") == Array("foobar".utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Z=g=", "Zm9v=", "Zm9 ", "-__-", "Zm9vY"])
    func base64Refusals(text: String) { #expect(Base64.decode(text) == nil) }

    @Test func hexadecimal() {
        #expect(Hex.encode([0x00, 0x9F, 0xFF]) == "009fff")
        #expect(Hex.decode("009fFF") == [0x00, 0x9F, 0xFF])
        #expect(Hex.decode("") == [])
        #expect(Hex.decode("abc") == nil)
        #expect(Hex.decode("0g") == nil)
    }

    /// The digests of "abc" as published with each algorithm.
    @Test(arguments: [
        (Digest.md5, "900150983cd24fb0d6963f7d28e17f72"), (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func digests(digest: Digest, hex: String) {
        #expect(digest.hash(Array("abc".utf8)).map(Hex.encode) == hex)
    }

    @Test(arguments: Digest.allCases)
    func digestSizes(digest: Digest) {
        #expect(digest.hash([])?.count == digest.byteCount)
    }
}
