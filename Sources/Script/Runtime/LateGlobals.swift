// Globals that most scripts never touch, made when one first does: typed arrays, collections, dates, `crypto`
// and `GoError` are a third of what an empty context costs. They stand in an object between the global object
// and `Object.prototype`, which puts them where they belong when it is asked. Scripts that can reach the
// global object itself have them from the start: they could list, describe, define or delete what is not
// there yet. Called by VM's making of a context and by host functions.

import CQuickJS

struct LateGlobals: OptionSet {
    let rawValue: UInt8

    static let typedArrays = LateGlobals(rawValue: 1)
    static let collections = LateGlobals(rawValue: 2)
    static let dates = LateGlobals(rawValue: 4)
    static let crypto = LateGlobals(rawValue: 8)
    static let goError = LateGlobals(rawValue: 16)
    static let engines: LateGlobals = [.typedArrays, .collections, .dates]
    static let all: LateGlobals = [.engines, .crypto, .goError]

    private static let names: [String: LateGlobals] = {
        let lists: [(LateGlobals, [String])] = [
            (
                .typedArrays,
                [
                    "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array",
                    "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array",
                    "Float16Array", "Float32Array", "Float64Array",
                ]
            ),
            (.collections, ["Map", "Set", "WeakMap", "WeakSet"]), (.dates, ["Date"]),
            (.crypto, ["crypto"]), (.goError, ["GoError"]),
        ]
        var names: [String: LateGlobals] = [:]
        for (group, list) in lists { for name in list { names[name] = group } }
        return names
    }()

    // MARK: - the object in between

    private static let id: JSClassID = HostClassIDs.next()

    nonisolated(unsafe) private static let definition: UnsafeMutablePointer<JSClassDef> = {
        let methods = UnsafeMutablePointer<JSClassExoticMethods>.allocate(capacity: 1)
        methods.initialize(to: JSClassExoticMethods())
        methods.pointee.get_own_property = { ctx, descriptor, _, atom in
            VM.withAlike(ctx) { $0.lateGlobal(atom, descriptor) }
        }
        methods.pointee.set_property = { ctx, _, atom, value, receiver, _ in
            VM.withAlike(ctx) { $0.setLateGlobal(atom, value, receiver) }
        }
        let definition = UnsafeMutablePointer<JSClassDef>.allocate(capacity: 1)
        definition.initialize(to: JSClassDef())
        definition.pointee.class_name = UnsafeRawPointer(("Object" as StaticString).utf8Start)
            .assumingMemoryBound(to: CChar.self)
        definition.pointee.exotic = methods
        return definition
    }()

    /// Puts the object behind a global one.
    fileprivate static func attach(_ ctx: JSContextRef, to global: JSValue) {
        let runtime = JS_GetRuntime(ctx)
        if JS_IsRegisteredClass(runtime, id) == 0 { JS_NewClass(runtime, id, definition) }
        let parent = JS_GetPrototype(ctx, global)
        let between = JS_NewObjectProtoClass(ctx, parent, id)
        JS_FreeValue(ctx, parent)
        JS_SetPrototype(ctx, global, between)
        JS_FreeValue(ctx, between)
    }

    /// The group a name belongs to; empty for all others.
    fileprivate static func group(_ ctx: JSContextRef, _ atom: JSAtom) -> LateGlobals {
        let value = JS_AtomToValue(ctx, atom)
        defer { JS_FreeValue(ctx, value) }
        // A symbol is none, whatever its description.
        guard JS.isString(value), let name = JS.text(ctx, value) else { return [] }
        return names[name] ?? []
    }
}

extension VM {
    /// Whether globals can be left for later in this VM.
    var mayBeLate: Bool { host.program.mentions.map { !$0.isReflective } ?? false }

    /// Makes what of `LateGlobals` the context has not got, or prepares for it.
    func addLateGlobals(_ global: JSValue) {
        if mayBeLate {
            globals.late = .all
            LateGlobals.attach(ctx, to: global)
        } else {
            make([.goError, .crypto])
        }
    }

    /// What the engine has of them and k6 has; libraries ask for what k6 has not got, and then use it.
    func addTypedArrays() {
        JS_AddIntrinsicTypedArrays(ctx)
        removeGlobal("SharedArrayBuffer")
        removeGlobal("Atomics")
    }

    func addDate() {
        JS_AddIntrinsicDate(ctx)
        Locale.addDates(ctx)
    }

    /// Takes away what only the engine has. Before any script runs, or when it cannot have seen it yet.
    func removeGlobal(_ name: String) {
        let global = JS_GetGlobalObject(ctx)
        let atom = JS_NewAtom(ctx, name)
        JS_DeleteProperty(ctx, global, atom, 0)
        JS_FreeAtom(ctx, atom)
        JS_FreeValue(ctx, global)
    }

    /// Sees to it that the global objects are there that a host function is about to make values of.
    @inline(__always) func need(_ groups: LateGlobals) {
        if !globals.late.isDisjoint(with: groups) { makeLate(groups) }
    }

    @inline(never) private func makeLate(_ groups: LateGlobals) {
        let missing = globals.late.intersection(groups)
        globals.late.subtract(missing)
        make(missing)
    }

    private func make(_ groups: LateGlobals) {
        if groups.contains(.dates) { addDate() }
        if groups.contains(.collections) { JS_AddIntrinsicMapSet(ctx) }
        if groups.contains(.typedArrays) { addTypedArrays() }
        if groups.contains(.goError) { GoErrorClass.attach(ctx, to: globals.object) }
        if groups.contains(.crypto) { BuiltinModules.addGlobals(ctx, globals.object) }
    }

    /// A global that is not there is looked for behind the global object.
    fileprivate func lateGlobal(_ atom: JSAtom, _ descriptor: UnsafeMutablePointer<JSPropertyDescriptor>?)
        -> Int32
    {
        if globals.late.isEmpty { return 0 }
        let group = LateGlobals.group(ctx, atom)
        if globals.late.isDisjoint(with: group) { return 0 }
        guard let descriptor else { return 1 }
        need(group)
        let value = JS_GetProperty(ctx, globals.object, atom)
        if JS.isException(value) { return -1 }
        descriptor.pointee.flags = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE
        descriptor.pointee.getter = JS.undefined
        descriptor.pointee.setter = JS.undefined
        descriptor.pointee.value = value
        return 1
    }

    /// A global that is not there is assigned to.
    fileprivate func setLateGlobal(_ atom: JSAtom, _ value: JSValue, _ receiver: JSValue) -> Int32 {
        let group = LateGlobals.group(ctx, atom)
        if !globals.late.isDisjoint(with: group) {
            need(group)
            return JS_SetProperty(ctx, receiver, atom, JS_DupValue(ctx, value))
        }
        return JS_DefinePropertyValue(
            ctx, receiver, atom, JS_DupValue(ctx, value), JS.propertyFlags | JS_PROP_THROW)
    }
}
