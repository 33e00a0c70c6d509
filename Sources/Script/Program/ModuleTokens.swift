// The tokens of a module, exactly: where SourceTokens guesses, this one gives the whole text up. Only texts
// the engine has compiled already are read, so that a slash which can only divide does divide. Pure; used by
// ModuleOutline and UnusedCode, which take code away by it.

struct ModuleTokens {
    enum Kind: UInt8 { case word, privateName, number, text, template, pattern, mark }

    struct Token {
        var start: Int32
        var end: Int32
        /// A word's hash. An opening bracket's partner, or of a template's part before code in it the part
        /// behind that code; 0: it opens nothing.
        var info: UInt32
        var kind: Kind
        /// A line ends between it and the token before.
        var isAfterBreak: Bool
        /// A parenthesis that ends the head of a statement: what follows begins one.
        var endsHead = false
    }

    let text: UnsafeBufferPointer<UInt8>
    private(set) var all: [Token] = []

    private var index = 0
    private var isAfterBreak = false
    private var open: [Open] = []

    private struct Open {
        var token: Int
        var byte: UInt8
        /// A parenthesis behind `if`, `for`, `while` or `with`.
        var isHead = false
    }

    /// The byte `Open` has for code in a template.
    private static let templateCode = UInt8(ascii: "$")

