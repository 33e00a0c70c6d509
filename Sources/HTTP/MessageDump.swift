// Requests and responses as text, the way k6 logs them: not the bytes of the wire, but what Go's client makes
// of a message when it writes it down. Pure; DebugTransport logs what comes out.

import Base

/// A response's head, kept for a dump.
public struct DumpedHead: Sendable {
    public var status: UInt16
    public var isHTTP10: Bool
    /// The server's words after the status.
    public var reason: [UInt8]
    /// As they came.
    public var headers: [(name: String, value: [UInt8])]

    public init(
        status: UInt16, isHTTP10: Bool = false, reason: [UInt8], headers: [(name: String, value: [UInt8])]
    ) {
        self.status = status
        self.isHTTP10 = isHTTP10
        self.reason = reason
        self.headers = headers
    }
}

public enum MessageDump {
    /// A request's head and, if asked for, its body. Go asks itself for gzip in what it writes down, although
    /// k6 does not do so on the wire.
    public static func request(_ draft: RequestDraft, withBody: Bool) -> [UInt8] {
        let encoded = draft.encode()
        let headCount = encoded.count - draft.body.count
        var dump = Array(encoded.bytes[..<(headCount - 2)])
        if draft.method != "HEAD", (draft.header("accept-encoding") ?? "").isEmpty,
            (draft.header("range") ?? "").isEmpty
        {
            dump += Array("Accept-Encoding: gzip\r\n".utf8)
        }
        dump += crlf
        if withBody { dump += draft.body }
        return dump
    }

    /// A response's head, and its body unless that is nil: Go's order of headers, with what it adds about the
    /// message's length and its connection's end.
    /// - Parameter method: the request's.
    public static func response(_ head: DumpedHead, to method: String, body: [UInt8]?) -> [UInt8] {
        let framing = Framing(head, method)
        var dump = Array("HTTP/1.\(head.isHTTP10 ? 0 : 1) \(threeDigits(head.status)) ".utf8)
        dump += head.reason
        dump += crlf
        if framing.saysClose { line(&dump, "Connection", "close".utf8) }
        if framing.saysLength {
            line(&dump, "Content-Length", String(framing.length).utf8)
        } else if framing.isChunked {
            line(&dump, "Transfer-Encoding", "chunked".utf8)
        }
        if framing.isChunked, !framing.trailers.isEmpty {
            line(&dump, "Trailer", framing.trailers.joined(separator: ",").utf8)
        }
        for (name, value) in framing.headers { line(&dump, name, trimmed(value)) }
        if framing.saysNoLength { line(&dump, "Content-Length", "0".utf8) }
        dump += crlf
        guard let body, method != "HEAD" else { return dump }
        if !framing.isChunked { return dump + body }
        if !body.isEmpty {
            dump += Array(String(body.count, radix: 16).utf8) + crlf
            dump += body
            dump += crlf
        }
        return dump + Array("0\r\n\r\n".utf8)
    }

    private static let crlf = Array("\r\n".utf8)

    private static func line(_ dump: inout [UInt8], _ name: String, _ value: some Sequence<UInt8>) {
        dump += Array(name.utf8)
        dump += [UInt8(ascii: ":"), UInt8(ascii: " ")]
        dump += value
        dump += crlf
    }

    private static func trimmed(_ value: [UInt8]) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        guard let last = value.lastIndex(where: { !isSpace($0) }) else { return [] }
        return value[...last].drop(while: isSpace)
    }

    private static func threeDigits(_ status: UInt16) -> String {
        let text = String(status)
        return String(repeating: "0", count: max(3 - text.utf8.count, 0)) + text
    }
}

/// What Go knows of a response once it has read the head, as far as it writes it down again.
private struct Framing {
    /// By name, those that are written as they are.
    var headers: [(name: String, value: [UInt8])] = []
    /// Names announced for the end of the body.
    var trailers: [String] = []
    var isChunked = false
    /// Octets of the body; -1: not known.
    var length: Int64 = -1
    var saysClose = false
    var saysLength = false
    /// That there is no body is said behind all other headers.
    var saysNoLength = false

    init(_ head: DumpedHead, _ method: String) {
        var named: [String: [[UInt8]]] = [:]
        for (name, value) in head.headers {
            named[RequestDraft.isToken(name) ? RequestDraft.canonical(name) : name, default: []].append(value)
        }
        if let pragma = named["Pragma"]?.first, pragma == Array("no-cache".utf8),
            named["Cache-Control"] == nil
        {
            named["Cache-Control"] = [pragma]
        }
        isChunked = !head.isHTTP10 && named["Transfer-Encoding"] != nil
        let hasBody = head.status >= 200 && head.status != 204 && head.status != 304
        if method != "HEAD", !hasBody {
            length = 0
        } else if !isChunked, let text = named["Content-Length"]?.first {
            length = Int64(Self.trimmed(text)) ?? -1
        }
        if isChunked, let announced = named["Trailer"] {
            trailers = announced.flatMap { Self.list($0) }.map(RequestDraft.canonical).sorted()
        }
        let connection = (named["Connection"] ?? []).flatMap { Self.list($0) }.map(ASCII.lowercased)
        let asksToClose = connection.contains("close")
        let closes =
            asksToClose || (head.isHTTP10 && !connection.contains("keep-alive"))
            || (!isChunked && length < 0 && (!head.isHTTP10 || (hasBody && method != "HEAD")))
        // Of HTTP/1.1 the wish itself is no header any more.
        saysClose = closes && !(asksToClose && head.isHTTP10)
        if asksToClose, !head.isHTTP10 { named["Connection"] = nil }
        saysLength = length > 0 || (length == 0 && !isChunked && ["POST", "PUT", "PATCH"].contains(method))
        saysNoLength = length == 0 && !isChunked && !saysLength && hasBody
        for name in ["Content-Length", "Transfer-Encoding", "Trailer"] { named[name] = nil }
        for name in named.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        where RequestDraft.isToken(name) {
            headers += named[name]!.map { (name, $0) }
        }
    }

    private static func trimmed(_ value: some Sequence<UInt8>) -> String {
        String(decoding: value.filter { $0 != 32 && $0 != 9 }, as: UTF8.self)
    }

    private static func list(_ value: [UInt8]) -> [String] {
        value.split(separator: UInt8(ascii: ",")).map { trimmed($0) }
    }
}
