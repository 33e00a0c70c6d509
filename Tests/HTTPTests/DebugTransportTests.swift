// What `--http-debug` writes down, against what k6 1.1.0 logged for the same requests and the same bytes of a
// server; and that the exchange is its opener's again afterwards.

import Base
import Testing

@testable import HTTP

private func draft(
    _ method: String = "GET", _ url: String = "http://h.test:81/p?q", _ body: String = "",
    _ headers: [(String, String)] = [], agent: String = "a/1"
) throws -> RequestDraft {
    RequestDraft(
        method: method, url: try RequestURL(reading: url),
        headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8), userAgent: agent)
}

@Suite struct DebugTransportTests {
    @Test(
        arguments: [
            ("GET", "", [], "GET /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\nAccept-Encoding: gzip\n\n"),
            ("HEAD", "", [], "HEAD /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\n\n"),
            (
                "POST", "", [],
                "POST /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\nContent-Length: 0\nAccept-Encoding: gzip\n\n"
            ),
            (
                "DELETE", "x\r\ny", [],
                "DELETE /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\nContent-Length: 4\nAccept-Encoding: gzip"
                    + "\n\nx\ny"
            ),
            (
                "GET", "",
                [("accept-encoding", "br"), ("host", "x.y"), ("user-agent", ""), ("x-lower", "v ")],
                "GET /p?q HTTP/1.1\nHost: x.y\nAccept-Encoding: br\nX-Lower: v\n\n"
            ),
            (
                "GET", "", [("Accept-Encoding", "")],
                "GET /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\nAccept-Encoding: \nAccept-Encoding: gzip\n\n"
            ),
            (
                "GET", "", [("Range", "bytes=1")],
                "GET /p?q HTTP/1.1\nHost: h.test:81\nUser-Agent: a/1\nRange: bytes=1\n\n"
            ),
        ] as [(String, String, [(String, String)], String)])
    func requests(method: String, body: String, headers: [(String, String)], expected: String) throws {
        let request = try draft(method, "http://h.test:81/p?q", body, headers)
        let full = MessageDump.request(request, withBody: true)
        #expect(String(decoding: DebugTransport.withoutReturns(full), as: UTF8.self) == expected)
        let head = MessageDump.request(request, withBody: false)
        #expect(head == Array(full.dropLast(body.utf8.count)))
    }

    /// What the server sent, and what k6 logged with `full`.
    struct Answer: Sendable {
        var method = "GET"
        let wire: String
        let head: String
        var body = ""
    }

