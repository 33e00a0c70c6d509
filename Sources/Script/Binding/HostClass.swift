// Classes of host objects: a Swift object behind a JavaScript one. The number of a class is the process's,
// its registration and prototype each VU's, made when the first object of it is.

import Base
import CQuickJS

/// A kind of host object. Keep one in a `static let`; its native class name shows in
/// `Object.prototype.toString`.
final class HostClass<Native: AnyObject>: @unchecked Sendable {
    private let name: StaticString
    private let methods: FunctionTable
    /// What every object has for itself.
    private let owned: FunctionTable?
    private let id: JSClassID
    private let definition: UnsafeMutablePointer<JSClassDef>

    /// - Parameter owned: properties of the objects themselves, enumerable, as those of k6's plain values.
    init(_ name: StaticString, _ methods: [FunctionTable.Entry], owned: [FunctionTable.Entry] = []) {
        self.name = name
        self.owned = owned.isEmpty ? nil : FunctionTable(owned)
        self.methods = FunctionTable(methods)
        id = HostClassIDs.next()
        definition = .allocate(capacity: 1)
        definition.initialize(to: JSClassDef())
        definition.pointee.class_name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        definition.pointee.finalizer = { _, value in
            var classID: JSClassID = 0
            guard let opaque = JS_GetAnyOpaque(value, &classID) else { return }
            Unmanaged<AnyObject>.fromOpaque(opaque).release()
        }
    }

    /// Makes the class known to this VU's runtime, with its prototype.
    private func register(_ ctx: JSContextRef) {
        let runtime = JS_GetRuntime(ctx)
        if JS_IsRegisteredClass(runtime, id) != 0 { return }
        JS_NewClass(runtime, id, definition)
        let prototype = JS_NewObject(ctx)
        methods.attach(ctx, prototype)
        JS_SetClassProto(ctx, id, prototype)
    }

    /// The prototype, owned by the caller.
    func prototype(_ ctx: JSContextRef) -> JSValue {
        register(ctx)
        return JS_GetClassProto(ctx, id)
    }

    /// A JavaScript object that keeps `native` alive until it is collected.
    func wrap(_ ctx: JSContextRef, _ native: Native) -> JSValue {
        register(ctx)
        let object = JS_NewObjectClass(ctx, Int32(id))
        if JS.isException(object) { return object }
        JS_SetOpaque(object, Unmanaged.passRetained(native).toOpaque())
        owned?.attach(ctx, object, isListed: true)
        return object
    }

    /// The same with a prototype of its own, borrowed; it inherits from the class's.
    func wrap(_ ctx: JSContextRef, _ native: Native, prototype: JSValue) -> JSValue {
        register(ctx)
        let object = JS_NewObjectProtoClass(ctx, prototype, id)
        if JS.isException(object) { return object }
        JS_SetOpaque(object, Unmanaged.passRetained(native).toOpaque())
        return object
    }

    /// The object behind `value`; nil when it is of another class, without an exception.
    func native(_ value: JSValue) -> Native? {
        guard let opaque = JS_GetOpaque(value, id) else { return nil }
        return Unmanaged<Native>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0 }
    }
}

/// The library counts class numbers without a lock.
enum HostClassIDs {
    private static let lock = Locked(())

    static func next() -> JSClassID {
        lock.withLock { _ in
            var id: JSClassID = 0
            return JS_NewClassID(&id)
        }
    }
}
