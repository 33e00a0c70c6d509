// The small objects of `k6/http`: files for multipart bodies, named URLs, sets of expected statuses, cookie
// jars.

import Base
import CQuickJS
import Engine
import HTTP

/// `http.file(data, filename, contentType)`.
final class ScriptFile {
    /// Scripts see the data as they gave them.
    enum Content {
        case text([UInt8]), bytes([UInt8])
        /// Something that cannot be sent, by the name Go has for its type.
        case other(String)
    }

    private(set) var content: Content
    private(set) var filename: String
    private(set) var contentType: String
    private var held: HeldMemory?

    init(_ content: Content, filename: String, contentType: String) {
        self.content = content
        self.filename = filename
        self.contentType = contentType
    }

    var data: [UInt8] {
        switch content {
        case .text(let data), .bytes(let data): data
        case .other: []
        }
    }

    /// Has the engine know what it holds beside the engine's memory.
    func countMemory(_ vm: VM) {
        held = data.count > Limits.scriptHeldBytesMin ? HeldMemory(vm, data.count) : nil
    }

    static let hostClass = HostClass<ScriptFile>(
        "Object", [],
        owned: [
            .getter(
                "data", 0, { ctx, this, _ in show(this) { $0.shown(ctx!) } },
                { ctx, this, value, _ in setContent(ctx!, this, value) }, isEnumerable: true),
            .getter(
                "filename", 1, { ctx, this, _ in show(this) { JS.string(ctx!, $0.filename) } },
                { ctx, this, value, _ in setText(ctx!, this, value, \.filename) }, isEnumerable: true),
            .getter(
                "content_type", 2, { ctx, this, _ in show(this) { JS.string(ctx!, $0.contentType) } },
                { ctx, this, value, _ in setText(ctx!, this, value, \.contentType) }, isEnumerable: true),
        ])

    static func content(_ ctx: JSContextRef, _ value: JSValue) -> Content {
        let type = GoExport.typeName(ctx, value)
        let isBuffer = JS.isObject(value) && JSKind(value) == .arrayBuffer
        guard JS.isString(value) || type == "[]uint8" || isBuffer, let data = JS.data(ctx, value) else {
            return .other(type)
        }
        return JS.isString(value) ? .text(data) : .bytes(data)
    }

    private func shown(_ ctx: JSContextRef) -> JSValue {
        switch content {
        case .text(let data): data.withUnsafeBufferPointer { JS.string(ctx, $0) }
        case .bytes(let data): JS.arrayBuffer(ctx, data)
        case .other: JS.null
        }
    }

    private static func show(_ this: JSValue, _ make: (ScriptFile) -> JSValue) -> JSValue {
        hostClass.native(this).map(make) ?? JS.undefined
    }

    private static func setContent(_ ctx: JSContextRef, _ this: JSValue, _ value: JSValue) -> JSValue {
        guard let file = hostClass.native(this) else { return JS.undefined }
        file.content = content(ctx, value)
        file.countMemory(VM.of(ctx))
        return JS.undefined
    }

    /// A value as Go has it in a field of type string.
    private static func setText(
        _ ctx: JSContextRef, _ this: JSValue, _ value: JSValue,
        _ field: ReferenceWritableKeyPath<ScriptFile, String>
    ) -> JSValue {
        guard let text = GoExport.text(ctx, value) else { return JS.exception }
        hostClass.native(this)?[keyPath: field] = text
        return JS.undefined
    }
}

/// What the template tag `http.url` makes: the URL, and the name it is counted under.
final class ScriptURL {
    let text: String
    private(set) var name: String
    /// What scripts see, and may change without changing what is requested.
    private var shown: String
    private var clean: String

    init(text: String, name: String) {
        self.text = text
        self.name = name
        shown = text
        clean = ScriptURL.clean(text)
    }

    static let hostClass = HostClass<ScriptURL>(
        "Object", [],
        owned: [
            .getter(
                "name", 0, { ctx, this, _ in show(this) { JS.string(ctx!, $0.name) } },
                { ctx, this, value, _ in setText(ctx!, this, value, \.name) },
                isEnumerable: true),
            .getter(
                "url", 1, { ctx, this, _ in show(this) { JS.string(ctx!, $0.shown) } },
                { ctx, this, value, _ in setText(ctx!, this, value, \.shown) },
                isEnumerable: true),
            .getter(
                "clean_url", 2, { ctx, this, _ in show(this) { JS.string(ctx!, $0.clean) } },
                { ctx, this, value, _ in setText(ctx!, this, value, \.clean) },
                isEnumerable: true),
            .function("clean", 0, { ctx, this, _, _ in show(this) { JS.string(ctx!, $0.clean) } }),
            .function("getURL", 0, { ctx, this, _, _ in show(this) { $0.parts(ctx!) } }),
        ])

