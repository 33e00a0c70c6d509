// `http.batch`: several requests at once, at most so many in all and per host. The VU is blocked until all
// are over.

import Base
import CQuickJS
import HTTP

enum HTTPBatch {
    /// A batch under way.
    private final class State {
        var calls: [HTTPCall] = []
        var waiting: [Int] = []
        var activeCount = 0
        var activePerHost: [String: Int] = [:]
        var left: Int

        init(_ calls: [HTTPCall]) {
            self.calls = calls
            waiting = Array(calls.indices)
            left = calls.count
        }
    }

    static func run(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        if vm.isInit {
            return JS.throwGoError(ctx, "Using batch in the init context is not supported")
        }
        if arguments.count == 0 { return JS.throwGoError(ctx, "no argument was provided to http.batch()") }
        let requests = arguments[0]
        let type = GoExport.typeName(ctx, requests)
        let isArray = type == "[]interface {}"
        guard isArray || type == "map[string]interface {}" else {
            return JS.throwGoError(ctx, "invalid http.batch() argument type \(type)")
        }
        guard let keys = isArray ? (0..<JS.length(ctx, requests)).map(String.init) : JS.keys(ctx, requests)
        else {
            return JS.exception
        }
        var plans: [CallPlan] = []
        for key in keys {
            let entry = JS.get(ctx, requests, name: key)
            defer { JS_FreeValue(ctx, entry) }
            do throws(RequestProblem) { plans.append(try plan(vm, entry, key)) } catch {
                guard let text = error.text else { return JS.exception }
                if vm.host.settings.throwsErrors { return JS.throwGoError(ctx, text) }
                vm.host.log(ScriptLogLine(.warning, "A batch request failed", fields: ["error": text]))
                return refusal(vm, keys, plans.count, isArray, error)
            }
        }
        vm.http.makePool(vm)
        let state = State(plans.map { HTTPCall(vm, $0) })
        guard wait(vm, state, plans) else { return vm.throwTerminated() }
        return collect(vm, state, keys, isArray)
    }

    private static func wait(_ vm: VM, _ state: State, _ plans: [CallPlan]) -> Bool {
        let token = Unmanaged.passUnretained(state).toOpaque()
        for call in state.calls {
            call.onDone = { [unowned vm] call in
                vm.openCalls[ObjectIdentifier(call)] = nil
                state.left -= 1
                state.activeCount -= 1
                state.activePerHost[call.firstPlan.draft.url.authority, default: 1] -= 1
                if vm.wait == .operation(token) { vm.host.goOn(vm) }
            }
        }
        defer { for call in state.calls { call.onDone = nil } }
        while state.left > 0 {
            guard startMore(vm, state, plans) else { return false }
            vm.park(.operation(token))
            if vm.isTerminating { return false }
        }
        return true
    }

    /// Starts what the limits allow. - Returns: false when the iteration was cut off.
    private static func startMore(_ vm: VM, _ state: State, _ plans: [CallPlan]) -> Bool {
        let settings = vm.host.settings
        var index = 0
        while index < state.waiting.count {
            if settings.batchMax > 0, state.activeCount >= settings.batchMax { break }
            let number = state.waiting[index]
            let host = plans[number].draft.url.authority
            if settings.batchPerHostMax > 0, state.activePerHost[host, default: 0] >= settings.batchPerHostMax
            {
                index += 1
                continue
            }
            state.waiting.remove(at: index)
            if vm.host.limiter != nil, !HTTPModule.waitForTurn(vm) { return false }
            state.activeCount += 1
            state.activePerHost[host, default: 0] += 1
            let call = state.calls[number]
            vm.openCalls[ObjectIdentifier(call)] = call
            call.start(plans[number])
        }
        return true
    }

    private static func collect(_ vm: VM, _ state: State, _ keys: [String], _ isArray: Bool) -> JSValue {
        let ctx = vm.ctx.unsafelyUnwrapped
        let result = isArray ? JS_NewArray(ctx) : JS_NewObject(ctx)
        for (index, call) in state.calls.enumerated() {
            let response = HTTPModule.respond(vm, call)
            if JS.isException(response) {
                JS_FreeValue(ctx, result)
                return response
            }
            if isArray {
                JS_DefinePropertyValueUint32(ctx, result, UInt32(index), response, JS.propertyFlags)
            } else {
                JS.define(ctx, result, keys[index], response)
            }
        }
        return result
    }

    /// k6 sends nothing of a batch with an invalid element: those before it get a response without anything,
    /// those after it none.
    private static func refusal(
        _ vm: VM, _ keys: [String], _ failed: Int, _ isArray: Bool, _ problem: RequestProblem
    ) -> JSValue {
        let ctx = vm.ctx.unsafelyUnwrapped
        let result = isArray ? JS_NewArray(ctx) : JS_NewObject(ctx)
        for (index, key) in keys.enumerated() where isArray || index <= failed {
            let what = index == failed ? problem : RequestProblem(text: "")
            let response =
                index > failed ? JS.null : HTTPResponse.wrap(vm, HTTPModule.emptyResponse(vm, what))
            if isArray {
                JS_DefinePropertyValueUint32(ctx, result, UInt32(index), response, JS.propertyFlags)
            } else {
                JS.define(ctx, result, key, response)
            }
        }
        return result
    }

    /// One element: a URL, `[method, url, body, params]`, or an object with these keys.
    private static func plan(_ vm: VM, _ entry: JSValue, _ key: String) throws(RequestProblem) -> CallPlan {
        let ctx = vm.ctx.unsafelyUnwrapped
        let reader = RequestReader(vm)
        let type = GoExport.typeName(ctx, entry)
        let isList = type == "[]interface {}"
        if ScriptURL.hostClass.native(entry) != nil || !(isList || type == "map[string]interface {}") {
            return try reader.plan(method: "GET", url: entry, body: JS.undefined, params: JS.undefined)
        }
        if isList, JS.length(ctx, entry) < 2 {
            guard let text = GoFormat.literal(ctx, entry) else { throw .pending }
            throw RequestProblem(text: "invalid batch request '\(text)'")
        }
        let names: [String] = ["method", "url", "body", "params"]
        let parts = names.enumerated().map { index, name in
            isList ? JS_GetPropertyUint32(ctx, entry, UInt32(index)) : JS.get(ctx, entry, name: name)
        }
        defer { for part in parts { JS_FreeValue(ctx, part) } }
        if parts.contains(where: JS.isException) { throw .pending }
        if !isList, JS.isUndefined(parts[1]) {
            throw RequestProblem(text: "batch request \(key) doesn't have a url key")
        }
        var method = "GET"
        if isList || !JS.isUndefined(parts[0]) {
            guard JS.isString(parts[0]) else {
                guard let text = GoFormat.text(ctx, parts[0]) else { throw .pending }
                throw RequestProblem(text: "invalid method type '\(text)'")
            }
            guard let text = JS.text(ctx, parts[0]) else { throw .pending }
            // k6 changes the letters of an object's method, and leaves a list's alone.
            method = isList ? text : text.uppercased()
        }
        return try reader.plan(method: method, url: parts[1], body: parts[2], params: parts[3])
    }
}
