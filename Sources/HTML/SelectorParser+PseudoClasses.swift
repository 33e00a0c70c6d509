// Reads what follows a colon in a selector: pseudo-classes with and without arguments. Names are compared
// without case. Pseudo-elements are refused.

extension SelectorParser {
    private static let plain: [String: Condition] = [
        "empty": .empty, "root": .root, "input": .input, "enabled": .enabled, "disabled": .disabled,
        "checked": .checked, "link": .link,
        "hover": .never, "active": .never, "focus": .never, "visited": .never, "target": .never,
        "only-child": .onlyChild(ofType: false), "only-of-type": .onlyChild(ofType: true),
        "first-child": .nth(NthTest(step: 0, offset: 1, fromEnd: false, ofType: false)),
        "last-child": .nth(NthTest(step: 0, offset: 1, fromEnd: true, ofType: false)),
        "first-of-type": .nth(NthTest(step: 0, offset: 1, fromEnd: false, ofType: true)),
        "last-of-type": .nth(NthTest(step: 0, offset: 1, fromEnd: true, ofType: true)),
    ]

    /// Behind the colon.
    mutating func pseudoClass() -> Condition? {
        guard let word = identifier() else { return nil }
        let name = Self.lowercased(word)
        if let condition = Self.plain[name] { return condition }
        guard take("(") else { return nil }
        switch name {
        case "not", "has", "haschild":
            guard let group = group(), take(")") else { return nil }
            let selector = Selector(alternatives: group)
            return name == "not" ? .not(selector) : .has(selector, onlyChildren: name == "haschild")
        case "contains", "containsown":
            guard let text = textArgument() else { return nil }
            return .contains(text.lowercased(), onlyOwn: name == "containsown")
        case "matches", "matchesown":
            guard let pattern = pattern(), take(")") else { return nil }
            return .matches(pattern, onlyOwn: name == "matchesown")
        case "nth-child": return nth(fromEnd: false, ofType: false)
        case "nth-last-child": return nth(fromEnd: true, ofType: false)
        case "nth-of-type": return nth(fromEnd: false, ofType: true)
        case "nth-last-of-type": return nth(fromEnd: true, ofType: true)
        case "lang":
            skipSpace()
            guard let language = identifier() else { return nil }
            skipSpace()
            return take(")") ? .lang(Self.lowercased(language)) : nil
        default: return nil
        }
    }

    /// Quoted, or one word.
    private mutating func textArgument() -> String? {
        skipSpace()
        let isQuoted = peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'")
        guard let text = isQuoted ? quoted() : identifier() else { return nil }
        skipSpace()
        return take(")") ? text : nil
    }

    private mutating func nth(fromEnd: Bool, ofType: Bool) -> Condition? {
        skipSpace()
        guard let (step, offset) = steps() else { return nil }
        skipSpace()
        guard take(")") else { return nil }
        return .nth(NthTest(step: step, offset: offset, fromEnd: fromEnd, ofType: ofType))
    }

    /// `odd`, `even`, `b`, `an` or `an+b`, with spaces around the inner sign only.
    private mutating func steps() -> (Int, Int)? {
        if word("odd") { return (2, 1) }
        if word("even") { return (2, 0) }
        var sign = 1
        if take("-") { sign = -1 } else { _ = take("+") }
        let hasNumber = peek.map { (48...57).contains($0) } ?? false
        var number = 1
        if hasNumber {
            guard let read = integer() else { return nil }
            number = read
        }
        guard take("n") || take("N") else { return hasNumber ? (0, sign * number) : nil }
        let step = sign * number
        skipSpace()
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return (step, 0)
        }
        skipSpace()
        guard let offset = integer() else { return nil }
        return (step, sign * offset)
    }

    private mutating func word(_ word: String) -> Bool {
        let end = at + word.utf8.count
        guard end <= bytes.count, bytes[at..<end].map({ $0 | 32 }) == Array(word.utf8) else { return false }
        at = end
        return true
    }

    private mutating func integer() -> Int? {
        let start = at
        while let byte = peek, (48...57).contains(byte) { at += 1 }
        return Int(String(decoding: bytes[start..<at], as: UTF8.self))
    }
}
