// `apus target`: runs the embedded server until a signal asks it to stop. The command line calls it with
// settings that are already checked; it owns the process's signals while it runs.

import Base
import Control
import EventLoop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Serves until SIGINT or SIGTERM. Says on standard output where it listens, and at the end what it did.
/// - Returns: the exit code: 0 after a signal, 1 when the server could not start (the reason is on standard
///   error).
public func runTarget(_ settings: TargetSettings) -> Int32 {
    do {
        let loop = try Loop()
        // Before the server's threads exist, so that a signal during start-up is not lost.
        let signals = try SignalWatch(on: loop, signals: [SIGINT, SIGTERM]) { _ in loop.stop() }
        defer {
            signals.close()
            loop.destroy()
        }
        let server = try TargetServer(settings)
        let host = settings.address.contains(":") ? "[\(settings.address)]" : settings.address
        print("listening at \(settings.isSecure ? "https" : "http")://\(host):\(server.port)")
        if let port = server.securePort { print("listening at https://\(host):\(port)") }
        fflush(nil)
        loop.run()
        server.stop()
        let counters = server.counters
        print("stopped after \(counters.requests) requests on \(counters.accepted) connections")
        return 0
    } catch {
        let line = Array("apus target: \(error)\n".utf8)
        // Nothing is left to tell if even this cannot be written.
        _ = write(STDERR_FILENO, line, line.count)
        return 1
    }
}
