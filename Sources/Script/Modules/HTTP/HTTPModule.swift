// The module `k6/http`: requests that block the VU, batches, promises, and the small makers beside them.

import Base
import CQuickJS
import Engine
import HTTP

enum HTTPModule {
    static let module = BuiltinModule("k6/http") { ctx in
        HTTPResponse.prepare()
        let object = table.object(ctx)
        let jar = apus_js_magic_function(ctx, newJar, "CookieJar", 0, 0)
        JS_SetConstructorBit(ctx, jar, 1)
        // As in k6 jars do not inherit from it; without one `instanceof` would throw.
        JS.define(ctx, jar, "prototype", JS_NewObject(ctx))
        JS.define(ctx, object, "CookieJar", jar)
        return object
    }

    private static let table = FunctionTable(
        [
            .function(
                "get", 2,
                { ctx, _, argc, argv in VM.with(ctx) { simple($0, "GET", Arguments(ctx, argc, argv)) } }),
            .function(
                "head", 2,
                { ctx, _, argc, argv in VM.with(ctx) { simple($0, "HEAD", Arguments(ctx, argc, argv)) } }),
            .function("post", 3, { ctx, _, argc, argv in withBody("POST", Arguments(ctx, argc, argv)) }),
            .function("put", 3, { ctx, _, argc, argv in withBody("PUT", Arguments(ctx, argc, argv)) }),
            .function("patch", 3, { ctx, _, argc, argv in withBody("PATCH", Arguments(ctx, argc, argv)) }),
            .function("del", 3, { ctx, _, argc, argv in withBody("DELETE", Arguments(ctx, argc, argv)) }),
            .function(
                "options", 3, { ctx, _, argc, argv in withBody("OPTIONS", Arguments(ctx, argc, argv)) }),
            .function("request", 4, { ctx, _, argc, argv in anyMethod(Arguments(ctx, argc, argv)) }),
            .function("asyncRequest", 4, { ctx, _, argc, argv in asynchronous(Arguments(ctx, argc, argv)) }),
            .function("batch", 1, { ctx, _, argc, argv in HTTPBatch.run(Arguments(ctx, argc, argv)) }),
            .function("url", 1, { ctx, _, argc, argv in namedURL(Arguments(ctx, argc, argv)) }),
            .function("file", 3, { ctx, _, argc, argv in file(Arguments(ctx, argc, argv)) }),
            .function("cookieJar", 0, { ctx, _, _, _ in vuJar(ctx!) }),
            .function(
                "expectedStatuses", 0,
                { ctx, _, argc, argv in ExpectedStatuses.make(Arguments(ctx, argc, argv)) }),
            .function(
                "setResponseCallback", 1, { ctx, _, argc, argv in setCallback(Arguments(ctx, argc, argv)) }),
        ] + constants)

    private static let constants: [FunctionTable.Entry] = [
        .string("TLS_1_0", "tls1.0"), .string("TLS_1_1", "tls1.1"), .string("TLS_1_2", "tls1.2"),
        .string("TLS_1_3", "tls1.3"), .string("OCSP_STATUS_GOOD", "good"),
        .string("OCSP_STATUS_REVOKED", "revoked"), .string("OCSP_STATUS_SERVER_FAILED", "server_failed"),
        .string("OCSP_STATUS_UNKNOWN", "unknown"), .string("OCSP_REASON_UNSPECIFIED", "unspecified"),
        .string("OCSP_REASON_KEY_COMPROMISE", "key_compromise"),
        .string("OCSP_REASON_CA_COMPROMISE", "ca_compromise"),
        .string("OCSP_REASON_AFFILIATION_CHANGED", "affiliation_changed"),
        .string("OCSP_REASON_SUPERSEDED", "superseded"),
        .string("OCSP_REASON_CESSATION_OF_OPERATION", "cessation_of_operation"),
        .string("OCSP_REASON_CERTIFICATE_HOLD", "certificate_hold"),
        .string("OCSP_REASON_REMOVE_FROM_CRL", "remove_from_crl"),
        .string("OCSP_REASON_PRIVILEGE_WITHDRAWN", "privilege_withdrawn"),
        .string("OCSP_REASON_AA_COMPROMISE", "aa_compromise"),
    ]

    // MARK: - blocking requests

    /// `get` and `head`: no body; the usual call has no parameters and repeats a URL.
    @inline(__always)
    private static func simple(_ vm: VM, _ method: StaticString, _ arguments: Arguments) -> JSValue {
        let url = arguments[0]
        if JS.isUndefined(arguments[1]), !vm.isTerminating, !vm.http.hasCookies,
            let plan = vm.http.recentPlan(url, method)
        {
            return plan._withUnsafeGuaranteedRef { perform(vm, $0) }
        }
        return simpleFirst(vm, method, url, arguments[1])
    }

