// A declaration on a module's outermost level that does nothing but give a function or a class a name: where
// it ends, and what of it names other things. Whatever could do more is none. Pure; called by ModuleOutline.

struct ModuleDeclaration {
    /// The token of its name.
    private(set) var name: Int?
    /// Tokens that may name other things.
    private(set) var body: Range<Int>
    /// The token behind it.
    private(set) var end: Int
    /// The name has its value before anything of the module runs.
    private(set) var isHoisted = false

    /// nil when the token begins no such declaration.
    /// - Parameter mayBeNameless: as behind `export default`.
    init?(_ tokens: ModuleTokens, at start: Int, mayBeNameless: Bool = false) {
        (body, end) = (0..<0, 0)
        if let function = Self.function(tokens, start) {
            (name, body, end) = function
            isHoisted = true
        } else if tokens.is(start, "class") {
            name = tokens.is(start + 1, "{") ? nil : start + 1
            let brace = name == nil ? start + 1 : start + 2
            guard name.map(tokens.isWord) ?? true, tokens.is(brace, "{"), Self.hasMethodsOnly(tokens, brace)
            else { return nil }
            end = tokens.after(brace)
            body = brace..<end
        } else if ["const", "let", "var"].contains(where: { tokens.is(start, $0) }), tokens.isWord(start + 1),
            tokens.is(start + 2, "="), let valueEnd = Self.endOfValue(tokens, start + 3)
        {
            name = start + 1
            end = valueEnd
            body = (start + 3)..<end
        } else {
            return nil
        }
        if name == nil, !mayBeNameless { return nil }
    }

    /// `function`, with `async` and a star, from its first word to its last brace.
    private static func function(_ tokens: ModuleTokens, _ start: Int) -> (
        name: Int?, body: Range<Int>, end: Int
    )? {
        var index = start
        if tokens.is(index, "async"), tokens.is(index + 1, "function"), !tokens.all[index + 1].isAfterBreak {
            index += 1
        }
        guard tokens.is(index, "function") else { return nil }
        index += tokens.is(index + 1, "*") ? 2 : 1
        let name = tokens.isWord(index) ? index : nil
        if name != nil { index += 1 }
        guard tokens.is(index, "(") else { return nil }
        let brace = tokens.after(index)
        guard tokens.is(brace, "{") else { return nil }
        let end = tokens.after(brace)
        return (name, index..<end, end)
    }

    /// Neither fields nor blocks nor names that are computed, all of which is code that runs at once.
    private static func hasMethodsOnly(_ tokens: ModuleTokens, _ brace: Int) -> Bool {
        let end = tokens.after(brace) - 1
        var index = brace + 1
        while index < end {
            if tokens.is(index, ";") {
                index += 1
                continue
            }
            let first = index
            while isMemberName(tokens, index) { index += 1 }
            guard index > first, tokens.is(index, "(") else { return false }
            index = tokens.after(index)
            guard tokens.is(index, "{") else { return false }
            index = tokens.after(index)
        }
        return true
    }

    /// What may stand before the parenthesis of a method.
    private static func isMemberName(_ tokens: ModuleTokens, _ index: Int) -> Bool {
        switch tokens.all[index].kind {
        case .word, .text, .number, .privateName: true
        case .mark: tokens.is(index, "*")
        case .template, .pattern: false
        }
    }

    /// Of a variable's function, and of the declaration with it: the token behind it. nil when the value may
    /// be something else, or go on.
    private static func endOfValue(_ tokens: ModuleTokens, _ start: Int) -> Int? {
        if let function = function(tokens, start) { return endBehindBrace(tokens, function.end) }
        var index = start
        if tokens.is(index, "async"), !tokens.is(index + 1, "=>") {
            index += 1
            guard tokens.all.indices.contains(index), !tokens.all[index].isAfterBreak else { return nil }
        }
        guard tokens.isWord(index) || tokens.is(index, "(") else { return nil }
        index = tokens.after(index)
        guard tokens.is(index, "=>") else { return nil }
        index += 1
        if tokens.is(index, "{") { return endBehindBrace(tokens, tokens.after(index)) }
        return endOfExpression(tokens, index)
    }

    /// Behind a function's last brace: a semicolon, or a word in another line, which cannot belong to it.
    private static func endBehindBrace(_ tokens: ModuleTokens, _ index: Int) -> Int? {
        if index == tokens.all.count { return index }
        if tokens.is(index, ";") { return index + 1 }
        let goesOn = tokens.is(index, "in") || tokens.is(index, "instanceof")
        return tokens.isWord(index) && tokens.all[index].isAfterBreak && !goesOn ? index : nil
    }

    /// Up to the semicolon, as long as no line ends where the statement could.
    private static func endOfExpression(_ tokens: ModuleTokens, _ start: Int) -> Int? {
        var index = start
        while index < tokens.all.count {
            if tokens.is(index, ";") { return index + 1 }
            if tokens.is(index, ",") { return nil }
            if index > start, tokens.all[index].isAfterBreak, tokens.endsValue(index - 1) != false,
                !goesOn.contains(where: { tokens.is(index, $0) })
            {
                return nil
            }
            index = tokens.after(index)
        }
        return index
    }

    /// What begins no statement.
    private static let goesOn: [StaticString] = [".", "?.", "?", ":", "&", "|"]
}
