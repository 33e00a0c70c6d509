// A command-line flag as data, and the parser over it. The semantics are those k6's users have in their
// fingers (POSIX clusters, `--flag=value`, optional values, flags and arguments in any order).
// CommandLineParser owns the tables; help text and "did you mean" read the same data.

public struct Flag: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// No value needed; `--flag=false` switches it off.
        case bool
        /// Takes one value; given twice, the last one counts.
        case value
        /// Takes one value; every occurrence adds one.
        case list
        /// The value must be joined by `=`; without one this is it.
        case optionalValue(String)
    }

    public enum Group: String, Hashable, Sendable, CaseIterable {
        case load = "Load"
        case request = "Request (a URL as target)"
        case connection = "Connections"
        case result = "Results"
        case run = "Run and machine"
        case compatibility = "k6 scripts and compatibility"
        case global = "Global"
    }

    public let name: String
    public let short: Character?
    public let kind: Kind
    /// What stands for the value in help.
    public let placeholder: String
    public let env: String?
    public let group: Group
    public let help: String

    public init(
        _ name: String, short: Character? = nil, _ kind: Kind, _ placeholder: String = "", env: String? = nil,
        in group: Group, _ help: String
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.placeholder = placeholder
        self.env = env
        self.group = group
        self.help = help
    }

    /// The flag as messages name it: "-u/--vus".
    public var label: String { short.map { "-\($0)/--\(name)" } ?? "--\(name)" }
}

/// Which flags were given with which values, and the arguments between them.
public struct ParsedFlags: Hashable, Sendable {
    /// Values in the order given, by flag name; a bool's values are "true" or what followed `=`.
    public private(set) var values: [String: [String]] = [:]
    public private(set) var arguments: [String] = []

    public func has(_ name: String) -> Bool { values[name] != nil }

    /// The last value given.
    public func last(_ name: String) -> String? { values[name]?.last }

    public func all(_ name: String) -> [String]? { values[name] }

    /// A bool flag's value; nil if it was not given.
    public func bool(_ name: String) -> Bool? { last(name).map { Text.parseBool($0) == true } }

    /// Reads `words` against `flags`.
    /// - Throws: exit code 255 for an unknown flag, a missing value, a bool that is none.
    public init(_ words: [String], flags: [Flag]) throws(CLIError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                return
            }
            if word.hasPrefix("--") {
                try long(word, &rest, flags)
            } else if word.hasPrefix("-") && word != "-" {
                try cluster(word, &rest, flags)
            } else {
                arguments.append(word)
            }
        }
    }

    private mutating func long(_ word: String, _ rest: inout ArraySlice<String>, _ flags: [Flag])
        throws(CLIError)
    {
        let body = word.dropFirst(2)
        let name = String(body.prefix { $0 != "=" })
        if name.isEmpty || name.hasPrefix("-") { throw CLIError("\(word) is not a flag") }
        guard let flag = flags.first(where: { $0.name == name }) else {
            throw CLIError("unknown flag: --\(name)", hint: Self.suggestion(name, flags))
        }
        if let equals = body.firstIndex(of: "=") {
            try set(flag, String(body[body.index(after: equals)...]))
        } else if let implied = flag.impliedValue {
            try set(flag, implied)
        } else if let value = rest.popFirst() {
            try set(flag, value)
        } else {
            throw CLIError("flag --\(name) needs a value", hint: flag.usageHint)
        }
    }

    /// `-qvu5`, `-u 5`, `-u=5`: single letters, the first that takes a value takes the rest of the word or
    /// the next.
    private mutating func cluster(_ word: String, _ rest: inout ArraySlice<String>, _ flags: [Flag])
        throws(CLIError)
    {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.short == letter }) else {
                let long = flags.first { $0.name == word.dropFirst() }
                throw CLIError(
                    "unknown flag: -\(letter)" + (word.count > 2 ? " (in \(word))" : ""),
                    hint: long.map { "did you mean --\($0.name)?" })
            }
            if letters.count > 1 && letters.first == "=" {
                return try set(flag, String(letters.dropFirst()))
            } else if let implied = flag.impliedValue {
                try set(flag, implied)
            } else if !letters.isEmpty {
                return try set(flag, String(letters))
            } else if let value = rest.popFirst() {
                try set(flag, value)
            } else {
                throw CLIError("flag -\(letter) needs a value", hint: flag.usageHint)
            }
        }
    }

    private mutating func set(_ flag: Flag, _ value: String) throws(CLIError) {
        if flag.kind == .bool && Text.parseBool(value) == nil {
            throw CLIError("invalid value \"\(value)\" for \(flag.label): expected true or false")
        }
        values[flag.name, default: []].append(value)
    }

    static func suggestion(_ name: String, _ flags: [Flag]) -> String? {
        Text.closest(to: name, among: flags.map(\.name)).map { "did you mean --\($0)?" }
    }
}

extension Flag {
    /// The value the flag has when none is joined to it; nil if one must follow.
    var impliedValue: String? {
        switch kind {
        case .bool: "true"
        case .optionalValue(let implied): implied
        case .value, .list: nil
        }
    }

    var usageHint: String { "for example --\(name) \(placeholder)" }
}
