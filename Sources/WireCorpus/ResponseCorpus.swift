// Responses as they come off the wire, each with what the parser must make of it. The tests run every case
// whole, split at every byte, and twice over one memo; the fuzzer mutates them. Test support, not part of the
// program.

public struct ResponseCase: Sendable, CustomStringConvertible {
    public enum Ending: String, Sendable {
        /// The message is complete by its own bytes.
        case complete
        /// Complete only when the connection ends.
        case atEnd
        /// Still unfinished when the connection ends.
        case truncated
        case malformed
        case upgraded
    }

    public let name: String
    public let isHead: Bool
    public let bytes: [UInt8]
    public let ending: Ending
    public let status: UInt16
    public let body: String
    public let keepsAlive: Bool
    /// Bytes behind the message that do not belong to it.
    public let extra: Int

    public var description: String { name }

    init(
        _ name: String, _ text: String, _ ending: Ending = .complete, status: UInt16 = 200, body: String = "",
        keepsAlive: Bool = true, isHead: Bool = false, extra: Int = 0
    ) {
        self.name = name
        self.isHead = isHead
        bytes = Array(text.utf8)
        self.ending = ending
        self.status = status
        self.body = body
        self.keepsAlive = keepsAlive
        self.extra = extra
    }
}

public enum ResponseCorpus {
    public static let cases: [ResponseCase] = framing + statuses + connection + broken

    private static let framing = [
        ResponseCase("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello"),
        ResponseCase("length zero", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ResponseCase("no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", body: "hi"),
        ResponseCase("header case", "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: 2\r\n\r\nhi", body: "hi"),
        ResponseCase(
            "white space around values", "HTTP/1.1 200 OK\r\nX-A: \t v \t\r\nContent-Length:   2  \r\n\r\nhi",
            body: "hi"),
        ResponseCase(
            "empty header value", "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi", body: "hi"),
        ResponseCase(
            "many headers",
            "HTTP/1.1 200 OK\r\n" + (0..<60).map { "X-Header-\($0): value \($0)\r\n" }.joined()
                + "Content-Length: 3\r\n\r\nabc", body: "abc"),
        ResponseCase(
            "chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
            body: "hello world"),
        ResponseCase(
            "chunk sizes in both cases and with leading zeros",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
            body: "01234567890123456789"),
        ResponseCase(
            "chunk extension",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;name=value\r\nok\r\n0\r\n\r\n", body: "ok"
        ),
        ResponseCase(
            "trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
            body: "ok"),
        ResponseCase(
            "chunked with a length as well",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            body: "hello"),
        ResponseCase("chunked and empty", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ResponseCase(
            "until close", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\neverything", .atEnd,
            body: "everything",
            keepsAlive: false),
        ResponseCase(
            "until close without saying so", "HTTP/1.1 200 OK\r\n\r\nall", .atEnd, body: "all",
            keepsAlive: false),
        ResponseCase("until close and empty", "HTTP/1.1 200 OK\r\n\r\n", .atEnd, keepsAlive: false),
        ResponseCase(
            "bytes behind the message", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200",
            body: "ok",
            extra: 12),
        ResponseCase(
            "body that looks like a head",
            "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
            body: "HTTP/1.1 500 No\r\n\r\n"),
    ]

    private static let statuses = [
        ResponseCase("no content", "HTTP/1.1 204 No Content\r\n\r\n", status: 204),
        ResponseCase(
            "not modified with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            status: 304),
        ResponseCase("head", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", isHead: true),
        ResponseCase("head without a length", "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n", isHead: true),
        ResponseCase(
            "head that would be chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            isHead: true),
        ResponseCase(
            "continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            body: "ok"),
        ResponseCase(
            "early hints with headers",
            "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
            status: 201, body: "ok"),
        ResponseCase(
            "two informational",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            status: 404),
        ResponseCase(
            "redirect", "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n", status: 302),
        ResponseCase(
            "server error", "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", status: 503, body: "busy"),
        ResponseCase(
            "switching protocols",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            .upgraded, status: 101),
        ResponseCase(
            "switching to nothing, with a length", "HTTP/1.1 101 Switching\r\nContent-Length: 3\r\n\r\nabc",
            status: 101, extra: 3),
    ]

    private static let connection = [
        ResponseCase(
            "close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", body: "ok",
            keepsAlive: false),
        ResponseCase(
            "close in a list", "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok",
            body: "ok",
            keepsAlive: false),
        ResponseCase(
            "http/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", body: "ok", keepsAlive: false),
        ResponseCase(
            "http/1.0 kept alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
            body: "ok"),
        ResponseCase(
            "head that closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\n",
            keepsAlive: false,
            isHead: true),
    ]

    private static let broken = [
        ResponseCase("garbage", "\u{1}\u{2}\u{3} not http at all\r\n\r\n", .malformed, status: 0),
        ResponseCase("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", .malformed, status: 0),
        ResponseCase("http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformed, status: 0),
        ResponseCase("status that is no number", "HTTP/1.1 abc OK\r\n\r\n", .malformed, status: 0),
        ResponseCase(
            "header without a colon", "HTTP/1.1 200 OK\r\nBroken header\r\n\r\n", .malformed, status: 0),
        ResponseCase(
            "length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", .malformed,
            status: 0),
        ResponseCase(
            "negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .malformed, status: 0),
        ResponseCase(
            "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", .malformed,
            status: 0),
        ResponseCase(
            "length that overflows", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            .malformed,
            status: 0),
        ResponseCase(
            "length of 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhel",
            .malformed, status: 0),
        ResponseCase(
            "another coding with a length",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\nContent-Length: 3\r\n\r\nabc", .malformed, status: 0
        ),
        ResponseCase(
            "chunk size that is no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            .malformed),
        ResponseCase(
            "chunk without its end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokXX",
            .malformed,
            body: "ok"),
        ResponseCase("nul in a header", "HTTP/1.1 200 OK\r\nX-A: a\u{0}b\r\n\r\n", .malformed, status: 0),
        ResponseCase("cut in the head", "HTTP/1.1 200 OK\r\nContent-Le", .truncated, status: 0),
        ResponseCase("cut before the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .truncated),
        ResponseCase(
            "cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .truncated, body: "hel"),
        ResponseCase(
            "cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", .truncated,
            body: "hel"),
        ResponseCase(
            "cut before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
            .truncated,
            body: "ok"),
    ]
}
