// From the arguments of a request function to a plan: URL, body, parameters. What k6 refuses is an error with
// its message and code, which becomes a failed response or, with `throw`, an exception. On the fiber.

import Base
import CQuickJS
import Codec
import Engine
import HTTP

/// Why a request could not be built. nil text: a JavaScript exception is pending.
struct RequestProblem: Error {
    var text: String?
    var code = ErrorCode.none

    static let pending = RequestProblem(text: nil)
}

struct RequestReader {
    let vm: VM
    let ctx: JSContextRef
    private let settings: ScriptSettings

    init(_ vm: VM) {
        self.vm = vm
        ctx = vm.ctx
        settings = vm.host.settings
    }

    /// A plan for `method` on `url` with a body and parameters as the script gave them.
    func plan(method: String, url: JSValue, body: JSValue, params: JSValue) throws(RequestProblem) -> CallPlan
    {
        let (text, name) = try self.url(url)
        let target: RequestURL
        do { target = try RequestURL(parsing: text) } catch {
            throw RequestProblem(
                text: "invalid URL: parse \(GoText.quoted(text)): \(error.description)", code: .invalidURL)
        }
        let plan = CallPlan(
            draft: RequestDraft(method: method, url: target, userAgent: settings.userAgent),
            name: name ?? "", isNamed: name != nil)
        plan.redirectsMax = settings.redirectsMax
        plan.redirectsMaxIsDefault = settings.redirectsMaxIsDefault
        plan.responseType = settings.discardsBodies ? .none : .text
        plan.throwsErrors = settings.throwsErrors
        plan.expectation = vm.http.expectation
        try readBody(body, plan)
        if !JS.isNullish(params) { try readParams(params, plan) }
        vm.http.addCookies(to: plan)
        return plan
    }

    /// A string, or what `http.url` made.
    private func url(_ value: JSValue) throws(RequestProblem) -> (String, name: String?) {
        if let url = ScriptURL.hostClass.native(value) { return (url.text, url.name) }
        guard let text = JS.text(ctx, value) else { throw .pending }
        return (text, nil)
    }

    // MARK: - the body

