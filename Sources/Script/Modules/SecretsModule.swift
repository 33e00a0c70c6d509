// `k6/secrets`: promises of values from configured sources. One of `BuiltinModules`.

import CQuickJS

enum SecretsModule {
    static let module = BuiltinModule("k6/secrets") { functions.object($0) }

    private static let functions = FunctionTable([
        .function("get", 1, { ctx, _, argc, argv in get(Arguments(ctx, argc, argv), from: nil) }),
        .function("source", 1, source),
    ])

    /// source(name): an object whose `get` asks that one. A name that is not configured shows when it is
    /// asked.
    private static let source: JSFunction = { ctx, _, argc, argv in
        let arguments = Arguments(ctx, argc, argv)
        guard let text = GoExport.text(arguments.ctx, arguments[0]) else { return JS.exception }
        var name = JS.string(arguments.ctx, text)
        defer { JS_FreeValue(ctx, name) }
        let object = JS_NewObject(ctx)
        JS.define(arguments.ctx, object, "get", JS_NewCFunctionData(ctx, getNamed, 1, 0, 1, &name))
        return object
    }

    private static let getNamed: JSDataFunction = { ctx, _, argc, argv, _, data in
        let arguments = Arguments(ctx, argc, argv)
        guard let name = JS.text(arguments.ctx, data!.pointee) else { return JS.exception }
        // k6's "default" is whichever source is the default one.
        return get(arguments, from: name.isEmpty || name == "default" ? nil : name)
    }

    private static func get(_ arguments: Arguments, from source: String?) -> JSValue {
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        guard let key = GoExport.text(ctx, arguments[0]) else { return JS.exception }
        let secrets = vm.host.settings.secrets ?? ScriptSecrets([])
        return switch secrets.get(key, from: source) {
        case .value(let value): HostPromise.settled(vm, JS.string(ctx, value))
        case .missing(let message): HostPromise.rejected(vm, name: "", message)
        }
    }
}

extension HostPromise {
    /// A promise that is resolved with `value`, which it takes, or rejected with the pending exception.
    static func settled(_ vm: VM, _ value: JSValue) -> JSValue {
        let promise = HostPromise(vm)
        let result = promise.value()
        promise.settle(with: value)
        return result
    }

    /// A promise rejected with an error whose text is "name: message"; without a name the message alone.
    static func rejected(_ vm: VM, name: String, _ message: String) -> JSValue {
        let ctx = vm.ctx.unsafelyUnwrapped
        let error = JS_NewError(ctx)
        let flags = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE
        JS_DefinePropertyValueStr(ctx, error, "name", JS.string(ctx, name), flags)
        JS_DefinePropertyValueStr(ctx, error, "message", JS.string(ctx, message), flags)
        return settled(vm, JS_Throw(ctx, error))
    }
}
