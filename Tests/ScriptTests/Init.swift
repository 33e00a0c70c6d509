// Runs a script's init code, as VU 0, and gives back what it logged. What a module's functions do outside of
// init code is the business of the conformance scripts.

import Base
import Script

struct Init {
    var lines: [String] = []
    /// Why the script could not be loaded.
    var failure: String?

    /// - Parameters:
    ///   - files: contents by path.
    ///   - unusedBytesMin: how much of ES modules there must be for something to be left out.
    init(
        _ source: String, files: [String: String] = [:], secrets: ScriptSecrets? = nil,
        unusedBytesMin: Int = Limits.scriptUnusedBytesMin
    ) {
        let logged = Locked<[String]>([])
        var settings = ScriptSettings()
        settings.secrets = secrets
        settings.unusedBytesMin = unusedBytesMin
        settings.log = { line in logged.withLock { $0.append(line.message) } }
        let access = SourceAccess(
            readFile: { (path) throws(ScriptError) in
                if path.hasSuffix("/dir") { throw ScriptError(.generic, "\(path) is a directory") }
                return files[path].map { Array($0.utf8) }
            },
            fetch: { (url) throws(ScriptError) in throw ScriptError(.generic, "no network for \(url)") },
            transform: { (_, url) throws(ScriptError) in
                throw ScriptError(.script, "\(url) is no plain script")
            })
        do throws(ScriptError) {
            _ = try ScriptLoader.load(
                mainURL: "file:///test/script.js",
                source: Array((source + "\nexport default () => {}\n").utf8),
                access: access, settings: settings)
        } catch {
            failure = error.description
        }
        lines = logged.withLock { $0 }
    }

    /// Logs `name => type:text` for each expression, or what it threw.
    static func shown(imports: String, _ expressions: [String]) -> String {
        imports + """

            const show = (name, run) => {
                let text;
                try {
                    const value = run();
                    text = value instanceof ArrayBuffer ? `AB:${Array.from(new Uint8Array(value)).join(",")}`
                        : `${typeof value}:${value}`;
                } catch (error) { text = `EXC ${error}` }
                console.log(`${name} => ${text}`);
            };

            """
            + expressions.enumerated().map { "show(\($0.offset), () => (\($0.element)));" }.joined(
                separator: "\n")
    }
}
