// A parsed document as one arena: nodes, attributes and text in three arrays, linked by indexes, read-only
// once built. Selections and elements hold it by reference; it lives as long as one of them does. Built by
// `DocumentBuilder`, read by everything else in this target.

/// A node's place in its document's arena.
public typealias NodeID = Int32

public enum NodeKind: UInt8, Sendable {
    case document, element, text, comment, doctype
}

public enum Namespace: UInt8, Sendable {
    case html, svg, mathML

    public var uri: String {
        switch self {
        case .html: "http://www.w3.org/1999/xhtml"
        case .svg: "http://www.w3.org/2000/svg"
        case .mathML: "http://www.w3.org/1998/Math/MathML"
        }
    }
}

/// Where a text stands in the document's bytes.
struct TextRange {
    var start: UInt32 = 0
    var count: UInt32 = 0
}

struct Node {
    var kind: NodeKind
    var namespace: Namespace = .html
    /// Of elements and doctypes: index into `Document.names`.
    var name: Int32 = 0
    var parent: NodeID = Document.none
    var firstChild: NodeID = Document.none
    var lastChild: NodeID = Document.none
    var previous: NodeID = Document.none
    var next: NodeID = Document.none
    /// Of texts and comments.
    var text = TextRange()
    /// Of elements (and of doctypes: the public and system identifiers).
    var firstAttribute: Int32 = 0
    var attributeCount: Int32 = 0
}

struct Attribute {
    /// Without prefix: "href" of `xlink:href`.
    var name: Int32
    /// "", "xlink", "xml" or "xmlns".
    var prefix: AttributePrefix = .none
    var value: TextRange
}

enum AttributePrefix: UInt8 {
    case none, xlink, xml, xmlns

    var text: String {
        switch self {
        case .none: ""
        case .xlink: "xlink"
        case .xml: "xml"
        case .xmlns: "xmlns"
        }
    }
}

public final class Document: Sendable {
    public static let none: NodeID = -1
    /// The document node.
    public static let root: NodeID = 0

    let nodes: [Node]
    let attributes: [Attribute]
    let names: [String]
    let bytes: [UInt8]
    /// Something of whoever made the document that shall go with it. Set at most once, before it is shared.
    public nonisolated(unsafe) var companion: AnyObject?

    /// What it takes in memory, roughly.
    public var approximateBytes: Int {
        nodes.count * MemoryLayout<Node>.stride + attributes.count * MemoryLayout<Attribute>.stride
            + names.count * MemoryLayout<String>.stride + bytes.count
    }

    init(nodes: [Node], attributes: [Attribute], names: [String], bytes: [UInt8]) {
        self.nodes = nodes
        self.attributes = attributes
        self.names = names
        self.bytes = bytes
    }

    func kind(_ id: NodeID) -> NodeKind { nodes[Int(id)].kind }
    func isElement(_ id: NodeID) -> Bool { nodes[Int(id)].kind == .element }

    /// Of elements and doctypes.
    func name(_ id: NodeID) -> String { names[Int(nodes[Int(id)].name)] }

    func isElement(_ id: NodeID, named name: String) -> Bool { isElement(id) && self.name(id) == name }

    func string(_ range: TextRange) -> String {
        String(decoding: slice(range), as: UTF8.self)
    }

    func slice(_ range: TextRange) -> ArraySlice<UInt8> {
        bytes[Int(range.start)..<Int(range.start) + Int(range.count)]
    }

    func attributes(of id: NodeID) -> ArraySlice<Attribute> {
        let node = nodes[Int(id)]
        guard node.kind == .element else { return [] }
        return attributes[Int(node.firstAttribute)..<Int(node.firstAttribute + node.attributeCount)]
    }

    /// The value's bytes of the first attribute with this name, whatever its prefix.
    func attributeBytes(_ id: NodeID, _ name: String) -> ArraySlice<UInt8>? {
        for attribute in attributes(of: id) where names[Int(attribute.name)] == name {
            return slice(attribute.value)
        }
        return nil
    }

    func attribute(_ id: NodeID, _ name: String) -> String? {
        attributeBytes(id, name).map { String(decoding: $0, as: UTF8.self) }
    }

    func hasAttribute(_ id: NodeID, _ name: String) -> Bool { attributeBytes(id, name) != nil }
}

// MARK: - Walking

extension Document {
    func parent(_ id: NodeID) -> NodeID { nodes[Int(id)].parent }
    func firstChild(_ id: NodeID) -> NodeID { nodes[Int(id)].firstChild }
    func nextSibling(_ id: NodeID) -> NodeID { nodes[Int(id)].next }
    func previousSibling(_ id: NodeID) -> NodeID { nodes[Int(id)].previous }

    func parentElement(_ id: NodeID) -> NodeID {
        let parent = parent(id)
        return parent != Self.none && isElement(parent) ? parent : Self.none
    }

    func nextElement(_ id: NodeID) -> NodeID {
        var at = nextSibling(id)
        while at != Self.none, !isElement(at) { at = nextSibling(at) }
        return at
    }

    func previousElement(_ id: NodeID) -> NodeID {
        var at = previousSibling(id)
        while at != Self.none, !isElement(at) { at = previousSibling(at) }
        return at
    }

    /// The next node in document order that lies below `top`, or none. Nodes are numbered in that order, but
    /// where a subtree ends only the links tell.
    func following(_ id: NodeID, below top: NodeID) -> NodeID {
        let child = firstChild(id)
        if child != Self.none { return child }
        return afterSubtree(id, below: top)
    }

    func afterSubtree(_ id: NodeID, below top: NodeID) -> NodeID {
        var at = id
        while at != top, at != Self.none {
            let next = nextSibling(at)
            if next != Self.none { return next }
            at = parent(at)
        }
        return Self.none
    }

    func isAncestor(_ ancestor: NodeID, of id: NodeID) -> Bool {
        var at = parent(id)
        while at != Self.none {
            if at == ancestor { return true }
            at = parent(at)
        }
        return false
    }

    func children(_ id: NodeID, _ body: (NodeID) -> Void) {
        var at = firstChild(id)
        while at != Self.none {
            body(at)
            at = nextSibling(at)
        }
    }

    /// What stands in the texts at and below `id`, appended to `text`.
    func appendText(_ id: NodeID, to text: inout [UInt8]) {
        var at = id
        while at != Self.none {
            let node = nodes[Int(at)]
            if node.kind == .text { text += slice(node.text) }
            at = following(at, below: id)
        }
    }

    func text(_ id: NodeID) -> String {
        var text: [UInt8] = []
        appendText(id, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes of memory the document holds, for whoever accounts for them.
    public var memoryBytes: Int {
        nodes.count * MemoryLayout<Node>.stride + attributes.count * MemoryLayout<Attribute>.stride
            + bytes.count + names.count * MemoryLayout<String>.stride
    }
}
