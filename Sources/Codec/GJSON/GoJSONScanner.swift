// The state machine behind GoJSON: one step per byte, and the words Go has for a byte that does not fit. Used
// by GoJSON only.

import Base

struct GoJSONScanner {
    private enum State {
        case value, valueOrClose, name, nameOrClose, afterName, afterValue, done
        case string, escape, hex(Int)
        case minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
        case word(StaticString, Int)
    }

    private var state = State.value
    /// For each open object or array, whether it is an object.
    private var open: [Bool] = []
    /// The string being read is a member's name.
    private var isName = false

    var isDone: Bool { if case .done = state { true } else { false } }

    /// - Returns: nil when `byte` fits; else where it was met, in Go's words.
    mutating func step(_ byte: UInt8) -> String? {
        switch state {
        case .string: return inString(byte)
        case .digits, .zero, .fraction, .exponentDigits: return inNumber(byte)
        case .minus, .point, .exponent, .exponentSign: return needsDigit(byte)
        case .escape, .hex: return inEscape(byte)
        case .word(let word, let at): return inWord(byte, word, at)
        case .value, .valueOrClose, .name, .nameOrClose, .afterName, .afterValue, .done:
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: return nil
            default: return between(byte)
            }
        }
    }

    private mutating func between(_ byte: UInt8) -> String? {
        switch state {
        case .valueOrClose where byte == Byte.closeBracket: return close()
        case .value, .valueOrClose: return startValue(byte)
        case .nameOrClose where byte == Byte.closeBrace: return close()
        case .name, .nameOrClose:
            guard byte == Byte.quote else { return "looking for beginning of object key string" }
            state = .string
            isName = true
        case .afterName:
            guard byte == Byte.colon else { return "after object key" }
            state = .value
        case .afterValue:
            let isObject = open[open.count - 1]
            if byte == (isObject ? Byte.closeBrace : Byte.closeBracket) { return close() }
            guard byte == Byte.comma else {
                return isObject ? "after object key:value pair" : "after array element"
            }
            state = isObject ? .name : .value
        default: return "after top-level value"
        }
        return nil
    }

    private mutating func startValue(_ byte: UInt8) -> String? {
        switch byte {
        case Byte.openBrace: return enter(isObject: true)
        case Byte.openBracket: return enter(isObject: false)
        case Byte.quote:
            state = .string
            isName = false
        case UInt8(ascii: "-"): state = .minus
        case UInt8(ascii: "0"): state = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .digits
        case UInt8(ascii: "t"): state = .word("true", 1)
        case UInt8(ascii: "f"): state = .word("false", 1)
        case UInt8(ascii: "n"): state = .word("null", 1)
        default: return "looking for beginning of value"
        }
        return nil
    }

    private mutating func enter(isObject: Bool) -> String? {
        guard open.count < Limits.goJSONDepthMax else { return "exceeded max depth" }
        open.append(isObject)
        state = isObject ? .nameOrClose : .valueOrClose
        return nil
    }

    private mutating func close() -> String? {
        open.removeLast()
        endValue()
        return nil
    }

    private mutating func endValue() { state = open.isEmpty ? .done : .afterValue }

    private mutating func inString(_ byte: UInt8) -> String? {
        switch byte {
        case Byte.quote: if isName { state = .afterName } else { endValue() }
        case Byte.backslash: state = .escape
        case 0..<0x20: return "in string literal"
        default: break
        }
        return nil
    }

    private mutating func inEscape(_ byte: UInt8) -> String? {
        if case .hex(let left) = state {
            let isHex = Byte.isDigit(byte) || (97...102).contains(byte | 32)
            guard isHex else { return "in \\u hexadecimal character escape" }
            state = left == 1 ? .string : .hex(left - 1)
            return nil
        }
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
            Byte.backslash, Byte.quote, UInt8(ascii: "/"):
            state = .string
        case UInt8(ascii: "u"): state = .hex(4)
        default: return "in string escape code"
        }
        return nil
    }

    private mutating func inNumber(_ byte: UInt8) -> String? {
        let isExponent = byte | 32 == UInt8(ascii: "e")
        switch state {
        case .digits where Byte.isDigit(byte), .fraction where Byte.isDigit(byte),
            .exponentDigits where Byte.isDigit(byte):
            return nil
        case .digits where byte == Byte.dot, .zero where byte == Byte.dot: state = .point
        case .digits where isExponent, .zero where isExponent, .fraction where isExponent: state = .exponent
        default:
            endValue()
            return step(byte)
        }
        return nil
    }

    private mutating func needsDigit(_ byte: UInt8) -> String? {
        switch state {
        case .minus:
            guard Byte.isDigit(byte) else { return "in numeric literal" }
            state = byte == UInt8(ascii: "0") ? .zero : .digits
        case .point:
            guard Byte.isDigit(byte) else { return "after decimal point in numeric literal" }
            state = .fraction
        case .exponent where byte == UInt8(ascii: "+"), .exponent where byte == UInt8(ascii: "-"):
            state = .exponentSign
        default:
            guard Byte.isDigit(byte) else { return "in exponent of numeric literal" }
            state = .exponentDigits
        }
        return nil
    }

    private mutating func inWord(_ byte: UInt8, _ word: StaticString, _ at: Int) -> String? {
        let letter = word.utf8Start[at]
        guard byte == letter else {
            return "in literal \(word) (expecting '\(Character(Unicode.Scalar(letter)))')"
        }
        if at + 1 == word.utf8CodeUnitCount { endValue() } else { state = .word(word, at + 1) }
        return nil
    }
}
