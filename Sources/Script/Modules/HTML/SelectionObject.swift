// Selections as scripts see them. Each method reads its arguments, asks the Swift selection behind the object
// and wraps what it gets. Made by `parseHTML`, `res.html()` and by each other.

import CQuickJS
import HTML

/// The methods without a function of the script among their arguments.
private enum SelectionMethod: Int16 {
    case add, attr, children, closest, contents, data, end, eq, find, first, get, has, html, index, last,
        next,
        nextAll, nextUntil, parent, parents, parentsUntil, prev, prevAll, prevUntil, serialize,
        serializeArray,
        serializeObject, siblings, size, slice, text, toArray, val
}

enum SelectionObject {
    static let hostClass = HostClass<Selection>("Selection", methods + SelectionCallbacks.methods)

    static func wrap(_ ctx: JSContextRef, _ selection: Selection) -> JSValue {
        let object = hostClass.wrap(ctx, selection)
        if JS.isException(object) { return object }
        JS_DefinePropertyValueStr(ctx, object, "url", JS.string(ctx, selection.url), JS_PROP_ENUMERABLE)
        // Assigning to it is an error, as to any of k6's own objects.
        JS_PreventExtensions(ctx, object)
        return object
    }

    /// The selection a method is called on; nil with an exception pending.
    static func selection(_ ctx: JSContextRef, _ this: JSValue) -> Selection? {
        if let selection = hostClass.native(this) { return selection }
        _ = JS.throwTypeError(ctx, "not a selection")
        return nil
    }

    private static let methods: [FunctionTable.Entry] = [
        entry("add", 1, .add), entry("attr", 1, .attr), entry("children", 0, .children),
        entry("closest", 1, .closest), entry("contents", 0, .contents), entry("data", 0, .data),
        entry("end", 0, .end), entry("eq", 1, .eq), entry("find", 1, .find), entry("first", 0, .first),
        entry("get", 0, .get), entry("has", 1, .has), entry("html", 0, .html), entry("index", 0, .index),
        entry("last", 0, .last), entry("next", 0, .next), entry("nextAll", 0, .nextAll),
        entry("nextUntil", 0, .nextUntil), entry("parent", 0, .parent), entry("parents", 0, .parents),
        entry("parentsUntil", 0, .parentsUntil), entry("prev", 0, .prev), entry("prevAll", 0, .prevAll),
        entry("prevUntil", 0, .prevUntil), entry("serialize", 0, .serialize),
        entry("serializeArray", 0, .serializeArray), entry("serializeObject", 0, .serializeObject),
        entry("siblings", 0, .siblings), entry("size", 0, .size), entry("slice", 1, .slice),
        entry("text", 0, .text), entry("toArray", 0, .toArray), entry("val", 0, .val),
    ]

    private static func entry(_ name: StaticString, _ length: Int32, _ method: SelectionMethod)
        -> FunctionTable.Entry
    {
        .magic(name, length, method.rawValue, dispatch)
    }

    private static let dispatch: JSMagicFunction = { ctx, this, argc, argv, magic in
        guard let ctx, let selection = SelectionObject.selection(ctx, this),
            let method = SelectionMethod(rawValue: Int16(magic))
        else { return JS.exception }
        return SelectionObject.call(method, selection, Arguments(ctx, argc, argv))
    }

    private static func call(_ method: SelectionMethod, _ selection: Selection, _ arguments: Arguments)
        -> JSValue
    {
        let ctx = arguments.ctx
        switch method {
        case .find: return searched(arguments) { selection.find($0) }
        case .closest: return searched(arguments) { selection.closest($0) }
        case .has: return searched(arguments) { selection.has($0) }
        case .add: return add(selection, arguments)
        case .children: return relatives(selection, .children, arguments)
        case .next: return relatives(selection, .next, arguments)
        case .nextAll: return relatives(selection, .nextAll, arguments)
        case .parent: return relatives(selection, .parent, arguments)
        case .parents: return relatives(selection, .parents, arguments)
        case .prev: return relatives(selection, .previous, arguments)
        case .prevAll: return relatives(selection, .previousAll, arguments)
        case .siblings: return relatives(selection, .siblings, arguments)
        case .nextUntil: return relativesUntil(selection, .nextAll, arguments)
        case .parentsUntil: return relativesUntil(selection, .parents, arguments)
        case .prevUntil: return relativesUntil(selection, .previousAll, arguments)
        case .contents: return wrap(ctx, selection.relatives(.contents))
        case .end: return wrap(ctx, selection.end)
        case .first: return wrap(ctx, selection.first)
        case .last: return wrap(ctx, selection.last)
        case .eq, .get, .slice, .index: return place(method, selection, arguments)
        default: return read(method, selection, arguments)
        }
    }
}

