// Values of log lines as Go quotes them: what does not print is escaped, and what is no text shows its bytes.
// Pure; LogLine puts them together.

enum LogText {
    static func value(_ text: String) -> String { value(Array(text.utf8)) }
    static func quotedJSON(_ text: String) -> String { quotedJSON(Array(text.utf8)) }

    /// Plain if it holds nothing but letters, digits and `-._/@^+`; quoted otherwise.
    static func value(_ text: [UInt8]) -> String {
        let plain = text.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._/@^+".utf8.contains(byte)
        }
        return plain ? String(decoding: text, as: UTF8.self) : quotedGo(text)
    }

    /// A Go string literal.
    private static func quotedGo(_ text: [UInt8]) -> String {
        var out = "\""
        for piece in pieces(text) {
            guard case .scalar(let scalar) = piece else {
                if case .byte(let byte) = piece { out += "\\x" + hex(UInt32(byte), digits: 2) }
                continue
            }
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
    static func quotedJSON(_ text: [UInt8]) -> String {
        var out = "\""
        for piece in pieces(text) {
            guard case .scalar(let scalar) = piece else {
                out += "\\ufffd"
                continue
            }
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

    /// Characters, as Go counts them.
    static func count(_ text: [UInt8]) -> Int {
        var count = 0
        for _ in pieces(text) { count += 1 }
        return count
    }

    // MARK: - bytes that need not be text

    private enum Piece {
        case scalar(Unicode.Scalar)
        /// Part of no character.
        case byte(UInt8)
    }

    private static func pieces(_ text: [UInt8]) -> some Sequence<Piece> {
        sequence(state: 0) { (index: inout Int) -> Piece? in
            if index == text.count { return nil }
            if text[index] < 0x80 {
                defer { index += 1 }
                return .scalar(Unicode.Scalar(text[index]))
            }
            let length = characterLength(text, index)
            defer { index += max(length, 1) }
            if length == 0 { return .byte(text[index]) }
            return String(decoding: text[index..<(index + length)], as: UTF8.self).unicodeScalars.first.map {
                .scalar($0)
            }
        }
    }

    /// Bytes of the character beyond ASCII that begins at `index`; 0: none does.
    private static func characterLength(_ text: [UInt8], _ index: Int) -> Int {
        let first = text[index]
        var second: ClosedRange<UInt8> = 0x80...0xBF
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { second = 0xA0...0xBF }
            if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { second = 0x90...0xBF }
            if first == 0xF4 { second = 0x80...0x8F }
        default: return 0
        }
        guard index + length <= text.count, second.contains(text[index + 1]),
            text[(index + 2)..<(index + length)].allSatisfy({ (0x80...0xBF).contains($0) })
        else { return 0 }
        return length
    }
}
