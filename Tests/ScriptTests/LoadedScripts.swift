// Scripts of the tests, loaded as VU 0 from texts, and hosts for their VUs without a transport.

import Base

@testable import Script

extension LoadedScript {
    /// `file:///test/script.js`. - Parameter files: contents by path.
    init(_ source: String, files: [String: String], settings: ScriptSettings) throws(ScriptError) {
        let access = SourceAccess(
            readFile: { (path) throws(ScriptError) in files[path].map { Array($0.utf8) } },
            fetch: { (url) throws(ScriptError) in throw ScriptError(.generic, "no network for \(url)") },
            transform: { (_, url) throws(ScriptError) in
                throw ScriptError(.script, "\(url) is no plain script")
            })
        self = try ScriptLoader.load(
            mainURL: "file:///test/script.js", source: Array(source.utf8), access: access, settings: settings)
    }

    func host(_ settings: ScriptSettings) -> ScriptHost {
        ScriptHost(
            program: program, settings: settings, shared: shared, transport: nil, samples: nil, shard: nil,
            registry: Locked(registry), limiter: nil, errorText: { _ in "" }, errorNumber: { _ in 0 },
            remoteAddress: { _ in nil })
    }
}
