// A gzip stream written piece by piece: compressed result files. One owner; every byte goes in by `append`,
// and `finish` ends the stream.

import Base
import CZlib

public struct GzipWriter: ~Copyable {
    // zlib keeps the address.
    private let stream: UnsafeMutablePointer<z_stream>

    public init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(
            status == Z_OK, "zlib could not start: out of memory or another zlib than the one built against")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Compresses `bytes`; what is ready is appended to `output`.
    public mutating func append(_ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        var rest = bytes
        while !rest.isEmpty {
            // zlib counts in 32 bits: a larger piece goes in parts.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            deflate(piece, Z_NO_FLUSH, into: &output)
        }
    }

    /// Ends the stream; nothing may be appended after that.
    public mutating func finish(into output: inout ByteBuffer) {
        deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH, into: &output)
    }

    private func deflate(_ piece: UnsafeRawBufferPointer, _ flush: Int32, into output: inout ByteBuffer) {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            let room = output.spare(atLeast: 16 * 1024)
            let offered = min(room.count, 1 << 30)
            stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(offered)
            let status = CZlib.deflate(stream, flush)
            precondition(status != Z_STREAM_ERROR, "the deflate stream was damaged")
            output.grew(by: offered - Int(stream.pointee.avail_out))
        } while stream.pointee.avail_out == 0
    }
}
