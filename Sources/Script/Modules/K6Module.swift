// The module `k6`: check, group, sleep, fail, randomSeed.

import Base
import CQuickJS
import Metrics

enum K6Module {
    static let module = BuiltinModule("k6") { table.object($0) }

    private static let table = FunctionTable([
        .function(
            "check", 2, { ctx, _, argc, argv in VM.with(ctx) { check($0, Arguments(ctx, argc, argv)) } }),
        .function("group", 2, { ctx, _, argc, argv in group(Arguments(ctx, argc, argv)) }),
        .function("sleep", 1, { ctx, _, argc, argv in sleep(Arguments(ctx, argc, argv)) }),
        .function("fail", 1, { ctx, _, argc, argv in fail(Arguments(ctx, argc, argv)) }),
        .function("randomSeed", 1, { ctx, _, argc, argv in randomSeed(Arguments(ctx, argc, argv)) }),
    ])

    // MARK: - check

    private static func check(_ vm: VM, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        if vm.isTerminating { return vm.throwTerminated() }
        if vm.isInit { return JS.throwGoError(ctx, "Using check() in the init context is not supported") }
        if arguments.count < 2 { return JS.throwGoError(ctx, "no checks provided to `check`") }
        guard !JS.isNullish(arguments[1]) else {
            return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
        }
        var extra: [(key: String, value: String)] = []
        if arguments.count > 2, !JS.isNullish(arguments[2]) {
            guard let tags = TagValues.read(ctx, arguments[2]) else { return JS.exception }
            extra = tags
        }
        var names: UnsafeMutablePointer<JSPropertyEnum>?
        var count: UInt32 = 0
        guard
            JS_GetOwnPropertyNames(
                ctx, &names, &count, arguments[1], JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) == 0
        else { return JS.isObject(arguments[1]) ? JS.exception : checkPrimitive(vm, arguments) }
        let list = UnsafeBufferPointer(start: names, count: Int(count))
        var passed = true
        var failed = false
        for name in list where !failed {
            switch one(vm, arguments[0], arguments[1], name.atom, extra) {
            case .passed: break
            case .failed: passed = false
            case .threw: failed = true
            }
        }
        if vm.metrics.hasNews { vm.metrics.keepPattern(ctx, list) }
        for name in list { JS_FreeAtom(ctx, name.atom) }
        js_free(ctx, names)
        return failed ? JS.exception : JS.bool(passed)
    }

    /// A text's characters are its checks, and other values have none; the engine refused to list them.
    @inline(never)
    private static func checkPrimitive(_ vm: VM, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        JS.dropException(ctx)
        let global = JS_GetGlobalObject(ctx)
        let maker = JS.get(ctx, global, "Object")
        var sets = arguments[1]
        let boxed = JS_Call(ctx, maker, JS.undefined, 1, &sets)
        var values = [arguments[0], boxed, arguments[2]]
        defer { for value in [global, maker, boxed] { JS_FreeValue(ctx, value) } }
        if JS.isException(boxed) { return boxed }
        return check(vm, Arguments(ctx, 3, &values))
    }

    private enum Result { case passed, failed, threw }

    /// One check: its value, or what its function says of the checked value.
    private static func one(
        _ vm: VM, _ value: JSValue, _ checks: JSValue, _ atom: JSAtom, _ extra: [(key: String, value: String)]
    ) -> Result {
        let ctx = vm.ctx.unsafelyUnwrapped
        let property = JS_GetProperty(ctx, checks, atom)
        if JS.isException(property) { return .threw }
        defer { JS_FreeValue(ctx, property) }
        guard let tags = vm.metrics.checkTags(vm, atom, extra) else { return .threw }
        var passed = false
        var threw = false
        if JS.isFunction(ctx, property) {
            var argument = value
            let result = JS_Call(ctx, property, JS.undefined, 1, &argument)
            if JS.isException(result) {
                threw = true
            } else if JS.isObject(result), isPromise(result), isAsync(property) {
                JS_FreeValue(ctx, result)
                _ = JS.throwGoError(
                    ctx,
                    "the built-in check() does not support async functions as arguments. Use the JavaScript "
                        + "utils library as a replacement. Refer to "
                        + "https://grafana.com/docs/k6/latest/javascript-api/jslib/utils/check/ for more info"
                )
                return .threw
            } else {
                passed = JS.truth(ctx, result)
                JS_FreeValue(ctx, result)
            }
        } else {
            passed = JS.truth(ctx, property)
        }
        // A VU that is being cut off records nothing.
        if vm.isTerminating { return .threw }
        vm.withRecorder { $0.record(Builtin.checks, tags, passed ? 1 : 0, vm, at: vm.sampleTime) }
        return threw ? .threw : passed ? .passed : .failed
    }

