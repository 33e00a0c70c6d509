// `error.stack` in scripts has k6's shape, not the engine's. The engine puts its own text on every error it
// makes and offers no way in, so that using the property of what looks like an error is compiled as using
// another one, of as many characters: positions stay what they are. Called by VM+Compile; the property itself
// is made by VM+Stack in VUs whose modules use it.

import Glibc

enum StackReads {
    /// What `stack` is called in compiled modules.
    static let property = "\u{17F}tack"
    private static let name: StaticString = "stack"

    /// The text with every such use renamed; nil when there is none.
    static func renamed(_ source: [UInt8]) -> [UInt8]? {
        let places = source.withUnsafeBufferPointer { text in
            contains(text) ? find(text) : []
        }
        if places.isEmpty { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(source.count + places.count)
        var copied = 0
        for place in places {
            result += source[copied..<place]
            result += property.utf8
            copied = place + name.utf8CodeUnitCount
        }
        return result + source[copied...]
    }

    /// Whether ".stack" is anywhere: nearly no script has it.
    private static func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = name.utf8CodeUnitCount
        guard let base = UnsafeRawPointer(text.baseAddress) else { return false }
        var start = 0
        while text.count - start > count,
            let dot = memchr(base + start, Int32(UInt8(ascii: ".")), text.count - start - count)
        {
            if memcmp(dot + 1, name.utf8Start, count) == 0 { return true }
            start = UnsafeRawPointer(dot) - base + 1
        }
        return false
    }

    private static func find(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
        var tokens = SourceTokens(text)
        var places: [Int] = []
        // The latest three tokens: `error`, `.` and what stands before them.
        var (before, owner, dot): (SourceTokens.Token?, SourceTokens.Token?, SourceTokens.Token?)
        while let token = tokens.next() {
            if tokens.is(token, name), tokens.is(dot, "."), let owner, !tokens.is(before, "delete"),
                isError(tokens, owner)
            {
                places.append(token.range.lowerBound)
            }
            // `?.` is read as two marks.
            if !tokens.is(token, "?") { (before, owner, dot) = (owner, dot, token) }
        }
        return places
    }

    /// Whether a name is one that people give to errors; a parenthesis closes `new Error()`, or says nothing.
    private static func isError(_ tokens: SourceTokens, _ owner: SourceTokens.Token) -> Bool {
        if tokens.is(owner, ")") { return true }
        guard owner.kind == .word else { return false }
        let text = tokens.string(owner).lowercased()
        return text == "e" || text == "ex" || text == "cause" || text == "reason"
            || ["err", "exception", "failure"].contains { text.range(of: $0) != nil }
    }
}
