// What a response object of a script stands on: the plan, the head, the body, the times of a finished call,
// and the values made of them so far. Made by HTTPModule; a VU fills the one whose object was collected last
// again, with its buffer, so that the usual response allocates nothing and counts no references.

import Base
import CQuickJS
import Engine
import EventLoop
import HTML
import HTTP

/// How the collector is told of a value.
typealias JSMark = @convention(c) (OpaquePointer?, OpaquePointer?) -> Void

/// What a response consists of.
final class ResponseData {
    private(set) var plan: CallPlan
    /// Of the first request, where redirects led to another.
    private var firstOfChain: CallPlan?
    private(set) var status: UInt16 = 0
    private(set) var flags: ExchangeFlags = []
    private(set) var error = ExchangeError(.none, text: 0)
    private(set) var errorText = ""
    private var times = ExchangeTimes()
    private(set) var head: ResponseHead?
    private var body = ByteBuffer()
    private(set) var hasBody = false
    /// The request could not be built, so that nothing was sent.
    private(set) var isUnbuilt = false
    private(set) var remote: SocketAddress?
    private(set) var cipherSuite: UInt16?
    /// The body parsed as a whole, owned, and whether it is known to be JSON at all.
    var json: JSValue?
    var isKnownJSON = false
    /// The body parsed as a page.
    var page: Document?
    /// The script has assigned to a property.
    private(set) var isChanged = false
    /// What the script made the body, by the name of Go's type, where that is neither text nor bytes.
    private(set) var foreignBody: String?
    /// What its body and the request's take, where that is worth counting.
    private var held: HeldMemory?
    /// Values made so far, owned.
    private var values: [(field: ResponseField, value: JSValue)] = []

    /// To be filled.
    init(_ plan: CallPlan) { self.plan = plan }

    /// A response to a request that could not even be built.
    init(_ plan: CallPlan, errorCode: ErrorCode, errorText: String) {
        self.plan = plan
        error = ExchangeError(errorCode, text: 0)
        self.errorText = errorText
        hasBody = true
        isUnbuilt = true
    }

    var firstPlan: CallPlan { firstOfChain ?? plan }
    var phases: ExchangePhases { ExchangePhases(times) }
    /// The body's bytes, borrowed while the response's object lives.
    var bytes: UnsafeBufferPointer<UInt8> { body.bytes }

    /// Takes what a call brought, its body's buffer included. Of what is the same as last time nothing is
    /// counted.
    func fill(_ call: HTTPCall, _ host: ScriptHost) {
        let exchange = call.exchange
        let isWell = exchange.pointee.error.isNone
        call.give(&plan, &firstOfChain, &head)
        error = exchange.pointee.error
        status = isWell ? exchange.pointee.status : 0
        flags = exchange.pointee.flags
        times = exchange.pointee.times
        remote = call.remote
        cipherSuite = call.cipherSuite
        let isWithout = status < 200 || status == 204 || status == 304
        hasBody = isWell && plan.responseType != .none && !isWithout
        if hasBody { swap(&body, &exchange.pointee.body.unsafelyUnwrapped.pointee) }
        if !isWell { noteError(call, host) }
    }

    @inline(never)
    private func noteError(_ call: HTTPCall, _ host: ScriptHost) {
        errorText = host.errorText(error.text)
        head = nil
        // Of a body that broke off there is what had come.
        hasBody = plan.responseType != .none && !call.isBodyless
        if hasBody { swap(&body, &call.exchange.pointee.body.unsafelyUnwrapped.pointee) }
    }

    /// Makes it one to be filled again; its values must have been freed. - Returns: false when it holds what
    /// should rather go with it.
    func empty() -> Bool {
        if isUnbuilt || isChanged || !error.isNone || body.capacity > Limits.scriptKeptBodyBytes {
            return false
        }
        body.removeAll()
        isKnownJSON = false
        if page != nil { page = nil }
        if held != nil { held = nil }
        return true
    }

    /// Has the engine know what it holds beside the engine's memory. Once it is filled, and when it changes.
    @inline(__always) func countMemory(_ vm: VM) {
        if held != nil || body.capacity > Limits.scriptHeldBytesMin || !plan.draft.body.isEmpty {
            hold(vm)
        }
    }

    @inline(never)
    private func hold(_ vm: VM) {
        // A request's body is there as it was given and as it was encoded.
        let bytes = body.capacity + 2 * plan.draft.body.count
        if let held { return held.change(to: bytes) }
        if bytes > Limits.scriptHeldBytesMin { held = HeldMemory(vm, bytes) }
    }

    // MARK: - values

    /// A kept value, borrowed.
    @inline(__always) func kept(_ field: ResponseField) -> JSValue? {
        for entry in values where entry.field == field { return entry.value }
        return nil
    }

    /// Keeps a value, which it takes.
    func keep(_ field: ResponseField, _ value: JSValue) { values.append((field, value)) }

    /// Has a property be `value`, which it takes.
    func change(_ ctx: JSContextRef, _ field: ResponseField, _ value: JSValue) {
        isChanged = true
        guard let index = values.firstIndex(where: { $0.field == field }) else { return keep(field, value) }
        JS_FreeValue(ctx, values[index].value)
        values[index].value = value
    }

    /// What `json()` and `html()` read from now on. - Parameter bytes: nil: none.
    func changeBody(_ bytes: [UInt8]?, typeName: String) {
        hasBody = typeName != "<nil>"
        foreignBody = hasBody && bytes == nil ? typeName : nil
        body.removeAll()
        body.append(bytes ?? [])
        isKnownJSON = false
        page = nil
    }

    @inline(__always) func freeValues(_ runtime: OpaquePointer?) {
        if json != nil || !values.isEmpty { freeKept(runtime) }
    }

    @inline(never)
    private func freeKept(_ runtime: OpaquePointer?) {
        for kept in values { JS_FreeValueRT(runtime, kept.value) }
        values.removeAll(keepingCapacity: true)
        if let json { JS_FreeValueRT(runtime, json) }
        json = nil
    }

    func markValues(_ runtime: OpaquePointer?, _ mark: JSMark?) {
        for kept in values { JS_MarkValue(runtime, kept.value, mark) }
        if let json { JS_MarkValue(runtime, json, mark) }
    }
}
