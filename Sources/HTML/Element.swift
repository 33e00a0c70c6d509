// One element (or text, or comment) as the DOM has it: what `Selection.element(at:)` and `each` hand out. It
// keeps the selection it came from, because k6 answers several of its questions from all nodes of that
// selection. The members special to a tag are in `ElementKind`.

/// What a member of an element returns.
public enum ElementValue {
    case undefined
    case boolean(Bool)
    case number(Double)
    case string(String)
    case strings([String])
    case element(Element)
    case elements([Element])
}

public struct Element {
    public let selection: Selection
    public let node: NodeID

    /// The first node of a selection; nil when it is empty.
    init?(optional selection: Selection) {
        guard let node = selection.nodes.first else { return nil }
        self.selection = selection
        self.node = node
    }

    init(_ selection: Selection) {
        self.selection = selection
        node = selection.nodes[0]
    }

    var document: Document { selection.document }

    /// By the tag or, as in k6, by a text that reads like one.
    public var kind: ElementKind {
        switch document.kind(node) {
        case .element: ElementKind.named(document.name(node))
        case .text, .comment: ElementKind.named(document.string(document.nodes[Int(node)].text))
        case .document, .doctype: .plain
        }
    }

    /// An element for a node next to this one.
    private func near(_ node: NodeID) -> Element? {
        node == Document.none ? nil : Element(selection.alone(node))
    }

    /// An address in the page seen from the page's own; as it is where that is not known. Nil when it is
    /// none.
    func resolved(_ address: String) -> String? {
        if selection.url.isEmpty { return address }
        guard let base = WebAddress(selection.url), let reference = WebAddress(address) else { return nil }
        return base.resolving(reference).text
    }

    // MARK: Names

    public var nodeName: String {
        switch document.kind(node) {
        case .element, .doctype: document.name(node)
        case .text: "#text"
        case .comment: "#comment"
        case .document: "#document"
        }
    }

    public var nodeType: Int {
        switch document.kind(node) {
        case .element: 1
        case .text: 3
        case .comment: 8
        case .document: 9
        case .doctype: 10
        }
    }

    public var nodeValue: String? {
        switch document.kind(node) {
        case .text, .comment: textContent
        default: nil
        }
    }

    public var namespaceURI: String { document.nodes[Int(node)].namespace.uri }
    public var isDefaultNamespace: Bool { document.nodes[Int(node)].namespace == .html }

    /// What a script's `String(element)` gives: a link's address, or the kind of node.
    public var description: String {
        if kind.isLink { return attribute("href").flatMap(resolved) ?? "" }
        return document.isElement(node) ? "[object html.Node]" : "[object \(nodeName)]"
    }

    // MARK: Content

    public var textContent: String { selection.text }
    public var innerHTML: String { selection.html }

    public func isEqual(to other: Element) -> Bool { innerHTML == other.innerHTML }

    public func isSame(as other: Element) -> Bool {
        other.document === document && other.node == node
    }

    public func contains(_ other: Element) -> Bool {
        other.document === document
            && selection.nodes.contains { document.isAncestor($0, of: other.node) }
    }

    // MARK: Attributes

    public func attribute(_ name: String) -> String? { document.attribute(node, name) }
    public func hasAttribute(_ name: String) -> Bool { document.hasAttribute(node, name) }

    public struct AttributeNode {
        public let name: String
        public let value: String
        public let prefix: String
    }

    /// In the order of the page.
    public var attributes: [AttributeNode] {
        document.attributes(of: node).map {
            AttributeNode(
                name: document.names[Int($0.name)], value: document.string($0.value), prefix: $0.prefix.text)
        }
    }

    public func attributeNode(_ name: String) -> AttributeNode? { attributes.first { $0.name == name } }

    public var id: String { attribute("id") ?? "" }

    public var classList: [String] {
        (attribute("class") ?? "").split { $0.isWhitespace }.map(String.init)
    }

    // MARK: Relatives

    public var children: [Element] { selection.relatives(.children).elements }
    public var childNodes: [Element] { selection.relatives(.contents).elements }
    public var hasChildNodes: Bool { document.firstChild(node) != Document.none }
    public var firstChild: Element? { near(document.firstChild(node)) }
    public var lastChild: Element? { near(document.nodes[Int(node)].lastChild) }
    public var firstElementChild: Element? { Element(optional: selection.relatives(.children).first) }
    public var lastElementChild: Element? { Element(optional: selection.relatives(.children).last) }
    /// Of the last one nil; k6 v1.1.0 ends the process there.
    public var nextSibling: Element? { near(document.nextSibling(node)) }
    public var previousSibling: Element? { near(document.previousSibling(node)) }
    public var nextElementSibling: Element? { Element(optional: selection.relatives(.next)) }
    public var previousElementSibling: Element? { Element(optional: selection.relatives(.previous)) }
    public var parentNode: Element? { near(document.parent(node)) }
    public var parentElement: Element? { Element(optional: selection.relatives(.parent)) }
    public var ownerDocument: Element? { near(Document.root) }

    // MARK: Search

    public func matches(_ selector: String) -> Bool { selection.matches(selector) }

    /// All that was found stays in the element's selection, so its text is everyone's text, as in k6.
    public func querySelector(_ selector: String) -> Element? { Element(optional: selection.find(selector)) }
    public func querySelectorAll(_ selector: String) -> [Element] { selection.find(selector).elements }
}
