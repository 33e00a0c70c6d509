// Parses a page with gumbo and copies its tree into a `Document`; nothing of gumbo outlives the call. Called
// through `Document(parsing:)` by the script modules.

import CGumbo

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension Document {
    /// Any bytes are a document: what is missing is added, what is wrong is repaired, as browsers do.
    public convenience init(parsing page: [UInt8]) {
        let builder = DocumentBuilder.run(page)
        self.init(
            nodes: builder.nodes, attributes: builder.attributes, names: builder.names.all,
            bytes: builder.bytes)
    }

    public convenience init(parsing page: String) { self.init(parsing: Array(page.utf8)) }
}

struct DocumentBuilder {
    fileprivate(set) var nodes: [Node] = []
    fileprivate(set) var attributes: [Attribute] = []
    fileprivate(set) var names = NameTable()
    fileprivate(set) var bytes: [UInt8] = []
    private let rewriter: PageRewriter
    private let start: UnsafePointer<CChar>
    /// Elements that stand behind `</head>` although the parser put them into it.
    private var behindHead: [UnsafePointer<GumboNode>] = []

    static func run(_ page: [UInt8]) -> DocumentBuilder {
        var memory = GumboMemory()
        let rewriter = PageRewriter(page)
        return rewriter.result.withUnsafeBytes { raw in
            withUnsafeMutablePointer(to: &memory) { memory in
                var options = kGumboDefaultOptions
                options.userdata = UnsafeMutableRawPointer(memory)
                options.allocator = { memory, bytes in
                    memory?.assumingMemoryBound(to: GumboMemory.self).pointee.allocate(bytes)
                }
                options.deallocator = { _, _ in }
                options.max_errors = 0
                let empty: StaticString = ""
                let text =
                    raw.bindMemory(to: CChar.self).baseAddress
                    ?? UnsafeRawPointer(empty.utf8Start).assumingMemoryBound(to: CChar.self)
                guard let output = gumbo_parse_with_options(&options, text, raw.count) else {
                    preconditionFailure("the parser returns a tree for every text")
                }
                var builder = DocumentBuilder(rewriter, start: text)
                builder.build(UnsafePointer(output.pointee.document))
                return builder
            }
        }
    }

    private init(_ rewriter: PageRewriter, start: UnsafePointer<CChar>) {
        self.rewriter = rewriter
        self.start = start
        bytes.reserveCapacity(rewriter.result.count)
        nodes.reserveCapacity(rewriter.result.count / 32 + 8)
    }

    private mutating func build(_ document: UnsafePointer<GumboNode>) {
        nodes.append(Node(kind: .document))
        let head = apus_gumbo_document(document).pointee
        let doctypeOffset = head.has_doctype ? Self.doctypeOffset(rewriter.result) : -1
        var hasDoctype = !head.has_doctype
        var open = [
            (children: apus_gumbo_document(document).pointee.children, at: UInt32(0), parent: Document.root)
        ]
        while let frame = open.last {
            guard frame.at < frame.children.length else {
                open.removeLast()
                continue
            }
            open[open.count - 1].at += 1
            let child = Self.node(frame.children, frame.at)
            if frame.parent == Document.root, !hasDoctype, !isComment(child, before: doctypeOffset) {
                hasDoctype = true
                addDoctype(head)
            }
            guard let (id, children) = add(child, to: frame.parent) else { continue }
            if children.length > 0 { open.append((children, 0, id)) }
            if !behindHead.isEmpty, names.all[Int(nodes[Int(id)].name)] == "body" { addLateChildren(to: id) }
        }
        if !hasDoctype { addDoctype(head) }
    }

    private static func node(_ children: GumboVector, _ index: UInt32) -> UnsafePointer<GumboNode> {
        guard let node = children.data[Int(index)] else { preconditionFailure("a vector with a hole") }
        return UnsafePointer(node.assumingMemoryBound(to: GumboNode.self))
    }

