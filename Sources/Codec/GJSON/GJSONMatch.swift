// Whether a value satisfies the condition of a query, and whether a text fits a pattern with `*` and `?`.
// Pure; used while objects and arrays are walked.

import Base

extension GJSONQuery {
    /// - Parameter value: what the query's path found in the element.
    func accepts(_ value: ByteView?) -> Bool {
        var operand = operand
        if operand.first == UInt8(ascii: "~") {
            let truth = Self.truth(of: value, as: operand.dropFirst())
            guard let truth else { return false }
            return Self.compare(truth, comparison, isTrue: true)
        }
        guard let value, let kind = value.kind else { return false }
        if comparison == .exists { return true }
        switch kind {
        case .isTrue, .isFalse:
            return Self.compare(kind == .isTrue, comparison, operand)
        case .number:
            let right = operand.withUnsafeBufferPointer { ByteView($0).number }
            return Self.compare(value.number, comparison, right)
        case .string:
            let text = value.bytes.contains(Byte.backslash) ? value.unquoted : Array(value.inner.bytes)
            return Self.compare(text, comparison, &operand)
        case .null, .array, .object: return false
        }
    }

    /// `~true`, `~false`, `~null` and `~*` ask how the value would count; anything else fits nothing.
    private static func truth(of value: ByteView?, as word: ArraySlice<UInt8>) -> Bool? {
        let kind = value?.kind
        switch String(decoding: word, as: UTF8.self) {
        case "*": return value != nil
        case "null": return kind == nil || kind == .null
        case "true":
            return switch kind {
            case .isTrue: true
            case .string: boolean(value!) == true
            case .number: value!.number != 0
            default: false
            }
        case "false":
            return switch kind {
            case nil, .null, .isFalse: true
            case .string: boolean(value!) == false
            case .number: value!.number == 0
            default: false
            }
        default: return nil
        }
    }

    /// The texts Go's parser of booleans takes, in any case.
    private static func boolean(_ text: ByteView) -> Bool? {
        switch String(decoding: text.unquoted, as: UTF8.self).lowercased() {
        case "1", "t", "true": true
        case "0", "f", "false": false
        default: nil
        }
    }

    private static func compare(_ value: Bool, _ comparison: Operator, isTrue: Bool) -> Bool {
        compare(value, comparison, Array((isTrue ? "true" : "false").utf8))
    }

    private static func compare(_ value: Bool, _ comparison: Operator, _ operand: [UInt8]) -> Bool {
        let word = String(decoding: operand, as: UTF8.self)
        let same = value ? "true" : "false"
        return switch comparison {
        case .exists: true
        case .equal: word == same
        case .notEqual: word != same
        case .greater: value && word == "false"
        case .greaterOrEqual: value
        case .less: !value && word == "true"
        case .lessOrEqual: !value
        case .like, .notLike, .never: false
        }
    }

    private static func compare(_ value: Double, _ comparison: Operator, _ operand: Double) -> Bool {
        switch comparison {
        case .exists: true
        case .equal: value == operand
        case .notEqual: value != operand
        case .less: value < operand
        case .lessOrEqual: value <= operand
        case .greater: value > operand
        case .greaterOrEqual: value >= operand
        case .like, .notLike, .never: false
        }
    }

    private static func compare(
        _ value: [UInt8], _ comparison: Operator, _ operand: inout [UInt8]
    ) -> Bool {
        switch comparison {
        case .exists: true
        case .equal: value == operand
        case .notEqual: value != operand
        case .less: value.lexicographicallyPrecedes(operand)
        case .lessOrEqual: !operand.lexicographicallyPrecedes(value)
        case .greater: operand.lexicographicallyPrecedes(value)
        case .greaterOrEqual: !value.lexicographicallyPrecedes(operand)
        case .like: GJSONPattern.fits(value, operand)
        case .notLike: !GJSONPattern.fits(value, operand)
        case .never: false
        }
    }
}

extension ByteView {
    /// A string's text between its quotes, escapes as written.
    var inner: ByteView { part(1, count - 1) }
}

enum GJSONPattern {
    /// `*` stands for any text, `?` for one character, a backslash takes the next character as it is.
    static func fits(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            pattern.withUnsafeBufferPointer { fits(ByteView(text), ByteView($0)) }
        }
    }

    static func fits(_ text: ByteView, _ pattern: ByteView) -> Bool {
        var at = 0
        var in_ = 0
        // Where to go on when what follows the last star does not fit: with the star taking one more.
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if in_ < pattern.count, pattern[in_] == Byte.star {
                in_ += 1
                star = (in_, at)
                continue
            }
            if in_ < pattern.count, pattern[in_] == Byte.question {
                in_ += 1
                at += text.characterLength(at: at)
                continue
            }
            let isEscaped = pattern[in_] == Byte.backslash && in_ < pattern.count
            let literal = isEscaped ? in_ + 1 : in_
            if literal < pattern.count, pattern[literal] == text[at] {
                in_ = literal + 1
                at += 1
                continue
            }
            guard let last = star else { return false }
            star = (last.pattern, last.text + 1)
            (in_, at) = (last.pattern, last.text + 1)
        }
        while in_ < pattern.count, pattern[in_] == Byte.star { in_ += 1 }
        return in_ >= pattern.count
    }
}

extension ByteView {
    /// How many bytes the character at `index` has; one for a byte that starts none, as in Go.
    func characterLength(at index: Int) -> Int {
        let lead = self[index]
        let length =
            switch lead {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        if length == 1 || index + length > count { return 1 }
        let second = self[index + 1]
        let isInRange =
            switch lead {
            case 0xE0: (0xA0...0xBF).contains(second)
            case 0xED: (0x80...0x9F).contains(second)
            case 0xF0: (0x90...0xBF).contains(second)
            case 0xF4: (0x80...0x8F).contains(second)
            default: (0x80...0xBF).contains(second)
            }
        guard isInRange else { return 1 }
        for offset in 2..<max(2, length) where self[index + offset] & 0xC0 != 0x80 { return 1 }
        return length
    }
}
