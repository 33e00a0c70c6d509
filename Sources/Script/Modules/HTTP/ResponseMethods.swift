// Methods of a response. Called through HTTPResponse's prototype.

import Base
import CQuickJS
import HTTP

enum ResponseMethods {
    static let table = FunctionTable(
        [.function("json", 1, { ctx, this, argc, argv in json(this, Arguments(ctx, argc, argv)) })]
            + ResponsePage.methods)

    /// The response a method is called on; nil with an exception pending.
    static func data(_ ctx: JSContextRef, _ this: JSValue) -> ResponseData? {
        if let data = HTTPResponse.data(this) { return data }
        _ = JS.throwTypeError(ctx, "not a response")
        return nil
    }

    /// The body as JSON, or what a path selects in it.
    private static func json(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let data = data(ctx, this) else { return JS.exception }
        guard data.hasBody else {
            return JS.throwGoError(
                ctx,
                "the body is null so we can't transform it to JSON - this likely was because of a request error "
                    + "getting the response")
        }
        if let type = data.foreignBody {
            return JS.throwGoError(ctx, "invalid type \(type), expected string, []byte or ArrayBuffer")
        }
        // An argument that is there is a path, whatever it is.
        guard arguments.count == 0 else {
            guard let path = GoExport.text(ctx, arguments[0]) else { return JS.exception }
            return ResponseJSON.select(ctx, data.bytes, path: path, isValid: &data.isKnownJSON)
        }
        if let known = data.json { return JS_DupValue(ctx, known) }
        let value = ResponseJSON.whole(ctx, data.bytes)
        if JS.isObject(value) { data.json = JS_DupValue(ctx, value) }
        return value
    }
}
