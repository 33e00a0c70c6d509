// Collected bodies decoded after they came through the client, and what k6 says of those that cannot be.

import Base
import Codec
import HTTP
import Testing

@Suite struct DecodingTests {
    private static func decode(_ bytes: [UInt8], _ encoding: String, bytesMax: Int = .max) -> (
        String?, ErrorCode, String
    ) {
        var body = ByteBuffer()
        body.append(bytes)
        switch ContentDecoding.decodeBody(body, contentEncoding: encoding, outputBytesMax: bytesMax) {
        case .same: return (String(decoding: bytes, as: UTF8.self), .none, "")
        case .decoded(let output): return (output.string(), .none, "")
        case .failed(let code, let text, _): return (nil, code, text)
        }
    }

    @Test(arguments: ["/gzip", "/deflate", "/br", "/zstd"], [false, true])
    func codedBodiesAreRead(path: String, isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            let plain = harness.fetch(base + "/")
            let coded = harness.fetch(base + path)
            let encoding = try #require(coded["Content-Encoding"])
            #expect(coded.bodyByteCount < plain.bodyByteCount)
            #expect(Self.decode(coded.body, encoding).0 == plain.text)
            #expect(coded.isReused)
        }
    }

    /// k6 1.1.0 says of the same route: 1000, "flate: corrupt input before offset 1".
    @Test func aBadBodyIsAnError() throws {
        try withTarget { target, harness in
            let answer = harness.fetch(target.plain + "/bad-gzip")
            #expect(answer.code == .none && answer.status == 200)
            let decoded = Self.decode(answer.body, try #require(answer["Content-Encoding"]))
            #expect(decoded.0 == nil && decoded.1 == .generic)
            #expect(decoded.2 == "flate: corrupt input before offset 1")
            // The connection is as good as before.
            #expect(harness.fetch(target.plain + "/").isReused)
        }
    }

    @Test func headersAndLimits() {
        let text = Array("some text".utf8)
        var gzip = ByteBuffer()
        text.withUnsafeBytes { Encoder.encode($0, [.gzip], into: &gzip) }
        var both = ByteBuffer()
        text.withUnsafeBytes { Encoder.encode($0, [.gzip, .brotli], into: &both) }
        #expect(Self.decode(text, "").0 == "some text")
        #expect(Self.decode(text, "identity").0 == "some text")
        #expect(Self.decode(text, "unheard-of").0 == "some text")
        #expect(Self.decode([], "gzip") == ("", .none, ""))
        #expect(Self.decode(Array(gzip.bytes), "gzip").0 == "some text")
        #expect(Self.decode(Array(both.bytes), "gzip, br").0 == "some text")
        let wrong = Self.decode(text, "gzip")
        #expect(wrong.1 == .decompression && wrong.2.hasPrefix("error decompressing response body ("))
        let cut = Self.decode(Array(gzip.bytes.dropLast(9)), "gzip")
        #expect(cut.1 == .generic && cut.2 == "unexpected EOF")
        let large = Self.decode(Array(gzip.bytes), "gzip", bytesMax: 4)
        #expect(large.1 == .generic && large.2.contains("larger than 4 bytes"))
    }
}
