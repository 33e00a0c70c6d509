// The script runtime as the commands `inspect`, `archive` and `run` see it before a test starts: evaluate
// the script once and tell what it is. The runtime fills it in; tests put a table in its place.

import Base
import Metrics
import Script

struct ScriptEngine: Sendable {
    /// Evaluates a script's init code.
    /// - Throws: exit code 107 for what the script did wrong, 255 for what could not be read.
    var load: @Sendable (ScriptSource, ScriptVariables) throws(CLIError) -> ScriptFacts
}

extension ScriptEngine {
    /// The runtime of this build.
    /// - Parameter startsVUs: of what is loaded; otherwise nothing is prepared for them.
    static func current(_ log: ScriptLog, startsVUs: Bool) -> ScriptEngine {
        ScriptEngine { source, settings throws(CLIError) in
            try ScriptRuntime.load(source, settings, log, startsVUs: startsVUs)
        }
    }
}

/// What the init code may see of the command line.
struct ScriptVariables: Hashable, Sendable {
    /// `__ENV`.
    var env: [String: String]
    var compatibilityMode: String
    var secretSources: [SecretSource]
}

struct ScriptFacts: Sendable {
    /// The exported `options` as JSON text; empty: there are none.
    var optionsJSON: [UInt8] = []
    /// Names of the exported functions.
    var functions: Set<String> = []
    /// What VUs start from; nil in tests without a runtime.
    var loaded: LoadedScript?
    /// What its VUs find in `k6/secrets`; nil: no source was configured.
    var secrets: ScriptSecrets?
    /// With the metrics the script made.
    var registry = MetricRegistry()
    /// The script's text, fetched if need be, and every file and module it read, by URL.
    var code: [UInt8] = []
    var files: [(url: String, bytes: [UInt8])] = []
}

/// A script that was evaluated once, with what came of it.
struct EvaluatedScript: Sendable {
    var source: ScriptSource
    var env: [String: String]
    var compatibilityMode: String
    var facts: ScriptFacts
    var layer: ScriptLayer

    /// - Throws: besides the engine's errors, exit code 104 for wrong options.
    init(
        _ source: ScriptSource, runtime: RuntimeOptions, environment: [String: String],
        secretSources: [SecretSource], engine: ScriptEngine
    ) throws(CLIError) {
        self.source = source
        env = runtime.scriptVariables(process: environment, embedded: source.archive?.metadata.env)
        compatibilityMode =
            runtime.compatibilityMode ?? source.archive?.metadata.compatibilityMode
            ?? RuntimeOptions.compatibilityModeDefault
        facts = try engine.load(
            source,
            ScriptVariables(env: env, compatibilityMode: compatibilityMode, secretSources: secretSources))
        layer = try Self.layer(source, facts)
        if compatibilityMode == "experimental_enhanced" {
            layer.warnings.append(
                "the compatibility mode experimental_enhanced is deprecated: .ts files need none; use base")
        }
    }

    private static func layer(_ source: ScriptSource, _ facts: ScriptFacts) throws(CLIError) -> ScriptLayer {
        if facts.functions.isEmpty { throw CLIError("no exported functions in script") }
        // An archive's options are those it was made with; the script's are not asked again.
        if let archive = source.archive {
            return ScriptLayer(options: archive.metadata.options, functions: facts.functions)
        }
        var layer = ScriptLayer(functions: facts.functions)
        if facts.optionsJSON.isEmpty { return layer }
        let value: JSONValue
        do { value = try JSONValue.parse(facts.optionsJSON) } catch {
            throw CLIError("the script's options are no JSON: \(error)", code: .invalidConfig)
        }
        if value == .null { return layer }
        (layer.options, layer.warnings) = try OptionLayers.fromJSON(value, source: .script)
        try layer.options.normaliseSegments()
        return layer
    }
}
