// Writing whole files, with the reason when it does not work. Used by the commands that make files.

import Glibc

enum FileOutput {
    /// Replaces the file at `path`.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if file < 0 { throw lastError() }
        do throws(FileError) { try write(bytes, descriptor: file) } catch {
            close(file)
            throw error
        }
        if close(file) != 0 { throw lastError() }
    }

    static func writeToStandardOutput(_ bytes: [UInt8]) throws(FileError) { try write(bytes, descriptor: 1) }

    /// Behind what stands there already: the log goes on in the same file.
    static func writeToStandardError(_ bytes: [UInt8]) throws(FileError) { try write(bytes, descriptor: 2) }

    static func write(_ bytes: [UInt8], descriptor: Int32) throws(FileError) {
        let isWritten = bytes.withUnsafeBytes { buffer -> Bool in
            var rest = UnsafeRawBufferPointer(buffer)[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
            }
            return true
        }
        if !isWritten { throw lastError() }
    }

    private static func lastError() -> FileError {
        let number = errno
        return FileError(reason: String(cString: strerror(number)), isMissing: number == ENOENT)
    }
}
