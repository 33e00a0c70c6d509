// Child processes for tests of whole programs: started with a clean signal mask and a small environment,
// output into files, always with a time-out, always reaped by their own process id. Used by the
// end-to-end tests and the script conformance suite.

import Foundation
import Glibc

/// What a finished child left behind.
package struct Finished {
    /// The exit code, or minus the signal that ended it.
    package var code: Int32
    package var out: String
    package var err: String
    package var seconds: Double
    /// The most it had in memory, as far as was seen while it ran: looked at every few milliseconds.
    package var peakBytes: Int64

    /// Log lines on standard error with this level.
    package func logLines(_ level: String) -> [Substring] {
        err.split(separator: "\n").filter { $0.contains("level=\(level) ") }
    }
}

package struct ChildError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

package final class Child {
    package let pid: pid_t
    private let outPath: String
    private let errPath: String
    private let startNs: UInt64
    private var isReaped = false

    /// Starts `path` with `arguments`, in `folder` when one is given. Standard input is /dev/null; `out` is
    /// the path of a file, made here unless given.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], out: String? = nil,
        folder: String? = nil
    ) throws {
        outPath = out ?? Scratch.path("out")
        errPath = Scratch.path("err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A test runs on a thread that may block signals, and children inherit that.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": Scratch.folder, "TERM": "xterm"]
        variables.merge(environment) { _, new in new }
        // The spawn action for it is hidden from Swift; `env -C` becomes the program.
        let words = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [path] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, words[0], &actions, &attributes, &argv, &envp)
        if status != 0 { throw ChildError(description: "\(path): \(String(cString: strerror(status)))") }
        self.pid = pid
        startNs = DispatchTime.now().uptimeNanoseconds
    }

    deinit { if !isReaped { kill() } }

    package var out: String { Scratch.read(outPath) }
    package var err: String { Scratch.read(errPath) }
    private var seconds: Double { Double(DispatchTime.now().uptimeNanoseconds - startNs) / 1e9 }

    package func signal(_ number: Int32) { _ = Glibc.kill(pid, number) }

    /// Ends the child at once.
    package func kill() {
        if isReaped { return }
        signal(SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        isReaped = true
    }

    /// The exit code, or minus the signal that ended the child; nil while it runs. nil again once it was
    /// told.
    package func poll() -> Int32? {
        var status: Int32 = 0
        guard !isReaped, waitpid(pid, &status, WNOHANG) == pid else { return nil }
        isReaped = true
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : -signal
    }

    /// 0 when it has ended.
    private func residentPeakBytes() -> Int64 {
        let status: String
        do { status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) } catch { return 0 }
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int64($0) })
        else { return 0 }
        return kibibytes * 1024
    }

    /// Waits for the end. - Throws: after `seconds`, having killed the child.
    package func finish(within limit: Double = 60) throws -> Finished {
        precondition(!isReaped, "a child was waited for twice")
        var peakBytes: Int64 = 0
        while true {
            peakBytes = max(peakBytes, residentPeakBytes())
            if let code = poll() {
                return Finished(code: code, out: out, err: err, seconds: seconds, peakBytes: peakBytes)
            }
            if seconds > limit {
                kill()
                throw ChildError(description: "still running after \(limit) s; stderr: \(err)")
            }
            usleep(5_000)
        }
    }

    /// Waits until `condition` holds of standard output. - Throws: when it does not within `limit` seconds.
    package func waitForOutput(within limit: Double = 30, _ condition: (String) -> Bool) throws {
        while !condition(out) {
            if seconds > limit {
                throw ChildError(description: "no such output within \(limit) s: \(out)\(err)")
            }
            usleep(5_000)
        }
    }
}

/// Files of this test process; the folder goes when the process ends.
package enum Scratch {
    package static let folder: String = {
        let path = NSTemporaryDirectory() + "/apus-e2e-\(getpid())"
        mkdir(path, 0o700)
        atexit {
            do { try FileManager.default.removeItem(atPath: Scratch.folder) } catch {
                FileHandle.standardError.write(Data("\(Scratch.folder) is left behind: \(error)\n".utf8))
            }
        }
        return path
    }()

    package static func path(_ name: String) -> String { "\(folder)/\(UUID().uuidString)-\(name)" }

    package static func write(_ text: String, _ name: String) throws -> String {
        let path = path(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// A file's text; a file that is not there is a test's error.
    package static func read(_ path: String) -> String {
        // Not by Foundation's reader, which keeps a page for each file under the address sanitizer's eyes.
        guard let file = fopen(path, "r") else { return "(no file at \(path))" }
        defer { fclose(file) }
        // A device such as /dev/full has no end.
        var facts = stat()
        if fstat(fileno(file), &facts) != 0 || facts.st_mode & S_IFMT != S_IFREG { return "" }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}

/// The built binary: SwiftPM puts it beside the test bundle.
package enum Apus {
    package static let path: String = {
        do {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return (own as NSString).deletingLastPathComponent + "/apus"
        } catch { fatalError("this process's own path is unknown: \(error)") }
    }()

    package static func start(_ arguments: [String], environment: [String: String] = [:], out: String? = nil)
        throws
        -> Child
    {
        try Child(path, arguments, environment: environment, out: out)
    }

    /// `apus run -q …` to its end.
    package static func run(
        _ arguments: String..., environment: [String: String] = [:], within seconds: Double = 60
    ) throws -> Finished {
        try start(["run", "-q"] + arguments, environment: environment).finish(within: seconds)
    }
}

/// `apus target` on a port of its own, until `stop` or the end of its life.
package final class Target {
    package let url: String
    private let child: Child

    package init(tls: Bool = false, arguments: [String] = []) throws {
        child = try Apus.start(["target", "-a", "127.0.0.1:0"] + (tls ? ["--tls"] : []) + arguments)
        let said = "listening at "
        try child.waitForOutput { $0.contains(said) && $0.hasSuffix("\n") }
        url = String(child.out.split(separator: "\n")[0].dropFirst(said.count))
    }

    deinit { child.kill() }

    package var hostPort: String { String(url.split(separator: "/").last!) }
}

extension Finished {
    /// What follows a metric's dots in the summary; nil when the summary does not have it.
    package func metric(_ name: String) -> String? {
        for line in out.split(separator: "\n") {
            let text = line.drop { $0 == " " }
            guard text.hasPrefix(name + ".") else { continue }
            let rest = text.dropFirst(name.count).drop { $0 == "." }
            // Columns are padded to each other.
            if rest.hasPrefix(":") { return rest.dropFirst().split(separator: " ").joined(separator: " ") }
        }
        return nil
    }

    /// A counter's count.
    package func count(_ name: String) -> Int? {
        metric(name)?.split(separator: " ").first.flatMap { Int($0) }
    }

    /// A statistic of a trend, in milliseconds.
    package func ms(_ metric: String, _ stat: String) -> Double? {
        let words = self.metric(metric)?.split(separator: " ") ?? []
        guard let word = words.first(where: { $0.hasPrefix("\(stat)=") })?.dropFirst(stat.count + 1) else {
            return nil
        }
        for (unit, factor) in [("µs", 1e-3), ("ms", 1), ("ns", 1e-6), ("s", 1e3)] where word.hasSuffix(unit) {
            return Double(word.dropLast(unit.count)).map { $0 * factor }
        }
        return nil
    }
}
