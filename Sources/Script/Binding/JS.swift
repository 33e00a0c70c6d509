// QuickJS values in Swift: making, reading and throwing them. Thin functions over the library's own; who gets
// a value from here owns it and frees it, unless it is handed to a function whose comment says that it takes
// it. Called by every host function.

import Base
import CQuickJS

public typealias JSContextRef = OpaquePointer

public enum JS {
    @inline(__always) static var undefined: JSValue { apus_js_undefined() }
    @inline(__always) static var null: JSValue { apus_js_null() }
    /// What a host function returns when an exception is pending.
    @inline(__always) static var exception: JSValue { apus_js_exception() }

    @inline(__always) static func bool(_ value: Bool) -> JSValue { apus_js_bool(value ? 1 : 0) }
    @inline(__always) static func int(_ value: Int32) -> JSValue { apus_js_int(value) }

    /// A number; whole ones in the engine's short form.
    @inline(__always) static func number(_ ctx: JSContextRef, _ value: Double) -> JSValue {
        JS_NewFloat64(ctx, value)
    }

    @inline(__always) static func number(_ ctx: JSContextRef, _ value: Int64) -> JSValue {
        JS_NewInt64(ctx, value)
    }

    static func string(_ ctx: JSContextRef, _ text: String) -> JSValue {
        var text = text
        return text.withUTF8 { string(ctx, $0) }
    }

