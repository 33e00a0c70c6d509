// The response object of scripts. Its properties are answered when they are asked for and kept from then on:
// a script that looks at the status alone pays for nothing else. The class tells the engine its own
// properties, so that they are enumerated and written as JSON like ordinary ones, in k6's order.

import Base
import CQuickJS
import Codec
import Engine
import EventLoop
import HTML
import HTTP

/// Properties of a response, in k6's order.
enum ResponseField: Int, CaseIterable {
    case remoteIP, remotePort, url, status, statusText, proto, headers, cookies, body, timings, tlsVersion,
        tlsCipherSuite, ocsp, error, errorCode, request, clickLink, html, json, submitForm

    static let count = 20

    var name: StaticString {
        switch self {
        case .remoteIP: "remote_ip"
        case .remotePort: "remote_port"
        case .url: "url"
        case .status: "status"
        case .statusText: "status_text"
        case .proto: "proto"
        case .headers: "headers"
        case .cookies: "cookies"
        case .body: "body"
        case .timings: "timings"
        case .tlsVersion: "tls_version"
        case .tlsCipherSuite: "tls_cipher_suite"
        case .ocsp: "ocsp"
        case .error: "error"
        case .errorCode: "error_code"
        case .request: "request"
        case .clickLink: "clickLink"
        case .html: "html"
        case .json: "json"
        case .submitForm: "submitForm"
        }
    }
}

/// The atoms of the properties' names in one VM.
struct HTTPAtoms {
    private let atoms = UnsafeMutablePointer<JSAtom>.allocate(capacity: ResponseField.count)

    func make(_ ctx: JSContextRef) {
        for field in ResponseField.allCases {
            atoms[field.rawValue] = field.name.withUTF8Buffer { name in
                name.withMemoryRebound(to: CChar.self) { JS_NewAtomLen(ctx, $0.baseAddress, $0.count) }
            }
        }
    }

    @inline(__always) func field(_ atom: JSAtom) -> ResponseField? {
        for index in 0..<ResponseField.count where atoms[index] == atom {
            return ResponseField(rawValue: index)
        }
        return nil
    }

    func atom(_ field: ResponseField) -> JSAtom { atoms[field.rawValue] }

    func free(_ ctx: JSContextRef) {
        for index in 0..<ResponseField.count { JS_FreeAtom(ctx, atoms[index]) }
    }

    func deallocate() { atoms.deallocate() }
}

enum HTTPResponse {
    private static let id = HostClassIDs.next()

    /// Class numbers are the process's and must be there before several threads ask.
    static func prepare() { _ = id }

    nonisolated(unsafe) private static let exotic: UnsafeMutablePointer<JSClassExoticMethods> = {
        let methods = UnsafeMutablePointer<JSClassExoticMethods>.allocate(capacity: 1)
        methods.initialize(to: JSClassExoticMethods())
        methods.pointee.get_own_property = { ctx, descriptor, object, atom in
            getOwn(ctx.unsafelyUnwrapped, descriptor, object, atom)
        }
        methods.pointee.set_property = { ctx, object, atom, value, receiver, _ in
            set(ctx.unsafelyUnwrapped, object, atom, value, receiver)
        }
        // They are fields to k6, which cannot be taken away.
        methods.pointee.delete_property = { ctx, _, atom in
            VM.with(ctx) { $0.http.atoms.field(atom) } == nil ? 1 : 0
        }
        methods.pointee.get_own_property_names = { ctx, table, count, _ in
            ownNames(ctx.unsafelyUnwrapped, table!, count!)
        }
        return methods
    }()

