// `apus target`: runs the embedded server until a signal asks it to stop. Called by the entry point; it owns
// the process's signals while it runs.

import Base
import Control
import EventLoop
import Glibc

struct TargetCommand {
    let settings: TargetSettings
    let isQuiet: Bool
    let terminal: Terminal

    /// Serves until SIGINT or SIGTERM. Says on standard output where it listens, and at the end what it did.
    /// - Throws: why the server could not start.
    func execute() throws(CLIError) -> ExitCode {
        do {
            let loop = try Loop()
            // Before the server's threads exist, so that a signal during start-up is not lost.
            let signals = try SignalWatch(on: loop, signals: [SIGINT, SIGTERM]) { _ in loop.stop() }
            defer {
                signals.close()
                loop.destroy()
            }
            let server = try TargetServer(try serverSettings())
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            say("listening at \(settings.tls ? "https" : "http")://\(host):\(server.port)\n")
            loop.run()
            server.stop()
            let counters = server.counters
            say("stopped after \(counters.requests) requests on \(counters.accepted) connections\n")
            return .success
        } catch let error as CLIError {
            throw error
        } catch {
            throw CLIError("the target could not start: \(error)")
        }
    }

    private func say(_ text: String) { if !isQuiet { terminal.write(text) } }

    private func serverSettings() throws(CLIError) -> Control.TargetSettings {
        var server = Control.TargetSettings()
        server.address = settings.host == "localhost" ? "127.0.0.1" : settings.host
        server.port = UInt16(settings.port)
        server.isSecure = settings.tls
        if (settings.certificatePath == nil) != (settings.keyPath == nil) {
            throw CLIError("--cert and --key go together: give both or neither")
        }
        server.certificateFile = settings.certificatePath
        server.keyFile = settings.keyPath
        server.threadCount = settings.threads
        return server
    }
}
