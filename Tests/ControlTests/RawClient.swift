// A blocking client for the server's tests: raw bytes out, raw bytes in, with a time-out on every read, which
// guards against hanging unless a test looks for silence. It knows just enough HTTP to tell one answer from
// the next.

import Control
import Testing

#if canImport(Glibc)
    import Glibc
#endif

struct RawAnswer: Equatable {
    var status = 0
    var version = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    static func == (a: RawAnswer, b: RawAnswer) -> Bool { a.status == b.status && a.body == b.body }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The values of one header, joined.
    subscript(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

enum RawEnd: Equatable {
    /// The peer closed in good order.
    case closed
    case reset
    /// Nothing came within the time-out.
    case silent
}

/// What can carry bytes for `RawClient`: a socket, or TLS over one.
protocol RawWire: AnyObject {
    func send(_ bytes: [UInt8])
    /// - Returns: some bytes, or why there are none.
    func receive() -> (bytes: [UInt8], end: RawEnd?)
}

final class RawSocket: RawWire {
    let descriptor: Int32

    init(port: UInt16, timeoutMs: Int = 20_000) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        setTimeout(timeoutMs)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(status == 0, "cannot connect to port \(port): \(errno)")
    }

    deinit { close(descriptor) }

    func setTimeout(_ milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    func send(_ bytes: [UInt8]) {
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            // A server that has closed is what some tests are about; they read why.
            if count <= 0 { return }
            at += count
        }
    }

    func receive() -> (bytes: [UInt8], end: RawEnd?) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return (Array(buffer[..<count]), nil) }
        if count == 0 { return ([], .closed) }
        return ([], errno == ECONNRESET ? .reset : .silent)
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}

final class RawClient {
    private let wire: RawWire
    private(set) var buffered: [UInt8] = []
    private(set) var end: RawEnd?

    init(_ wire: RawWire) { self.wire = wire }

    convenience init(_ server: TargetServer, timeoutMs: Int = 20_000) {
        self.init(RawSocket(port: server.port, timeoutMs: timeoutMs))
    }

    func send(_ text: String) { wire.send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) { wire.send(bytes) }

    func get(_ path: String, _ headers: String = "") -> RawAnswer? {
        send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
        return answer()
    }

    /// Everything until the end; `end` says how it came.
    func rest() -> [UInt8] {
        while fill() {}
        defer { buffered = [] }
        return buffered
    }

    /// The same, where that is so many bytes: only after them silence is the end, `silenceMs` of it.
    func rest(_ count: Int, over socket: RawSocket, silenceMs: Int) -> [UInt8] {
        while buffered.count < count, fill() {}
        socket.setTimeout(silenceMs)
        return rest()
    }

    func restText() -> String { String(decoding: rest(), as: UTF8.self) }

    /// - Returns: false at the end.
    private func fill() -> Bool {
        if end != nil { return false }
        let got = wire.receive()
        buffered += got.bytes
        end = got.end
        return end == nil
    }

    private func take(_ count: Int) -> [UInt8]? {
        while buffered.count < count { if !fill() { return nil } }
        defer { buffered.removeFirst(count) }
        return Array(buffered[..<count])
    }

    private func line() -> String? {
        while true {
            if let index = buffered.firstIndex(of: 10) {
                let line = buffered[..<index].filter { $0 != 13 }
                buffered.removeFirst(index + 1)
                return String(decoding: line, as: UTF8.self)
            }
            if !fill() { return nil }
        }
    }

    /// Reads one answer; nil when it breaks off (then `end` says why).
    func answer(isHead: Bool = false) -> RawAnswer? {
        guard let first = line() else { return nil }
        let parts = first.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let status = Int(parts[1]) else { return nil }
        var answer = RawAnswer(status: status, version: String(parts[0]))
        while true {
            guard let line = line() else { return nil }
            if line.isEmpty { break }
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == " " }
            answer.headers.append((String(line[..<colon]), String(value)))
        }
        if isHead || status < 200 || status == 204 || status == 304 { return answer }
        if answer["Transfer-Encoding"] == "chunked" { return chunks(of: answer) }
        if let length = answer["Content-Length"] {
            guard let count = Int(length), let body = take(count) else { return nil }
            answer.body = body
        } else {
            answer.body = rest()
        }
        return answer
    }

    private(set) var chunkCount = 0

    private func chunks(of answer: RawAnswer) -> RawAnswer? {
        var answer = answer
        chunkCount = 0
        while true {
            guard let size = line().flatMap({ Int($0, radix: 16) }) else { return nil }
            if size == 0 { return line() == "" ? answer : nil }
            guard let chunk = take(size), line() == "" else { return nil }
            answer.body += chunk
            chunkCount += 1
        }
    }
}

func startTarget(_ change: (inout TargetSettings) -> Void = { _ in }) throws -> TargetServer {
    var settings = TargetSettings()
    change(&settings)
    return try TargetServer(settings)
}