    /// nil when what is code and what is not cannot be told for certain, or where names could be written in
    /// other ways than by their letters: escapes and everything beyond ASCII outside of texts.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        guard text.count < Int32.max else { return nil }
        all.reserveCapacity(text.count / 4)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        if at(0) == UInt8(ascii: "#"), at(1) == UInt8(ascii: "!") { skipLine() }
        while index < text.count {
            guard step() else { return nil }
        }
        if !open.isEmpty { return nil }
    }

    // MARK: - questions

    func `is`(_ token: Int, _ word: StaticString) -> Bool {
        guard all.indices.contains(token) else { return false }
        let token = all[token]
        guard token.kind == .word || token.kind == .mark, token.count == word.utf8CodeUnitCount else {
            return false
        }
        return word.withUTF8Buffer { $0.elementsEqual(text[token.range]) }
    }

    func isWord(_ token: Int) -> Bool { all.indices.contains(token) && all[token].kind == .word }

    func string(_ token: Int) -> String { String(decoding: text[all[token].range], as: UTF8.self) }

    /// What a string literal says; nil when there are escapes in it.
    func content(_ token: Int) -> String? {
        let inner = text[all[token].range].dropFirst().dropLast()
        return inner.contains(UInt8(ascii: "\\")) ? nil : String(decoding: inner, as: UTF8.self)
    }

    /// The token behind a token and, if it opens something, all that is in it.
    func after(_ token: Int) -> Int {
        var last = token
        while all[last].kind != .word, all[last].info != 0 { last = Int(all[last].info) }
        return last + 1
    }

    /// A name behind a dot is nobody's variable.
    func isProperty(_ token: Int) -> Bool { self.is(token - 1, ".") || self.is(token - 1, "?.") }

    /// Whether an expression can end with a token; nil when that depends on more than the token.
    func endsValue(_ token: Int) -> Bool? {
        guard all.indices.contains(token) else { return false }
        switch all[token].kind {
        case .privateName, .number, .text, .pattern: return true
        case .template: return all[token].info == 0
        case .word:
            if isProperty(token) { return true }
            if Self.values.contains(where: { self.is(token, $0) }) { return true }
            if Self.unclear.contains(where: { self.is(token, $0) }) { return nil }
            return !Self.reserved.contains { self.is(token, $0) }
        case .mark:
            if self.is(token, "]") { return true }
            if self.is(token, ")") { return !all[token].endsHead }
            return self.is(token, "}") || self.is(token, "++") || self.is(token, "--") ? nil : false
        }
    }

    private static let values: [StaticString] = ["this", "super", "null", "true", "false"]
    /// Names or keywords, depending on where they stand.
    private static let unclear: [StaticString] = ["of", "let", "await", "yield", "async", "static"]
    private static let reserved: [StaticString] = [
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else",
        "enum", "export", "extends", "finally", "for", "function", "if", "import", "in", "instanceof", "new",
        "return", "switch", "throw", "try", "typeof", "var", "void", "while", "with",
    ]

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }

    // MARK: - reading

    private func at(_ distance: Int) -> UInt8 {
        index + distance < text.count ? text[index + distance] : 0
    }

    /// Reads a token or what lies between two. - Returns: false: nothing is certain from here on.
    private mutating func step() -> Bool {
        let byte = text[index]
        switch byte {
        case 10, 13:
            isAfterBreak = true
            index += 1
        case 9, 11, 12, 32: index += 1
        case UInt8(ascii: "/") where at(1) == UInt8(ascii: "/"): skipLine()
        case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"): return skipComment()
        case UInt8(ascii: "/"):
            guard let divides = isDivision else { return false }
            if !divides { return readPattern() }
            add(.mark, to: index + 1)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return readText(byte)
        case UInt8(ascii: "`"): return readTemplate(closing: nil)
        case UInt8(ascii: "}") where open.last?.byte == Self.templateCode:
            return readTemplate(closing: open.removeLast().token)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return readNumber()
        case UInt8(ascii: ".") where Self.isDigit(at(1)): return readNumber()
        case UInt8(ascii: "#"):
            guard Self.isName(at(1)), !Self.isDigit(at(1)) else { return false }
            add(.privateName, to: endOfName(index + 1))
        default:
            if Self.isName(byte) {
                let end = endOfName(index)
                add(.word, to: end, info: Self.hash(text[index..<end]))
            } else if byte > 32, byte < 127, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "@") {
                return readMark(byte)
            } else {
                return false
            }
        }
        return true
    }

    private mutating func add(_ kind: Kind, to end: Int, info: UInt32 = 0) {
        all.append(
            Token(start: Int32(index), end: Int32(end), info: info, kind: kind, isAfterBreak: isAfterBreak))
        isAfterBreak = false
        index = end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "$"): true
        default: false
        }
    }

    private func endOfName(_ start: Int) -> Int {
        var end = start
        while end < text.count, Self.isName(text[end]) { end += 1 }
        return end
    }

    /// A line feed, a carriage return, or one of the two separators beyond ASCII.
    private func isLineEnd(_ place: Int) -> Bool {
        switch text[place] {
        case 10, 13: true
        case 0xE2:
            place + 2 < text.count && text[place + 1] == 0x80
                && (text[place + 2] == 0xA8 || text[place + 2] == 0xA9)
        default: false
        }
    }

    private mutating func skipLine() {
        while index < text.count, !isLineEnd(index) { index += 1 }
        if index < text.count {
            index += text[index] == 0xE2 ? 3 : 1
            isAfterBreak = true
        }
    }

    private mutating func skipComment() -> Bool {
        index += 2
        while index + 1 < text.count {
            if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") {
                index += 2
                return true
            }
            if isLineEnd(index) { isAfterBreak = true }
            index += 1
        }
        return false
    }

    /// Whether a slash behind the latest token divides; nil: it may do either.
    private var isDivision: Bool? {
        let last = all.count - 1
        if last < 0 { return false }
        var isBehindValue = endsValue(last)
        if self.is(last, "++") || self.is(last, "--") {
            // Behind a value in the same line it belongs to that.
            isBehindValue = all[last].isAfterBreak || endsValue(last - 1) != true ? nil : true
        }
        // In the next line it may begin another statement: behind `let a`, `break a`, `import 'a'`.
        return isBehindValue == true && isAfterBreak ? nil : isBehindValue
    }

    private mutating func readText(_ quote: UInt8) -> Bool {
        var end = index + 1
        while end < text.count, text[end] != quote {
            if text[end] == UInt8(ascii: "\\") {
                end += 1
                if end + 1 < text.count, text[end] == 13, text[end + 1] == 10 { end += 1 }
            } else if text[end] == 10 || text[end] == 13 {
                return false
            }
            end += 1
        }
        guard end < text.count else { return false }
        add(.text, to: end + 1)
        return true
    }

    private mutating func readPattern() -> Bool {
        var end = index + 1
        var isInClass = false
        while end < text.count, isInClass || text[end] != UInt8(ascii: "/") {
            if isLineEnd(end) { return false }
            switch text[end] {
            case UInt8(ascii: "\\"): end += 1
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            default: break
            }
            end += 1
        }
        guard end < text.count else { return false }
        add(.pattern, to: endOfName(end + 1))
        return true
    }

    /// A template up to its end or the next code in it.
    /// - Parameter closing: the part before the code that ends here.
    private mutating func readTemplate(closing: Int?) -> Bool {
        var end = index + 1
        while end < text.count {
            switch text[end] {
            case UInt8(ascii: "\\"): end += 1
            case UInt8(ascii: "`"):
                if let closing { all[closing].info = UInt32(all.count) }
                add(.template, to: end + 1)
                return true
            case UInt8(ascii: "$") where end + 1 < text.count && text[end + 1] == UInt8(ascii: "{"):
                if let closing { all[closing].info = UInt32(all.count) }
                open.append(Open(token: all.count, byte: Self.templateCode))
                // Anything but 0 until it is known.
                add(.template, to: end + 2, info: .max)
                return true
            default: break
            }
            end += 1
        }
        return false
    }

    private mutating func readNumber() -> Bool {
        var end = index
        if text[index] == UInt8(ascii: "0"), "box".utf8.contains(at(1) | 32) {
            end = endOfName(index)
        } else {
            func digits() {
                while end < text.count, Self.isDigit(text[end]) || text[end] == UInt8(ascii: "_") { end += 1 }
            }
            digits()
            if end < text.count, text[end] == UInt8(ascii: ".") {
                end += 1
                digits()
            }
            if end + 1 < text.count, text[end] | 32 == UInt8(ascii: "e") {
                let isSigned = text[end + 1] == UInt8(ascii: "+") || text[end + 1] == UInt8(ascii: "-")
                end += isSigned ? 2 : 1
                digits()
            } else if end < text.count, text[end] == UInt8(ascii: "n") {
                end += 1
            }
        }
        if end < text.count, Self.isName(text[end]) || text[end] == UInt8(ascii: "\\") { return false }
        add(.number, to: end)
        return true
    }

    private mutating func readMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            open.append(Open(token: all.count, byte: byte, isHead: byte == 40 && opensHead))
            // Anything but 0 until it is known.
            add(.mark, to: index + 1, info: .max)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            // In ASCII a bracket's partner is one or two further on.
            guard let opening = open.popLast(), byte > opening.byte, byte - opening.byte <= 2 else {
                return false
            }
            all[opening.token].info = UInt32(all.count)
            add(.mark, to: index + 1)
            all[all.count - 1].endsHead = opening.isHead
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            add(.mark, to: index + (at(1) == byte ? 2 : 1))
            // The end of a comment of HTML, outside of modules.
            let last = all[all.count - 1]
            if byte == UInt8(ascii: "-"), last.count == 2, at(0) == UInt8(ascii: ">"),
                last.isAfterBreak || all.count == 1
            {
                return false
            }
        case UInt8(ascii: "."):
            add(.mark, to: index + (at(1) == byte && at(2) == byte ? 3 : 1))
        case UInt8(ascii: "?"):
            add(.mark, to: index + (at(1) == UInt8(ascii: ".") && !Self.isDigit(at(2)) ? 2 : 1))
        case UInt8(ascii: "="):
            add(.mark, to: index + (at(1) == UInt8(ascii: ">") ? 2 : 1))
        case UInt8(ascii: "<") where at(1) == UInt8(ascii: "!") && at(2) == UInt8(ascii: "-"):
            return false
        default: add(.mark, to: index + 1)
        }
        return true
    }

    /// Whether the parenthesis that comes next is behind a statement's keyword.
    private var opensHead: Bool {
        let last = all.count - 1
        if self.is(last, "await") { return self.is(last - 1, "for") && !isProperty(last - 1) }
        let heads: [StaticString] = ["if", "for", "while", "with"]
        return heads.contains { self.is(last, $0) } && !isProperty(last)
    }
}

extension ModuleTokens.Token {
    var range: Range<Int> { Int(start)..<Int(end) }
    var count: Int { Int(end - start) }
}
