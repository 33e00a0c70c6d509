// Elements as scripts see them: the members all have, and per tag a prototype with those of `ElementKind`,
// made in a VU when it first meets the tag.

import CQuickJS
import HTML

/// An element behind a JavaScript object.
final class ElementBox {
    let element: Element

    init(_ element: Element) { self.element = element }
}

enum ElementObject {
    static let hostClass = HostClass<ElementBox>("Element", ElementMethods.table)

    /// All kinds but the plain one; a number of a member is the kind's place here times 64 plus its own.
    private static let kinds = ElementKind.byTag.sorted { $0.key < $1.key }.map(\.value)
    private static let places = Dictionary(
        uniqueKeysWithValues: kinds.enumerated().map { (ObjectIdentifier($1), $0) })

    static func wrap(_ ctx: JSContextRef, _ element: Element) -> JSValue {
        let box = ElementBox(element)
        guard let place = places[ObjectIdentifier(element.kind)] else { return hostClass.wrap(ctx, box) }
        let prototype = VM.of(ctx).html.prototype(place) { makePrototype(ctx, place) }
        return hostClass.wrap(ctx, box, prototype: prototype)
    }

    static func array(_ ctx: JSContextRef, _ elements: [Element]) -> JSValue {
        JS.array(ctx, elements.map { wrap(ctx, $0) })
    }

    /// The element of a value where only those without members of their own are taken, as in k6.
    static func plain(_ value: JSValue) -> Element? {
        guard let element = hostClass.native(value)?.element, element.kind.isPlain else { return nil }
        return element
    }

    private static func makePrototype(_ ctx: JSContextRef, _ place: Int) -> JSValue {
        let base = hostClass.prototype(ctx)
        defer { JS_FreeValue(ctx, base) }
        let prototype = JS_NewObjectProto(ctx, base)
        let flags = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE
        for (index, member) in kinds[place].members.enumerated() {
            precondition(index < 64, "a kind has fewer than 64 members")
            let function = apus_js_magic_function(ctx, read, member.name, 0, Int32(place * 64 + index))
            JS_DefinePropertyValueStr(ctx, prototype, member.name, function, flags)
        }
        return prototype
    }

    private static let read: JSMagicFunction = { ctx, this, _, _, magic in
        guard let ctx, let element = element(ctx, this) else { return JS.exception }
        return HTMLModule.value(ctx, kinds[Int(magic) / 64].members[Int(magic) % 64].read(element))
    }

    /// The element a method is called on; nil with an exception pending.
    static func element(_ ctx: JSContextRef, _ this: JSValue) -> Element? {
        if let box = hostClass.native(this) { return box.element }
        _ = JS.throwTypeError(ctx, "not an element")
        return nil
    }
}

/// An attribute as an object: `el.getAttributeNode(name)`, `el.attributes()[name]`.
final class AttributeObject {
    private let attribute: Element.AttributeNode

    private init(_ attribute: Element.AttributeNode) { self.attribute = attribute }

    private static let hostClass = HostClass<AttributeObject>(
        "Attribute",
        [
            .function("localName", 0, { ctx, this, _, _ in text(ctx!, this) { $0.attribute.name } }),
            .function("namespaceURI", 0, { ctx, this, _, _ in text(ctx!, this) { _ in Namespace.html.uri } }),
            .function("prefix", 0, { ctx, this, _, _ in text(ctx!, this) { $0.attribute.prefix } }),
        ])

    private static func text(
        _ ctx: JSContextRef, _ this: JSValue, _ read: (AttributeObject) -> String
    ) -> JSValue {
        hostClass.native(this).map { JS.string(ctx, read($0)) } ?? JS.throwTypeError(ctx, "not an attribute")
    }

    static func wrap(_ ctx: JSContextRef, _ attribute: Element.AttributeNode, owner: JSValue) -> JSValue {
        let object = hostClass.wrap(ctx, AttributeObject(attribute))
        if JS.isException(object) { return object }
        JS.define(ctx, object, "owner_element", JS_DupValue(ctx, owner))
        JS.define(ctx, object, "name", JS.string(ctx, attribute.name))
        JS.define(ctx, object, "value", JS.string(ctx, attribute.value))
        return object
    }
}
