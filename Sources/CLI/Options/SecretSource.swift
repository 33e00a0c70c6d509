// `--secret-source`: where scripts may take secrets from. Read from the command line here; the runtime
// opens the sources and keeps their values out of every log.

public struct SecretSource: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A file of `key=value` lines.
        case file(path: String)
        /// The values themselves.
        case mock([String: String])
    }

    public var kind: Kind
    /// What scripts call it: `secrets.source(name)`.
    public var name: String
    /// Whether `secrets.get` asks this one.
    public var isDefault: Bool

    /// Reads `file=PATH` and `mock=KEY=VALUE,…`, each with `name=NAME` and `default` among its parts. A
    /// source alone is the default one.
    /// - Throws: exit code 255.
    static func read(_ texts: [String]) throws(CLIError) -> [SecretSource] {
        var sources: [SecretSource] = []
        for text in texts {
            let source = try read(text)
            if sources.contains(where: { $0.name == source.name }) {
                throw CLIError(
                    "two secret sources have the name \"\(source.name)\"", hint: "add name=… to one of them")
            }
            if source.isDefault && sources.contains(where: \.isDefault) {
                throw CLIError("two secret sources are the default one, the second is \"\(source.name)\"")
            }
            sources.append(source)
        }
        if sources.count == 1 { sources[0].isDefault = true }
        return sources
    }

    private static func read(_ text: String) throws(CLIError) -> SecretSource {
        func problem(_ reason: String) -> CLIError {
            CLIError("invalid secret source \"\(text)\": \(reason)", hint: "file=PATH or mock=KEY=VALUE")
        }
        guard let (type, settings) = Text.split(text, at: "=") else {
            throw problem("there is no = after its kind")
        }
        guard ["file", "mock"].contains(type) else {
            throw problem("there is no kind \"\(type)\", only file and mock")
        }
        var source = SecretSource(kind: .mock([:]), name: type, isDefault: false)
        var values: [String: String] = [:]
        var path: String?
        for part in settings.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            if part == "default" {
                source.isDefault = true
                continue
            }
            let pair = Text.split(part, at: "=")
            if let pair, pair.0 == "name" {
                source.name = pair.1
            } else if type == "mock" {
                guard let pair else { throw problem("\"\(part)\" needs a =") }
                values[pair.0] = pair.1
            } else if pair == nil || pair?.0 == "filename" {
                path = pair?.1 ?? part
            } else {
                throw problem(
                    "unknown setting \"\(pair?.0 ?? part)\" of a file; there are filename, name and default")
            }
        }
        if type == "mock" {
            source.kind = .mock(values)
        } else {
            guard let path, !path.isEmpty else { throw problem("the file's path is missing") }
            source.kind = .file(path: path)
        }
        return source
    }
}
