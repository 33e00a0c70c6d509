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
        do { target = try vm.host.requests.url(text) } catch {
            throw RequestProblem(
                text: "invalid URL: parse \(GoText.quoted(text)): \(error.description)", code: .invalidURL)
        }
        let plan = CallPlan(
            draft: RequestDraft(method: method, url: target, userAgent: settings.userAgent),
            name: name ?? "", isNamed: name != nil)
        if !method.isEmpty, target.refusal == nil, !RequestDraft.isToken(method) {
            let text = "net/http: invalid method \(GoText.quoted(method))"
            plan.draft.refusal = RequestRefusal(.generic, text)
        }
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
        guard JS.isString(value) else {
            guard let text = GoFormat.text(ctx, value) else { throw .pending }
            throw RequestProblem(text: "invalid URL: '#\(text)'", code: .invalidURL)
        }
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
        let kind = JS.isObject(body) ? JSKind(body) : .other
        if kind == .arrayBuffer || kind == .typedArray("uint8"), let bytes = JS.bytes(ctx, body) {
            plan.draft.body = Array(bytes)
            return
        }
        let goType = GoExport.typeName(ctx, body)
        if goType != "map[string]interface {}" {
            throw RequestProblem(text: "unknown request body type \(goType)")
        }
        guard let keys = JS.keys(ctx, body) else { throw .pending }
        var fields: [(name: String, values: [FormValue])] = []
        for key in keys { fields.append((key, try formValues(JS.get(ctx, body, name: key)))) }
        let form = FormBody(fields: fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        let (type, bytes) = form.encode(boundary: { boundary() })
        plan.draft.body = bytes
        plan.draft.headers.append((name: "Content-Type", value: type))
    }

    /// A field's values, taking `value`; a list within a list is one text.
    private func formValues(_ value: JSValue, isItem: Bool = false) throws(RequestProblem) -> [FormValue] {
        defer { JS_FreeValue(ctx, value) }
        if JS.isException(value) { throw .pending }
        if let file = ScriptFile.hostClass.native(value) {
            if case .other(let type) = file.content {
                throw RequestProblem(text: "invalid type \(type), expected string, []byte or ArrayBuffer")
            }
            return [.file(file)]
        }
        if !isItem, JS.isArray(ctx, value) {
            var values: [FormValue] = []
            for index in 0..<JS.length(ctx, value) {
                values += try formValues(JS_GetPropertyUint32(ctx, value, UInt32(index)), isItem: true)
            }
            return values
        }
        guard let text = GoFormat.text(ctx, value) else { throw .pending }
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
            if JS.isNullish(value), Self.mayBeMissing.contains(key) { continue }
            try readParam(key, value, plan)
        }
        if let compression = try compression(params) { compressBody(compression, plan) }
        if let length = plan.draft.header("content-length"), length != String(plan.draft.body.count) {
            warn(
                "The specified Content-Length header \(GoText.quoted(length)) in the \(plan.draft.method) "
                    + "request for \(plan.draft.url.maskedText) doesn't match the actual request body length "
                    + "of \(plan.draft.body.count), so it will be ignored!")
        }
        if plan.digest != nil { try prepareDigest(plan) }
    }

    /// Parameters that null and undefined leave out; others take them for values.
    private static let mayBeMissing: Set<String> = ["headers", "cookies", "jar", "tags", "auth"]

    /// The credentials go out only when they are asked for, and asking for them is what is expected first.
    private func prepareDigest(_ plan: CallPlan) throws(RequestProblem) {
        let url = plan.draft.url
        plan.digest = DigestPlan(
            user: url.user ?? "", password: url.password ?? "", shownURL: url.shown,
            expectation: plan.expectation)
        if url.user != nil { plan.draft.url = url.withoutCredentials }
        if plan.expectation >= 0, let samples = vm.host.samples {
            plan.expectation = samples.pointee.expectation(of: StatusSet([401...401]))
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
            default: throw RequestProblem(text: "\(text) does not belong to ResponseType values")
            }
        case "responseCallback": plan.expectation = try expectation(value)
        default: break
        }
    }

    private func readHeaders(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let keys = JS.itemKeys(ctx, value) else { throw .pending }
        for name in keys {
            let item = JS.get(ctx, value, name: name)
            defer { JS_FreeValue(ctx, item) }
            guard let text = JS.text(ctx, item) else { throw .pending }
            if plan.draft.refusal == nil, let problem = RequestDraft.headerProblem(name, text) {
                plan.draft.refusal = RequestRefusal(.generic, "net/http: \(problem)")
            }
            let lowered = ASCII.lowercased(name)
            plan.draft.headers.removeAll { ASCII.lowercased($0.name) == lowered }
            plan.draft.headers.append((name: name, value: text))
        }
    }

    /// One line about a request that goes out all the same.
    private func warn(_ text: String) { vm.host.log(ScriptLogLine(.warning, text)) }

    private func readCookies(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let keys = JS.itemKeys(ctx, value) else { throw .pending }
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
            guard let text = JS.isUndefined(inner) ? "" : JS.text(ctx, inner) else { throw .pending }
            plan.cookies.append((name, text, JS.truth(ctx, replace)))
        }
    }

    private func readTags(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let keys = JS.itemKeys(ctx, value) else { throw .pending }
        for key in keys {
            let item = JS.get(ctx, value, name: key)
            if JS.isException(item) { throw .pending }
            defer { JS_FreeValue(ctx, item) }
            guard let text = TagValues.text(ctx, item) else {
                throw RequestProblem(
                    text: "invalid HTTP request metric tags: \(TagValues.problem(key))")
            }
            if key == "name" {
                (plan.name, plan.isNamed) = (text, true)
            } else {
                plan.tags.append((key, text))
            }
        }
    }

    private func readAuth(_ value: JSValue, _ plan: CallPlan) throws(RequestProblem) {
        guard let text = JS.text(ctx, value) else { throw .pending }
        switch text {
        case "digest": plan.digest = DigestPlan(user: "", password: "", shownURL: "", expectation: 0)
        case "ntlm":
            throw RequestProblem(text: "Apus does not have NTLM authentication; basic and digest work")
        default: break
        }
    }

    /// NaN is no time at all, and infinity more than a run lasts.
    private static func nanoseconds(_ ms: Double) -> Int64 {
        ms.isNaN ? 0 : Int64(max(min(ms * 1e6, 9e18), 0))
    }

    /// Milliseconds, or a duration as text.
    private func timeout(_ value: JSValue) throws(RequestProblem) -> Int64 {
        if JS.isNumber(value) {
            guard let ms = JS.double(ctx, value) else { throw .pending }
            return Self.nanoseconds(ms)
        }
        guard JS.isString(value), let text = JS.text(ctx, value) else {
            let type = GoExport.typeName(ctx, value)
            throw RequestProblem(
                text: "invalid timeout value: unable to use type \(type) as a duration value")
        }
        // Hexadecimal numbers are none here.
        if let ms = Double(text), !text.utf8.contains(UInt8(ascii: "x")) { return Self.nanoseconds(ms) }
        do { return try GoDuration.parseExtended(text) } catch {
            throw RequestProblem(text: "invalid timeout value: \(error.description)")
        }
    }

    /// What `expectedStatuses` made, or nothing: no check at all.
    private func expectation(_ value: JSValue) throws(RequestProblem) -> Int32 {
        if JS.isNullish(value) { return -1 }
        if let set = ExpectedStatuses.hostClass.native(value) { return set.number(vm.host) }
        throw RequestProblem(text: "unsupported responseCallback")
    }

    /// The codings a body shall have, in order; nil: none.
    private func compression(_ params: JSValue) throws(RequestProblem) -> [ContentCoding]? {
        let value = JS.get(ctx, params, "compression")
        defer { JS_FreeValue(ctx, value) }
        if JS.isUndefined(value) { return nil }
        guard let text = JS.text(ctx, value) else { throw .pending }
        if Text.trim(text).isEmpty { return nil }
        var codings: [ContentCoding] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = Text.trim(part)
            guard let coding = ContentCoding(rawValue: ASCII.lowercased(name)) else {
                throw RequestProblem(
                    text:
                        "unknown compression algorithm \(name), supported algorithms are [gzip deflate zstd br]"
                )
            }
            codings.append(coding)
        }
        return codings
    }

    private func compressBody(_ codings: [ContentCoding], _ plan: CallPlan) {
        if plan.draft.body.isEmpty { return }
        plan.bodyAsGiven = plan.draft.body
        for coding in codings {
            var output = ByteBuffer()
            plan.draft.body.withUnsafeBytes { Encoder.encode($0, coding, into: &output) }
            plan.draft.body = Array(output.bytes)
        }
        let encoding = codings.map(\.rawValue).joined(separator: ", ")
        guard let own = plan.draft.header("content-encoding") else {
            plan.draft.headers.append((name: "Content-Encoding", value: encoding))
            return
        }
        if own == encoding { return }
        warn(
            "There's a mismatch between the desired `compression` the manually set `Content-Encoding` header in "
                + "the \(plan.draft.method) request for '\(plan.draft.url.maskedText)', the custom header has "
                + "precedence and won't be overwritten. This may result in invalid data being sent to the "
                + "server.")
    }
}