    static let answers: [Answer] = [
        Answer(
            wire:
                "200 OK\r\nzeta: 1\r\nContent-Type: text/plain\r\nx-lower: a\r\nX-Multi: 1\r\nX-Multi: 2\r\n"
                + "Content-Length: 11\r\nServer:  sp  \r\n\r\nhello\nworld",
            head: "200 OK\nContent-Length: 11\nContent-Type: text/plain\nServer: sp\nX-Lower: a\nX-Multi: 1\n"
                + "X-Multi: 2\nZeta: 1\n\n", body: "hello\nworld"),
        Answer(
            wire: "200 Fine By Me\r\nContent-Length: 0\r\nA: b\r\n\r\n",
            head: "200 Fine By Me\nA: b\nContent-Length: 0\n\n"),
        Answer(wire: "200 \r\nContent-Length: 0\r\n\r\n", head: "200 \nContent-Length: 0\n\n"),
        Answer(wire: "204 No Content\r\nA: b\r\n\r\n", head: "204 No Content\nA: b\n\n"),
        Answer(
            wire: "304 Not Modified\r\nContent-Length: 5\r\nA: b\r\n\r\n",
            head: "304 Not Modified\nA: b\n\n"),
        Answer(
            wire: "200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
            head: "200 OK\nTransfer-Encoding: chunked\nA: b\n\n", body: "7\nabcdefg\n0\n\n"),
        Answer(
            wire: "200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n0\r\n\r\n",
            head: "200 OK\nTransfer-Encoding: chunked\nA: b\n\n", body: "0\n\n"),
        Answer(
            wire: "200 OK\r\nA: b\r\n\r\nhello", head: "200 OK\nConnection: close\nA: b\n\n", body: "hello"),
        Answer(
            wire: "200 OK\r\nConnection: close\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
            head: "200 OK\nConnection: close\nContent-Length: 5\nA: b\n\n", body: "hello"),
        Answer(
            wire: "200 OK\r\nConnection: foo, Close\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
            head: "200 OK\nConnection: close\nContent-Length: 5\nA: b\n\n", body: "hello"),
        Answer(
            wire: "200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
            head: "200 OK\nContent-Length: 5\nA: b\nConnection: Keep-Alive\n\n", body: "hello"),
        Answer(
            wire: "200 OK\r\nPragma: no-cache\r\nContent-Length: 2\r\n\r\nhi",
            head: "200 OK\nContent-Length: 2\nCache-Control: no-cache\nPragma: no-cache\n\n", body: "hi"),
        Answer(
            wire: "299 Odd thing\r\nx_y: 2\r\nX-Tab: a\t\r\nEmpty:\r\nContent-Length: 2\r\n\r\nhi",
            head: "299 Odd thing\nContent-Length: 2\nEmpty: \nX-Tab: a\nX_y: 2\n\n", body: "hi"),
        Answer(
            method: "HEAD", wire: "200 OK\r\nContent-Length: 11\r\nA: b\r\n\r\n",
            head: "200 OK\nContent-Length: 11\nA: b\n\n"),
        Answer(
            method: "HEAD", wire: "200 OK\r\nA: b\r\n\r\n", head: "200 OK\nConnection: close\nA: b\n\n"),
        Answer(
            method: "HEAD", wire: "200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n",
            head: "200 OK\nTransfer-Encoding: chunked\nA: b\n\n"),
        Answer(
            method: "HEAD", wire: "200 OK\r\nContent-Length: 0\r\nA: b\r\n\r\n",
            head: "200 OK\nA: b\nContent-Length: 0\n\n"),
        Answer(
            method: "HEAD", wire: "304 NM\r\nContent-Length: 7\r\nA: b\r\n\r\n",
            head: "304 NM\nContent-Length: 7\nA: b\n\n"),
        Answer(
            method: "HEAD", wire: "204 No Content\r\nA: b\r\n\r\n",
            head: "204 No Content\nConnection: close\nA: b\n\n"),
        Answer(
            method: "POST", wire: "200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n",
            head: "200 OK\nContent-Length: 0\nA: b\n\n"),
        Answer(
            method: "DELETE", wire: "200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n",
            head: "200 OK\nA: b\nContent-Length: 0\n\n"),
        Answer(
            method: "POST", wire: "204 No Content\r\nA: b\r\n\r\n",
            head: "204 No Content\nContent-Length: 0\nA: b\n\n"),
    ]

