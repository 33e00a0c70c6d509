// Tags as scripts give them: an object of strings, numbers and booleans; of a text its characters.

import CQuickJS

enum TagValues {
    /// nil with an exception pending.
    static func read(_ ctx: JSContextRef, _ object: JSValue) -> [(key: String, value: String)]? {
        guard let keys = JS.itemKeys(ctx, object) else { return nil }
        var tags: [(key: String, value: String)] = []
        for key in keys {
            let value = JS.get(ctx, object, name: key)
            if JS.isException(value) { return nil }
            defer { JS_FreeValue(ctx, value) }
            guard let text = text(ctx, value) else {
                _ = JS.throwGoError(ctx, problem(key))
                return nil
            }
            tags.append((key, text))
        }
        return tags
    }

    /// A tag's value as text; nil for kinds a tag cannot have, without an exception.
    static func text(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        JS.isString(value) || JS.isNumber(value) || JS.isBool(value) ? JS.text(ctx, value) : nil
    }

    /// - Parameter kind: "tag" or "metadata"; k6 has a plural for the first.
    static func problem(_ key: String, kind: String = "tag") -> String {
        "invalid value for metric \(kind) '\(key)': only String, Boolean and Number types are accepted as a "
            + "metric \(kind) value\(kind == "tag" ? "s" : "")"
    }
}
