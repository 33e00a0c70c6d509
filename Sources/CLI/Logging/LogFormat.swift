// Log lines as text, in the four forms k6's users read or parse: key=value, coloured for a terminal, JSON,
// raw. Pure; Logger writes them.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public enum LogLevel: Int, Hashable, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }

    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The names log settings take, k6's finer and coarser ones included.
    init?(name: String) {
        switch name.lowercased() {
        case "trace", "debug": self = .debug
        case "info": self = .info
        case "warn", "warning": self = .warning
        case "error", "fatal", "panic": self = .error
        default: return nil
        }
    }
}

public enum LogFormat: Hashable, Sendable {
    case text, json, raw

    /// Anything unknown is text, as in k6.
    public init(name: String) {
        switch name {
        case "json": self = .json
        case "raw": self = .raw
        default: self = .text
        }
    }
}

/// One message to log.
public struct LogRecord: Hashable, Sendable {
    public var level: LogLevel
    public var message: String
    /// The message's bytes where they are no text; `message` then says nothing.
    public var bytes: [UInt8]?
    public var fields: [String: String]
    /// Fields that are numbers.
    public var numbers: [String: Int64] = [:]
    /// Wall-clock time, nanoseconds since 1970.
    public var wallNs: Int64

    public init(_ level: LogLevel, _ message: String, fields: [String: String] = [:], wallNs: Int64) {
        self.level = level
        self.message = message
        self.fields = fields
        self.wallNs = wallNs
    }

    var messageBytes: [UInt8] { bytes ?? Array(message.utf8) }

    /// Every field, by name. One that would hide what each line has keeps its value under another name.
    func shownFields(_ text: (String) -> String) -> [(key: String, value: String)] {
        fields.mapValues(text).merging(numbers.mapValues { String($0) }) { $1 }
            .map { (["level", "msg", "time"].contains($0.key) ? "fields.\($0.key)" : $0.key, $0.value) }
            .sorted { $0.0 < $1.0 }
    }
}

public enum LogLine {
    /// `time="…" level=info msg=… key=value`, fields by name, no line end.
    public static func text(_ record: LogRecord) -> String {
        var line = "time=\"\(rfc3339(record.wallNs))\" level=\(record.level.name)"
        let message = record.messageBytes
        if !message.isEmpty { line += " msg=\(LogText.value(message))" }
        for (name, text) in record.shownFields(LogText.value) { line += " \(name)=\(text)" }
        return line
    }

    /// The terminal's form: `INFO[0003] message   key=value` with the level's colour.
    /// - Parameter startNs: wall-clock time the seconds in brackets count from.
    public static func coloured(_ record: LogRecord, startNs: Int64) -> [UInt8] {
        let (label, colour) =
            switch record.level {
            case .debug: ("DEBU", 37)
            case .info: ("INFO", 36)
            case .warning: ("WARN", 33)
            case .error: ("ERRO", 31)
            }
        let seconds = String(max(0, record.wallNs - startNs) / Ns.perSecond)
        var message = record.messageBytes
        if message.last == UInt8(ascii: "\n") { message.removeLast() }
        var head = "\u{1B}[\(colour)m\(label)\u{1B}[0m["
        head += String(repeating: "0", count: max(0, 4 - seconds.utf8.count)) + seconds + "] "
        var tail = String(repeating: " ", count: max(0, 44 - LogText.count(message))) + " "
        for (name, text) in record.shownFields(LogText.value) {
            tail += " \u{1B}[\(colour)m\(name)\u{1B}[0m=\(text)"
        }
        return Array(head.utf8) + message + Array(tail.utf8)
    }

    /// One JSON object, keys by name.
    public static func json(_ record: LogRecord) -> String {
        var members = record.shownFields(LogText.quotedJSON)
        members += [
            ("level", LogText.quotedJSON(record.level.name)),
            ("msg", LogText.quotedJSON(record.messageBytes)),
            ("time", LogText.quotedJSON(rfc3339(record.wallNs))),
        ]
        let texts = members.sorted { $0.key < $1.key }.map { "\(LogText.quotedJSON($0.key)):\($0.value)" }
        return "{\(texts.joined(separator: ","))}"
    }

    /// `2026-11-21T02:24:27Z`, in the local zone.
    public static func rfc3339(_ wallNs: Int64) -> String {
        var seconds = time_t(wallNs / Ns.perSecond)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        let offset = parts.tm_gmtoff / 60
        let zone =
            offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
        return "\(date)T\(time)\(zone)"
    }
}
