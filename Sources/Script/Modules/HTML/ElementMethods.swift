// The members every element has. Those without arguments are told apart by number; the others are read here
// one by one. Called through the Element class.

import CQuickJS
import HTML

enum ElementMethods {
    private enum Member: Int16 {
        case attributes, childElementCount, childNodes, children, classList, className, firstChild,
            firstElementChild, hasAttributes, hasChildNodes, id, innerHTML, isDefaultNamespace, lang,
            lastChild,
            lastElementChild, namespaceURI, nextElementSibling, nextSibling, nodeName, nodeType, nodeValue,
            ownerDocument, parentElement, parentNode, previousElementSibling, previousSibling, selection,
            textContent, toString
        case contains, getAttribute, getAttributeNode, getElementsByClassName, getElementsByTagName,
            hasAttribute,
            isEqualNode, isSameNode, matches, querySelector, querySelectorAll
    }

    static let table: [FunctionTable.Entry] = [
        entry("attributes", .attributes), entry("childElementCount", .childElementCount),
        entry("childNodes", .childNodes), entry("children", .children), entry("classList", .classList),
        entry("className", .className), entry("firstChild", .firstChild),
        entry("firstElementChild", .firstElementChild), entry("hasAttributes", .hasAttributes),
        entry("hasChildNodes", .hasChildNodes), entry("id", .id), entry("innerHTML", .innerHTML),
        entry("isDefaultNamespace", .isDefaultNamespace), entry("lang", .lang),
        entry("lastChild", .lastChild),
        entry("lastElementChild", .lastElementChild), entry("namespaceURI", .namespaceURI),
        entry("nextElementSibling", .nextElementSibling), entry("nextSibling", .nextSibling),
        entry("nodeName", .nodeName), entry("nodeType", .nodeType), entry("nodeValue", .nodeValue),
        entry("ownerDocument", .ownerDocument), entry("parentElement", .parentElement),
        entry("parentNode", .parentNode), entry("previousElementSibling", .previousElementSibling),
        entry("previousSibling", .previousSibling), entry("selection", .selection),
        entry("textContent", .textContent), entry("toString", .toString), entry("contains", .contains, 1),
        entry("getAttribute", .getAttribute, 1), entry("getAttributeNode", .getAttributeNode, 1),
        entry("getElementsByClassName", .getElementsByClassName, 1),
        entry("getElementsByTagName", .getElementsByTagName, 1), entry("hasAttribute", .hasAttribute, 1),
        entry("isEqualNode", .isEqualNode, 1), entry("isSameNode", .isSameNode, 1),
        entry("matches", .matches, 1),
        entry("querySelector", .querySelector, 1), entry("querySelectorAll", .querySelectorAll, 1),
    ]

    private static func entry(_ name: StaticString, _ member: Member, _ length: Int32 = 0)
        -> FunctionTable.Entry
    {
        .magic(name, length, member.rawValue, dispatch)
    }

    private static let dispatch: JSMagicFunction = { ctx, this, argc, argv, magic in
        guard let ctx, let element = ElementObject.element(ctx, this),
            let member = Member(rawValue: Int16(magic))
        else { return JS.exception }
        if member.rawValue >= Member.contains.rawValue {
            return call(member, element, this, Arguments(ctx, argc, argv))
        }
        return near(ctx, member, element) ?? read(ctx, member, element, this)
    }

    /// Other elements; nil for members that are none.
    private static func near(_ ctx: JSContextRef, _ member: Member, _ element: Element) -> JSValue? {
        let found: Element?
        switch member {
        case .firstChild: found = element.firstChild
        case .firstElementChild: found = element.firstElementChild
        case .lastChild: found = element.lastChild
        case .lastElementChild: found = element.lastElementChild
        case .nextElementSibling: found = element.nextElementSibling
        case .nextSibling: found = element.nextSibling
        case .ownerDocument: found = element.ownerDocument
        case .parentElement: found = element.parentElement
        case .parentNode: found = element.parentNode
        case .previousElementSibling: found = element.previousElementSibling
        case .previousSibling: found = element.previousSibling
        default: return nil
        }
        return found.map { ElementObject.wrap(ctx, $0) } ?? JS.undefined
    }

    private static func read(
        _ ctx: JSContextRef, _ member: Member, _ element: Element, _ this: JSValue
    ) -> JSValue {
        switch member {
        case .attributes:
            let object = JS_NewObject(ctx)
            for attribute in element.attributes {
                JS.define(ctx, object, attribute.name, AttributeObject.wrap(ctx, attribute, owner: this))
            }
            return object
        case .childElementCount: return JS.number(ctx, Int64(element.children.count))
        case .childNodes: return ElementObject.array(ctx, element.childNodes)
        case .children: return ElementObject.array(ctx, element.children)
        case .classList: return JS.strings(ctx, element.classList)
        case .className: return HTMLModule.string(ctx, element.attribute("class"))
        case .hasAttributes: return JS.bool(!element.attributes.isEmpty)
        case .hasChildNodes: return JS.bool(element.hasChildNodes)
        case .id: return JS.string(ctx, element.id)
        case .innerHTML: return JS.string(ctx, element.innerHTML)
        case .isDefaultNamespace: return JS.bool(element.isDefaultNamespace)
        case .lang: return HTMLModule.string(ctx, element.attribute("lang"))
        case .namespaceURI: return JS.string(ctx, element.namespaceURI)
        case .nodeName: return JS.string(ctx, element.nodeName)
        case .nodeType: return JS.number(ctx, Int64(element.nodeType))
        case .nodeValue: return HTMLModule.string(ctx, element.nodeValue)
        case .selection: return SelectionObject.wrap(ctx, element.selection)
        case .textContent: return JS.string(ctx, element.textContent)
        default: return JS.string(ctx, element.description)
        }
    }

    private static func call(
        _ member: Member, _ element: Element, _ this: JSValue, _ arguments: Arguments
    ) -> JSValue {
        let ctx = arguments.ctx
        switch member {
        case .contains: return JS.bool(ElementObject.plain(arguments[0]).map(element.contains) ?? false)
        case .isEqualNode:
            return JS.bool(ElementObject.plain(arguments[0]).map(element.isEqual(to:)) ?? false)
        case .isSameNode: return JS.bool(ElementObject.plain(arguments[0]).map(element.isSame(as:)) ?? false)
        default: break
        }
        guard let text = JS.text(ctx, arguments[0]) else { return JS.exception }
        switch member {
        case .getAttribute: return HTMLModule.string(ctx, element.attribute(text))
        case .getAttributeNode:
            return element.attributeNode(text).map { AttributeObject.wrap(ctx, $0, owner: this) }
                ?? JS.undefined
        case .hasAttribute: return JS.bool(element.hasAttribute(text))
        case .matches: return JS.bool(element.matches(text))
        case .querySelector:
            return element.querySelector(text).map { ElementObject.wrap(ctx, $0) } ?? JS.undefined
        case .getElementsByClassName: return ElementObject.array(ctx, element.querySelectorAll("." + text))
        default: return ElementObject.array(ctx, element.querySelectorAll(text))
        }
    }
}