    /// Adds one node. The result has the element's children for the caller to walk, which keeps deep pages
    /// off the stack.
    private mutating func add(
        _ node: UnsafePointer<GumboNode>, to parent: NodeID
    ) -> (id: NodeID, children: GumboVector)? {
        switch node.pointee.type {
        case GUMBO_NODE_ELEMENT, GUMBO_NODE_TEMPLATE:
            if standsBehindHead(node, parent) {
                behindHead.append(node)
                return nil
            }
            let element = apus_gumbo_element(node)
            return (append(elementNode(element), to: parent), element.pointee.children)
        case GUMBO_NODE_TEXT, GUMBO_NODE_WHITESPACE, GUMBO_NODE_CDATA:
            addText(apus_gumbo_text(node).pointee.text, to: parent)
        case GUMBO_NODE_COMMENT:
            guard let text = apus_gumbo_text(node).pointee.text else { return nil }
            if strcmp(text, PageRewriter.marker) == 0 { return nil }
            var comment = Node(kind: .comment)
            comment.text = store(text)
            append(comment, to: parent)
        default:
            preconditionFailure("a document inside a document")
        }
        return nil
    }

    @discardableResult
    private mutating func append(_ node: Node, to parent: NodeID) -> NodeID {
        let id = NodeID(nodes.count)
        var node = node
        node.parent = parent
        let last = nodes[Int(parent)].lastChild
        node.previous = last
        nodes.append(node)
        if last == Document.none {
            nodes[Int(parent)].firstChild = id
        } else {
            nodes[Int(last)].next = id
        }
        nodes[Int(parent)].lastChild = id
        return id
    }

    /// Neighbouring texts become one, as they are where the page is read without repairs.
    private mutating func addText(_ text: UnsafePointer<CChar>, to parent: NodeID) {
        let last = nodes[Int(parent)].lastChild
        let range = store(text)
        if last != Document.none, Int(last) == nodes.count - 1, nodes[Int(last)].kind == .text {
            nodes[Int(last)].text.count += range.count
            return
        }
        var node = Node(kind: .text)
        node.text = range
        append(node, to: parent)
    }

    private mutating func store(_ text: UnsafePointer<CChar>?) -> TextRange {
        let start = bytes.count
        guard let text else { return TextRange(start: UInt32(start), count: 0) }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text)))
        return TextRange(start: UInt32(start), count: UInt32(bytes.count - start))
    }
}

// MARK: - Elements

extension DocumentBuilder {
    private mutating func elementNode(_ element: UnsafePointer<GumboElement>) -> Node {
        var node = Node(kind: .element)
        node.namespace =
            switch element.pointee.tag_namespace {
            case GUMBO_NAMESPACE_SVG: .svg
            case GUMBO_NAMESPACE_MATHML: .mathML
            default: .html
            }
        node.name = nameIndex(element)
        node.firstAttribute = Int32(attributes.count)
        let list = element.pointee.attributes
        for index in 0..<Int(list.length) {
            guard let entry = list.data[index] else { continue }
            let attribute = entry.assumingMemoryBound(to: GumboAttribute.self).pointee
            let prefix: AttributePrefix =
                switch attribute.attr_namespace {
                case GUMBO_ATTR_NAMESPACE_XLINK: .xlink
                case GUMBO_ATTR_NAMESPACE_XML: .xml
                case GUMBO_ATTR_NAMESPACE_XMLNS: .xmlns
                default: .none
                }
            attributes.append(
                Attribute(
                    name: names.index(of: attribute.name), prefix: prefix,
                    value: store(attribute.value)))
        }
        node.attributeCount = Int32(list.length)
        return node
    }

    private mutating func nameIndex(_ element: UnsafePointer<GumboElement>) -> Int32 {
        let tag = element.pointee.tag
        let isSVG = element.pointee.tag_namespace == GUMBO_NAMESPACE_SVG
        if tag == GUMBO_TAG_NOFRAMES, isRenamed(element) { return names.index(of: "noscript") }
        if tag != GUMBO_TAG_UNKNOWN, !isSVG { return names.index(of: gumbo_normalized_tagname(tag)) }
        var text = element.pointee.original_tag
        gumbo_tag_from_original_text(&text)
        if isSVG {
            if let name = gumbo_normalize_svg_tagname(&text) { return names.index(of: name) }
            if tag != GUMBO_TAG_UNKNOWN { return names.index(of: gumbo_normalized_tagname(tag)) }
        }
        let bytes = UnsafeRawBufferPointer(start: text.data, count: text.length)
        let name = bytes.map { (65...90).contains($0) ? $0 | 32 : $0 }
        return names.index(of: String(decoding: name, as: UTF8.self))
    }

