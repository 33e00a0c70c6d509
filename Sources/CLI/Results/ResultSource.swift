// Result files on disk, read piece by piece. Used by `apus merge` and `apus export`; every problem becomes
// one line that names the file.

import Base
import Glibc
import Outputs

enum ResultSource {
    private static let pieceBytes = 256 * 1024

    static func open(_ path: String) throws(CLIError) -> ResultInput {
        let file = OpenFile(Glibc.open(path, O_RDONLY | O_CLOEXEC))
        if file.descriptor < 0 { throw CLIError("\(path): \(String(cString: strerror(errno)))") }
        return try naming(path) { () throws(ResultProblem) in
            try ResultInput(path) { () throws(ResultProblem) in try file.read() }
        }
    }

    /// Does something with the file; what is wrong with it is told with its name.
    static func naming<Value>(
        _ path: String, _ body: () throws(ResultProblem) -> Value
    ) throws(CLIError) -> Value {
        do { return try body() } catch { throw CLIError("\(path): \(error.description)") }
    }

    private final class OpenFile {
        let descriptor: Int32

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { if descriptor >= 0 { close(descriptor) } }

        func read() throws(ResultProblem) -> [UInt8] {
            var count = 0
            repeat {
                var failure: Int32 = 0
                let bytes = [UInt8](unsafeUninitializedCapacity: ResultSource.pieceBytes) { room, filled in
                    count = Glibc.read(descriptor, room.baseAddress!, room.count)
                    failure = errno
                    filled = max(count, 0)
                }
                if count >= 0 { return bytes }
                if failure != EINTR { throw ResultProblem(String(cString: strerror(failure))) }
            } while true
        }
    }

    /// Whether both names lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
