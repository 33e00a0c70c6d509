// What a VU keeps about requests: its connections' pool, its cookie jar, the plans it used last, its status
// check.

import Base
import CQuickJS
import Engine
import HTTP

final class VMHTTP {
    let atoms = HTTPAtoms()
    /// The VU's connections at the transport; made before the first request.
    var pool: UnsafeMutableRawPointer?
    /// The VU's jar. Made anew for each iteration, unless the script keeps it or nothing is in it.
    private var jar: JarBox?
    /// `http.setResponseCallback`: 0 k6's default, -1 none, else a registered set.
    var expectation: Int32 = 0
    /// Bytes of setup, teardown and the like, which have no VU.
    var phaseSentBytes: Int64 = 0
    var phaseReceivedBytes: Int64 = 0
    /// The call for requests that block the VU, made once, owned.
    private(set) var mainCall: Unmanaged<HTTPCall>?
    /// A response whose object was collected, owned, to be filled again.
    private var spareResponse: UnsafeMutableRawPointer?
    /// Plans by the string objects of their URLs: a constant in a script is the same object each time.
    private let recent = UnsafeMutablePointer<Recent>.allocate(capacity: VMHTTP.recentMax)
    private var recentCount = 0
    private var recentNext = 0

    private struct Recent {
        var url: JSValue
        var method: UnsafeRawPointer
        var expectation: Int32
        /// Owned.
        var plan: Unmanaged<CallPlan>
    }

    private static let recentMax = 4
    /// The functions every response has, in the order of their fields.
    private var methods: [JSValue] = []
    /// Whether the class of responses is known to the VM's runtime.
    var hasResponseClass = false
    /// A response object with nothing behind it.
    var pattern = JS.undefined

    /// Nothing was requested or set yet.
    var isUnused: Bool {
        pool == nil && jar == nil && expectation == 0 && mainCall == nil && spareResponse == nil
            && recentCount == 0 && methods.isEmpty && !hasResponseClass && JS.isUndefined(pattern)
    }

    deinit {
        // The last objects are collected after everything else of the VM is freed.
        if let spareResponse { Unmanaged<ResponseData>.fromOpaque(spareResponse).release() }
        recent.deallocate()
        atoms.deallocate()
    }

    /// The plan of a request without parameters that was made before with this very string object; lent.
    @inline(__always)
    func recentPlan(_ url: JSValue, _ method: StaticString) -> Unmanaged<CallPlan>? {
        let pointer = apus_js_pointer(url)
        for index in 0..<recentCount {
            let entry = recent + index
            if apus_js_pointer(entry.pointee.url) == pointer,
                entry.pointee.method == UnsafeRawPointer(method.utf8Start),
                entry.pointee.expectation == expectation
            {
                return entry.pointee.plan
            }
        }
        return nil
    }

    func remember(_ ctx: JSContextRef, _ url: JSValue, _ method: StaticString, _ plan: CallPlan) {
        if recentCount == Self.recentMax {
            forget(ctx, recentNext)
        } else {
            recentCount += 1
        }
        (recent + recentNext).initialize(
            to: Recent(
                url: JS_DupValue(ctx, url), method: UnsafeRawPointer(method.utf8Start),
                expectation: expectation, plan: Unmanaged.passRetained(plan)))
        recentNext = (recentNext + 1) % Self.recentMax
    }

    private func forget(_ ctx: JSContextRef, _ index: Int) {
        JS_FreeValue(ctx, recent[index].url)
        recent[index].plan.release()
    }

    // MARK: - responses

    /// A response to be filled, owned by the caller.
    @inline(__always) func takeResponse(_ call: HTTPCall) -> UnsafeMutableRawPointer {
        if let spare = spareResponse {
            spareResponse = nil
            return spare
        }
        return newResponse(call)
    }

