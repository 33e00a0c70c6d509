// The other end of a wire, by hand: one plain GET for a test's own look at the target, and a server that
// keeps what it was sent. Nothing of Apus is in it, so that it can contradict Apus.

import Foundation
import Glibc
import ProcessSupport

enum Wire {
    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    static func withAddress<Result>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
    )
        -> Result
    {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }

    /// The whole answer to `GET path` on a connection of its own, head and body.
    static func get(_ hostPort: String, _ path: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = address(port: UInt16(hostPort.split(separator: ":")[1])!)
        let connected = withAddress(&address) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        if connected != 0 {
            throw ChildError(description: "connect to \(hostPort): \(String(cString: strerror(errno)))")
        }
        let request = "GET \(path) HTTP/1.1\r\nHost: \(hostPort)\r\nConnection: close\r\n\r\n"
        _ = request.withCString { write(descriptor, $0, strlen($0)) }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { return String(decoding: answer, as: UTF8.self) }
            answer += chunk[..<count]
        }
    }
}

/// A server for one request: keeps its bytes and answers 200.
final class Recorder: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private var received: [UInt8] = []
    private let done = DispatchSemaphore(value: 0)

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Wire.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = Wire.withAddress(&address) { bind(socket, $0, size) }
        if bound != 0 || listen(socket, 8) != 0 { throw ChildError(description: "no port to listen on") }
        _ = Wire.withAddress(&address) { getsockname(socket, $0, &size) }
        listener = socket
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [self] in serve() }
        thread.start()
    }

    deinit { close(listener) }

    var url: String { "http://127.0.0.1:\(port)" }

    private func serve() {
        let peer = accept(listener, nil, nil)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while peer >= 0, !isComplete {
            let count = read(peer, &chunk, chunk.count)
            if count <= 0 { break }
            received += chunk[..<count]
        }
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        _ = answer.withCString { write(peer, $0, strlen($0)) }
        close(peer)
        done.signal()
    }

    private var isComplete: Bool {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length =
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
        return text[end.upperBound...].utf8.count >= length
    }

    /// What was sent. - Throws: when nothing arrived within five seconds.
    func request() throws -> String {
        if done.wait(timeout: .now() + 5) != .success { throw ChildError(description: "no request arrived") }
        return String(decoding: received, as: UTF8.self)
    }
}
