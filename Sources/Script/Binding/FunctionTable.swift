// Lists of host functions, getters and constants in the engine's own form: built once per process, then
// attached to an object or prototype in every VU. The engine makes a function object only when a script first
// touches it, so a module with many functions costs a VU almost nothing.

import CQuickJS

typealias JSFunction =
    @convention(c) (
        _ ctx: OpaquePointer?, _ this: JSValue, _ argc: Int32, _ argv: UnsafeMutablePointer<JSValue>?
    ) -> JSValue
typealias JSMagicFunction =
    @convention(c) (
        _ ctx: OpaquePointer?, _ this: JSValue, _ argc: Int32, _ argv: UnsafeMutablePointer<JSValue>?,
        _ magic: Int32
    ) -> JSValue
typealias JSGetter = @convention(c) (_ ctx: OpaquePointer?, _ this: JSValue, _ magic: Int32) -> JSValue
typealias JSSetter =
    @convention(c) (_ ctx: OpaquePointer?, _ this: JSValue, _ value: JSValue, _ magic: Int32) -> JSValue

/// Immutable after it is built; its memory lives as long as the process. Keep one in a `static let`.
final class FunctionTable: @unchecked Sendable {
    enum Entry {
        case function(StaticString, Int32, JSFunction)
        /// One function under several names, told apart by a number.
        case magic(StaticString, Int32, Int16, JSMagicFunction)
        /// An accessor; `isEnumerable` ones show up in `JSON.stringify` of the object that owns them.
        case getter(StaticString, Int16, JSGetter, JSSetter? = nil, isEnumerable: Bool = false)
        case string(StaticString, StaticString)
        case int(StaticString, Int32)
    }

    private let entries: UnsafeMutablePointer<JSCFunctionListEntry>
    /// The same with functions that show up among an object's keys, as those of k6's modules do.
    private let listed: UnsafeMutablePointer<JSCFunctionListEntry>
    private let count: Int

    init(_ list: [Entry]) {
        entries = .allocate(capacity: max(list.count, 1))
        listed = .allocate(capacity: max(list.count, 1))
        count = list.count
        for (index, entry) in list.enumerated() {
            var native = FunctionTable.native(entry)
            (entries + index).initialize(to: native)
            switch entry {
            case .function, .magic: native.prop_flags |= UInt8(JS_PROP_ENUMERABLE)
            case .getter, .string, .int: break
            }
            (listed + index).initialize(to: native)
        }
    }

    private static func text(_ text: StaticString) -> UnsafePointer<CChar> {
        precondition(text.hasPointerRepresentation, "names are literals")
        return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static func native(_ entry: Entry) -> JSCFunctionListEntry {
        switch entry {
        case .function(let name, let length, let function):
            apus_js_entry_function(text(name), length, function)
        case .magic(let name, let length, let magic, let function):
            apus_js_entry_magic(text(name), length, function, magic)
        case .getter(let name, let magic, let get, let set, let isEnumerable):
            apus_js_entry_getset(text(name), get, set, magic, isEnumerable ? 1 : 0)
        case .string(let name, let value): apus_js_entry_string(text(name), text(value))
        case .int(let name, let value): apus_js_entry_int(text(name), value)
        }
    }

    /// Puts every entry on `object`. - Parameter isListed: functions are enumerable.
    func attach(_ ctx: JSContextRef, _ object: JSValue, isListed: Bool = false) {
        JS_SetPropertyFunctionList(ctx, object, isListed ? listed : entries, Int32(count))
    }

    /// A new plain object with every entry; functions are enumerable.
    func object(_ ctx: JSContextRef) -> JSValue {
        let object = JS_NewObject(ctx)
        JS_SetPropertyFunctionList(ctx, object, listed, Int32(count))
        return object
    }
}
