// The root collation of Unicode for what names and words are made of: letters of both cases side by side
// (lower first), punctuation before digits before letters, accented Latin letters next to their base. Other
// scripts follow behind the Latin letters by code point. Used by the summary and by scripts' `localeCompare`.

public enum TextOrder {
    /// - Returns: -1, 0 or 1.
    public static func compare(_ a: String, _ b: String) -> Int {
        let (left, right) = (weights(a), weights(b))
        for level in [\Weight.letter, \Weight.accent, \Weight.letterCase] {
            for (x, y) in zip(left, right) where x[keyPath: level] != y[keyPath: level] {
                return x[keyPath: level] < y[keyPath: level] ? -1 : 1
            }
            if left.count != right.count { return left.count < right.count ? -1 : 1 }
        }
        return 0
    }

    private static let ascii = Array(
        "\t\n\u{0B}\u{0C}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789".unicodeScalars)
    /// Latin letters with accents, one row per base letter.
    private static let accented: [(base: Unicode.Scalar, forms: String)] = [
        ("a", "áàâåäãāăą"), ("c", "çćĉčċ"), ("d", "ďđ"), ("e", "éèêëēĕęěė"), ("g", "ĝğġģ"), ("h", "ĥħ"),
        ("i", "íìîïĩīĭį"),
        ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľł"), ("n", "ñńņň"), ("o", "óòôöõøōŏő"), ("r", "ŕŗř"), ("s", "śŝşš"),
        ("t", "ţťŧ"), ("u", "úùûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
    ]
    private static let primary: [Unicode.Scalar: Int] = {
        var table: [Unicode.Scalar: Int] = [:]
        for (index, scalar) in ascii.enumerated() { table[scalar] = index + 1 }
        for (index, value) in (UInt8(ascii: "a")...UInt8(ascii: "z")).enumerated() {
            table[Unicode.Scalar(value)] = lettersFrom + index
        }
        return table
    }()
    private static let accents: [Unicode.Scalar: (base: Unicode.Scalar, rank: Int)] = {
        var table: [Unicode.Scalar: (base: Unicode.Scalar, rank: Int)] = [:]
        for row in accented {
            for (index, form) in row.forms.unicodeScalars.enumerated() { table[form] = (row.base, index + 1) }
        }
        return table
    }()
    private static let lettersFrom = 1000
    private static let othersFrom = 2000

    private struct Weight {
        var letter: Int
        var accent = 0
        var letterCase = 0
    }

    /// Weights of each scalar.
    private static func weights(_ text: String) -> [Weight] {
        var weights: [Weight] = []
        for scalar in text.unicodeScalars {
            let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            let letterCase = lower == scalar ? 0 : 1
            if lower == "ß" {
                let letter = lettersFrom + 18
                weights += [Weight(letter: letter), Weight(letter: letter, accent: 1)]
            } else if let letter = primary[lower] {
                weights.append(Weight(letter: letter, letterCase: letterCase))
            } else if let accent = accents[lower], let letter = primary[accent.base] {
                weights.append(Weight(letter: letter, accent: accent.rank, letterCase: letterCase))
            } else {
                weights.append(Weight(letter: othersFrom + Int(lower.value), letterCase: letterCase))
            }
        }
        return weights
    }
}
