// What the config file holds for an output under `collectors`: `{"collectors": {"influxdb": {"db": "x"}}}`.
// Read as k6 reads it: names match whatever their case, null sets nothing, unknown names are passed over.
// Lies under the environment and the output's argument. Pure; made by the CLI, read by the configurations.

import Base

public struct CollectorSettings: Hashable, Sendable {
    private let output: String
    private let object: JSONObject

    /// None.
    public init() {
        output = ""
        object = JSONObject()
    }

    /// - Parameters:
    ///   - value: what stands in the file under the output's name; nil: nothing.
    ///   - output: the name, for messages.
    /// - Throws: when it is no object.
    public init(_ value: JSONValue?, of output: String) throws(OutputError) {
        self.output = output
        switch value {
        case nil, .null: object = JSONObject()
        case .object(let members): object = members
        case .some(let other):
            throw OutputError(
                "collectors.\(output) in the config file: expected an object, not \(other.kind)")
        }
    }

    /// The name of a setting in messages.
    func path(_ key: String) -> String { "collectors.\(output).\(key) in the config file" }

    /// nil when the file does not say.
    func text(_ key: String) throws(OutputError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.text else { throw expected("a string", key, value) }
        return text
    }

    func flag(_ key: String) throws(OutputError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.boolean else { throw expected("true or false", key, value) }
        return flag
    }

    /// A whole number, as such or as a string, which sets nothing when it is empty.
    func whole(_ key: String) throws(OutputError) -> Int? {
        switch value(key) {
        case nil, .string(""): return nil
        case .number(let text), .string(let text):
            guard let number = Int(text) else {
                throw OutputError("\(path(key)): expected a whole number, not \(text)")
            }
            return number
        case .some(let other): throw expected("a whole number", key, other)
        }
    }

    /// Nanoseconds, above 0: a number is milliseconds.
    func intervalNs(_ key: String) throws(OutputError) -> Int64? {
        let text: String
        switch value(key) {
        case nil: return nil
        case .number(let number): text = number
        case .string(let string): text = string
        case .some(let other): throw expected("a duration such as \"1s\" or milliseconds", key, other)
        }
        let ns: Int64
        do { ns = try GoDuration.parseExtended(text) } catch { throw OutputError("\(path(key)): \(error)") }
        if ns <= 0 { throw OutputError("\(path(key)) must be longer than nothing, not \(text)") }
        return ns
    }

    /// nil also when the list is empty.
    func texts(_ key: String) throws(OutputError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.elements else { throw expected("an array of strings", key, value) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else { throw expected("strings in the array", key, element) }
            texts.append(text)
        }
        return texts.isEmpty ? nil : texts
    }

    /// An object of strings, in the file's order.
    func pairs(_ key: String) throws(OutputError) -> [(name: String, value: String)] {
        guard let value = value(key) else { return [] }
        guard let members = value.members else { throw expected("an object of strings", key, value) }
        var pairs: [(name: String, value: String)] = []
        for member in members.members {
            guard let text = member.value.text else {
                throw expected("strings in the object", key, member.value)
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    private func value(_ key: String) -> JSONValue? {
        let wanted = key.lowercased()
        let value = object.members.last { $0.name.lowercased() == wanted }?.value
        return value == .null ? nil : value
    }

    private func expected(_ what: String, _ key: String, _ value: JSONValue) -> OutputError {
        OutputError("\(path(key)): expected \(what), not \(value.kind)")
    }
}

extension Substring {
    /// Without white space at its ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
