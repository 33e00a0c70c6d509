// The file that SSLKEYLOGFILE names: secrets of handshakes, one line each, appended, so that a capture of the
// run can be read. Shared by all workers of a process: each line is one write to a descriptor in append mode,
// which needs no lock.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public final class KeyLogFile: Sendable {
    private let descriptor: Int32

    /// Opens `path` for appending and makes it, readable by its owner only, if it is not there.
    public init(path: String) throws(TLSSetupError) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw TLSSetupError("cannot open \(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Appends a line. From any thread.
    /// - Returns: 0, or the errno of a write that failed, for the caller to report once; the handshake goes
    ///   on.
    public func append(_ line: UnsafeRawBufferPointer) -> Int32 {
        var whole = ByteBuffer()
        whole.append(line)
        whole.append(UInt8(ascii: "\n"))
        while true {
            let written = write(descriptor, whole.base, whole.count)
            if written == whole.count { return 0 }
            if written >= 0 { return ENOSPC }
            if errno != EINTR { return errno }
        }
    }
}
