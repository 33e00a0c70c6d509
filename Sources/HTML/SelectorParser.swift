// Reads the text of a CSS selector: the grammar of k6 v1.1.0, which is CSS 3 with jQuery's `:has`,
// `:contains`, `:input` and `!=`, and with regular expressions in `#=` and `:matches`. Called by
// `Selector.init`; nil means "no selector".

import Base

extension Limits {
    /// Selectors nested deeper than this in `:not(…)` and `:has(…)` are refused: reading and asking them
    /// takes stack.
    static let selectorDepthMax = 32
}

struct SelectorParser {
    let bytes: [UInt8]
    var at = 0
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func parse() -> [ComplexSelector]? {
        guard let group = group(), at == bytes.count else { return nil }
        return group
    }

    var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func take(_ byte: Character) -> Bool {
        guard peek == byte.asciiValue else { return false }
        at += 1
        return true
    }

    /// White space and comments; whether there were any.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = at
        while let byte = peek {
            if Self.isSpace(byte) {
                at += 1
            } else if byte == UInt8(ascii: "/"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "*") {
                var end = at + 2
                while end + 1 < bytes.count,
                    bytes[end] != UInt8(ascii: "*") || bytes[end + 1] != UInt8(ascii: "/")
                {
                    end += 1
                }
                guard end + 1 < bytes.count else { break }
                at = end + 2
            } else {
                break
            }
        }
        return at > start
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 9 || byte == 10 || byte == 12 || byte == 13
    }

    /// One or more selectors between commas.
    mutating func group() -> [ComplexSelector]? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.selectorDepthMax else { return nil }
        var parts: [ComplexSelector] = []
        repeat {
            guard let part = complex() else { return nil }
            parts.append(part)
        } while take(",")
        return parts
    }

    private mutating func complex() -> ComplexSelector? {
        skipSpace()
        guard let first = compound() else { return nil }
        var result = ComplexSelector(compounds: [first], combinators: [])
        while true {
            let hadSpace = skipSpace()
            let combinator: Combinator
            switch peek {
            case nil, UInt8(ascii: ","), UInt8(ascii: ")"): return result
            case UInt8(ascii: ">"): combinator = .child
            case UInt8(ascii: "+"): combinator = .nextSibling
            case UInt8(ascii: "~"): combinator = .laterSibling
            default:
                guard hadSpace else { return nil }
                combinator = .descendant
            }
            if combinator != .descendant {
                at += 1
                skipSpace()
            }
            guard let next = compound() else { return nil }
            result.compounds.append(next)
            result.combinators.append(combinator)
        }
    }

    private mutating func compound() -> CompoundSelector? {
        var result = CompoundSelector(type: nil, needsElement: false, conditions: [])
        let start = at
        if take("*") {
            result.needsElement = true
        } else if let byte = peek, ![UInt8(ascii: "#"), 46, 91, 58].contains(byte) {
            guard let name = identifier() else { return nil }
            result.type = Self.lowercased(name)
            result.needsElement = true
        }
        loop: while let byte = peek {
            let condition: Condition?
            switch byte {
            case UInt8(ascii: "#"):
                at += 1
                condition = name().map { .id(Array($0.utf8)) }
            case UInt8(ascii: "."):
                at += 1
                condition = identifier().map {
                    .attribute(
                        AttributeTest(
                            name: "class", operation: .includesWord(Array($0.utf8)), ignoresCase: false))
                }
            case UInt8(ascii: "["):
                at += 1
                condition = attribute().map { .attribute($0) }
            case UInt8(ascii: ":"):
                at += 1
                condition = pseudoClass()
            default: break loop
            }
            guard let condition else { return nil }
            result.needsElement = result.needsElement || condition.needsElement
            result.conditions.append(condition)
        }
        return at > start ? result : nil
    }

    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (65...90).contains($0) ? $0 | 32 : $0 }, as: UTF8.self)
    }
}

// MARK: - Words

