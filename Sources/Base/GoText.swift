// Numbers and quoted text as Go reads and prints them, because k6's options and error messages do: what is a
// valid number, which one is out of range, how a string looks in a message. Pure; used by threshold and
// option readers.

public enum GoText {
    public enum NumberError: Error, Hashable, Sendable, CustomStringConvertible {
        case syntax(String)
        case range(String)

        /// As Go's parser words it.
        public var description: String {
            switch self {
            case .syntax(let text): "strconv.ParseFloat: parsing \(quoted(text)): invalid syntax"
            case .range(let text): "strconv.ParseFloat: parsing \(quoted(text)): value out of range"
            }
        }
    }

    /// Reads a floating-point number: decimal, or hexadecimal with a binary exponent; single underscores
    /// between digits; `inf`, `infinity` (signed or not) and `nan` (unsigned) in any case. No spaces.
    public static func parseFloat(_ text: String) throws(NumberError) -> Double {
        let bytes = Array(text.utf8)
        var digits = bytes[...]
        let isSigned = digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-")
        if isSigned { digits.removeFirst() }
        switch String(decoding: digits, as: UTF8.self).lowercased() {
        case "inf", "infinity": return bytes[0] == UInt8(ascii: "-") ? -.infinity : .infinity
        case "nan" where !isSigned: return .nan
        default: break
        }
        let isHex =
            digits.count > 2 && digits.first == 48 && digits[digits.startIndex + 1] | 32 == UInt8(ascii: "x")
        guard isNumber(isHex ? digits.dropFirst(2) : digits, isHex: isHex),
            separatorsStandBetweenDigits(bytes, isHex)
        else { throw .syntax(text) }
        let plain = String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        guard let value = Double(plain) else { throw .syntax(text) }
        if value.isInfinite { throw .range(text) }
        return value
    }

    /// Mantissa with at least one digit and at most one point, then an exponent (required in hexadecimal).
    private static func isNumber(_ text: ArraySlice<UInt8>, isHex: Bool) -> Bool {
        let marker = UInt8(ascii: isHex ? "p" : "e")
        let mantissa = text.prefix { $0 | 32 != marker }
        var exponent = text.dropFirst(mantissa.count)
        guard mantissa.contains(where: { isDigit($0, isHex) }),
            mantissa.filter({ $0 == UInt8(ascii: ".") }).count <= 1,
            mantissa.allSatisfy({ isDigit($0, isHex) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") })
        else { return false }
        if exponent.isEmpty { return !isHex }
        exponent.removeFirst()
        if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") {
            exponent.removeFirst()
        }
        return exponent.contains { isDigit($0, false) }
            && exponent.allSatisfy { isDigit($0, false) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8, _ isHex: Bool) -> Bool {
        (48...57).contains(byte) || (isHex && (97...102).contains(byte | 32))
    }

    /// The prefix of a hexadecimal number counts as a digit here.
    private static func separatorsStandBetweenDigits(_ bytes: [UInt8], _ isHex: Bool) -> Bool {
        bytes.indices.allSatisfy { index in
            if bytes[index] != UInt8(ascii: "_") { return true }
            guard index > 0, index + 1 < bytes.count, isDigit(bytes[index + 1], isHex) else { return false }
            return isDigit(bytes[index - 1], isHex) || (isHex && bytes[index - 1] | 32 == UInt8(ascii: "x"))
        }
    }

    /// `text` in double quotes, with escapes for quotes, backslashes and whatever does not print.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { escape(scalar, into: &result) }
        return result + "\""
    }

    /// The same of bytes that need not be text: each byte that is part of no character is escaped by itself.
    public static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        var result = "\""
        forEachPiece(of: bytes) { piece in
            switch piece {
            case .scalar(let scalar): escape(scalar, into: &result)
            case .byte(let byte): result += "\\x" + hex(UInt32(byte), width: 2)
            }
        }
        return result + "\""
    }

    /// What bytes that need not be text are made of.
    public enum Piece {
        case scalar(Unicode.Scalar)
        /// Part of no character.
        case byte(UInt8)
    }

    /// Takes bytes apart the way Go ranges over a string.
    public static func forEachPiece(of bytes: some Sequence<UInt8>, _ body: (Piece) -> Void) {
        var (source, kept) = (bytes.makeIterator(), [UInt8]())
        var parser = Unicode.UTF8.ForwardParser()
        // The parser drops what it finds to be no character; `kept` has what it has taken.
        var tapped = AnyIterator {
            let byte = source.next()
            if let byte { kept.append(byte) }
            return byte
        }
        while true {
            switch parser.parseScalar(from: &tapped) {
            case .valid(let encoded):
                kept.removeFirst(encoded.count)
                body(.scalar(Unicode.UTF8.decode(encoded)))
            case .error(let length):
                for byte in kept.prefix(length) { body(.byte(byte)) }
                kept.removeFirst(length)
            case .emptyInput: return
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, into result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{7}": result += "\\a"
        case "\u{8}": result += "\\b"
        case "\u{c}": result += "\\f"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{b}": result += "\\v"
        case _ where prints(scalar): result.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x80: result += "\\x" + hex(scalar.value, width: 2)
        case _ where scalar.value < 0x10000: result += "\\u" + hex(scalar.value, width: 4)
        default: result += "\\U" + hex(scalar.value, width: 8)
        }
    }

    private static func hex(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }

    private static func prints(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// `text` without white space at its ends, as Unicode defines it.
    public static func trimmed(_ text: Substring) -> Substring {
        var scalars = text.unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return Substring(scalars)
    }

    public static func trimmed(_ text: String) -> String { String(trimmed(text[...])) }
}
