// `k6/crypto`: digests, HMAC, hexadecimal and random bytes, with k6's errors. One of `BuiltinModules`.

import CQuickJS
import Codec

enum CryptoModule {
    static let module = BuiltinModule("k6/crypto") { ctx in functions.object(ctx) }

    private static let algorithms: [Digest] = [
        .md4, .md5, .sha1, .sha256, .sha384, .sha512, .sha512_224, .sha512_256, .ripemd160,
    ]

    private static let functions = FunctionTable([
        .function("createHMAC", 2, createHMAC), .function("createHash", 1, createHash),
        .function("hexEncode", 1, hexEncode), .function("hmac", 4, hmac), .magic("md4", 2, 0, hash),
        .magic("md5", 2, 1, hash), .function("randomBytes", 1, randomBytes), .magic("ripemd160", 2, 8, hash),
        .magic("sha1", 2, 2, hash), .magic("sha256", 2, 3, hash), .magic("sha384", 2, 4, hash),
        .magic("sha512", 2, 5, hash), .magic("sha512_224", 2, 6, hash), .magic("sha512_256", 2, 7, hash),
    ])

    private static let hasherClass = HostClass<DigestStream>("Hasher", [])

    /// The bytes as the script asked for them.
    private static func encoded(_ ctx: JSContextRef, _ bytes: [UInt8], _ encoding: String) -> JSValue {
        switch encoding {
        case "hex": JS.string(ctx, Hex.encode(bytes))
        case "base64": JS.string(ctx, Base64.encode(bytes))
        case "base64url": JS.string(ctx, Base64.encode(bytes, .url))
        case "base64rawurl": JS.string(ctx, Base64.encode(bytes, .urlUnpadded))
        case "binary": JS.arrayBuffer(ctx, bytes)
        default: JS.throwGoError(ctx, "invalid output encoding: \(encoding)")
        }
    }

    private static func refused(_ ctx: JSContextRef, _ algorithm: Digest) -> JSValue {
        JS.throwGoError(ctx, "\(algorithm.rawValue) is not available: this machine's OpenSSL refuses it")
    }

    private static let hash: JSMagicFunction = { ctx, _, count, values, magic in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        let algorithm = algorithms[Int(magic)]
        guard let encoding = GoExport.text(ctx, arguments[1]),
            let data = GoExport.data(ctx, arguments[0], prefix: "\(algorithm.rawValue) failed: ")
        else { return JS.exception }
        guard let digest = algorithm.hash(data) else { return refused(ctx, algorithm) }
        return encoded(ctx, digest, encoding)
    }

    /// - Returns: nil with an exception pending.
    private static func algorithm(_ ctx: JSContextRef, _ value: JSValue) -> Digest? {
        guard let name = GoExport.text(ctx, value) else { return nil }
        if let algorithm = Digest(rawValue: name) { return algorithm }
        _ = JS.throwGoError(ctx, "invalid algorithm: \(name)")
        return nil
    }

    /// hmac(algorithm, key, data, encoding)
    private static let hmac: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        guard let encoding = GoExport.text(ctx, arguments[3]),
            let algorithm = algorithm(ctx, arguments[0]),
            let key = GoExport.data(ctx, arguments[1]), let data = GoExport.data(ctx, arguments[2])
        else { return JS.exception }
        let digest = key.withUnsafeBytes { key in data.withUnsafeBytes { algorithm.hmac(key: key, $0) } }
        guard let digest else { return refused(ctx, algorithm) }
        return encoded(ctx, digest, encoding)
    }

    private static let createHash: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        guard let algorithm = algorithm(arguments.ctx, arguments[0]) else { return JS.exception }
        return hasher(arguments.ctx, algorithm, DigestStream(algorithm))
    }

    private static let createHMAC: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        guard let algorithm = algorithm(arguments.ctx, arguments[0]),
            let key = GoExport.data(arguments.ctx, arguments[1])
        else { return JS.exception }
        return hasher(arguments.ctx, algorithm, key.withUnsafeBytes { DigestStream(algorithm, key: $0) })
    }

    /// An object with `digest` and `update` of its own, bound to it: k6's can be called without it.
    private static func hasher(_ ctx: JSContextRef, _ algorithm: Digest, _ stream: DigestStream?) -> JSValue {
        guard let stream else { return refused(ctx, algorithm) }
        var native = hasherClass.wrap(ctx, stream)
        if JS.isException(native) { return native }
        defer { JS_FreeValue(ctx, native) }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "digest", JS_NewCFunctionData(ctx, digest, 1, 0, 1, &native))
        JS.define(ctx, object, "update", JS_NewCFunctionData(ctx, update, 1, 0, 1, &native))
        return object
    }

    private static let update: JSDataFunction = { ctx, _, count, values, _, data in
        let arguments = Arguments(ctx, count, values)
        guard let bytes = GoExport.data(arguments.ctx, arguments[0]) else { return JS.exception }
        guard let stream = hasherClass.native(data!.pointee) else { return JS.exception }
        bytes.withUnsafeBytes { stream.update($0) }
        return JS.undefined
    }

    private static let digest: JSDataFunction = { ctx, _, count, values, _, data in
        let arguments = Arguments(ctx, count, values)
        guard let encoding = GoExport.text(arguments.ctx, arguments[0]),
            let stream = hasherClass.native(data!.pointee)
        else { return JS.exception }
        return encoded(arguments.ctx, stream.digest(), encoding)
    }

    private static let hexEncode: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        guard let data = GoExport.data(arguments.ctx, arguments[0]) else { return JS.exception }
        return JS.string(arguments.ctx, Hex.encode(data))
    }

    private static let randomBytes: JSFunction = { ctx, _, count, values in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        guard let size = GoExport.int(ctx, arguments[0]) else { return JS.exception }
        if size < 1 { return JS.throwGoError(ctx, "invalid size") }
        // The engine's own memory, so that a size no memory holds ends as its own error does.
        guard let memory = js_malloc(ctx, Int(size)) else { return JS.exception }
        guard SecureRandom.fill(UnsafeMutableRawBufferPointer(start: memory, count: Int(size))) else {
            js_free(ctx, memory)
            return JS.throwGoError(ctx, "the system gives no random bytes")
        }
        VM.withAlike(ctx) { vm in
            vm.differs()
            vm.need(.typedArrays)
        }
        return JS_NewArrayBuffer(
            ctx, memory.assumingMemoryBound(to: UInt8.self), Int(size),
            { runtime, _, memory in js_free_rt(runtime, memory) }, nil, 0)
    }
}

typealias JSDataFunction =
    @convention(c) (
        _ ctx: OpaquePointer?, _ this: JSValue, _ argc: Int32, _ argv: UnsafeMutablePointer<JSValue>?,
        _ magic: Int32, _ data: UnsafeMutablePointer<JSValue>?
    ) -> JSValue
