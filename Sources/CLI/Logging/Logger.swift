// Where log lines go: standard error or output, a file, nowhere. The control thread logs; workers hand it
// what they have to say, so nothing here locks. A line is one write(2).

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public enum LogOutput: Hashable, Sendable {
    case stderr
    case stdout
    case none
    /// Appended to; messages below `level` are left out.
    case file(path: String, level: LogLevel)
    /// Parsed so that it can be named as missing.
    case loki(String)

    /// Reads `stderr`, `stdout`, `none`, `file=PATH[,level=L]`, `loki…`.
    public init(_ text: String) throws(TextError) {
        switch text {
        case "stderr": self = .stderr
        case "stdout": self = .stdout
        case "none": self = .none
        default:
            if text == "loki" || text.hasPrefix("loki=") {
                self = .loki(text)
            } else if text == "file" || text.hasPrefix("file=") {
                self = try Self.file(text)
            } else {
                throw TextError("there are stderr, stdout, none and file=PATH")
            }
        }
    }

    private static func file(_ text: String) throws(TextError) -> LogOutput {
        var path = ""
        var level = LogLevel.debug
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let (name, value) = Text.split(String(part), at: "=") ?? (String(part), "")
            switch name {
            case "file" where index == 0: path = value
            case "level":
                guard let known = LogLevel(name: value) else {
                    throw TextError("unknown log level \"\(value)\"")
                }
                level = known
            default: throw TextError("unknown setting \"\(name)\"; there is level")
            }
        }
        if path.isEmpty { throw TextError("the file's path is missing: file=PATH") }
        return .file(path: path, level: level)
    }
}

public final class Logger {
    public let minimumLevel: LogLevel
    public let format: LogFormat
    private let isColoured: Bool
    private let startNs: Int64
    /// -1: nowhere.
    private let descriptor: Int32
    private let ownsDescriptor: Bool
    /// Called around a line on a terminal, so that a progress display can step aside; the integrator sets it.
    public var aroundLine: ((() -> Void) -> Void)?

    /// - Parameters:
    ///   - isTerminal: whether the descriptor's other end is a terminal that takes colours.
    ///   - startNs: wall-clock time of the start.
    public init(
        descriptor: Int32, ownsDescriptor: Bool = false, format: LogFormat = .text,
        minimumLevel: LogLevel = .info,
        isTerminal: Bool = false, startNs: Int64
    ) {
        self.descriptor = descriptor
        self.ownsDescriptor = ownsDescriptor
        self.format = format
        self.minimumLevel = minimumLevel
        self.isColoured = isTerminal && format == .text
        self.startNs = startNs
    }

    /// The logger these settings ask for.
    /// - Throws: exit code 255 if the log file cannot be opened.
    public convenience init(_ global: GlobalSettings, environment: [String: String], startNs: Int64)
        throws(CLIError)
    {
        var level = global.verbose ? LogLevel.debug : .info
        var descriptor: Int32
        var owns = false
        switch global.logOutput {
        case .stderr: descriptor = 2
        case .stdout: descriptor = 1
        case .none: descriptor = -1
        case .loki: preconditionFailure("the command line parser refuses loki")
        case .file(let path, let fileLevel):
            descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            if descriptor < 0 {
                throw CLIError("cannot open the log file \(path): \(String(cString: strerror(errno)))")
            }
            owns = true
            level = max(level, fileLevel)
        }
        let isTerminal =
            (descriptor == 1 || descriptor == 2) && isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        self.init(
            descriptor: descriptor, ownsDescriptor: owns, format: global.logFormat, minimumLevel: level,
            isTerminal: isTerminal && !global.noColor, startNs: startNs)
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    /// Whether a message of this level would be written anywhere.
    public func takes(_ level: LogLevel) -> Bool { level >= minimumLevel && descriptor >= 0 }

    public func log(
        _ level: LogLevel, _ message: String, fields: [String: String] = [:], wallNs: Int64 = Clock.wallNs()
    ) {
        log(LogRecord(level, message, fields: fields, wallNs: wallNs))
    }

    func log(_ record: LogRecord) {
        if !takes(record.level) { return }
        let line = render(record) + [UInt8(ascii: "\n")]
        if let aroundLine {
            aroundLine { write(line) }
        } else {
            write(line)
        }
    }

    /// An error that ends the command, with its hint as a field.
    public func log(_ error: CLIError, wallNs: Int64 = Clock.wallNs()) {
        log(.error, error.message, fields: error.logFields, wallNs: wallNs)
    }

    func render(_ record: LogRecord) -> [UInt8] {
        switch format {
        case .text:
            isColoured ? LogLine.coloured(record, startNs: startNs) : Array(LogLine.text(record).utf8)
        case .json: Array(LogLine.json(record).utf8)
        case .raw: record.messageBytes
        }
    }

    /// Writes all of it; a closed or full destination loses the line, for there is nowhere to report it.
    private func write(_ line: [UInt8]) {
        var bytes = line[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }
}

/// write(2); `Logger.write` hides the name inside the type.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
