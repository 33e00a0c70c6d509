// How a command ends: the process's exit codes (k6's numbers) and the error every set-up step throws. main
// turns a CLIError into one log line and its exit code; nothing has been started by then.

public enum ExitCode: Int32, Hashable, Sendable, CaseIterable {
    case success = 0
    case cloudTestRunFailed = 97
    case cloudFailedToGetProgress = 98
    case thresholdsCrossed = 99
    case setupTimeout = 100
    case teardownTimeout = 101
    case genericTimeout = 102
    case stoppedThroughAPI = 103
    case invalidConfig = 104
    case externalAbort = 105
    case cannotStartAPI = 106
    case scriptException = 107
    case scriptAborted = 108
    case internalPanic = 109
    case markedAsFailed = 110
    /// Everything without a number of its own: unknown flags, argument counts, missing files.
    case generic = 255
}

/// One line about what is wrong, and where possible what would be right.
public struct CLIError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var code: ExitCode
    /// What to do instead; logged as the field `hint`.
    public var hint: String?

    public init(_ message: String, code: ExitCode = .generic, hint: String? = nil) {
        self.message = message
        self.code = code
        self.hint = hint
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    /// The fields to log beside the message.
    public var logFields: [String: String] { hint.map { ["hint": $0] } ?? [:] }
}
