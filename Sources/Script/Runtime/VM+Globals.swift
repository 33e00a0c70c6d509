// What scripts find without importing it: `__ENV`, `__VU`, `__ITER`, `console`, `open`, `require`, timers.
// Each is made when a VM's context is.

import Base
import CQuickJS

/// Handles kept for the VM's life.
struct VMGlobals {
    var object = JS.undefined
    /// What is not made yet.
    var late: LateGlobals = []
    /// What `__ENV` shows.
    var variables: [String: String] = [:]
    /// What the script has assigned to `__ITER`, and in which iteration: the next one has its own again.
    var assignedIteration: (value: JSValue, iteration: Int64)?

    mutating func free(_ ctx: JSContextRef) {
        JS_FreeValue(ctx, object)
        if let assignedIteration { JS_FreeValue(ctx, assignedIteration.value) }
        assignedIteration = nil
        object = JS.undefined
    }
}

extension VM {
    private static let functions = FunctionTable([
        .function("open", 2, { ctx, _, argc, argv in VM.alike(ctx).open(Arguments(ctx, argc, argv)) }),
        .function(
            "require", 1,
            { ctx, _, argc, argv in
                let vm = VM.alike(ctx)
                guard let specifier = JS.text(vm.ctx, Arguments(ctx, argc, argv)[0]) else {
                    return JS.exception
                }
                return vm.require(specifier)
            }),
    ])
    private static let iteration = FunctionTable([
        .getter(
            "__ITER", 0, { ctx, _, _ in VM.of(ctx).iterationNumber },
            { ctx, _, value, _ in
                VM.of(ctx).assignIteration(JS_DupValue(ctx, value))
                return JS.undefined
            }, isEnumerable: true)
    ])

    /// `__ENV` is made when a script first asks for it: tens of variables in thousands of VUs that never
    /// look.
    private static let environment = FunctionTable([
        .getter(
            "__ENV", 0, { ctx, _, _ in VM.alike(ctx).makeEnvironment() },
            { ctx, _, value, _ in VM.alike(ctx).replaceEnvironment(JS_DupValue(ctx, value)) },
            isEnumerable: true
        )
    ])

    private static let random: JSMagicFunction = { ctx, _, _, _, _ in
        JS_NewFloat64(ctx, VM.of(ctx).random.unit())
    }

    func addGlobals() {
        let global = JS_GetGlobalObject(ctx)
        globals.object = global
        VM.functions.attach(ctx, global, isListed: true)
        TimersModule.functions.attach(ctx, global, isListed: true)
        JS.set(ctx, global, "console", Console.functions.object(ctx))
        addNumber(global)
        setEnvironment(host.settings.env)
        if !host.settings.isBaseMode { JS.set(ctx, global, "global", JS_DupValue(ctx, global)) }
        let mentions = host.program.mentions
        if mentions?.random ?? true || isTemplate {
            // Only looking at `Math` makes all of it.
            let math = JS.get(ctx, global, "Math")
            JS.set(ctx, math, "random", apus_js_magic_function(ctx, VM.random, "random", 0, 0))
            JS_FreeValue(ctx, math)
        }
        if mentions?.dispose ?? true { addDisposeSymbols(global) }
        if mentions?.textOrder ?? true { Locale.addTextOrder(ctx, global) }
        addLateGlobals(global)
    }

    /// `__ITER`: there in iterations only. On the fiber, once the script is loaded.
    func addIterationNumber() {
        if vu != nil || isTemplate { VM.iteration.attach(ctx, globals.object) }
    }

    /// Of this VU, from 0.
    private var iterationNumber: JSValue {
        let number = vu!.pointee.iterationInInstance
        if let assigned = globals.assignedIteration, assigned.iteration == number {
            return JS_DupValue(ctx, assigned.value)
        }
        return JS.number(ctx, number)
    }

