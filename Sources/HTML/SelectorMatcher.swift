// Asks whether a node of a document is what a selector describes. Complex selectors are asked from the right:
// first the node itself, then whether the rest is found among its ancestors or siblings. Called by
// `Selection`'s traversals.

struct SelectorMatcher {
    let document: Document

    /// The names only which can match, by number; nil when any can. Most nodes of a page are passed over by
    /// this alone.
    func names(_ selector: Selector) -> [Int32]? {
        var names: [Int32] = []
        for alternative in selector.alternatives {
            guard let type = alternative.compounds.last?.type else { return nil }
            if let index = document.names.firstIndex(of: type) { names.append(Int32(index)) }
        }
        return names
    }

    func matches(_ id: NodeID, _ selector: Selector) -> Bool {
        selector.alternatives.contains { alternative in
            matches(id, alternative, upTo: alternative.compounds.count - 1)
        }
    }

    private func matches(_ id: NodeID, _ selector: ComplexSelector, upTo index: Int) -> Bool {
        guard matches(id, selector.compounds[index]) else { return false }
        if index == 0 { return true }
        switch selector.combinators[index - 1] {
        case .child:
            let parent = document.parent(id)
            return parent != Document.none && matches(parent, selector, upTo: index - 1)
        case .descendant:
            var at = document.parent(id)
            while at != Document.none {
                if matches(at, selector, upTo: index - 1) { return true }
                at = document.parent(at)
            }
            return false
        case .nextSibling:
            let sibling = document.previousElement(id)
            return sibling != Document.none && matches(sibling, selector, upTo: index - 1)
        case .laterSibling:
            var at = document.previousElement(id)
            while at != Document.none {
                if matches(at, selector, upTo: index - 1) { return true }
                at = document.previousElement(at)
            }
            return false
        }
    }

    private func matches(_ id: NodeID, _ compound: CompoundSelector) -> Bool {
        if compound.needsElement, !document.isElement(id) { return false }
        if let type = compound.type, document.name(id) != type { return false }
        return compound.conditions.allSatisfy { holds($0, id) }
    }

    private func holds(_ condition: Condition, _ id: NodeID) -> Bool {
        switch condition {
        case .id(let value): return document.attributeBytes(id, "id")?.elementsEqual(value) ?? false
        case .attribute(let test): return holds(test, id)
        case .not(let selector): return !matches(id, selector)
        case .has(let selector, let onlyChildren): return has(id, selector, onlyChildren)
        case .contains(let text, let onlyOwn): return isIn(text, self.text(id, onlyOwn).lowercased())
        case .matches(let pattern, let onlyOwn): return pattern.matches(self.text(id, onlyOwn))
        case .nth(let test): return test.accepts(position(id, test))
        case .onlyChild(let ofType):
            return position(id, NthTest(step: 0, offset: 1, fromEnd: false, ofType: ofType)) == 1
                && position(id, NthTest(step: 0, offset: 1, fromEnd: true, ofType: ofType)) == 1
        case .empty: return isEmpty(id)
        case .root: return document.parent(id) == Document.root
        case .input: return ["input", "select", "textarea", "button"].contains(document.name(id))
        case .enabled: return isEnabled(id)
        case .disabled: return isDisabled(id)
        case .checked: return isChecked(id)
        case .link: return isLink(id)
        case .lang(let language): return speaks(language, id)
        case .never: return false
        }
    }
}

// MARK: - Conditions

extension SelectorMatcher {
    private func holds(_ test: AttributeTest, _ id: NodeID) -> Bool {
        let found = document.attributeBytes(id, test.name)
        if case .differs(let value) = test.operation {
            return found.map { !equal($0, value[...], test) } ?? true
        }
        guard let found else { return false }
        switch test.operation {
        case .exists: return true
        case .equals(let value): return equal(found, value[...], test)
        case .differs: return false
        case .includesWord(let value): return includesWord(found, value, test)
        case .startsWithWord(let value):
            guard found.count >= value.count, equal(found.prefix(value.count), value[...], test) else {
                return false
            }
            return found.count == value.count
                || found[found.startIndex + value.count] == UInt8(ascii: "-")
        case .hasPrefix(let value):
            return !isBlank(found) && equal(found.prefix(value.count), value[...], test)
        case .hasSuffix(let value):
            return !isBlank(found) && equal(found.suffix(value.count), value[...], test)
        case .holds(let value):
            guard !isBlank(found), found.count >= value.count else { return false }
            return (found.startIndex...found.endIndex - value.count).contains {
                equal(found[$0..<$0 + value.count], value[...], test)
            }
        case .matches(let pattern): return pattern.matches(String(decoding: found, as: UTF8.self))
        }
    }

    private func equal(_ found: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ test: AttributeTest) -> Bool
    {
        if !test.ignoresCase { return found.elementsEqual(value) }
        return String(decoding: found, as: UTF8.self).lowercased()
            == String(decoding: value, as: UTF8.self).lowercased()
    }

