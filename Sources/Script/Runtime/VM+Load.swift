// Loading a script in a VM: the main module is evaluated, its exports are kept. The first VM of a run reads
// and compiles; all others take bytecode. On the fiber.

import Base
import CQuickJS

extension VM {
    /// - Returns: what kept the script from loading, or nil.
    func loadMain() -> ScriptError? {
        let url = host.program.mainURL
        guard let compiled = compiled(url) else { return initError() }
        switch compiled.kind {
        case .module:
            switch evaluateModule(url) {
            case .module(let namespace):
                keepExports(of: namespace)
                JS_FreeValue(ctx, namespace)
            case .failed: return initError()
            case .rejected(let reason): return rejected(reason)
            }
        case .commonJS:
            guard let exports = commonJSExports(url) else { return initError() }
            if JS.isObject(exports) { keepExports(of: exports) }
        }
        switch finishEvents() {
        case .done: break
        case .failed(let error):
            JS_Throw(ctx, error)
            return initError()
        case .rejected(let reason): return rejected(reason)
        case .terminated: return initError()
        }
        overwriteOptions()
        return nil
    }

    /// A promise rejected without a handler, taking the reason: k6 counts that among the errors of no kind.
    private func rejected(_ reason: JSValue) -> ScriptError {
        if abortMessage != nil || isOutOfMemory || isTerminating {
            JS_Throw(ctx, reason)
            return initError()
        }
        defer { JS_FreeValue(ctx, reason) }
        return ScriptError(.generic, "Uncaught (in promise) \(ErrorText.of(self, reason))")
    }

    private func keepExports(of object: JSValue) {
        guard let keys = JS.keys(ctx, object) else {
            JS.dropException(ctx)
            return
        }
        for key in keys { exports[key] = JS.get(ctx, object, name: key) }
    }

    /// Once options are consolidated, a VU's own `options` object shows them.
    private func overwriteOptions() {
        let json = host.settings.optionsJSON
        guard !json.isEmpty, let options = exports["options"], JS.isObject(options) else { return }
        let value = consolidatedOptions(json)
        defer { JS_FreeValue(ctx, value) }
        guard let keys = JS.keys(ctx, value) else { return JS.dropException(ctx) }
        for key in keys { JS.set(ctx, options, key, JS.get(ctx, value, name: key)) }
    }

    /// Parsed by a worker's first VU; the others read what the engine wrote of it, which is less work.
    private func consolidatedOptions(_ json: [UInt8]) -> JSValue {
        if let image = host.optionsImage {
            return image.withUnsafeBufferPointer { JS_ReadObject(ctx, $0.baseAddress, $0.count, 0) }
        }
        let value = json.withUnsafeBufferPointer { JS.parseJSON(ctx, $0) }
        var size = 0
        if let bytes = JS_WriteObject(ctx, &size, value, 0) {
            host.optionsImage = Array(UnsafeBufferPointer(start: bytes, count: size))
            js_free(ctx, bytes)
        } else {
            JS.dropException(ctx)
        }
        return value
    }

    /// No collector runs while init code does, unless it takes very much. What it leaves behind is looked for
    /// once, in VUs whose VU 0 found enough. On the fiber.
    func collectInitGarbage() {
        if host.program.isFrozen, !host.program.leavesInitGarbage, !isTemplate { return }
        let before = usedBytes
        JS_RunGC(runtime)
        host.program.note(initGarbageBytes: before - usedBytes)
    }

    private func initError() -> ScriptError {
        let error = JS_GetException(ctx)
        defer { JS_FreeValue(ctx, error) }
        if let abortMessage { return ScriptError(.aborted, abortMessage) }
        if isOutOfMemory { return ScriptError(.generic, "init code ran out of memory") }
        if isTerminating { return ScriptError(.generic, "init code was cut off: the run was stopped") }
        let text = ErrorText.of(self, error)
        return ScriptError(.script, text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Names of exported functions.
    var exportedFunctions: [String] { exports.keys.filter { JS.isFunction(ctx, exports[$0]!) }.sorted() }
}
