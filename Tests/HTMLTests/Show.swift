// Writes what the tests find the way the scripts did that asked k6: nodes as "name#id", values with their
// type.

import Base
import HTML
import Testing

enum Show {
    static func node(_ element: Element) -> String {
        if element.nodeType == 3 { return "#text" + quoted(element.textContent) }
        return element.nodeName + (element.id.isEmpty ? "" : "#" + element.id)
    }

    static func nodes(_ selection: Selection) -> String {
        selection.elements.map(node).joined(separator: ", ")
    }

    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return writer.text
    }

    static func value(_ value: ElementValue) -> String {
        switch value {
        case .undefined: "undefined"
        case .boolean(let flag): "boolean:\(flag)"
        case .number(let number): number.isFinite ? "number:" + NumberText.shortest(number) : "number:null"
        case .string(let text): "string:" + quoted(text)
        case .strings(let texts): "[" + texts.map { "string:" + quoted($0) }.joined(separator: ", ") + "]"
        case .element(let element): "El(\(node(element)))"
        case .elements(let elements): "[" + elements.map { "El(\(node($0)))" }.joined(separator: ", ") + "]"
        }
    }

    static func value(_ value: HTMLValue) -> String {
        switch value {
        case .undefined: "undefined"
        case .boolean(let flag): "boolean:\(flag)"
        case .number(let number): number.isFinite ? "number:" + NumberText.shortest(number) : "number:null"
        case .string(let text): "string:" + quoted(text)
        case .strings(let texts): "[" + texts.map { "string:" + quoted($0) }.joined(separator: ", ") + "]"
        case .json(let text): text
        }
    }

    static func value(of member: String, in element: Element) -> ElementValue? {
        element.kind.members.first { $0.name == member }?.read(element)
    }

    /// The result of "tag.member" for a tag that stands where it may, with some attribute.
    static func member(_ path: String, _ attribute: String) throws -> String {
        let words = path.split(separator: ".").map(String.init)
        let around = [
            "tr": "<table><tbody>", "td": "<table><tr>", "th": "<table><tr>", "tbody": "<table>",
            "thead": "<table>", "tfoot": "<table>", "col": "<table>", "option": "<select>",
        ]
        let page = (around[words[0]] ?? "") + "<\(words[0]) \(attribute)>"
        let element = try #require(Selection(Document(parsing: page)).find(words[0]).element(at: 0))
        return value(of: words[1], in: element).map { value($0) } ?? "no such member"
    }

    /// Names in capitals' order: the order in which k6 lists them.
    static func inGoOrder(_ one: String, _ other: String) -> Bool {
        func capital(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
        return capital(one) < capital(other)
    }
}
