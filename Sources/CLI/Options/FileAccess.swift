// Reading files as the option readers see it: a closure, so that tests need no disk. `system` is the real
// one.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct FileError: Error, Hashable, Sendable {
    /// "no such file or directory"
    public let reason: String
    public let isMissing: Bool
    public let isDirectory: Bool

    public init(reason: String, isMissing: Bool, isDirectory: Bool = false) {
        self.reason = reason
        self.isMissing = isMissing
        self.isDirectory = isDirectory
    }
}

public struct FileAccess: Sendable {
    /// The whole file.
    public var read: @Sendable (String) throws(FileError) -> [UInt8]
    /// Whether a regular file, pipe or device of this name is there.
    public var exists: @Sendable (String) -> Bool

    public init(
        read: @escaping @Sendable (String) throws(FileError) -> [UInt8],
        exists: @escaping @Sendable (String) -> Bool
    ) {
        self.read = read
        self.exists = exists
    }

    public static let system = FileAccess(
        read: { (path) throws(FileError) in try readFile(path) },
        exists: { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
        })

    private static func lastError() -> FileError {
        let number = errno
        return FileError(
            reason: String(cString: strerror(number)), isMissing: number == ENOENT || number == ENOTDIR,
            isDirectory: number == EISDIR)
    }

    private static func readFile(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw lastError() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = readBytes(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw lastError()
            }
        }
    }
}

/// read(2); `FileAccess.read` hides the name inside the type.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
