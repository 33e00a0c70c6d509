// `exec.vu.tags`: the VU's tags as an object that can be read and written. A proxy, so that every write
// becomes a new context of tags.

import CQuickJS

enum VUTags {
    static func object(_ ctx: JSContextRef) -> JSValue {
        let global = JS_GetGlobalObject(ctx)
        let proxy = JS.get(ctx, global, "Proxy")
        var arguments = [JS_NewObject(ctx), traps.object(ctx)]
        let result = JS_CallConstructor(ctx, proxy, 2, &arguments)
        for value in arguments + [proxy, global] { JS_FreeValue(ctx, value) }
        return result
    }

    private static let traps = FunctionTable([
        .function("get", 3, { ctx, _, argc, argv in get(Arguments(ctx, argc, argv)) }),
        .function("has", 2, { ctx, _, argc, argv in JS.bool(find(Arguments(ctx, argc, argv)) != nil) }),
        .function("set", 4, { ctx, _, argc, argv in set(Arguments(ctx, argc, argv)) }),
        .function("deleteProperty", 2, { ctx, _, argc, argv in remove(Arguments(ctx, argc, argv)) }),
        .function("ownKeys", 1, { ctx, _, _, _ in JS.strings(ctx!, all(VM.of(ctx)).map(\.key)) }),
        .function(
            "getOwnPropertyDescriptor", 2, { ctx, _, argc, argv in describe(Arguments(ctx, argc, argv)) }),
    ])

    /// All tags a sample of the VU carries now, sorted.
    private static func all(_ vm: VM) -> [(key: String, value: String)] {
        let tagging = vm.host.settings.tagging
        var tags = Dictionary(tagging.runTags.map { ($0.key, $0.value) }) { $1 }
        if let scenario = vm.tags.scenario, tagging.systemTags.contains("scenario") {
            tags["scenario"] = scenario
        }
        if tagging.systemTags.contains("group") { tags["group"] = vm.tags.group }
        tags.merge(vm.tags.extra) { $1 }
        return tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func find(_ arguments: Arguments) -> String? {
        guard JS.isString(arguments[1]), let key = JS.text(arguments.ctx, arguments[1]) else { return nil }
        return all(VM.of(arguments.ctx)).first { $0.key == key }?.value
    }

    private static func get(_ arguments: Arguments) -> JSValue {
        find(arguments).map { JS.string(arguments.ctx, $0) } ?? JS.undefined
    }

    private static func describe(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let value = find(arguments) else { return JS.undefined }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "value", JS.string(ctx, value))
        for name in ["writable", "enumerable", "configurable"] { JS.define(ctx, object, name, JS.bool(true)) }
        return object
    }

    private static func set(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let key = JS.text(ctx, arguments[1]) else { return JS.exception }
        guard let value = TagValues.text(ctx, arguments[2]) else {
            return JS.throwTypeError(ctx, TagValues.problem(ctx, key, arguments[2]))
        }
        var extra = VM.of(ctx).tags.extra
        extra[key] = value
        return apply(VM.of(ctx), extra)
    }

    private static func remove(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let key = JS.text(ctx, arguments[1]) else { return JS.exception }
        var extra = VM.of(ctx).tags.extra
        extra[key] = nil
        return apply(VM.of(ctx), extra)
    }

    /// The VU's tags stay until its scenario changes.
    private static func apply(_ vm: VM, _ extra: [String: String]) -> JSValue {
        vm.tags = vm.host.contexts.retagged(vm.tags, extra)
        vm.scenarioTags = vm.host.contexts.retagged(vm.scenarioTags, extra)
        vm.endsSpecially = true
        return JS.bool(true)
    }
}
