// What an ES module consists of, as far as parts of it may be left out: functions, classes of methods only,
// the names it imports and exports. Each such piece does nothing where it stands but give something a name.
// Everything else stays. Pure; made by UnusedCode of every module of a program.

/// A part of a module that can be left out when nothing reaches it.
struct ModulePiece {
    enum Target: Equatable {
        /// An export of another module.
        case name(String, of: String)
        /// All exports of another module, as an object.
        case namespace(of: String)
    }

    /// Tokens that go with it.
    var tokens: Range<Int>
    /// Tokens whose names it reaches: of the same module.
    var reads: Range<Int>
    /// As other modules know it.
    var export: String?
    /// What it makes of another module, given by its specifier.
    var target: Target?
    /// A function, a class or a default export; names in a list otherwise.
    var isStatement = false
    /// It stays in any case, whether or not something reaches it.
    var isFixed = false
}

struct ModuleOutline {
    private(set) var pieces: [ModulePiece] = []
    /// Pieces by the hashes of their names in the module: several when it is declared more than once.
    private(set) var locals: [UInt32: [Int]] = [:]
    /// Specifiers of `export * from`.
    private(set) var stars: [String] = []
    /// Tokens that are neither in a piece nor in an `import` or `export` of names.
    private(set) var rest: [Range<Int>] = []

    private let tokens: ModuleTokens
    /// Where `rest` has come to.
    private var restStart = 0
    /// Hashes of the names of functions that are there from the beginning.
    private var functions: Set<UInt32> = []
    /// Pieces of the form `export default name;`.
    private var defaultNames: [Int] = []

    /// nil when a statement is not understood.
    init?(_ tokens: ModuleTokens) {
        self.tokens = tokens
        var index = 0
        while index < tokens.all.count {
            if tokens.isWord(index), !tokens.isProperty(index) {
                guard let next = statement(index) else { return nil }
                index = next
            } else {
                index = tokens.after(index)
            }
        }
        leaveRest(upTo: index, goOnAt: index)
        // Of anything but a function it matters when its value is asked for.
        for piece in defaultNames where !functions.contains(tokens.all[pieces[piece].reads.lowerBound].info) {
            rest.append(pieces[piece].reads)
            pieces[piece].isFixed = true
        }
    }

    // MARK: - statements

    /// What a word on the outermost level begins. - Returns: the token behind it; nil: it is not understood.
    private mutating func statement(_ index: Int) -> Int? {
        if tokens.is(index, "import") {
            if tokens.is(index + 1, "(") || tokens.is(index + 1, ".") { return index + 1 }
            return importStatement(index)
        }
        if tokens.is(index, "export") { return exportStatement(index) }
        if startsStatement(index), let found = ModuleDeclaration(tokens, at: index) {
            add(found, from: index, export: nil)
            return found.end
        }
        return index + 1
    }

    /// Whether a word that can begin a declaration does.
    private func startsStatement(_ index: Int) -> Bool {
        if index == 0 || tokens.is(index - 1, ";") || tokens.is(index - 1, "}") { return true }
        return tokens.all[index].isAfterBreak && tokens.endsValue(index - 1) == true
    }

    /// Everything up to a token belongs to what is always there.
    private mutating func leaveRest(upTo end: Int, goOnAt next: Int) {
        if restStart < end { rest.append(restStart..<end) }
        restStart = next
    }

    private mutating func add(_ found: ModuleDeclaration, from start: Int, export: String?) {
        leaveRest(upTo: start, goOnAt: found.end)
        if let name = found.name {
            let hash = tokens.all[name].info
            locals[hash, default: []].append(pieces.count)
            if found.isHoisted { functions.insert(hash) }
        }
        pieces.append(
            ModulePiece(
                tokens: start..<found.end, reads: found.body, export: export, isStatement: true))
    }

    // MARK: - import

    private mutating func importStatement(_ start: Int) -> Int? {
        var index = start + 1
        if tokens.all.indices.contains(index), tokens.all[index].kind == .text {
            leaveRest(upTo: start, goOnAt: index + 1)
            return index + 1
        }
        var names: [ModulePiece] = []
        var words: [Int] = []
        if tokens.isWord(index) {
            let hasMore = tokens.is(index + 1, ",")
            // With its comma, or `from` where nothing else is imported.
            names.append(
                ModulePiece(tokens: index..<(index + 2), reads: 0..<0, target: .name("default", of: "")))
            words.append(index)
            index += hasMore ? 2 : 1
        }
        if tokens.is(index, "*") {
            guard tokens.is(index + 1, "as"), tokens.isWord(index + 2) else { return nil }
            names.append(
                ModulePiece(
                    tokens: index..<(index + 3), reads: 0..<0, target: .namespace(of: ""), isFixed: true))
            words.append(index + 2)
            index += 3
        } else if tokens.is(index, "{") {
            guard let listed = specifiers(index) else { return nil }
            for one in listed {
                names.append(ModulePiece(tokens: one.tokens, reads: 0..<0, target: .name(one.name, of: "")))
                words.append(one.last)
            }
            index = tokens.after(index)
        }
        guard tokens.is(index, "from"), let specifier = text(index + 1) else { return nil }
        leaveRest(upTo: start, goOnAt: index + 2)
        for (piece, word) in zip(names, words) {
            guard tokens.isWord(word) else { return nil }
            locals[tokens.all[word].info, default: []].append(pieces.count)
            pieces.append(piece.from(specifier))
        }
        return index + 2
    }

