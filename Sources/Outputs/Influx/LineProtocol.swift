// InfluxDB's line protocol as k6's client writes it: `measurement,tag=value field=value,… time`. Pure; used
// by the InfluxDB output.

import Base
import Metrics

/// The parts of lines that all points of one set of tags share.
struct LineParts {
    /// From the comma after the measurement up to the blank before the fields.
    let tags: [UInt8]
    /// Fields that sort before `value`, each with its comma.
    let before: [UInt8]
    /// Those that sort behind it, each with a comma in front.
    let after: [UInt8]

    /// - Parameter fields: tags that become fields; the others are tags. Empty ones are left out.
    init(_ tags: [MetricTag], fields: [String: InfluxConfiguration.FieldKind]) {
        var (text, before, after) = ("", "", "")
        for tag in tags where !tag.value.isEmpty {
            if let kind = fields[tag.key] {
                guard let value = Self.field(tag.value, kind) else { continue }
                let pair = "\(Self.escaped(tag.key, ",= "))=\(value)"
                if tag.key.utf8.lexicographicallyPrecedes("value".utf8) {
                    before += pair + ","
                } else {
                    after += "," + pair
                }
            } else {
                text += ",\(Self.escaped(tag.key, ",= "))=\(Self.escaped(tag.value, ",= "))"
            }
        }
        self.tags = Array(text.utf8) + [UInt8(ascii: " ")]
        self.before = Array(before.utf8)
        self.after = Array(after.utf8)
    }

    /// nil when the text is no value of that kind: such a field would spoil the whole point.
    private static func field(_ text: String, _ kind: InfluxConfiguration.FieldKind) -> String? {
        switch kind {
        case .string: return "\"" + escaped(text, "\"\\") + "\""
        case .bool: return ["true": "true", "false": "false", "1": "true", "0": "false"][text]
        case .float: return Double(text).flatMap { $0.isFinite ? LineParts.number($0) : nil }
        case .int: return Int64(text).map { "\($0)i" }
        }
    }

    /// Each of `special` behind a backslash. A line break would end the line: it becomes `\n`; a backslash at
    /// the end would take the meaning of what follows: it is left out.
    static func escaped(_ text: String, _ special: String) -> String {
        let isField = special.contains("\"")
        let needs = Set(special.utf8)
        if !text.utf8.contains(where: { needs.contains($0) || $0 == 10 || $0 == 13 || $0 == 92 }) {
            return text
        }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out += isField ? "\n" : "\\n"
            case "\r": out += isField ? "\r" : "\\r"
            default:
                if special.unicodeScalars.contains(scalar) { out += "\\" }
                out.unicodeScalars.append(scalar)
            }
        }
        while !isField, out.hasSuffix("\\") { out.removeLast() }
        return out
    }

    /// As Go's %f with the fewest digits: never an exponent.
    static func number(_ value: Double) -> String {
        let text = NumberText.general(value)
        guard let e = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: e)...]) else {
            return text
        }
        let isNegative = text.hasPrefix("-")
        let mantissa = text[..<e].drop { $0 == "-" }
        let whole = mantissa.prefix { $0 != "." }
        let fraction = mantissa.dropFirst(whole.count + 1)
        let digits = String(whole + fraction)
        let point = whole.count + exponent
        let number =
            point <= 0
            ? "0." + String(repeating: "0", count: -point) + digits
            : point >= digits.count
                ? digits + String(repeating: "0", count: point - digits.count)
                : digits.prefix(point) + "." + digits.dropFirst(point)
        return (isNegative ? "-" : "") + number
    }
}

/// Appends points to bodies.
struct LineWriter: ~Copyable {
    var bytes = ByteBuffer()
    private(set) var points = 0
    /// Points left out, so far, because their value is no finite number: InfluxDB refuses such a line.
    private(set) var skipped = 0
    /// Ends of bodies, and the points up to there. Between lines: a text may hold a line break.
    private var cuts: [(end: Int, points: Int)] = []
    /// Ends of points, if they are kept.
    private var ends: [Int] = []
    private let bodyBytes: Int
    private let keepsEnds: Bool

    /// - Parameters:
    ///   - bodyBytes: of a body; it may go beyond it by a line, or by a body of another writer.
    ///   - keepsEnds: whether bodies say where their points end; all writers of an output alike.
    init(bodyBytes: Int = Limits.influxBodyBytes, keepsEnds: Bool = false) {
        self.bodyBytes = bodyBytes
        self.keepsEnds = keepsEnds
    }

    /// - Parameters:
    ///   - measurement: escaped.
    ///   - time: in the unit of the write's precision.
    mutating func append(
        _ measurement: [UInt8], _ parts: LineParts, _ value: Double, time: Int64, extra: String = ""
    ) {
        if !value.isFinite {
            skipped += 1
            return
        }
        append(measurement)
        append(parts.tags)
        append(parts.before)
        if !extra.isEmpty { bytes.append(extra) }
        bytes.append("value=")
        appendNumber(value)
        append(parts.after)
        bytes.append(UInt8(ascii: " "))
        let room = bytes.spare(atLeast: 24)
        let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var cursor = LineCursor(start)
        if time < 0 { cursor.put(UInt8(ascii: "-")) }
        cursor.put(time.magnitude)
        cursor.put(UInt8(ascii: "\n"))
        bytes.grew(by: cursor.end - start)
        points += 1
        if keepsEnds { ends.append(bytes.count) }
        cutIfFull()
    }

    private mutating func cutIfFull() {
        if bytes.count - (cuts.last?.end ?? 0) >= bodyBytes { cuts.append((bytes.count, points)) }
    }

    private mutating func append(_ piece: [UInt8]) {
        if piece.isEmpty { return }
        piece.withUnsafeBufferPointer { bytes.append($0) }
    }

    private mutating func appendNumber(_ value: Double) {
        if value >= 1e-4, value < 1e6 || value == 0 {
            let room = bytes.spare(atLeast: 32)
            let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
            var cursor = LineCursor(start)
            cursor.putShortest(value)
            bytes.grew(by: cursor.end - start)
        } else {
            bytes.append(LineParts.number(value))
        }
    }

    /// Adds all of another's points.
    mutating func append(_ other: borrowing LineWriter) {
        for cut in other.cuts { cuts.append((bytes.count + cut.end, points + cut.points)) }
        for end in other.ends { ends.append(bytes.count + end) }
        bytes.append(other.bytes.rawBytes)
        points += other.points
        skipped += other.skipped
        cutIfFull()
    }

    /// What is posted at once.
    typealias Body = (bytes: [UInt8], points: Int, ends: [Int])

    /// Gives away what there is, in bodies; where their points end only if that is kept.
    mutating func take() -> [Body] {
        if points > (cuts.last?.points ?? 0) { cuts.append((bytes.count, points)) }
        var (taken, start, before): ([Body], Int, Int) = ([], 0, 0)
        for cut in cuts {
            let within = keepsEnds ? ends[before..<cut.points].map { $0 - start } : []
            taken.append((Array(bytes.bytes[start..<cut.end]), cut.points - before, within))
            (start, before) = (cut.end, cut.points)
        }
        bytes.removeAll()
        points = 0
        cuts = []
        ends = []
        return taken
    }
}
