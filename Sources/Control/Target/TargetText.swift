// Text of the embedded server: numbers and dates straight into buffers, JSON strings, the parts of a request
// target. Used by its routes.

import Base
import HTTP

/// Whole numbers into a buffer without an allocation.
enum Decimal {
    static func digitCount(_ value: Int) -> Int {
        var count = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    static func append(_ value: Int, to out: inout ByteBuffer) {
        precondition(value >= 0, "a negative number has no place in an HTTP head")
        let count = digitCount(value)
        let room = out.spare(atLeast: count)
        var rest = value
        for index in stride(from: count - 1, through: 0, by: -1) {
            room[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        out.grew(by: count)
    }

    /// Two digits.
    static func appendPadded(_ value: Int, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "0") + UInt8(value / 10 % 10))
        out.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    static func appendHex(_ value: Int, to out: inout ByteBuffer, end: StaticString) {
        var shift = 60
        while shift > 0, value >> shift == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(value >> shift & 15)
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
        out.append(end)
    }

    /// - Returns: nil for anything but 1 to 15 digits.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        if text.isEmpty || text.count > 15 { return nil }
        var value = 0
        for byte in text {
            guard byte &- 48 < 10 else { return nil }
            value = value * 10 + Int(byte &- 48)
        }
        return value
    }
}

/// The date format of HTTP: "Sun, 06 Nov 1994 08:49:37 GMT".
enum HTTPDate {
    static let byteCount = 29
    private static let days: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func append(secondsSince1970: Int64, to out: inout ByteBuffer) {
        let day = Int(secondsSince1970 / 86_400)
        let second = Int(secondsSince1970 % 86_400)
        // Days since 1 March of year 0, in 400-year eras of 146,097 days: leap days then fall at the end of a
        // year.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 2 : monthFromMarch - 10
        let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)
        out.append(days[day % 7])
        out.append(", ")
        Decimal.appendPadded(dayOfMonth, to: &out)
        out.append(" ")
        out.append(months[month])
        out.append(" ")
        Decimal.append(year, to: &out)
        out.append(" ")
        Decimal.appendPadded(second / 3600, to: &out)
        out.append(":")
        Decimal.appendPadded(second / 60 % 60, to: &out)
        out.append(":")
        Decimal.appendPadded(second % 60, to: &out)
        out.append(" GMT")
    }
}

/// JSON as text, for answers that are read by people and scripts.
enum JSONText {
    static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// An object of strings, in the order given.
    static func object(_ pairs: [(name: String, value: String)]) -> String {
        "{" + pairs.map { "\(string($0.name)):\(string($0.value))" }.joined(separator: ",") + "}"
    }
}

/// The parts of a request target: borrowed from the head, valid while the request is answered.
struct TargetPath {
    let path: UnsafeBufferPointer<UInt8>
    let query: UnsafeBufferPointer<UInt8>
    /// The path behind the route's own part.
    private(set) var rest: UnsafeBufferPointer<UInt8>

    /// Takes the origin form, and the absolute form proxies are sent.
    init(_ head: UnsafeMutablePointer<RequestHead>) {
        var target = head.pointee.target.bytes[...]
        if target.first != UInt8(ascii: "/") {
            let slashes = target.indices.filter { target[$0] == UInt8(ascii: "/") }.prefix(3)
            if slashes.count == 3 { target = target[slashes[2]...] }
        }
        target = target.prefix { $0 != UInt8(ascii: "#") }
        let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        path = UnsafeBufferPointer(rebasing: target[..<mark])
        query = UnsafeBufferPointer(rebasing: target[mark...].dropFirst())
        rest = path
    }

    /// Whether this is `route`, or, when that ends in a slash, something behind it: then `rest` is what
    /// follows.
    mutating func matches(_ route: StaticString) -> Bool {
        let length = route.utf8CodeUnitCount
        let takesMore = route.utf8Start[length - 1] == UInt8(ascii: "/") && length > 1
        guard takesMore ? path.count > length : path.count == length else { return false }
        for index in 0..<length where path[index] != route.utf8Start[index] { return false }
        rest = UnsafeBufferPointer(rebasing: path[length...])
        return true
    }

    var number: Int? { Decimal.parse(rest) }

    var segments: [String] {
        rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Self.decoded)
    }

    /// Name and value of every part of the query, decoded, in order.
    var parameters: [(name: String, value: String)] { Self.parameters(of: query) }

    /// The same of a form's body.
    static func parameters(of query: UnsafeBufferPointer<UInt8>) -> [(name: String, value: String)] {
        query.split(separator: UInt8(ascii: "&")).map { part in
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            return (decoded(part[..<mark]), decoded(part[mark...].dropFirst()))
        }
    }

    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// A number of the query; `otherwise` when it is missing, nil when it is not a number.
    func number(_ name: String, otherwise: Int) -> Int? {
        guard let text = parameter(name) else { return otherwise }
        var bytes = text
        return bytes.withUTF8 { Decimal.parse($0) }
    }

    /// Percent escapes and plus signs resolved; a broken escape stays as it is.
    static func decoded(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == UInt8(ascii: "%"), index + 2 < text.endIndex,
                let high = hexValue(text[index + 1]), let low = hexValue(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
