// Where OpenSSL's bytes come from and go to: a BIO that reads straight from the caller's borrowed input and
// appends what it writes to one output buffer. The stock memory BIO would copy both ways once more. Owned by
// a session.

import Base
import COpenSSL

/// The part of a session that OpenSSL's callbacks reach, at a fixed address.
struct TLSWire: ~Copyable {
    enum State: UInt8 {
        case handshaking, open, closed, failed
    }

    /// Ciphertext not yet read: borrowed from the caller, or inside `carry`.
    var input: UnsafeRawPointer?
    var inputCount = 0
    /// Input that outlived the call it came with. Empty on almost every connection, almost always.
    var carry = ByteBuffer()
    /// Ciphertext to be sent, from `outputHead` on.
    var output = ByteBuffer()
    var outputHead = 0
    /// The context's spare buffer: an idle session keeps none, a writing one borrows this.
    let spare: UnsafeMutablePointer<ByteBuffer>
    let context: Unmanaged<TLSContext>
    var state = State.handshaking
    /// The last read filled its buffer, so OpenSSL may hold more of the record.
    var mayHoldMore = true
    /// The first two bytes ever received tell a TLS peer from another.
    var peek = TLSPeek()
    var findings = TLSVerifyFindings()
    var failure: TLSFailure?

    init(context: Unmanaged<TLSContext>, spare: UnsafeMutablePointer<ByteBuffer>) {
        self.context = context
        self.spare = spare
    }

    /// - Returns: how many bytes were moved to `target`; 0 when there are none.
    @inline(__always)
    mutating func take(_ target: UnsafeMutableRawPointer, _ wanted: Int) -> Int {
        let count = min(wanted, inputCount)
        if count == 0 { return 0 }
        target.copyMemory(from: input!, byteCount: count)
        input = input! + count
        inputCount &-= count
        return count
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        if output.capacity == 0 {
            let lent = spare
            swap(&output, &lent.pointee)
        }
        output.append(bytes)
    }

    /// Bytes of the output were sent; an emptied buffer goes back to the context, or to the heap if that has
    /// one.
    mutating func sent(_ bytes: Int) {
        precondition(bytes <= output.count - outputHead, "more ciphertext was sent than there was")
        outputHead += bytes
        if outputHead < output.count {
            // A long output that never quite drains must not keep what was sent.
            if outputHead >= Limits.tlsOutputCompactBytes && outputHead * 2 >= output.count {
                output.consume(outputHead)
                outputHead = 0
            }
            return
        }
        outputHead = 0
        if spare.pointee.capacity == 0 && output.capacity <= Limits.tlsSpareBytesMax {
            output.removeAll()
            let lent = spare
            swap(&output, &lent.pointee)
        } else {
            output.removeAll(keepingCapacity: false)
        }
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        peek.see(bytes)
        if inputCount == 0 {
            // A kept rest that was read in the meantime must not pass for a part of these bytes.
            if carry.capacity > 0 { carry.removeAll(keepingCapacity: false) }
            input = bytes.baseAddress
            inputCount = bytes.count
        } else {
            precondition(!carry.isEmpty, "input was fed before the rest of the last was read or kept")
            carry.consume(carry.count - inputCount)
            carry.append(bytes)
            input = UnsafeRawPointer(carry.base)
            inputCount = carry.count
        }
    }

    mutating func keepRest() {
        if inputCount == 0 {
            input = nil
            if carry.capacity > 0 { carry.removeAll(keepingCapacity: false) }
            return
        }
        if carry.isEmpty {
            carry.append(UnsafeRawBufferPointer(start: input, count: inputCount))
        } else {
            carry.consume(carry.count - inputCount)
        }
        input = UnsafeRawPointer(carry.base)
    }
}

/// Tells from its first bytes whether the peer speaks TLS at all, by the rule of Go's client: the first
/// record must be a handshake or an alert, and its version below 0x1000.
struct TLSPeek {
    private var first: (UInt8, UInt8) = (0, 0)
    private(set) var count = 0

    /// The length of a record header: before that much is there, nothing is said.
    private static let headerBytes = 5

    mutating func see(_ bytes: UnsafeRawBufferPointer) {
        if count >= Self.headerBytes { return }
        for byte in bytes.prefix(Self.headerBytes - count) {
            if count == 0 { first.0 = byte } else if count == 1 { first.1 = byte }
            count += 1
        }
    }

    /// Whether these are the first letters of an HTTP answer.
    var isHTTP: Bool { isForeign && first == (UInt8(ascii: "H"), UInt8(ascii: "T")) }

    var isForeign: Bool {
        let handshake = UInt8(SSL3_RT_HANDSHAKE)
        let alert = UInt8(SSL3_RT_ALERT)
        return count >= Self.headerBytes && ((first.0 != handshake && first.0 != alert) || first.1 >= 0x10)
    }
}

enum TLSBIO {
    /// The method table of our BIO: one per process, made on first use, never freed.
    nonisolated(unsafe) static let method: OpaquePointer = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "apus wire") else {
            fatalError("out of memory for a BIO method")
        }
        BIO_meth_set_read_ex(method, wireRead)
        BIO_meth_set_write_ex(method, wireWrite)
        BIO_meth_set_ctrl(method, wireControl)
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        return method
    }()
}

private func wireRead(
    _ bio: OpaquePointer?, _ target: UnsafeMutablePointer<CChar>?, _ wanted: Int,
    _ moved: UnsafeMutablePointer<Int>?
) -> Int32 {
    let wire = BIO_get_data(bio).assumingMemoryBound(to: TLSWire.self)
    let count = wire.pointee.take(UnsafeMutableRawPointer(target!), wanted)
    moved!.pointee = count
    if count > 0 { return 1 }
    apus_bio_retry_read(bio)
    return -1
}

private func wireWrite(
    _ bio: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ count: Int, _ moved: UnsafeMutablePointer<Int>?
) -> Int32 {
    let wire = BIO_get_data(bio).assumingMemoryBound(to: TLSWire.self)
    wire.pointee.put(UnsafeRawBufferPointer(start: source, count: count))
    moved!.pointee = count
    return 1
}

/// OpenSSL asks for a flush after each flight; everything else is answered with "not supported".
private func wireControl(
    _ bio: OpaquePointer?, _ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
    command == BIO_CTRL_FLUSH ? 1 : 0
}
