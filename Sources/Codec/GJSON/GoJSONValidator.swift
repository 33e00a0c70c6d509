// Whether a text is JSON, and nothing else: one fast pass in front of everything that asks for a response's
// JSON. Agrees with GoJSONScanner, which finds out what is wrong where this says no. Used by GoJSON only.

import Base

struct GoJSONValidator {
    private let text: ByteView
    private var at = 0
    /// The closing bracket of each open object or array.
    private var open: [UInt8] = []
    /// There is a number that might be too large for a double.
    private(set) var mayOverflow = false

    /// Digits without an exponent that surely fit a double.
    private static let safeDigits = 300

    init(_ text: ByteView) { self.text = text }

    mutating func isDocument() -> Bool {
        while true {
            skipSpace()
            guard at < text.count else { return false }
            let byte = text.base![at]
            if byte == Byte.openBrace || byte == Byte.openBracket {
                guard open.count < Limits.goJSONDepthMax else { return false }
                // In ASCII the closing one comes two behind the opening one.
                open.append(byte + 2)
                at += 1
                skipSpace()
                if text[at] != byte + 2 {
                    if byte == Byte.openBrace, !name() { return false }
                    continue
                }
            } else if !scalar(byte) {
                return false
            }
            guard let goesOn = afterValue() else { return false }
            if !goesOn { return true }
        }
    }

    /// - Returns: whether another value must follow; nil when the text is no JSON.
    private mutating func afterValue() -> Bool? {
        while true {
            skipSpace()
            guard let close = open.last else { return at == text.count ? false : nil }
            let byte = text[at]
            at += 1
            if byte == Byte.comma {
                if close == Byte.closeBracket { return true }
                skipSpace()
                return name() ? true : nil
            }
            guard byte == close, at <= text.count else { return nil }
            open.removeLast()
        }
    }

    @inline(__always) private mutating func skipSpace() {
        while at < text.count {
            let byte = text.base![at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    /// A member's name and the colon behind it.
    private mutating func name() -> Bool {
        guard text[at] == Byte.quote, string() else { return false }
        skipSpace()
        guard text[at] == Byte.colon else { return false }
        at += 1
        return true
    }

    private mutating func scalar(_ byte: UInt8) -> Bool {
        switch byte {
        case Byte.quote: string()
        case UInt8(ascii: "t"): word("true")
        case UInt8(ascii: "f"): word("false")
        case UInt8(ascii: "n"): word("null")
        default: number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = at + word.utf8CodeUnitCount
        defer { at = end }
        return text.part(at, end).equals(word)
    }

    private mutating func string() -> Bool {
        at += 1
        while at < text.count {
            let byte = text.base![at]
            at += 1
            if byte == Byte.quote { return true }
            if byte < 0x20 { return false }
            if byte == Byte.backslash, !escape() { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        let letter = text[at]
        at += 1
        switch letter {
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
            Byte.backslash, Byte.quote, UInt8(ascii: "/"):
            return true
        case UInt8(ascii: "u"):
            for offset in 0..<4 {
                let digit = text[at + offset]
                guard Byte.isDigit(digit) || (97...102).contains(digit | 32) else { return false }
            }
            at += 4
            return true
        default: return false
        }
    }

    private mutating func digits() -> Int {
        let start = at
        while Byte.isDigit(text[at]) { at += 1 }
        return at - start
    }

    private mutating func number() -> Bool {
        if text[at] == UInt8(ascii: "-") { at += 1 }
        if text[at] == UInt8(ascii: "0") {
            at += 1
        } else {
            let count = digits()
            if count == 0 { return false }
            if count > Self.safeDigits { mayOverflow = true }
        }
        if text[at] == Byte.dot {
            at += 1
            if digits() == 0 { return false }
        }
        if text[at] | 32 == UInt8(ascii: "e") {
            mayOverflow = true
            at += 1
            if text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            if digits() == 0 { return false }
        }
        return true
    }
}
