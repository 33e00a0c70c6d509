// Zstandard frames undone by libzstd: any number of frames in a row, none at all for an empty body.

import CZstd

final class ZstdDecoder: DecoderLayer {
    private let stream: OpaquePointer
    /// Inside a frame: the library wants more before the frame is whole.
    private var open = false

    init() {
        guard let stream = ZSTD_createDStream() else { fatalError("out of memory for zstd") }
        self.stream = stream
    }

    deinit { ZSTD_freeDStream(stream) }

    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> LayerStep {
        if input.isEmpty && !open { return LayerStep(consumed: 0, produced: 0, state: .ended) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = ZSTD_decompressStream(stream, &target, &source)
        var step = LayerStep(consumed: source.pos, produced: target.pos, state: .running)
        if ZSTD_isError(status) != 0 {
            step.state = .failed(problem(String(cString: ZSTD_getErrorName(status))))
        } else {
            open = status != 0
            if !open { step.state = .ended }
        }
        return step
    }

    func finish() -> DecodeError? { open ? .unexpectedEnd : nil }

    /// The two that people meet are worded as k6 words them; the rest keep the library's name.
    private func problem(_ name: String) -> DecodeError {
        if name.contains("checksum") { return DecodeError(.invalid, "CRC check failed") }
        if name.hasPrefix("Unknown frame") {
            return DecodeError(.invalid, "invalid input: magic number mismatch")
        }
        return DecodeError(.invalid, "zstd: \(name)")
    }
}
