// JSON judged the way Go's encoding/json does: is a text valid, and if not, at which byte and in which words.
// k6 shows these words in the error of `res.json()`. One pass with a stack of one byte per level. Pure;
// called by the scripts' Response, by GJSON for `@valid`, and by whoever writes text for gjson.

import Base

extension Limits {
    /// Go refuses documents nested deeper than this.
    public static let goJSONDepthMax = 10_000
}

public enum GoJSON {
    public struct Problem: Hashable, Sendable {
        /// As Go words it: `invalid character 'x' looking for beginning of value`.
        public let description: String
        /// Bytes read, the offending one included.
        public let offset: Int
    }

    /// What makes `text` no JSON document; nil when it is one.
    public static func problem(_ text: UnsafeBufferPointer<UInt8>) -> Problem? {
        var scanner = GoJSONScanner()
        for index in text.indices {
            if let what = scanner.step(text[index]) {
                return Problem(
                    description: "invalid character \(named(text[index])) \(what)", offset: index + 1)
            }
        }
        return scanner.isDone ? nil : atEnd(&scanner, text.count)
    }

    /// Go lets the scanner see a space to find out whether the text may end.
    private static func atEnd(_ scanner: inout GoJSONScanner, _ count: Int) -> Problem? {
        if let what = scanner.step(Byte.space) {
            return Problem(description: "invalid character ' ' \(what)", offset: count)
        }
        if scanner.isDone { return nil }
        return Problem(description: "unexpected end of JSON input", offset: count)
    }

    public static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var validator = GoJSONValidator(ByteView(text))
        return validator.isDocument()
    }

    /// The message of the error k6 throws when a body that is no JSON is asked for as JSON; nil when it is
    /// JSON. A number out of range is refused in Go's words for it, without a place.
    public static func k6Error(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        var validator = GoJSONValidator(ByteView(text))
        if validator.isDocument() { return validator.mayOverflow ? outOfRange(ByteView(text)) : nil }
        guard let problem = problem(text) else { return nil }
        let place = place(of: problem.offset, in: ByteView(text))
        return
            "cannot parse json due to an error at line \(place.line), character \(place.character) , error: "
            + problem.description
    }

    /// Line and character the way k6 counts: one character further than was read, unless the text ends there,
    /// and a line break is the first character of its line.
    private static func place(of offset: Int, in text: ByteView) -> (line: Int, character: Int) {
        var line = 1
        var character = 0
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "\n") {
                line += 1
                character = 0
            }
            character += 1
            if index == offset { break }
            index += text.characterLength(at: index)
        }
        return (line, character)
    }

    /// A byte as Go quotes it: its Latin-1 character, escaped if it does not print.
    private static func named(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): #"'\''"#
        case Byte.quote: "'\"'"
        default: "'" + GoText.quoted(String(Character(Unicode.Scalar(byte)))).dropFirst().dropLast() + "'"
        }
    }

    /// The first number of a valid document that no double holds.
    private static func outOfRange(_ text: ByteView) -> String? {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == Byte.quote {
                index = text.endOfString(at: index)
            } else if byte == UInt8(ascii: "-") || Byte.isDigit(byte) {
                let end = text.endOfValue(at: index)
                let number = text.part(index, end)
                if number.count > 3, number.number.isInfinite {
                    return "json: cannot unmarshal number \(number.text) into Go value of type float64"
                }
                index = end
            } else {
                index += 1
            }
        }
        return nil
    }

    /// Appends `text` as a JSON string, escaped as Go does for HTML's sake; bytes that are no UTF-8 become
    /// U+FFFD.
    public static func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        let view = ByteView(text)
        out.append(Byte.quote)
        var index = 0
        while index < view.count {
            let byte = view[index]
            let length = view.characterLength(at: index)
            let character = view.part(index, index + length)
            index += length
            switch byte {
            case UInt8(ascii: "\n"): out.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\r"): out.append(contentsOf: #"\r"#.utf8)
            case UInt8(ascii: "\t"): out.append(contentsOf: #"\t"#.utf8)
            case 8: out.append(contentsOf: #"\b"#.utf8)
            case 12: out.append(contentsOf: #"\f"#.utf8)
            case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                out.append(contentsOf: #"\u00"#.utf8)
                out.append(contentsOf: Hex.encode([byte]).utf8)
            case Byte.quote, Byte.backslash: out.append(contentsOf: [Byte.backslash, byte])
            case 0x80... where length == 1: out.append(contentsOf: #"\ufffd"#.utf8)
            case 0xE2 where character[1] == 0x80 && character[2] & 0xFE == 0xA8:
                out.append(contentsOf: #"\u202"#.utf8)
                out.append(character[2] == 0xA8 ? UInt8(ascii: "8") : UInt8(ascii: "9"))
            default: out.append(contentsOf: character.bytes)
            }
        }
        out.append(Byte.quote)
    }
}
