// Targets that read the wire: responses and requests. The same bytes must mean the same however they are cut
// into reads, and a response the same over a memo that has seen its head.

import Base
import HTTP
import WireCorpus

extension FuzzTarget {
    private static let headWords = [
        "HTTP/1.1 ", "HTTP/1.0 ", "200 OK\r\n", "100 Continue\r\n\r\n", "204 No Content\r\n",
        "304 Not Modified\r\n",
        "101 Switching Protocols\r\n", "Content-Length: ", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: h2c\r\n", "\r\n\r\n", "\n\n", "0\r\n\r\n",
        "5\r\nhello\r\n", "ffffffffffffffff\r\n", "Set-Cookie: a=b\r\n", "Location: /x\r\n",
        "Expect: 100-continue\r\n",
        "GET / HTTP/1.1\r\n", "POST ", "CONNECT a:1 HTTP/1.1\r\n", "HEAD ", "Host: a\r\n", "X: y\r\n z\r\n",
    ]

    static let response = FuzzTarget(
        "response", corpus: ResponseCorpus.cases.map(\.bytes), words: headWords
    ) { input, random in
        let isHead = random.below(4) == 0
        let whole = ResponseReader().read([input], isHead: isHead)
        if let problem = differs(
            whole, ResponseReader().read(random.cut(input), isHead: isHead), "whole and cut")
        {
            return problem
        }
        let reader = ResponseReader()
        for _ in 0..<2 {
            let again = reader.read([input], isHead: isHead)
            if let problem = differs(whole, again, "a cold and a warm memo") { return problem }
        }
        let other = ResponseReader().read([input], isHead: !isHead)
        if let problem = differs(
            other, reader.read([input], isHead: !isHead), "the other method over a warm memo")
        {
            return problem
        }
        return differs(whole, reader.read(random.cut(input), isHead: isHead), "cut over a warm memo")
    }

    private static func differs(_ one: ReadResponse, _ other: ReadResponse, _ how: String) -> String? {
        var (one, other) = (one, other)
        // What came before the broken place may have been told or not.
        if one.ending == .malformed || one.ending == .truncated { (one.headers, other.headers) = ([], []) }
        return one == other ? nil : "\(how) differ:\n  \(one)\n  \(other)"
    }

    static let request = FuzzTarget("request", corpus: RequestCorpus.messages, words: headWords) {
        input, random in
        let reader = RequestReader()
        let whole = reader.read([input])
        let cut = reader.read(random.cut(input))
        if whole != cut { return "whole and cut differ:\n  \(whole)\n  \(cut)" }
        let bodyBytes = whole.requests.reduce(0) { $0 + $1.body.count }
        return bodyBytes > input.count ? "more body came out than went in: \(whole)" : nil
    }
}
