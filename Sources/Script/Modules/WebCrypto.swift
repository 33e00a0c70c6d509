// The global `crypto`: getRandomValues and randomUUID. Its `subtle` is not built; touching one of its
// functions says so. Attached to a VU's global object by the runtime.

import CQuickJS
import Codec

enum WebCrypto {
    /// The most bytes one call of getRandomValues fills, by the standard.
    private static let randomBytesMax = 65_536

    static let subtleMessage =
        "crypto.subtle is not available: Apus does not have WebCrypto yet; k6/crypto has hashes and HMAC"

    /// Defines `crypto` on a VU's global object.
    static func attach(_ ctx: JSContextRef, to global: JSValue) {
        let crypto = JS_NewObject(ctx)
        let subtle = subtleFunctions.object(ctx)
        let enumerable = JS_PROP_ENUMERABLE
        for (name, function) in [("getRandomValues", getRandomValues), ("randomUUID", randomUUID)] {
            let length: Int32 = name == "randomUUID" ? 0 : 1
            JS_DefinePropertyValueStr(
                ctx, crypto, name,
                JS_NewCFunction2(ctx, function, name, length, JS_CFUNC_generic, 0), enumerable)
        }
        JS_DefinePropertyValueStr(ctx, crypto, "subtle", subtle, enumerable)
        JS.define(ctx, global, "crypto", crypto)
    }

    private static let subtleFunctions = FunctionTable([
        .function("decrypt", 3, refuse), .function("deriveBits", 3, refuse),
        .function("deriveKey", 5, refuse),
        .function("digest", 2, refuse), .function("encrypt", 3, refuse), .function("exportKey", 2, refuse),
        .function("generateKey", 3, refuse), .function("importKey", 5, refuse), .function("sign", 3, refuse),
        .function("unwrapKey", 7, refuse), .function("verify", 4, refuse), .function("wrapKey", 4, refuse),
    ])

    private static let refuse: JSFunction = { ctx, _, _, _ in
        VM.of(ctx).lacks(subtleMessage)
    }

    private static let getRandomValues: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        let array = arguments[0]
        // Whole numbers of at most 32 bits, as in k6; the standard has the 64-bit ones too.
        guard JS.isObject(array), case .typedArray(let element) = JSKind(array),
            !["float32", "float64", "int64", "uint64"].contains(element), let bytes = JS.bytes(ctx, array)
        else {
            return JS.throwGoError(
                ctx, "TypeMismatchError: typedArray parameter isn't a TypedArray instance")
        }
        // k6 counts elements where the standard counts bytes.
        let width = element.hasSuffix("32") ? 4 : element.hasSuffix("16") ? 2 : 1
        if bytes.count / width > randomBytesMax {
            return JS.throwGoError(
                ctx,
                "QuotaExceededError: typedArray parameter is too big; maximum length is \(randomBytesMax)")
        }
        VM.withAlike(ctx) { $0.differs() }
        guard SecureRandom.fill(UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(bytes))) else {
            return JS.throwGoError(ctx, "the system gives no random bytes")
        }
        return JS_DupValue(ctx, array)
    }

    private static let randomUUID: JSFunction = { ctx, _, _, _ in
        let ctx = ctx.unsafelyUnwrapped
        VM.withAlike(ctx) { $0.differs() }
        guard let uuid = SecureRandom.uuid() else {
            return JS.throwGoError(ctx, "the system gives no random bytes")
        }
        return JS.string(ctx, uuid)
    }
}
