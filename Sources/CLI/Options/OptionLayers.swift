// One layer of test options each from flags, environment and JSON (config file or script).
// OptionsConsolidator lays them over each other. k6's exit codes: 255 for what stands on the command line,
// 104 for the rest.

import Base

public enum OptionLayers {
    static func fromFlags(_ flags: ParsedFlags) throws(CLIError) -> TestOptions {
        var options = TestOptions()
        for binding in OptionCatalogue.bindings {
            guard let name = binding.flag, let read = binding.fromFlag, let texts = flags.all(name) else {
                continue
            }
            do { try read(texts, &options) } catch {
                let label = FlagTable.run.first { $0.name == name }?.label ?? "--\(name)"
                throw CLIError(
                    "invalid value \"\(texts.joined(separator: " "))\" for \(label): \(error.reason)")
            }
        }
        return options
    }

    static func fromEnvironment(_ environment: [String: String]) throws(CLIError) -> TestOptions {
        var options = TestOptions()
        for binding in OptionCatalogue.bindings {
            guard let name = binding.env, let read = binding.fromEnv, let text = environment[name] else {
                continue
            }
            do { try read(text, &options) } catch {
                throw CLIError("invalid value \"\(text)\" in \(name): \(error.reason)", code: .invalidConfig)
            }
        }
        return options
    }

    public enum Source: Hashable, Sendable {
        case configFile(String)
        case script

        var label: String {
            switch self {
            case .configFile(let path): "the config file \(path)"
            case .script: "the script's options"
            }
        }
    }

    /// Reads options from an object. Keys nobody knows are left out with one warning for all of them.
    /// - Throws: exit code 104 for a value of the wrong type or an unknown key within a scenario.
    public static func fromJSON(
        _ value: JSONValue, source: Source
    ) throws(CLIError) -> (options: TestOptions, warnings: [SettingsWarning]) {
        guard let object = value.members else {
            throw CLIError("\(source.label): expected an object, not \(value.kind)", code: .invalidConfig)
        }
        var options = TestOptions()
        var unknown: [String] = []
        // k6 reads a script's options from JSON with sorted keys, so of `VUS` and `vus` the latter counts.
        let members =
            source == .script ? object.members.sorted { $0.name.precedes($1.name) } : object.members
        for member in members {
            guard let binding = binding(for: member.name, source), let read = binding.fromJSON else {
                unknown.append(member.name)
                continue
            }
            if member.value == .null { continue }
            do { try read(member.value, &options) } catch {
                throw CLIError("\(source.label): \"\(member.name)\": \(error.reason)", code: .invalidConfig)
            }
        }
        guard let first = unknown.min(by: { $0.precedes($1) }) else { return (options, []) }
        if source == .script {
            // k6's words, which pipelines may look for; its JSON has sorted keys and it stops at the first.
            let warning = SettingsWarning(
                "There were unknown fields in the options exported in the script",
                fields: ["error": "json: unknown field \(GoText.quoted(first))"])
            return (options, [warning])
        }
        let names = unknown.map { "\"\($0)\"" }.joined(separator: ", ")
        return (options, ["unknown keys in \(source.label) have no effect: \(names)"])
    }

    private static func binding(for key: String, _ source: Source) -> OptionBinding? {
        let wanted = key.lowercased()
        return OptionCatalogue.bindings.first {
            $0.key.lowercased() == wanted && $0.fromJSON != nil && (source != .script || $0.inScripts)
        }
    }
}