    nonisolated(unsafe) private static let definition: UnsafeMutablePointer<JSClassDef> = {
        let definition = UnsafeMutablePointer<JSClassDef>.allocate(capacity: 1)
        definition.initialize(to: JSClassDef())
        definition.pointee.class_name = UnsafeRawPointer(("Response" as StaticString).utf8Start)
            .assumingMemoryBound(to: CChar.self)
        definition.pointee.finalizer = { runtime, value in
            guard let opaque = JS_GetOpaque(value, HTTPResponse.id) else { return }
            Unmanaged<ResponseData>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0.freeValues(runtime) }
            Unmanaged<VM>.fromOpaque(JS_GetRuntimeOpaque(runtime).unsafelyUnwrapped)
                ._withUnsafeGuaranteedRef { $0.http.recycle(opaque) }
        }
        definition.pointee.gc_mark = { runtime, value, mark in
            guard let opaque = JS_GetOpaque(value, HTTPResponse.id) else { return }
            Unmanaged<ResponseData>.fromOpaque(opaque)._withUnsafeGuaranteedRef {
                $0.markValues(runtime, mark)
            }
        }
        definition.pointee.exotic = exotic
        return definition
    }()

    @inline(never)
    private static func register(_ vm: VM, _ ctx: JSContextRef) {
        vm.http.hasResponseClass = true
        vm.http.atoms.make(ctx)
        JS_NewClass(JS_GetRuntime(ctx), id, definition)
        let prototype = JS_NewObject(ctx)
        ResponseMethods.table.attach(ctx, prototype)
        VM.of(ctx).http.keepMethods(ctx, of: prototype)
        JS_SetClassProto(ctx, id, prototype)
        // The engine describes objects that look alike once, as long as there is one.
        vm.http.pattern = JS_NewObjectClass(ctx, Int32(id))
    }

    /// A new response object.
    static func wrap(_ vm: VM, _ data: ResponseData) -> JSValue {
        wrap(vm, owned: Unmanaged.passRetained(data).toOpaque())
    }

    /// The same, taking the reference behind `opaque`.
    @inline(__always)
    static func wrap(_ vm: VM, owned opaque: UnsafeMutableRawPointer) -> JSValue {
        let ctx = vm.ctx.unsafelyUnwrapped
        if !vm.http.hasResponseClass { register(vm, ctx) }
        let object = JS_NewObjectClass(ctx, Int32(id))
        if JS.isException(object) {
            Unmanaged<ResponseData>.fromOpaque(opaque).release()
            return object
        }
        JS_SetOpaque(object, opaque)
        return object
    }

    static func data(_ value: JSValue) -> ResponseData? {
        guard let opaque = JS_GetOpaque(value, id) else { return nil }
        return Unmanaged<ResponseData>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0 }
    }

    // MARK: - properties

    private static func getOwn(
        _ ctx: JSContextRef, _ descriptor: UnsafeMutablePointer<JSPropertyDescriptor>?, _ object: JSValue,
        _ atom: JSAtom
    ) -> Int32 {
        guard let opaque = JS_GetOpaque(object, id), let field = VM.with(ctx, { $0.http.atoms.field(atom) })
        else {
            return 0
        }
        guard let descriptor else { return 1 }
        let data = Unmanaged<ResponseData>.fromOpaque(opaque)
        descriptor.pointee.flags = JS.propertyFlags
        descriptor.pointee.getter = JS.undefined
        descriptor.pointee.setter = JS.undefined
        descriptor.pointee.value = data._withUnsafeGuaranteedRef { value(ctx, $0, field) }
        return 1
    }

    /// What k6 lets a script assign to: its fields, which convert what they are given; no further properties.
    private static func set(
        _ ctx: JSContextRef, _ object: JSValue, _ atom: JSAtom, _ value: JSValue, _ receiver: JSValue
    ) -> Int32 {
        guard let data = data(object), apus_js_pointer(object) == apus_js_pointer(receiver) else {
            return JS_DefinePropertyValue(
                ctx, receiver, atom, JS_DupValue(ctx, value), JS.propertyFlags | JS_PROP_THROW)
        }
        guard let field = VM.with(ctx, { $0.http.atoms.field(atom) }) else { return refuse(ctx, atom) }
        switch field {
        case .clickLink, .html, .json, .submitForm: return refuse(ctx, atom)
        case .status, .remotePort, .errorCode:
            guard let number = GoExport.int(ctx, value) else { return -1 }
            data.change(ctx, field, JS.number(ctx, number))
        case .url, .statusText, .proto, .remoteIP, .tlsVersion, .tlsCipherSuite, .error:
            guard let text = GoExport.text(ctx, value) else { return -1 }
            data.change(ctx, field, JS.string(ctx, text))
        case .body:
            data.changeBody(JS.data(ctx, value), typeName: GoExport.typeName(ctx, value))
            data.countMemory(VM.of(ctx))
            data.change(ctx, field, JS_DupValue(ctx, value))
        case .headers, .cookies, .timings, .ocsp, .request: data.change(ctx, field, JS_DupValue(ctx, value))
        }
        return 1
    }

    private static func refuse(_ ctx: JSContextRef, _ atom: JSAtom) -> Int32 {
        let name = JS_AtomToValue(ctx, atom)
        defer { JS_FreeValue(ctx, name) }
        let text = JS.isString(name) ? JS.text(ctx, name) ?? "" : "of a symbol"
        _ = JS.throwTypeError(ctx, "Cannot assign to property \(text) of a host object")
        return -1
    }

    private static func ownNames(
        _ ctx: JSContextRef, _ table: UnsafeMutablePointer<UnsafeMutablePointer<JSPropertyEnum>?>,
        _ count: UnsafeMutablePointer<UInt32>
    ) -> Int32 {
        let fields = ResponseField.allCases
        guard let memory = js_malloc(ctx, fields.count * MemoryLayout<JSPropertyEnum>.stride) else {
            return -1
        }
        let names = memory.assumingMemoryBound(to: JSPropertyEnum.self)
        let atoms = VM.of(ctx).http.atoms
        for (index, field) in fields.enumerated() {
            (names + index).initialize(
                to: JSPropertyEnum(is_enumerable: 1, atom: JS_DupAtom(ctx, atoms.atom(field))))
        }
        table.pointee = names
        count.pointee = UInt32(fields.count)
        return 0
    }

    /// A property's value, the caller's.
    static func value(_ ctx: JSContextRef, _ data: ResponseData, _ field: ResponseField) -> JSValue {
        if data.isChanged, let own = data.kept(field) { return JS_DupValue(ctx, own) }
        switch field {
        case .status: return JS.int(Int32(data.status))
        case .errorCode:
            if data.error.isNone, data.status >= 400 { return JS.int(1000 + Int32(data.status)) }
            return JS.int(Int32(data.error.code.rawValue))
        case .clickLink, .html, .json, .submitForm: return VM.with(ctx) { $0.http.method(ctx, field) }
        default: break
        }
        if let known = data.kept(field) { return JS_DupValue(ctx, known) }
        let made = ResponseValues.make(ctx, data, field)
        if JS.isObject(made) || JS.isString(made) { data.keep(field, JS_DupValue(ctx, made)) }
        return made
    }
}
