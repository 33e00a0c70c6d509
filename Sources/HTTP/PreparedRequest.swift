// A request encoded once: its bytes, and what a transport must know to send it. Prepared requests are shared
// by every VU of a worker and never change. Header order is k6's: Host, User-Agent, Content-Length, then the
// rest by name.

import Base

public struct PreparedRequest {
    /// Head and body as they go on the wire.
    public let bytes: UnsafePointer<UInt8>
    public let byteCount: Int
    public let isHead: Bool
    /// Whether a request whose kept-alive channel broke before a byte of the answer may be sent again
    /// although the server may have seen it. As in k6: safe methods, and what says that it is idempotent.
    public let isReplayable: Bool
    /// Where it goes: a number the transport gave out (`destination(for:)`), or `nowhere`.
    public var destination: Int32
    /// Why it fails when it is opened; nil for what can be sent. Kept here and not with the destinations:
    /// each of a million URLs may be wrong in its own way.
    public let refusal: UnsafePointer<RequestRefusal>?

    /// The destination of what cannot be sent.
    public static let nowhere: Int32 = -1

    /// Copies the encoding's bytes; `free` gives them back.
    public init(
        _ encoded: borrowing ByteBuffer, method: String, isIdempotent: Bool = false, destination: Int32,
        refusal: RequestRefusal? = nil
    ) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(encoded.count, 1))
        if let base = encoded.base { copy.update(from: base, count: encoded.count) }
        bytes = UnsafePointer(copy)
        byteCount = encoded.count
        isHead = method == "HEAD"
        isReplayable = isIdempotent || ["GET", "HEAD", "OPTIONS", "TRACE"].contains(method)
        self.destination = destination
        self.refusal = refusal.map {
            let copy = UnsafeMutablePointer<RequestRefusal>.allocate(capacity: 1)
            copy.initialize(to: $0)
            return UnsafePointer(copy)
        }
    }

    /// A prepared request in a block of its own, as transports hand it out.
    public func boxed() -> UnsafeMutablePointer<PreparedRequest> {
        let box = UnsafeMutablePointer<PreparedRequest>.allocate(capacity: 1)
        box.initialize(to: self)
        return box
    }

    /// Frees a boxed request and its bytes.
    public static func free(_ box: UnsafeMutablePointer<PreparedRequest>) {
        box.pointee.bytes.deallocate()
        if let refusal = box.pointee.refusal {
            UnsafeMutablePointer(mutating: refusal).deinitialize(count: 1).deallocate()
        }
        box.deallocate()
    }
}

/// What a request consists of before it is encoded.
public struct RequestDraft: Sendable {
    public var method: String
    public var url: RequestURL
    /// In any order; names are compared without case. `Host` replaces the authority, an empty `User-Agent`
    /// sends none.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public var userAgent: String
    /// The whole URL goes on the request line: for a plain-HTTP proxy.
    public var absoluteForm = false
    /// The request cannot be sent: it fails when it is opened.
    public var refusal: RequestRefusal?

    public init(
        method: String, url: RequestURL, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        userAgent: String
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.userAgent = userAgent
        refusal = url.refusal
    }

    public func header(_ lowercased: String) -> String? {
        headers.last { ASCII.lowercased($0.name) == lowercased }?.value
    }

    /// The bytes on the wire.
    public func encode() -> ByteBuffer {
        var out = ByteBuffer()
        out.reserve(256 + body.count)
        // Go takes no method for GET.
        out.append(method.isEmpty ? "GET" : method)
        out.append(" ")
        if absoluteForm {
            out.append("\(url.scheme)://")
            out.append(url.authority)
        }
        out.append(url.target)
        out.append(" HTTP/1.1\r\nHost: ")
        out.append(header("host") ?? url.authority)
        out.append("\r\n")
        let agent = header("user-agent") ?? userAgent
        if !agent.isEmpty { Self.line(&out, "User-Agent", agent) }
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            Self.line(&out, "Content-Length", String(body.count))
        }
        var rest = headers.filter {
            !["host", "user-agent", "content-length", "transfer-encoding", "trailer"].contains(
                ASCII.lowercased($0.name))
        }
        if let user = url.user, header("authorization") == nil {
            rest.append(("Authorization", Self.basicCredentials(user: user, password: url.password ?? "")))
        }
        rest = rest.map { (Self.canonical($0.name), $0.value) }
        rest.sort { $0.name < $1.name }
        for (name, value) in rest { Self.line(&out, name, value) }
        out.append("\r\n")
        body.withUnsafeBytes { out.append($0) }
        return out
    }

    private static func line(_ out: inout ByteBuffer, _ name: String, _ value: String) {
        out.append(name)
        out.append(": ")
        // As Go's client, without the spaces around.
        out.append(trimmed(value))
        out.append("\r\n")
    }

    private static func trimmed(_ value: String) -> String {
        let bytes = value.utf8
        func isSpace(_ byte: UInt8?) -> Bool { byte == 32 || byte == 9 }
        if !isSpace(bytes.first), !isSpace(bytes.last) { return value }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The value of an `Authorization` header for Basic authentication.
    public static func basicCredentials(user: String, password: String) -> String {
        "Basic " + Base64.encode("\(user):\(password)")
    }

    /// "content-type" → "Content-Type", as Go writes header names.
    public static func canonical(_ name: String) -> String {
        var upper = true
        let bytes = name.utf8.map { byte -> UInt8 in
            defer { upper = byte == UInt8(ascii: "-") }
            let low = ASCII.lowered(byte)
            return upper && low &- 97 < 26 ? low - 32 : low
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a text may stand where the protocol wants a word: as a method or a header's name.
    public static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { Percent.isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// Why a header cannot be sent, or nil.
    public static func headerProblem(_ name: String, _ value: String) -> String? {
        if !isToken(name) { return "invalid header field name \"\(name)\"" }
        if value.utf8.contains(where: { ($0 < 0x20 && $0 != 9) || $0 == 0x7F }) {
            return "invalid header field value for \"\(canonical(name))\""
        }
        return nil
    }
}

/// Base64 for the one header the wire needs it in.
enum Base64 {
    static func encode(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                output.append(
                    index <= group.count
                        ? alphabet[Int(word >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
