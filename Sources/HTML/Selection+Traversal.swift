// jQuery's traversals over `Selection`: each returns the nodes it finds once, in the order they are come
// upon. Called by the script module `k6/html` and by `Element`.

/// What a traversal compares nodes with.
public enum NodeTest {
    case selector(Selector)
    case nodes(Selection)

    fileprivate func matcher(in document: Document) -> (NodeID) -> Bool {
        switch self {
        case .selector(let selector):
            let matcher = SelectorMatcher(document: document)
            return { matcher.matches($0, selector) }
        case .nodes(let selection):
            guard selection.document === document else { return { _ in false } }
            let nodes = Set(selection.nodes)
            return { nodes.contains($0) }
        }
    }
}

extension Selection {
    /// Collects nodes, each once.
    private func collect(_ body: (_ add: (NodeID) -> Void) -> Void) -> Selection {
        var result: [NodeID] = []
        var seen = Set<NodeID>()
        body { if seen.insert($0).inserted { result.append($0) } }
        return found(result)
    }

    public func find(_ test: NodeTest) -> Selection {
        switch test {
        case .selector(let selector):
            let matcher = SelectorMatcher(document: document)
            let names = matcher.names(selector)
            return collect { add in
                for top in nodes {
                    document.children(top) { child in
                        guard document.isElement(child) else { return }
                        var at = child
                        while at != Document.none {
                            if names?.contains(document.nodes[Int(at)].name) ?? true,
                                matcher.matches(at, selector)
                            {
                                add(at)
                            }
                            at = document.following(at, below: child)
                        }
                    }
                }
            }
        case .nodes(let others):
            guard others.document === document else { return found([]) }
            return collect { add in
                for top in nodes {
                    for node in others.nodes where document.isAncestor(top, of: node) { add(node) }
                }
            }
        }
    }

    public func find(_ selector: String) -> Selection { find(.selector(Selector(selector))) }

    /// Nodes for which `test` is true or, with `not`, those for which it is false.
    public func filter(_ test: NodeTest, not: Bool = false) -> Selection {
        let matches = test.matcher(in: document)
        return found(nodes.filter { matches($0) != not })
    }

    public func filter(_ selector: String) -> Selection { filter(.selector(Selector(selector))) }

    /// Nodes whose places `keeps` accepts; it gets each node as a selection.
    public func filter<Failure: Error>(
        where keeps: (Int, Selection) throws(Failure) -> Bool
    ) throws(Failure) -> Selection {
        var result: [NodeID] = []
        for index in nodes.indices where try keeps(index, alone(nodes[index])) { result.append(nodes[index]) }
        return found(result)
    }

    public func matches(_ test: NodeTest) -> Bool { nodes.contains(where: test.matcher(in: document)) }
    public func matches(_ selector: String) -> Bool { matches(.selector(Selector(selector))) }

    /// Nodes that have something matching below them.
    public func has(_ test: NodeTest) -> Selection {
        var around = Set<NodeID>()
        for node in Selection(document).find(test).nodes {
            // An ancestor that is marked has marked its own ancestors.
            var at = document.parent(node)
            while at != Document.none, around.insert(at).inserted { at = document.parent(at) }
        }
        return found(nodes.filter(around.contains))
    }

    /// Per node, the nearest match among itself and its ancestors.
    public func closest(_ test: NodeTest) -> Selection {
        let matches = test.matcher(in: document)
        return collect { add in
            for node in nodes {
                var at = node
                while at != Document.none, !matches(at) { at = document.parent(at) }
                if at != Document.none { add(at) }
            }
        }
    }

    public func closest(_ selector: String) -> Selection { closest(.selector(Selector(selector))) }

    /// These nodes and then the others that are not among them. Nil when the others belong to another
    /// document.
    public func add(_ test: NodeTest) -> Selection? {
        let others: Selection
        switch test {
        case .selector: others = Selection(document).find(test)
        case .nodes(let given):
            guard given.document === document || given.isEmpty else { return nil }
            others = given
        }
        return collect { add in
            nodes.forEach(add)
            others.nodes.forEach(add)
        }
    }
}

// MARK: - Relatives

/// Which relatives a traversal looks at, nearest first.
public enum Axis {
    case children, contents, parent, parents, next, nextAll, previous, previousAll, siblings
}

extension Selection {
    /// Relatives of every node, those that match `filter`, up to one that matches `until`.
    public func relatives(
        _ axis: Axis, until: NodeTest? = nil, filter: Selector? = nil
    ) -> Selection {
        let stops = until?.matcher(in: document)
        let keeps = filter.map { NodeTest.selector($0).matcher(in: document) }
        return collect { add in
            for node in nodes {
                walk(axis, node) { relative in
                    if let stops, stops(relative) { return false }
                    if keeps?(relative) ?? true { add(relative) }
                    return true
                }
            }
        }
    }

    /// Calls `body` with each relative until it returns false.
    private func walk(_ axis: Axis, _ node: NodeID, _ body: (NodeID) -> Bool) {
        let step: (NodeID) -> NodeID
        var at: NodeID
        switch axis {
        case .children, .siblings:
            let parent = axis == .children ? node : document.parent(node)
            guard parent != Document.none else { return }
            document.children(parent) { child in
                if document.isElement(child), axis == .children || child != node { _ = body(child) }
            }
            return
        case .contents:
            document.children(node) { _ = body($0) }
            return
        case .parent, .parents:
            step = document.parentElement
            at = document.parentElement(node)
        case .next, .nextAll:
            step = document.nextElement
            at = document.nextElement(node)
        case .previous, .previousAll:
            step = document.previousElement
            at = document.previousElement(node)
        }
        while at != Document.none, body(at) {
            if axis == .parent || axis == .next || axis == .previous { return }
            at = step(at)
        }
    }

    /// The place of the first node among its siblings, or -1.
    public var index: Int {
        guard let node = nodes.first else { return -1 }
        return found([node]).relatives(.previousAll).count
    }

    /// The place of the first node among everything in the document that matches, or -1.
    public func index(in selector: Selector) -> Int {
        guard let node = nodes.first else { return -1 }
        return Selection(document).find(.selector(selector)).nodes.firstIndex(of: node) ?? -1
    }

    /// The place of the other selection's first node in this one, or -1.
    public func index(of other: Selection) -> Int {
        guard let node = other.nodes.first, other.document === document else { return -1 }
        return nodes.firstIndex(of: node) ?? -1
    }
}
