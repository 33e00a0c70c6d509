// Compiles a regular expression of Go's syntax into the program of a `TextPattern`. Captures are read and
// forgotten; back references and look-around do not exist in this syntax. Called by `TextPattern.init`.

import Base

extension Limits {
    /// Go's own bound on counted repetition; what a repeated part may grow to is bounded as well.
    static let patternRepeatMax = 1000
    static let patternInstructionsMax = 20_000
    /// Groups nested deeper are refused (Go: 1000): reading them takes stack, and a fiber has little.
    static let patternDepthMax = 50
}

struct PatternParser {
    private typealias Program = [TextPattern.Instruction]

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
    }

    private let text: [Unicode.Scalar]
    private var at = 0
    private var flags = Flags()
    private var depth = 0

    static func compile(_ text: String) -> [TextPattern.Instruction]? {
        var parser = PatternParser(text: Array(text.unicodeScalars))
        guard let program = parser.alternatives(), parser.at == parser.text.count else { return nil }
        return program + [.accept]
    }

    private init(text: [Unicode.Scalar]) { self.text = text }

    private var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        at += 1
        return true
    }

    private mutating func takeAll(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard text[at...].starts(with: scalars) else { return false }
        at += scalars.count
        return true
    }

    // Programs are relative: every split and jump counts from its own part's start.

    private mutating func alternatives() -> Program? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.patternDepthMax, var result = sequence() else { return nil }
        while take("|") {
            guard let other = sequence() else { return nil }
            result =
                [.split(1, result.count + 2)] + Self.moved(result, by: 1)
                + [.jump(result.count + 2 + other.count)] + Self.moved(other, by: result.count + 2)
            guard result.count <= Limits.patternInstructionsMax else { return nil }
        }
        return result
    }

    private mutating func sequence() -> Program? {
        var result: Program = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            guard let part = repeated() else { return nil }
            result += Self.moved(part, by: result.count)
            guard result.count <= Limits.patternInstructionsMax else { return nil }
        }
        return result
    }

    private static func moved(_ program: Program, by distance: Int) -> Program {
        program.map { instruction in
            switch instruction {
            case .split(let one, let other): .split(one + distance, other + distance)
            case .jump(let to): .jump(to + distance)
            default: instruction
            }
        }
    }

    private mutating func repeated() -> Program? {
        if let scalar = peek, "*+?".unicodeScalars.contains(scalar) { return nil }
        guard var part = atom() else { return nil }
        var hasRepeat = false
        while let scalar = peek {
            var least = 0
            var most: Int?
            switch scalar {
            case "*": at += 1
            case "+":
                at += 1
                least = 1
            case "?":
                at += 1
                most = 1
            case "{":
                guard let counts = counts() else { return part }
                (least, most) = counts
                guard least <= Limits.patternRepeatMax, most ?? 0 <= Limits.patternRepeatMax,
                    most.map({ $0 >= least }) ?? true
                else { return nil }
            default: return part
            }
            // Two in a row are refused, as by Go; a question mark behind one only changes what is preferred.
            if hasRepeat { return nil }
            hasRepeat = true
            _ = take("?")
            guard let result = Self.repeating(part, least, most) else { return nil }
            part = result
        }
        return part
    }

    private static func repeating(_ part: Program, _ least: Int, _ most: Int?) -> Program? {
        guard (part.count + 2) * max(most ?? least, 1) <= Limits.patternInstructionsMax else { return nil }
        var result: Program = []
        for _ in 0..<least { result += moved(part, by: result.count) }
        guard let most else {
            let start = result.count
            return result + [.split(start + 1, start + part.count + 2)] + moved(part, by: start + 1)
                + [.jump(start)]
        }
        for _ in least..<most {
            let start = result.count
            result += [.split(start + 1, start + 1 + part.count)] + moved(part, by: start + 1)
        }
        return result
    }

    /// `{2}`, `{2,}` or `{2,5}`; nil without having moved when the brace is only a brace.
    private mutating func counts() -> (Int, Int?)? {
        let start = at
        at += 1
        if let least = number() {
            if take("}") { return (least, least) }
            if take(",") {
                if take("}") { return (least, nil) }
                if let most = number(), take("}") { return (least, most) }
            }
        }
        at = start
        return nil
    }

    private mutating func number() -> Int? {
        let start = at
        while let scalar = peek, ("0"..."9").contains(scalar) { at += 1 }
        var word = ""
        word.unicodeScalars.append(contentsOf: text[start..<at])
        return Int(word)
    }
}

// MARK: - Atoms

