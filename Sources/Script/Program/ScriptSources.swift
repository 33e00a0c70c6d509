// Where a script's text comes from, and what of it was read: the CLI brings functions that read files, fetch
// remote modules and transform newer syntax; the loader keeps every byte it was given, so that further VUs
// and archives need nothing else. Filled while the script is loaded the first time, read by every VU
// afterwards.

import Base

/// Why a script could not be loaded or run, as one text for the log.
public struct ScriptError: Error, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The script itself: k6's exit code 107.
        case script
        /// The file is not there or cannot be read: k6's "any other error".
        case generic
        /// An option or export is not what it must be: k6's exit code 104.
        case config
        /// setup() or teardown() took too long.
        case setupTimeout, teardownTimeout
        /// `exec.test.abort` in init code: k6's exit code 108.
        case aborted
        /// What handleSummary() returned cannot be used.
        case summary
    }

    public var kind: Kind
    public var description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// JavaScript made of newer syntax or TypeScript, with the map back to its source.
public struct TransformedSource: Sendable {
    public var code: [UInt8]
    /// JSON of a version 3 source map.
    public var map: [UInt8]

    public init(code: [UInt8], map: [UInt8]) {
        self.code = code
        self.map = map
    }
}

/// What the loader may ask of the world. Errors are texts for the user.
public struct SourceAccess: Sendable {
    /// The bytes of a file at an absolute path; nil if there is none.
    public var readFile: @Sendable (_ path: String) throws(ScriptError) -> [UInt8]?
    /// The body of an https URL.
    public var fetch: @Sendable (_ url: String) throws(ScriptError) -> [UInt8]
    /// Rewrites newer syntax for the engine; `url` tells TypeScript by its ending.
    public var transform: @Sendable (_ code: [UInt8], _ url: String) throws(ScriptError) -> TransformedSource

    public init(
        readFile: @escaping @Sendable (_ path: String) throws(ScriptError) -> [UInt8]?,
        fetch: @escaping @Sendable (_ url: String) throws(ScriptError) -> [UInt8],
        transform:
            @escaping @Sendable (_ code: [UInt8], _ url: String) throws(ScriptError) ->
            TransformedSource
    ) {
        self.readFile = readFile
        self.fetch = fetch
        self.transform = transform
    }
}

/// A module compiled once for all VUs.
final class CompiledModule: Sendable {
    enum Kind: Sendable { case module, commonJS }

    let url: String
    let kind: Kind
    let bytecode: [UInt8]
    let map: SourceMap?
    /// The text that was compiled, where it is not the source itself.
    let generated: [UInt8]?
    /// Asks something for its `stack`; nil when it does not.
    let usesStack: Bool
    /// Where the text that was compiled differs from the source, or from what was generated of it.
    let stackReads: [StackRead]
    /// Of what asks for its `stack` nothing is compiled as a call that a pattern could assign to.
    let leavesPatterns: Bool

    init(
        url: String, kind: Kind, bytecode: [UInt8], map: SourceMap?, generated: [UInt8]? = nil,
        reads: StackReads? = nil
    ) {
        self.url = url
        self.kind = kind
        self.bytecode = bytecode
        self.map = map
        self.generated = generated
        usesStack = reads != nil
        stackReads = reads?.reads ?? []
        leavesPatterns = reads?.leavesPatterns ?? false
    }
}

/// Everything a script consists of.
public final class ScriptProgram: @unchecked Sendable {
    public let mainURL: String
    let access: SourceAccess
    /// By URL. Written only before `isFrozen`, on the loader's thread.
    private(set) var modules: [String: CompiledModule] = [:]
    /// Files and remote modules as they were read, by URL.
    public private(set) var sources: [String: [UInt8]] = [:]
    /// Set once the script ran in VU 0: what was not read by then cannot be read any more (k6's rule).
    public private(set) var isFrozen = false
    /// What modules import of built-in ones, by the name of the module: those may not have all of it.
    private(set) var builtinImports: [String: Set<String>] = [:]
    /// Why a file could not be read, by its URL: a VU is told the same.
    private var refusals: [String: ScriptError] = [:]
    /// Why a module that was read could not be compiled, by its URL: a VU is told the same, as long as VU 0
    /// lived with it.
    private(set) var failures: [String: String] = [:]
    /// VU 0 lived with a module that imports what is not there.
    private(set) var hasUnlinkedModule = false
    /// Init code leaves garbage behind that is worth looking for in each VU.
    private(set) var leavesInitGarbage = false

