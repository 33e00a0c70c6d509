// The module `k6/data`: SharedArray, whose elements lie once in the process as JSON. Each access parses a
// frozen copy.

import Base
import CQuickJS

final class ScriptSharedArray {
    let elements: SharedElements
    init(_ elements: SharedElements) { self.elements = elements }
}

enum DataModule {
    static let module = BuiltinModule("k6/data") { ctx in
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "SharedArray", apus_js_constructor(ctx, construct, "SharedArray", 2, 0))
        return object
    }

    private static let construct: JSMagicFunction = { ctx, _, argc, argv, _ in
        let arguments = Arguments(ctx, argc, argv)
        let vm = VM.alike(ctx)
        let ctx = arguments.ctx
        guard vm.isInit else {
            return JS.throwGoError(ctx, "new SharedArray must be called in the init context")
        }
        guard let name = JS.text(ctx, arguments[0]) else { return JS.exception }
        if name.isEmpty {
            return JS.throwGoError(ctx, "empty name provided to SharedArray's constructor")
        }
        guard JS.isFunction(ctx, arguments[1]) else {
            return JS.throwGoError(
                ctx, "a function is expected as the second argument of SharedArray's constructor")
        }
        if K6Module.isAsync(arguments[1]) {
            return JS.throwGoError(
                ctx, "SharedArray constructor does not support async functions as second argument")
        }
        if let known = vm.host.shared.arrays.withLock({ $0[name] }) { return wrap(ctx, known) }
        // One that VU 0 did not make.
        if vm.isTemplate { vm.refuseTemplate() }
        if vm.isTerminating { return vm.throwTerminated() }
        let made = JS_Call(ctx, arguments[1], JS.undefined, 0, nil)
        if JS.isException(made) { return made }
        defer { JS_FreeValue(ctx, made) }
        if JS.isNullish(made) {
            return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
        }
        guard JS.isArray(ctx, made) else {
            return JS.throwGoError(ctx, "only arrays can be made into SharedArray")
        }
        var json: [[UInt8]] = []
        for index in 0..<JS.length(ctx, made) {
            let element = JS_GetPropertyUint32(ctx, made, UInt32(index))
            defer { JS_FreeValue(ctx, element) }
            if let text = JS.json(ctx, element) {
                json.append(Array(text.utf8))
            } else if JS_HasException(ctx) != 0 {
                return JS.exception
            } else {
                json.append(Array("null".utf8))
            }
        }
        let elements = SharedElements(json)
        // Another VU may have been first: all see the same elements.
        return wrap(
            ctx,
            vm.host.shared.arrays.withLock { arrays in
                if let known = arrays[name] { return known }
                arrays[name] = elements
                return elements
            })
    }

    /// A view of the elements: a proxy over an empty array, so that `Array.isArray` holds.
    static func wrap(_ ctx: JSContextRef, _ elements: SharedElements) -> JSValue {
        let native = arrayClass.wrap(ctx, ScriptSharedArray(elements))
        let global = JS_GetGlobalObject(ctx)
        let proxy = JS.get(ctx, global, "Proxy")
        let handler = traps.object(ctx)
        JS.define(ctx, handler, "elements", native)
        var arguments = [JS_NewArray(ctx), handler]
        let result = JS_CallConstructor(ctx, proxy, 2, &arguments)
        for value in arguments + [proxy, global] { JS_FreeValue(ctx, value) }
        return result
    }

    private static let arrayClass = HostClass<ScriptSharedArray>("SharedArrayElements", [], copied: { $0 })

    private static let traps = FunctionTable([
        .function("get", 3, { ctx, this, argc, argv in get(this, Arguments(ctx, argc, argv)) }),
        .function("has", 2, { ctx, this, argc, argv in has(this, Arguments(ctx, argc, argv)) }),
        .function("set", 4, { ctx, _, _, _ in immutable(ctx!) }),
        .function("deleteProperty", 2, { ctx, _, _, _ in immutable(ctx!) }),
        .function("defineProperty", 3, { ctx, _, _, _ in immutable(ctx!) }),
        .function("ownKeys", 1, { ctx, this, _, _ in ownKeys(ctx!, this) }),
        .function(
            "getOwnPropertyDescriptor", 2,
            { ctx, this, argc, argv in describe(this, Arguments(ctx, argc, argv)) }),
    ])

    /// `sort` writes even what is in order.
    private static let methods = FunctionTable([.function("sort", 1, { ctx, _, _, _ in immutable(ctx!) })])

    private static func immutable(_ ctx: JSContextRef) -> JSValue {
        JS.throwTypeError(ctx, "SharedArray is immutable")
    }

    /// The elements behind the handler that a trap is called on.
    private static func elements(_ ctx: JSContextRef, _ handler: JSValue) -> SharedElements? {
        let value = JS.get(ctx, handler, "elements")
        defer { JS_FreeValue(ctx, value) }
        return arrayClass.native(value)?.elements
    }

    private static func index(_ ctx: JSContextRef, _ key: JSValue) -> Int? {
        guard JS.isString(key) || JS.isNumber(key), let text = JS.text(ctx, key),
            text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func get(_ handler: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let elements = elements(ctx, handler) else { return JS.undefined }
        if let index = index(ctx, arguments[1]) {
            guard index < elements.json.count else { return JS.undefined }
            let value = elements.json[index].withUnsafeBufferPointer { JS.parseJSON(ctx, $0) }
            freeze(ctx, value)
            return value
        }
        if JS.isString(arguments[1]) {
            switch JS.text(ctx, arguments[1]) {
            case "length": return JS.number(ctx, Int64(elements.json.count))
            case "sort":
                let methods = methods.object(ctx)
                defer { JS_FreeValue(ctx, methods) }
                return JS.get(ctx, methods, "sort")
            default: break
            }
        }
        let atom = JS_ValueToAtom(ctx, arguments[1])
        defer { JS_FreeAtom(ctx, atom) }
        return JS_GetProperty(ctx, arguments[0], atom)
    }

    private static func ownKeys(_ ctx: JSContextRef, _ handler: JSValue) -> JSValue {
        let count = elements(ctx, handler)?.json.count ?? 0
        return JS.strings(ctx, (0..<count).map { String($0) } + ["length"])
    }

    private static func describe(_ handler: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let elements = elements(ctx, handler), JS.isString(arguments[1]) else { return JS.undefined }
        let index = index(ctx, arguments[1])
        let isElement = index.map { $0 < elements.json.count } ?? false
        guard isElement || JS.text(ctx, arguments[1]) == "length" else { return JS.undefined }
        let value = get(handler, arguments)
        if JS.isException(value) { return value }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "value", value)
        JS.define(ctx, object, "writable", JS.bool(true))
        JS.define(ctx, object, "enumerable", JS.bool(isElement))
        JS.define(ctx, object, "configurable", JS.bool(isElement))
        return object
    }

    private static func has(_ handler: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let elements = elements(ctx, handler) else { return JS.bool(false) }
        if let index = index(ctx, arguments[1]) { return JS.bool(index < elements.json.count) }
        let atom = JS_ValueToAtom(ctx, arguments[1])
        defer { JS_FreeAtom(ctx, atom) }
        return JS.bool(JS_HasProperty(ctx, arguments[0], atom) > 0)
    }

    /// Freezes a value with all it holds.
    static func freeze(_ ctx: JSContextRef, _ value: JSValue) {
        guard JS.isObject(value), let keys = JS.keys(ctx, value) else { return }
        for key in keys {
            let inner = JS.get(ctx, value, name: key)
            freeze(ctx, inner)
            JS_DefinePropertyValueStr(ctx, value, key, inner, JS_PROP_ENUMERABLE | 0)
        }
        JS_PreventExtensions(ctx, value)
    }
}