    @inline(never) private func newResponse(_ call: HTTPCall) -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(ResponseData(call.plan)).toOpaque()
    }

    /// Takes the response of a collected object.
    @inline(__always) func recycle(_ opaque: UnsafeMutableRawPointer) {
        let lent = Unmanaged<ResponseData>.fromOpaque(opaque)
        if spareResponse == nil, lent._withUnsafeGuaranteedRef({ $0.empty() }) {
            spareResponse = opaque
        } else {
            lent.release()
        }
    }

    func keepMethods(_ ctx: JSContextRef, of prototype: JSValue) {
        let fields: [ResponseField] = [.clickLink, .html, .json, .submitForm]
        methods = fields.map { JS.get(ctx, prototype, $0.name) }
    }

    /// A response's function, the caller's.
    @inline(__always) func method(_ ctx: JSContextRef, _ field: ResponseField) -> JSValue {
        JS_DupValue(ctx, methods[field.rawValue - ResponseField.clickLink.rawValue])
    }

    // MARK: - calls

    @inline(never)
    func makeMainCall(_ vm: VM, _ plan: CallPlan) -> Unmanaged<HTTPCall> {
        let call = Unmanaged.passRetained(HTTPCall(vm, plan))
        mainCall = call
        return call
    }

    func makePool(_ vm: VM) {
        guard pool == nil, let port = vm.host.transport else { return }
        pool = port.makePool(port.context, max(vm.number, 1))
    }

    func endConnections(_ vm: VM) {
        guard let pool, let port = vm.host.transport else { return }
        port.iterationEnded(port.context, pool)
    }

    // MARK: - cookies

    @inline(__always) func beginIteration(_ vm: VM) {
        if jar != nil, !vm.host.settings.keepsCookies { jar = nil }
    }

    func jarForStoring() -> JarBox {
        if let jar { return jar }
        let box = JarBox()
        jar = box
        return box
    }

    @inline(__always) var hasCookies: Bool { jar.map { !$0.jar.isEmpty } ?? false }

    /// Sets the `Cookie` header: what the call's parameters say, then what the jar has for the URL.
    func addCookies(to plan: CallPlan) {
        let box = plan.jar ?? jar
        var sent = plan.cookies.map { Self.written($0.name, $0.value) }
        for cookie in box?.jar.matching(plan.draft.url, nowSeconds: Clock.wallNs() / Ns.perSecond) ?? []
        where !plan.cookies.contains(where: { $0.name == cookie.name && $0.replaces }) {
            sent.append(Self.written(cookie.name, cookie.value))
        }
        if sent.isEmpty { return }
        let text = sent.joined(separator: "; ")
        if let index = plan.draft.headers.firstIndex(where: { ASCII.lowercased($0.name) == "cookie" }) {
            plan.draft.headers[index].value += "; " + text
        } else {
            plan.draft.headers.append((name: "Cookie", value: text))
        }
    }

    /// A cookie as Go writes it: its name on one line, its value without what may not stand there and quoted
    /// where it has spaces or commas.
    private static func written(_ name: String, _ value: String) -> String {
        func isBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") }
        guard name.utf8.contains(where: isBreak) else { return "\(name)=\(written(value))" }
        let line = name.utf8.map { isBreak($0) ? UInt8(ascii: "-") : $0 }
        return "\(String(decoding: line, as: UTF8.self))=\(written(value))"
    }

    private static func written(_ value: String) -> String {
        func isValid(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F && !"\";\\".utf8.contains(byte) }
        let needsQuotes = value.utf8.contains { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
        if !needsQuotes, value.utf8.allSatisfy(isValid) { return value }
        let kept = String(decoding: value.utf8.filter(isValid), as: UTF8.self)
        return needsQuotes ? "\"\(kept)\"" : kept
    }

    func free(_ ctx: JSContextRef) {
        mainCall?.release()
        mainCall = nil
        for index in 0..<recentCount { forget(ctx, index) }
        recentCount = 0
        for method in methods { JS_FreeValue(ctx, method) }
        methods = []
        if let pool {
            let port = VM.of(ctx).host.transport!
            port.freePool(port.context, pool)
        }
        pool = nil
        JS_FreeValue(ctx, pattern)
        pattern = JS.undefined
        if hasResponseClass { atoms.free(ctx) }
    }
}
