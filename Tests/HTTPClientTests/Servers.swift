// Servers for the client's tests: the embedded target on both of its ports, and scripted ones that do to a
// connection what no real server would. The scripted ones use blocking sockets on threads of their own.

import Base
import Control
import HTTPClient
import TLS
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The embedded target: plain and TLS.
final class Target: Sendable {
    let server: TargetServer
    var plain: String { "http://127.0.0.1:\(server.port)" }
    var secure: String { "https://127.0.0.1:\(server.securePort!)" }

    init(port: UInt16 = 0, threads: Int = 1) throws {
        var settings = TargetSettings()
        settings.port = port
        settings.securePort = 0
        settings.threadCount = threads
        server = try TargetServer(settings)
    }

    deinit { server.stop() }

    /// Trusts this server and nothing else.
    var trust: TLSClientOptions {
        var options = TLSClientOptions()
        options.trust = .pem(server.certificatePEM!)
        return options
    }

    func base(isSecure: Bool) -> String { isSecure ? secure : plain }
}

/// Runs a body with a target and a client that trusts it.
func withTarget(_ settings: ClientSettings = ClientSettings(), _ body: (Target, Harness) throws -> Void)
    throws
{
    let target = try Target()
    try withHarness(settings, security: target.trust) { try body(target, $0) }
}

/// One accepted connection of a scripted server.
final class Wire {
    let descriptor: Int32
    private var tls: Secured?

    /// The session cannot be copied, so an optional of it could not be used in place.
    private final class Secured {
        var session: TLSSession
        init(_ context: TLSServerContext) { session = TLSSession(server: context) }
    }

    fileprivate init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var time = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    deinit { close(descriptor) }

    private func rawSend(_ bytes: [UInt8]) {
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            // The client may have left: some tests are about that.
            if count <= 0 { return }
            at += count
        }
    }

    private func rawReceive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    private func flush() {
        let output = Array(tls!.session.output)
        tls!.session.sent(output.count)
        rawSend(output)
    }

    /// - Returns: whether TLS stands.
    func startTLS(_ context: TLSServerContext) -> Bool {
        tls = Secured(context)
        while !tls!.session.isOpen {
            let bytes = rawReceive()
            if bytes.isEmpty { return false }
            let result = bytes.withUnsafeBytes {
                tls!.session.feed($0)
                defer { tls!.session.keepRest() }
                return tls!.session.handshake()
            }
            flush()
            if result == .failed { return false }
        }
        return true
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        guard tls != nil else { return rawSend(bytes) }
        _ = bytes.withUnsafeBytes { tls!.session.write($0) }
        flush()
    }

    /// The first part of a TLS record with these bytes, so that an end cuts it.
    func sendCut(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { tls!.session.write($0) }
        let output = Array(tls!.session.output)
        rawSend(Array(output.prefix(output.count - 5)))
    }

    /// Each text in a TLS record of its own, all in one segment.
    func sendTogether(_ texts: [String]) {
        for text in texts { _ = Array(text.utf8).withUnsafeBytes { tls!.session.write($0) } }
        flush()
    }

    /// Some bytes; none at the end.
    func receive() -> [UInt8] {
        guard tls != nil else { return rawReceive() }
        var buffer = [UInt8](repeating: 0, count: 32 * 1024)
        while true {
            let result = buffer.withUnsafeMutableBytes { tls!.session.read(into: $0) }
            if case .bytes(let count) = result { return Array(buffer[..<count]) }
            if result != .incomplete { return [] }
            let bytes = rawReceive()
            if bytes.isEmpty { return [] }
            bytes.withUnsafeBytes {
                tls!.session.feed($0)
                tls!.session.keepRest()
            }
        }
    }

    /// Reads a request's head. - Returns: the head, or nil at the end.
    func head() -> String? {
        var bytes: [UInt8] = []
        while true {
            let more = receive()
            if more.isEmpty { return nil }
            bytes += more
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("\r\n\r\n") { return text }
        }
    }

    /// What the handshake agreed on by ALPN.
    var selectedProtocol: String? { tls?.session.selectedProtocol }

    /// The address the client dialled.
    var localHost: String { host { getsockname(descriptor, $0, $1) } }

    /// The address it came from.
    var peerHost: String { host { getpeername(descriptor, $0, $1) } }

    private func host(_ name: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32)
        -> String
    {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name($0, &size) }
        }
        let bits = UInt32(bigEndian: address.sin_addr.s_addr)
        return status == 0
            ? [24, 16, 8, 0].map { String(bits >> $0 & 255) }.joined(separator: ".") : "unknown"
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }
}

/// What threads of a scripted server write down.
final class Notes: @unchecked Sendable {
    private let lock = Locked<[String]>([])
    func add(_ line: String) { lock.withLock { $0.append(line) } }
    var all: [String] { lock.withLock { $0 } }
}

final class ScriptServer {
    let port: UInt16
    let notes = Notes()
    private let descriptor: Int32
    private let acceptor: BackgroundThread

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs `script` for each connection, one after the other or all at once; `number` counts from 0.
    init(
        isConcurrent: Bool = false, anyAddress: Bool = false,
        _ script: @escaping @Sendable (_ wire: Wire, _ number: Int, _ notes: Notes) -> Void
    ) throws {
        let (descriptor, port) = Self.listen(backlog: 64, anyAddress: anyAddress)
        (self.descriptor, self.port) = (descriptor, port)
        let notes = notes
        acceptor = try BackgroundThread {
            var threads: [BackgroundThread] = []
            var number = 0
            while true {
                let accepted = accept(descriptor, nil, nil)
                if accepted < 0 { break }
                let mine = number
                number += 1
                if isConcurrent {
                    do {
                        threads.append(try BackgroundThread { script(Wire(accepted), mine, notes) })
                    } catch { notes.add("no thread: \(error)") }
                } else {
                    script(Wire(accepted), mine, notes)
                }
            }
            for thread in threads { thread.join() }
        }
    }

    /// Listens at every IPv4 address and answers with the one that was dialled; `X-Host` repeats the
    /// request's.
    convenience init(anyAddress: Bool) throws {
        try self.init(isConcurrent: true, anyAddress: anyAddress) { wire, _, _ in
            while let head = wire.head() {
                let line = head.split(separator: "\r\n").first { $0.hasPrefix("Host: ") } ?? "Host: none"
                wire.send(okResponse(wire.localHost, "X-\(line)\r\n"))
            }
        }
    }

    static func listen(backlog: Int32, anyAddress: Bool = false) -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = anyAddress ? 0 : UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(descriptor, $0, size) == 0, "cannot bind")
                precondition(Glibc.listen(descriptor, backlog) == 0, "cannot listen")
                getsockname(descriptor, $0, &size)
            }
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        acceptor.join()
        close(descriptor)
    }
}

func okResponse(_ body: String, _ headers: String = "") -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

/// Sleeps the thread: time passes without the client's loop.
func pause(_ milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }
