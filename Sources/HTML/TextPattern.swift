// A regular expression as selectors use them (`[href#=…]`, `:matches(…)`): Go's syntax without captures,
// asked only whether it occurs in a text. Runs in time proportional to text times pattern, whatever the
// pattern. Compiled by `PatternParser`.

public struct TextPattern: Sendable {
    enum Anchor: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge
    }

    enum Instruction: Sendable {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case anchor(Anchor)
        case accept
    }

    private let program: [Instruction]

    /// Nil when the text is no expression.
    public init?(_ text: String) {
        guard let program = PatternParser.compile(text) else { return nil }
        self.program = program
    }

    public func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = Threads(program.count)
        var next = Threads(program.count)
        for place in 0...scalars.count {
            if follow(0, scalars, place, &current) { return true }
            guard place < scalars.count else { break }
            for thread in current.list {
                if case .scalar(let set) = program[thread], set.contains(scalars[place]),
                    follow(thread + 1, scalars, place + 1, &next)
                {
                    return true
                }
            }
            swap(&current, &next)
            next.clear()
        }
        return false
    }

    /// Adds everything reachable without reading; true when that is the end of the expression.
    private func follow(
        _ start: Int, _ text: [Unicode.Scalar], _ place: Int, _ threads: inout Threads
    ) -> Bool {
        var pending = [start]
        while let at = pending.popLast() {
            guard threads.insert(at) else { continue }
            switch program[at] {
            case .accept: return true
            case .jump(let to): pending.append(to)
            case .split(let one, let other): pending += [other, one]
            case .anchor(let anchor): if holds(anchor, text, place) { pending.append(at + 1) }
            case .scalar: break
            }
        }
        return false
    }

    private func holds(_ anchor: Anchor, _ text: [Unicode.Scalar], _ place: Int) -> Bool {
        switch anchor {
        case .textStart: return place == 0
        case .textEnd: return place == text.count
        case .lineStart: return place == 0 || text[place - 1] == "\n"
        case .lineEnd: return place == text.count || text[place] == "\n"
        case .wordEdge, .noWordEdge:
            let before = place > 0 && ScalarSet.word.contains(text[place - 1])
            let behind = place < text.count && ScalarSet.word.contains(text[place])
            return (before != behind) == (anchor == .wordEdge)
        }
    }

    /// The places of the program that are alive, each once.
    private struct Threads {
        private(set) var list: [Int] = []
        private var isIn: [Bool]

        init(_ count: Int) { isIn = Array(repeating: false, count: count) }

        mutating func insert(_ thread: Int) -> Bool {
            if isIn[thread] { return false }
            isIn[thread] = true
            list.append(thread)
            return true
        }

        mutating func clear() {
            for thread in list { isIn[thread] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}

/// What one place of a text may hold.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [(name: String, isNegated: Bool)] = []
    var isNegated = false
    var ignoresCase = false

    static let all: UInt32 = 0x10FFFF
    static let digit = ScalarSet(ranges: [48...57])
    static let space = ScalarSet(ranges: [9...10, 12...13, 32...32])
    static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isIn = holds(scalar)
        if !isIn, ignoresCase {
            isIn =
                [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].contains { mapped in
                    mapped.unicodeScalars.count == 1 && mapped.unicodeScalars.first.map(holds) ?? false
                }
        }
        return isIn != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || categories.contains { Self.isIn($0.name, scalar) != $0.isNegated }
    }

    mutating func add(_ other: ScalarSet, negated: Bool = false) {
        guard negated else {
            ranges += other.ranges
            return
        }
        var start: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > start { ranges.append(start...(range.lowerBound - 1)) }
            start = range.upperBound + 1
        }
        if start <= Self.all { ranges.append(start...Self.all) }
    }

    /// One- and two-letter names of general categories.
    static let categoryNames: Set<String> = [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd",
        "Ps",
        "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co",
        "Cs",
    ]

    private static func isIn(_ name: String, _ scalar: Unicode.Scalar) -> Bool {
        let category = code(scalar.properties.generalCategory)
        return name.utf8.count == 1 ? category.hasPrefix(name) : category == name
    }

    private static func code(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .privateUse: "Co"
        case .surrogate: "Cs"
        default: "Cn"
        }
    }
}