    /// Whether a function was written with `async`: what returns a promise otherwise is no concern of k6.
    static func isAsync(_ function: JSValue) -> Bool { JS_GetClassID(function) == asyncClass }

    private static let asyncClass = JSKind.classID(of: .asyncFunction)

    private static func isPromise(_ value: JSValue) -> Bool {
        JS_GetClassID(value) == promiseClass
    }

    /// The engine's class number of promises, learned from the first one.
    static let promiseClass: JSClassID = {
        guard let runtime = JS_NewRuntime(), let ctx = JS_NewContext(runtime) else { return 0 }
        var functions = [JS.undefined, JS.undefined]
        let promise = JS_NewPromiseCapability(ctx, &functions)
        let id = JS_GetClassID(promise)
        for value in functions + [promise] { JS_FreeValue(ctx, value) }
        JS_FreeContext(ctx)
        JS_FreeRuntime(runtime)
        return id
    }()

    // MARK: - group

    private static func group(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        if vm.isInit { return JS.throwGoError(ctx, "Using group() in the init context is not supported") }
        guard let name = GoExport.text(ctx, arguments[0]) else { return JS.exception }
        guard JS.isFunction(ctx, arguments[1]) else {
            return JS.throwGoError(ctx, "group() requires a callback as a second argument")
        }
        if isAsync(arguments[1]) {
            return JS.throwGoError(
                ctx,
                "group() does not support async functions as arguments, please see "
                    + "https://grafana.com/docs/k6/latest/javascript-api/k6/group/ for more info")
        }
        if name.range(of: "::") != nil {
            return JS.throwGoError(ctx, "group and check names may not contain '::'")
        }
        let outer = vm.tags
        vm.tags = vm.host.contexts.entering(name, from: outer)
        // Parked in the callback, it says that it comes back to these.
        vm.outerTags.append(outer)
        let start = Clock.now()
        let result = JS_Call(ctx, arguments[1], JS.undefined, 0, nil)
        let now = Clock.now()
        vm.outerTags.removeLast()
        if vm.isTerminating {
            JS_FreeValue(ctx, result)
            return vm.throwTerminated()
        }
        vm.host.recorder?.record(Builtin.groupDuration, Double(now - start) * 1e-6, vm, at: now)
        vm.tags = outer
        return result
    }

    // MARK: - sleep, fail, randomSeed

    private static func sleep(_ arguments: Arguments) -> JSValue {
        let vm = VM.of(arguments.ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        guard let seconds = JS.double(arguments.ctx, arguments[0]) else { return JS.exception }
        if seconds.isNaN || seconds <= 0 { return JS.undefined }
        return vm.sleep(Int64(min(seconds * 1e9, 9e18))) ? JS.undefined : vm.throwTerminated()
    }

    private static func fail(_ arguments: Arguments) -> JSValue {
        guard let message = GoExport.text(arguments.ctx, arguments[0]) else { return JS.exception }
        return JS.throwGoError(arguments.ctx, message)
    }

    private static func randomSeed(_ arguments: Arguments) -> JSValue {
        var seed: Int64 = 0
        guard JS_ToInt64(arguments.ctx, &seed, arguments[0]) == 0 else { return JS.exception }
        VM.of(arguments.ctx).random = SeededRandom(seed: UInt64(bitPattern: seed))
        return JS.undefined
    }
}
