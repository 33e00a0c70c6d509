// From a module's text to what the engine runs: compiled in the first VM, which rewrites newer syntax and
// TypeScript and reads source maps, and loaded as bytecode in all others. Called by VM+Modules and VM+Load,
// on the fiber.

import Base
import CQuickJS
import Codec

extension VM {
    // MARK: - compiled modules

    /// A module's bytecode, compiled now if this is the first VM. nil with an exception pending.
    func compiled(_ url: String) -> CompiledModule? {
        if let known = host.program.module(url, whole: isWhole) { return known }
        do throws(ScriptError) {
            if let failure = host.program.failures[url] { throw ScriptError(.script, failure) }
            guard !host.program.isFrozen, let source = try host.program.source(url) else {
                _ = JS.throwGoError(ctx, missingText(url))
                return nil
            }
            return try compile(url, source)
        } catch {
            if error.description.isEmpty {
                noteFailure(of: url)
            } else {
                host.program.note(failure: error.description, of: url)
                _ = JS.throwGoError(ctx, error.description)
            }
            return nil
        }
    }

    /// Another module is to blame for the pending exception.
    private func noteFailure(of url: String) {
        let error = JS_GetException(ctx)
        let prefix = "GoError: "
        let headline = ErrorText.headline(ctx, error)
        if headline.hasPrefix(prefix) {
            host.program.note(failure: String(headline.dropFirst(prefix.count)), of: url)
        }
        JS_Throw(ctx, error)
    }

    private func missingText(_ url: String) -> String {
        host.program.isFrozen
            ? "the module \"\(specifiers[url] ?? url)\" was not previously resolved during initialization (__VU==0)"
            : Specifier.missing(specifiers[url] ?? url)
    }

    /// Compiles a source: as the body of a CommonJS function, which no text with imports or exports can be;
    /// then as an ES module; then with newer syntax rewritten.
    /// - Throws: an error without text when an exception is pending.
    private func compile(_ url: String, _ source: [UInt8]) throws(ScriptError) -> CompiledModule {
        if let module = tryCompile(url, source, map: sourceMap(url, source), isGenerated: false) {
            return module
        }
        let error = JS_GetException(ctx)
        guard let problem = syntaxProblem(error, url) else {
            // Another module's, or of one that could not be loaded.
            JS_Throw(ctx, error)
            throw ScriptError(.script, "")
        }
        JS_FreeValue(ctx, error)
        // What is rewritten shall be newer than the engine, not older than strict code.
        if problem.description.hasSuffix("octal literals are deprecated in strict mode") { throw problem }
        let transformed: TransformedSource
        do throws(ScriptError) { transformed = try host.program.access.transform(source, url) } catch {
            // Of JavaScript the engine's own complaint is the one to show.
            if url.hasSuffix(".ts") || error.kind != .script { throw error }
            throw problem
        }
        if let module = tryCompile(
            url, transformed.code, map: SourceMap(json: transformed.map), isGenerated: true)
        {
            return module
        }
        let second = JS_GetException(ctx)
        if syntaxProblem(second, url) == nil {
            JS_Throw(ctx, second)
            throw ScriptError(.script, "")
        }
        JS_FreeValue(ctx, second)
        throw problem
    }

    /// A SyntaxError in the text of `url`, as k6 words it; nil for any other exception.
    private func syntaxProblem(_ error: JSValue, _ url: String) -> ScriptError? {
        let headline = ErrorText.headline(ctx, error)
        let name = "SyntaxError: "
        let stack = JS.get(ctx, error, "stack")
        defer { JS_FreeValue(ctx, stack) }
        guard headline.hasPrefix(name), JS.isString(stack), let lines = JS.text(ctx, stack),
            let place = ErrorText.firstPlace(lines), place.url == url
        else { return nil }
        return ScriptError(
            .script, "\(url): Line \(place.line):\(place.column) \(headline.dropFirst(name.utf8.count))")
    }

    /// The map a text names in its last line.
    private func sourceMap(_ url: String, _ source: [UInt8]) -> SourceMap? {
        guard let reference = SourceMap.reference(in: source) else { return nil }
        do throws(ScriptError) {
            let json: [UInt8]?
            if reference.hasPrefix("data:") {
                json = reference.range(of: "base64,").flatMap {
                    Base64.decode(String(reference[$0.upperBound...]), .standard)
                }
            } else {
                let mapURL = reference.range(of: "://") == nil ? Specifier.join(url, reference) : reference
                json = try host.program.source(mapURL)
                if json == nil { throw ScriptError(.script, Specifier.missing(mapURL)) }
            }
            guard let json, let map = SourceMap(json: json, base: url) else {
                throw ScriptError(.script, "it is no source map")
            }
            return map
        } catch {
            host.log(
                ScriptLogLine(
                    .warning, "Couldn't load source map for \(url)", fields: ["error": error.description]))
            return nil
        }
    }

