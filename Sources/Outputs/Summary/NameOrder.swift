// The order of names in a summary: the root collation of Unicode for what metric names and tags are made of.
// Letters of both cases side by side (lower first), punctuation before digits before letters, accented Latin
// letters next to their base. Other scripts follow behind the Latin letters by code point.

enum NameOrder {
    /// Parents first, then their sub-metrics.
    static func precedes(_ a: SummaryMetric, _ b: SummaryMetric) -> Bool {
        if a.parentName != b.parentName { return precedes(a.parentName, b.parentName) }
        return precedes(a.name, b.name)
    }

    static func precedes(_ a: String, _ b: String) -> Bool {
        let (left, right) = (keys(a), keys(b))
        for level in 0..<3 {
            let (x, y) = (left.map { $0[level] }, right.map { $0[level] })
            if x != y { return x.lexicographicallyPrecedes(y) }
        }
        return false
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

    /// Weights of each scalar on the three levels: letter, accent, case.
    private static func keys(_ text: String) -> [[Int]] {
        text.unicodeScalars.flatMap { scalar -> [[Int]] in
            let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            let upper = lower == scalar ? 0 : 1
            if lower == "ß" { return [[lettersFrom + 18, 0, 0], [lettersFrom + 18, 1, 0]] }
            if let weight = primary[lower] { return [[weight, 0, upper]] }
            if let accent = accents[lower], let weight = primary[accent.base] {
                return [[weight, accent.rank, upper]]
            }
            return [[othersFrom + Int(lower.value), 0, upper]]
        }
    }
}
