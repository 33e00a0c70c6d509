// Where k6 says an error happened, from where the engine says it did: the two engines point at different
// characters of the same expression (k6 at `new`, at a call's parenthesis, at a property's name). A function
// of the text around the engine's position; what it does not recognise stays as it is. Pure. Called by
// ErrorText.

struct SourcePosition {
    private let text: UnsafeBufferPointer<UInt8>

    enum Place: Equatable {
        /// The character to report, counted from 0.
        case at(Int)
        /// The call of `Error` as a function: k6 shows a frame of its own for it.
        case errorCall(Int)
        /// `new` of something, the constructor's own frame if it is a native one being left out.
        case construction(Int)
        /// The constructor a class has without being given one, which k6 does not show.
        case hidden
    }

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// - Parameters:
    ///   - offset: the engine's position in `text`, counted from 0.
    ///   - isMissingName: the error is a name that nothing has.
    static func find(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int, isMissingName: Bool = false) -> Place
    {
        guard offset >= 0, offset < text.count else { return .at(offset) }
        return SourcePosition(text).place(offset, isMissingName)
    }

    private func place(_ offset: Int, _ isMissingName: Bool) -> Place {
        switch text[offset] {
        case UInt8(ascii: "}"): return .hidden
        case UInt8(ascii: "."): return .at(property(offset))
        default: break
        }
        if let construct = construct(endingAt: offset) { return .construction(construct) }
        if text[offset] == UInt8(ascii: "("), isErrorName(before: offset) { return .errorCall(offset) }
        if isWord("return", at: offset) { return .at(lastCall(from: offset + 6) ?? offset) }
        if isMissingName, isIdentifier(text[offset]), newBefore(offset) == nil {
            // A function that does not exist: k6 points at the call.
            let next = skipSpace(identifierEnd(offset))
            if next < text.count, text[next] == UInt8(ascii: "(") { return .at(next) }
        }
        return .at(offset)
    }

    // MARK: - properties

    /// A property that cannot be read or written, by the position of its dot.
    private func property(_ dot: Int) -> Int {
        let name = skipSpace(dot + 1)
        guard name < text.count, isIdentifier(text[name]) || text[name] == UInt8(ascii: "#") else {
            return dot
        }
        let next = skipSpace(identifierEnd(name))
        // Reading it to call or change it, k6 points at what should have it.
        return isCallOrUpdate(next) ? ownerEnd(dot) ?? name : name
    }

