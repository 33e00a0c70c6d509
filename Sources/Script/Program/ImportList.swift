// What a module's text asks of other modules by name: built-in modules give `null` or `undefined` for names
// they do not have, and a missing export is reported where the import stands. Pure; called by VM+Compile.

struct ImportList {
    struct Import: Equatable {
        /// Of `import` or `export`, counted from 0.
        var offset: Int
        /// As the other module calls them.
        var names: [String]
        var specifier: String
    }

    private(set) var imports: [Import] = []

    init(_ source: [UInt8]) {
        source.withUnsafeBufferPointer { text in
            var tokens = SourceTokens(text)
            var previous: SourceTokens.Token?
            while let token = tokens.next() {
                let isStatement =
                    tokens.depth == 0 && token.kind == .word && !tokens.is(previous, ".")
                    && (tokens.is(token, "import") || tokens.is(token, "export"))
                previous = token
                // What it looks at may begin a statement of its own.
                var ahead = tokens
                if isStatement, let found = ImportList.statement(&ahead, at: token) {
                    imports.append(found)
                    tokens = ahead
                }
            }
        }
    }

    /// What follows `import` or `export`; nil when it names no module.
    private static func statement(_ tokens: inout SourceTokens, at start: SourceTokens.Token) -> Import? {
        var names: [String] = []
        let isImport = tokens.is(start, "import")
        var token = tokens.next()
        if isImport, let first = token, first.kind == .word {
            names.append("default")
            token = tokens.next()
            if tokens.is(token, ",") { token = tokens.next() }
        }
        if tokens.is(token, "*") {
            token = tokens.next()
            if tokens.is(token, "as") {
                _ = tokens.next()
                token = tokens.next()
            }
        } else if tokens.is(token, "{") {
            names += listed(&tokens)
            token = tokens.next()
        }
        guard tokens.is(token, "from"), let specifier = tokens.next(), specifier.kind == .text else {
            return nil
        }
        return Import(offset: start.range.lowerBound, names: names, specifier: tokens.content(specifier))
    }

    /// The names between braces, up to the closing one.
    private static func listed(_ tokens: inout SourceTokens) -> [String] {
        var names: [String] = []
        var isFirst = true
        while let token = tokens.next(), !tokens.is(token, "}") {
            if tokens.is(token, ",") {
                isFirst = true
            } else if isFirst {
                names.append(token.kind == .text ? tokens.content(token) : tokens.string(token))
                isFirst = false
            }
        }
        return names
    }
}

extension ScriptProgram {
    /// Where a module asks for an export another one does not have: one character into the statement, as k6
    /// counts.
    /// - Parameter target: the beginning of the other module's URL.
    func importPlace(of name: String, from target: Substring) -> (url: String, line: Int, column: Int)? {
        for url in [mainURL] + modules.keys.sorted() {
            guard let module = modules[url], module.kind == .module,
                let text = module.generated ?? sources[url]
            else { continue }
            for one in ImportList(text).imports where one.names.contains(name) {
                guard case .url(let found) = Specifier.resolve(one.specifier, base: url),
                    found.hasPrefix(target)
                else { continue }
                let (line, column) = text.withUnsafeBufferPointer {
                    TextPosition.lineAndColumn($0, one.offset, from: 1)
                }
                return (url, line, column + 1)
            }
        }
        return nil
    }
}
