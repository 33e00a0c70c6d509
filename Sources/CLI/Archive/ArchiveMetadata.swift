// `metadata.json` of an archive, in k6's form both ways: what kind of test it is, its options, where its
// script lay and the variables it was given. Used by TestArchive.

import Base

struct ArchiveMetadata: Hashable, Sendable {
    var options = TestOptions()
    /// URLs, without the user's name.
    var scriptURL: String
    var directoryURL: String
    /// nil: no variable was to be embedded.
    var env: [String: String]?
    var compatibilityMode = "extended"

    func json() -> [UInt8] {
        var writer = JSONWriter(indentSpaces: 2)
        writer.escaping = .go
        writer.object { writer in
            writer.member("type", "js")
            writer.key("options")
            writer.object { OptionsJSON.members(options, &$0) }
            writer.member("filename", scriptURL)
            writer.member("pwd", directoryURL)
            writer.member("env", env) { $0.map($1) }
            writer.member("compatibilityMode", compatibilityMode)
            writer.member("k6version", Version.k6)
            writer.member("goos", "linux")
        }
        return Array((writer.text + "\n").utf8)
    }

    /// - Throws: what is wrong with the document; exit code 255 as for every archive that cannot be read,
    ///   104 for an option.
    static func read(_ bytes: [UInt8]) throws(CLIError) -> ArchiveMetadata {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw CLIError("the archive's metadata.json is no JSON: \(error)")
        }
        guard let object = value.members else {
            throw CLIError("the archive's metadata.json holds \(value.kind) instead of an object")
        }
        var metadata: ArchiveMetadata
        do { metadata = try facts(object) } catch {
            throw CLIError("the archive's metadata.json: \(error.reason)")
        }
        if let options = OptionJSON.lookup("options", in: object) {
            // Keys of a newer k6 are no matter: the options were checked when the archive was made.
            metadata.options = try OptionLayers.fromJSON(options, source: .script).options
        }
        return metadata
    }

    private static func facts(_ object: JSONObject) throws(TextError) -> ArchiveMetadata {
        if let type = try text("type", object), type != "js" {
            throw TextError("tests of the type \"\(type)\" are unknown")
        }
        guard let script = try text("filename", object) else { throw TextError("\"filename\" is missing") }
        let url = script.contains("://") ? script : ArchivePaths.fileURL(script)
        let directory = try text("pwd", object) ?? String(url[..<(url.lastIndex(of: "/") ?? url.endIndex)])
        var metadata = ArchiveMetadata(
            scriptURL: url,
            directoryURL: directory.contains("://") ? directory : ArchivePaths.fileURL(directory))
        if let env = OptionJSON.lookup("env", in: object) { metadata.env = try OptionJSON.stringMap(env) }
        metadata.compatibilityMode = try text("compatibilityMode", object) ?? "extended"
        return metadata
    }

    private static func text(_ key: String, _ object: JSONObject) throws(TextError) -> String? {
        guard let value = OptionJSON.lookup(key, in: object) else { return nil }
        guard let text = value.text else { throw TextError("\"\(key)\" is \(value.kind), no string") }
        return text.isEmpty ? nil : text
    }
}
