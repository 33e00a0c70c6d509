// JSON as values, read strictly (RFC 8259). Used wherever a document comes from outside: config files,
// scripts' options, stored results, task metadata. An own reader because of what the callers need from it:
// numbers keep their text (k6 tells `1e1` from `10` and takes whole 64-bit numbers), members keep their
// order, and nothing of Foundation is loaded at start-up (1.5 ms without it, 8.4 ms with it).

extension Limits {
    /// Arrays and objects nested deeper than this are refused, so that a hostile document cannot exhaust the
    /// stack.
    public static let jsonDepthMax = 512
}

public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number's text as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public struct ParseError: Error, Hashable, CustomStringConvertible {
        /// What is wrong, with line and column (both from 1; columns count bytes).
        public let description: String
    }

    /// Reads one document; anything but white space after it is an error.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(ParseError) -> JSONValue {
        var reader = JSONReader(bytes: Array(bytes))
        return try reader.document()
    }

    public static func parse(_ text: String) throws(ParseError) -> JSONValue { try parse(text.utf8) }

    /// The number as a whole 64-bit number; nil if it is written with a fraction or exponent, or does not
    /// fit.
    public var int64: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    public var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var elements: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    public var members: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The value's kind as messages name it.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// An object's members in the order they were written. A name given twice is kept twice; looking it up gives
/// the later one.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let name: String
        public let value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public var members: [Member]

    public init(_ members: [Member] = []) { self.members = members }

    public subscript(name: String) -> JSONValue? { members.last { $0.name == name }?.value }
}

/// A recursive descent over the bytes; `at` is the next byte.
private struct JSONReader {
    let bytes: [UInt8]
    var at = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONValue.ParseError) -> JSONValue {
        let value = try value()
        skipSpace()
        if at < bytes.count { throw problem("there is text after the end of the document") }
        return value
    }

    private func problem(_ what: String) -> JSONValue.ParseError {
        let before = bytes.prefix(at)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return JSONValue.ParseError(description: "\(what) (line \(line), column \(column))")
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    /// Takes `byte` if it comes next (after white space).
    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard next == byte.asciiValue else { return false }
        at += 1
        return true
    }

    private mutating func value() throws(JSONValue.ParseError) -> JSONValue {
        skipSpace()
        switch next {
        case nil: throw problem("the document ends where a value should be")
        case UInt8(ascii: "{"):
            return try nested { (reader) throws(JSONValue.ParseError) in try reader.object() }
        case UInt8(ascii: "["):
            return try nested { (reader) throws(JSONValue.ParseError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(JSONValue.ParseError) -> JSONValue
    ) throws(JSONValue.ParseError) -> JSONValue {
        guard depth < Limits.jsonDepthMax else {
            throw problem("arrays and objects are nested more than \(Limits.jsonDepthMax) deep")
        }
        depth += 1
        at += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONValue.ParseError) -> JSONValue {
        var members: [JSONObject.Member] = []
        if take("}") { return .object(JSONObject()) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw problem("a member's name in double quotes should be here")
            }
            let name = try string()
            guard take(":") else { throw problem("a colon should follow the name \"\(name)\"") }
            members.append(.init(name: name, value: try value()))
        } while take(",")
        guard take("}") else { throw problem("a comma or the object's closing brace should be here") }
        return .object(JSONObject(members))
    }

    private mutating func array() throws(JSONValue.ParseError) -> JSONValue {
        var values: [JSONValue] = []
        if take("]") { return .array([]) }
        repeat { values.append(try value()) } while take(",")
        guard take("]") else { throw problem("a comma or the array's closing bracket should be here") }
        return .array(values)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONValue.ParseError) -> JSONValue {
        guard bytes[at...].starts(with: word.utf8) else { throw problem("this is no JSON value") }
        at += word.utf8.count
        return value
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = next, (48...57).contains(byte) { at += 1 }
        return at - start
    }

    private mutating func number() throws(JSONValue.ParseError) -> JSONValue {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let leadingZero = next == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0 else { throw problem("this is no JSON value") }
        if leadingZero && whole > 1 { throw problem("a number has no leading zeros") }
        if next == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { throw problem("a digit should follow the decimal point") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { throw problem("a digit should follow the exponent's letter") }
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func string() throws(JSONValue.ParseError) -> String {
        at += 1
        var out: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: out, as: UTF8.self) else {
                    throw problem("a string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): out += try escape()
            case 0..<0x20: throw problem("a control character in a string must be escaped")
            default: out.append(byte)
            }
        }
        throw problem("the document ends inside a string")
    }

    private mutating func escape() throws(JSONValue.ParseError) -> [UInt8] {
        guard let letter = next else { throw problem("the document ends inside a string") }
        at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw problem("unknown escape in a string")
        }
    }

    /// The scalar of a `\u` escape or of a surrogate pair; a lone surrogate becomes U+FFFD, as in Go.
    private mutating func scalar() throws(JSONValue.ParseError) -> Unicode.Scalar {
        let first = try hexQuad()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[at...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return "\u{FFFD}"
        }
        let mark = at
        at += 2
        let second = try hexQuad()
        guard (0xDC00..<0xE000).contains(second) else {
            at = mark
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexQuad() throws(JSONValue.ParseError) -> UInt32 {
        let quad = bytes[at...].prefix(4)
        guard quad.count == 4, quad.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: quad, as: UTF8.self), radix: 16)
        else { throw problem("four hexadecimal digits should follow \\u") }
        at += 4
        return value
    }
}