    private func assignIteration(_ value: JSValue) {
        if let assigned = globals.assignedIteration { JS_FreeValue(ctx, assigned.value) }
        globals.assignedIteration = (value, vu!.pointee.iterationInInstance)
    }

    /// `Symbol.dispose` and `Symbol.asyncDispose`, which the engine has not: rewritten `using` asks for them.
    private func addDisposeSymbols(_ global: JSValue) {
        let symbol = JS.get(ctx, global, "Symbol")
        let maker = JS.get(ctx, symbol, "for")
        for name in ["dispose", "asyncDispose"] {
            var description = JS.string(ctx, "Symbol.\(name)")
            let made = JS_Call(ctx, maker, symbol, 1, &description)
            JS_FreeValue(ctx, description)
            JS_DefinePropertyValueStr(ctx, symbol, name, made, 0)
        }
        JS_FreeValue(ctx, maker)
        JS_FreeValue(ctx, symbol)
    }

    /// A new `__ENV`.
    func setEnvironment(_ variables: [String: String]) {
        globals.variables = variables
        if mayBeLate {
            VM.environment.attach(ctx, globals.object)
        } else {
            JS_FreeValue(ctx, makeEnvironment())
        }
    }

    private func makeEnvironment() -> JSValue {
        let environment = JS_NewObject(ctx)
        for (name, value) in globals.variables { JS.define(ctx, environment, name, JS.string(ctx, value)) }
        _ = replaceEnvironment(JS_DupValue(ctx, environment))
        return environment
    }

    /// Makes `value`, which it takes, what `__ENV` is from now on.
    private func replaceEnvironment(_ value: JSValue) -> JSValue {
        JS.define(ctx, globals.object, "__ENV", value)
        return JS.undefined
    }

    // MARK: - open

    private func open(_ arguments: Arguments) -> JSValue {
        guard isInit else {
            return JS.throwGoError(
                ctx,
                "the \"open\" function is only available in the init stage (i.e. the global scope), see "
                    + "https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information")
        }
        guard let name = JS.text(ctx, arguments[0]), let mode = JS.text(ctx, arguments[1]) else {
            return JS.exception
        }
        if name.isEmpty || JS.isNullish(arguments[0]) {
            return JS.throwGoError(ctx, "open() can't be used with an empty filename")
        }
        do throws(ScriptError) {
            let bytes = try readFile(name)
            return bytes.withUnsafeBufferPointer {
                arguments.count > 1 && mode == "b" ? JS.arrayBuffer(ctx, $0) : JS.string(ctx, $0)
            }
        } catch {
            return JS.throwGoError(ctx, error.description)
        }
    }

    /// Where a file lies that is named relative to the file whose code is running.
    func fileURL(_ name: String) -> String {
        var path = name.hasPrefix("file://") ? String(name.dropFirst(7)) : name
        if !path.hasPrefix("/") {
            let (running, caller) = (runningURL(), callerURL())
            let folder = Specifier.path(ofFileURL: running)
            path = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)] + "/" + path
            if running != caller, !host.program.isFrozen {
                host.log(
                    ScriptLogLine(
                        .warning,
                        "a file name is relative to the file whose top-level code runs, \(running), not to "
                            + "\(caller), whose code asks for it; import.meta.resolve() gives paths relative to "
                            + "the file it stands in"))
            }
        }
        return "file://" + Specifier.normalized(path)
    }

    /// The bytes of a file named relative to the file whose code is running.
    func readFile(_ name: String) throws(ScriptError) -> [UInt8] {
        let url = fileURL(name)
        guard let bytes = try host.program.source(url) else {
            let clean = Specifier.path(ofFileURL: url)
            throw ScriptError(
                .script,
                host.program.isFrozen
                    ? "open() can't be used with files that weren't previously opened during initialization "
                        + "(__VU==0), path: \"\(clean)\""
                    : "stat \(clean): no such file or directory")
        }
        return bytes
    }
}
