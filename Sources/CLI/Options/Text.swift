// Small readers of option texts: booleans, whole numbers, comma lists, spelling help. Pure; used by the flag
// parser and by every option binding.

/// Why a text is not a value. The reader of the layer (flag, environment, file) adds where it stood and the
/// exit code.
public struct TextError: Error, Hashable, Sendable {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
}

public enum Text {
    /// Go's boolean words; nil for anything else. Flags and the settings that are not test options use them.
    public static func parseBool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// A whole number as flags take it: a sign, then decimal, or 0x, 0o, 0b, leading-zero octal; `_` between
    /// digits.
    public static func parseInt(flag text: String) -> Int64? {
        let negative = text.hasPrefix("-")
        var digits = negative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        var radix = 10
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2), ("0X", 16), ("0O", 8), ("0B", 2)]
        where digits.hasPrefix(prefix) {
            radix = base
            digits.removeFirst(2)
        }
        if radix == 10 && digits.count > 1 && digits.hasPrefix("0") { radix = 8 }
        if digits.hasPrefix("_") || digits.hasSuffix("_") || digits.contains("__") { return nil }
        digits.removeAll { $0 == "_" }
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        return Int64((negative ? "-" : "") + digits, radix: radix)
    }

    /// A whole decimal number, as the environment and JSON strings give it.
    public static func parseInt(decimal text: String) -> Int64? { Int64(text) }

    /// Splits at commas; a part in double quotes may hold commas. An empty text is an empty list.
    public static func list(_ text: String) throws(TextError) -> [String] {
        if text.isEmpty { return [] }
        var parts: [String] = []
        var part = ""
        var quoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where quoted && rest.first == "\"":
                part.append("\"")
                rest.removeFirst()
            case "\"" where quoted: quoted = false
            case "\"" where part.isEmpty: quoted = true
            case "," where !quoted:
                parts.append(part)
                part = ""
            default: part.append(character)
            }
        }
        if quoted { throw TextError("a double quote is not closed") }
        return parts + [part]
    }

    /// `a:b` at the first separator; nil if there is none.
    public static func split(_ text: String, at separator: Character) -> (String, String)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    /// The candidate that `word` was probably meant to be; nil if none is near.
    public static func closest(to word: String, among candidates: [String]) -> String? {
        let allowed = word.count < 4 ? 1 : 2
        let near = candidates.map { ($0, distance(Array(word), Array($0))) }.filter { $0.1 <= allowed }
        if let best = near.min(by: { $0.1 < $1.1 }) { return best.0 }
        return word.count >= 4 ? candidates.first { $0.hasPrefix(word) || word.hasPrefix($0 + "-") } : nil
    }

    /// Edit distance in which two swapped neighbours count once.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var older = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                row[j] = min(
                    previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], older[j - 2] + 1)
                }
            }
            older = previous
            previous = row
        }
        return previous[b.count]
    }
}
