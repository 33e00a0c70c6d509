// The few shapes most members of elements have: an attribute as text, as a flag, as a number, as one of some
// words; or what a selector finds below the element. Used by the tables of `ElementKind`.

import Base

enum SelectorText {
    /// In double quotes, for use in a selector. As in k6 a quote in the text makes the selector invalid.
    static func quoted(_ text: String) -> String { "\"" + text + "\"" }
}

extension ElementMember {
    /// An attribute, "" when it is missing. Without a name of its own it is the member's in lower case.
    static func text(_ name: String, _ attribute: String? = nil) -> ElementMember {
        let attribute = attribute ?? name.lowercased()
        return ElementMember(name) { .string($0.attribute(attribute) ?? "") }
    }

    /// An attribute that holds an address: resolved where the page's own address is known.
    static func address(_ name: String, _ attribute: String = "src") -> ElementMember {
        ElementMember(name) { element in
            .string(element.attribute(attribute).map { element.resolved($0) ?? "" } ?? "")
        }
    }

    static func flag(_ name: String, _ attribute: String? = nil) -> ElementMember {
        let attribute = attribute ?? name.lowercased()
        return ElementMember(name) { .boolean($0.hasAttribute(attribute)) }
    }

    /// A whole number, signed or not, or the default.
    static func integer(_ name: String, _ byDefault: Int) -> ElementMember {
        let attribute = name.lowercased()
        return ElementMember(name) { element in
            .number(Double(element.attribute(attribute).flatMap { Int($0) } ?? byDefault))
        }
    }

    /// One of the words, in their case; the first when the attribute is missing or something else.
    static func choice(_ name: String, _ words: [String], of attribute: String? = nil) -> ElementMember {
        let attribute = attribute ?? name.lowercased()
        return ElementMember(name) { element in
            let word = element.attribute(attribute) ?? ""
            return .string(words.contains(word) ? word : words[0])
        }
    }

    static func fixed(_ name: String, _ text: String) -> ElementMember {
        ElementMember(name) { _ in .string(text) }
    }

    /// The element's text.
    static func content(_ name: String) -> ElementMember { ElementMember(name) { .string($0.textContent) } }

    /// What a selector finds below the element.
    static func found(_ name: String, _ selector: String) -> ElementMember {
        ElementMember(name) { .elements($0.selection.find(selector).elements) }
    }

    static func firstFound(_ name: String, _ selector: String) -> ElementMember {
        ElementMember(name) { element in
            Element(optional: element.selection.find(selector).first).map { .element($0) } ?? .undefined
        }
    }

    /// The element's place among what a selector finds in its nearest container, 0 without one.
    static func place(_ name: String, in container: String, among selector: String) -> ElementMember {
        ElementMember(name) { element in
            let siblings = element.selection.closest(container).find(selector)
            return .number(Double(siblings.nodes.firstIndex(of: element.node) ?? 0))
        }
    }

    static let crossOrigin = ElementMember("crossOrigin") { element in
        let word = element.attribute("crossorigin") ?? ""
        return ["anonymous", "use-credentials"].contains(word) ? .string(word) : .undefined
    }

    static let referrerPolicy = choice(
        "referrerPolicy",
        [
            "", "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin",
            "unsafe-url",
        ])

    static let relList = ElementMember("relList") { element in
        let text = element.attribute("rel") ?? ""
        if text.isEmpty { return .strings([]) }
        return .strings(text.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
    }
}

/// The parts of a link's address.
enum LinkPart {
    private static func part(_ name: String, _ read: @escaping @Sendable (WebAddress) -> String)
        -> ElementMember
    {
        ElementMember(name) { element in
            .string(address(element).map(read) ?? (name == "protocol" ? ":" : ""))
        }
    }

    /// Nil when the text is no address.
    private static func address(_ element: Element) -> WebAddress? {
        guard let text = element.attribute("href"), let reference = WebAddress(text),
            let base = WebAddress(element.selection.url)
        else { return nil }
        return base.resolving(reference)
    }

    static let members: [ElementMember] = [
        part("hash") { $0.fragment.isEmpty ? "" : "#" + $0.fragment },
        part("host") { address in
            let defaults = ["http": "80", "https": "443", "ftp": "21"]
            return defaults[address.scheme] == address.port ? address.hostname : address.host
        },
        part("hostname") { $0.hostname },
        part("origin") { address in
            if address.scheme.isEmpty { return "" }
            if address.scheme == "file" { return address.text }
            return address.scheme + "://" + address.host
        },
        part("password") { $0.password ?? "" },
        part("pathname") { $0.path },
        part("port") { $0.port },
        part("protocol") { $0.scheme.isEmpty ? ":" : $0.scheme },
        part("search") { $0.query.isEmpty ? "" : "?" + $0.query },
        part("username") { $0.user ?? "" },
    ]
}
