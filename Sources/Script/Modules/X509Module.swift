// `k6/crypto/x509`: a certificate's facts as k6 lays them out. One of `BuiltinModules`.

import CQuickJS
import Codec

enum X509Module {
    static let module = BuiltinModule("k6/crypto/x509") { ctx in functions.object(ctx) }

    private static let functions = FunctionTable([
        .magic("getAltNames", 1, Part.altNames.rawValue, read),
        .magic("getIssuer", 1, Part.issuer.rawValue, read),
        .magic("getSubject", 1, Part.subject.rawValue, read),
        .magic("parse", 1, Part.all.rawValue, read),
    ])

    private enum Part: Int16 { case altNames, issuer, subject, all }

    private static let read: JSMagicFunction = { ctx, _, count, values, magic in
        let arguments = Arguments(ctx, count, values)
        let ctx = arguments.ctx
        guard let pem = pem(ctx, arguments[0]) else { return JS.exception }
        do throws(X509Certificate.Problem) {
            let certificate = try X509Certificate(pem: pem)
            return switch Part(rawValue: Int16(magic)) {
            case .altNames: JS.strings(ctx, certificate.altNames)
            case .issuer: name(ctx, certificate.issuer, isSubject: false)
            case .subject: name(ctx, certificate.subject, isSubject: true)
            case .all, nil: whole(ctx, certificate)
            }
        } catch {
            return JS.throwGoError(ctx, error.description)
        }
    }

    /// A text, or bytes that hold it; nil with an exception pending.
    private static func pem(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        if JS.isNullish(value) { return "" }
        if let data = JS.data(ctx, value) { return String(decoding: data, as: UTF8.self) }
        guard let text = JS.text(ctx, value) else { return nil }
        _ = JS.throwTypeError(
            ctx, "could not convert function call parameter 0: could not convert \(text) to []uint8")
        return nil
    }

    private static func whole(_ ctx: JSContextRef, _ certificate: X509Certificate) -> JSValue {
        guard let key = certificate.publicKey else {
            return JS.throwGoError(ctx, "unsupported public key algorithm")
        }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "subject", name(ctx, certificate.subject, isSubject: true))
        JS.define(ctx, object, "issuer", name(ctx, certificate.issuer, isSubject: false))
        JS.define(ctx, object, "notBefore", JS.string(ctx, certificate.notBefore))
        JS.define(ctx, object, "notAfter", JS.string(ctx, certificate.notAfter))
        JS.define(ctx, object, "altNames", JS.strings(ctx, certificate.altNames))
        JS.define(ctx, object, "signatureAlgorithm", JS.string(ctx, certificate.signatureAlgorithm))
        JS.define(
            ctx, object, "fingerPrint", JS.array(ctx, certificate.fingerprint.map { JS.int(Int32($0)) }))
        JS.define(ctx, object, "publicKey", publicKey(ctx, key))
        return object
    }

    private static func name(_ ctx: JSContextRef, _ name: X509Name, isSubject: Bool) -> JSValue {
        let object = JS_NewObject(ctx)
        let text = { (key: String, value: String) in JS.define(ctx, object, key, JS.string(ctx, value)) }
        text("commonName", name.commonName)
        text("country", name.country)
        if isSubject { text("postalCode", name.postalCode) }
        text("stateOrProvinceName", name.stateOrProvinceName)
        text("localityName", name.localityName)
        if isSubject { text("streetAddress", name.streetAddress) }
        text("organizationName", name.organizationName)
        if isSubject {
            let units = JS.strings(ctx, name.organizationalUnitNames)
            JS.define(ctx, object, "organizationalUnitName", units)
        }
        let attributes = name.attributes.map { attribute in
            let pair = JS_NewObject(ctx)
            JS.define(ctx, pair, "type", JS.string(ctx, attribute.type))
            JS.define(ctx, pair, "value", JS.string(ctx, attribute.value))
            return pair
        }
        JS.define(ctx, object, "names", JS.array(ctx, attributes))
        return object
    }

    private static func publicKey(_ ctx: JSContextRef, _ key: X509Certificate.PublicKey) -> JSValue {
        let numbers = JS_NewObject(ctx)
        let number = { (object: JSValue, name: String, digits: String) in
            JS.define(ctx, object, name, bigInt(ctx, digits))
        }
        let algorithm: String
        switch key {
        case .rsa(let n, let e):
            algorithm = "RSA"
            number(numbers, "n", n)
            JS.define(ctx, numbers, "e", JS.number(ctx, Int64(e) ?? 0))
        case .dsa(let p, let q, let g, let y):
            algorithm = "DSA"
            let parameters = JS_NewObject(ctx)
            JS.define(ctx, numbers, "parameters", JS_DupValue(ctx, parameters))
            for object in [parameters, numbers] {
                number(object, "p", p)
                number(object, "q", q)
                number(object, "g", g)
            }
            number(numbers, "y", y)
            JS_FreeValue(ctx, parameters)
        case .ecdsa(let curve, let x, let y):
            algorithm = "ECDSA"
            let named = JS_NewObject(ctx)
            // Hidden, as everything of k6's curves is but their functions.
            JS_DefinePropertyValueStr(ctx, named, "name", JS.string(ctx, curve), 0)
            JS.define(ctx, numbers, "curve", named)
            number(numbers, "x", x)
            number(numbers, "y", y)
        }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "algorithm", JS.string(ctx, algorithm))
        JS.define(ctx, object, "key", numbers)
        return object
    }

    /// The library makes BigInts of 64 bits only; the script's own function makes the others.
    private static func bigInt(_ ctx: JSContextRef, _ digits: String) -> JSValue {
        let global = JS_GetGlobalObject(ctx)
        let make = JS.get(ctx, global, "BigInt")
        var text = JS.string(ctx, digits)
        let number = JS_Call(ctx, make, JS.undefined, 1, &text)
        for value in [global, make, text] { JS_FreeValue(ctx, value) }
        if !JS.isException(number) { return number }
        // A VU without BigInt gets the digits.
        JS.dropException(ctx)
        return JS.string(ctx, digits)
    }
}
