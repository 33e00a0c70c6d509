// What can be read of a selection: text, markup, attributes, form values and `data-` attributes, as k6 reads
// them. Called by the script module `k6/html`.

import Base

/// What a form control or a `data-` attribute holds.
public enum HTMLValue: Hashable {
    case undefined
    case boolean(Bool)
    case number(Double)
    case string(String)
    case strings([String])
    /// JSON text that is known to be valid: an object or an array.
    case json(String)
}

extension Selection {
    /// The texts of all nodes, one after the other.
    public var text: String {
        var text: [UInt8] = []
        for node in nodes { document.appendText(node, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What the first node holds, as markup.
    public var html: String { nodes.first.map { HTMLWriter.inner(document, $0) } ?? "" }

    /// An attribute of the first node.
    public func attribute(_ name: String) -> String? {
        nodes.first.flatMap { document.attribute($0, name) }
    }

    public func hasAttribute(_ name: String) -> Bool {
        nodes.first.map { document.hasAttribute($0, name) } ?? false
    }

    var name: String {
        nodes.first.map { document.isElement($0) ? document.name($0) : "" } ?? ""
    }

    /// The value of the first node as a form control; undefined for anything else.
    public var value: HTMLValue {
        switch name {
        case "input":
            let isBox = ["radio", "checkbox"].contains(attribute("type") ?? "")
            return .string(attribute("value") ?? (isBox ? "on" : ""))
        case "button": return .string(attribute("value") ?? "")
        case "textarea": return .string(html)
        case "option": return .string(optionValue)
        case "select":
            let values = found([nodes[0]]).find("option[selected]").each.map(\.optionValue)
            return hasAttribute("multiple") ? .strings(values) : .string(values.first ?? "")
        default: return .undefined
        }
    }

    /// An option without a value stands for its content, as markup.
    var optionValue: String { attribute("value") ?? html }

    /// Every node by itself.
    var each: [Selection] { nodes.map { alone($0) } }
}

// MARK: - Forms

extension Selection {
    public struct FormField {
        public let name: String
        public let value: HTMLValue
    }

    /// The fields of the first form, or those of the selected controls themselves: named, no buttons, and as
    /// in k6 neither checkboxes nor radio buttons; disabled ones count.
    public var formFields: [FormField] {
        let controls = "input,select,textarea,keygen"
        let fields = matches("form") ? find(controls) : filter(controls)
        return fields.each.compactMap { field in
            guard let name = field.attribute("name"), !name.isEmpty else { return nil }
            let type = field.attribute("type") ?? ""
            let excluded = ["submit", "button", "reset", "image", "file", "checkbox", "radio"]
            if field.name == "input", excluded.contains(type) { return nil }
            return FormField(name: name, value: field.value)
        }
    }

    /// By name, the last one of each name; in the order in which the names first came.
    public var formObject: [FormField] {
        var result: [FormField] = []
        for field in formFields {
            if let index = result.firstIndex(where: { $0.name == field.name }) {
                result[index] = field
            } else {
                result.append(field)
            }
        }
        return result
    }

    /// `formObject` as a query, sorted by name.
    public var serialized: String {
        formObject.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.flatMap { field in
            let values: [String] =
                switch field.value {
                case .string(let value): [value]
                case .strings(let values): values
                default: []
                }
            return values.map { FormEncoding.escaped(field.name) + "=" + FormEncoding.escaped($0) }
        }.joined(separator: "&")
    }
}

public enum FormEncoding {
    /// As in a query: a plus for a space, and everything but letters, digits and `-_.~` in hexadecimal.
    public static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: " "): result.append(UInt8(ascii: "+"))
            default:
                result.append(UInt8(ascii: "%"))
                let digits = Array("0123456789ABCDEF".utf8)
                result += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
