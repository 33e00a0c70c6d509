// `error.stack` as scripts see it: the error's text, then frames in k6's shape. An accessor below all objects
// that stands for the property `stack` (StackReads says why), made only in VUs whose modules use it.

import CQuickJS

extension VM {
    private static let stackAccessor: (get: JSGetter, set: JSSetter) = (
        { ctx, this, _ in VM.of(ctx).stack(of: this) },
        { ctx, this, value, _ in
            JS_SetPropertyStr(ctx, this, "stack", JS_DupValue(ctx, value)) < 0 ? JS.exception : JS.undefined
        }
    )
    private static let stackProperty = FunctionTable([
        .getter("\u{17F}tack", 0, stackAccessor.get, stackAccessor.set)
    ])

    /// For a module that uses it.
    func addStackProperty() {
        if hasStackProperty { return }
        hasStackProperty = true
        let constructor = JS.get(ctx, globals.object, "Object")
        let prototype = JS.get(ctx, constructor, "prototype")
        VM.stackProperty.attach(ctx, prototype)
        JS_FreeValue(ctx, prototype)
        JS_FreeValue(ctx, constructor)
    }

    private func stack(of object: JSValue) -> JSValue {
        let stack = JS.get(ctx, object, "stack")
        guard JS_IsError(ctx, object) != 0, JS.isString(stack), let lines = JS.text(ctx, stack),
            lines.isEmpty || lines.hasPrefix("    at ")
        else { return stack }
        JS_FreeValue(ctx, stack)
        let headline = ErrorText.headline(ctx, object)
        return JS.string(
            ctx, headline + "\n" + ErrorText.frames(lines, host.program, headline: headline))
    }
}
