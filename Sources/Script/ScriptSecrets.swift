// The values `k6/secrets` gives out, by source and key, and what of them was given out so far: that is kept
// out of every line scripts log. Made by the CLI before the workers, shared by all of them.

import Base

public final class ScriptSecrets: Sendable {
    public struct Source: Sendable {
        public var name: String
        /// Whether `secrets.get` asks this one.
        public var isDefault: Bool
        public var values: [String: String]

        public init(name: String, isDefault: Bool, values: [String: String]) {
            self.name = name
            self.isDefault = isDefault
            self.values = values
        }
    }

    /// What stands in a log for a secret.
    public static let mask = "***SECRET_REDACTED***"

    private let sources: [Source]
    /// Longest first: a secret that holds another is masked as a whole.
    private let given = Locked<[String]>([])

    public init(_ sources: [Source]) { self.sources = sources }

    /// The values of a source's file: a line `key=value` each. Nothing is trimmed.
    public static func values(ofFile text: String) throws(ScriptError) -> [String: String] {
        var values: [String: String] = [:]
        // Bytes: a carriage return and a line feed would be one character of a string.
        var lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
                let shown = GoText.quoted(String(decoding: line, as: UTF8.self))
                throw ScriptError(.generic, "parsing \(shown), needs =")
            }
            values[String(decoding: line[..<equals], as: UTF8.self)] =
                String(decoding: line[(equals + 1)...], as: UTF8.self)
        }
        return values
    }

    enum Lookup: Equatable { case value(String), missing(String) }

    /// - Parameter source: nil for the default one.
    func get(_ key: String, from source: String?) -> Lookup {
        if sources.isEmpty { return .missing("no secret sources are configured") }
        guard let found = sources.first(where: { source == nil ? $0.isDefault : $0.name == source }) else {
            return .missing("no secret source with name \(GoText.quoted(source ?? "default")) is configured")
        }
        guard let value = found.values[key] else { return .missing("no value") }
        // An empty text would stand between any two characters of a line.
        if !value.isEmpty {
            given.withLock { given in
                if given.contains(value) { return }
                let place = given.firstIndex { $0.utf8.count < value.utf8.count } ?? given.endIndex
                given.insert(value, at: place)
            }
        }
        return .value(value)
    }

    /// `text` with a mask in place of every secret that was given out.
    public func redacted(_ text: String) -> String {
        var text = text
        for secret in given.withLock({ $0 }) where text.contains(secret) {
            text = text.replacing(secret, with: Self.mask)
        }
        return text
    }

    /// The same for bytes that may be no text.
    public func redacted(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in given.withLock({ $0 }) {
            bytes.replace(Array(secret.utf8), with: Array(Self.mask.utf8))
        }
        return bytes
    }
}
