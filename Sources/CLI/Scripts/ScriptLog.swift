// What scripts say, from whichever thread, on its way to the logger: the control thread writes it, and before
// and after a run whoever says it. Console lines may go to a file of their own (`--console-output`).

import Base
import Script

final class ScriptLog: @unchecked Sendable {
    private let logger: Logger
    private let state = Locked(State())
    private let console: Logger?

    private struct State {
        var lines: [ScriptLogLine] = []
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
            if state.lines.count >= Limits.scriptLogLinesMax {
                state.droppedCount += 1
                return (true, nil)
            }
            state.lines.append(line)
            return (true, state.lines.count == 1 ? wake : nil)
        }
        if !isQueued { write(line) }
        wake?()
    }

    /// From now on lines wait for `drain`; nil ends that.
    func queue(wake: (@Sendable () -> Void)?) {
        drain()
        state.withLock { $0.wake = wake }
        drain()
    }

    /// Writes what waits. On the control thread.
    func drain() {
        let (lines, dropped) = state.withLock { state in
            defer { (state.lines, state.droppedCount) = ([], 0) }
            return (state.lines, state.droppedCount)
        }
        for line in lines { write(line) }
        if dropped > 0 {
            logger.log(.warning, "\(dropped) log lines of scripts came too fast and were dropped")
        }
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
            logger.log(level, line.message, fields: line.fields, wallNs: line.wallNs)
        }
    }
}
