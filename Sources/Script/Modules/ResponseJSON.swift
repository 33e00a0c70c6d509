// A body as JSON for `res.json(selector)`: parsed whole, with k6's error for what is no JSON, or only what a
// gjson path finds in it. Called by the Response class, which keeps what `whole` gave.

import CQuickJS
import Codec

enum ResponseJSON {
    /// The whole document. On failure: k6's error is thrown, with line and character.
    static func whole(_ ctx: JSContextRef, _ body: UnsafeBufferPointer<UInt8>) -> JSValue {
        // The engine takes numbers that Go refuses (`1.`, `1e999`), so it is not asked first.
        if let message = GoJSON.k6Error(body) { return JS.throwGoError(ctx, message) }
        return parse(ctx, body)
    }

    /// What `path` finds; undefined when it finds nothing or the body is no JSON.
    /// - Parameter isValid: whether the body is known to be JSON; set once it is.
    static func select(
        _ ctx: JSContextRef, _ body: UnsafeBufferPointer<UInt8>, path: String, isValid: inout Bool
    ) -> JSValue {
        if !isValid {
            guard GoJSON.isValid(body) else { return JS.undefined }
            isValid = true
        }
        switch GJSON.find(path, in: body) {
        case nil: return JS.undefined
        case .null: return JS.null
        case .bool(let value): return JS.bool(value)
        case .number(let value): return JS.number(ctx, value)
        case .string(let bytes):
            return GoUTF8.repaired(bytes).withUnsafeBufferPointer { JS.string(ctx, $0) }
        case .document(let bytes):
            let document = bytes.withUnsafeBufferPointer { parse(ctx, $0) }
            if !JS.isException(document) { return document }
            // Text made by a literal of the path (`[!nan]`) need not be JSON.
            JS.dropException(ctx)
            return JS.undefined
        }
    }

    private static func parse(_ ctx: JSContextRef, _ text: UnsafeBufferPointer<UInt8>) -> JSValue {
        guard let repaired = GoUTF8.repaired(text) else { return JS.parseJSON(ctx, text) }
        return repaired.withUnsafeBufferPointer { JS.parseJSON(ctx, $0) }
    }
}
