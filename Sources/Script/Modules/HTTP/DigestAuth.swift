// Digest authentication (RFC 7616 with MD5 and SHA-256, qop "auth" or none): the answer to a server's
// challenge for the credentials of a request. Pure, but for the client's nonce.

import Codec
import HTTP

enum DigestAuth {
    /// The value of the `Authorization` header; nil when the challenge is none this can answer.
    static func answer(
        _ challenge: String, _ draft: RequestDraft, _ user: String, _ password: String,
        nonce clientNonce: String = makeNonce()
    ) -> String? {
        guard challenge.lowercased().hasPrefix("digest ") else { return nil }
        let fields = parameters(String(challenge.dropFirst(7)))
        guard let realm = fields["realm"], let nonce = fields["nonce"] else { return nil }
        let algorithm = fields["algorithm"] ?? "MD5"
        let isSession = algorithm.lowercased().hasSuffix("-sess")
        let isSHA256 = algorithm.lowercased().hasPrefix("sha-256")
        guard isSHA256 || algorithm.lowercased().hasPrefix("md5") else { return nil }
        func hash(_ text: String) -> String { hex(isSHA256 ? .sha256 : .md5, text) }
        let uri = draft.url.target
        var first = hash("\(user):\(realm):\(password)")
        if isSession { first = hash("\(first):\(nonce):\(clientNonce)") }
        let second = hash("\(draft.method):\(uri)")
        let offered = (fields["qop"] ?? "").split(separator: ",").map { Text.trim($0) }
        let usesQOP = offered.contains("auth")
        if !offered.isEmpty, !usesQOP { return nil }
        let count = "00000001"
        let response =
            usesQOP
            ? hash("\(first):\(nonce):\(count):\(clientNonce):auth:\(second)")
            : hash("\(first):\(nonce):\(second)")
        var text =
            "Digest username=\"\(user)\", realm=\"\(realm)\", nonce=\"\(nonce)\", uri=\"\(uri)\", response=\"\(response)\""
        if fields["algorithm"] != nil { text += ", algorithm=\(algorithm)" }
        if let opaque = fields["opaque"] { text += ", opaque=\"\(opaque)\"" }
        if usesQOP { text += ", qop=auth, nc=\(count), cnonce=\"\(clientNonce)\"" }
        return text
    }

    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
    }

    private static func hex(_ kind: Codec.Digest, _ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = (kind.hash(Array(text.utf8)) ?? []).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `name=value, name="quoted value"`, names in lower case.
    private static func parameters(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = Array(text.utf8)[...]
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == UInt8(ascii: ",") }
        while !rest.isEmpty {
            rest = rest.drop(while: isSpace)
            let name = rest.prefix { $0 != UInt8(ascii: "=") }
            rest = rest.dropFirst(name.count + 1)
            var value: [UInt8] = []
            if rest.first == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                while let byte = rest.first, byte != UInt8(ascii: "\"") {
                    if byte == UInt8(ascii: "\\") { rest = rest.dropFirst() }
                    if let kept = rest.first { value.append(kept) }
                    rest = rest.dropFirst()
                }
                rest = rest.dropFirst()
            } else {
                value = Array(rest.prefix { !isSpace($0) })
                rest = rest.dropFirst(value.count)
            }
            if name.isEmpty { break }
            fields[Text.trim(String(decoding: name, as: UTF8.self)).lowercased()] =
                String(decoding: value, as: UTF8.self)
        }
        return fields
    }
}