    /// Of all modules.
    private(set) var bytecodeByteCount = 0

    init(mainURL: String, access: SourceAccess) {
        self.mainURL = mainURL
        self.access = access
    }

    /// Modules without what no VU can reach, by URL. Written before `isFrozen`.
    private var leanModules: [String: CompiledModule] = [:]
    /// Modules that may be asked for any export; nil: all of them.
    private var wholeURLs: Set<String>? = []
    /// A VU asked for what nobody could foresee: VUs made from now on have everything.
    private let isWhole = Locked(false)

    /// What the texts name; nil until they are known.
    private(set) var mentions: ScriptMentions?
    /// All exports of the built-in modules VU 0 imported.
    private var builtinExports: [String: [String]] = [:]

    func freeze() {
        isFrozen = true
        let generated = modules.values.compactMap(\.generated)
        let imports = modules.values.filter { $0.kind == .module }.compactMap {
            $0.generated ?? sources[$0.url]
        }
        mentions = ScriptMentions(
            texts: Array(sources.values) + generated, modules: imports, builtins: builtinExports)
    }

    func note(exports: [String], ofBuiltin name: String) {
        if !isFrozen { builtinExports[name] = exports }
    }

    func noteImports(_ names: [String], ofBuiltin name: String) {
        builtinImports[name, default: []].formUnion(names)
    }

    func note(failure: String, of url: String) {
        if !isFrozen { failures[url] = failure }
    }

    func noteUnlinkedModule() {
        if !isFrozen { hasUnlinkedModule = true }
    }

    /// What looking for garbage freed in VU 0.
    func note(initGarbageBytes: Int64) {
        if !isFrozen { leavesInitGarbage = initGarbageBytes > Limits.scriptInitGarbageWorthBytes }
    }

    func add(_ module: CompiledModule) {
        precondition(!isFrozen, "modules are compiled before the VUs start")
        modules[module.url] = module
        bytecodeByteCount += module.bytecode.count
    }

    /// What VUs are to load instead of the modules of the same URLs.
    func leaveOut(_ unused: UnusedCode, _ lean: [String: CompiledModule]) {
        precondition(!isFrozen, "modules are compiled before the VUs start")
        leanModules = lean
        wholeURLs = unused.isAnythingAsked ? nil : unused.required
    }

    /// Whether VUs that are made now load all of every module.
    var loadsWhole: Bool { leanModules.isEmpty || isWhole.withLock { $0 } }

    func module(_ url: String, whole: Bool) -> CompiledModule? {
        (whole ? nil : leanModules[url]) ?? modules[url]
    }

    /// Whether a module has everything that `require` of it can give.
    func isWhole(_ url: String) -> Bool { wholeURLs?.contains(url) ?? true }

    /// Any thread.
    func loadWhole() { isWhole.withLock { $0 = true } }

    /// A source's bytes, from the world the first time.
    func source(_ url: String) throws(ScriptError) -> [UInt8]? {
        if let known = sources[url] { return known }
        if let refusal = refusals[url] { throw refusal }
        if isFrozen { return nil }
        do throws(ScriptError) {
            let bytes =
                url.hasPrefix("https://")
                ? try access.fetch(url) : try access.readFile(Specifier.path(ofFileURL: url))
            if let bytes { sources[url] = bytes }
            return bytes
        } catch {
            refusals[url] = error
            throw error
        }
    }

    /// Bytes known beforehand: standard input's, an archive's.
    func provide(_ bytes: [UInt8], at url: String) { sources[url] = bytes }
}
