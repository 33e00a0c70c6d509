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
    public var fields: [String: String]
    /// Wall-clock time, nanoseconds since 1970.
    public var wallNs: Int64

    public init(_ level: LogLevel, _ message: String, fields: [String: String] = [:], wallNs: Int64) {
        self.level = level
        self.message = message
        self.fields = fields
        self.wallNs = wallNs
    }
}

public enum LogLine {
    /// `time="…" level=info msg=… key=value`, fields by name, no line end.
    public static func text(_ record: LogRecord) -> String {
        var line = "time=\"\(rfc3339(record.wallNs))\" level=\(record.level.name)"
        if !record.message.isEmpty { line += " msg=\(value(record.message))" }
        for (name, text) in record.fields.sorted(by: { $0.key < $1.key }) {
            line += " \(name)=\(value(text))"
        }
        return line
    }

    /// The terminal's form: `INFO[0003] message   key=value` with the level's colour.
    /// - Parameter startNs: wall-clock time the seconds in brackets count from.
    public static func coloured(_ record: LogRecord, startNs: Int64) -> String {
        let (label, colour) =
            switch record.level {
            case .debug: ("DEBU", 37)
            case .info: ("INFO", 36)
            case .warning: ("WARN", 33)
            case .error: ("ERRO", 31)
            }
        let seconds = String(max(0, record.wallNs - startNs) / Ns.perSecond)
        let message = record.message.hasSuffix("\n") ? String(record.message.dropLast()) : record.message
        var line = "\u{1B}[\(colour)m\(label)\u{1B}[0m["
        line += String(repeating: "0", count: max(0, 4 - seconds.utf8.count)) + seconds + "] " + message
        line += String(repeating: " ", count: max(0, 44 - message.unicodeScalars.count)) + " "
        for (name, text) in record.fields.sorted(by: { $0.key < $1.key }) {
            line += " \u{1B}[\(colour)m\(name)\u{1B}[0m=\(value(text))"
        }
        return line
    }

    /// One JSON object, keys by name.
    public static func json(_ record: LogRecord) -> String {
        var fields = record.fields
        for (name, text) in [
            ("level", record.level.name), ("msg", record.message), ("time", rfc3339(record.wallNs)),
        ] {
            // A field that would hide one of the three keeps its value under another name.
            if let clash = fields[name] { fields["fields.\(name)"] = clash }
            fields[name] = text
        }
        let members = fields.sorted { $0.key < $1.key }.map {
            "\(quotedJSON($0.key)):\(quotedJSON($0.value))"
        }
        return "{\(members.joined(separator: ","))}"
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

    /// Plain if it holds nothing but letters, digits and `-._/@^+`; quoted otherwise.
    private static func value(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._/@^+".utf8.contains(byte)
        }
        return plain ? text : quotedGo(text)
    }

    /// A Go string literal: what does not print is escaped.
    private static func quotedGo(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{07}": out += "\\a"
            case "\u{08}": out += "\\b"
            case "\u{0C}": out += "\\f"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0B}": out += "\\v"
            default:
                if prints(scalar) {
                    out.unicodeScalars.append(scalar)
                } else if scalar.value < 0x80 {
                    out += "\\x" + hex(scalar.value, digits: 2)
                } else if scalar.value < 0x10000 {
                    out += "\\u" + hex(scalar.value, digits: 4)
                } else {
                    out += "\\U" + hex(scalar.value, digits: 8)
                }
            }
        }
        return out + "\""
    }

    private static func prints(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        default: return true
        }
    }

    /// A JSON string with the characters escaped that Go's encoder escapes.
    private static func quotedJSON(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{08}": out += "\\b"
            case "\u{0C}": out += "\\f"
            case "<", ">", "&", "\u{2028}", "\u{2029}": out += "\\u" + hex(scalar.value, digits: 4)
            default:
                if scalar.value < 0x20 {
                    out += "\\u" + hex(scalar.value, digits: 4)
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
