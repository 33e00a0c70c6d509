// `error.stack` in scripts has k6's shape, not the engine's. The engine puts its own text on every error it
// makes and offers no way in, so that asking something for its `stack` is compiled as a call of a host
// function with it: `e.stack` becomes `ſ(e)` and spaces, so that what follows stays where it is. Called by
// VM+Compile; the function is made by VM+Stack in VUs whose modules call it. Pure.

import Glibc

/// A place where a module's text was rewritten. Lines and columns count from 1, in characters of the source.
struct StackRead: Equatable, Sendable {
    /// Where the expression begins that is asked for its stack.
    var line: Int
    var column: Int
    /// Where it ends; beyond everything when that is on another line.
    var endColumn: Int
    /// Where `stack` stands.
    var nameLine: Int
    var nameColumn: Int

    /// What stands before the expression in the rewritten text: the function's name and a parenthesis.
    fileprivate static let addedColumns = 2

    /// A place in the rewritten text as one in the source. - Returns: also whether it is one of the calls
    /// themselves.
    static func source(_ reads: [StackRead], line: Int, column: Int) -> (line: Int, column: Int, isRead: Bool)
    {
        var column = column
        for read in reads where read.line == line && column >= read.column {
            if column < read.column + addedColumns { return (read.nameLine, read.nameColumn, true) }
            if column - addedColumns < read.endColumn { column -= addedColumns }
        }
        return (line, column, false)
    }

    /// The first read that begins at or behind a place of the source.
    static func next(_ reads: [StackRead], line: Int, column: Int) -> StackRead? {
        reads.first { ($0.line, $0.column) >= (line, column) }
    }
}

struct StackReads {
    /// What the function is called.
    static let function = "\u{17F}"
    /// What `stack` is called where `?.` stands before it: a property that every object inherits.
    static let property = "\u{17F}tack"

    private(set) var text: [UInt8]
    let leavesPatterns: Bool
    /// In the order in which they begin, outer ones first.
    private(set) var reads: [StackRead] = []

    /// nil when the text asks nothing for its stack.
    /// - Parameter leavesPatterns: what could be assigned to by a pattern (`[e.stack] = …`), which no call
    ///   can, stays as it is.
    init?(_ source: [UInt8], leavesPatterns: Bool = false) {
        let found: [StackReadFinder.Found] = source.withUnsafeBufferPointer { text in
            guard StackReads.contains(text) else { return [] }
            var finder = StackReadFinder(text, leavesPatterns)
            return finder.find()
        }
        if found.isEmpty { return nil }
        self.leavesPatterns = leavesPatterns
        text = StackReads.rewritten(source, found)
        let order = found.filter { !$0.isOptional }.sorted {
            ($0.owner.lowerBound, $1.owner.upperBound) < ($1.owner.lowerBound, $0.owner.upperBound)
        }
        reads = source.withUnsafeBufferPointer { text in StackReads.reads(text, order) }
    }

    private static let name: StaticString = "stack"

