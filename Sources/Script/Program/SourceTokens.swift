// The tokens of a script's text, as far as questions about it need them: words, string literals and single
// punctuation marks, without comments and regular expressions, and with the code inside templates. Pure; used
// by ImportList and StackReads, which look at every module once, when it is compiled.

struct SourceTokens {
    enum Kind { case word, text, mark }

    struct Token {
        var kind: Kind
        var range: Range<Int>
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    /// Depths of braces at which the code inside a template ends.
    private var templates: [Int] = []
    private(set) var depth = 0
    private var last: Token?

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func next() -> Token? {
        let token = read()
        last = token ?? last
        return token
    }

    func bytes(_ token: Token) -> UnsafeBufferPointer<UInt8>.SubSequence { text[token.range] }

    func string(_ token: Token) -> String { String(decoding: text[token.range], as: UTF8.self) }

    /// A string literal without its quotes; escapes stay as they are.
    func content(_ token: Token) -> String {
        String(decoding: text[token.range].dropFirst().dropLast(), as: UTF8.self)
    }

    func `is`(_ token: Token?, _ word: StaticString) -> Bool {
        guard let token, token.range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { text[token.range].elementsEqual($0) }
    }

    private mutating func read() -> Token? {
        while index < text.count {
            let start = index
            let byte = text[index]
            switch byte {
            case 0...32: index += 1
            case UInt8(ascii: "/") where at(1) == UInt8(ascii: "/"): skip(to: { $0 == 10 })
            case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "/") where !isAfterValue: skipPattern()
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                skipQuoted(byte)
                return Token(kind: .text, range: start..<index)
            case UInt8(ascii: "`"):
                index += 1
                skipTemplate()
            case UInt8(ascii: "}") where templates.last == depth:
                templates.removeLast()
                index += 1
                skipTemplate()
            default:
                if SourceTokens.isWord(byte) {
                    while index < text.count, SourceTokens.isWord(text[index]) { index += 1 }
                    return Token(kind: .word, range: start..<index)
                }
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") { depth -= 1 }
                index += 1
                return Token(kind: .mark, range: start..<index)
            }
        }
        return nil
    }

    private func at(_ distance: Int) -> UInt8 {
        index + distance < text.count ? text[index + distance] : 0
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "$"), 128...255: true
        default: false
        }
    }

    /// Whether a slash would divide.
    private var isAfterValue: Bool {
        guard let last else { return false }
        switch last.kind {
        case .text: return true
        case .mark:
            return [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(
                text[last.range.lowerBound])
        case .word:
            let keywords: [StaticString] = [
                "return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "throw", "await",
                "yield",
            ]
            return !keywords.contains { self.is(last, $0) }
        }
    }

    private mutating func skip(to isEnd: (UInt8) -> Bool) {
        while index < text.count, !isEnd(text[index]) { index += 1 }
    }

    private mutating func skipComment() {
        index += 2
        while index < text.count, !(text[index] == UInt8(ascii: "*") && at(1) == UInt8(ascii: "/")) {
            index += 1
        }
        index = min(index + 2, text.count)
    }

    private mutating func skipQuoted(_ quote: UInt8) {
        index += 1
        while index < text.count, text[index] != quote, text[index] != 10 {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, text.count)
    }

    /// A regular expression: a slash in brackets does not end it.
    private mutating func skipPattern() {
        var isInClass = false
        index += 1
        while index < text.count, text[index] != 10 {
            let byte = text[index]
            index += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "[") { isInClass = true }
            if byte == UInt8(ascii: "]") { isInClass = false }
            if byte == UInt8(ascii: "/"), !isInClass { break }
        }
        // What follows divides, as after any value.
        last = Token(kind: .text, range: index..<index)
        index = min(index, text.count)
    }

    /// The text of a template up to its end or the next code in it.
    private mutating func skipTemplate() {
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "`"):
                index += 1
                last = Token(kind: .text, range: index..<index)
                return
            case UInt8(ascii: "$") where at(1) == UInt8(ascii: "{"):
                index += 2
                templates.append(depth)
                last = nil
                return
            default: index += 1
            }
        }
        index = min(index, text.count)
    }
}
