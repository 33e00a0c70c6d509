// gzip and zlib streams undone by zlib's inflate. A gzip body may be several members in a row; after a zlib
// stream anything may follow and is ignored. Both are what Go's readers do, and so what k6's users see.

import CZlib

final class ZlibDecoder: DecoderLayer {
    enum Format {
        case gzip, zlib

        /// zlib's window argument: 15 bits of window, and 16 more for the gzip wrapper.
        var windowBits: Int32 { self == .gzip ? 15 + 16 : 15 }
        var name: String { self == .gzip ? "gzip" : "zlib" }
        /// The smallest possible header.
        var headerBytes: Int { self == .gzip ? 10 : 2 }
    }

    private let format: Format
    /// inflate checks that its stream has not moved, so it lives behind a pointer.
    private let stream: UnsafeMutablePointer<z_stream>
    private var ended = false
    private var members = 0

    init(_ format: Format) {
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let status = inflateInit2_(stream, format.windowBits, ZLIB_VERSION, size)
        precondition(
            status == Z_OK, "zlib could not start: out of memory or another zlib than the one built against")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> LayerStep {
        if ended {
            if input.isEmpty { return LayerStep(consumed: 0, produced: 0, state: .ended) }
            if format == .zlib { return LayerStep(consumed: input.count, produced: 0, state: .ended) }
            inflateReset(stream)
            ended = false
            members += 1
        }
        let given = UInt32(min(input.count, Int(UInt32.max)))
        // zlib's fields are not const, but inflate does not write through them.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = given
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let consumed = Int(given - stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        switch status {
        case Z_STREAM_END:
            ended = true
            return LayerStep(consumed: consumed, produced: produced, state: .ended)
        case Z_OK, Z_BUF_ERROR:
            return LayerStep(consumed: consumed, produced: produced, state: .running)
        default:
            return LayerStep(consumed: consumed, produced: produced, state: .failed(problem(status)))
        }
    }

    func finish() -> DecodeError? {
        if ended { return nil }
        if members > 0 { return .unexpectedEnd }
        let read = Int(stream.pointee.total_in)
        if read == 0 && format == .gzip { return DecodeError(.invalid, "EOF") }
        return read < format.headerBytes ? DecodeError(.invalid, "unexpected EOF") : .unexpectedEnd
    }

    private func problem(_ status: Int32) -> DecodeError {
        let text = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        switch text {
        case "incorrect data check", "incorrect length check":
            return DecodeError(.invalid, "\(format.name): invalid checksum")
        case "incorrect header check", "unknown compression method", "unknown header flags set",
            "invalid window size", "header crc mismatch":
            return DecodeError(.invalid, "\(format.name): invalid header")
        default:
            if status == Z_NEED_DICT { return DecodeError(.invalid, "zlib: invalid dictionary") }
            // Counted, as Go does, from where the compressed data begin.
            let offset = max(Int(stream.pointee.total_in) - format.headerBytes, 0)
            return DecodeError(.damaged, "flate: corrupt input before offset \(offset)")
        }
    }
}