    /// Whether ".stack" is anywhere: nearly no script has it.
    private static func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = name.utf8CodeUnitCount
        guard let base = UnsafeRawPointer(text.baseAddress) else { return false }
        var start = 0
        while start < text.count, let dot = memchr(base + start, Int32(UInt8(ascii: ".")), text.count - start)
        {
            start = UnsafeRawPointer(dot) - base + 1
            while start < text.count, text[start] <= 32 { start += 1 }
            if text.count - start >= count, memcmp(base + start, name.utf8Start, count) == 0 { return true }
        }
        return false
    }

    /// - Parameter found: in the order in which they begin.
    private static func reads(_ text: UnsafeBufferPointer<UInt8>, _ found: [StackReadFinder.Found])
        -> [StackRead]
    {
        var start = Place(offset: 0, line: 1, column: 1)
        return found.map { found in
            start.advance(text, to: found.owner.lowerBound)
            var end = start
            end.advance(text, to: found.owner.upperBound)
            var name = end
            name.advance(text, to: found.name)
            return StackRead(
                line: start.line, column: start.column,
                endColumn: end.line == start.line ? end.column : .max, nameLine: name.line,
                nameColumn: name.column)
        }
    }

    private struct Place {
        var offset: Int
        var line: Int
        var column: Int

        mutating func advance(_ text: UnsafeBufferPointer<UInt8>, to target: Int) {
            while offset < target {
                if text[offset] == UInt8(ascii: "\n") {
                    (line, column) = (line + 1, 1)
                } else if offset + 1 == text.count || text[offset + 1] & 0xC0 != 0x80 {
                    // Bytes that continue a character count nothing.
                    column += 1
                }
                offset += 1
            }
        }
    }

    // MARK: - rewriting

    private static func rewritten(_ source: [UInt8], _ found: [StackReadFinder.Found]) -> [UInt8] {
        // What is put in at an offset, and how many bytes of the source it takes the place of.
        var edits: [(offset: Int, taken: Int, text: [UInt8])] = []
        for place in found {
            let end = place.name + name.utf8CodeUnitCount
            if place.isOptional {
                edits.append((place.name, end - place.name, Array(property.utf8)))
                continue
            }
            edits.append((place.owner.lowerBound, 0, Array((function + "(").utf8)))
            edits.append((place.owner.upperBound, end - place.owner.upperBound, closing(source, place, end)))
        }
        var text: [UInt8] = []
        text.reserveCapacity(source.count + found.count * 3)
        var copied = 0
        // Of two that begin at the same place it does not matter which is first.
        for edit in edits.enumerated().sorted(by: { ($0.1.offset, $0.0) < ($1.1.offset, $1.0) }).map(
            \.element)
        {
            text += source[copied..<edit.offset]
            text += edit.text
            copied = edit.offset + edit.taken
        }
        return text + source[copied...]
    }

    /// The parenthesis, and as many spaces that what follows keeps its line and column.
    private static func closing(_ source: [UInt8], _ place: StackReadFinder.Found, _ end: Int) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        var gap = source[place.owner.upperBound..<end].map { $0 == newline ? newline : UInt8(ascii: " ") }
        if !gap.contains(newline) {
            let isOneLine = !source[place.owner].contains(newline)
            gap.removeLast(isOneLine ? StackRead.addedColumns + 1 : 1)
        }
        return [UInt8(ascii: ")")] + gap
    }
}

/// Finds what is asked for its stack, with the whole expression before the dot.
private struct StackReadFinder {
    struct Found {
        /// The expression.
        var owner: Range<Int>
        /// Of `stack`.
        var name: Int
        /// `?.` stands in the expression or behind it: it may end early.
        var isOptional: Bool
    }

    /// The expression of names, dots, calls and indices that ends at the latest token.
    private struct Chain {
        var start: Int
        var end: Int
        var isOptional = false
        /// `new` without its arguments so far.
        var isUnfinished = false
        /// It is deleted, counted up or down, or made by a `new` of its own.
        var isOperand: Bool
    }

    private struct Bracket {
        var open: Int
        /// What is called or indexed.
        var chain: Chain?
        /// What the brackets hold is a value.
        var isValue: Bool
        var isDeleted: Bool
        var isNew: Bool
        var newStart: Int?
    }

    private let text: UnsafeBufferPointer<UInt8>
    private let leavesPatterns: Bool
    private var tokens: SourceTokens
    private var found: [Found] = []
    private var chain: Chain?
    private var brackets: [Bracket] = []
    /// The latest two tokens.
    private var previous: SourceTokens.Token?
    private var before: SourceTokens.Token?
    /// Of the first of a row of `new`.
    private var newStart: Int?
    /// The sign of a private member was just read.
    private var isPrivate = false

    init(_ text: UnsafeBufferPointer<UInt8>, _ leavesPatterns: Bool) {
        self.text = text
        self.leavesPatterns = leavesPatterns
        tokens = SourceTokens(text)
    }

    mutating func find() -> [Found] {
        while let token = tokens.next() { take(token) }
        return found
    }

    private mutating func take(_ token: SourceTokens.Token) {
        if let known = chain, !isAdjacent(known, token) { chain = nil }
        switch token.kind {
        case .word: takeWord(token)
        case .text:
            chain = Chain(start: token.range.lowerBound, end: token.range.upperBound, isOperand: false)
        case .mark: if !takeMark(token) { return }
        }
        (before, previous) = (previous, token)
    }

    /// Whether nothing but space lies between an expression and a token.
    private func isAdjacent(_ chain: Chain, _ token: SourceTokens.Token) -> Bool {
        text[chain.end..<token.range.lowerBound].allSatisfy { $0 <= 32 }
    }

    private mutating func takeWord(_ token: SourceTokens.Token) {
        // Three dots are no access.
        if tokens.is(previous, "."), !tokens.is(before, ".") {
            if tokens.is(token, "stack"), !isPrivate { note(token) }
            isPrivate = false
            chain?.end = token.range.upperBound
            return
        }
        if tokens.is(token, "new") {
            if !tokens.is(previous, "new") { newStart = token.range.lowerBound }
            chain = nil
            return
        }
        if Self.keywords.contains(where: { tokens.is(token, $0) }) {
            chain = nil
            return
        }
        chain = begin(at: token.range.lowerBound, end: token.range.upperBound)
    }