extension PatternParser {
    private mutating func atom() -> [TextPattern.Instruction]? {
        guard let scalar = peek else { return nil }
        at += 1
        switch scalar {
        case "(": return group()
        case "[":
            guard let set = set() else { return nil }
            return [.scalar(set)]
        case ".":
            var set = ScalarSet(ranges: [0...ScalarSet.all])
            if !flags.dotTakesNewline { set.ranges = [0...9, 11...ScalarSet.all] }
            return [.scalar(set)]
        case "^": return [.anchor(flags.isMultiline ? .lineStart : .textStart)]
        case "$": return [.anchor(flags.isMultiline ? .lineEnd : .textEnd)]
        case "\\": return escape()
        case "{":
            // The caller found no count in it: as an atom it stands for itself.
            return literal(scalar)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> [TextPattern.Instruction] {
        [.scalar(ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase))]
    }

    /// Behind the opening parenthesis.
    private mutating func group() -> [TextPattern.Instruction]? {
        let outer = flags
        if take("?") {
            if takeAll("P<") || take("<") {
                while let scalar = peek, ScalarSet.word.contains(scalar) { at += 1 }
                guard take(">") else { return nil }
            } else {
                guard readFlags() else { return nil }
                // Flags without a part of their own hold to the end of the group around them.
                if take(")") { return [] }
                guard take(":") else { return nil }
            }
        }
        let inner = alternatives()
        flags = outer
        return take(")") ? inner : nil
    }

    private mutating func readFlags() -> Bool {
        var isOn = true
        while let scalar = peek, scalar != ":", scalar != ")" {
            at += 1
            switch scalar {
            case "-": isOn = false
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesNewline = isOn
            case "U": break
            default: return false
            }
        }
        return peek != nil
    }

    private mutating func escape() -> [TextPattern.Instruction]? {
        guard let scalar = peek else { return nil }
        switch scalar {
        case "A": at += 1; return [.anchor(.textStart)]
        case "z": at += 1; return [.anchor(.textEnd)]
        case "b": at += 1; return [.anchor(.wordEdge)]
        case "B": at += 1; return [.anchor(.noWordEdge)]
        case "Q":
            at += 1
            var result: [TextPattern.Instruction] = []
            while let scalar = peek, !takeAll("\\E") {
                result += literal(scalar)
                at += 1
            }
            return result
        default:
            var set = ScalarSet(ignoresCase: flags.ignoresCase)
            guard addEscaped(to: &set) else { return nil }
            return [.scalar(set)]
        }
    }

    /// Behind a backslash: a class, or one character.
    private mutating func addEscaped(to set: inout ScalarSet) -> Bool {
        guard let scalar = peek else { return false }
        switch scalar {
        case "d", "D": set.add(.digit, negated: scalar == "D")
        case "s", "S": set.add(.space, negated: scalar == "S")
        case "w", "W": set.add(.word, negated: scalar == "W")
        case "p", "P":
            at += 1
            return addCategory(to: &set, isNegated: scalar == "P")
        default:
            guard let value = escapedScalar() else { return false }
            set.ranges.append(value...value)
            return true
        }
        at += 1
        return true
    }

    private mutating func addCategory(to set: inout ScalarSet, isNegated: Bool) -> Bool {
        guard let first = peek else { return false }
        at += 1
        var name = String(first)
        var isNegated = isNegated
        if first == "{" {
            name = ""
            if take("^") { isNegated.toggle() }
            while let scalar = peek, scalar != "}" {
                name.unicodeScalars.append(scalar)
                at += 1
            }
            guard take("}") else { return false }
        }
        guard ScalarSet.categoryNames.contains(name) else { return false }
        set.categories.append((name, isNegated))
        return true
    }

    private mutating func escapedScalar() -> UInt32? {
        guard let scalar = peek else { return nil }
        at += 1
        switch scalar {
        case "a": return 7
        case "f": return 12
        case "t": return 9
        case "n": return 10
        case "r": return 13
        case "v": return 11
        case "x":
            let isBraced = take("{")
            var value: UInt32 = 0
            var digits = 0
            while digits < (isBraced ? 8 : 2), let next = peek, next.isASCII,
                let digit = SelectorParser.hexDigit(UInt8(next.value))
            {
                value = value << 4 | digit
                digits += 1
                at += 1
            }
            guard isBraced ? digits > 0 && take("}") : digits == 2, value <= ScalarSet.all else { return nil }
            return value
        default:
            // Letters and digits that mean nothing are refused; everything else stands for itself.
            return scalar.isASCII && !ScalarSet.word.contains(scalar) || scalar == "_" ? scalar.value : nil
        }
    }

    /// Behind the opening bracket.
    private mutating func set() -> ScalarSet? {
        var set = ScalarSet(ignoresCase: flags.ignoresCase)
        set.isNegated = take("^")
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            if takeAll("[:") {
                guard addNamedClass(to: &set) else { return nil }
                continue
            }
            if scalar == "\\", at + 1 < text.count, "dDsSwWpP".unicodeScalars.contains(text[at + 1]) {
                at += 1
                guard addEscaped(to: &set) else { return nil }
                continue
            }
            guard let low = setScalar() else { return nil }
            var high = low
            if peek == "-", at + 1 < text.count, text[at + 1] != "]" {
                at += 1
                guard let end = setScalar(), end >= low else { return nil }
                high = end
            }
            set.ranges.append(low...high)
        }
        return take("]") ? set : nil
    }

    private mutating func setScalar() -> UInt32? {
        guard let scalar = peek else { return nil }
        at += 1
        return scalar == "\\" ? escapedScalar() : scalar.value
    }

    /// Behind `[:`.
    private mutating func addNamedClass(to set: inout ScalarSet) -> Bool {
        let isNegated = take("^")
        let classes: [(String, [ClosedRange<UInt32>])] = [
            ("alnum", [48...57, 65...90, 97...122]), ("alpha", [65...90, 97...122]), ("ascii", [0...127]),
            ("blank", [9...9, 32...32]), ("cntrl", [0...31, 127...127]), ("digit", [48...57]),
            ("graph", [33...126]), ("lower", [97...122]), ("print", [32...126]),
            ("punct", [33...47, 58...64, 91...96, 123...126]), ("space", [9...13, 32...32]),
            ("upper", [65...90]), ("word", [48...57, 65...90, 95...95, 97...122]),
            ("xdigit", [48...57, 65...70, 97...102]),
        ]
        for (name, ranges) in classes where takeAll(name + ":]") {
            set.add(ScalarSet(ranges: ranges), negated: isNegated)
            return true
        }
        return false
    }
}