    @Test(arguments: answers, [BodySink.discard, .collect])
    func answersWithBodies(answer: Answer, sink: BodySink) throws {
        let dialogue = Dialogue(withBodies: true)
        dialogue.canned.answer = Array("HTTP/1.1 \(answer.wire)".utf8)
        dialogue.open(try draft(answer.method), sink: sink)
        #expect(dialogue.texts.last == "Response:\nHTTP/1.1 \(answer.head)\(answer.body)\n")
        #expect(dialogue.heads == 1 && dialogue.ends == 1)
        #expect(dialogue.isGivenBack(sink))
        if sink == .discard { #expect(dialogue.body.isEmpty) }
    }

    @Test(arguments: answers)
    func answersWithoutBodies(answer: Answer) throws {
        let dialogue = Dialogue()
        dialogue.canned.answer = Array("HTTP/1.1 \(answer.wire)".utf8)
        dialogue.open(try draft(answer.method))
        #expect(dialogue.texts.count == 2)
        #expect(dialogue.texts.last == "Response:\nHTTP/1.1 \(answer.head)\n")
        // Once more over the memo of heads.
        dialogue.open(try draft(answer.method))
        #expect(dialogue.texts.last == dialogue.texts[1])
    }

    @Test(arguments: [
        ("A: b\r\nContent-Length: 5\r\n\r\nhello", "Connection: close\nContent-Length: 5\nA: b\n\nhello"),
        ("A: b\r\n\r\nhello", "Connection: close\nA: b\n\nhello"),
        (
            "Zz: 1\r\nConnection: close\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
            "Content-Length: 5\nA: b\nConnection: close\nZz: 1\n\nhello"
        ),
        (
            "Connection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
            "Content-Length: 5\nConnection: keep-alive\n\nhello"
        ),
    ])
    func olderAnswers(wire: String, expected: String) throws {
        let dialogue = Dialogue(withBodies: true)
        dialogue.canned.answer = Array("HTTP/1.0 200 OK\r\n\(wire)".utf8)
        dialogue.open(try draft())
        #expect(dialogue.texts.last == "Response:\nHTTP/1.0 200 OK\n\(expected)\n")
    }

    /// An interim answer is none, and its words are not those of the one that counts.
    @Test func interimAnswers() throws {
        let dialogue = Dialogue()
        dialogue.canned.answer = Array(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 Well\r\nContent-Length: 0\r\n\r\n".utf8)
        dialogue.open(try draft())
        #expect(dialogue.texts.dropFirst() == ["Response:\nHTTP/1.1 200 Well\nContent-Length: 0\n\n\n"])
    }

    /// What is no text stays as it is, but for line ends.
    @Test func bytes() throws {
        let dialogue = Dialogue(withBodies: true)
        let body = [UInt8](0...255) + Array("\r\n\r\r\n".utf8)
        dialogue.canned.answer =
            Array("HTTP/1.1 200 Gr".utf8) + [0xFC] + Array("n\r\nContent-Length: \(body.count)\r\nX: ".utf8)
            + [0xE4, 13, 10, 13, 10] + body
        dialogue.open(try draft(), sink: .collect)
        let expected =
            Array("Response:\nHTTP/1.1 200 Gr".utf8) + [0xFC] + Array("n\nContent-Length: 261\nX: ".utf8)
            + [0xE4, 10, 10] + [UInt8](0...255) + [10, 13, 10, 10]
        #expect(dialogue.lines.last?.text == expected)
        #expect(dialogue.body == body)
    }

    @Test func linesOfAPair() throws {
        let dialogue = Dialogue()
        dialogue.canned.answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        dialogue.open(try draft())
        dialogue.open(try draft())
        let ids = dialogue.lines.map(\.requestID)
        #expect(ids.count == 4 && ids[0] == ids[1] && ids[2] == ids[3] && ids[0] != ids[2])
        let form = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
        #expect(try ids.allSatisfy { try #require($0).wholeMatch(of: form) != nil })
        #expect(dialogue.lines.allSatisfy { $0.vu == 3 && $0.iteration == 4 && !$0.isError })
        #expect(dialogue.lines.allSatisfy { $0.tags == ["group": "::g"] })
    }

    /// Bodies that break off: why, then nothing under the request's id.
    @Test(arguments: [
        (ExchangeError(.generic, .unexpectedEndOfFile), "what went wrong"),
        (ExchangeError(.requestTimeout, .requestTimeout), "context deadline exceeded"),
    ])
    func brokenBodies(error: ExchangeError, text: String) throws {
        for (withBodies, expected) in [
            (true, [text, "Response:\n\n"]),
            (false, ["Response:\nHTTP/1.1 200 OK\nContent-Length: 9\n\n\n"]),
        ] {
            let dialogue = Dialogue(withBodies: withBodies)
            dialogue.canned.answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".utf8)
            dialogue.canned.error = error
            dialogue.open(try draft())
            #expect(Array(dialogue.texts.dropFirst()) == expected)
            #expect(dialogue.lines.filter(\.isError).count == (withBodies ? 1 : 0))
            #expect(dialogue.lines.filter { $0.requestID == nil }.count == (withBodies ? 1 : 0))
        }
    }

    @Test(arguments: [true, false])
    func noAnswer(withBodies: Bool) throws {
        let dialogue = Dialogue(withBodies: withBodies)
        dialogue.open(try draft())
        #expect(dialogue.texts.count == 1 && dialogue.ends == 1)
    }

    @Test(
        arguments: [
            (RequestRefusal(.generic, "net/http: invalid method \"A B\""), "http://h.test/"),
            (nil, "ftp://h.test/x"),
        ] as [(RequestRefusal?, String)])
    func whatCannotBeSent(refusal: RequestRefusal?, url: String) throws {
        let dialogue = Dialogue()
        var request = try draft("GET", url)
        if let refusal { request.refusal = refusal }
        dialogue.open(request)
        let text = refusal?.text ?? "unsupported protocol scheme \"ftp\""
        #expect(dialogue.texts == [text, "Request:\n\n"])
        #expect(dialogue.lines[0].isError && dialogue.lines[0].requestID == nil)
        #expect(!dialogue.lines[1].isError && dialogue.lines[1].requestID != nil)
    }

    @Test func cancelling() throws {
        let dialogue = Dialogue(withBodies: true)
        dialogue.canned.isSilent = true
        dialogue.open(try draft())
        #expect(!dialogue.isGivenBack(.discard))
        dialogue.cancel()
        #expect(dialogue.isGivenBack(.discard))
        #expect(dialogue.canned.cancelled == 1 && dialogue.ends == 0 && dialogue.texts.count == 1)
    }

    @Test func everythingElseIsTheOthers() throws {
        let dialogue = Dialogue()
        let port = dialogue.transport.port
        let pool = port.makePool(port.context, 7)
        port.iterationEnded(port.context, pool)
        port.freePool(port.context, pool)
        #expect(port.pass(port.context, 5) == 6)
        #expect(dialogue.canned.calls == ["makePool 7", "iterationEnded", "freePool"])
    }
}
