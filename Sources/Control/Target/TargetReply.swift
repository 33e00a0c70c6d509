// Writes the answer to one request into the worker's buffer: status line, headers, body. A handle on the
// connection, made for one answer; the routes use it. Whoever writes a head decides nothing about the
// connection: that is done here.

import Base
import HTTP

struct TargetReply {
    let connection: TargetConnectionRef
    let worker: TargetWorkerRef

    @inline(__always) init(_ connection: TargetConnectionRef) {
        self.connection = connection
        worker = connection.pointee.worker
    }

    // MARK: - what the connection asks for

    /// Answers a complete request.
    func answer(_ head: UnsafeMutablePointer<RequestHead>) {
        connection.pointee.isHead = head.pointee.isHead
        connection.pointee.isHTTP10 = head.pointee.isHTTP10
        connection.pointee.keepsAlive = head.pointee.keepsAlive
        if head.pointee.isConnect {
            connection.pointee.keepsAlive = false
            text(405, "apus target is no proxy\n")
        } else {
            TargetRoutes.answer(self, head)
        }
        connection.pointee.dropBody()
    }

    /// The head of a request with a body is complete: says where the body goes, and that it may come.
    func bodyFollows() {
        let head = connection.pointee.parser.head!
        if TargetRoutes.wantsBody(TargetPath(head)) {
            let body = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
            body.initialize(to: ByteBuffer())
            connection.pointee.body = body
            connection.pointee.parser.body = body
        }
        if head.pointee.expectsContinue { worker.pointee.out.append("HTTP/1.1 100 Continue\r\n\r\n") }
    }

    /// Answers what is no request, and ends the connection.
    func refuse(_ outcome: RequestOutcome) {
        TargetTally.count(worker.pointee.tally.pointee.refused)
        connection.pointee.isHead = false
        connection.pointee.isHTTP10 = false
        connection.pointee.keepsAlive = false
        switch outcome {
        case .headTooLarge: text(431, "the head of the request is too large\n")
        case .bodyTooLarge: text(413, "the body of the request is too large\n")
        default: text(400, "this is not an HTTP request\n")
        }
        connection.pointee.ending = .drain
    }

    /// The answer of `/delay/MS`, when its time has come.
    func delayed() {
        start(200)
        type("text/plain; charset=utf-8")
        let milliseconds = connection.pointee.delayMs
        body(length: "waited  ms\n".utf8.count + Decimal.digitCount(milliseconds)) { out in
            out.append("waited ")
            Decimal.append(milliseconds, to: &out)
            out.append(" ms\n")
        }
    }

    // MARK: - heads

    /// Status line and the headers every answer has. `version` is the whole token.
    func start(_ status: Int, version: StaticString = "HTTP/1.1") {
        raw(version)
        raw(" ")
        Decimal.append(status, to: &worker.pointee.out)
        raw(" ")
        raw(TargetStatus.reason(status))
        raw("\r\nServer: apus\r\nDate: ")
        worker.pointee.out.append(worker.pointee.date.rawBytes)
        raw("\r\n")
        if !connection.pointee.keepsAlive {
            raw("Connection: close\r\n")
            connection.pointee.ending = .orderly
        } else if connection.pointee.isHTTP10 {
            raw("Connection: keep-alive\r\n")
        }
    }

    func raw(_ text: StaticString) { worker.pointee.out.append(text) }

    func header(_ name: StaticString, _ value: StaticString) {
        raw(name)
        raw(": ")
        raw(value)
        raw("\r\n")
    }

    /// A value from outside: line breaks in it would be headers of their own and become spaces.
    func header(_ name: StaticString, text value: String) {
        raw(name)
        raw(": ")
        for byte in value.utf8 { worker.pointee.out.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
        raw("\r\n")
    }

    func type(_ value: StaticString) { header("Content-Type", value) }

    func length(_ count: Int) {
        raw("Content-Length: ")
        Decimal.append(count, to: &worker.pointee.out)
        raw("\r\n")
    }

    func endHead() { raw("\r\n") }

    // MARK: - bodies

    /// Length, end of head, and the body unless the request was a HEAD.
    func body(_ bytes: UnsafeRawBufferPointer) {
        length(bytes.count)
        endHead()
        if !connection.pointee.isHead { worker.pointee.out.append(bytes) }
    }

    func body(length count: Int, _ fill: (inout ByteBuffer) -> Void) {
        length(count)
        endHead()
        if !connection.pointee.isHead { fill(&worker.pointee.out) }
    }

    func body(_ text: String) {
        var text = text
        text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// The body in pieces; small ones go out with the head.
    func stream(_ stream: TargetStream) {
        if connection.pointee.isHead { return }
        connection.pointee.stream = stream
        if stream.pauseNs == 0, !connection.pointee.stream.append(to: &worker.pointee.out) { return }
        connection.pointee.phase = .streaming
    }

    // MARK: - whole answers

    func text(_ status: Int, _ text: String) {
        start(status)
        type("text/plain; charset=utf-8")
        body(text)
    }

    func json(_ text: String, status: Int = 200) {
        start(status)
        type("application/json")
        body(text)
    }

    /// The request's path is known, what stands behind it is not usable.
    func usage(_ text: String) { self.text(400, "usage: \(text)\n") }

    /// A connection that will not carry another request, without having said so.
    func end(_ ending: TargetConnection.Ending) { connection.pointee.ending = ending }
}

enum TargetStatus {
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 404: "Not Found"
        case 500: "Internal Server Error"
        case 100..<200: informational(status)
        case 200..<300: success(status)
        case 300..<400: redirection(status)
        case 400..<500: clientError(status)
        default: serverError(status)
        }
    }

    private static func informational(_ status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 102: "Processing"
        case 103: "Early Hints"
        default: "Unknown"
        }
    }

    private static func success(_ status: Int) -> StaticString {
        switch status {
        case 201: "Created"
        case 202: "Accepted"
        case 203: "Non-Authoritative Information"
        case 204: "No Content"
        case 205: "Reset Content"
        case 206: "Partial Content"
        default: "Unknown"
        }
    }

    private static func redirection(_ status: Int) -> StaticString {
        switch status {
        case 300: "Multiple Choices"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        default: "Unknown"
        }
    }

    private static func clientError(_ status: Int) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 418: "I'm a Teapot"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        default: "Unknown"
        }
    }

    private static func serverError(_ status: Int) -> StaticString {
        switch status {
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Unknown"
        }
    }
}
