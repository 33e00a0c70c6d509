// The other ends of outputs under test: a UDP socket that keeps datagrams, and an HTTP server that answers as
// it is told and keeps what was posted. Used by the tests of InfluxDB, StatsD and delivery.

import Base
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private func bound(_ kind: __socket_type) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) + getsockname(descriptor, $0, &size)
        }
    }
    try #require(status == 0)
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

final class DatagramReceiver {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        (descriptor, port) = try bound(SOCK_DGRAM)
        var bytes: Int32 = 4 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// What has arrived: on the same machine a datagram is there when it was sent.
    func packets() -> [String] {
        var found: [String] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 { return found }
            found.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    func lines() -> [String] { packets().flatMap { $0.split(separator: "\n").map(String.init) } }
}

/// Answers each request on a connection of its own: the next of its answers, then the last one for ever.
final class HTTPReceiver: @unchecked Sendable {
    struct Request {
        var head: String
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var path: String { head.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    /// A status with a body, or silence.
    enum Answer: Sendable {
        case status(Int, String = "")
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let state: Locked<(answers: [Answer], requests: [Request])>

    init(_ answers: [Answer]) throws {
        state = Locked((answers, []))
        (listener, port) = try bound(SOCK_STREAM)
        try #require(listen(listener, 64) == 0)
        let thread = Thread { [self] in
            while true {
                let peer = accept(listener, nil, nil)
                if peer < 0 { return }
                Thread { [self] in serve(peer) }.start()
            }
        }
        thread.start()
    }

    /// Ends the accepting thread, which otherwise keeps this alive.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    deinit { close(listener) }

    var requests: [Request] { state.withLock { $0.requests } }

    private func serve(_ peer: Int32) {
        defer { close(peer) }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            guard let end = Self.headEnd(received) else {
                let count = read(peer, &chunk, chunk.count)
                if count <= 0 { return }
                received += chunk[..<count]
                continue
            }
            let head = String(decoding: received[..<end], as: UTF8.self)
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                .flatMap { Int($0.dropFirst(16)) } ?? 0
            while received.count < end + 4 + length {
                let count = read(peer, &chunk, chunk.count)
                if count <= 0 { return }
                received += chunk[..<count]
            }
            let request = Request(head: head, body: Array(received[(end + 4)..<(end + 4 + length)]))
            received.removeFirst(end + 4 + length)
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
            guard case .status(let status, let body) = answer else {
                usleep(3_000_000)
                return
            }
            let text = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            _ = text.withCString { write(peer, $0, strlen($0)) }
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<($0 + 4)] == [13, 10, 13, 10] }
    }
}
