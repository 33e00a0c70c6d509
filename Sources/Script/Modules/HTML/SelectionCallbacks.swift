// The methods of selections that call a function of the script: `each`, `map`, `filter`, `is` and `not`.
// What an exception in that function becomes differs between them, as it does in k6.

import CQuickJS
import HTML

enum SelectionCallbacks {
    static let methods: [FunctionTable.Entry] = [
        .function("each", 1, { ctx, this, argc, argv in each(this, Arguments(ctx, argc, argv)) }),
        .function("map", 1, { ctx, this, argc, argv in map(this, Arguments(ctx, argc, argv)) }),
        .function("filter", 1, { ctx, this, argc, argv in filter(this, Arguments(ctx, argc, argv)) }),
        .function("is", 1, { ctx, this, argc, argv in matches(this, Arguments(ctx, argc, argv)) }),
        .function("not", 1, { ctx, this, argc, argv in not(this, Arguments(ctx, argc, argv)) }),
    ]

    /// An exception is pending in the engine.
    private struct Pending: Error {}

    /// Calls the script's function with a place and a value, which it takes. - Returns: the result, the
    /// caller's.
    private static func call(
        _ ctx: JSContextRef, _ function: JSValue, _ index: Int, _ value: JSValue
    ) throws(Pending) -> JSValue {
        if JS.isException(value) { throw Pending() }
        var values = [JS.int(Int32(index)), value]
        let result = JS_Call(ctx, function, function, 2, &values)
        JS_FreeValue(ctx, value)
        if JS.isException(result) { throw Pending() }
        return result
    }

    /// Whether the pending exception ends the iteration and must not be touched.
    private static func isEnding(_ ctx: JSContextRef) -> Bool { VM.of(ctx).isTerminating }

    /// Elements, one by one; an exception ends it under another name.
    private static func each(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let selection = SelectionObject.selection(ctx, this) else { return JS.exception }
        let function = arguments[0]
        guard JS.isFunction(ctx, function) else {
            return JS.throwGoError(ctx, "the argument to each() must be a function")
        }
        do {
            for (index, element) in selection.elements.enumerated() {
                JS_FreeValue(ctx, try call(ctx, function, index, ElementObject.wrap(ctx, element)))
            }
        } catch {
            if isEnding(ctx) { return JS.exception }
            let reason = JS_GetException(ctx)
            defer { JS_FreeValue(ctx, reason) }
            let lines = ErrorText.of(VM.of(ctx), reason).split(separator: "\n", maxSplits: 2)
            let place = lines.count > 1 ? " " + lines[1].drop { $0 == "\t" } : ""
            return JS.throwGoError(ctx, "the function passed to each() failed: \(lines.first ?? "")\(place)")
        }
        return JS_DupValue(ctx, this)
    }

    /// Selections, one by one; what throws is left out.
    private static func map(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let selection = SelectionObject.selection(ctx, this) else { return JS.exception }
        let function = arguments[0]
        guard JS.isFunction(ctx, function) else {
            return JS.throwGoError(ctx, "the argument to map() must be a function")
        }
        var results: [JSValue] = []
        for index in selection.nodes.indices {
            do {
                let item = SelectionObject.wrap(ctx, selection.only(index))
                results.append(try call(ctx, function, index, item))
            } catch {
                if isEnding(ctx) {
                    for result in results { JS_FreeValue(ctx, result) }
                    return JS.exception
                }
                JS.dropException(ctx)
            }
        }
        return JS.array(ctx, results)
    }

    /// What passes a selector, a selection or a function. nil with an exception pending.
    private static func filtered(_ this: JSValue, _ arguments: Arguments, _ name: String) -> Selection? {
        let ctx = arguments.ctx
        guard let selection = SelectionObject.selection(ctx, this) else { return nil }
        let value = arguments[0]
        if JS.isFunction(ctx, value) { return filtered(ctx, selection, value, keeps: true) }
        if JS.isString(value) || SelectionObject.hostClass.native(value) != nil {
            return SelectionArguments.test(ctx, value).map { selection.filter($0) }
        }
        _ = JS.throwGoError(ctx, "the argument to \(name)() must be a function, a selector or a selection")
        return nil
    }

    private static func filtered(
        _ ctx: JSContextRef, _ selection: Selection, _ function: JSValue, keeps: Bool
    ) -> Selection? {
        do {
            return try selection.filter { (index, item) throws(Pending) in
                let result = try call(ctx, function, index, SelectionObject.wrap(ctx, item))
                defer { JS_FreeValue(ctx, result) }
                return JS.truth(ctx, result) == keeps
            }
        } catch {
            return nil
        }
    }

    private static func filter(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        filtered(this, arguments, "filter").map { SelectionObject.wrap(arguments.ctx, $0) } ?? JS.exception
    }

    private static func matches(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        filtered(this, arguments, "is").map { JS.bool(!$0.isEmpty) } ?? JS.exception
    }

    private static func not(_ this: JSValue, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        guard let selection = SelectionObject.selection(ctx, this) else { return JS.exception }
        let result: Selection?
        if JS.isFunction(ctx, arguments[0]) {
            result = filtered(ctx, selection, arguments[0], keeps: false)
        } else {
            result = SelectionArguments.test(ctx, arguments[0]).map { selection.filter($0, not: true) }
        }
        return result.map { SelectionObject.wrap(ctx, $0) } ?? JS.exception
    }
}
