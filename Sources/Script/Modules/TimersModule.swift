// Timers: globals, and the module `k6/timers`.

import Base
import CQuickJS

enum TimersModule {
    /// The module's functions are the globals themselves.
    static let module = BuiltinModule("k6/timers") { ctx in
        let object = JS_NewObject(ctx)
        for name in ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] {
            JS.define(ctx, object, name, JS.get(ctx, VM.alike(ctx).globals.object, name: name))
        }
        return object
    }

    static let functions = FunctionTable([
        .magic("setTimeout", 3, 0, set), .magic("setInterval", 3, 1, set),
        .function("clearTimeout", 1, clear), .function("clearInterval", 1, clear),
    ])

    private static let set: JSMagicFunction = { ctx, _, argc, argv, repeats in
        let arguments = Arguments(ctx, argc, argv)
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        let name = repeats == 1 ? "setInterval" : "setTimeout"
        guard JS.isFunction(arguments.ctx, arguments[0]) else {
            if JS.isNullish(arguments[0]) {
                // It has its number all the same.
                vm.takeTimerNumber()
                return JS.throwGoError(arguments.ctx, "\(name)'s callback isn't a callable function")
            }
            guard let text = JS.text(arguments.ctx, arguments[0]) else { return JS.exception }
            return JS.throwTypeError(
                arguments.ctx,
                "could not convert function call parameter 0: could not convert \(text) to sobek.Callable")
        }
        let delay = JS.isNullish(arguments[1]) ? JS.int(0) : arguments[1]
        guard var delayMs = JS.double(arguments.ctx, delay) else { return JS.exception }
        if delayMs < 0 { delayMs = 0 }
        // What is no number of milliseconds is long over to k6: it comes before all that is due now.
        let delayNs = delayMs.isFinite ? Int64(min(delayMs * 1e6, 9e18)) : -Ns.perSecond
        var rest: [JSValue] = []
        for index in stride(from: 2, to: arguments.count, by: 1) {
            rest.append(JS_DupValue(ctx, arguments[index]))
        }
        let timer = ScriptTimer(
            callback: JS_DupValue(ctx, arguments[0]), arguments: rest,
            // An interval of nothing would never let anything else have a turn.
            intervalNs: repeats == 1 ? max(delayNs, Ns.perMillisecond) : nil)
        return JS.number(arguments.ctx, Int64(vm.addTimer(timer, delayNs: delayNs)))
    }

    private static let clear: JSFunction = { ctx, _, argc, argv in
        let arguments = Arguments(ctx, argc, argv)
        if JS.isNullish(arguments[0]) { return JS.undefined }
        var id: Int64 = 0
        guard JS_ToInt64(ctx, &id, arguments[0]) == 0 else { return JS.exception }
        if let number = UInt32(exactly: id) { VM.of(ctx).removeTimer(number) }
        return JS.undefined
    }
}