    /// With the credentials masked.
    private static func clean(_ text: String) -> String {
        do { return try RequestURL(reading: text).taggedText } catch { return text }
    }

    private func parts(_ ctx: JSContextRef) -> JSValue {
        do {
            let url = try RequestURL(reading: text)
            let object = JS_NewObject(ctx)
            let target = url.target.split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            JS.define(ctx, object, "scheme", JS.string(ctx, url.scheme))
            JS.define(ctx, object, "host", JS.string(ctx, url.authority))
            JS.define(ctx, object, "path", JS.string(ctx, String(target[0])))
            JS.define(ctx, object, "raw_query", JS.string(ctx, target.count > 1 ? String(target[1]) : ""))
            JS.define(ctx, object, "fragment", JS.string(ctx, url.fragment ?? ""))
            return object
        } catch { return JS.null }
    }

    private static func show(_ this: JSValue, _ make: (ScriptURL) -> JSValue) -> JSValue {
        hostClass.native(this).map(make) ?? JS.undefined
    }

    /// A value as Go has it in a field of type string.
    private static func setText(
        _ ctx: JSContextRef, _ this: JSValue, _ value: JSValue,
        _ field: ReferenceWritableKeyPath<ScriptURL, String>
    ) -> JSValue {
        guard let text = GoExport.text(ctx, value) else { return JS.exception }
        hostClass.native(this)?[keyPath: field] = text
        return JS.undefined
    }
}

/// `http.expectedStatuses(…)`.
final class ExpectedStatuses {
    let ranges: [ClosedRange<Int>]
    private var known: Int32?

    init(_ ranges: [ClosedRange<Int>]) { self.ranges = ranges }

    static let hostClass = HostClass<ExpectedStatuses>(
        "ExpectedStatuses", [], copied: { ExpectedStatuses($0.ranges) })

    /// Its number at the worker's recorder.
    func number(_ host: ScriptHost) -> Int32 {
        if let known { return known }
        let number = host.samples?.pointee.expectation(of: StatusSet(ranges)) ?? 0
        known = number
        return number
    }

    /// Reads the arguments: numbers, and objects with `min` and `max`.
    static func make(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        if arguments.count == 0 { return JS.throwGoError(ctx, "no arguments") }
        var ranges: [ClosedRange<Int>] = []
        for index in 0..<arguments.count {
            let value = arguments[index]
            if let status = whole(ctx, value) {
                ranges.append(status...status)
                continue
            }
            if JS.isNullish(value) {
                return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
            }
            let (low, high) = (JS.get(ctx, value, "min"), JS.get(ctx, value, "max"))
            defer {
                JS_FreeValue(ctx, low)
                JS_FreeValue(ctx, high)
            }
            if JS.isUndefined(low) || JS.isUndefined(high) { return problem(ctx, index) }
            guard let min = whole(ctx, low), let max = whole(ctx, high) else {
                return JS.throwGoError(
                    ctx, "both min and max need to be integers for argument number \(index + 1)")
            }
            // One that is the wrong way round holds no status.
            if min <= max { ranges.append(min...max) }
        }
        return hostClass.wrap(ctx, ExpectedStatuses(ranges))
    }

    private static func whole(_ ctx: JSContextRef, _ value: JSValue) -> Int? {
        guard JS.isNumber(value), let number = JS.double(ctx, value) else { return nil }
        return Int(exactly: number)
    }

    private static func problem(_ ctx: JSContextRef, _ index: Int) -> JSValue {
        JS.throwGoError(
            ctx,
            "argument number \(index + 1) to expectedStatuses was neither an integer nor an object like "
                + "{min:100, max:329}")
    }
}

/// `http.cookieJar()` and `new http.CookieJar()`.
final class ScriptJar {
    let box: JarBox

    init(_ box: JarBox) { self.box = box }

