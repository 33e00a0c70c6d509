// Writes nodes back as text, byte for byte as k6 does: void elements end in "/>", quotes are escaped in texts
// as in attributes, the content of scripts and their like is not escaped. Called by `Selection.html`.

struct HTMLWriter {
    private(set) var text: [UInt8] = []
    /// Set behind `plaintext`: nothing can follow it, so nothing does.
    private var hasEnded = false
    private let document: Document

    init(_ document: Document) { self.document = document }

    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param",
        "source",
        "track", "wbr",
    ]
    private static let literal: Set<String> = [
        "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp",
    ]
    private static let keepsNewline: Set<String> = ["listing", "pre", "textarea"]

    /// What stands between the tags of `id`. A text is escaped here whatever element it stands in.
    static func inner(_ document: Document, _ id: NodeID) -> String {
        var writer = HTMLWriter(document)
        document.children(id) { writer.write($0) }
        return String(decoding: writer.text, as: UTF8.self)
    }

    /// The node and all below it. Walks by links, so that deep pages cost no stack.
    private mutating func write(_ top: NodeID) {
        var at = top
        while !hasEnded {
            open(at, isTop: at == top)
            let child = document.firstChild(at)
            if child != Document.none, !hasEnded {
                at = child
                continue
            }
            close(at)
            while at != top, document.nextSibling(at) == Document.none {
                at = document.parent(at)
                close(at)
            }
            if at == top { return }
            at = document.nextSibling(at)
        }
    }

    private mutating func open(_ id: NodeID, isTop: Bool) {
        let node = document.nodes[Int(id)]
        switch node.kind {
        case .document: break
        case .text:
            if !isTop, isLiteral(node.parent) {
                text += document.slice(node.text)
            } else {
                escape(document.slice(node.text))
            }
        case .comment:
            text += "<!--".utf8
            for byte in document.slice(node.text) {
                if byte == UInt8(ascii: "&") { text += "&amp;".utf8 } else { text.append(byte) }
            }
            text += "-->".utf8
        case .doctype: doctype(id)
        case .element: startTag(id)
        }
    }

    private func isLiteral(_ id: NodeID) -> Bool {
        id != Document.none && document.isElement(id) && document.nodes[Int(id)].namespace == .html
            && Self.literal.contains(document.name(id))
    }

    private mutating func startTag(_ id: NodeID) {
        let name = document.name(id)
        text.append(UInt8(ascii: "<"))
        text += name.utf8
        for attribute in document.attributes(of: id) {
            text.append(UInt8(ascii: " "))
            if attribute.prefix != .none {
                text += attribute.prefix.text.utf8
                text.append(UInt8(ascii: ":"))
            }
            text += document.names[Int(attribute.name)].utf8
            text += "=\"".utf8
            escape(document.slice(attribute.value))
            text.append(UInt8(ascii: "\""))
        }
        let child = document.firstChild(id)
        if child == Document.none, Self.void.contains(name) {
            text += "/>".utf8
            return
        }
        text.append(UInt8(ascii: ">"))
        // The parser drops the first newline of these: another one keeps it.
        if child != Document.none, Self.keepsNewline.contains(name), document.kind(child) == .text,
            document.slice(document.nodes[Int(child)].text).first == UInt8(ascii: "\n")
        {
            text.append(UInt8(ascii: "\n"))
        }
    }

    private mutating func close(_ id: NodeID) {
        guard !hasEnded, document.isElement(id) else { return }
        let name = document.name(id)
        if name == "plaintext", document.nodes[Int(id)].namespace == .html {
            hasEnded = true
            return
        }
        if Self.void.contains(name), document.firstChild(id) == Document.none { return }
        text += "</".utf8
        text += name.utf8
        text.append(UInt8(ascii: ">"))
    }

    private mutating func doctype(_ id: NodeID) {
        let node = document.nodes[Int(id)]
        text += "<!DOCTYPE ".utf8
        escape(Array(document.name(id).utf8)[...])
        let identifiers = (0..<2).map {
            document.slice(document.attributes[Int(node.firstAttribute) + $0].value)
        }
        if !identifiers[0].isEmpty {
            text += " PUBLIC ".utf8
            quote(identifiers[0])
            if !identifiers[1].isEmpty {
                text.append(UInt8(ascii: " "))
                quote(identifiers[1])
            }
        } else if !identifiers[1].isEmpty {
            text += " SYSTEM ".utf8
            quote(identifiers[1])
        }
        text.append(UInt8(ascii: ">"))
    }

    private mutating func quote(_ value: ArraySlice<UInt8>) {
        let mark = UInt8(ascii: value.contains(UInt8(ascii: "\"")) ? "'" : "\"")
        text.append(mark)
        text += value
        text.append(mark)
    }

    private mutating func escape(_ bytes: ArraySlice<UInt8>) {
        var copied = bytes.startIndex
        for index in bytes.indices {
            let escape: StaticString
            switch bytes[index] {
            case UInt8(ascii: "&"): escape = "&amp;"
            case UInt8(ascii: "'"): escape = "&#39;"
            case UInt8(ascii: "<"): escape = "&lt;"
            case UInt8(ascii: ">"): escape = "&gt;"
            case UInt8(ascii: "\""): escape = "&#34;"
            case UInt8(ascii: "\r"): escape = "&#13;"
            default: continue
            }
            text += bytes[copied..<index]
            text += UnsafeBufferPointer(start: escape.utf8Start, count: escape.utf8CodeUnitCount)
            copied = index + 1
        }
        text += bytes[copied...]
    }
}
