// `exec.vu.tags` and `exec.vu.metrics.metadata`: what every sample of the VU carries, as objects that can be
// read and written. Proxies, so that every write becomes a new context of tags. Made by ExecutionModule.

import Base
import CQuickJS

enum VUTags {
    static func object(_ ctx: JSContextRef) -> JSValue { proxy(ctx, traps) }

    static func metadata(_ ctx: JSContextRef) -> JSValue { proxy(ctx, metadataTraps) }

    private static func proxy(_ ctx: JSContextRef, _ traps: FunctionTable) -> JSValue {
        let global = JS_GetGlobalObject(ctx)
        let proxy = JS.get(ctx, global, "Proxy")
        var arguments = [JS_NewObject(ctx), traps.object(ctx)]
        let result = JS_CallConstructor(ctx, proxy, 2, &arguments)
        for value in arguments + [proxy, global] { JS_FreeValue(ctx, value) }
        return result
    }

    private static let traps = FunctionTable([
        .function("get", 3, { ctx, _, argc, argv in get(Arguments(ctx, argc, argv), all) }),
        .function("has", 2, { ctx, _, argc, argv in JS.bool(find(Arguments(ctx, argc, argv), all) != nil) }),
        .function("set", 4, { ctx, _, argc, argv in set(Arguments(ctx, argc, argv)) }),
        .function("deleteProperty", 2, { ctx, _, argc, argv in remove(Arguments(ctx, argc, argv)) }),
        .function("ownKeys", 1, { ctx, _, _, _ in JS.strings(ctx!, all(VM.of(ctx)).map(\.key)) }),
        .function(
            "getOwnPropertyDescriptor", 2,
            { ctx, _, argc, argv in describe(Arguments(ctx, argc, argv), all) }),
    ])

    private static let metadataTraps = FunctionTable([
        .function("get", 3, { ctx, _, argc, argv in get(Arguments(ctx, argc, argv), allMetadata) }),
        .function(
            "has", 2, { ctx, _, argc, argv in JS.bool(find(Arguments(ctx, argc, argv), allMetadata) != nil) }),
        .function("set", 4, { ctx, _, argc, argv in setMetadata(Arguments(ctx, argc, argv)) }),
        .function("deleteProperty", 2, { ctx, _, argc, argv in removeMetadata(Arguments(ctx, argc, argv)) }),
        .function("ownKeys", 1, { ctx, _, _, _ in JS.strings(ctx!, allMetadata(VM.of(ctx)).map(\.key)) }),
        .function(
            "getOwnPropertyDescriptor", 2,
            { ctx, _, argc, argv in describe(Arguments(ctx, argc, argv), allMetadata) }),
    ])

    private typealias Entries = (VM) -> [(key: String, value: String)]

    /// The VU and its iteration, where those system tags are on, and what the script has added; sorted.
    private static func allMetadata(_ vm: VM) -> [(key: String, value: String)] {
        let systemTags = vm.host.settings.tagging.systemTags
        var entries = vm.metadata
        if let vu = vm.vu, systemTags.contains("iter") {
            entries["iter"] = String(vu.pointee.iterationInInstance)
        }
        if vm.vu != nil, systemTags.contains("vu"), entries["vu"] == nil { entries["vu"] = String(vm.number) }
        return entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// All tags a sample of the VU carries now, sorted.
    private static func all(_ vm: VM) -> [(key: String, value: String)] {
        let tagging = vm.host.settings.tagging
        var tags = Dictionary(tagging.runTags.map { ($0.key, $0.value) }) { $1 }
        if let scenario = vm.tags.scenario, tagging.systemTags.contains("scenario") {
            tags["scenario"] = scenario
        }
        // handleSummary belongs to no group, not even to the root.
        if tagging.systemTags.contains("group"), vm.phase != .handleSummary { tags["group"] = vm.tags.group }
        tags.merge(vm.tags.extra) { $1 }
        return tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func find(_ arguments: Arguments, _ entries: Entries) -> String? {
        guard JS.isString(arguments[1]), let key = JS.text(arguments.ctx, arguments[1]) else { return nil }
        return entries(VM.of(arguments.ctx)).first { $0.key == key }?.value
    }

    private static func get(_ arguments: Arguments, _ entries: Entries) -> JSValue {
        find(arguments, entries).map { JS.string(arguments.ctx, $0) } ?? JS.undefined
    }

    private static func describe(_ arguments: Arguments, _ entries: Entries) -> JSValue {
        let ctx = arguments.ctx
        guard let value = find(arguments, entries) else { return JS.undefined }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "value", JS.string(ctx, value))
        for name in ["writable", "enumerable", "configurable"] { JS.define(ctx, object, name, JS.bool(true)) }
        return object
    }

    private static func set(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let key = JS.text(ctx, arguments[1]) else { return JS.exception }
        guard let value = TagValues.text(ctx, arguments[2]) else {
            return JS.throwTypeError(ctx, TagValues.problem(key))
        }
        let vm = VM.of(ctx)
        // Where a VU is stands among its tags, and can be renamed there.
        if isPlace(key, vm) { return rename(vm, key, value) }
        var extra = vm.tags.extra
        extra[key] = value
        return apply(vm, extra)
    }

    /// Whether a tag is not the script's own but says where the VU is.
    private static func isPlace(_ key: String, _ vm: VM) -> Bool {
        (key == "group" || key == "scenario") && vm.host.settings.tagging.systemTags.contains(key)
    }

    /// Groups entered from here on lie in the new one, which stays until the VU's scenario changes.
    private static func rename(_ vm: VM, _ key: String, _ value: String) -> JSValue {
        let contexts = vm.host.contexts
        vm.tags = contexts.renamed(vm.tags, key, value)
        vm.scenarioTags = contexts.renamed(vm.scenarioTags, key, value)
        vm.endsSpecially = true
        return JS.bool(true)
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

    // MARK: - metadata

    private static func setMetadata(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let key = JS.text(ctx, arguments[1]) else { return JS.exception }
        guard let value = TagValues.text(ctx, arguments[2]) else {
            return JS.throwTypeError(ctx, TagValues.problem(key, kind: "metadata"))
        }
        VM.of(ctx).metadata[key] = value
        return annotate(VM.of(ctx))
    }

    private static func removeMetadata(_ arguments: Arguments) -> JSValue {
        guard let key = JS.text(arguments.ctx, arguments[1]) else { return JS.exception }
        VM.of(arguments.ctx).metadata[key] = nil
        return annotate(VM.of(arguments.ctx))
    }

    /// Only raw samples show metadata.
    private static func annotate(_ vm: VM) -> JSValue {
        guard vm.host.recorder?.recorder.isStreaming == true else { return JS.bool(true) }
        let contexts = vm.host.contexts
        if let tags = contexts.annotated(vm.tags, vm.metadata),
            let scenarioTags = contexts.annotated(vm.scenarioTags, vm.metadata)
        {
            (vm.tags, vm.scenarioTags) = (tags, scenarioTags)
            vm.endsSpecially = true
        } else if contexts.takeMetadataWarning() {
            vm.host.log(
                ScriptLogLine(
                    .warning,
                    "more than \(Limits.scriptMetadataMax) times metadata was set: raw samples keep what they have"
                ))
        }
        return JS.bool(true)
    }
}
