// `data-` attributes as values: which attribute a name in a script stands for, what name an attribute gets
// there, and what its text is converted to. Called by `Selection.data`.

import Base

extension Selection {
    /// The value of one `data-` attribute of the first node, by its name in a script.
    public func data(_ name: String) -> HTMLValue {
        attribute("data-" + DataName.attribute(name)).map(DataName.value) ?? .undefined
    }

    /// All `data-` attributes of the first node; nil when it has no attributes at all.
    public var allData: [(name: String, value: HTMLValue)]? {
        guard let node = nodes.first else { return nil }
        let attributes = document.attributes(of: node)
        if attributes.isEmpty { return nil }
        var result: [(name: String, value: HTMLValue)] = []
        for attribute in attributes {
            let name = document.names[Int(attribute.name)]
            guard name.hasPrefix("data-"), name.utf8.count > 5 else { continue }
            let key = DataName.script(String(name.dropFirst(5)))
            let value = DataName.value(document.string(attribute.value))
            if let index = result.firstIndex(where: { $0.name == key }) {
                result[index].value = value
            } else {
                result.append((key, value))
            }
        }
        return result
    }
}

enum DataName {
    /// Words that count as one when in capitals: `userID` is `user-id`.
    private static let initialisms = [
        "ACL", "API", "ASCII", "CPU", "CSS", "DNS", "EOF", "ETA", "GPU", "GUID", "HTML", "HTTP", "HTTPS",
        "ID",
        "IP", "JSON", "LHS", "OS", "QPS", "RAM", "RHS", "RPC", "SLA", "SMTP", "SQL", "SSH", "TCP", "TLS",
        "TTL",
        "UDP", "UI", "UID", "UUID", "URI", "URL", "UTF8", "VM", "XML", "XMPP", "XSRF", "XSS", "OAuth",
    ]

    /// "fooBar" → "foo-bar". A new word begins at each capital.
    static func attribute(_ name: String) -> String {
        var words: [String] = []
        var rest = name[...]
        while let first = rest.first {
            if let word = initialisms.filter({ rest.hasPrefix($0) }).max(by: { $0.count < $1.count }) {
                words.append(word)
                rest = rest.dropFirst(word.count)
                continue
            }
            let tail = rest.dropFirst().prefix { !$0.isUppercase }
            words.append(String(first) + tail)
            rest = rest.dropFirst(1 + tail.count)
        }
        return words.map { $0.lowercased() }.joined(separator: "_").map { $0 == "_" ? "-" : String($0) }
            .joined()
    }

    /// "foo-bar" → "fooBar", "user-id" → "userID".
    static func script(_ name: String) -> String {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        return words.enumerated().map { index, word in
            if index == 0 { return String(word) }
            if let known = initialisms.first(where: { $0.uppercased() == word.uppercased() }) { return known }
            return word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }

    /// Numbers only in the form in which they are printed, objects and arrays only when they are JSON.
    static func value(_ text: String) -> HTMLValue {
        switch text {
        case "", "null", "undefined": return .undefined
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        if let number = number(text) { return .number(number) }
        if let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            do {
                _ = try JSONValue.parse(text)
                return .json(text)
            } catch {
                // Not JSON: it is what it says.
                return .string(text)
            }
        }
        return .string(text)
    }

    private static func number(_ text: String) -> Double? {
        do {
            let number = try GoText.parseFloat(text)
            return plain(number) == text ? number : nil
        } catch {
            return nil
        }
    }

    /// The shortest digits without an exponent.
    private static func plain(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number.sign == .minus { return "-" + plain(-number) }
        let text = NumberText.shortest(number)
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        let digits = text[..<mark].filter { $0 != "." }
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        return digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
}
