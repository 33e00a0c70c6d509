// Content encoding in one shot: the embedded target's compressed routes, compressed request bodies and
// outputs that promise gzip. Several codings are applied in the order listed.

import Base
import CBrotli
import CZlib
import CZstd

public enum Encoder {
    /// Appends `body` in `coding` to `output`.
    public static func encode(
        _ body: UnsafeRawBufferPointer, _ coding: ContentCoding, into output: inout ByteBuffer
    ) {
        switch coding {
        case .gzip: deflate(body, windowBits: 15 + 16, into: &output)
        case .deflate: deflate(body, windowBits: 15, into: &output)
        case .brotli: brotli(body, into: &output)
        case .zstd: zstd(body, into: &output)
        }
    }

    /// Appends `body` to `output` after all `codings`, the first applied first; with none it is copied.
    public static func encode(
        _ body: UnsafeRawBufferPointer, _ codings: [ContentCoding], into output: inout ByteBuffer
    ) {
        guard let first = codings.first else { return output.append(body) }
        if codings.count == 1 { return encode(body, first, into: &output) }
        var inner = ByteBuffer()
        encode(body, first, into: &inner)
        encode(inner.rawBytes, Array(codings.dropFirst()), into: &output)
    }

    private static func deflate(
        _ body: UnsafeRawBufferPointer, windowBits: Int32, into output: inout ByteBuffer
    ) {
        var stream = z_stream()
        withUnsafeMutablePointer(to: &stream) { stream in
            let size = Int32(MemoryLayout<z_stream>.size)
            let status = deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                size)
            precondition(
                status == Z_OK,
                "zlib could not start: out of memory or another zlib than the one built against")
            var rest = body
            while true {
                // zlib counts in 32 bits: a larger body goes in pieces.
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(piece.count)
                repeat {
                    let room = output.spare(atLeast: max(256, min(piece.count / 4, 1 << 20)))
                    let offered = min(room.count, 1 << 30)
                    stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(offered)
                    let status = CZlib.deflate(stream, rest.isEmpty ? Z_FINISH : Z_NO_FLUSH)
                    precondition(status != Z_STREAM_ERROR, "the deflate stream was damaged")
                    output.grew(by: offered - Int(stream.pointee.avail_out))
                } while stream.pointee.avail_out == 0
                if rest.isEmpty { break }
            }
            deflateEnd(stream)
        }
    }

    /// Quality 6 of 11: what servers use for content made on the fly.
    private static let brotliQuality: Int32 = 6

    private static func brotli(_ body: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        let room = output.spare(atLeast: max(BrotliEncoderMaxCompressedSize(body.count), 64))
        var length = room.count
        let made = BrotliEncoderCompress(
            brotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, body.count,
            body.baseAddress?.assumingMemoryBound(to: UInt8.self), &length,
            room.baseAddress!.assumingMemoryBound(to: UInt8.self))
        precondition(made != 0, "brotli refused a buffer of the size it asked for")
        output.grew(by: length)
    }

    private static func zstd(_ body: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        let room = output.spare(atLeast: ZSTD_compressBound(body.count))
        let length = ZSTD_compress(
            room.baseAddress, room.count, body.baseAddress, body.count, ZSTD_defaultCLevel())
        precondition(ZSTD_isError(length) == 0, "zstd refused a buffer of the size it asked for")
        output.grew(by: length)
    }
}