    @inline(never)
    private static func simpleFirst(_ vm: VM, _ method: StaticString, _ url: JSValue, _ params: JSValue)
        -> JSValue
    {
        guard JS.isNullish(params), JS.isString(url), !vm.http.hasCookies, !vm.isInit else {
            return request(vm, method.description, url, JS.undefined, params)
        }
        guard let text = JS.text(vm.ctx, url) else { return JS.exception }
        let cache = vm.host.requests
        if let known = cache.find(method.description, text, vm.http.expectation) {
            vm.http.remember(vm.ctx, url, method, known)
            return vm.isTerminating ? vm.throwTerminated() : perform(vm, known)
        }
        do throws(RequestProblem) {
            let plan = try RequestReader(vm).plan(
                method: method.description, url: url, body: JS.undefined, params: params)
            cache.keep(plan, method.description, text)
            vm.http.remember(vm.ctx, url, method, plan)
            return vm.isTerminating ? vm.throwTerminated() : perform(vm, plan)
        } catch {
            return refused(vm, error)
        }
    }

    private static func withBody(_ method: String, _ arguments: Arguments) -> JSValue {
        request(VM.of(arguments.ctx), method, arguments[0], arguments[1], arguments[2])
    }

    private static func anyMethod(_ arguments: Arguments) -> JSValue {
        guard let method = GoExport.text(arguments.ctx, arguments[0]) else { return JS.exception }
        return request(VM.of(arguments.ctx), method, arguments[1], arguments[2], arguments[3])
    }

    /// Any request, its plan made anew.
    static func request(_ vm: VM, _ method: String, _ url: JSValue, _ body: JSValue, _ params: JSValue)
        -> JSValue
    {
        if vm.isTerminating { return vm.throwTerminated() }
        if vm.isInit {
            return JS.throwGoError(vm.ctx, "Making http requests in the init context is not supported")
        }
        do throws(RequestProblem) {
            return perform(
                vm, try RequestReader(vm).plan(method: method, url: url, body: body, params: params))
        } catch {
            return refused(vm, error)
        }
    }

    @inline(__always)
    static func perform(_ vm: VM, _ plan: CallPlan) -> JSValue {
        if vm.http.pool == nil { vm.http.makePool(vm) }
        if vm.withHost({ $0.limiter != nil }), !waitForTurn(vm) { return vm.throwTerminated() }
        let lent = vm.http.mainCall ?? vm.http.makeMainCall(vm, plan)
        return lent._withUnsafeGuaranteedRef { call in
            vm.openCall = lent
            call.start(plan)
            let isOver = call.waitForEnd(vm)
            vm.openCall = nil
            guard isOver else { return vm.throwTerminated() }
            return respond(vm, call)
        }
    }

    /// `rps`: a request waits until it may start.
    @inline(never)
    static func waitForTurn(_ vm: VM) -> Bool {
        let now = Clock.now()
        let slot = vm.host.limiter!.claim(now: now)
        return slot <= now || vm.sleep(slot - now)
    }

    /// The response object, or the exception that `throw` asks for.
    @inline(__always)
    static func respond(_ vm: VM, _ call: HTTPCall) -> JSValue {
        if !call.exchange.pointee.error.isNone, call.plan.throwsErrors {
            return JS.throwGoError(vm.ctx, call.failureText)
        }
        let opaque = vm.http.takeResponse(call)
        Unmanaged<ResponseData>.fromOpaque(opaque)._withUnsafeGuaranteedRef { data in
            vm.withHost { data.fill(call, $0) }
            data.countMemory(vm)
        }
        return HTTPResponse.wrap(vm, owned: opaque)
    }

    /// What becomes of a request that could not be built: a response that says so, or an exception.
    static func refused(_ vm: VM, _ problem: RequestProblem) -> JSValue {
        guard let text = problem.text else { return JS.exception }
        // As in k6 the option decides; the call's own parameters could not be read to the end.
        if vm.host.settings.throwsErrors { return JS.throwGoError(vm.ctx, text) }
        vm.host.log(ScriptLogLine(.warning, "Request Failed", fields: ["error": text]))
        return HTTPResponse.wrap(vm, emptyResponse(vm, problem))
    }

    static func emptyResponse(_ vm: VM, _ problem: RequestProblem) -> ResponseData {
        ResponseData(
            CallPlan(
                draft: RequestDraft(method: "", url: .nowhere, userAgent: ""), name: "", isNamed: false),
            errorCode: problem.code, errorText: problem.text ?? "")
    }