    /// Words end at every single space, so an empty one stands between two.
    private func includesWord(_ found: ArraySlice<UInt8>, _ value: [UInt8], _ test: AttributeTest) -> Bool {
        var rest = found
        while let space = rest.firstIndex(where: SelectorParser.isSpace) {
            if equal(rest[..<space], value[...], test) { return true }
            rest = rest[(space + 1)...]
        }
        return !rest.isEmpty && equal(rest, value[...], test)
    }

    private func isIn(_ part: String, _ text: String) -> Bool {
        let part = Array(part.utf8)
        let text = Array(text.utf8)
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    private func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }

    /// Tests everything below (or right below) the node; what it tests may reach out of the node's subtree.
    private func has(_ id: NodeID, _ selector: Selector, _ onlyChildren: Bool) -> Bool {
        var at = document.firstChild(id)
        while at != Document.none {
            if matches(at, selector) { return true }
            at = onlyChildren ? document.nextSibling(at) : document.following(at, below: id)
        }
        return false
    }

    /// Of a comment or the document: "".
    private func text(_ id: NodeID, _ onlyOwn: Bool) -> String {
        guard onlyOwn else { return document.kind(id) == .document ? "" : document.text(id) }
        var text: [UInt8] = []
        document.children(id) { child in
            if document.kind(child) == .text { text += document.slice(document.nodes[Int(child)].text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Of an element among its siblings, from 1.
    private func position(_ id: NodeID, _ test: NthTest) -> Int {
        let name = document.nodes[Int(id)].name
        var position = 1
        var at = test.fromEnd ? document.nextElement(id) : document.previousElement(id)
        while at != Document.none {
            if !test.ofType || document.nodes[Int(at)].name == name { position += 1 }
            at = test.fromEnd ? document.nextElement(at) : document.previousElement(at)
        }
        return position
    }

    /// White space and comments do not count.
    private func isEmpty(_ id: NodeID) -> Bool {
        var at = document.firstChild(id)
        while at != Document.none {
            switch document.kind(at) {
            case .element: return false
            case .text where !isBlank(document.slice(document.nodes[Int(at)].text)): return false
            default: break
            }
            at = document.nextSibling(at)
        }
        return true
    }

    private func isLink(_ id: NodeID) -> Bool {
        ["a", "area", "link"].contains(document.name(id)) && document.hasAttribute(id, "href")
    }

    private func isEnabled(_ id: NodeID) -> Bool {
        switch document.name(id) {
        case "a", "area", "link": document.hasAttribute(id, "href")
        case "optgroup", "menuitem", "fieldset": !document.hasAttribute(id, "disabled")
        case "button", "input", "select", "textarea", "option":
            !document.hasAttribute(id, "disabled") && !isInDisabledFieldset(id)
        default: false
        }
    }

    private func isDisabled(_ id: NodeID) -> Bool {
        switch document.name(id) {
        case "optgroup", "menuitem", "fieldset": document.hasAttribute(id, "disabled")
        case "button", "input", "select", "textarea", "option":
            document.hasAttribute(id, "disabled") || isInDisabledFieldset(id)
        default: false
        }
    }

    /// The first legend of a disabled fieldset stays enabled.
    private func isInDisabledFieldset(_ id: NodeID) -> Bool {
        var at = id
        var parent = document.parent(id)
        while parent != Document.none {
            if document.isElement(parent, named: "fieldset"), document.hasAttribute(parent, "disabled"),
                !isFirstLegend(at)
            {
                return true
            }
            at = parent
            parent = document.parent(at)
        }
        return false
    }

    private func isFirstLegend(_ id: NodeID) -> Bool {
        guard document.isElement(id, named: "legend") else { return false }
        var at = document.previousSibling(id)
        while at != Document.none {
            if document.isElement(at, named: "legend") { return false }
            at = document.previousSibling(at)
        }
        return true
    }

    private func isChecked(_ id: NodeID) -> Bool {
        switch document.name(id) {
        case "input", "menuitem":
            guard document.hasAttribute(id, "checked"), let type = document.attribute(id, "type") else {
                return false
            }
            return ["checkbox", "radio"].contains(type.lowercased())
        case "option": return document.hasAttribute(id, "selected")
        default: return false
        }
    }

    /// The node or anything around it declares the language, or a dialect of it.
    private func speaks(_ language: String, _ id: NodeID) -> Bool {
        let value = Array(language.utf8)
        var at = id
        while at != Document.none {
            if let found = document.attributeBytes(at, "lang"), found.starts(with: value),
                found.count == value.count || found[found.startIndex + value.count] == UInt8(ascii: "-")
            {
                return true
            }
            at = document.parent(at)
        }
        return false
    }
}
