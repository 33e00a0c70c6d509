// Finding the ends of values in JSON text without reading them, what kind a value is, its members, and the
// text of a string. Text that is no JSON gives some answer and never reads out of bounds. Used by the
// evaluation of paths.

import Base

enum JSONKind {
    case null, isFalse, isTrue, number, string, array, object

    /// Of the value that starts with `byte`; nil when none does.
    init?(startingWith byte: UInt8, then next: UInt8) {
        switch byte {
        case Byte.quote: self = .string
        case Byte.openBrace: self = .object
        case Byte.openBracket: self = .array
        case UInt8(ascii: "t"): self = .isTrue
        case UInt8(ascii: "f"): self = .isFalse
        // "nan" is a number.
        case UInt8(ascii: "n"): self = next == UInt8(ascii: "a") ? .number : .null
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "N"):
            self = .number
        default: return nil
        }
    }
}

extension ByteView {
    /// Behind the closing quote of the string that opens at `start`, or the end of the text.
    func endOfString(at start: Int) -> Int {
        var index = start + 1
        while index < count {
            switch base![index] {
            case Byte.quote: return index + 1
            case Byte.backslash: index += 2
            default: index += 1
            }
        }
        return count
    }

    /// Behind the bracket that closes the one at `start`, or the last of `depth` ones opened before. Strings
    /// between are passed over.
    func endOfBrackets(at start: Int, depth: Int = 0, roundToo: Bool = false) -> Int {
        var depth = depth
        var index = start
        while index < count {
            let byte = base![index]
            switch byte {
            case Byte.quote:
                index = endOfString(at: index)
                continue
            case Byte.openBrace, Byte.openBracket: depth += 1
            case Byte.closeBrace, Byte.closeBracket: depth -= 1
            case Byte.openRound where roundToo: depth += 1
            case Byte.closeRound where roundToo: depth -= 1
            default:
                index += 1
                continue
            }
            index += 1
            if depth <= 0 { return index }
        }
        return count
    }

    /// Behind the value that starts at `start`.
    func endOfValue(at start: Int) -> Int {
        switch self[start] {
        case Byte.quote: return endOfString(at: start)
        case Byte.openBrace, Byte.openBracket: return endOfBrackets(at: start)
        default:
            var index = start
            while index < count {
                switch base![index] {
                case 0...Byte.space, Byte.comma, Byte.closeBrace, Byte.closeBracket, Byte.colon:
                    return max(index, start + 1)
                default: index += 1
                }
            }
            return count
        }
    }

    /// The first place from `start` on where a value can start. With `stop`, nil if that byte comes first.
    func startOfValue(from start: Int, stop: UInt8? = nil) -> Int? {
        var index = start
        while index < count {
            let byte = base![index]
            if byte == stop { return nil }
            if JSONKind(startingWith: byte, then: self[index + 1]) != nil { return index }
            index += 1
        }
        return nil
    }

    /// The value the text holds: an array or object with all that follows, a scalar cut to its length.
    var value: Piece? {
        var start = 0
        while self[start] <= Byte.space, start < count { start += 1 }
        guard let kind = JSONKind(startingWith: self[start], then: self[start + 1]) else { return nil }
        switch kind {
        case .array, .object: return .view(from(start))
        default: return .view(part(start, endOfValue(at: start)))
        }
    }

    var kind: JSONKind? { JSONKind(startingWith: self[0], then: self[1]) }

    /// Calls `visit` for each member of an object (with its name in quotes) or element of an array; for a
    /// scalar once, with itself.
    func forEachMember(_ visit: (_ name: ByteView, _ value: ByteView) -> Void) {
        let none = part(0, 0)
        guard let kind else { return }
        guard kind == .object || kind == .array else { return visit(none, self) }
        let stop = kind == .object ? Byte.closeBrace : Byte.closeBracket
        var index = 1
        while index < count {
            var name = none
            if kind == .object {
                while index < count, self[index] != Byte.quote, self[index] != stop { index += 1 }
                guard self[index] == Byte.quote else { return }
                let end = endOfString(at: index)
                name = part(index, end)
                index = end
            }
            guard let start = startOfValue(from: index, stop: stop) else { return }
            index = endOfValue(at: start)
            visit(name, part(start, index))
        }
    }

    /// The text of a string given with its quotes, escapes resolved.
    var unquoted: [UInt8] {
        let inner = part(1, self[count - 1] == Byte.quote && count > 1 ? count - 1 : count)
        return inner.unescaped
    }

    /// With JSON's escapes resolved; up to the first control character, if there is one.
    var unescaped: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count)
        var index = 0
        while index < count {
            let byte = base![index]
            index += 1
            if byte < Byte.space { return out }
            guard byte == Byte.backslash else {
                out.append(byte)
                continue
            }
            guard index < count else { return out }
            let letter = base![index]
            index += 1
            switch letter {
            case UInt8(ascii: "b"): out.append(8)
            case UInt8(ascii: "f"): out.append(12)
            case UInt8(ascii: "n"): out.append(10)
            case UInt8(ascii: "r"): out.append(13)
            case UInt8(ascii: "t"): out.append(9)
            case Byte.backslash, Byte.quote, UInt8(ascii: "/"): out.append(letter)
            case UInt8(ascii: "u"):
                guard index + 4 <= count else { return out }
                out.append(contentsOf: String(Character(scalar(at: &index))).utf8)
            default: return out
            }
        }
        return out
    }

    /// The scalar of four hexadecimal digits at `index`, or of a pair of them; half a pair is U+FFFD.
    private func scalar(at index: inout Int) -> Unicode.Scalar {
        let first = hexQuad(at: index)
        index += 4
        if let scalar = Unicode.Scalar(first) { return scalar }
        if index + 6 <= count, self[index] == Byte.backslash, self[index + 1] == UInt8(ascii: "u") {
            let second = hexQuad(at: index + 2)
            index += 6
            if first < 0xDC00, (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        return "\u{FFFD}"
    }

    private func hexQuad(at start: Int) -> UInt32 {
        UInt32(part(start, start + 4).text, radix: 16) ?? 0
    }

    /// The number a JSON number's text stands for; what cannot be read is 0, what is too large infinite.
    var number: Double {
        let text = self.text
        if let value = Double(text), value.isFinite { return value }
        do {
            return try GoText.parseFloat(text)
        } catch {
            guard case .range = error else { return 0 }
            return first == UInt8(ascii: "-") ? -.infinity : .infinity
        }
    }
}
