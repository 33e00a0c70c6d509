// A small strict JSON reader (RFC 8259) for the answer of the ECS metadata endpoint, which is the only JSON
// the sizing reads. Called by ECSTask. Numbers become doubles; a repeated key keeps its last value.

enum HealthJSON: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([HealthJSON])
    case object([String: HealthJSON])

    struct Problem: Error, Equatable, CustomStringConvertible {
        let offset: Int
        let what: String
        var description: String { "not JSON at byte \(offset): \(what)" }
    }

    /// Deeper nesting than any metadata answer has; keeps the recursion bounded.
    static let depthMax = 64

    static func parse(_ bytes: [UInt8]) throws(Problem) -> HealthJSON {
        var reader = Reader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        if reader.position < bytes.count { throw reader.problem("text after the value") }
        return value
    }

    subscript(key: String) -> HealthJSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }
}

extension HealthJSON {
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func problem(_ what: String) -> Problem { Problem(offset: position, what: what) }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipBlanks() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                position += 1
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            if next != byte { return false }
            position += 1
            return true
        }

        mutating func expect(_ byte: UInt8) throws(Problem) {
            if !take(byte) { throw problem("expected '\(Character(UnicodeScalar(byte)))'") }
        }

        mutating func value(depth: Int) throws(Problem) -> HealthJSON {
            if depth > HealthJSON.depthMax { throw problem("nested too deeply") }
            skipBlanks()
            switch next {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return .number(try number())
            }
        }

        mutating func word(_ text: String, _ value: HealthJSON) throws(Problem) -> HealthJSON {
            guard bytes[position...].starts(with: text.utf8) else { throw problem("expected a value") }
            position += text.utf8.count
            return value
        }

        mutating func object(depth: Int) throws(Problem) -> HealthJSON {
            position += 1
            var members: [String: HealthJSON] = [:]
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            repeat {
                skipBlanks()
                if next != UInt8(ascii: "\"") { throw problem("expected a key") }
                let key = try string()
                skipBlanks()
                try expect(UInt8(ascii: ":"))
                members[key] = try value(depth: depth + 1)
                skipBlanks()
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"))
            return .object(members)
        }

        mutating func array(depth: Int) throws(Problem) -> HealthJSON {
            position += 1
            var items: [HealthJSON] = []
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(items) }
            repeat {
                items.append(try value(depth: depth + 1))
                skipBlanks()
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"))
            return .array(items)
        }

        mutating func digits() -> Int {
            let start = position
            while let byte = next, (48...57).contains(byte) { position += 1 }
            return position - start
        }

        mutating func number() throws(Problem) -> Double {
            let start = position
            _ = take(UInt8(ascii: "-"))
            let leadingZero = next == UInt8(ascii: "0")
            let whole = digits()
            if whole == 0 || (leadingZero && whole > 1) { throw problem("expected a value") }
            if take(UInt8(ascii: ".")), digits() == 0 { throw problem("expected a digit") }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
                if digits() == 0 { throw problem("expected a digit") }
            }
            guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
                throw problem("a number out of range")
            }
            return number
        }

        mutating func string() throws(Problem) -> String {
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
                if byte < 0x20 { throw problem("a control character in a string") }
                if byte == UInt8(ascii: "\\") {
                    text.append(contentsOf: String(Character(try escape())).utf8)
                } else {
                    text.append(byte)
                }
            }
            throw problem("a string without an end")
        }

        mutating func escape() throws(Problem) -> UnicodeScalar {
            guard let byte = next else { throw problem("a string without an end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UnicodeScalar(byte)
            case UInt8(ascii: "b"): return "\u{08}"
            case UInt8(ascii: "f"): return "\u{0C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"): break
            default: throw problem("an unknown escape")
            }
            var unit = try hex4()
            if (0xD800..<0xDC00).contains(unit) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw problem("half a character")
                }
                let low = try hex4()
                guard (0xDC00..<0xE000).contains(low) else { throw problem("half a character") }
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = UnicodeScalar(unit) else { throw problem("half a character") }
            return scalar
        }

        mutating func hex4() throws(Problem) -> UInt32 {
            guard position + 4 <= bytes.count else { throw problem("a string without an end") }
            var unit: UInt32 = 0
            for byte in bytes[position..<position + 4] {
                guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                    throw problem("expected four hexadecimal digits")
                }
                unit = unit << 4 | UInt32(digit)
            }
            position += 4
            return unit
        }
    }
}
