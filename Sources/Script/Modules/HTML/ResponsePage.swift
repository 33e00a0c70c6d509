// What a response does with its page: `html()`, and the requests that `submitForm()` and `clickLink()` read
// out of it. Called through the Response class's methods.

import Base
import CQuickJS
import HTML
import HTTP

enum ResponsePage {
    static let methods: [FunctionTable.Entry] = [
        .function("html", 1, { ctx, this, argc, argv in html(this, Arguments(ctx, argc, argv)) }),
        .function("submitForm", 1, { ctx, this, argc, argv in submitForm(this, Arguments(ctx, argc, argv)) }),
        .function("clickLink", 1, { ctx, this, argc, argv in clickLink(this, Arguments(ctx, argc, argv)) }),
    ]

    /// A response's page, parsed once; nil with an exception pending.
    private static func page(_ ctx: JSContextRef, _ this: JSValue) -> Selection? {
        guard let data = ResponseMethods.data(ctx, this) else { return nil }
        if let type = data.foreignBody {
            _ = JS.throwGoError(ctx, "invalid type \(type), expected string, []byte or ArrayBuffer")
            return nil
        }
        guard data.hasBody, !data.bytes.isEmpty else {
            _ = JS.throwGoError(
                ctx,
                "the body is null so we can't transform it to HTML - this likely was because of a request error "
                    + "getting the response")
            return nil
        }
        if let page = data.page { return Selection(page, url: data.plan.draft.url.text) }
        let page = Document(parsing: Array(data.bytes))
        HTMLModule.countMemory(VM.of(ctx), page)
        data.page = page
        return Selection(page, url: data.plan.draft.url.text)
    }

    private static func html(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let page = page(ctx, this) else { return JS.exception }
        if arguments.count == 0 { return SelectionObject.wrap(ctx, page) }
        guard let selector = JS.text(ctx, arguments[0]) else { return JS.exception }
        return SelectionObject.wrap(ctx, page.find(selector))
    }

    // MARK: - requests

    /// A member of the options, as text, or the default. nil with an exception pending.
    private static func option(_ arguments: Arguments, _ name: StaticString, _ byDefault: String) -> String? {
        let value = member(arguments, name)
        defer { JS_FreeValue(arguments.ctx, value) }
        if JS.isUndefined(value) { return byDefault }
        return JS.text(arguments.ctx, value)
    }

    /// The caller's; undefined when there are no options.
    private static func member(_ arguments: Arguments, _ name: StaticString) -> JSValue {
        JS.isObject(arguments[0]) ? JS.get(arguments.ctx, arguments[0], name) : JS.undefined
    }

    /// Null is refused, anything else that is no object has no options.
    private static func takesOptions(_ arguments: Arguments) -> Bool {
        guard JS.isNull(arguments[0]) else { return true }
        _ = JS.throwTypeError(arguments.ctx, "Cannot convert undefined or null to object")
        return false
    }

    /// Where an address on the page leads; nil with an exception pending.
    private static func target(_ ctx: JSContextRef, _ address: String, _ page: Selection) -> WebAddress? {
        do {
            return try WebAddress(parsing: page.url).resolving(WebAddress(parsing: address))
        } catch {
            _ = JS.throwGoError(ctx, error.message(address))
            return nil
        }
    }

    private static func send(
        _ arguments: Arguments, _ method: String, _ address: String, _ body: JSValue
    ) -> JSValue {
        let ctx = arguments.ctx
        let params = member(arguments, "params")
        let url = JS.string(ctx, address)
        defer {
            JS_FreeValue(ctx, params)
            JS_FreeValue(ctx, url)
        }
        return HTTPModule.request(VM.of(ctx), method, url, body, params)
    }

    private static func clickLink(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let page = page(ctx, this), takesOptions(arguments),
            let selector = option(arguments, "selector", "a[href]")
        else { return JS.exception }
        let link = page.find(selector)
        if link.isEmpty {
            return JS.throwGoError(
                ctx, "no element found for selector '\(selector)' in response '\(page.url)'")
        }
        guard let address = link.attribute("href") else {
            return JS.throwGoError(
                ctx, "no valid href attribute value found on element '\(selector)' in response '\(page.url)'")
        }
        guard let target = target(ctx, address, page) else { return JS.exception }
        return send(arguments, "GET", target.text, JS.undefined)
    }