    /// nil with an exception pending.
    private func tryCompile(_ url: String, _ source: [UInt8], map: SourceMap?, isGenerated: Bool)
        -> CompiledModule?
    {
        let generated = isGenerated ? source : nil
        // Of TypeScript most names are types, which are gone once it is rewritten.
        let hasNames = isGenerated || !url.hasSuffix(".ts")
        for leavesPatterns in [false, true] {
            guard let reads = StackReads(source, leavesPatterns: leavesPatterns) else { break }
            if let (kind, value) = evaluate(reads.text, url, hasNames: hasNames) {
                return keep(url, kind, value, map, generated, reads)
            }
            // Something that cannot be a call: fewer of them may do, or the text as it is.
            let error = JS_GetException(ctx)
            guard syntaxProblem(error, url) != nil else {
                JS_Throw(ctx, error)
                return nil
            }
            JS_FreeValue(ctx, error)
        }
        guard let (kind, value) = evaluate(source, url, hasNames: hasNames) else { return nil }
        return keep(url, kind, value, map, generated, nil)
    }

    /// As the body of a CommonJS module, then as an ES module. nil with an exception pending.
    /// - Parameter hasNames: what it imports by name are values.
    private func evaluate(_ text: [UInt8], _ url: String, hasNames: Bool) -> (
        CompiledModule.Kind, JSValue
    )? {
        let wrapped = Array(ScriptProgram.commonJSPrefix.utf8) + text + Array("\n})".utf8)
        let flags = Int32(JS_EVAL_FLAG_COMPILE_ONLY)
        // k6 knows strict code only.
        let body = evaluate(wrapped, url, Int32(JS_EVAL_TYPE_GLOBAL) | Int32(JS_EVAL_FLAG_STRICT) | flags)
        if !JS.isException(body) { return (.commonJS, body) }
        JS.dropException(ctx)
        if hasNames { noteBuiltinImports(text) }
        // The engine asks for a module's imports at once.
        linkingDepth += 1
        let module = evaluate(text, url, Int32(JS_EVAL_TYPE_MODULE) | flags)
        linkingDepth -= 1
        if !JS.isException(module) { return (.module, module) }
        // Which of its imports the engine forgets then is its own business.
        finishBuiltinLinks()
        return nil
    }

    func evaluate(_ source: [UInt8], _ url: String, _ flags: Int32) -> JSValue {
        var text = source
        text.append(0)
        return text.withUnsafeBufferPointer {
            $0.baseAddress!.withMemoryRebound(to: CChar.self, capacity: text.count) {
                JS_Eval(ctx, $0, source.count, url, flags)
            }
        }
    }

    /// Keeps the bytecode. A module's value stays in the engine's list of modules, where the loader finds it.
    private func keep(
        _ url: String, _ kind: CompiledModule.Kind, _ value: JSValue, _ map: SourceMap?,
        _ generated: [UInt8]?, _ reads: StackReads?
    ) -> CompiledModule? {
        guard let bytecode = bytecode(of: value) else { return nil }
        let module = CompiledModule(
            url: url, kind: kind, bytecode: bytecode, map: map, generated: generated, reads: reads)
        if kind == .module { freshModules[url] = OpaquePointer(apus_js_pointer(value)) }
        JS_FreeValue(ctx, value)
        host.program.add(module)
        return module
    }

    /// nil with an exception pending.
    func bytecode(of value: JSValue) -> [UInt8]? {
        var size = 0
        guard let bytes = JS_WriteObject(ctx, &size, value, Int32(JS_WRITE_OBJ_BYTECODE)) else { return nil }
        defer { js_free(ctx, bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: size))
    }

    /// The engine's module of a compiled one. nil with an exception pending.
    func instantiate(_ module: CompiledModule) -> OpaquePointer? {
        if module.usesStack { addStackReads() }
        if let fresh = freshModules.removeValue(forKey: module.url) {
            describe(fresh)
            return fresh
        }
        let value = read(module)
        if JS.isException(value) { return nil }
        // The engine's list of modules holds it.
        let definition = OpaquePointer(apus_js_pointer(value))
        JS_FreeValue(ctx, value)
        if let definition { describe(definition) }
        return definition
    }

    private static let metaFunctions = FunctionTable([
        .function(
            "resolve", 1,
            { ctx, _, argc, argv in
                let vm = VM.alike(ctx)
                guard let specifier = JS.text(vm.ctx, Arguments(ctx, argc, argv)[0]) else {
                    return JS.exception
                }
                switch Specifier.resolve(specifier, base: vm.callerURL()) {
                case .builtin(let name): return JS.string(vm.ctx, name)
                case .url(let url): return JS.string(vm.ctx, url)
                case .invalid(let message): return JS.throwGoError(vm.ctx, message)
                }
            })
    ])

    /// Fills a module's `import.meta`.
    private func describe(_ module: OpaquePointer) {
        let meta = JS_GetImportMeta(ctx, module)
        VM.metaFunctions.attach(ctx, meta)
        JS_FreeValue(ctx, meta)
    }

    func read(_ module: CompiledModule) -> JSValue {
        module.bytecode.withUnsafeBufferPointer {
            JS_ReadObject(ctx, $0.baseAddress, $0.count, Int32(JS_READ_OBJ_BYTECODE))
        }
    }
}
