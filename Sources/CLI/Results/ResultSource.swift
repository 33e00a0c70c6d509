// A result file on disk, opened once and read piece by piece, from its beginning as often as it takes. Used
// by `apus merge` and `apus export`; every problem becomes one line that names the file.

import Base
import Glibc
import Outputs

final class ResultSource {
    private static let pieceBytes = 256 * 1024

    let path: String
    private let descriptor: Int32
    /// Whether its bytes have places, so that they can be read again. Those of a pipe have none.
    private let hasPlaces: Bool

    /// - Parameter isReadTwice: what can be read only once is kept in a file without a name first.
    init(_ path: String, isReadTwice: Bool = false, temporaryFolder: String? = nil) throws(CLIError) {
        self.path = path
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if opened < 0 { throw CLIError("\(path): \(String(cString: strerror(errno)))") }
        let isPipe = lseek(opened, 0, SEEK_CUR) < 0
        hasPlaces = !isPipe || isReadTwice
        if !isPipe || !isReadTwice {
            descriptor = opened
            return
        }
        defer { close(opened) }
        let kept = try Self.nameless(in: temporaryFolder.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
        do throws(ResultProblem) { try Self.copy(opened, to: kept) } catch {
            close(kept)
            throw CLIError("\(path): \(error.description)")
        }
        descriptor = kept
    }

    deinit { close(descriptor) }

    /// The file from its beginning. What has no places is given once.
    func input() throws(CLIError) -> ResultInput {
        var place: off_t = 0
        return try Self.naming(path) { () throws(ResultProblem) in
            try ResultInput(path) { [self] () throws(ResultProblem) in
                let bytes = try Self.read(descriptor, at: hasPlaces ? place : nil)
                place += bytes.count
                return bytes
            }
        }
    }

    /// Does something with the file; what is wrong with it is told with its name.
    static func naming<Value>(
        _ path: String, _ body: () throws(ResultProblem) -> Value
    ) throws(CLIError) -> Value {
        do { return try body() } catch { throw CLIError("\(path): \(error.description)") }
    }

    /// The next bytes, or those at a place; none at the end.
    private static func read(_ descriptor: Int32, at place: off_t?) throws(ResultProblem) -> [UInt8] {
        while true {
            var (count, failure): (Int, Int32) = (0, 0)
            let bytes = [UInt8](unsafeUninitializedCapacity: pieceBytes) { room, filled in
                if let place {
                    count = pread(descriptor, room.baseAddress!, room.count, place)
                } else {
                    count = Glibc.read(descriptor, room.baseAddress!, room.count)
                }
                failure = errno
                filled = max(count, 0)
            }
            if count >= 0 { return bytes }
            if failure != EINTR { throw ResultProblem(String(cString: strerror(failure))) }
        }
    }

    /// A new file that is gone when it is closed.
    private static func nameless(in folder: String) throws(CLIError) -> Int32 {
        var name = Array("\(folder)/apus-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        if descriptor < 0 {
            let reason = String(cString: strerror(errno))
            throw CLIError(
                "no temporary file could be made in \(folder): \(reason)",
                hint: "TMPDIR names another folder")
        }
        unlink(name)
        return descriptor
    }

    private static func copy(_ source: Int32, to kept: Int32) throws(ResultProblem) {
        while true {
            let bytes = try read(source, at: nil)
            if bytes.isEmpty { return }
            do throws(FileError) { try FileOutput.write(bytes, descriptor: kept) } catch {
                throw ResultProblem("a temporary copy could not be written: \(error.reason)")
            }
        }
    }

    /// Whether both names lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
