// The embedded server's well-behaved answers, one function per route of the table.

import Base
import Codec
import EventLoop
import HTTP

extension TargetReply {
    func plainText(_ bytes: UnsafeRawBufferPointer) {
        start(200)
        type("text/plain; charset=utf-8")
        body(bytes)
    }

    func coded(_ coding: StaticString, _ bytes: [UInt8]) {
        start(200)
        type("text/plain; charset=utf-8")
        header("Content-Encoding", coding)
        bytes.withUnsafeBytes { body($0) }
    }

    /// A number of the path, at most `most`; otherwise the client gets the usage and nil comes back.
    func number(_ path: TargetPath, most: Int, _ text: String) -> Int? {
        guard let number = path.number, number <= most else {
            usage(text)
            return nil
        }
        return number
    }
}

extension TargetRoutes {
    static func root(_ reply: TargetReply) { reply.plainText(TargetBodies.textBytes) }

    static func json(_ reply: TargetReply) { reply.json(TargetBodies.json) }

    static func bytes(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        guard let count = reply.number(path, most: Limits.targetBodyBytesMax, "/bytes/N") else { return }
        reply.start(200)
        reply.type("text/plain; charset=utf-8")
        reply.length(count)
        reply.endHead()
        reply.stream(.bytes(count))
    }

    static func delay(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        guard let milliseconds = reply.number(path, most: Limits.targetWaitMsMax, "/delay/MS") else { return }
        reply.connection.pointee.delayMs = milliseconds
        reply.connection.pointee.phase = .waiting
        TargetConnection.setTimer(
            reply.connection, .answer, at: Clock.now() + Int64(milliseconds) * Ns.perMillisecond)
    }

    static func status(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        guard let status = path.number, (100...599).contains(status) else {
            return reply.usage("/status/N with N from 100 to 599")
        }
        switch status {
        case 101:
            reply.connection.pointee.keepsAlive = true
            reply.start(101)
            reply.header("Connection", "Upgrade")
            reply.header("Upgrade", "apus")
            reply.endHead()
            reply.end(.orderly)
        case 100..<200:
            if !reply.connection.pointee.isHTTP10 {
                reply.raw("HTTP/1.1 ")
                Decimal.append(status, to: &reply.worker.pointee.out)
                reply.raw(" ")
                reply.raw(TargetStatus.reason(status))
                reply.raw("\r\n\r\n")
            }
            reply.text(200, "after an interim \(status)\n")
        case 204, 304:
            reply.start(status)
            reply.endHead()
        case 205:
            reply.start(status)
            reply.length(0)
            reply.endHead()
        default:
            reply.start(status)
            if status == 401 { reply.header("WWW-Authenticate", "Basic realm=\"apus\"") }
            reply.type("text/plain; charset=utf-8")
            reply.body(length: 4) { out in
                Decimal.append(status, to: &out)
                out.append("\n")
            }
        }
    }

    static func echo(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        let peer = TargetConnection.socket(reply.connection).peerAddress()?.description ?? ""
        let body = reply.connection.pointee.body.map { Array($0.pointee.bytes) } ?? []
        let text = String(validating: body, as: UTF8.self)
        reply.json(
            """
            {"method":\(JSONText.string(head.pointee.methodName)),\
            "target":\(JSONText.string(head.pointee.target.string())),\
            "path":\(JSONText.string(String(decoding: path.path, as: UTF8.self))),\
            "query":\(JSONText.object(path.parameters)),\
            "version":"\(head.pointee.isHTTP10 ? "HTTP/1.0" : "HTTP/1.1")",\
            "secure":\(reply.connection.pointee.session != nil),\
            "peer":\(JSONText.string(peer)),\
            "headers":\(JSONText.object(merged(head))),\
            "bodyBytes":\(reply.connection.pointee.parser.bodyByteCount),\
            \(text == nil ? "\"bodyBase64\":\"\(Base64.encode(body))\"" : "\"body\":\(JSONText.string(text!))")}

            """)
    }

    static func headers(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        reply.json("{\"headers\":\(JSONText.object(merged(head)))}\n")
    }

    /// Headers under their canonical names; the values of repeated ones joined as the standard allows.
    private static func merged(_ head: UnsafeMutablePointer<RequestHead>) -> [(name: String, value: String)] {
        var merged: [(name: String, value: String)] = []
        for (name, value) in head.pointee.headers.pairs() {
            let name = RequestDraft.canonical(name)
            if let index = merged.firstIndex(where: { $0.name == name }) {
                merged[index].value += ", " + value
            } else {
                merged.append((name, value))
            }
        }
        return merged
    }

