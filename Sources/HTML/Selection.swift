// A list of nodes of one document, as jQuery has it: what was found, and what it was found from. Immutable;
// the script module `k6/html` wraps it, and its methods are this type's. Traversals are in
// `Selection+Traversal.swift`, reading of values in `Selection+Values.swift`.

public final class Selection {
    public let document: Document
    public let nodes: [NodeID]
    /// The address of the response the document came from, or "".
    public let url: String
    /// What `end()` returns.
    private var previous: Selection?

    public init(_ document: Document, url: String = "") {
        self.document = document
        self.url = url
        nodes = [Document.root]
    }

    init(_ document: Document, _ nodes: [NodeID], url: String, from previous: Selection?) {
        self.document = document
        self.nodes = nodes
        self.url = url
        self.previous = previous
    }

    /// A long chain of selections is taken apart one by one: releasing it link by link takes stack.
    deinit {
        var next = previous.take()
        while isKnownUniquelyReferenced(&next) { next = next?.previous.take() }
    }

    /// Nodes found from this selection.
    func found(_ nodes: [NodeID]) -> Selection { Selection(document, nodes, url: url, from: self) }

    /// A node that was not found by a traversal: nothing comes before it.
    func alone(_ node: NodeID) -> Selection { Selection(document, [node], url: url, from: nil) }

    /// The nth node, as if nothing had been found before it.
    public func only(_ index: Int) -> Selection { alone(nodes[index]) }

    public var count: Int { nodes.count }
    public var isEmpty: Bool { nodes.isEmpty }

    /// What this selection was made from; empty for the first one.
    public var end: Selection { previous ?? Selection(document, [], url: url, from: nil) }

    /// The nth node alone, counted from the back when negative; empty when there is none.
    public func eq(_ index: Int) -> Selection {
        let index = index < 0 ? index + count : index
        return found(nodes.indices.contains(index) ? [nodes[index]] : [])
    }

    public var first: Selection { eq(0) }
    public var last: Selection { eq(-1) }

    /// Bounds count from the back when negative and are cut to what there is.
    public func slice(_ start: Int, _ end: Int? = nil) -> Selection {
        func place(_ index: Int) -> Int { min(max(index < 0 ? index + count : index, 0), count) }
        let from = place(start)
        return found(Array(nodes[from..<max(from, place(end ?? count))]))
    }

    /// The element at `index`. Negative indexes count from the back but, as in k6, do not reach the first.
    public func element(at index: Int) -> Element? {
        let place = index < 0 ? (index > -count ? index + count : -1) : index
        return nodes.indices.contains(place) ? Element(eq(place)) : nil
    }

    public var elements: [Element] { nodes.indices.map { Element(eq($0)) } }
}
