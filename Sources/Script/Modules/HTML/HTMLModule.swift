// The module `k6/html`, and what its objects share: values of pages as JavaScript values, and the prototypes
// a VU has made for them. A VU that never parses a page pays nothing.

import Base
import CQuickJS
import HTML

enum HTMLModule {
    static let module = BuiltinModule("k6/html") { table.object($0) }

    private static let table = FunctionTable([
        .function("parseHTML", 1, { ctx, _, argc, argv in parse(Arguments(ctx, argc, argv)) })
    ])

    private static func parse(_ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        if JS.isNullish(arguments[0]) { return SelectionObject.wrap(ctx, Selection(Document(parsing: ""))) }
        guard let page = JS.withText(ctx, arguments[0], { Document(parsing: Array($0)) }) else {
            return JS.exception
        }
        countMemory(VM.of(ctx), page)
        return SelectionObject.wrap(ctx, Selection(page))
    }

    /// Has the engine know what a page holds beside the engine's memory, for as long as there is the page.
    static func countMemory(_ vm: VM, _ page: Document) {
        let bytes = page.approximateBytes
        if bytes > Limits.scriptHeldBytesMin { page.companion = HeldMemory(vm, bytes) }
    }

    // MARK: - values

    static func value(_ ctx: JSContextRef, _ value: HTMLValue) -> JSValue {
        switch value {
        case .undefined: return JS.undefined
        case .boolean(let flag): return JS.bool(flag)
        case .number(let number): return JS.number(ctx, number)
        case .string(let text): return JS.string(ctx, text)
        case .strings(let texts): return JS.strings(ctx, texts)
        case .json(var text): return text.withUTF8 { JS.parseJSON(ctx, $0) }
        }
    }

    static func value(_ ctx: JSContextRef, _ value: ElementValue) -> JSValue {
        switch value {
        case .undefined: JS.undefined
        case .boolean(let flag): JS.bool(flag)
        case .number(let number): JS.number(ctx, number)
        case .string(let text): JS.string(ctx, text)
        case .strings(let texts): JS.strings(ctx, texts)
        case .element(let element): ElementObject.wrap(ctx, element)
        case .elements(let elements): ElementObject.array(ctx, elements)
        }
    }

    static func string(_ ctx: JSContextRef, _ text: String?) -> JSValue {
        text.map { JS.string(ctx, $0) } ?? JS.undefined
    }

    /// A whole number as Go takes it: what is no number is 0. nil with an exception pending.
    static func integer(_ ctx: JSContextRef, _ value: JSValue) -> Int? {
        if JS.isUndefined(value) { return 0 }
        guard let number = JS.double(ctx, value) else { return nil }
        return Int(exactly: number.isNaN ? 0 : max(-1e15, min(1e15, number)).rounded(.towardZero))
    }
}

/// The prototypes of elements this VU has met, by kind; owned.
struct VMHTML {
    private var prototypes: [Int: JSValue] = [:]

    var isUnused: Bool { prototypes.isEmpty }

    mutating func prototype(_ kind: Int, make: () -> JSValue) -> JSValue {
        if let known = prototypes[kind] { return known }
        let made = make()
        prototypes[kind] = made
        return made
    }

    mutating func free(_ ctx: JSContextRef) {
        for prototype in prototypes.values { JS_FreeValue(ctx, prototype) }
        prototypes = [:]
    }
}
