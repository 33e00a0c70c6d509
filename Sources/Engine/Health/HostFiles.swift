// The files of /proc and /sys, read below a root folder. Production reads below "/"; tests put a made-up
// machine in a folder. Used by the sizing and the probes, at set-up and a few times per run, never by a
// worker.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct HostFiles: Sendable {
    /// What stands before every path; "" stands for the machine's own root.
    private let prefix: String

    public init(root: String = "/") {
        var root = root
        while root.hasSuffix("/") { root.removeLast() }
        prefix = root
    }

    /// Why a file or folder could not be read. The path is the one on the machine, without the root folder.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let path: String
        public let code: Int32

        public var isMissing: Bool { code == ENOENT || code == ENOTDIR || code == ENODEV }
        public var description: String {
            "cannot read \(path): "
                + (code == malformed ? "not as expected" : String(cString: strerror(code)))
        }
    }

    /// The code of a Problem for a file that was read and makes no sense.
    static let malformed = EINVAL

    /// More than any of these files holds: /proc/stat of a machine with 1,000 CPUs is about 100 KiB.
    private static let fileBytesMax = 1 << 20

    /// The content of one file.
    public func text(_ path: String) throws(Problem) -> String {
        let descriptor = open(prefix + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while bytes.count < Self.fileBytesMax {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(path: path, code: errno)
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a folder, without "." and "..".
    public func entries(_ path: String) throws(Problem) -> [String] {
        guard let folder = opendir(prefix + path) else { throw Problem(path: path, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Reads `path` and lets `parse` find the value in it.
    public func measure<Value>(_ path: String, _ parse: (String) -> Value?) -> Measured<Value> {
        do throws(Problem) {
            guard let value = parse(try text(path)) else { return .unknown("\(path) is not as expected") }
            return .known(value)
        } catch {
            return .unknown(error.description)
        }
    }
}

extension StringProtocol {
    /// The words between blanks and line ends.
    var words: [SubSequence] { split { $0 == " " || $0 == "\t" || $0 == "\n" } }
    var lines: [SubSequence] { split(separator: "\n") }
}