    /// Words that are no value.
    private static let keywords: [StaticString] = [
        "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
        "do", "else", "export", "extends", "finally", "for", "function", "if", "import", "in", "instanceof",
        "let", "of", "return", "static", "super", "switch", "throw", "try", "typeof", "var", "void", "while",
        "with", "yield",
    ]

    /// An expression that begins after the latest token.
    private func begin(at start: Int, end: Int) -> Chain {
        let isNew = tokens.is(previous, "new")
        return Chain(
            start: isNew ? newStart ?? start : start, end: end, isUnfinished: isNew,
            isOperand: tokens.is(previous, "delete") || isCounting)
    }

    /// Whether the latest two tokens are `++` or `--`.
    private var isCounting: Bool {
        guard let previous, let before, before.range.upperBound == previous.range.lowerBound else {
            return false
        }
        return tokens.is(previous, "+") && tokens.is(before, "+")
            || tokens.is(previous, "-") && tokens.is(before, "-")
    }

    /// - Returns: false for a mark that is to be overlooked.
    private mutating func takeMark(_ token: SourceTokens.Token) -> Bool {
        switch text[token.range.lowerBound] {
        case UInt8(ascii: "."):
            if tokens.is(previous, "?") { chain?.isOptional = true }
            chain?.end = token.range.upperBound
        case UInt8(ascii: "?"):
            // `?.` continues an expression; any other ends it, which the next token shows.
            guard token.range.upperBound < text.count, text[token.range.upperBound] == UInt8(ascii: ".")
            else {
                chain = nil
                break
            }
            chain?.end = token.range.upperBound
        case UInt8(ascii: "#"):
            // The name of a private member.
            if tokens.is(previous, ".") {
                chain?.end = token.range.upperBound
                isPrivate = true
                return false
            }
            chain = nil
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open(token)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): close(token)
        default: chain = nil
        }
        return true
    }

    private mutating func open(_ token: SourceTokens.Token) {
        let isBrace = tokens.is(token, "{")
        let heads: [StaticString] = [
            "if", "while", "for", "with", "switch", "catch", "await", "import", "super",
        ]
        brackets.append(
            Bracket(
                open: token.range.lowerBound, chain: isBrace ? nil : chain,
                isValue: !isBrace && !heads.contains { tokens.is(previous, $0) },
                isDeleted: tokens.is(previous, "delete"), isNew: tokens.is(previous, "new"),
                newStart: newStart))
        chain = nil
    }

    private mutating func close(_ token: SourceTokens.Token) {
        chain = nil
        guard let bracket = brackets.popLast(), bracket.isValue else { return }
        let end = token.range.upperBound
        if var called = bracket.chain {
            called.end = end
            if tokens.is(token, ")") { called.isUnfinished = false }
            chain = called
        } else {
            chain = Chain(
                start: bracket.isNew ? bracket.newStart ?? bracket.open : bracket.open, end: end,
                isUnfinished: bracket.isNew, isOperand: bracket.isDeleted)
        }
    }

    private mutating func note(_ token: SourceTokens.Token) {
        guard let chain, !chain.isUnfinished, !chain.isOperand, let dot = previous,
            brackets.last?.isDeleted != true, !isTarget(token.range.upperBound),
            // In `return(e).stack` there is no room for a name.
            chain.start == 0 || !SourceTokens.isWord(text[chain.start - 1])
        else { return }
        // The dot, or the two marks of `?.`.
        var end = tokens.is(before, "?") ? before!.range.lowerBound : dot.range.lowerBound
        while end > chain.start, text[end - 1] <= 32 { end -= 1 }
        found.append(
            Found(owner: chain.start..<end, name: token.range.lowerBound, isOptional: chain.isOptional))
    }

    /// Whether what follows assigns to the property, counts it up or down, or calls it.
    private func isTarget(_ start: Int) -> Bool {
        var index = start
        while index < text.count, text[index] <= 32 { index += 1 }
        let rest = text[min(index, text.count)..<min(index + 4, text.count)]
        func starts(_ words: String...) -> Bool { words.contains { rest.starts(with: $0.utf8) } }
        if starts("==", "=>") { return false }
        if leavesPatterns, starts("]", "}", ",", "of", "in") { return true }
        if starts("(", "`", "++", "--", "=", "**=", "<<=", ">>=", ">>>=", "&&=", "||=", "??=") { return true }
        return ["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="].contains { starts($0) }
    }
}
