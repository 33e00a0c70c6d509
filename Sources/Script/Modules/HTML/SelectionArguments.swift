// Arguments of a selection's methods, and k6's words for those it does not take. Called by `SelectionObject`.

import CQuickJS
import HTML

enum SelectionArguments {
    /// A selector, a selection or a plain element. nil with an exception pending.
    static func test(_ ctx: JSContextRef, _ value: JSValue) -> NodeTest? {
        if JS.isString(value) { return JS.text(ctx, value).map { .selector(Selector($0)) } }
        if let selection = SelectionObject.hostClass.native(value) { return .nodes(selection) }
        if let element = ElementObject.plain(value) { return .nodes(element.selection.eq(0)) }
        return refuse(ctx, value)
    }

    /// What `…Until` stops at: not an element. The result's test is nil for null and undefined. nil with an
    /// exception pending.
    static func bound(_ ctx: JSContextRef, _ value: JSValue) -> (test: NodeTest?, Void)? {
        if JS.isNullish(value) { return (nil, ()) }
        if ElementObject.hostClass.native(value) != nil {
            let refused: NodeTest? = refuse(ctx, value)
            return refused.map { ($0, ()) }
        }
        return test(ctx, value).map { ($0, ()) }
    }

    private static func refuse(_ ctx: JSContextRef, _ value: JSValue) -> NodeTest? {
        _ = JS.throwGoError(ctx, "invalid argument, cannot use a '\(typeName(ctx, value))' as a selector")
        return nil
    }

    /// The optional filter of a traversal: its text, whatever it is. nil with an exception pending.
    static func filter(_ arguments: Arguments, _ index: Int) -> (selector: Selector?, Void)? {
        if arguments.count <= index { return (nil, ()) }
        return JS.text(arguments.ctx, arguments[index]).map { (Selector($0), ()) }
    }

    /// How Go names the type of a value that came from a script.
    private static func typeName(_ ctx: JSContextRef, _ value: JSValue) -> String {
        if JS.isNullish(value) { return "<nil>" }
        if JS.isBool(value) { return "bool" }
        if JS.isNumber(value) {
            guard let number = JS.double(ctx, value) else { return "float64" }
            return number == number.rounded() && number.magnitude < 9e15 ? "int64" : "float64"
        }
        if let element = ElementObject.hostClass.native(value) { return element.element.kind.typeName }
        if JS.isFunction(ctx, value) { return "func(sobek.FunctionCall) sobek.Value" }
        return JS.isArray(ctx, value) ? "[]interface {}" : "map[string]interface {}"
    }
}