// MARK: - Traversals

extension SelectionObject {
    private static func searched(_ arguments: Arguments, _ body: (NodeTest) -> Selection) -> JSValue {
        guard let test = SelectionArguments.test(arguments.ctx, arguments[0]) else { return JS.exception }
        return wrap(arguments.ctx, body(test))
    }

    private static func add(_ selection: Selection, _ arguments: Arguments) -> JSValue {
        guard let test = SelectionArguments.test(arguments.ctx, arguments[0]) else { return JS.exception }
        if let sum = selection.add(test) { return wrap(arguments.ctx, sum) }
        return JS.throwGoError(arguments.ctx, "add() takes nodes of its own document only")
    }

    private static func relatives(_ selection: Selection, _ axis: Axis, _ arguments: Arguments) -> JSValue {
        guard let filter = SelectionArguments.filter(arguments, 0) else { return JS.exception }
        return wrap(arguments.ctx, selection.relatives(axis, filter: filter.selector))
    }

    private static func relativesUntil(_ selection: Selection, _ axis: Axis, _ arguments: Arguments)
        -> JSValue
    {
        guard let bound = SelectionArguments.bound(arguments.ctx, arguments[0]),
            let filter = SelectionArguments.filter(arguments, 1)
        else { return JS.exception }
        return wrap(arguments.ctx, selection.relatives(axis, until: bound.test, filter: filter.selector))
    }

    private static func place(_ method: SelectionMethod, _ selection: Selection, _ arguments: Arguments)
        -> JSValue
    {
        let ctx = arguments.ctx
        if method == .index { return index(selection, arguments) }
        if method == .get, arguments.count == 0 { return ElementObject.array(ctx, selection.elements) }
        guard let number = HTMLModule.integer(ctx, arguments[0]) else { return JS.exception }
        switch method {
        case .eq: return wrap(ctx, selection.eq(number))
        case .get: return selection.element(at: number).map { ElementObject.wrap(ctx, $0) } ?? JS.undefined
        default:
            if JS.isUndefined(arguments[1]) { return wrap(ctx, selection.slice(number)) }
            guard let end = HTMLModule.integer(ctx, arguments[1]) else { return JS.exception }
            return wrap(ctx, selection.slice(number, end))
        }
    }

    private static func index(_ selection: Selection, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let value = arguments[0]
        var index = -1
        if arguments.count == 0 {
            index = selection.index
        } else if JS.isString(value) {
            guard let text = JS.text(ctx, value) else { return JS.exception }
            index = selection.index(in: Selector(text))
        } else if let other = hostClass.native(value) {
            index = selection.index(of: other)
        } else if let element = ElementObject.plain(value) {
            index = selection.index(of: element.selection)
        }
        return JS.number(ctx, Int64(index))
    }
}

// MARK: - Values

extension SelectionObject {
    private static func read(_ method: SelectionMethod, _ selection: Selection, _ arguments: Arguments)
        -> JSValue
    {
        let ctx = arguments.ctx
        switch method {
        case .text: return JS.string(ctx, selection.text)
        case .html: return JS.string(ctx, selection.html)
        case .size: return JS.number(ctx, Int64(selection.count))
        case .val: return HTMLModule.value(ctx, selection.value)
        case .toArray: return JS.array(ctx, selection.nodes.indices.map { wrap(ctx, selection.eq($0)) })
        case .serialize: return JS.string(ctx, selection.serialized)
        case .serializeObject: return object(ctx, selection.formObject.map { ($0.name, $0.value) })
        case .serializeArray:
            return JS.array(
                ctx,
                selection.formFields.map { field in
                    let object = JS_NewObject(ctx)
                    JS.define(ctx, object, "name", JS.string(ctx, field.name))
                    JS.define(ctx, object, "value", HTMLModule.value(ctx, field.value))
                    return object
                })
        case .data:
            guard arguments.count > 0 else {
                return selection.allData.map { object(ctx, $0) } ?? JS.undefined
            }
            guard let name = JS.text(ctx, arguments[0]) else { return JS.exception }
            return HTMLModule.value(ctx, selection.data(name))
        default:
            guard let name = JS.text(ctx, arguments[0]) else { return JS.exception }
            if let value = selection.attribute(name) { return JS.string(ctx, value) }
            return JS_DupValue(ctx, arguments[1])
        }
    }

    private static func object(_ ctx: JSContextRef, _ members: [(name: String, value: HTMLValue)]) -> JSValue
    {
        let object = JS_NewObject(ctx)
        for member in members { JS.define(ctx, object, member.name, HTMLModule.value(ctx, member.value)) }
        return object
    }
}
