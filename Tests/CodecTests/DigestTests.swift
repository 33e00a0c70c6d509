// Digests, HMAC, base64's refusals and random bytes as scripts see them. Literal values come from real k6
// v1.1.0.

import Codec
import Testing

@Suite struct DigestTests {
    private func hmac(_ digest: Digest, key: [UInt8], _ text: String) -> [UInt8]? {
        key.withUnsafeBytes { key in Array(text.utf8).withUnsafeBytes { digest.hmac(key: key, $0) } }
    }

    /// Of "hello world".
    @Test(arguments: [
        (Digest.md4, "aa010fbc1d14c795d86ef98c95479d17"),
        (.md5, "5eb63bbbe01eeed093cb22bb8f5acdc3"),
        (.sha1, "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"),
        (.sha256, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"),
        (
            .sha384,
            "fdbd8e75a67f29f701a4e040385e2e23986303ea10239211af907fcbb83578b3e417cb71ce646efd0819dd8c088de1bd"
        ),
        (
            .sha512,
            "309ecc489c12d6eb4cc40f50c902f2b4d0ed77ee511a7c7a9bcd3ca86d4cd86f989dd35bc5ff499670da34255b45b0cfd830e81f605dcf7dc5542e93ae9cd76f"
        ),
        (.sha512_224, "22e0d52336f64a998085078b05a6e37b26f8120f43bf4db4c43a64ee"),
        (.sha512_256, "0ac561fac838104e3f2e4ad107b4bee3e938bf15f2b15f009ccccd61a913f017"),
        (.ripemd160, "98c615784ccb5fe5936fbc0cbe9dfdb408d92f0f"),
    ])
    func digests(digest: Digest, hex: String) {
        #expect(digest.hash(Array("hello world".utf8)).map(Hex.encode) == hex)
    }

    /// Of "hello" with the key "key".
    @Test(arguments: [
        (Digest.md4, "37466b39d12186d0231e6b783358cfe4"),
        (.md5, "04130747afca4d79e32e87cf2104f087"),
        (.sha1, "b34ceac4516ff23a143e61d79d0fa7a4fbe5f266"),
        (.sha256, "9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b"),
        (
            .sha384,
            "eacbad575c301fa68afb26dae48b25bf5cd42fd08ed28c08c274ce62df7928f01249976cd8aaf1ab0681d3accedc9543"
        ),
        (
            .sha512,
            "ff06ab36757777815c008d32c8e14a705b4e7bf310351a06a23b612dc4c7433e7757d20525a5593b71020ea2ee162d2311b247e9855862b270122419652c0c92"
        ),
        (.sha512_224, "65f0de09201bada199441610a81e6fa6e805bc96684444139a7fc3aa"),
        (.sha512_256, "6149bdedc72e1cb49de9d0e575ed42b04ca960d6064eb8d38aefcbc886864525"),
        (.ripemd160, "43ab51f803a68a8b894cb32ee19e6854e9f4e468"),
    ])
    func hmacs(digest: Digest, hex: String) {
        #expect(hmac(digest, key: Array("key".utf8), "hello").map(Hex.encode) == hex)
    }

    /// The vectors of RFC 4231 and RFC 2202 with keys longer than a block.
    @Test func longKeys() {
        let key = [UInt8](repeating: 0xAA, count: 131)
        let text = "Test Using Larger Than Block-Size Key - Hash Key First"
        #expect(
            hmac(.sha256, key: key, text).map(Hex.encode)
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(
            hmac(.md5, key: Array(key[..<80]), text).map(Hex.encode) == "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")
    }

    @Test(arguments: Digest.allCases, [false, true])
    func streamsAreCumulative(digest: Digest, isKeyed: Bool) throws {
        let key = Array("k".utf8)
        let keyed = key.withUnsafeBytes { DigestStream(digest, key: $0) }
        let stream = try #require(isKeyed ? keyed : DigestStream(digest))
        var soFar = ""
        for part in ["a", "", "b", String(repeating: "c", count: 300)] {
            soFar += part
            Array(part.utf8).withUnsafeBytes { stream.update($0) }
            let whole = isKeyed ? hmac(digest, key: key, soFar) : digest.hash(Array(soFar.utf8))
            #expect(stream.digest() == whole)
            #expect(stream.digest() == whole)
        }
    }

    /// Where the decoders of Go stop; nil when they do not.
    private static let corrupt: [(String, [Int?])] = [
        ("Z", [0, 0, 0, 0]),
        ("Zg", [0, nil, 0, nil]),
        ("Zg=", [3, 2, 3, 2]),
        ("Zg===", [4, 2, 4, 2]),
        ("Z=g=", [1, 1, 1, 1]),
        ("Zm9v=", [4, 4, 4, 4]),
        ("Zm9 ", [3, 3, 3, 3]),
        ("-__-", [0, 0, nil, nil]),
        ("Zm9vY", [4, 4, 4, 4]),
        ("Zm9v\r\nYmFy", [nil, nil, nil, nil]),
        ("=", [0, 0, 0, 0]),
        ("====", [0, 0, 0, 0]),
        ("Zg==Zg==", [4, 2, 4, 2]),
        ("Zh==", [nil, 2, nil, 2]),
        ("Zm9vYh==", [nil, 6, nil, 6]),
        ("Zg==\n", [nil, 2, nil, 2]),
        ("Zg=\n=", [nil, 2, nil, 2]),
        ("\nZg==", [nil, 3, nil, 3]),
        ("Zm9v!", [4, 4, 4, 4]),
        ("é", [0, 0, 0, 0]),
        ("Zm9v\0", [4, 4, 4, 4]),
        ("AAAA\nA", [5, 5, 5, 5]),
        ("Zg==x", [4, 2, 4, 2]),
        ("Zg==\nx", [5, 2, 5, 2]),
        ("ZgAA=", [4, 4, 4, 4]),
        ("Zg A", [2, 2, 2, 2]),
        ("A", [0, 0, 0, 0]),
        ("AA", [0, nil, 0, nil]),
        ("AAA", [0, nil, 0, nil]),
        ("AAAAA=", [5, 5, 5, 5]),
        ("Zm9vZm9vZm9vZ$9v", [13, 13, 13, 13]),
        ("AA=A", [2, 2, 2, 2]),
        ("AA\n=A", [3, 3, 3, 3]),
        ("A=", [1, 1, 1, 1]),
        ("A==", [1, 1, 1, 1]),
        ("A===", [1, 1, 1, 1]),
    ]

    @Test(arguments: corrupt)
    func corruptBase64(text: String, offsets: [Int?]) {
        let variants: [Base64.Variant] = [.standard, .standardUnpadded, .url, .urlUnpadded]
        for (variant, offset) in zip(variants, offsets) {
            switch Base64.checked(text, variant) {
            case .success: #expect(offset == nil, "\(variant)")
            case .failure(let problem):
                #expect(problem.offset == offset, "\(variant)")
                #expect(problem.description == "illegal base64 data at input byte \(problem.offset)")
            }
        }
    }

    @Test func randomBytes() throws {
        var first = [UInt8](repeating: 0, count: 64)
        var second = first
        #expect(first.withUnsafeMutableBytes { SecureRandom.fill($0) })
        #expect(second.withUnsafeMutableBytes { SecureRandom.fill($0) })
        #expect(first != second)
        let uuid = try #require(SecureRandom.uuid())
        let form = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
        #expect(uuid.wholeMatch(of: form) != nil)
        #expect(uuid != SecureRandom.uuid())
    }
}
