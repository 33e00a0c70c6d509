// What scripts say and what `--http-debug` shows, from whichever thread, on its way to the logger: the
// control thread writes it, and before and after a run whoever says it. Console lines may go to a file of
// their own.

import Base
import Script

final class ScriptLog: @unchecked Sendable {
    private let logger: Logger
    private let state = Locked(State())
    private let console: Logger?
    /// Taken out of the state, and how many are missing behind them. The writing thread's own.
    private var unwritten: ArraySlice<ScriptLogLine> = []
    private var droppedCount = 0

    private struct State {
        var lines: [ScriptLogLine] = []
        var byteCount = 0
        var droppedCount = 0
        /// Asks the control thread to look; nil: lines are written where they are said.
        var wake: (@Sendable () -> Void)?
    }

    /// - Parameter console: takes `console.*`; nil: they are log lines.
    init(_ logger: Logger, console: Logger? = nil) {
        self.logger = logger
        self.console = console
    }

    /// Takes a line. Any thread while `wake` is set, else the only one there is.
    func say(_ line: ScriptLogLine) {
        let (isQueued, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard let wake = state.wake else { return (false, nil) }
            if state.lines.count >= Limits.scriptLogLinesMax || state.byteCount >= Limits.scriptLogBytesMax {
                state.droppedCount += 1
                return (true, nil)
            }
            state.lines.append(line)
            state.byteCount += line.bytes?.count ?? line.message.utf8.count
            return (true, state.lines.count == 1 ? wake : nil)
        }
        if !isQueued { write(line) }
        wake?()
    }

    /// From now on lines wait for `drain`; nil ends that.
    func queue(wake: (@Sendable () -> Void)?) {
        while writeSome(until: .distantFuture) {}
        state.withLock { $0.wake = wake }
        while writeSome(until: .distantFuture) {}
    }

    /// Writes what waits, for a moment: the control thread has other things to do. What is left brings it
    /// back. On the control thread.
    func drain() {
        if writeSome(until: Clock.now() + Limits.scriptLogSliceNs) { state.withLock { $0.wake }?() }
    }

    /// - Returns: whether there may be more.
    private func writeSome(until end: Instant) -> Bool {
        if unwritten.isEmpty {
            let dropped = state.withLock { state in
                defer { state = State(wake: state.wake) }
                unwritten = state.lines[...]
                return state.droppedCount
            }
            if unwritten.isEmpty { return false }
            droppedCount += dropped
        }
        while let line = unwritten.popFirst() {
            write(line)
            if Clock.now() >= end { break }
        }
        if unwritten.isEmpty, droppedCount > 0 {
            logger.log(.warning, "\(droppedCount) log lines came too fast and were dropped")
            droppedCount = 0
        }
        return true
    }

    private func write(_ line: ScriptLogLine) {
        let level: LogLevel =
            switch line.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        if line.isConsole, let console {
            console.log(level, line.message, wallNs: line.wallNs)
        } else {
            var record = LogRecord(level, line.message, fields: line.fields, wallNs: line.wallNs)
            record.bytes = line.bytes
            record.numbers = line.numbers
            logger.log(record)
        }
    }
}