    static func string(_ ctx: JSContextRef, _ bytes: UnsafeBufferPointer<UInt8>) -> JSValue {
        guard let base = bytes.baseAddress else { return JS_NewStringLen(ctx, "", 0) }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            JS_NewStringLen(ctx, $0, bytes.count)
        }
    }

    /// An ArrayBuffer with a copy of `bytes`.
    static func arrayBuffer(_ ctx: JSContextRef, _ bytes: UnsafeBufferPointer<UInt8>) -> JSValue {
        VM.withAlike(ctx) { $0.need(.typedArrays) }
        return JS_NewArrayBufferCopy(ctx, bytes.baseAddress, bytes.count)
    }

    static func arrayBuffer(_ ctx: JSContextRef, _ bytes: [UInt8]) -> JSValue {
        bytes.withUnsafeBufferPointer { arrayBuffer(ctx, $0) }
    }

    /// An array of values, which it takes.
    static func array(_ ctx: JSContextRef, _ values: [JSValue]) -> JSValue {
        let array = JS_NewArray(ctx)
        for (index, value) in values.enumerated() {
            JS_DefinePropertyValueUint32(ctx, array, UInt32(index), value, propertyFlags)
        }
        return array
    }

    static func strings(_ ctx: JSContextRef, _ texts: some Sequence<String>) -> JSValue {
        array(ctx, texts.map { string(ctx, $0) })
    }

    /// Writable, enumerable, configurable: an ordinary property.
    @inline(__always) static var propertyFlags: Int32 {
        JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE | JS_PROP_ENUMERABLE
    }

    // MARK: - reading

    @inline(__always) static func tag(_ value: JSValue) -> Int32 { apus_js_tag(value) }
    @inline(__always) static func isUndefined(_ value: JSValue) -> Bool { JS_IsUndefined(value) != 0 }
    @inline(__always) static func isNull(_ value: JSValue) -> Bool { JS_IsNull(value) != 0 }
    @inline(__always) static func isNullish(_ value: JSValue) -> Bool {
        let tag = apus_js_tag(value)
        return tag == Int32(JS_TAG_NULL) || tag == Int32(JS_TAG_UNDEFINED)
    }
    @inline(__always) static func isException(_ value: JSValue) -> Bool {
        apus_js_tag(value) == Int32(JS_TAG_EXCEPTION)
    }
    @inline(__always) static func isString(_ value: JSValue) -> Bool { JS_IsString(value) != 0 }
    @inline(__always) static func isNumber(_ value: JSValue) -> Bool { JS_IsNumber(value) != 0 }
    @inline(__always) static func isBool(_ value: JSValue) -> Bool { JS_IsBool(value) != 0 }
    @inline(__always) static func isObject(_ value: JSValue) -> Bool { JS_IsObject(value) != 0 }
    static func isFunction(_ ctx: JSContextRef, _ value: JSValue) -> Bool { JS_IsFunction(ctx, value) != 0 }
    static func isArray(_ ctx: JSContextRef, _ value: JSValue) -> Bool { JS_IsArray(ctx, value) == 1 }

    /// JavaScript's truth; never throws.
    @inline(__always) static func truth(_ ctx: JSContextRef, _ value: JSValue) -> Bool {
        JS_ToBool(ctx, value) > 0
    }

    /// The number a value converts to; nil with an exception pending.
    static func double(_ ctx: JSContextRef, _ value: JSValue) -> Double? {
        var result = 0.0
        return JS_ToFloat64(ctx, &result, value) == 0 ? result : nil
    }

    /// A value's text (`String(value)`); nil with an exception pending.
    static func text(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        withText(ctx, value) { String(decoding: $0, as: UTF8.self) }
    }

    /// Lends a value's text as UTF-8; ASCII strings are not copied. nil with an exception pending.
    static func withText<Result>(
        _ ctx: JSContextRef, _ value: JSValue, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result? {
        var count = 0
        guard let start = JS_ToCStringLen2(ctx, &count, value, 0) else { return nil }
        defer { JS_FreeCString(ctx, start) }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            let text = UnsafeBufferPointer(start: $0, count: count)
            return WholeText.isUTF8(text)
                ? body(text) : WholeText.replacingHalves(text).withUnsafeBufferPointer(body)
        }
    }

    /// The bytes of an ArrayBuffer, typed array or DataView (its part of the buffer), borrowed until script
    /// code runs again; nil when the value is none of them. No exception is left pending.
    static func bytes(_ ctx: JSContextRef, _ value: JSValue) -> UnsafeBufferPointer<UInt8>? {
        guard isObject(value) else { return nil }
        var count = 0
        if let base = JS_GetArrayBuffer(ctx, &count, value) {
            return UnsafeBufferPointer(start: base, count: count)
        }
        dropException(ctx)
        var (offset, length, width) = (0, 0, 0)
        let buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &length, &width)
        if isException(buffer) {
            dropException(ctx)
            return nil
        }
        defer { JS_FreeValue(ctx, buffer) }
        guard let base = JS_GetArrayBuffer(ctx, &count, buffer) else {
            dropException(ctx)
            // An empty buffer has no address.
            return length == 0 ? UnsafeBufferPointer(start: nil, count: 0) : nil
        }
        return UnsafeBufferPointer(start: base + offset, count: length)
    }

    /// Text of a string, or the bytes of a buffer: what k6 takes where it says "string | ArrayBuffer". nil
    /// for anything else, without an exception.
    static func data(_ ctx: JSContextRef, _ value: JSValue) -> [UInt8]? {
        if isString(value) { return withText(ctx, value) { Array($0) } }
        return bytes(ctx, value).map { Array($0) }
    }

    // MARK: - properties

    static func get(_ ctx: JSContextRef, _ object: JSValue, _ name: StaticString) -> JSValue {
        name.withUTF8Buffer { bytes in
            bytes.baseAddress!.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                JS_GetPropertyStr(ctx, object, $0)
            }
        }
    }

    static func get(_ ctx: JSContextRef, _ object: JSValue, name: String) -> JSValue {
        JS_GetPropertyStr(ctx, object, name)
    }

    /// Sets an ordinary property, taking `value`. - Returns: false with an exception pending.
    @discardableResult
    static func set(_ ctx: JSContextRef, _ object: JSValue, _ name: String, _ value: JSValue) -> Bool {
        JS_SetPropertyStr(ctx, object, name, value) >= 0
    }

    /// Defines an own property of a new object, taking `value`.
    static func define(_ ctx: JSContextRef, _ object: JSValue, _ name: String, _ value: JSValue) {
        JS_DefinePropertyValueStr(ctx, object, name, value, propertyFlags)
    }

    /// Own enumerable string keys in order; nil with an exception pending (a proxy's).
    static func keys(_ ctx: JSContextRef, _ object: JSValue) -> [String]? {
        names(ctx, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY)
    }

    /// The keys of whatever stands where an object should: of a text its places, of other values none.
    static func itemKeys(_ ctx: JSContextRef, _ value: JSValue) -> [String]? {
        if isObject(value) { return keys(ctx, value) }
        return isString(value) ? (0..<length(ctx, value)).map(String.init) : []
    }

    /// All own string keys in order, enumerable or not.
    static func allKeys(_ ctx: JSContextRef, _ object: JSValue) -> [String]? {
        names(ctx, object, JS_GPN_STRING_MASK)
    }

    private static func names(_ ctx: JSContextRef, _ object: JSValue, _ flags: Int32) -> [String]? {
        var names: UnsafeMutablePointer<JSPropertyEnum>?
        var count: UInt32 = 0
        guard JS_GetOwnPropertyNames(ctx, &names, &count, object, flags) == 0 else { return nil }
        var keys: [String] = []
        keys.reserveCapacity(Int(count))
        for index in 0..<Int(count) {
            let atom = names![index].atom
            if let name = JS_AtomToCString(ctx, atom) {
                keys.append(WholeText.string(name))
                JS_FreeCString(ctx, name)
            }
            JS_FreeAtom(ctx, atom)
        }
        js_free(ctx, names)
        return keys
    }

    /// Length of an array; 0 for anything without one.
    static func length(_ ctx: JSContextRef, _ array: JSValue) -> Int {
        let value = get(ctx, array, "length")
        defer { JS_FreeValue(ctx, value) }
        var length: Int64 = 0
        if JS_ToInt64(ctx, &length, value) != 0 { dropException(ctx) }
        // A Proxy of an array says what it likes.
        return Int(max(0, min(length, Int64(UInt32.max))))
    }

    // MARK: - JSON

    /// The value a JSON text means; an exception (SyntaxError) when it is none.
    static func parseJSON(_ ctx: JSContextRef, _ bytes: UnsafeBufferPointer<UInt8>) -> JSValue {
        // The parser wants a zero behind the text.
        var copy = Array(bytes)
        copy.append(0)
        return copy.withUnsafeBufferPointer {
            $0.baseAddress!.withMemoryRebound(to: CChar.self, capacity: copy.count) {
                JS_ParseJSON(ctx, $0, bytes.count, "<json>")
            }
        }
    }

    /// `JSON.stringify(value)`; nil for what has no JSON (a function, undefined), or with an exception
    /// pending.
    static func json(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        let text = JS_JSONStringify(ctx, value, undefined, undefined)
        defer { JS_FreeValue(ctx, text) }
        return isString(text) ? self.text(ctx, text) : nil
    }

    // MARK: - exceptions

    /// Forgets the pending exception.
    static func dropException(_ ctx: JSContextRef) { JS_FreeValue(ctx, JS_GetException(ctx)) }

    static func throwTypeError(_ ctx: JSContextRef, _ message: String) -> JSValue {
        apus_js_throw_type_error(ctx, message)
    }

    /// Throws what k6 throws from its host functions: an error named GoError (`String(e)` is
    /// "GoError: message"). - Returns: `exception`, to be returned by the host function.
    static func throwGoError(_ ctx: JSContextRef, _ message: String) -> JSValue {
        JS_Throw(ctx, goError(ctx, message))
    }

    /// An error named GoError, not thrown.
    static func goError(_ ctx: JSContextRef, _ message: String) -> JSValue {
        let error = GoErrorClass.make(ctx, message)
        define(ctx, error, "value", JS_NewObject(ctx))
        return error
    }
}