    private static func submitForm(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let page = page(ctx, this), takesOptions(arguments),
            let selector = option(arguments, "formSelector", "form"),
            let submitSelector = option(arguments, "submitSelector", "[type=\"submit\"]")
        else { return JS.exception }
        let form = page.find(selector)
        if form.isEmpty {
            return JS.throwGoError(ctx, "no form found for selector '\(selector)' in response '\(page.url)'")
        }
        var fields = SubmittedFields(ctx, form, submit: form.find(submitSelector))
        let given = member(arguments, "fields")
        defer {
            JS_FreeValue(ctx, given)
            fields.free()
        }
        guard fields.add(given) else { return JS.exception }
        guard var target = target(ctx, form.attribute("action") ?? page.url, page) else {
            return JS.exception
        }
        let method = (form.attribute("method") ?? "").uppercased()
        if method == "GET" || method.isEmpty {
            guard let query = fields.query else { return JS.exception }
            target.query = query
            return send(arguments, "GET", target.text, JS.undefined)
        }
        let body = fields.body
        defer { JS_FreeValue(ctx, body) }
        return send(arguments, method, target.text, body)
    }
}

extension WebAddress.Problem {
    fileprivate func message(_ address: String) -> String { "parse \(GoText.quoted(address)): \(text)" }
}

/// What a form sends: its own fields, its button, and what the script gave; the last of each name counts.
private struct SubmittedFields {
    private enum Value {
        case page(HTMLValue)
        /// Owned.
        case script(JSValue)
    }

    private let ctx: JSContextRef
    private var values: [(name: String, value: Value)] = []

    init(_ ctx: JSContextRef, _ form: Selection, submit: Selection) {
        self.ctx = ctx
        values = form.formObject.map { ($0.name, .page($0.value)) }
        if let name = submit.attribute("name") { set(name, .page(submit.value)) }
    }

    private mutating func set(_ name: String, _ value: Value) {
        if let index = values.firstIndex(where: { $0.name == name }) {
            if case .script(let old) = values[index].value { JS_FreeValue(ctx, old) }
            values[index].value = value
        } else {
            values.append((name, value))
        }
    }

    /// - Returns: false with an exception pending.
    mutating func add(_ given: JSValue) -> Bool {
        guard JS.isObject(given) else { return true }
        guard let names = JS.keys(ctx, given) else { return false }
        for name in names {
            let value = JS.get(ctx, given, name: name)
            if JS.isException(value) { return false }
            set(name, .script(value))
        }
        return true
    }

    mutating func free() {
        for case (_, .script(let value)) in values { JS_FreeValue(ctx, value) }
        values = []
    }

    /// As a query every value is its JavaScript text. nil with an exception pending.
    var query: String? {
        var pairs: [String] = []
        for field in values.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            let text: String
            switch field.value {
            case .page(.string(let value)): text = value
            case .page(.strings(let values)): text = values.joined(separator: ",")
            case .page: text = "undefined"
            case .script(let value):
                guard let given = JS.text(ctx, value) else { return nil }
                text = given
            }
            pairs.append(FormEncoding.escaped(field.name) + "=" + FormEncoding.escaped(text))
        }
        return pairs.joined(separator: "&")
    }

    /// As a body: an object for the request to encode. A list chosen on the page is one value there, written
    /// as Go prints it.
    var body: JSValue {
        let object = JS_NewObject(ctx)
        for field in values {
            let value =
                switch field.value {
                case .page(.string(let text)): JS.string(ctx, text)
                case .page(.strings(let texts)): JS.string(ctx, "[" + texts.joined(separator: " ") + "]")
                case .page: JS.null
                case .script(let value): JS_DupValue(ctx, value)
                }
            JS.define(ctx, object, field.name, value)
        }
        return object
    }
}
