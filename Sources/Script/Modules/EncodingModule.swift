// `k6/encoding`: base64 in its four forms, with the errors of Go's decoder. One of `BuiltinModules`.

import CQuickJS
import Codec

enum EncodingModule {
    static let module = BuiltinModule("k6/encoding") { ctx in functions.object(ctx) }

    private static let functions = FunctionTable([
        .function("b64encode", 2, encode), .function("b64decode", 3, decode),
    ])

    /// An unknown name means the standard alphabet, as in k6.
    private static func variant(_ name: String) -> Base64.Variant {
        switch name {
        case "rawstd": .standardUnpadded
        case "url": .url
        case "rawurl": .urlUnpadded
        default: .standard
        }
    }

    private static let encode: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        guard let name = GoExport.text(arguments.ctx, arguments[1]),
            let data = GoExport.data(arguments.ctx, arguments[0])
        else { return JS.exception }
        return JS.string(arguments.ctx, Base64.encode(data, variant(name)))
    }

    /// b64decode(text, encoding, format): a string with the format "s", else an ArrayBuffer.
    private static let decode: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        guard let text = GoExport.text(ctx, arguments[0]), let name = GoExport.text(ctx, arguments[1]),
            let format = GoExport.text(ctx, arguments[2])
        else { return JS.exception }
        switch Base64.checked(text, variant(name)) {
        case .failure(let problem): return JS.throwGoError(ctx, problem.description)
        case .success(let bytes):
            if format != "s" { return JS.arrayBuffer(ctx, bytes) }
            return GoUTF8.repaired(bytes).withUnsafeBufferPointer { JS.string(ctx, $0) }
        }
    }
}