extension SelectorParser {
    private static func startsName(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 32) || byte == UInt8(ascii: "_") || byte > 127
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || byte == UInt8(ascii: "-") || (48...57).contains(byte)
    }

    /// A name that starts with a letter, hyphens before it aside.
    mutating func identifier() -> String? {
        let start = at
        while peek == UInt8(ascii: "-") { at += 1 }
        guard let byte = peek, Self.startsName(byte) || byte == UInt8(ascii: "\\") else { return nil }
        let hyphens = String(repeating: "-", count: at - start)
        return name().map { hyphens + $0 }
    }

    mutating func name() -> String? {
        var text: [UInt8] = []
        while let byte = peek {
            if Self.continuesName(byte) {
                text.append(byte)
                at += 1
            } else if byte == UInt8(ascii: "\\") {
                guard let escaped = escape() else { return nil }
                text += escaped
            } else {
                break
            }
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// A backslash with what it escapes: up to six hexadecimal digits and one space, or a character.
    private mutating func escape() -> [UInt8]? {
        guard at + 1 < bytes.count, bytes[at + 1] != 10, bytes[at + 1] != 13, bytes[at + 1] != 12 else {
            return nil
        }
        at += 1
        var value: UInt32 = 0
        var digits = 0
        while digits < 6, let byte = peek, let digit = Self.hexDigit(byte) {
            value = value << 4 | digit
            digits += 1
            at += 1
        }
        if digits == 0 {
            at += 1
            return [bytes[at - 1]]
        }
        if peek == 13 {
            at += 1
            if peek == 10 { at += 1 }
        } else if let byte = peek, Self.isSpace(byte) {
            at += 1
        }
        return Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 48...57: UInt32(byte - 48)
        case 65...70, 97...102: UInt32((byte | 32) - 87)
        default: nil
        }
    }

    mutating func quoted() -> String? {
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        at += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case quote:
                at += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                if at + 1 < bytes.count, [10, 12, 13].contains(bytes[at + 1]) {
                    at += bytes[at + 1] == 13 && at + 2 < bytes.count && bytes[at + 2] == 10 ? 3 : 2
                    continue
                }
                guard let escaped = escape() else { return nil }
                text += escaped
            case 10, 12, 13: return nil
            default:
                text.append(byte)
                at += 1
            }
        }
        return nil
    }

    /// A regular expression up to the bracket that closes what is around it. Brackets in it are counted,
    /// escaped or not.
    mutating func pattern() -> TextPattern? {
        let start = at
        var open = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["): open += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                open -= 1
                if open < 0 {
                    return at > start ? TextPattern(String(decoding: bytes[start..<at], as: UTF8.self)) : nil
                }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// Behind the `[`.
    private mutating func attribute() -> AttributeTest? {
        skipSpace()
        guard let name = identifier() else { return nil }
        var test = AttributeTest(name: Self.lowercased(name), operation: .exists, ignoresCase: false)
        skipSpace()
        if take("]") { return test }
        guard at + 2 < bytes.count else { return nil }
        let sign = bytes[at]
        at += sign == UInt8(ascii: "=") ? 1 : 2
        if sign != UInt8(ascii: "="), bytes[at - 1] != UInt8(ascii: "=") { return nil }
        skipSpace()
        if sign == UInt8(ascii: "#") {
            guard let pattern = pattern() else { return nil }
            test.operation = .matches(pattern)
        } else {
            let isQuoted = peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'")
            guard let text = isQuoted ? quoted() : identifier() else { return nil }
            let value = Array(text.utf8)
            switch sign {
            case UInt8(ascii: "="): test.operation = .equals(value)
            case UInt8(ascii: "!"): test.operation = .differs(value)
            case UInt8(ascii: "~"): test.operation = .includesWord(value)
            case UInt8(ascii: "|"): test.operation = .startsWithWord(value)
            case UInt8(ascii: "^"): test.operation = .hasPrefix(value)
            case UInt8(ascii: "$"): test.operation = .hasSuffix(value)
            case UInt8(ascii: "*"): test.operation = .holds(value)
            default: return nil
            }
        }
        skipSpace()
        if take("i") || take("I") { test.ignoresCase = true }
        skipSpace()
        return take("]") ? test : nil
    }
}