    static func redirect(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>)
    {
        let usage =
            "/redirect/N?status=302&to=/, N up to \(Limits.targetRedirectsMax), status from 300 to 399"
        guard let hops = reply.number(path, most: Limits.targetRedirectsMax, usage) else { return }
        guard let status = path.number("status", otherwise: 302), (300...399).contains(status) else {
            return reply.usage(usage)
        }
        if hops == 0 { return root(reply) }
        let query = path.query.isEmpty ? "" : "?" + String(decoding: path.query, as: UTF8.self)
        reply.start(status)
        reply.header(
            "Location", text: hops > 1 ? "/redirect/\(hops - 1)\(query)" : path.parameter("to") ?? "/")
        reply.type("text/plain; charset=utf-8")
        reply.body("\(hops) to go\n")
    }

    static func cookies(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        let space = UInt8(ascii: " ")
        let pairs = head.pointee.headers.all("cookie").flatMap { $0.utf8.split(separator: UInt8(ascii: ";")) }
            .map { part -> (name: String, value: String) in
                let part = part.drop { $0 == space }
                let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
                return (String(part[..<mark]) ?? "", String(part[mark...].dropFirst()) ?? "")
            }
        reply.json("{\"cookies\":\(JSONText.object(pairs))}\n")
    }

    static func setCookies(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        if path.parameters.isEmpty { return reply.usage("/cookies/set?NAME=VALUE") }
        reply.start(302)
        for (name, value) in path.parameters { reply.header("Set-Cookie", text: "\(name)=\(value); Path=/") }
        reply.header("Location", "/cookies")
        reply.length(0)
        reply.endHead()
    }

    static func chunked(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>) {
        guard let count = reply.number(path, most: Limits.targetBodyBytesMax, "/chunked/N") else { return }
        let isChunked = reply.startUnmeasured()
        reply.stream(.chunks(count, isChunked: isChunked))
    }

    static func basicAuth(_ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>)
    {
        let parts = path.segments
        guard parts.count == 2 else { return reply.usage("/basic-auth/USER/PASSWORD") }
        let wanted = RequestDraft.basicCredentials(user: parts[0], password: parts[1])
        let isRight = head.pointee.headers.first("authorization") == wanted
        reply.start(isRight ? 200 : 401)
        if !isRight { reply.header("WWW-Authenticate", "Basic realm=\"apus\"") }
        reply.type("application/json")
        reply.body("{\"authenticated\":\(isRight),\"user\":\(JSONText.string(parts[0]))}\n")
    }

    static func untilClose(
        _ reply: TargetReply, _ path: TargetPath, _ head: UnsafeMutablePointer<RequestHead>
    ) {
        guard let count = reply.number(path, most: Limits.targetBodyBytesMax, "/until-close/N") else {
            return
        }
        reply.connection.pointee.keepsAlive = false
        reply.start(200)
        reply.type("text/plain; charset=utf-8")
        reply.endHead()
        reply.stream(.bytes(count))
    }

    static func http10(_ reply: TargetReply) {
        // Nothing is said about the connection: in HTTP/1.0 its end is understood.
        reply.connection.pointee.keepsAlive = true
        reply.connection.pointee.isHTTP10 = false
        reply.start(200, version: "HTTP/1.0")
        reply.type("text/plain; charset=utf-8")
        reply.body("this is HTTP/1.0\n")
        reply.end(.orderly)
    }

    static func earlyHints(_ reply: TargetReply) {
        if !reply.connection.pointee.isHTTP10 {
            reply.raw("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n")
        }
        reply.text(200, "after a hint\n")
    }

    static func stats(_ reply: TargetReply) {
        let counters = reply.worker.pointee.shared.pointee.counters
        reply.json(
            """
            {"requests":\(counters.requests),"accepted":\(counters.accepted),"open":\(counters.open),\
            "refused":\(counters.refused),"handshakesFailed":\(counters.handshakesFailed),\
            "acceptsFailed":\(counters.acceptsFailed)}

            """)
    }
}

extension TargetReply {
    /// The head of a body of unknown length: chunked, or until the end of the connection in HTTP/1.0.
    /// - Returns: whether it is chunked.
    func startUnmeasured() -> Bool {
        let isChunked = !connection.pointee.isHTTP10
        if !isChunked { connection.pointee.keepsAlive = false }
        start(200)
        type("text/plain; charset=utf-8")
        if isChunked { header("Transfer-Encoding", "chunked") }
        endHead()
        return isChunked
    }
}
