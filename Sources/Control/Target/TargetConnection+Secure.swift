// TLS on a connection of the embedded server: ciphertext through the session, plaintext on to the connection.
// Called by the connection's read and write paths when it has a session.

import Base
import EventLoop
import TLS

extension TargetConnection {
    mutating func startSession(_ context: TLSServerContext) {
        let session = UnsafeMutablePointer<TLSSession>.allocate(capacity: 1)
        session.initialize(to: TLSSession(server: context))
        self.session = session
    }

    mutating func endSession() {
        guard let session else { return }
        session.deinitialize(count: 1)
        session.deallocate()
        self.session = nil
    }

    static func arrivedSecurely(_ connection: TargetConnectionRef, _ bytes: UnsafeRawBufferPointer) {
        if connection.pointee.phase == .closing { return }
        let session = connection.pointee.session!
        session.pointee.feed(bytes)
        defer { session.pointee.keepRest() }
        if !session.pointee.isOpen {
            let result = session.pointee.handshake()
            if result == .failed {
                TargetTally.count(connection.pointee.worker.pointee.tally.pointee.handshakesFailed)
                return sendAlert(connection)
            }
            if result != .done {
                _ = sendCiphertext(connection)
                return
            }
        }
        let plaintext = connection.pointee.worker.pointee.plaintext
        while connection.pointee.phase != .closing {
            switch session.pointee.read(into: plaintext) {
            case .bytes(let count):
                take(
                    connection, UnsafePointer(plaintext.baseAddress!.assumingMemoryBound(to: UInt8.self)),
                    count)
            case .incomplete:
                // The end of the handshake, or an answer to a key update, may stand in the output.
                _ = sendCiphertext(connection)
                return
            case .closed: return ended(connection, 0)
            case .failed: return sendAlert(connection)
            }
        }
    }

    /// Encrypts and sends what stands in the worker's buffer; as `send`.
    static func sendSecurely(_ connection: TargetConnectionRef) -> Bool {
        let worker = connection.pointee.worker
        let result = connection.pointee.session!.pointee.write(worker.pointee.out.rawBytes)
        let count = worker.pointee.out.count
        worker.pointee.out.removeAll(keepingCapacity: worker.pointee.out.capacity <= 1 << 20)
        // A client that renegotiates in the middle of an answer is not worth a second copy of it.
        guard result == .bytes(count) else {
            close(connection)
            return false
        }
        return sendCiphertext(connection)
    }

    private static func sendCiphertext(_ connection: TargetConnectionRef) -> Bool {
        // While a write is queued the kernel takes nothing; the written event comes back here.
        if connection.pointee.phase == .closing || connection.pointee.isWriteQueued { return false }
        let session = connection.pointee.session!
        let output = session.pointee.output
        if output.isEmpty { return true }
        let taken = socket(connection).tryWrite(output.baseAddress!, output.count)
        let isAll = taken == output.count
        if !isAll { _ = queueRest(connection, output, taken) }
        session.pointee.sent(output.count)
        return isAll
    }

    private static func sendAlert(_ connection: TargetConnectionRef) {
        let output = connection.pointee.session!.pointee.output
        // Best effort: the connection ends whether or not the client learns why.
        if !connection.pointee.isWriteQueued, !output.isEmpty {
            _ = socket(connection).tryWrite(output.baseAddress!, output.count)
        }
        close(connection)
    }

    /// TLS's own end of the connection, which tells a finished body from a broken one.
    static func sayGoodbye(_ connection: TargetConnectionRef) {
        guard let session = connection.pointee.session, !connection.pointee.isWriteQueued else { return }
        session.pointee.close()
        let output = session.pointee.output
        if output.isEmpty { return }
        _ = socket(connection).tryWrite(output.baseAddress!, output.count)
        session.pointee.sent(output.count)
    }
}
