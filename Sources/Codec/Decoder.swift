// Content decoding as a stream: pieces of a body go in, decoded bytes come out, through as many layers as the
// header listed. Used by the HTTP client when somebody reads the body, and by the embedded target. Errors are
// values.

import Base

/// What one layer did with what it was given.
struct LayerStep {
    enum State {
        /// Wants more input, or more room.
        case running
        /// A whole stream has been read; what follows, if anything, decides the layer.
        case ended
        case failed(DecodeError)
    }

    var consumed: Int
    var produced: Int
    var state: State
}

/// One coding being undone. A class because the C libraries keep pointers to their state.
protocol DecoderLayer: AnyObject {
    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> LayerStep
    /// Nothing more will come: nil when the stream was whole.
    func finish() -> DecodeError?
}

public struct Decoder: ~Copyable {
    public enum State: Equatable, Sendable {
        /// Everything given so far was decoded.
        case running
        /// The decoder cannot go on; what came out before the failure is in the output.
        case failed(DecodeError)
    }

    private let layers: [any DecoderLayer]
    private let outputBytesMax: Int
    private let mayTake: (Int) -> Bool
    private var produced = 0
    private var failure: DecodeError?

    /// - Parameters:
    ///   - codings: as listed in the header, the first applied first; undone from the last.
    ///   - outputBytesMax: how many decoded bytes the caller is ready to take in all; one more is a
    ///     `tooLarge` failure.
    ///   - mayTake: asked before the output's buffer grows, with the bytes it will take then; `false` is a
    ///     `tooLarge` failure.
    public init(
        _ codings: [ContentCoding], outputBytesMax: Int = .max,
        mayTake: @escaping (_ bytes: Int) -> Bool = { _ in true }
    ) {
        layers = codings.reversed().map { coding -> any DecoderLayer in
            switch coding {
            case .gzip: ZlibDecoder(.gzip)
            case .deflate: ZlibDecoder(.zlib)
            case .brotli: BrotliDecoder()
            case .zstd: ZstdDecoder()
            }
        }
        self.outputBytesMax = outputBytesMax
        self.mayTake = mayTake
    }

    /// Decodes a piece of the body; all of it is taken. Output is appended.
    public mutating func decode(_ chunk: UnsafeRawBufferPointer, into output: inout ByteBuffer) -> State {
        if let failure { return .failed(failure) }
        if let problem = push(chunk, through: 0, into: &output) {
            failure = problem
            return .failed(problem)
        }
        return .running
    }

    /// Says whether the body was whole. Call it once, after the last piece.
    public mutating func finish() -> State {
        if let failure { return .failed(failure) }
        for layer in layers {
            if let problem = layer.finish() {
                failure = problem
                return .failed(problem)
            }
        }
        return .running
    }

    /// A whole body at once.
    public static func decode(
        _ body: UnsafeRawBufferPointer, _ codings: [ContentCoding], into output: inout ByteBuffer,
        outputBytesMax: Int = .max, mayTake: @escaping (_ bytes: Int) -> Bool = { _ in true }
    ) -> State {
        var decoder = Decoder(codings, outputBytesMax: outputBytesMax, mayTake: mayTake)
        let state = decoder.decode(body, into: &output)
        return state == .running ? decoder.finish() : state
    }

    private mutating func push(
        _ chunk: UnsafeRawBufferPointer, through index: Int, into output: inout ByteBuffer
    ) -> DecodeError? {
        if index == layers.count { return append(chunk, to: &output) }
        let last = index == layers.count - 1
        var rest = chunk
        var scratch = ByteBuffer()
        while true {
            // The last layer writes straight into the output; the others into a block that the next one
            // reads.
            if last, !hasRoom(for: Limits.decodeStepBytesMin, in: output) { return noMemory }
            let room =
                last
                ? output.spare(atLeast: Limits.decodeStepBytesMin)
                : scratch.spare(atLeast: Limits.decodeStepBytesMin)
            let step = layers[index].step(
                rest, into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(Limits.decodeStepBytesMax)))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step.consumed))
            if last {
                if let problem = count(step.produced, in: &output) { return problem }
            } else if step.produced > 0 {
                let block = UnsafeRawBufferPointer(start: scratch.base, count: step.produced)
                if let problem = push(block, through: index + 1, into: &output) { return problem }
            }
            if case .failed(let problem) = step.state { return problem }
            let full = step.produced == min(room.count, Limits.decodeStepBytesMax)
            if rest.isEmpty && !full { return nil }
            precondition(step.consumed > 0 || step.produced > 0 || full, "a decoder layer made no progress")
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) -> DecodeError?
    {
        let allowed = min(bytes.count, outputBytesMax - produced)
        if !hasRoom(for: allowed, in: output) { return noMemory }
        output.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(allowed)))
        produced += allowed
        return allowed == bytes.count ? nil : tooLarge
    }

    private mutating func count(_ bytes: Int, in output: inout ByteBuffer) -> DecodeError? {
        let allowed = min(bytes, outputBytesMax - produced)
        output.grew(by: allowed)
        produced += allowed
        return allowed == bytes ? nil : tooLarge
    }

    private func hasRoom(for bytes: Int, in output: borrowing ByteBuffer) -> Bool {
        output.capacity - output.count >= bytes || mayTake(output.capacity(with: bytes))
    }

    private var noMemory: DecodeError { DecodeError(.tooLarge, "no memory for the decompressed body") }

    private var tooLarge: DecodeError {
        DecodeError(.tooLarge, "decompressed body is larger than \(outputBytesMax) bytes")
    }
}