    private struct Specifier {
        /// With the comma behind it.
        var tokens: Range<Int>
        /// The name on the left.
        var name: String
        var first: Int
        /// The token of the name on the right: the same without `as`.
        var last: Int
    }

    /// What is listed in braces.
    private func specifiers(_ brace: Int) -> [Specifier]? {
        var found: [Specifier] = []
        let end = tokens.after(brace) - 1
        var index = brace + 1
        while index < end {
            guard let name = name(index) else { return nil }
            var last = index
            if tokens.is(index + 1, "as") {
                last = index + 2
                guard last < end, self.name(last) != nil else { return nil }
            }
            var next = last + 1
            if next < end {
                guard tokens.is(next, ",") else { return nil }
                next += 1
            }
            found.append(Specifier(tokens: index..<next, name: name, first: index, last: last))
            index = next
        }
        return found
    }

    /// A name as a word or as text.
    private func name(_ index: Int) -> String? {
        tokens.isWord(index) ? tokens.string(index) : text(index)
    }

    private func text(_ index: Int) -> String? {
        guard tokens.all.indices.contains(index), tokens.all[index].kind == .text else { return nil }
        return tokens.content(index)
    }

    // MARK: - export

    private mutating func exportStatement(_ start: Int) -> Int? {
        let index = start + 1
        if tokens.is(index, "*") { return exportAll(start) }
        if tokens.is(index, "{") { return exportList(start) }
        if tokens.is(index, "default") { return exportDefault(start) }
        if let found = ModuleDeclaration(tokens, at: index), let name = found.name {
            add(found, from: start, export: tokens.string(name))
            return found.end
        }
        // Variables: they stay.
        return index + 1
    }

    private mutating func exportDefault(_ start: Int) -> Int {
        let value = start + 2
        if let found = ModuleDeclaration(tokens, at: value, mayBeNameless: true) {
            add(found, from: start, export: "default")
            return found.end
        }
        guard tokens.isWord(value), tokens.is(value + 1, ";") else { return value }
        leaveRest(upTo: start, goOnAt: value + 2)
        defaultNames.append(pieces.count)
        pieces.append(
            ModulePiece(
                tokens: start..<(value + 2), reads: value..<(value + 1), export: "default", isStatement: true)
        )
        return value + 2
    }

    private mutating func exportAll(_ start: Int) -> Int? {
        var index = start + 2
        var isNamed = false
        if tokens.is(index, "as") {
            isNamed = true
            index += 2
        }
        guard tokens.is(index, "from"), let specifier = text(index + 1) else { return nil }
        leaveRest(upTo: start, goOnAt: index + 2)
        if isNamed {
            pieces.append(
                ModulePiece(
                    tokens: start..<(index + 2), reads: 0..<0, export: name(index - 1),
                    target: .namespace(of: specifier), isFixed: true))
        } else {
            stars.append(specifier)
        }
        return index + 2
    }

    private mutating func exportList(_ start: Int) -> Int? {
        guard let listed = specifiers(start + 1) else { return nil }
        var index = tokens.after(start + 1)
        var specifier: String?
        if tokens.is(index, "from"), let found = text(index + 1) {
            specifier = found
            index += 2
        }
        leaveRest(upTo: start, goOnAt: index)
        for one in listed {
            guard let export = name(one.last) else { return nil }
            var piece = ModulePiece(tokens: one.tokens, reads: 0..<0, export: export)
            if let specifier {
                piece.target = .name(one.name, of: specifier)
            } else {
                piece.reads = one.first..<(one.first + 1)
            }
            pieces.append(piece)
        }
        return index
    }
}

extension ModulePiece {
    fileprivate func from(_ specifier: String) -> ModulePiece {
        var piece = self
        switch target {
        case .name(let name, _): piece.target = .name(name, of: specifier)
        case .namespace: piece.target = .namespace(of: specifier)
        case nil: break
        }
        return piece
    }
}
