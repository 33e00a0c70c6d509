// Durations as k6 reads and prints them: Go's notation ("1h2m3.5s"), and k6's extension of it (whole days,
// and bare numbers as milliseconds). Pure; used by option readers, descriptions and summaries.

public enum Ns {
    public static let perMicrosecond: Int64 = 1_000
    public static let perMillisecond: Int64 = 1_000_000
    public static let perSecond: Int64 = 1_000_000_000
    public static let perMinute: Int64 = 60_000_000_000
    public static let perHour: Int64 = 3_600_000_000_000
    public static let perDay: Int64 = 86_400_000_000_000
}

public enum GoDuration {
    public struct ParseError: Error, Equatable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// Reads Go's notation: a sign, then number and unit pairs; units `ns us µs μs ms s m h`; "0" stands
    /// alone.
    /// - Returns: nanoseconds.
    public static func parse(_ text: String) throws(ParseError) -> Int64 {
        var rest = Array(text.utf8)[...]
        let invalid = ParseError(description: "time: invalid duration \"\(text)\"")
        var negative = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            negative = first == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        if rest.isEmpty { throw invalid }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let (part, length) = component(rest) else {
                throw unitProblem(rest, text) ?? invalid
            }
            if part > magnitudeMax - total { throw invalid }
            total += part
            rest = rest.dropFirst(length)
        }
        if negative { return Int64(truncatingIfNeeded: 0 &- total) }
        guard let ns = Int64(exactly: total) else { throw invalid }
        return ns
    }

    /// k6's extended notation: a bare number is milliseconds (fractions allowed); otherwise Go's notation
    /// with an optional prefix of whole days ("2d3h").
    public static func parseExtended(_ text: String) throws(ParseError) -> Int64 {
        if let ms = Double(text), !text.isEmpty, !text.hasPrefix("0x") {
            guard ms.isFinite, abs(ms) < 9.2e12 else {
                throw ParseError(description: "time: invalid duration \"\(text)\"")
            }
            return Int64(ms * Double(Ns.perMillisecond))
        }
        guard let index = text.firstIndex(of: "d") else { return try parse(text) }
        let head = text[..<index]
        guard let days = Int64(head) else {
            throw ParseError(description: "strconv.ParseInt: parsing \"\(head)\": invalid syntax")
        }
        let tail = String(text[text.index(after: index)...])
        let rest = tail.isEmpty ? 0 : try parse(tail)
        if rest < 0 { throw ParseError(description: "invalid time format '\(tail)'") }
        let (scaled, overflow) = days.multipliedReportingOverflow(by: Ns.perDay)
        let (sum, sumOverflow) =
            days < 0 ? scaled.subtractingReportingOverflow(rest) : scaled.addingReportingOverflow(rest)
        if overflow || sumOverflow {
            throw ParseError(description: "time: invalid duration \"\(text)\"")
        }
        return sum
    }

    /// Go's `Duration.String()`: "10m0s", "1.5s", "300ms", "10µs", "0s".
    public static func format(_ ns: Int64) -> String {
        if ns == 0 { return "0s" }
        let sign = ns < 0 ? "-" : ""
        let magnitude = ns.magnitude
        if magnitude < 1_000_000_000 {
            let (unit, divisor): (String, UInt64) =
                magnitude < 1_000 ? ("ns", 1) : magnitude < 1_000_000 ? ("µs", 1_000) : ("ms", 1_000_000)
            return sign + decimal(magnitude, divisor) + unit
        }
        let minutes = magnitude / 60_000_000_000
        let seconds = decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// `value / divisor` (a power of ten) with no trailing zeros in the fraction.
    private static func decimal(_ value: UInt64, _ divisor: UInt64) -> String {
        let whole = value / divisor
        var fraction = value % divisor
        if fraction == 0 { return String(whole) }
        var width = String(divisor).utf8.count - 1
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        let digits = String(fraction)
        return "\(whole).\(String(repeating: "0", count: width - digits.utf8.count))\(digits)"
    }

    private static func unitNs(_ unit: ArraySlice<UInt8>) -> Int64? {
        switch String(decoding: unit, as: UTF8.self) {
        case "ns": 1
        case "us", "µs", "μs": Ns.perMicrosecond
        case "ms": Ns.perMillisecond
        case "s": Ns.perSecond
        case "m": Ns.perMinute
        case "h": Ns.perHour
        default: nil
        }
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || (48...57).contains(byte)
    }

    /// Of the most negative duration; a positive one may have 1 ns less.
    private static let magnitudeMax: UInt64 = 1 << 63

    /// The first number and unit of `rest`, as nanoseconds (at most `magnitudeMax`) and the bytes they took.
    /// Fractions of a nanosecond are cut off, as Go does.
    private static func component(_ rest: ArraySlice<UInt8>) -> (ns: UInt64, length: Int)? {
        let number = rest.prefix(while: isNumeric)
        let unit = rest.dropFirst(number.count).prefix { !isNumeric($0) }
        guard let scale = unitNs(unit) else { return nil }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, number.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
        var ns: UInt64 = 0
        if !parts[0].isEmpty {
            guard let whole = UInt64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: UInt64(scale))
            if overflow || product > magnitudeMax { return nil }
            ns = product
        }
        if parts.count == 2 {
            // 18 digits fit; what follows is below any unit's nanosecond.
            let digits = parts[1].prefix(18)
            let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }
            let weight = digits.reduce(1.0) { weight, _ in weight * 10 }
            ns += UInt64(Double(value) * (Double(scale) / weight))
        }
        return ns > magnitudeMax ? nil : (ns, number.count + unit.count)
    }

    private static func unitProblem(_ rest: ArraySlice<UInt8>, _ text: String) -> ParseError? {
        let number = rest.prefix(while: isNumeric)
        if number.isEmpty { return nil }
        let unit = rest.dropFirst(number.count).prefix { !isNumeric($0) }
        if unit.isEmpty { return ParseError(description: "time: missing unit in duration \"\(text)\"") }
        if unitNs(unit) == nil {
            let name = String(decoding: unit, as: UTF8.self)
            return ParseError(description: "time: unknown unit \"\(name)\" in duration \"\(text)\"")
        }
        return nil
    }
}
