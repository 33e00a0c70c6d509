// What no VU of a program can reach: functions and methods-only classes of ES modules that nothing names,
// directly or through what other modules import. Their text becomes spaces, so that everything else keeps its
// line and column. Read once, when VU 0 has loaded the script; whatever cannot be told from the texts stays.
// Pure; called by VM+UnusedCode.

struct UnusedCode {
    struct Source {
        var url: String
        var text: [UInt8]
        /// An ES module; CommonJS otherwise, of which nothing is left out.
        var isModule: Bool
    }

    /// By URL: texts of which something is left out, as long in lines and characters as they were.
    private(set) var texts: [String: [UInt8]] = [:]
    /// Functions and classes left out, and how many bytes they had.
    private(set) var functionCount = 0
    private(set) var byteCount = 0
    /// Modules that `require` asks for by name: they have everything.
    private(set) var required: Set<String> = []
    /// Any module may be asked for anything: all have all exports.
    private(set) var isAnythingAsked = false

    private struct Module {
        var url: String
        var tokens: ModuleTokens
        var outline: ModuleOutline
        /// Pieces by what other modules call them.
        var exports: [String: [Int]] = [:]
    }

    private var modules: [Module] = []
    private var places: [String: Int] = [:]
    /// By module and piece.
    private var isLive: [[Bool]] = []
    private var work: [(module: Int, piece: Int)] = []
    /// By module: exports already asked for, and whether everything was.
    private var asked: [(names: Set<String>, all: Bool)] = []

