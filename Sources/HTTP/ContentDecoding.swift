// A collected response body as its reader wants it: the codings of its Content-Encoding header undone, or why
// that cannot be done, with k6's code and text. Called by iterations that look at bodies. Pure.

import Base
import Codec

/// What became of a body.
public enum DecodedBody: ~Copyable {
    /// No coding that is known was named: the body is as it came.
    case same
    case decoded(ByteBuffer)
    /// With what could be decoded before.
    case failed(ErrorCode, text: String, output: ByteBuffer)
}

public enum ContentDecoding {
    /// Undoes the codings of `contentEncoding`, the last one first.
    /// - Parameters:
    ///   - contentEncoding: the header's value; names that are not known are passed over.
    ///   - outputBytesMax: a larger result is a failure.
    ///   - mayTake: asked before the result's buffer grows, with the bytes it will take then; `false` is a
    ///     failure, so that a small answer cannot fill the memory.
    public static func decodeBody(
        _ body: borrowing ByteBuffer, contentEncoding: String, outputBytesMax: Int = .max,
        mayTake: @escaping (_ bytes: Int) -> Bool = { _ in true }
    ) -> DecodedBody {
        let codings = ContentCoding.list(header: contentEncoding)
        // k6 reads a body only when there is one: an empty one in gzip is empty, not damaged.
        if codings.isEmpty || body.isEmpty { return .same }
        var output = ByteBuffer()
        let state = Decoder.decode(
            body.rawBytes, codings, into: &output, outputBytesMax: outputBytesMax, mayTake: mayTake)
        switch state {
        case .running: return .decoded(output)
        case .failed(let error):
            return .failed(
                error.kind == .invalid ? .decompression : .generic, text: error.description, output: output)
        }
    }
}