    private func offset(_ element: UnsafePointer<GumboElement>) -> Int? {
        element.pointee.original_tag.data.map { $0 - start }
    }

    private func isRenamed(_ element: UnsafePointer<GumboElement>) -> Bool {
        guard let offset = offset(element) else { return false }
        return rewriter.renamed.contains(offset)
    }

    /// A `noscript` between `</head>` and the body belongs to the body; the name it has for the parser does
    /// not.
    private func standsBehindHead(_ node: UnsafePointer<GumboNode>, _ parent: NodeID) -> Bool {
        let element = apus_gumbo_element(node)
        guard element.pointee.tag == GUMBO_TAG_NOFRAMES, isRenamed(element),
            names.all[Int(nodes[Int(parent)].name)] == "head", let offset = offset(element),
            let head = node.pointee.parent
        else { return false }
        let end = apus_gumbo_element(head).pointee.original_end_tag
        guard end.length > 0, let endData = end.data else { return false }
        return endData - start < offset
    }

    private mutating func addLateChildren(to body: NodeID) {
        let late = behindHead
        behindHead = []
        for node in late {
            let element = apus_gumbo_element(node)
            let id = append(elementNode(element), to: body)
            for index in 0..<element.pointee.children.length {
                _ = add(Self.node(element.pointee.children, index), to: id)
            }
        }
    }
}

// MARK: - Doctype

extension DocumentBuilder {
    private mutating func addDoctype(_ document: GumboDocument) {
        var node = Node(kind: .doctype)
        node.name = names.index(of: document.name.map { String(cString: $0) } ?? "")
        node.firstAttribute = Int32(attributes.count)
        for (name, value) in [
            ("public", document.public_identifier), ("system", document.system_identifier),
        ] {
            attributes.append(Attribute(name: names.index(of: name), value: store(value)))
        }
        node.attributeCount = 2
        append(node, to: Document.root)
    }

    private func isComment(_ node: UnsafePointer<GumboNode>, before offset: Int) -> Bool {
        node.pointee.type == GUMBO_NODE_COMMENT
            && Int(apus_gumbo_text(node).pointee.start_pos.offset) < offset
    }

    /// Where the doctype starts: the parser keeps what it says, but not where it stood among comments.
    private static func doctypeOffset(_ page: [UInt8]) -> Int {
        var at = 0
        while at < page.count {
            if PageRewriter.starts(page, at, Array("<!doctype".utf8)) { return at }
            let isComment = PageRewriter.starts(page, at, Array("<!--".utf8))
            at = isComment ? PageRewriter.commentEnd(page, at) : at + 1
        }
        return 0
    }
}

/// Names of elements and attributes, each once per document.
struct NameTable {
    private(set) var all: [String] = []
    /// Open addressing over `all`; -1: free. A power of two, at most half full.
    private var slots = [Int32](repeating: -1, count: 128)

    mutating func index(of name: String) -> Int32 {
        var name = name
        return name.withUTF8 { index(of: $0) }
    }

    mutating func index(of name: UnsafePointer<CChar>) -> Int32 {
        let count = strlen(name)
        return name.withMemoryRebound(to: UInt8.self, capacity: count) {
            index(of: UnsafeBufferPointer(start: $0, count: count))
        }
    }

    mutating func index(of name: UnsafeBufferPointer<UInt8>) -> Int32 {
        var slot = Int(Self.hash(name)) & (slots.count - 1)
        while slots[slot] >= 0 {
            if all[Int(slots[slot])].utf8.elementsEqual(name) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = Int32(all.count)
        all.append(String(decoding: name, as: UTF8.self))
        slots[slot] = index
        if all.count * 2 > slots.count { grow() }
        return index
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (index, name) in all.enumerated() {
            var name = name
            var slot = Int(name.withUTF8 { Self.hash($0) }) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    /// FNV-1a.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        name.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