    static let hostClass = HostClass<ScriptJar>(
        "CookieJar",
        [
            .function(
                "cookiesForURL", 1, { ctx, this, argc, argv in cookies(this, Arguments(ctx, argc, argv)) }),
            .function("set", 4, { ctx, this, argc, argv in set(this, Arguments(ctx, argc, argv)) }),
            .function("clear", 1, { ctx, this, argc, argv in clear(this, Arguments(ctx, argc, argv)) }),
            .function("delete", 2, { ctx, this, argc, argv in delete(this, Arguments(ctx, argc, argv)) }),
        ])

    /// The jar and the URL of a method's first argument; nil with an exception pending.
    private static func target(_ this: JSValue, _ arguments: Arguments) -> (ScriptJar, RequestURL)? {
        guard let jar = hostClass.native(this) else {
            _ = JS.throwTypeError(arguments.ctx, "not a cookie jar")
            return nil
        }
        guard let text = JS.text(arguments.ctx, arguments[0]) else { return nil }
        // A jar has nothing for, and takes nothing from, what cannot be requested.
        do { return (jar, try RequestURL(reading: text)) } catch {
            _ = JS.throwGoError(arguments.ctx, "parse \(GoText.quoted(text)): \(error.description)")
            return nil
        }
    }

    private static var nowSeconds: Int64 { Clock.wallNs() / Ns.perSecond }

    private static func cookies(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        guard let (jar, url) = target(this, arguments) else { return JS.exception }
        let ctx = arguments.ctx
        let object = JS_NewObject(ctx)
        var lists: [(name: String, values: [String])] = []
        for cookie in url.refusal == nil ? jar.box.jar.matching(url, nowSeconds: nowSeconds) : [] {
            if let index = lists.firstIndex(where: { $0.name == cookie.name }) {
                lists[index].values.append(cookie.value)
            } else {
                lists.append((cookie.name, [cookie.value]))
            }
        }
        for list in lists { JS.define(ctx, object, list.name, JS.strings(ctx, list.values)) }
        return object
    }

    private static func set(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        guard let (jar, url) = target(this, arguments) else { return JS.exception }
        let ctx = arguments.ctx
        guard let name = GoExport.text(ctx, arguments[1]), let value = GoExport.text(ctx, arguments[2]) else {
            return JS.exception
        }
        var attributes = CookieJar.Attributes()
        let options = arguments[3]
        if JS.isObject(options), let keys = JS.keys(ctx, options) {
            for key in keys {
                let item = JS.get(ctx, options, name: key)
                defer { JS_FreeValue(ctx, item) }
                guard take(ctx, key, item, into: &attributes) else { return JS.exception }
            }
        }
        if url.refusal == nil {
            jar.box.jar.store(name, value, attributes, from: url, nowSeconds: nowSeconds)
            jar.box.countMemory(VM.of(ctx))
        }
        return JS.bool(true)
    }

    /// One option of `set`. - Returns: false with an exception pending.
    private static func take(
        _ ctx: JSContextRef, _ key: String, _ item: JSValue, into attributes: inout CookieJar.Attributes
    ) -> Bool {
        switch key {
        case "domain", "path", "expires":
            guard let text = JS.text(ctx, item) else { return false }
            switch key {
            case "domain": attributes.domain = text
            case "path": attributes.path = text
            default:
                if text.isEmpty { return true }
                attributes.expiresSeconds = HTTPDate.secondsOfFixedForm(text)
                if attributes.expiresSeconds == nil {
                    _ = JS.throwGoError(
                        ctx, "unable to parse \"expires\" date string \(GoText.quoted(text))")
                    return false
                }
            }
        case "max_age":
            guard let seconds = GoExport.int(ctx, item) else { return false }
            if seconds != 0 { attributes.maxAgeSeconds = seconds }
        case "secure": attributes.isSecure = JS.truth(ctx, item)
        case "http_only": attributes.isHTTPOnly = JS.truth(ctx, item)
        default: break
        }
        return true
    }

    private static func clear(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        guard let (jar, url) = target(this, arguments) else { return JS.exception }
        for cookie in jar.box.jar.matching(url, nowSeconds: nowSeconds) { jar.box.jar.remove(cookie) }
        return JS.undefined
    }

    private static func delete(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        guard let (jar, url) = target(this, arguments) else { return JS.exception }
        guard let name = JS.text(arguments.ctx, arguments[1]) else { return JS.exception }
        for cookie in jar.box.jar.matching(url, nowSeconds: nowSeconds) where cookie.name == name {
            jar.box.jar.remove(cookie)
        }
        return JS.undefined
    }
}