    private func isCallOrUpdate(_ index: Int) -> Bool {
        guard index < text.count else { return false }
        switch text[index] {
        case UInt8(ascii: "("): return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            return byte(index + 1) == text[index] || byte(index + 1) == UInt8(ascii: "=")
        case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "|"),
            UInt8(ascii: "^"):
            return byte(index + 1) == UInt8(ascii: "=")
        default: return false
        }
    }

    /// The last part of the expression before a dot: a name, an index, a call.
    private func ownerEnd(_ dot: Int) -> Int? {
        let last = skipSpaceBack(dot - 1)
        guard last >= 0 else { return nil }
        switch text[last] {
        case UInt8(ascii: ")"), UInt8(ascii: "]"): return openBracket(of: last)
        default: return isIdentifier(text[last]) ? identifierStart(last) : nil
        }
    }

    // MARK: - new

    /// The `new` of a construction whose arguments, or end, are at `offset`.
    private func construct(endingAt offset: Int) -> Int? {
        guard !isIdentifier(text[offset]) else { return nil }
        var index = skipSpaceBack(offset - 1)
        guard index >= 0 else { return nil }
        if text[index] == UInt8(ascii: ")") {
            guard let open = openBracket(of: index) else { return nil }
            return newBefore(open)
        }
        // A path of names and dots.
        while index >= 0 {
            guard isIdentifier(text[index]) else { return nil }
            let start = identifierStart(index)
            if let found = newBefore(start) { return found }
            index = skipSpaceBack(start - 1)
            guard index >= 0, text[index] == UInt8(ascii: ".") else { return nil }
            index = skipSpaceBack(index - 1)
        }
        return nil
    }

    private func newBefore(_ index: Int) -> Int? {
        let last = skipSpaceBack(index - 1)
        let start = last - 2
        guard start >= 0, isWord("new", at: start), start == 0 || text[start - 1] != UInt8(ascii: ".") else {
            return nil
        }
        return start
    }

    private func isErrorName(before paren: Int) -> Bool {
        let last = skipSpaceBack(paren - 1)
        guard last >= 0, isIdentifier(text[last]) else { return false }
        let start = identifierStart(last)
        guard start == 0 || text[start - 1] != UInt8(ascii: ".") else { return false }
        return ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"]
            .contains { isWord($0, at: start) }
    }

    /// Whether the code at `offset` is the constructor of the class `name`, which k6 shows without a name.
    static func isConstructor(of name: String, _ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
        let position = SourcePosition(text)
        var inner = min(offset, text.count)
        while let body = position.enclosingBrace(before: inner) {
            inner = body
            let close = position.skipSpaceBack(body - 1)
            guard close >= 0, text[close] == UInt8(ascii: ")"), let open = position.openBracket(of: close)
            else { continue }
            let last = position.skipSpaceBack(open - 1)
            guard last >= 0, position.isWord("constructor", at: position.identifierStart(last)) else {
                continue
            }
            return position.enclosingBrace(before: last).map { position.isHead(of: name, before: $0) }
                ?? false
        }
        return false
    }

    /// The bracket of any kind that is open at `offset`.
    func enclosingBracket(before offset: Int) -> Int? {
        var depth = 0
        var index = offset - 1
        while index >= 0 {
            switch text[index] {
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth += 1
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                if depth == 0 { return index }
                depth -= 1
            default: break
            }
            index -= 1
        }
        return nil
    }

    /// The brace that is open at `offset`.
    private func enclosingBrace(before offset: Int) -> Int? {
        var depth = 0
        var index = offset - 1
        while index >= 0 {
            if text[index] == UInt8(ascii: "}") { depth += 1 }
            if text[index] == UInt8(ascii: "{") {
                if depth == 0 { return index }
                depth -= 1
            }
            index -= 1
        }
        return nil
    }

    /// Whether `class NAME …` or `NAME = class …` stands before a brace.
    private func isHead(of name: String, before brace: Int) -> Bool {
        var index = brace - 1
        var following: Int?
        while index >= 0, text[index] != UInt8(ascii: ";"), text[index] != UInt8(ascii: "}") {
            guard isIdentifier(text[index]) else {
                index -= 1
                continue
            }
            let start = identifierStart(index)
            if isWord("class", at: start) {
                if let following, isWord(name, at: following) { return true }
                let equals = skipSpaceBack(start - 1)
                guard equals >= 0, text[equals] == UInt8(ascii: "=") else { return false }
                let last = skipSpaceBack(equals - 1)
                return last >= 0 && isWord(name, at: identifierStart(last))
            }
            following = start
            index = start - 1
        }
        return false
    }

    // MARK: - return

    /// The parenthesis of the call whose value is returned: the engine points at `return` then.
    private func lastCall(from start: Int) -> Int? {
        var index = start
        while let call = callAtEnd(from: index) {
            guard isGrouping(call) else { return call }
            // `return (…)`: the call is inside.
            index = call + 1
        }
        return nil
    }

    /// The opening parenthesis that belongs to the last character of the expression; nil when it is no
    /// parenthesis.
    private func callAtEnd(from start: Int) -> Int? {
        var open: [Int] = []
        var lastOpen: Int?
        var index = start
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(index)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard let opening = open.popLast() else { return lastOpen }
                if open.isEmpty { lastOpen = byte == UInt8(ascii: ")") ? opening : nil }
            case UInt8(ascii: ";"): if open.isEmpty { return lastOpen }
            case UInt8(ascii: "\n"):
                if open.isEmpty, lastOpen != nil, !continues(index + 1) { return lastOpen }
            case 32, 9, 13: break
            default:
                let end = skipToken(index)
                if open.isEmpty, end.isSignificant { lastOpen = nil }
                index = end.index
                continue
            }
            index += 1
        }
        return open.isEmpty ? lastOpen : nil
    }

    /// Whether a parenthesis groups rather than calls.
    private func isGrouping(_ paren: Int) -> Bool {
        let last = skipSpaceBack(paren - 1)
        guard last >= 0 else { return true }
        let byte = text[last]
        if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
            return false
        }
        if byte == UInt8(ascii: ".") { return false }
        guard isIdentifier(byte) else { return true }
        let word = identifierStart(last)
        return ["return", "await", "typeof", "void", "in", "of"].contains { isWord($0, at: word) }
    }

    /// Whether the expression goes on in the next line.
    private func continues(_ start: Int) -> Bool {
        let index = skipSpace(start)
        guard index < text.count else { return false }
        return ".([?:+-*/%&|^<>=,`".utf8.contains(text[index])
    }

    /// The end of a token other than a bracket: strings, templates, comments and regular expressions are one.
    private func skipToken(_ start: Int) -> (index: Int, isSignificant: Bool) {
        let byte = text[start]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return (quotedEnd(start, byte), true)
        case UInt8(ascii: "/"):
            if self.byte(start + 1) == UInt8(ascii: "/") || self.byte(start + 1) == UInt8(ascii: "*") {
                return (commentEnd(start), false)
            }
            return (isDivision(start) ? start + 1 : quotedEnd(start, byte), true)
        default: return (isIdentifier(byte) ? identifierEnd(start) : start + 1, true)
        }
    }

    private func isDivision(_ slash: Int) -> Bool {
        let last = skipSpaceBack(slash - 1)
        guard last >= 0 else { return false }
        return isIdentifier(text[last]) || text[last] == UInt8(ascii: ")") || text[last] == UInt8(ascii: "]")
    }

    private func quotedEnd(_ start: Int, _ quote: UInt8) -> Int {
        var index = start + 1
        var depth = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if quote == UInt8(ascii: "`"), byte == UInt8(ascii: "$"),
                self.byte(index + 1) == UInt8(ascii: "{")
            {
                depth += 1
                index += 1
            } else if depth > 0, byte == UInt8(ascii: "}") {
                depth -= 1
            } else if depth == 0, byte == quote || byte == UInt8(ascii: "\n") && quote != UInt8(ascii: "`") {
                return index + 1
            }
            index += 1
        }
        return text.count
    }

    private func commentEnd(_ start: Int) -> Int {
        let isLine = byte(start + 1) == UInt8(ascii: "/")
        var index = start + 2
        while index < text.count {
            if isLine, text[index] == UInt8(ascii: "\n") { return index }
            if !isLine, text[index] == UInt8(ascii: "*"), byte(index + 1) == UInt8(ascii: "/") {
                return index + 2
            }
            index += 1
        }
        return text.count
    }

    // MARK: - characters

    private func byte(_ index: Int) -> UInt8 { index < text.count ? text[index] : 0 }

    func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "$"), 128...255: true
        default: false
        }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private func skipSpace(_ start: Int) -> Int {
        var index = start
        while index < text.count, isSpace(text[index]) { index += 1 }
        return index
    }

    func skipSpaceBack(_ start: Int) -> Int {
        var index = start
        while index >= 0, isSpace(text[index]) { index -= 1 }
        return index
    }

    private func identifierEnd(_ start: Int) -> Int {
        var index = text[start] == UInt8(ascii: "#") ? start + 1 : start
        while index < text.count, isIdentifier(text[index]) { index += 1 }
        return index
    }

    func identifierStart(_ last: Int) -> Int {
        var index = last
        while index > 0, isIdentifier(text[index - 1]) { index -= 1 }
        return index
    }

    func isWord(_ word: String, at start: Int) -> Bool {
        let end = start + word.utf8.count
        guard start >= 0, end <= text.count, text[start..<end].elementsEqual(word.utf8) else { return false }
        return (start == 0 || !isIdentifier(text[start - 1]))
            && (end == text.count || !isIdentifier(text[end]))
    }

    /// The bracket that a closing one belongs to, on a plain walk back: good enough where a call's text is
    /// short.
    func openBracket(of close: Int) -> Int? {
        var depth = 0
        var index = close
        while index >= 0 {
            switch text[index] {
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth += 1
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index -= 1
        }
        return nil
    }
}