/// The class of k6's host errors: the global `GoError`, below `Error`.
enum GoErrorClass {
    private static let key = "GoError.prototype"

    /// Makes the class of a new context.
    static func attach(_ ctx: JSContextRef, to global: JSValue) {
        let parent = JS.get(ctx, global, "Error")
        let parentPrototype = JS.get(ctx, parent, "prototype")
        let prototype = JS_NewObjectProto(ctx, parentPrototype)
        let flags = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE
        JS_DefinePropertyValueStr(ctx, prototype, "name", JS.string(ctx, "GoError"), flags)
        let constructor = apus_js_magic_function(ctx, construct, "GoError", 1, 0)
        JS_SetConstructorBit(ctx, constructor, 1)
        JS_SetConstructor(ctx, constructor, prototype)
        JS_DefinePropertyValueStr(ctx, global, "GoError", constructor, flags)
        JS_FreeValue(ctx, parentPrototype)
        JS_FreeValue(ctx, parent)
        // Kept with what the VM frees at its end.
        VM.alike(ctx).moduleObjects[key] = prototype
    }

    static func make(_ ctx: JSContextRef, _ message: String) -> JSValue {
        VM.withAlike(ctx) { $0.need(.goError) }
        let error = JS_NewError(ctx)
        if let prototype = VM.alike(ctx).moduleObjects[key] { JS_SetPrototype(ctx, error, prototype) }
        let flags = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE
        JS_DefinePropertyValueStr(ctx, error, "message", JS.string(ctx, message), flags)
        return error
    }

    private static let construct: JSMagicFunction = { ctx, _, argc, argv, _ in
        let arguments = Arguments(ctx, argc, argv)
        if JS.isUndefined(arguments[0]) { return make(arguments.ctx, "") }
        guard let message = JS.text(arguments.ctx, arguments[0]) else { return JS.exception }
        return make(arguments.ctx, message)
    }
}
