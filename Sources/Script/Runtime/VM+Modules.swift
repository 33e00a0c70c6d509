// How a VU finds modules: built-in ones, ES modules, CommonJS. Modules are compiled in the first VM and
// loaded as bytecode in all others. Runs on the fiber, in the init phase only.

import Base
import CQuickJS
import Glibc

extension VM {
    // MARK: - the engine's questions

    static func normalizeModule(
        _ ctx: OpaquePointer?, _ base: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
    ) -> UnsafeMutablePointer<CChar>? {
        let vm = VM.alike(ctx)
        if vm.linkingDepth == 0 {
            // `import(…)`: k6 rejects with this very string.
            JS_Throw(ctx, JS.string(vm.ctx, "dynamic modules not enabled in the host program"))
            return nil
        }
        let specifier = String(cString: name!)
        switch Specifier.resolve(specifier, base: String(cString: base!)) {
        case .builtin(let name): return js_strdup(ctx, vm.linkName(ofBuiltin: name))
        case .url(let url):
            vm.specifiers[url] = specifier
            return js_strdup(ctx, url)
        case .invalid(let message):
            _ = JS.throwGoError(vm.ctx, message)
            return nil
        }
    }

    static func loadModule(_ ctx: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> OpaquePointer? {
        let vm = VM.alike(ctx)
        let url = String(cString: name!)
        if url == "k6" || url.hasPrefix("k6/") || url.hasPrefix("k6\u{1}") { return vm.builtinModule(url) }
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

    /// Names under which something may be imported: each costs a VU an object. nil with an exception
    /// pending.
    func exports(ofBuiltin name: String, _ object: JSValue) -> [String]? {
        if let known = host.program.mentions?.exports?[name] { return known }
        guard let keys = JS.allKeys(ctx, object) else { return nil }
        host.program.note(exports: keys, ofBuiltin: name)
        return keys
    }

    func moduleName(_ module: OpaquePointer) -> String {
        let atom = JS_GetModuleName(ctx, module)
        defer { JS_FreeAtom(ctx, atom) }
        guard let name = JS_AtomToCString(ctx, atom) else { return "" }
        defer { JS_FreeCString(ctx, name) }
        return String(cString: name)
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
        if compiled.usesStack { addStackReads() }
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
        let module = JS_NewCModule(ctx, url) { ctx, module in VM.alike(ctx).fillCommonJS(module!) }
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

    /// URL of the file whose top-level code is running, which is what `open` goes by: the outermost frame, up
    /// to the `require` that runs a file of its own.
    func runningURL() -> String {
        _ = JS.throwTypeError(ctx, "")
        let error = JS_GetException(ctx)
        let stack = JS.get(ctx, error, "stack")
        defer {
            JS_FreeValue(ctx, error)
            JS_FreeValue(ctx, stack)
        }
        guard let text = JS.text(ctx, stack) else { return host.program.mainURL }
        return ErrorText.outermostURL(text) ?? host.program.mainURL
    }

    /// `require(specifier)`: the caller's value.
    func require(_ specifier: String) -> JSValue {
        guard isInit else {
            return JS.throwGoError(
                ctx,
                "the \"require\" function is only available in the init stage (i.e. the global scope), see "
                    + "https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information")
        }
        if specifier.isEmpty {
            return JS.throwGoError(ctx, "require() can't be used with an empty specifier")
        }
        switch Specifier.resolve(specifier, base: callerURL()) {
        case .invalid(let message): return JS.throwGoError(ctx, message)
        case .builtin(let name): return requireBuiltin(name)
        case .url(let url):
            specifiers[url] = specifier
            guard let compiled = compiled(url) else { return JS.exception }
            if compiled.kind == .commonJS {
                return commonJSExports(url).map { JS_DupValue(ctx, $0) } ?? JS.exception
            }
            return requireModule(url)
        }
    }

    /// What `require` gives for a built-in module: its object; a module that has nothing but a default
    /// export, as a translated ES module.
    private func requireBuiltin(_ name: String) -> JSValue {
        guard let object = builtinObject(name) else { return JS.exception }
        guard name == "k6/secrets" else { return JS_DupValue(ctx, object) }
        let key = "require:" + name
        if let known = moduleObjects[key] { return JS_DupValue(ctx, known) }
        let result = JS_NewObject(ctx)
        JS.define(ctx, result, "default", JS_DupValue(ctx, object))
        JS.define(ctx, result, "__esModule", JS.bool(true))
        moduleObjects[key] = result
        return JS_DupValue(ctx, result)
    }

    /// The namespace of an ES module, evaluated now.
    private func requireModule(_ url: String) -> JSValue {
        if !isWhole, !host.program.isWhole(url) { return beginAnew() }
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
        linkingDepth += 1
        let isLinked = JS_ResolveModule(ctx, value) >= 0
        linkingDepth -= 1
        finishBuiltinLinks()
        if !isLinked { return .failed }
        let promise = JS_EvalFunction(ctx, JS_DupValue(ctx, value))
        if JS.isException(promise) {
            host.program.noteUnlinkedModule()
            placeLinkError()
            return .failed
        }
        defer { JS_FreeValue(ctx, promise) }
        if JS_PromiseState(ctx, promise) == JS_PROMISE_PENDING {
            switch runEvents() {
            case .done: break
            case .failed(let error):
                JS_Throw(ctx, error)
                return .failed
            case .rejected(let reason):
                // The module's own promise among them: it threw.
                if JS_PromiseState(ctx, promise) == JS_PROMISE_REJECTED {
                    JS_Throw(ctx, reason)
                    return .failed
                }
                return .rejected(reason)
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

    /// A missing export has no frames to the engine; to k6 it happens where the import stands.
    private func placeLinkError() {
        let error = JS_GetException(ctx)
        defer { JS_Throw(ctx, error) }
        let marks = ErrorText.headline(ctx, error).split(separator: "'", omittingEmptySubsequences: false)
        // "… export 'NAME' in module 'URL'", the URL cut short.
        guard marks.count == 5, let place = host.program.importPlace(of: String(marks[1]), from: marks[3])
        else { return }
        let frames =
            "    at <anonymous> (\(place.url):\(place.line):\(place.column))\n    at <anonymous> (\(place.url):1:1)\n"
        JS_DefinePropertyValueStr(
            ctx, error, "stack", JS.string(ctx, frames), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE)
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