    /// - Parameter main: its exports are for the run to call.
    init(main: String, sources: [Source]) {
        let texts = sources.map { source in
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: source.text.count)
            _ = copy.initialize(from: source.text)
            return UnsafeBufferPointer(copy)
        }
        defer { texts.forEach { $0.deallocate() } }
        for (source, text) in zip(sources, texts) { read(source, text) }
        let asked = isAnythingAsked ? Array(modules.indices) : ([main] + required).compactMap { places[$0] }
        asked.forEach { useAll($0) }
        for (index, module) in modules.enumerated() { module.outline.rest.forEach { scan(index, $0) } }
        while let (module, piece) = work.popLast() { follow(module, piece) }
        for index in modules.indices { leaveOut(index) }
        (modules, work, isLive) = ([], [], [])
    }

    // MARK: - reading

    private mutating func read(_ source: Source, _ text: UnsafeBufferPointer<UInt8>) {
        guard let tokens = ModuleTokens(text) else { return isAnythingAsked = true }
        let isEvaluating = noteRequires(source.url, tokens)
        guard source.isModule else { return }
        guard let outline = ModuleOutline(tokens) else { return isAnythingAsked = true }
        var module = Module(url: source.url, tokens: tokens, outline: outline)
        for (index, piece) in outline.pieces.enumerated() {
            if let export = piece.export { module.exports[export, default: []].append(index) }
        }
        places[source.url] = modules.count
        isLive.append(outline.pieces.map { _ in false })
        asked.append(([], false))
        modules.append(module)
        if isEvaluating {
            // What is made up can name anything here.
            isAnythingAsked = true
            outline.pieces.indices.forEach { reach(modules.count - 1, $0) }
        }
    }

    /// Notes what `require` asks for. - Returns: whether the text can have text evaluated.
    private mutating func noteRequires(_ url: String, _ tokens: ModuleTokens) -> Bool {
        var isEvaluating = false
        for (index, token) in tokens.all.enumerated() {
            switch token.kind {
            case .word where token.count == 4 && tokens.is(index, "eval"): isEvaluating = true
            case .word where token.count == 7 && tokens.is(index, "require"):
                noteRequire(url, tokens, index)
            case .text where token.count == 9 && tokens.content(index) == "require": isAnythingAsked = true
            default: break
            }
        }
        return isEvaluating
    }

    private mutating func noteRequire(_ url: String, _ tokens: ModuleTokens, _ index: Int) {
        guard tokens.is(index + 1, "("), index + 3 < tokens.all.count, tokens.all[index + 2].kind == .text,
            tokens.is(index + 3, ")"), let specifier = tokens.content(index + 2)
        else { return isAnythingAsked = true }
        if case .url(let target) = Specifier.resolve(specifier, base: url) { required.insert(target) }
    }

    // MARK: - reaching

    private mutating func reach(_ module: Int, _ piece: Int) {
        if isLive[module][piece] { return }
        isLive[module][piece] = true
        work.append((module, piece))
    }

    private mutating func follow(_ module: Int, _ index: Int) {
        let piece = modules[module].outline.pieces[index]
        scan(module, piece.reads)
        switch piece.target {
        case .name(let name, let specifier): place(specifier, module).map { use($0, name) }
        // By its export: any of it. As a variable: see `scan`.
        case .namespace(let specifier) where piece.export != nil: place(specifier, module).map { useAll($0) }
        case .namespace, nil: break
        }
    }

    /// The module a specifier means, if it is one whose parts are known.
    private func place(_ specifier: String, _ module: Int) -> Int? {
        guard case .url(let url) = Specifier.resolve(specifier, base: modules[module].url) else { return nil }
        return places[url]
    }

    /// Another module asks for an export by its name.
    private mutating func use(_ module: Int, _ name: String) {
        guard asked[module].names.insert(name).inserted else { return }
        modules[module].exports[name]?.forEach { reach(module, $0) }
        // Where it may come from, whether or not this module has one of its own.
        for star in modules[module].outline.stars { place(star, module).map { use($0, name) } }
    }

    /// Another module may ask for anything.
    private mutating func useAll(_ module: Int) {
        if asked[module].all { return }
        asked[module].all = true
        for pieces in modules[module].exports.values { pieces.forEach { reach(module, $0) } }
        for star in modules[module].outline.stars { place(star, module).map { useAll($0) } }
    }

    /// Looks for names of pieces among a module's tokens.
    private mutating func scan(_ module: Int, _ range: Range<Int>) {
        let (tokens, outline) = (modules[module].tokens, modules[module].outline)
        for index in range where tokens.all[index].kind == .word {
            guard let named = outline.locals[tokens.all[index].info], !tokens.isProperty(index) else {
                continue
            }
            for piece in named {
                reach(module, piece)
                guard case .namespace(let specifier) = outline.pieces[piece].target,
                    let target = place(specifier, module)
                else { continue }
                let isMember = tokens.is(index + 1, ".") || tokens.is(index + 1, "?.")
                if isMember, tokens.isWord(index + 2) {
                    use(target, tokens.string(index + 2))
                } else {
                    useAll(target)
                }
            }
        }
    }

    // MARK: - leaving out

    private mutating func leaveOut(_ index: Int) {
        let (module, tokens) = (modules[index], modules[index].tokens)
        var ranges: [(bytes: Range<Int>, isStatement: Bool)] = []
        for (piece, isLive) in zip(module.outline.pieces, isLive[index]) where !isLive && !piece.isFixed {
            // What comes from built-in modules, CommonJS and texts that were not understood stays.
            if case .name(_, let specifier) = piece.target, place(specifier, index) == nil { continue }
            let (first, last) = (tokens.all[piece.tokens.lowerBound], tokens.all[piece.tokens.upperBound - 1])
            let bytes = first.range.lowerBound..<last.range.upperBound
            ranges.append((bytes, piece.isStatement))
            if piece.isStatement {
                functionCount += piece.reads.count > 1 ? 1 : 0
                byteCount += bytes.count
            }
        }
        if ranges.isEmpty { return }
        ranges.sort { $0.bytes.lowerBound < $1.bytes.lowerBound }
        texts[module.url] = Self.blanked(tokens.text, ranges)
    }

    private static func blanked(
        _ text: UnsafeBufferPointer<UInt8>, _ ranges: [(bytes: Range<Int>, isStatement: Bool)]
    ) -> [UInt8] {
        var blanked: [UInt8] = []
        blanked.reserveCapacity(text.count)
        var copied = 0
        for (bytes, isStatement) in ranges {
            blanked += text[copied..<bytes.lowerBound]
            // The lines before and after must not become one statement.
            if isStatement { blanked.append(UInt8(ascii: ";")) }
            for byte in text[bytes].dropFirst(isStatement ? 1 : 0) {
                if byte == 10 || byte == 13 {
                    blanked.append(byte)
                } else if byte & 0xC0 != 0x80 {
                    // Bytes that continue a character count nothing.
                    blanked.append(UInt8(ascii: " "))
                }
            }
            copied = bytes.upperBound
        }
        return blanked + text[copied...]
    }
}
