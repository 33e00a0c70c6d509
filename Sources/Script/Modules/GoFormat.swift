// JavaScript values as Go prints them: what stands in form fields and in messages where k6 formats a value it
// was given with `%v` or `%#v`. Called by the readers of requests.

import Base
import CQuickJS

enum GoFormat {
    /// Deeper nesting is cut off: it may be a circle.
    private static let depthMax = 32
    /// Values beyond these are cut off: two circles in one object are 2^32 of them.
    private static let partsMax = 10_000

    /// As `%v` has it; nil with an exception pending.
    static func text(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        var left = partsMax
        return text(ctx, value, 0, &left)
    }

    private static func text(
        _ ctx: JSContextRef, _ value: JSValue, _ depth: Int, _ left: inout Int
    ) -> String? {
        left -= 1
        if left < 0 { return "..." }
        if JS.isNullish(value) { return "<nil>" }
        if JS.isNumber(value) { return number(ctx, value) }
        guard JS.isObject(value) else { return JS.text(ctx, value) }
        if depth == depthMax { return "..." }
        if JS.isFunction(ctx, value) { return "function" }
        switch JSKind(value) {
        case .date:
            var ms = 0.0
            return JS_ToFloat64(ctx, &ms, value) == 0 ? date(ms) : nil
        case .typedArray: return list(ctx, value, depth, &left)
        case .arrayBuffer, .map, .set, .promise, .asyncFunction, .other:
            return JS.isArray(ctx, value) ? list(ctx, value, depth, &left) : map(ctx, value, depth, &left)
        }
    }

    /// As `%#v` has it, for lists and what stands in them.
    static func literal(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        var left = partsMax
        return literal(ctx, value, 0, &left)
    }

    private static func literal(
        _ ctx: JSContextRef, _ value: JSValue, _ depth: Int, _ left: inout Int
    ) -> String? {
        left -= 1
        if left < 0 || depth == depthMax { return "..." }
        if JS.isString(value) { return JS.text(ctx, value).map(GoText.quoted) }
        if JS.isNullish(value) { return "interface {}(nil)" }
        guard JS.isArray(ctx, value) else { return text(ctx, value, depth, &left) }
        var parts: [String] = []
        for index in 0..<JS.length(ctx, value) {
            let item = JS_GetPropertyUint32(ctx, value, UInt32(index))
            defer { JS_FreeValue(ctx, item) }
            if left < 0 { break }
            guard let part = literal(ctx, item, depth + 1, &left) else { return nil }
            parts.append(part)
        }
        return "[]interface {}{\(parts.joined(separator: ", "))}"
    }

    private static func number(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        guard let number = JS.double(ctx, value) else { return nil }
        if GoExport.typeName(ctx, value) == "int64" { return String(Int64(number)) }
        return NumberText.general(number)
    }

    private static func list(
        _ ctx: JSContextRef, _ value: JSValue, _ depth: Int, _ left: inout Int
    ) -> String? {
        var parts: [String] = []
        for index in 0..<JS.length(ctx, value) {
            let item = JS_GetPropertyUint32(ctx, value, UInt32(index))
            defer { JS_FreeValue(ctx, item) }
            if left < 0 { break }
            guard let part = text(ctx, item, depth + 1, &left) else { return nil }
            parts.append(part)
        }
        return "[\(parts.joined(separator: " "))]"
    }

    private static func map(
        _ ctx: JSContextRef, _ value: JSValue, _ depth: Int, _ left: inout Int
    ) -> String? {
        guard let keys = JS.keys(ctx, value) else { return nil }
        var parts: [String] = []
        for key in keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let item = JS.get(ctx, value, name: key)
            defer { JS_FreeValue(ctx, item) }
            if left < 0 { break }
            guard !JS.isException(item), let part = text(ctx, item, depth + 1, &left) else { return nil }
            parts.append("\(key):\(part)")
        }
        return "map[\(parts.joined(separator: " "))]"
    }

    /// A point in time in UTC, with as many decimals as it needs.
    private static func date(_ ms: Double) -> String {
        // What JavaScript's own dates can be; `valueOf` may give anything.
        guard ms.magnitude <= 8.64e15 else { return "0001-01-01 00:00:00 +0000 UTC" }
        let total = Int64(ms)
        let (days, rest) = total.floored(by: 86_400_000)
        let (year, month, day) = civil(days)
        func padded(_ value: Int64, _ width: Int = 2) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(width - text.utf8.count, 0)) + text
        }
        var fraction = padded(rest % 1000, 3)
        while fraction.last == "0" { fraction.removeLast() }
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0) }
        return "\(padded(year, 4))-\(padded(month))-\(padded(day)) \(clock.joined(separator: ":"))"
            + (fraction.isEmpty ? "" : "." + fraction) + " +0000 UTC"
    }

    /// The date of a day counted from 1970, in the proleptic Gregorian calendar.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).floored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Quotient and remainder, the remainder never negative.
    fileprivate func floored(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
