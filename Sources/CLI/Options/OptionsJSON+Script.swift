// The options as a script sees them while the test runs: `exec.test.options`, and the values its own
// `options` object is given. Both on one line, to be parsed by the script's engine once per VU. Called
// where VUs are made.

import Base

extension OptionsJSON {
    /// `exec.test.options`: every key but the shortcuts, which `scenarios` stands for, and the two options
    /// no script can set.
    /// - Parameter options: `RunSettings.derivedOptions`.
    static func execTestOptions(_ options: TestOptions) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            for member in object(options).members
            where !["vus", "iterations", "duration", "stages"].contains(member.name) {
                writer.key(member.name)
                writer.asWritten(member.value)
            }
            writer.member("consoleOutput", options.consoleOutput)
            writer.member("localIPs", options.localIPs?.text)
        }
        return writer.text
    }

    /// What the members of a script's own `options` are set to in every VU: the keys some layer set,
    /// shortcuts and derived scenarios included. k6 leaves `dns`, `cloud` and `ext` as the script wrote
    /// them.
    /// - Parameter options: `RunSettings.derivedOptions`.
    static func specified(_ options: TestOptions) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            for member in object(options).members
            where isSet(member.value) && !["dns", "cloud", "ext"].contains(member.name) {
                writer.key(member.name)
                writer.asWritten(member.value)
            }
        }
        return writer.text
    }

    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .array(let values): !values.isEmpty
        case .object(let object): !object.members.isEmpty
        case .bool, .number, .string: true
        }
    }

    private static func object(_ options: TestOptions) -> JSONObject {
        var shown = JSONWriter()
        shown.object { members(options, &$0) }
        do {
            guard let object = try JSONValue.parse(shown.text).members else {
                preconditionFailure("options are written as an object")
            }
            return object
        } catch { preconditionFailure("what JSONWriter wrote is no JSON: \(error)") }
    }
}

extension JSONWriter {
    /// A value with its members in the order they have.
    mutating func asWritten(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .number(let text): raw(text)
        case .string(let text): self.value(text)
        case .array(let values): array(values) { $0.asWritten($1) }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.key(member.name)
                    writer.asWritten(member.value)
                }
            }
        }
    }
}
