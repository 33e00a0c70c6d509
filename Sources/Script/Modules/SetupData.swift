// What VUs get of setup()'s result: JSON of the value as k6 has it on its host's side, which is not what
// `JSON.stringify` makes of it. Called on the fiber by ScriptPhase, and by ScriptLoader for exported options.

import Base
import CQuickJS
import Codec

struct SetupData {
    /// Why the value cannot be handed over; nil with an exception pending (a getter that throws).
    struct Problem: Error { let text: String? }

    private let ctx: JSContextRef
    private var text: [UInt8] = []
    /// The objects around the value that is being written.
    private var path: [UnsafeMutableRawPointer] = []

    /// Far more levels than data has; the writer's own stack is the VU's.
    private static let depthMax = 2000

    static func json(_ ctx: JSContextRef, _ value: JSValue) throws(Problem) -> [UInt8] {
        var writer = SetupData(ctx: ctx)
        try writer.write(value)
        return writer.text
    }

    private init(ctx: JSContextRef) { self.ctx = ctx }

    private mutating func add(_ piece: String) { text += piece.utf8 }

    private mutating func write(_ value: JSValue) throws(Problem) {
        if JS.isNullish(value) { return add("null") }
        if JS.isBool(value) { return add(JS.truth(ctx, value) ? "true" : "false") }
        if JS.isString(value) { return try string(value) }
        if JS.isNumber(value) { return try number(value) }
        if JS_IsSymbol(value) != 0 {
            let description = JS.get(ctx, value, "description")
            defer { JS_FreeValue(ctx, description) }
            return JS.isString(description) ? try string(description) : add("\"\"")
        }
        guard JS.isObject(value) else { return add(JS.text(ctx, value) ?? "null") }
        if JS.isFunction(ctx, value) {
            throw Problem(text: "json: unsupported type: \(GoExport.typeName(ctx, value))")
        }
        let pointer = apus_js_pointer(value).unsafelyUnwrapped
        if path.contains(pointer) {
            throw Problem(
                text: "json: unsupported value: encountered a cycle via \(GoExport.typeName(ctx, value))")
        }
        if path.count >= Self.depthMax { throw Problem(text: "json: the value is nested too deep") }
        path.append(pointer)
        defer { path.removeLast() }
        try object(value)
    }

    private mutating func string(_ value: JSValue) throws(Problem) {
        guard var quoted = JS.json(ctx, value) else { throw Problem(text: nil) }
        if quoted.utf8.contains(UInt8(ascii: "\\")), quoted.contains("\\ud") {
            // Perhaps half a surrogate pair, which no VU gets to see.
            guard let text = JS.text(ctx, value) else { throw Problem(text: nil) }
            let whole = JS.string(ctx, text)
            defer { JS_FreeValue(ctx, whole) }
            guard let again = JS.json(ctx, whole) else { throw Problem(text: nil) }
            quoted = again
        }
        add(quoted)
    }

    private mutating func number(_ value: JSValue) throws(Problem) {
        let number = JS.double(ctx, value) ?? .nan
        if number.isNaN { throw Problem(text: "json: unsupported value: NaN") }
        if number.isInfinite { throw Problem(text: "json: unsupported value: \(number < 0 ? "-" : "+")Inf") }
        if number == 0, number.sign == .minus { return add("-0") }
        guard let digits = JS.text(ctx, value) else { throw Problem(text: nil) }
        add(digits)
    }

    private mutating func object(_ value: JSValue) throws(Problem) {
        switch JSKind(value) {
        case .typedArray("uint8"):
            let bytes = JS.bytes(ctx, value).map { Base64.encode(UnsafeRawBufferPointer($0)) } ?? ""
            add("\"\(bytes)\"")
        case .typedArray: try elements(value)
        case .date: try date(value)
        case .map, .set:
            let list = listed(value)
            defer { JS_FreeValue(ctx, list) }
            if JS.isException(list) { throw Problem(text: nil) }
            try elements(list)
        case .arrayBuffer, .promise: add("{}")
        case .other, .asyncFunction:
            if JS.isArray(ctx, value) { try elements(value) } else { try properties(value) }
        }
    }

    /// A map or set as the array of what it holds; the caller's.
    private func listed(_ value: JSValue) -> JSValue {
        let global = JS_GetGlobalObject(ctx)
        let array = JS.get(ctx, global, "Array")
        let from = JS.get(ctx, array, "from")
        defer { for value in [global, array, from] { JS_FreeValue(ctx, value) } }
        var argument = value
        return JS_Call(ctx, from, array, 1, &argument)
    }

    private mutating func elements(_ value: JSValue) throws(Problem) {
        add("[")
        for index in 0..<JS.length(ctx, value) {
            if index > 0 { add(",") }
            try owned(JS_GetPropertyUint32(ctx, value, UInt32(index)))
        }
        add("]")
    }

    private mutating func properties(_ value: JSValue) throws(Problem) {
        // Boxed strings have their characters as properties; to k6 they have none.
        guard JS_GetClassID(value) != Self.boxedString else { return add("{}") }
        guard let keys = JS.keys(ctx, value) else { throw Problem(text: nil) }
        add("{")
        for (index, key) in keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).enumerated() {
            if index > 0 { add(",") }
            let name = JS.string(ctx, key)
            defer { JS_FreeValue(ctx, name) }
            try string(name)
            add(":")
            try owned(JS.get(ctx, value, name: key))
        }
        add("}")
    }

    private mutating func owned(_ value: JSValue) throws(Problem) {
        defer { JS_FreeValue(ctx, value) }
        if JS.isException(value) { throw Problem(text: nil) }
        try write(value)
    }

    /// Without zeros at the end of the fraction, as Go writes times.
    private mutating func date(_ value: JSValue) throws(Problem) {
        guard let quoted = JS.json(ctx, value) else { throw Problem(text: nil) }
        if quoted == "null" { return add(quoted) }
        var digits = quoted.dropLast(2)
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        add(digits + "Z\"")
    }

    private static let boxedString: JSClassID = {
        guard let runtime = JS_NewRuntime(), let ctx = JS_NewContext(runtime) else { return 0 }
        let value = JS_Eval(ctx, "Object('')", 10, "<kind>", Int32(JS_EVAL_TYPE_GLOBAL))
        let id = JS_GetClassID(value)
        JS_FreeValue(ctx, value)
        JS_FreeContext(ctx)
        JS_FreeRuntime(runtime)
        return id
    }()
}
