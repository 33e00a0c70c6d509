// Where an output's lines go: a file, a compressed one (`.gz`), or standard output. Collects them and writes
// larger pieces. Used by the JSON and CSV outputs and by result files.

import Base
import Codec

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which file it is, whatever it is called.
public struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
}

struct OutputFile: ~Copyable {
    /// What is collected before it is written.
    static let pieceBytes = 256 * 1024

    /// Lines not written yet; whoever fills it calls `spill` from time to time.
    var lines = ByteBuffer()
    private let name: String
    private let descriptor: Int32
    private let isOwned: Bool
    private var compressor: GzipWriter?
    private var compressed = ByteBuffer()

    /// - Parameter name: "" and "-" are standard output.
    init(_ name: String) throws(OutputError) {
        self.name = name
        let isStandard = name.isEmpty || name == "-"
        isOwned = !isStandard
        compressor = !isStandard && name.utf8.suffix(3).elementsEqual(".gz".utf8) ? GzipWriter() : nil
        descriptor = isStandard ? 1 : Glibc.open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 {
            let reason = String(cString: strerror(errno))
            throw OutputError("\(name) could not be created: \(reason)")
        }
    }

    /// nil where lines of several outputs may meet: in standard output, a pipe, a device.
    var identity: FileIdentity? {
        var facts = stat()
        guard isOwned, fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return FileIdentity(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
    }

    deinit { if isOwned, descriptor >= 0 { _ = Glibc.close(descriptor) } }

    /// Writes what is collected if it is much.
    mutating func spill() throws(OutputError) { if lines.count >= Self.pieceBytes { try flush() } }

    mutating func flush() throws(OutputError) {
        defer { lines.removeAll() }
        if compressor == nil { return try write(lines.rawBytes) }
        compressor!.append(lines.rawBytes, into: &compressed)
        defer { compressed.removeAll() }
        try write(compressed.rawBytes)
    }

    /// The last call.
    mutating func finish() throws(OutputError) {
        try flush()
        if compressor == nil { return }
        compressor!.finish(into: &compressed)
        defer { compressed.removeAll() }
        try write(compressed.rawBytes)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        var start = 0
        while start < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + start, bytes.count - start)
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw OutputError(String(cString: strerror(errno)))
            }
        }
    }
}
