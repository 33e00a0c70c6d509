// A CSS selector as data. Read from text by `SelectorParser`, asked by `SelectorMatcher`. What is supported,
// and what makes a selector invalid, is what k6 v1.1.0 supports; an invalid selector matches nothing, without
// an error.

public struct Selector: Sendable {
    /// The comma-separated parts; none when the text is no selector.
    let alternatives: [ComplexSelector]

    public init(_ text: String) {
        var parser = SelectorParser(text)
        alternatives = parser.parse() ?? []
    }

    init(alternatives: [ComplexSelector]) { self.alternatives = alternatives }

    public var isValid: Bool { !alternatives.isEmpty }
}

enum Combinator {
    case descendant, child, nextSibling, laterSibling
}

/// Compounds from left to right; `combinators[i]` stands between `compounds[i]` and `compounds[i + 1]`.
struct ComplexSelector: Sendable {
    var compounds: [CompoundSelector]
    var combinators: [Combinator]
}

struct CompoundSelector: Sendable {
    /// In lower case. Nil for `*` and for none.
    var type: String?
    /// Whether anything in it is true of elements only. `:contains(x)` and `:lang(x)` alone also find texts.
    var needsElement: Bool
    var conditions: [Condition]
}

enum Condition: Sendable {
    case id([UInt8])
    case attribute(AttributeTest)
    case not(Selector)
    case has(Selector, onlyChildren: Bool)
    /// Compared in lower case.
    case contains(String, onlyOwn: Bool)
    case matches(TextPattern, onlyOwn: Bool)
    case nth(NthTest)
    case onlyChild(ofType: Bool)
    case empty, root, input, enabled, disabled, checked, link
    /// In lower case.
    case lang(String)
    /// States no parsed page is in: `:hover`, `:visited`.
    case never

    var needsElement: Bool {
        switch self {
        case .contains, .matches, .lang: false
        default: true
        }
    }
}

struct AttributeTest: Sendable {
    enum Operation: Sendable {
        case exists
        case equals([UInt8])
        case differs([UInt8])
        case includesWord([UInt8])
        case startsWithWord([UInt8])
        case hasPrefix([UInt8])
        case hasSuffix([UInt8])
        case holds([UInt8])
        case matches(TextPattern)
    }

    /// In lower case.
    var name: String
    var operation: Operation
    var ignoresCase: Bool
}

/// `an+b`, counted from the front or the back, among all elements or those of the same name.
struct NthTest: Sendable {
    var step: Int
    var offset: Int
    var fromEnd: Bool
    var ofType: Bool

    func accepts(_ position: Int) -> Bool {
        let distance = position - offset
        if step == 0 { return distance == 0 }
        return distance.isMultiple(of: step) && distance / step >= 0
    }
}
