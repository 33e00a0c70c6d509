// Brotli streams undone by libbrotlidec. An empty body passes as empty, and bytes behind the end are an
// error, as in k6; a stream that stops half-way is an error here, where k6 returns what it has.

import CBrotli

final class BrotliDecoder: DecoderLayer {
    private let state: OpaquePointer
    private var started = false
    private var ended = false

    init() {
        guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else {
            fatalError("out of memory for brotli")
        }
        self.state = state
    }

    deinit { BrotliDecoderDestroyInstance(state) }

    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> LayerStep {
        if ended {
            if input.isEmpty { return LayerStep(consumed: 0, produced: 0, state: .ended) }
            return LayerStep(
                consumed: 0, produced: 0, state: .failed(DecodeError(.invalid, "brotli: excessive input")))
        }
        if !input.isEmpty { started = true }
        var inputLeft = input.count
        var outputLeft = output.count
        var next = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var free = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = BrotliDecoderDecompressStream(state, &inputLeft, &next, &outputLeft, &free, nil)
        var step = LayerStep(
            consumed: input.count - inputLeft, produced: output.count - outputLeft, state: .running)
        if result == BROTLI_DECODER_RESULT_SUCCESS {
            ended = true
            step.state = .ended
        } else if result == BROTLI_DECODER_RESULT_ERROR {
            step.state = .failed(DecodeError(.invalid, "brotli: \(errorName())"))
        }
        return step
    }

    func finish() -> DecodeError? { ended || !started ? nil : .unexpectedEnd }

    /// The library's name of the error without its prefixes, which differ between releases.
    private func errorName() -> Substring {
        var name = Substring(String(cString: BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state))))
        for prefix in ["_", "ERROR_", "FORMAT_"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
        }
        return name
    }
}