    private func readBody(_ body: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        if JS.isNullish(body) { return }
        if JS.isString(body) {
            guard let bytes = JS.data(ctx, body) else { throw .pending }
            plan.draft.body = bytes
            return
        }
        if let bytes = JS.bytes(ctx, body), isRawBytes(body) {
            plan.draft.body = Array(bytes)
            return
        }
        guard JS.isObject(body), !JS.isFunction(ctx, body), !JS.isArray(ctx, body),
            JS.bytes(ctx, body) == nil,
            GoTypeName.constructor(ctx, body) != "Date"
        else {
            throw RequestProblem(text: "unknown request body type \(GoTypeName.of(ctx, body))")
        }
        guard let keys = JS.keys(ctx, body) else { throw .pending }
        var fields: [(name: String, values: [FormValue])] = []
        for key in keys { fields.append((key, try formValues(JS.get(ctx, body, name: key)))) }
        let form = FormBody(fields: fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        let (type, bytes) = form.encode(boundary: { boundary() })
        plan.draft.body = bytes
        plan.draft.headers.append((name: "Content-Type", value: type))
    }

    /// ArrayBuffer and Uint8Array; k6 takes no other view.
    private func isRawBytes(_ value: JSValue) -> Bool {
        let name = GoTypeName.constructor(ctx, value)
        return name == "ArrayBuffer" || name == "Uint8Array"
    }

    /// A field's values, taking `value`.
    private func formValues(_ value: JSValue) throws(RequestProblem) -> [FormValue] {
        defer { JS_FreeValue(ctx, value) }
        if JS.isException(value) { throw .pending }
        if let file = ScriptFile.hostClass.native(value) { return [.file(file)] }
        if JS.isArray(ctx, value) {
            var values: [FormValue] = []
            for index in 0..<JS.length(ctx, value) {
                values += try formValues(JS_GetPropertyUint32(ctx, value, UInt32(index)))
            }
            return values
        }
        if JS.isNullish(value) { return [.text("")] }
        guard let text = JS.text(ctx, value) else { throw .pending }
        return [.text(text)]
    }

    private func boundary() -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = (0..<60).map { _ in digits[Int(vm.random.next() >> 60)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - parameters

    private func readParams(_ params: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard JS.isObject(params), let keys = JS.keys(ctx, params) else {
            if JS_HasException(ctx) != 0 { throw .pending }
            return
        }
        for key in keys {
            let value = JS.get(ctx, params, name: key)
            if JS.isException(value) { throw .pending }
            defer { JS_FreeValue(ctx, value) }
            if JS.isNullish(value), key != "responseCallback" { continue }
            try readParam(key, value, plan)
        }
        try compressBody(params, plan)
        if let length = plan.draft.header("content-length"), length != String(plan.draft.body.count) {
            warn(
                plan,
                "the Content-Length header given, \(GoText.quoted(length)), is ignored: the body has "
                    + "\(plan.draft.body.count) bytes")
        }
    }

    private func readParam(_ key: String, _ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        switch key {
        case "headers": try readHeaders(value, plan)
        case "cookies": try readCookies(value, plan)
        case "jar": if let jar = ScriptJar.hostClass.native(value) { plan.jar = jar.box }
        case "tags": try readTags(value, plan)
        case "redirects":
            var count: Int64 = 0
            guard JS_ToInt64(ctx, &count, value) == 0 else { throw .pending }
            plan.redirectsMax = Int(max(min(count, 1_000_000), 0))
            plan.redirectsMaxIsDefault = false
        case "auth": try readAuth(value, plan)
        case "timeout": plan.timeoutNs = try timeout(value)
        case "throw": plan.throwsErrors = JS.truth(ctx, value)
        case "responseType":
            guard let text = JS.text(ctx, value) else { throw .pending }
            switch text {
            case "text": plan.responseType = .text
            case "binary": plan.responseType = .binary
            case "none": plan.responseType = .none
            default: throw RequestProblem(text: "\(text) is not a valid ResponseType")
            }
        case "responseCallback": plan.expectation = try expectation(value)
        default: break
        }
    }

    private func readHeaders(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard JS.isObject(value), let keys = JS.keys(ctx, value) else { return }
        for name in keys {
            let item = JS.get(ctx, value, name: name)
            defer { JS_FreeValue(ctx, item) }
            guard let text = JS.text(ctx, item) else { throw .pending }
            if let problem = RequestDraft.headerProblem(name, text) {
                throw RequestProblem(text: "net/http: \(problem)")
            }
            let lowered = ASCII.lowercased(name)
            plan.draft.headers.removeAll { ASCII.lowercased($0.name) == lowered }
            plan.draft.headers.append((name: name, value: text))
        }
    }

    /// One line about a request that goes out all the same.
    private func warn(_ plan: CallPlan, _ text: String) {
        vm.host.log(
            ScriptLogLine(.warning, "\(plan.draft.method) \(plan.draft.url.maskedText): \(text)"))
    }

    private func readCookies(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard JS.isObject(value), let keys = JS.keys(ctx, value) else { return }
        for name in keys {
            let item = JS.get(ctx, value, name: name)
            defer { JS_FreeValue(ctx, item) }
            if JS.isNullish(item) { continue }
            guard JS.isObject(item) else {
                guard let text = JS.text(ctx, item) else { throw .pending }
                plan.cookies.append((name, text, false))
                continue
            }
            let (inner, replace) = (JS.get(ctx, item, "value"), JS.get(ctx, item, "replace"))
            defer {
                JS_FreeValue(ctx, inner)
                JS_FreeValue(ctx, replace)
            }
            guard let text = JS.text(ctx, inner) else { throw .pending }
            plan.cookies.append((name, text, JS.truth(ctx, replace)))
        }
    }

    private func readTags(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let tags = TagValues.read(ctx, value) else {
            let error = JS_GetException(ctx)
            defer { JS_FreeValue(ctx, error) }
            let message = JS.get(ctx, error, "message")
            defer { JS_FreeValue(ctx, message) }
            throw RequestProblem(text: JS.text(ctx, message) ?? "invalid tags")
        }
        for tag in tags {
            if tag.key == "name" {
                (plan.name, plan.isNamed) = (tag.value, true)
            } else {
                plan.tags.append(tag)
            }
        }
    }

    private func readAuth(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let text = JS.text(ctx, value) else { throw .pending }
        switch text {
        case "digest": plan.usesDigest = true
        case "ntlm":
            throw RequestProblem(text: "Apus does not have NTLM authentication; basic and digest work")
        default: break
        }
    }

    /// Milliseconds, or a duration as text.
    private func timeout(_ value: JSValue) throws(RequestProblem) -> Int64 {
        if JS.isNumber(value) {
            guard let ms = JS.double(ctx, value) else { throw .pending }
            return Int64(max(min(ms * 1e6, 9e18), 0))
        }
        guard let text = JS.text(ctx, value) else { throw .pending }
        if let ms = Double(text) { return Int64(max(min(ms * 1e6, 9e18), 0)) }
        do { return try GoDuration.parse(text) } catch {
            throw RequestProblem(text: "invalid timeout value: time: invalid duration \(GoText.quoted(text))")
        }
    }

    /// What `expectedStatuses` made, or null: no check at all.
    func expectation(_ value: JSValue) throws(RequestProblem) -> Int32 {
        if JS.isNull(value) { return -1 }
        if JS.isUndefined(value) { return vm.http.expectation }
        if let set = ExpectedStatuses.hostClass.native(value) { return set.number(vm.host) }
        throw RequestProblem(text: "unsupported responseCallback")
    }

    private func compressBody(_ params: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        let value = JS.get(ctx, params, "compression")
        defer { JS_FreeValue(ctx, value) }
        if JS.isNullish(value) { return }
        guard let text = JS.text(ctx, value) else { throw .pending }
        if Text.trim(text).isEmpty || plan.draft.body.isEmpty { return }
        var names: [String] = []
        for part in text.split(separator: ",") {
            let name = Text.trim(part)
            guard let coding = ContentCoding(rawValue: ASCII.lowercased(name)) else {
                throw RequestProblem(
                    text:
                        "unknown compression algorithm \(name), supported algorithms are [gzip deflate zstd br]"
                )
            }
            var output = ByteBuffer()
            plan.draft.body.withUnsafeBytes { Encoder.encode($0, coding, into: &output) }
            plan.draft.body = Array(output.bytes)
            names.append(coding.rawValue)
        }
        let encoding = names.joined(separator: ", ")
        guard let own = plan.draft.header("content-encoding") else {
            plan.draft.headers.append((name: "Content-Encoding", value: encoding))
            return
        }
        if own == encoding { return }
        warn(
            plan,
            "the body is compressed (\(encoding)), but the Content-Encoding header given says \(own): the header "
                + "is sent as it is")
    }
}

/// Names of JavaScript values in k6's messages.
enum GoTypeName {
    static func constructor(_ ctx: JSContextRef, _ value: JSValue) -> String {
        let constructor = JS.get(ctx, value, "constructor")
        defer { JS_FreeValue(ctx, constructor) }
        guard JS.isObject(constructor) else { return "" }
        let name = JS.get(ctx, constructor, "name")
        defer { JS_FreeValue(ctx, name) }
        return JS.text(ctx, name) ?? ""
    }

    private static let goNames = [
        "Date": "time.Time", "Int8Array": "[]int8", "Int16Array": "[]int16", "Uint16Array": "[]uint16",
        "Int32Array": "[]int32", "Uint32Array": "[]uint32", "Float32Array": "[]float32",
        "Float64Array": "[]float64", "BigInt64Array": "[]int64", "BigUint64Array": "[]uint64",
    ]

    static func of(_ ctx: JSContextRef, _ value: JSValue) -> String {
        if JS.isBool(value) { return "bool" }
        if JS.isNumber(value) { return JS.tag(value) == 0 ? "int64" : "float64" }
        if JS.isArray(ctx, value) { return "[]interface {}" }
        if JS.isFunction(ctx, value) { return "func(sobek.FunctionCall) sobek.Value" }
        let name = constructor(ctx, value)
        return goNames[name] ?? name
    }
}
