// A blocking HTTP/1.0 GET for the one request Apus makes before its loops exist: the ECS task metadata.
// Called by the sizing at start-up on the main thread; the whole exchange has one deadline, so that a dead
// endpoint costs a second. The address must be numeric (ECS gives 169.254.170.2): a name would make the
// resolver's time-out ours.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public enum MetadataClient {
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// The endpoint is on the same host; a second is a thousand times what it needs.
    public static let timeoutMsDefault = 1000
    /// Metadata of a task with ten containers is about 20 KiB.
    private static let responseBytesMax = 1 << 20

    /// The body of a 200 answer to `GET uri`, where uri is `http://ADDRESS[:PORT]/PATH`.
    public static func get(_ uri: String, timeoutMs: Int = timeoutMsDefault) throws(Problem) -> [UInt8] {
        let target = try Target(uri)
        let deadline = Clock.now() + Int64(timeoutMs) * Ns.perMillisecond
        let descriptor = try connected(target, until: deadline)
        defer { close(descriptor) }
        let head =
            "GET \(target.path) HTTP/1.0\r\nHost: \(target.authority)\r\nAccept: application/json\r\n\r\n"
        try sendAll(descriptor, Array(head.utf8), until: deadline)
        return try body(of: receiveAll(descriptor, until: deadline))
    }

    struct Target: Equatable {
        var authority: String
        var host: String
        var port: String
        var path: String

        init(_ uri: String) throws(Problem) {
            let scheme = "http://"
            guard uri.hasPrefix(scheme) else {
                throw Problem(description: "'\(uri)' is not an http:// address")
            }
            let rest = uri.dropFirst(scheme.count)
            authority = String(rest.prefix { $0 != "/" })
            path = String(rest.dropFirst(authority.count))
            if path.isEmpty { path = "/" }
            if path.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
                throw Problem(description: "'\(uri)' has a blank or control character in its path")
            }
            var name = authority[...]
            port = "80"
            if let end = authority.lastIndex(of: "]"), authority.hasPrefix("[") {
                name = authority[authority.index(after: authority.startIndex)..<end]
                let tail = authority[authority.index(after: end)...]
                if tail.hasPrefix(":") { port = String(tail.dropFirst()) }
            } else if let colon = authority.lastIndex(of: ":") {
                name = authority[..<colon]
                port = String(authority[authority.index(after: colon)...])
            }
            host = String(name)
            guard !host.isEmpty, let number = UInt16(port), number > 0 else {
                throw Problem(description: "'\(uri)' has no valid host and port")
            }
        }
    }

    private static func failure(_ what: String, _ code: Int32) -> Problem {
        Problem(description: "\(what): \(String(cString: strerror(code)))")
    }

    private static func connected(_ target: Target, until deadline: Instant) throws(Problem) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(target.host, target.port, &hints, &list) == 0, let address = list else {
            throw Problem(description: "'\(target.host)' is not a numeric address")
        }
        defer { freeaddrinfo(list) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { throw failure("no socket", errno) }
        do throws(Problem) {
            if connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else {
                    throw failure("cannot connect to \(target.authority)", errno)
                }
                try wait(descriptor, POLLOUT, until: deadline, "connecting to \(target.authority)")
                var code: Int32 = 0
                var length = socklen_t(MemoryLayout<Int32>.size)
                guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
                    throw failure("cannot connect to \(target.authority)", errno)
                }
                guard code == 0 else { throw failure("cannot connect to \(target.authority)", code) }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func wait(
        _ descriptor: Int32, _ events: Int32, until deadline: Instant, _ what: String
    ) throws(Problem) {
        while true {
            let leftNs = deadline - Clock.now()
            if leftNs <= 0 { throw Problem(description: "timed out \(what)") }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = poll(&entry, 1, Int32(leftNs / Ns.perMillisecond + 1))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw failure("poll", errno) }
        }
    }

    private static func sendAll(_ descriptor: Int32, _ bytes: [UInt8], until deadline: Instant)
        throws(Problem)
    {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(descriptor, POLLOUT, until: deadline, "sending the request")
            } else if errno != EINTR {
                throw failure("cannot send the request", errno)
            }
        }
    }

    private static func receiveAll(_ descriptor: Int32, until deadline: Instant) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
                if bytes.count > responseBytesMax { throw Problem(description: "the answer is too long") }
            } else if errno == EAGAIN {
                try wait(descriptor, POLLIN, until: deadline, "waiting for the answer")
            } else if errno != EINTR {
                throw failure("cannot read the answer", errno)
            }
        }
    }

    /// The body of a whole HTTP/1.x answer that ended with the connection.
    static func body(of response: [UInt8]) throws(Problem) -> [UInt8] {
        guard
            let headEnd = response.indices.dropLast(3).first(where: {
                response[$0..<$0 + 4] == [13, 10, 13, 10]
            })
        else { throw Problem(description: "the answer has no complete head") }
        let head = String(decoding: response[..<headEnd], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let status = lines.first.map { $0.split(separator: " ") } ?? []
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else {
            throw Problem(description: "the answer is not HTTP")
        }
        guard code == 200 else { throw Problem(description: "answered with status \(code)") }
        let body = Array(response[(headEnd + 4)...])
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }.lowercased()
            let value = line.dropFirst(name.count + 1).words.first ?? ""
            if name == "transfer-encoding" {
                throw Problem(description: "a transfer coding in answer to HTTP/1.0")
            }
            if name == "content-length", Int(value) != body.count {
                throw Problem(description: "\(body.count) bytes of body where \(value) were announced")
            }
        }
        return body
    }
}
