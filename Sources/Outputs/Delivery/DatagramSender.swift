// Sends lines or points in datagrams, as many in each as fit: StatsD, and InfluxDB over UDP. Never waits:
// what the kernel does not take is dropped and counted. Used on the outputs' thread.

import Base
import HTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

final class DatagramSender {
    private let name: String
    private let address: String
    private let bytesMax: Int
    private let linesMax: Int
    private var descriptor: Int32 = -1
    private var sent = 0
    private var lost = 0
    private var reason = ""
    private let notes = Locked<[OutputNote]>([])

    /// - Parameters:
    ///   - address: `host:port`.
    ///   - bytesMax: of a datagram.
    ///   - linesMax: of a datagram.
    init(name: String, address: String, bytesMax: Int, linesMax: Int = Int.max) {
        self.linesMax = linesMax
        self.name = name
        self.address = address
        self.bytesMax = bytesMax
    }

    /// The address as messages show it: one that is none may hold a password.
    var shown: String { HiddenCredentials.hidden(in: address) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Looks the address up and makes the socket.
    func open() throws(OutputError) {
        guard let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...]), port > 0
        else { throw OutputError("\"\(shown)\" is no address; expected host:port") }
        var host = String(address[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.isEmpty { host = "localhost" }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0, let first = list else {
            throw OutputError("\(name) at \(shown): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(list) }
        // As other senders do: the first IPv4 address, if there is one.
        var chosen = first
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next, chosen.pointee.ai_family != AF_INET {
            if entry.pointee.ai_family == AF_INET { chosen = entry }
            next = entry.pointee.ai_next
        }
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(chosen.pointee.ai_family, kind, 0)
        guard descriptor >= 0, connect(descriptor, chosen.pointee.ai_addr, chosen.pointee.ai_addrlen) == 0
        else { throw OutputError("\(name) at \(shown): \(String(cString: strerror(errno)))") }
    }

    /// Sends lines, each with its line break.
    func send(lines: [UInt8]) {
        send(lines, ends: lines.indices.filter { lines[$0] == UInt8(ascii: "\n") }.map { $0 + 1 })
    }

    /// Sends pieces that end in a line break, which is left out where a datagram ends. A piece is never
    /// split, whatever line breaks are within; one that is too long goes alone.
    /// - Parameter ends: of the pieces, behind their line breaks.
    func send(_ bytes: [UInt8], ends: [Int]) {
        bytes.withUnsafeBufferPointer { bytes in
            var (start, reached, count) = (0, 0, 0)
            for end in ends {
                if count > 0, end - 1 - start > bytesMax || count == linesMax {
                    transmit(UnsafeBufferPointer(rebasing: bytes[start..<(reached - 1)]), count)
                    (start, count) = (reached, 0)
                }
                count += 1
                reached = end
            }
            if count > 0 { transmit(UnsafeBufferPointer(rebasing: bytes[start..<(reached - 1)]), count) }
        }
    }

    private func transmit(_ packet: UnsafeBufferPointer<UInt8>, _ lines: Int) {
        var status = Glibc.send(descriptor, packet.baseAddress, packet.count, Int32(MSG_NOSIGNAL))
        // What an earlier packet met (nobody listens there) is told once with the next one.
        if status < 0, errno == ECONNREFUSED || errno == EINTR {
            note(errno)
            status = Glibc.send(descriptor, packet.baseAddress, packet.count, Int32(MSG_NOSIGNAL))
        }
        if status >= 0 {
            sent += lines
        } else {
            lost += lines
            note(errno)
        }
    }

    private func note(_ code: Int32) {
        let text = String(cString: strerror(code))
        if reason.isEmpty {
            let note = OutputNote(.warning, "\(name) at \(shown) does not get every line: \(text)")
            notes.withLock { $0.append(note) }
        }
        reason = text
    }

    func finish() {
        if lost == 0 { return }
        let note = OutputNote(.error, "\(lost) of \(lost + sent) lines did not go out to \(name): \(reason)")
        notes.withLock { $0.append(note) }
    }

    func takeNotes() -> [OutputNote] {
        notes.withLock { notes in
            defer { notes = [] }
            return notes
        }
    }
}
