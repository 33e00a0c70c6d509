// What the engine's built-ins say for a locale, as k6's do: texts in the root collation's order, times of day
// with 24 hours. Called when a context gets its globals.

import Base
import CQuickJS

enum Locale {
    /// `String.prototype.localeCompare`.
    static func addTextOrder(_ ctx: JSContextRef, _ global: JSValue) {
        replace([("localeCompare", 1, compare)], inPrototypeOf: "String", ctx, global)
    }

    /// `Date.prototype.toLocaleString` and `toLocaleTimeString`. `Date` must be there.
    static func addDates(_ ctx: JSContextRef) {
        let global = JS_GetGlobalObject(ctx)
        replace(
            [("toLocaleString", 0, dateAndTime), ("toLocaleTimeString", 0, timeOfDay)],
            inPrototypeOf: "Date", ctx, global)
        JS_FreeValue(ctx, global)
    }

    /// Puts functions in place of the engine's.
    private static func replace(
        _ functions: [(name: String, length: Int32, function: JSMagicFunction)],
        inPrototypeOf name: StaticString, _ ctx: JSContextRef, _ global: JSValue
    ) {
        let constructor = JS.get(ctx, global, name)
        let prototype = JS.get(ctx, constructor, "prototype")
        for (name, length, function) in functions {
            JS.set(ctx, prototype, name, apus_js_magic_function(ctx, function, name, length, 0))
        }
        JS_FreeValue(ctx, prototype)
        JS_FreeValue(ctx, constructor)
    }

    private static let compare: JSMagicFunction = { ctx, this, argc, argv, _ in
        let arguments = Arguments(ctx, argc, argv)
        let ctx = arguments.ctx
        if JS.isNullish(this) {
            return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
        }
        guard let text = JS.text(ctx, this), let other = JS.text(ctx, arguments[0]) else {
            return JS.exception
        }
        return JS.int(Int32(TextOrder.compare(text, other)))
    }

    // MARK: - dates

    private static let dateAndTime: JSMagicFunction = { ctx, this, _, _, _ in
        let ctx = ctx.unsafelyUnwrapped
        guard let time = time(ctx, this), let day = call("toLocaleDateString", ctx, this) else {
            return JS.exception
        }
        // A date that is none has one text.
        return JS.string(ctx, day == time ? day : "\(day), \(time)")
    }

    private static let timeOfDay: JSMagicFunction = { ctx, this, _, _, _ in
        let ctx = ctx.unsafelyUnwrapped
        return time(ctx, this).map { JS.string(ctx, $0) } ?? JS.exception
    }

    /// The hours, minutes and seconds of a date; nil with an exception pending.
    private static func time(_ ctx: JSContextRef, _ this: JSValue) -> String? {
        guard let text = call("toTimeString", ctx, this) else { return nil }
        return text.utf8.dropFirst(2).first == UInt8(ascii: ":") ? String(text.prefix(8)) : text
    }

    /// One of the engine's own methods of dates; nil with an exception pending.
    private static func call(_ method: StaticString, _ ctx: JSContextRef, _ date: JSValue) -> String? {
        let function = JS.get(ctx, date, method)
        let result = JS_Call(ctx, function, date, 0, nil)
        defer {
            JS_FreeValue(ctx, function)
            JS_FreeValue(ctx, result)
        }
        return JS.isException(result) ? nil : JS.text(ctx, result)
    }
}