    // MARK: - promises

    private static func asynchronous(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        if vm.isInit {
            return JS.throwGoError(ctx, "Making http requests in the init context is not supported")
        }
        guard let method = GoExport.text(ctx, arguments[0]) else { return JS.exception }
        let promise = HostPromise(vm)
        let value = promise.value()
        do throws(RequestProblem) {
            let plan = try RequestReader(vm).plan(
                method: method, url: arguments[1], body: arguments[2], params: arguments[3])
            vm.http.makePool(vm)
            if vm.host.limiter != nil, !waitForTurn(vm) {
                promise.drop()
                JS_FreeValue(ctx, value)
                return vm.throwTerminated()
            }
            let call = HTTPCall(vm, plan)
            vm.openCalls[ObjectIdentifier(call)] = call
            vm.outstandingCount += 1
            call.onDone = { [unowned vm] call in
                vm.openCalls[ObjectIdentifier(call)] = nil
                vm.post(.settle { promise.settle(with: vm.isTerminating ? JS.undefined : outcome(vm, call)) })
            }
            call.onCancel = { promise.drop() }
            call.start(plan)
        } catch {
            promise.settle(with: refused(vm, error))
        }
        return value
    }

    /// What a promise is settled with. k6 rejects with Go's error itself, whose text has no name before it.
    private static func outcome(_ vm: VM, _ call: HTTPCall) -> JSValue {
        if call.exchange.pointee.error.isNone || !call.plan.throwsErrors { return respond(vm, call) }
        let error = JS.goError(vm.ctx, call.failureText)
        plainText.attach(vm.ctx, error)
        return JS_Throw(vm.ctx, error)
    }

    private static let plainText = FunctionTable([
        .function("toString", 0, { ctx, this, _, _ in JS.get(ctx!, this, "message") })
    ])

    // MARK: - makers

    private static func namedURL(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard JS.isArray(ctx, arguments[0]) else {
            guard let text = JS.text(ctx, arguments[0]) else { return JS.exception }
            return ScriptURL.hostClass.wrap(ctx, ScriptURL(text: text, name: text))
        }
        var (text, name) = ("", "")
        let count = JS.length(ctx, arguments[0])
        for index in 0..<count {
            let part = JS_GetPropertyUint32(ctx, arguments[0], UInt32(index))
            defer { JS_FreeValue(ctx, part) }
            guard let piece = JS.text(ctx, part) else { return JS.exception }
            text += piece
            name += piece
            if index + 1 < count {
                guard let value = JS.text(ctx, arguments[index + 1]) else { return JS.exception }
                text += value
                name += "${}"
            }
        }
        return ScriptURL.hostClass.wrap(ctx, ScriptURL(text: text, name: name))
    }

    private static func file(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let content = ScriptFile.content(ctx, arguments[0])
        if case .other(let type) = content {
            return JS.throwGoError(ctx, "invalid type \(type), expected string or ArrayBuffer")
        }
        var filename = String(Clock.wallNs())
        if arguments.count > 1, !JS.isNullish(arguments[1]) {
            guard let text = JS.text(ctx, arguments[1]) else { return JS.exception }
            filename = text
        }
        var type = "application/octet-stream"
        if arguments.count > 2, !JS.isNullish(arguments[2]) {
            guard let text = JS.text(ctx, arguments[2]) else { return JS.exception }
            type = text
        }
        let file = ScriptFile(content, filename: filename, contentType: type)
        file.countMemory(VM.of(ctx))
        return ScriptFile.hostClass.wrap(ctx, file)
    }

    private static func vuJar(_ ctx: JSContextRef) -> JSValue {
        let vm = VM.of(ctx)
        if vm.isInit {
            return JS.throwGoError(ctx, "Making cookie jars in the init context is not supported")
        }
        return ScriptJar.hostClass.wrap(ctx, ScriptJar(vm.http.jarForStoring()))
    }

    private static let newJar: JSMagicFunction = { ctx, _, _, _, _ in
        ScriptJar.hostClass.wrap(ctx!, ScriptJar(JarBox()))
    }

    private static func setCallback(_ arguments: Arguments) -> JSValue {
        let vm = VM.of(arguments.ctx)
        if arguments.count == 0 || JS.isNull(arguments[0]) {
            vm.http.expectation = -1
        } else if let set = ExpectedStatuses.hostClass.native(arguments[0]) {
            vm.http.expectation = set.number(vm.host)
        } else {
            return JS.throwGoError(arguments.ctx, "unsupported argument, expected http.expectedStatuses")
        }
        return JS.undefined
    }
}
