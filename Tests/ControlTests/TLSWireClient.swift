// TLS over a blocking socket, for the tests of the server's secure port.

import Control
import TLS
import Testing

final class TLSWireClient: RawWire {
    let socket: RawSocket
    private var session: TLSSession
    private var buffer = [UInt8](repeating: 0, count: 32 * 1024)
    /// Whether the server ended TLS before it ended the connection.
    private(set) var saidGoodbye = false
    private(set) var failure: String?

    /// Connects and shakes hands, trusting `certificatePEM` alone.
    init(port: UInt16, certificatePEM: String, host: String = "127.0.0.1", timeoutMs: Int = 20_000) throws {
        var options = TLSClientOptions()
        options.trust = .pem(certificatePEM)
        socket = RawSocket(port: port, timeoutMs: timeoutMs)
        session = TLSSession(client: try TLSClientContext(options), host: host)
        _ = session.handshake()
        flush()
        while !session.isOpen {
            let got = socket.receive()
            if let end = got.end {
                failure = "the server ended the handshake: \(end)"
                return
            }
            let result = got.bytes.withUnsafeBytes { bytes in
                session.feed(bytes)
                defer { session.keepRest() }
                return session.handshake()
            }
            flush()
            if result == .failed {
                failure = session.failure?.text
                return
            }
        }
    }

    var version: TLSVersion? { session.info?.version }

    private func flush() {
        let output = Array(session.output)
        session.sent(output.count)
        socket.send(output)
    }

    func send(_ bytes: [UInt8]) {
        let result = bytes.withUnsafeBytes { session.write($0) }
        precondition(result == .bytes(bytes.count), "the session took no bytes")
        flush()
    }

    func receive() -> (bytes: [UInt8], end: RawEnd?) {
        while true {
            switch buffer.withUnsafeMutableBytes({ session.read(into: $0) }) {
            case .bytes(let count): return (Array(buffer[..<count]), nil)
            case .closed:
                saidGoodbye = true
                return ([], .closed)
            case .failed: return ([], .reset)
            case .incomplete:
                session.keepRest()
                let got = socket.receive()
                if let end = got.end { return ([], end) }
                got.bytes.withUnsafeBytes { bytes in
                    session.feed(bytes)
                    session.keepRest()
                }
            }
        }
    }
}
