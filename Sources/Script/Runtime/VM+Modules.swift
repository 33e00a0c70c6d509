// How a VU finds modules: built-in ones, ES modules, CommonJS. Modules are compiled in the first VM and loaded
// as bytecode in all others. Runs on the fiber, in the init phase only.

import Base
import CQuickJS
import Glibc

extension VM {
    // MARK: - the engine's questions

    static func normalizeModule(
        _ ctx: OpaquePointer?, _ base: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
    ) -> UnsafeMutablePointer<CChar>? {
        let vm = VM.of(ctx)
        let specifier = String(cString: name!)
        switch Specifier.resolve(specifier, base: String(cString: base!)) {
        case .builtin(let name): return js_strdup(ctx, name)
        case .url(let url): return js_strdup(ctx, url)
        case .invalid(let message):
            _ = JS.throwGoError(vm.ctx, message)
            return nil
        }
    }

    static func loadModule(_ ctx: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> OpaquePointer? {
        let vm = VM.of(ctx)
        let url = String(cString: name!)
        if url == "k6" || url.hasPrefix("k6/") { return vm.builtinModule(url) }
        guard let module = vm.compiled(url) else { return nil }
        switch module.kind {
        case .module: return vm.instantiate(module)
        case .commonJS: return vm.wrapCommonJS(url)
        }
    }

    // MARK: - built-in modules

    /// The object of a built-in module, made once per VU; borrowed. nil with an exception pending.
    func builtinObject(_ name: String) -> JSValue? {
        if let known = moduleObjects[name] { return known }
        guard let module = BuiltinModules.find(name) else {
            _ = JS.throwGoError(ctx, BuiltinModules.refusal(name))
            return nil
        }
        let object = module.make(ctx)
        if JS.isException(object) { return nil }
        moduleObjects[name] = object
        return object
    }

    private func builtinModule(_ name: String) -> OpaquePointer? {
        guard let object = builtinObject(name), let keys = JS.allKeys(ctx, object) else { return nil }
        let module = JS_NewCModule(ctx, name) { ctx, module in VM.of(ctx).fillBuiltin(module!) }
        for key in keys { JS_AddModuleExport(ctx, module, key) }
        JS_AddModuleExport(ctx, module, "default")
        return module
    }

    private func fillBuiltin(_ module: OpaquePointer) -> Int32 {
        guard let object = moduleObjects[moduleName(module)], let keys = JS.allKeys(ctx, object) else { return -1 }
        for key in keys { JS_SetModuleExport(ctx, module, key, JS.get(ctx, object, name: key)) }
        return JS_SetModuleExport(ctx, module, "default", JS_DupValue(ctx, object))
    }

    private func moduleName(_ module: OpaquePointer) -> String {
        let atom = JS_GetModuleName(ctx, module)
        defer { JS_FreeAtom(ctx, atom) }
        guard let name = JS_AtomToCString(ctx, atom) else { return "" }
        defer { JS_FreeCString(ctx, name) }
        return String(cString: name)
    }

    // MARK: - compiled modules

    /// A module's bytecode, compiled now if this is the first VM. nil with an exception pending.
    func compiled(_ url: String) -> CompiledModule? {
        if let known = host.program.modules[url] { return known }
        do throws(ScriptError) {
            guard !host.program.isFrozen, let source = try host.program.source(url) else {
                _ = JS.throwGoError(ctx, missingText(url))
                return nil
            }
            return try compile(url, source)
        } catch {
            if !error.description.isEmpty { _ = JS.throwGoError(ctx, error.description) }
            return nil
        }
    }

    private func missingText(_ url: String) -> String {
        host.program.isFrozen
            ? "only modules loaded by VU 0 can be loaded, and \(url) is not among them"
            : Specifier.missing(url)
    }

    /// Compiles a source: as the body of a CommonJS function, which no text with imports or exports can be;
    /// then as an ES module; then with newer syntax rewritten.
    /// - Throws: an error without text when a SyntaxError is pending.
    private func compile(_ url: String, _ source: [UInt8]) throws(ScriptError) -> CompiledModule {
        if let module = tryCompile(url, source, map: nil) { return module }
        let error = JS_GetException(ctx)
        let transformed: TransformedSource
        do throws(ScriptError) { transformed = try host.program.access.transform(source, url) } catch {
            if url.hasSuffix(".ts") {
                JS_FreeValue(ctx, JS.undefined)
                throw error
            }
            transformed = TransformedSource(code: [], map: [])
        }
        if !transformed.code.isEmpty,
            let module = tryCompile(url, transformed.code, map: SourceMap(json: transformed.map))
        {
            JS_FreeValue(ctx, error)
            return module
        }
        if !transformed.code.isEmpty { JS.dropException(ctx) }
        JS_Throw(ctx, error)
        throw ScriptError(.script, "")
    }

    /// nil with the SyntaxError pending.
    private func tryCompile(_ url: String, _ source: [UInt8], map: SourceMap?) -> CompiledModule? {
        let wrapped = Array(ScriptProgram.commonJSPrefix.utf8) + source + Array("\n})".utf8)
        let flags = Int32(JS_EVAL_FLAG_COMPILE_ONLY)
        let body = evaluate(wrapped, url, Int32(JS_EVAL_TYPE_GLOBAL) | flags)
        if !JS.isException(body) { return keep(url, .commonJS, body, map, source) }
        JS.dropException(ctx)
        let module = evaluate(source, url, Int32(JS_EVAL_TYPE_MODULE) | flags)
        if JS.isException(module) { return nil }
        return keep(url, .module, module, map, source)
    }

    private func evaluate(_ source: [UInt8], _ url: String, _ flags: Int32) -> JSValue {
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
        _ url: String, _ kind: CompiledModule.Kind, _ value: JSValue, _ map: SourceMap?, _ source: [UInt8]
    ) -> CompiledModule? {
        var size = 0
        guard let bytes = JS_WriteObject(ctx, &size, value, Int32(JS_WRITE_OBJ_BYTECODE)) else { return nil }
        let module = CompiledModule(
            url: url, kind: kind, bytecode: Array(UnsafeBufferPointer(start: bytes, count: size)), map: map,
            generated: map == nil ? nil : source)
        js_free(ctx, bytes)
        if kind == .module { freshModules[url] = OpaquePointer(apus_js_pointer(value)) }
        JS_FreeValue(ctx, value)
        host.program.add(module)
        return module
    }

    /// The engine's module of a compiled one. nil with an exception pending.
    private func instantiate(_ module: CompiledModule) -> OpaquePointer? {
        if let fresh = freshModules.removeValue(forKey: module.url) { return fresh }
        let value = read(module)
        if JS.isException(value) { return nil }
        // The engine's list of modules holds it.
        let definition = OpaquePointer(apus_js_pointer(value))
        JS_FreeValue(ctx, value)
        return definition
    }

    private func read(_ module: CompiledModule) -> JSValue {
        module.bytecode.withUnsafeBufferPointer {
            JS_ReadObject(ctx, $0.baseAddress, $0.count, Int32(JS_READ_OBJ_BYTECODE))
        }
    }

    // MARK: - CommonJS

    /// `module.exports` of a CommonJS module, run once per VU; borrowed. nil with an exception pending.
    func commonJSExports(_ url: String) -> JSValue? {
        if let module = commonJS[url] {
            let exports = JS.get(ctx, module, "exports")
            // The module object holds it.
            JS_FreeValue(ctx, exports)
            return exports
        }
        guard let compiled = compiled(url) else { return nil }
        let function = JS_EvalFunction(ctx, read(compiled))
        if JS.isException(function) { return nil }
        let module = JS_NewObject(ctx)
        let exports = JS_NewObject(ctx)
        JS.define(ctx, module, "exports", JS_DupValue(ctx, exports))
        commonJS[url] = module
        var arguments = [module, exports]
        let result = JS_Call(ctx, function, exports, 2, &arguments)
        JS_FreeValue(ctx, function)
        JS_FreeValue(ctx, exports)
        if JS.isException(result) { return nil }
        JS_FreeValue(ctx, result)
        return commonJSExports(url)
    }

    /// A CommonJS module imported by an ES module: `default` is its `exports.default`, or all of `exports`.
    private func wrapCommonJS(_ url: String) -> OpaquePointer? {
        guard let exports = commonJSExports(url) else { return nil }
        var keys: [String] = []
        if JS.isObject(exports) {
            guard let own = JS.keys(ctx, exports) else { return nil }
            keys = own
        }
        let module = JS_NewCModule(ctx, url) { ctx, module in VM.of(ctx).fillCommonJS(module!) }
        for key in keys where key != "default" { JS_AddModuleExport(ctx, module, key) }
        JS_AddModuleExport(ctx, module, "default")
        return module
    }

    private func fillCommonJS(_ module: OpaquePointer) -> Int32 {
        guard let exports = commonJSExports(moduleName(module)) else { return -1 }
        var fallback = JS_DupValue(ctx, exports)
        if JS.isObject(exports), let keys = JS.keys(ctx, exports) {
            for key in keys where key != "default" {
                JS_SetModuleExport(ctx, module, key, JS.get(ctx, exports, name: key))
            }
            if keys.contains("default") {
                JS_FreeValue(ctx, fallback)
                fallback = JS.get(ctx, exports, "default")
            }
        }
        return JS_SetModuleExport(ctx, module, "default", fallback)
    }

    /// URL of the file whose code called a host function.
    func callerURL() -> String {
        let atom = JS_GetScriptOrModuleName(ctx, 1)
        defer { JS_FreeAtom(ctx, atom) }
        if atom != JS_ATOM_NULL, let name = JS_AtomToCString(ctx, atom) {
            defer { JS_FreeCString(ctx, name) }
            let url = String(cString: name)
            if url.range(of: "://") != nil { return url }
        }
        return host.program.mainURL
    }

    /// `require(specifier)`: the caller's value.
    func require(_ specifier: String) -> JSValue {
        guard isInit else {
            return JS.throwGoError(
                ctx,
                "the \"require\" function is only available in the init stage (i.e. the global scope), see "
                    + "https://grafana.com/docs/k6/latest/using-k6/test-lifecycle for more information")
        }
        switch Specifier.resolve(specifier, base: callerURL()) {
        case .invalid(let message): return JS.throwGoError(ctx, message)
        case .builtin(let name): return requireBuiltin(name)
        case .url(let url):
            guard let compiled = compiled(url) else { return JS.exception }
            if compiled.kind == .commonJS {
                return commonJSExports(url).map { JS_DupValue(ctx, $0) } ?? JS.exception
            }
            return requireModule(url)
        }
    }

    /// What `require` gives for a built-in module: its object, marked as a translated ES module.
    private func requireBuiltin(_ name: String) -> JSValue {
        let key = "require:" + name
        if let known = moduleObjects[key] { return JS_DupValue(ctx, known) }
        guard let object = builtinObject(name), let keys = JS.allKeys(ctx, object) else { return JS.exception }
        let result = JS_NewObject(ctx)
        for key in keys { JS.define(ctx, result, key, JS.get(ctx, object, name: key)) }
        JS.define(ctx, result, "default", JS_DupValue(ctx, object))
        JS.define(ctx, result, "__esModule", JS.bool(true))
        moduleObjects[key] = result
        return JS_DupValue(ctx, result)
    }

    /// The namespace of an ES module, evaluated now.
    private func requireModule(_ url: String) -> JSValue {
        let key = "require:" + url
        if let known = moduleObjects[key] { return JS_DupValue(ctx, known) }
        guard case .module(let namespace) = evaluateModule(url) else { return JS.exception }
        moduleObjects[key] = namespace
        return JS_DupValue(ctx, namespace)
    }

    enum Evaluated {
        /// The namespace, the caller's.
        case module(JSValue)
        /// An exception is pending.
        case failed
        /// A promise was rejected without a handler.
        case rejected(JSValue)
    }

    /// Links and runs an ES module with all it imports, until its top-level promises are settled.
    func evaluateModule(_ url: String) -> Evaluated {
        guard let compiled = compiled(url), let definition = instantiate(compiled) else { return .failed }
        let value = apus_js_module(UnsafeMutableRawPointer(definition))
        if JS_ResolveModule(ctx, value) < 0 { return .failed }
        let promise = JS_EvalFunction(ctx, JS_DupValue(ctx, value))
        if JS.isException(promise) { return .failed }
        defer { JS_FreeValue(ctx, promise) }
        if JS_PromiseState(ctx, promise) == JS_PROMISE_PENDING {
            switch runEvents() {
            case .done: break
            case .failed(let error):
                JS_Throw(ctx, error)
                return .failed
            case .rejected(let reason): return .rejected(reason)
            case .terminated: return .failed
            }
        }
        if JS_PromiseState(ctx, promise) == JS_PROMISE_REJECTED {
            forgetRejection(of: promise)
            JS_Throw(ctx, JS_PromiseResult(ctx, promise))
            return .failed
        }
        return .module(JS_GetModuleNamespace(ctx, definition))
    }

    private func forgetRejection(of promise: JSValue) {
        guard
            let index = rejections.firstIndex(where: {
                apus_js_pointer($0.promise) == apus_js_pointer(promise)
            })
        else { return }
        let known = rejections.remove(at: index)
        JS_FreeValue(ctx, known.promise)
        JS_FreeValue(ctx, known.reason)
    }
}
