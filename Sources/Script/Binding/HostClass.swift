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
    /// What stands behind the object of a VU that begins as a copy; nil: such objects are not copied.
    private let copied: NativeCopy?
    private let id: JSClassID
    private let definition: UnsafeMutablePointer<JSClassDef>

    /// - Parameters:
    ///   - owned: properties of the objects themselves, enumerable, as those of k6's plain values.
    ///   - copied: what stands behind the same object in a VU that begins as a copy of one that made it;
    ///     called on any thread. The same object, if it never changes.
    init(
        _ name: StaticString, _ methods: [FunctionTable.Entry], owned: [FunctionTable.Entry] = [],
        copied: (@Sendable (Native) -> Native)? = nil
    ) {
        if let copied {
            self.copied = { native in
                guard let native = native as? Native else { preconditionFailure("objects keep their class") }
                return copied(native)
            }
        } else {
            self.copied = nil
        }
        self.name = name
        self.owned = owned.isEmpty ? nil : FunctionTable(owned)
        self.methods = FunctionTable(methods)
        id = HostClassIDs.next()
        definition = .allocate(capacity: 1)
        definition.initialize(to: JSClassDef())
        definition.pointee.class_name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        definition.pointee.finalizer = { runtime, value in
            var classID: JSClassID = 0
            guard let opaque = JS_GetAnyOpaque(value, &classID) else { return }
            VM.forgetHostObject(runtime, value)
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
        fill(ctx, object, native)
        owned?.attach(ctx, object, isListed: true)
        return object
    }

    /// The same with a prototype of its own, borrowed; it inherits from the class's.
    func wrap(_ ctx: JSContextRef, _ native: Native, prototype: JSValue) -> JSValue {
        register(ctx)
        let object = JS_NewObjectProtoClass(ctx, prototype, id)
        if JS.isException(object) { return object }
        fill(ctx, object, native)
        return object
    }

    private func fill(_ ctx: JSContextRef, _ object: JSValue, _ native: Native) {
        JS_SetOpaque(object, Unmanaged.passRetained(native).toOpaque())
        VM.withAlike(ctx) { if $0.isTemplate { $0.noteHostObject(object, copied) } }
    }

    /// The object behind `value`; nil when it is of another class, without an exception.
    func native(_ value: JSValue) -> Native? {
        guard let opaque = JS_GetOpaque(value, id) else { return nil }
        return Unmanaged<Native>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0 }
    }
}

/// Makes a host object's Swift object for another VU.
typealias NativeCopy = @Sendable (AnyObject) -> AnyObject

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
