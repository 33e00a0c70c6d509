// Bodies that are made in pieces, so that a large answer neither fills memory nor holds the loop: what is
// left of one and how its next piece looks. Owned by a connection in the phase `streaming`.

import Base

struct TargetStream {
    enum Kind: UInt8 { case none, bytes, chunks, drip, endless }

    private(set) var kind = Kind.none
    /// Bytes or chunks still to come.
    private var left = 0
    private var total = 0
    private var isChunked = false
    /// Between two pieces; 0: as fast as the client reads.
    private(set) var pauseNs: Int64 = 0

    /// Whether a client that stopped sending may still wait for the end.
    var hasEnd: Bool { kind == .bytes || kind == .chunks }

    static func bytes(_ count: Int) -> TargetStream {
        var stream = TargetStream()
        stream.kind = .bytes
        stream.left = count
        return stream
    }

    /// `count` lines, each in a chunk of its own; bare lines where the client knows no chunks.
    static func chunks(_ count: Int, isChunked: Bool) -> TargetStream {
        var stream = TargetStream()
        stream.kind = .chunks
        stream.left = count
        stream.total = count
        stream.isChunked = isChunked
        return stream
    }

    static func drip(_ count: Int, pauseNs: Int64) -> TargetStream {
        var stream = TargetStream()
        stream.kind = .drip
        stream.left = count
        stream.pauseNs = pauseNs
        return stream
    }

    static func endless(isChunked: Bool, pauseNs: Int64) -> TargetStream {
        var stream = TargetStream()
        stream.kind = .endless
        stream.isChunked = isChunked
        stream.pauseNs = pauseNs
        return stream
    }

    /// Appends the next piece. - Returns: whether more follow.
    mutating func append(to out: inout ByteBuffer) -> Bool {
        switch kind {
        case .none: return false
        case .bytes:
            let count = min(left, Limits.targetPieceBytes)
            out.append(UnsafeRawBufferPointer(rebasing: TargetBodies.pattern[..<count]))
            left -= count
        case .chunks: appendChunks(to: &out)
        case .drip:
            if left > 0 { out.append(TargetBodies.pattern[total % TargetBodies.pattern.count]) }
            total += 1
            left = max(left - 1, 0)
        case .endless:
            let piece = UnsafeRawBufferPointer(rebasing: TargetBodies.pattern[..<Self.endlessPieceBytes])
            if isChunked { Decimal.appendHex(piece.count, to: &out, end: "\r\n") }
            out.append(piece)
            if isChunked { out.append("\r\n") }
            return true
        }
        return left > 0
    }

    private static let endlessPieceBytes = 16 * 1024

    private mutating func appendChunks(to out: inout ByteBuffer) {
        let start = out.count
        while left > 0, out.count - start < Limits.targetPieceBytes {
            let number = total - left + 1
            let length = "chunk ".utf8.count + Decimal.digitCount(number) + 1
            if isChunked { Decimal.appendHex(length, to: &out, end: "\r\n") }
            out.append("chunk ")
            Decimal.append(number, to: &out)
            out.append("\n")
            if isChunked { out.append("\r\n") }
            left -= 1
        }
        if left == 0, isChunked { out.append("0\r\n\r\n") }
    }
}
