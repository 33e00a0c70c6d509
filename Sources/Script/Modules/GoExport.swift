// Arguments the way k6's host functions take them: texts and bytes, numbers cut to whole ones, and the name
// Go has for a value's type, which stands in the errors scripts see. Called by the modules that take data
// from scripts.

import CQuickJS
import Codec

enum GoExport {
    /// The bytes k6 takes where it says "string, []byte or ArrayBuffer": a text as UTF-8, an ArrayBuffer, an
    /// array of unsigned bytes. On failure: k6's error is thrown, its text behind `prefix`.
    static func data(_ ctx: JSContextRef, _ value: JSValue, prefix: String = "") -> [UInt8]? {
        if let bytes = bytes(ctx, value) { return bytes }
        let type = typeName(ctx, value)
        _ = JS.throwGoError(ctx, "\(prefix)invalid type \(type), expected string, []byte or ArrayBuffer")
        return nil
    }

    /// The same without an error.
    private static func bytes(_ ctx: JSContextRef, _ value: JSValue) -> [UInt8]? {
        if JS.isString(value) { return JS.withText(ctx, value) { Array($0) } }
        guard JS.isObject(value) else { return nil }
        switch JSKind(value) {
        case .arrayBuffer, .typedArray("uint8"): return JS.bytes(ctx, value).map { Array($0) }
        default: return nil
        }
    }

    /// A string parameter: empty when it is missing or null; nil with an exception pending (a `toString` that
    /// throws).
    static func text(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        JS.isNullish(value) ? "" : JS.text(ctx, value)
    }

    /// A whole-number parameter; nil with an exception pending.
    static func int(_ ctx: JSContextRef, _ value: JSValue) -> Int64? {
        if JS.isNullish(value) { return 0 }
        var result: Int64 = 0
        return JS_ToInt64(ctx, &result, value) == 0 ? result : nil
    }

    /// What Go calls the type of what the value is on its side.
    static func typeName(_ ctx: JSContextRef, _ value: JSValue) -> String {
        if JS.isNullish(value) { return "<nil>" }
        if JS.isString(value) { return "string" }
        if JS.isBool(value) { return "bool" }
        if JS.isNumber(value) { return isInt(ctx, value) ? "int64" : "float64" }
        guard JS.isObject(value) else {
            return JS_IsSymbol(value) != 0 ? "*sobek.Symbol" : "*big.Int"
        }
        if JS.isFunction(ctx, value) { return "func(sobek.FunctionCall) sobek.Value" }
        return switch JSKind(value) {
        case .typedArray(let element): "[]\(element)"
        case .arrayBuffer: "sobek.ArrayBuffer"
        case .date: "time.Time"
        case .map: "[][2]interface {}"
        case .set: "[]interface {}"
        case .promise: "*sobek.Promise"
        case .other, .asyncFunction: JS.isArray(ctx, value) ? "[]interface {}" : "map[string]interface {}"
        }
    }

    /// Whether k6's engine keeps the number as a whole one.
    private static func isInt(_ ctx: JSContextRef, _ value: JSValue) -> Bool {
        guard let number = JS.double(ctx, value) else { return false }
        let isNegativeZero = number == 0 && number.sign == .minus
        return !isNegativeZero && number.magnitude <= 9_007_199_254_740_992
            && number == number.rounded(.towardZero)
    }
}

/// Kinds of built-in objects that host functions tell apart.
enum JSKind: Equatable, Sendable {
    case arrayBuffer, date, map, set, promise, asyncFunction, other
    /// With the name Go has for an element.
    case typedArray(String)

    init(_ value: JSValue) { self = Self.kinds[JS_GetClassID(value)] ?? .other }

    /// The class number of a kind that has just one.
    static func classID(of kind: JSKind) -> JSClassID {
        guard let found = kinds.first(where: { $0.value == kind }) else {
            preconditionFailure("every kind is made of a sample")
        }
        return found.key
    }

    /// The engine's class numbers have no public names; they are those of objects made here once.
    private static let kinds: [JSClassID: JSKind] = {
        let runtime = JS_NewRuntime()
        let ctx = JS_NewContext(runtime)
        guard let ctx else { fatalError("out of memory for a JavaScript runtime") }
        defer {
            JS_FreeContext(ctx)
            JS_FreeRuntime(runtime)
        }
        let samples: [(String, JSKind)] = [
            ("new ArrayBuffer(0)", .arrayBuffer), ("new Date()", .date), ("new Map()", .map),
            ("new Set()", .set), ("Promise.resolve()", .promise), ("(async () => 1)", .asyncFunction),
            ("new Uint8Array()", .typedArray("uint8")), ("new Uint8ClampedArray()", .typedArray("uint8")),
            ("new Int8Array()", .typedArray("int8")), ("new Int16Array()", .typedArray("int16")),
            ("new Uint16Array()", .typedArray("uint16")), ("new Int32Array()", .typedArray("int32")),
            ("new Uint32Array()", .typedArray("uint32")), ("new Float32Array()", .typedArray("float32")),
            ("new Float64Array()", .typedArray("float64")), ("new BigInt64Array()", .typedArray("int64")),
            ("new BigUint64Array()", .typedArray("uint64")),
        ]
        var kinds: [JSClassID: JSKind] = [:]
        for (source, kind) in samples {
            let value = JS_Eval(ctx, source, source.utf8.count, "<kind>", Int32(JS_EVAL_TYPE_GLOBAL))
            precondition(JS.isObject(value), "the engine does not know \(source)")
            kinds[JS_GetClassID(value)] = kind
            JS_FreeValue(ctx, value)
        }
        return kinds
    }()
}
