// Which part of a class a position lies in, where that is code k6 has a name for: initialisers of fields, and
// of the class itself. The engine's frames of them have none. A function of the text around the position, in
// the manner of SourcePosition. Pure. Called by ErrorText.

struct ClassMember: Equatable {
    enum Kind {
        /// An initialiser of a field: runs when an object is made.
        case field
        /// One of a static field: runs when the class is.
        case staticField
        /// The code of a static block, which is called by the class's initialiser.
        case staticBlock
    }

    var kind: Kind
    /// Where the member begins.
    var start: Int
    /// Where the class begins.
    var classStart: Int

    /// - Returns: nil for a position in a function of its own, or in no class.
    static func find(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> ClassMember? {
        guard offset >= 0, offset < text.count else { return nil }
        let position = SourcePosition(text)
        var inner = offset
        var block: Int?
        while let open = position.enclosingBracket(before: inner) {
            inner = open
            if text[open] != UInt8(ascii: "{") { continue }
            switch BraceKind(position, text, open) {
            case .function: return nil
            case .other: continue
            case .staticBlock(let start):
                if block != nil || isInArrow(text, from: open + 1, to: offset) { return nil }
                block = start
            case .classBody(let classStart):
                if let block {
                    return ClassMember(kind: .staticBlock, start: block, classStart: classStart)
                }
                guard let member = member(text, from: open + 1, to: offset),
                    !isInArrow(text, from: member.start, to: offset)
                else { return nil }
                return ClassMember(
                    kind: member.isStatic ? .staticField : .field, start: member.start,
                    classStart: classStart)
            }
        }
        return nil
    }

    /// What stands in a brace's pair.
    private enum BraceKind {
        case function
        case staticBlock(Int)
        case classBody(Int)
        /// An object, or a statement's block.
        case other

        init(_ position: SourcePosition, _ text: UnsafeBufferPointer<UInt8>, _ open: Int) {
            self = .other
            let last = position.skipSpaceBack(open - 1)
            if last < 0 { return }
            switch text[last] {
            case UInt8(ascii: ">"): if last > 0, text[last - 1] == UInt8(ascii: "=") { self = .function }
            case UInt8(ascii: ")"):
                if let start = BraceKind.classHead(position, text, open) {
                    self = .classBody(start)
                    return
                }
                guard let paren = position.openBracket(of: last) else { return }
                let word = position.skipSpaceBack(paren - 1)
                let statements = ["if", "for", "while", "switch", "catch", "with", "await"]
                let isStatement =
                    word >= 0
                    && statements.contains { position.isWord($0, at: position.identifierStart(word)) }
                if !isStatement { self = .function }
            default:
                guard position.isIdentifier(text[last]) else { return }
                let start = position.identifierStart(last)
                if position.isWord("static", at: start) {
                    self = .staticBlock(start)
                } else if let start = BraceKind.classHead(position, text, open) {
                    self = .classBody(start)
                }
            }
        }

        /// Where `class`, `class NAME` or `class NAME extends …` begins that ends at a brace.
        private static func classHead(
            _ position: SourcePosition, _ text: UnsafeBufferPointer<UInt8>, _ brace: Int
        ) -> Int? {
            var index = position.skipSpaceBack(brace - 1)
            while index >= 0 {
                switch text[index] {
                case UInt8(ascii: ")"), UInt8(ascii: "]"):
                    guard let open = position.openBracket(of: index) else { return nil }
                    index = position.skipSpaceBack(open - 1)
                case UInt8(ascii: "."): index = position.skipSpaceBack(index - 1)
                default:
                    guard position.isIdentifier(text[index]) else { return nil }
                    let start = position.identifierStart(index)
                    if position.isWord("class", at: start) { return start }
                    if position.isWord("function", at: start) { return nil }
                    index = position.skipSpaceBack(start - 1)
                }
            }
            return nil
        }
    }

    /// The member of a class's body that `end` lies in.
    private static func member(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> (
        start: Int, isStatic: Bool
    )? {
        var tokens = SourceTokens(UnsafeBufferPointer(rebasing: text[start...]))
        var found: (start: Int, isStatic: Bool)?
        var depth = 0
        var previous: SourceTokens.Token?
        while let token = tokens.next(), token.range.lowerBound + start <= end {
            let isFirst =
                previous.map { startsMember(text, tokens, $0, token, start) } ?? true
            if depth == 0, isFirst, !tokens.is(token, ";") {
                found = (start + token.range.lowerBound, tokens.is(token, "static"))
            }
            depth += change(tokens, token)
            previous = token
        }
        return found
    }

    /// Whether a token can be a member's first: behind a semicolon or a body, or in a line of its own that
    /// continues nothing.
    private static func startsMember(
        _ text: UnsafeBufferPointer<UInt8>, _ tokens: SourceTokens, _ previous: SourceTokens.Token,
        _ token: SourceTokens.Token, _ base: Int
    ) -> Bool {
        if tokens.is(previous, ";") || tokens.is(previous, "}") { return true }
        let between = text[(base + previous.range.upperBound)..<(base + token.range.lowerBound)]
        guard between.contains(UInt8(ascii: "\n")), token.kind != .mark || tokens.is(token, "#") else {
            return false
        }
        return previous.kind != .mark || tokens.is(previous, ")") || tokens.is(previous, "]")
    }

    private static func change(_ tokens: SourceTokens, _ token: SourceTokens.Token) -> Int {
        if tokens.is(token, "(") || tokens.is(token, "[") || tokens.is(token, "{") { return 1 }
        if tokens.is(token, ")") || tokens.is(token, "]") || tokens.is(token, "}") { return -1 }
        return 0
    }

    /// Whether `end` lies in an arrow function whose body is an expression: its frame is its own.
    private static func isInArrow(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        var tokens = SourceTokens(UnsafeBufferPointer(rebasing: text[start...]))
        /// Depths of brackets in which arrow functions began.
        var arrows: [Int] = []
        var depth = 0
        var previous: SourceTokens.Token?
        while let token = tokens.next(), token.range.lowerBound + start <= end {
            let isArrow =
                tokens.is(token, ">") && tokens.is(previous, "=")
                && previous!.range.upperBound == token.range.lowerBound
            if isArrow { arrows.append(depth) }
            depth += change(tokens, token)
            let isEnd = tokens.is(token, ",") || tokens.is(token, ";")
            while let last = arrows.last, depth < last || isEnd && depth == last { arrows.removeLast() }
            previous = token
        }
        return !arrows.isEmpty
    }
}
