// `error.stack` as scripts see it: the error's text, then frames in k6's shape. Modules call a function with
// what they ask for its stack, or read a property that all objects inherit (StackReads says when); both are
// made only in VUs whose modules do so.

import CQuickJS

extension VM {
    private static let stackFunction = FunctionTable([
        .function(
            "\u{17F}", 1,
            { ctx, _, argc, argv in VM.alike(ctx).stack(of: Arguments(ctx, argc, argv)[0]) })
    ])
    private static let stackAccessor: (get: JSGetter, set: JSSetter) = (
        { ctx, this, _ in VM.alike(ctx).stack(of: this) },
        { ctx, this, value, _ in
            JS_SetPropertyStr(ctx, this, "stack", JS_DupValue(ctx, value)) < 0 ? JS.exception : JS.undefined
        }
    )
    private static let stackProperty = FunctionTable([
        .getter("\u{17F}tack", 0, stackAccessor.get, stackAccessor.set)
    ])

    /// For a module that uses them.
    func addStackReads() {
        if hasStackReads { return }
        hasStackReads = true
        VM.stackFunction.attach(ctx, globals.object)
        let constructor = JS.get(ctx, globals.object, "Object")
        let prototype = JS.get(ctx, constructor, "prototype")
        VM.stackProperty.attach(ctx, prototype)
        JS_FreeValue(ctx, prototype)
        JS_FreeValue(ctx, constructor)
    }

    private func stack(of value: JSValue) -> JSValue {
        if JS.isNullish(value) {
            return JS.throwTypeError(
                ctx, "cannot read property 'stack' of \(JS.isNull(value) ? "null" : "undefined")")
        }
        let stack = JS.get(ctx, value, "stack")
        let isError = JS_IsError(ctx, value) != 0
        guard JS.isObject(value), JS.isString(stack), let lines = JS.text(ctx, stack),
            lines.isEmpty ? isError : lines.hasPrefix("    at ")
        else { return stack }
        JS_FreeValue(ctx, stack)
        let headline = isError ? ErrorText.headline(ctx, value) : copiedHeadline(value)
        return JS.string(
            ctx, headline + "\n" + ErrorText.frames(lines, host.program, headline: headline))
    }

    /// The text of an error whose properties were copied to an object that is none, stack included.
    private func copiedHeadline(_ value: JSValue) -> String {
        func text(_ name: StaticString) -> String? {
            let part = JS.get(ctx, value, name)
            defer { JS_FreeValue(ctx, part) }
            if JS.isException(part) { JS.dropException(ctx) }
            return JS.isString(part) ? JS.text(ctx, part) : nil
        }
        let (name, message) = (text("name") ?? "Error", text("message") ?? "")
        return message.isEmpty ? name : "\(name): \(message)"
    }
}
