// What the tests of the commands on scripts share: a runtime that is a table, and the commands over it.

import Base
import Metrics
import Testing

@testable import CLI

/// What evaluating the script `x.js` is to tell.
struct FakeScript: Sendable {
    var options = "{}"
    var functions: Set<String> = ["default"]
    var metrics: [(name: String, kind: MetricKind)] = []
    /// Beside the script itself, by URL.
    var files: [(url: String, bytes: [UInt8])] = []
    var code = "export default function () {}"

    init(
        options: String = "{}", functions: Set<String> = ["default"],
        metrics: [(name: String, kind: MetricKind)] = []
    ) {
        self.options = options
        self.functions = functions
        self.metrics = metrics
    }

    func facts(_ source: ScriptSource) -> ScriptFacts {
        var facts = ScriptFacts()
        facts.optionsJSON = Array(options.utf8)
        facts.functions = functions
        for metric in metrics {
            do { try facts.registry.register(metric.name, metric.kind) } catch { Issue.record("\(error)") }
        }
        facts.files = files
        facts.code = source.code ?? Array(code.utf8)
        return facts
    }
}

/// A place for what a closure is called with.
final class Recorder<Item> {
    var items: [Item] = []
}

/// A context over files in memory whose runtime tells what `script` says.
func scriptContext(
    _ script: FakeScript, global: GlobalSettings, env: [String: String], files: FileAccess,
    settings: Recorder<ScriptVariables> = Recorder(), sources: Recorder<ScriptSource> = Recorder(),
    warn: @escaping (SettingsWarning) -> Void = { _ in }
) -> ScriptContext {
    nonisolated(unsafe) let settings = settings
    nonisolated(unsafe) let sources = sources
    let engine = ScriptEngine { source, given in
        sources.items.append(source)
        settings.items.append(given)
        return script.facts(source)
    }
    return ScriptContext(global: global, environment: env, engine: engine, files: files, warn: warn)
}

/// Files in memory: texts and, by the same names, bytes.
func disk(_ texts: [String: String], bytes: [String: [UInt8]]) -> FileAccess {
    FileAccess(
        read: { (path) throws(FileError) in
            if let content = bytes[path] ?? texts[path].map({ Array($0.utf8) }) { return content }
            // Paths of scripts are absolute by now.
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            guard let content = bytes[name] ?? texts[name].map({ Array($0.utf8) }) else {
                throw FileError(reason: "no such file or directory", isMissing: true)
            }
            return content
        }, exists: { texts[$0] != nil || bytes[$0] != nil })
}

/// `inspect` with a script named x.js. - Returns: what it prints and what it warns of.
func inspect(
    _ line: String, env: [String: String] = [:], script: FakeScript = FakeScript(),
    bytes: [String: [UInt8]] = [:]
) throws -> (text: String, warnings: [SettingsWarning]) {
    let files = disk(["x.js": script.code], bytes: bytes)
    let invocation = try CommandLineParser.parse(arguments: words(line), environment: env, files: files)
    guard case .inspect(let inspection) = invocation.command else { throw CLIError("no inspect command") }
    let warnings = Recorder<SettingsWarning>()
    let context = scriptContext(script, global: invocation.global, env: env, files: files) {
        warnings.items.append($0)
    }
    return (try InspectCommand(invocation: inspection, context: context).document(), warnings.items)
}

/// `archive` with a script named x.js.
func archive(
    _ line: String, env: [String: String] = [:], script: FakeScript = FakeScript(),
    bytes: [String: [UInt8]] = [:], settings: Recorder<ScriptVariables> = Recorder(),
    sources: Recorder<ScriptSource> = Recorder()
) throws -> TestArchive {
    let files = disk(["x.js": script.code], bytes: bytes)
    let invocation = try CommandLineParser.parse(arguments: words(line), environment: env, files: files)
    guard case .archive(let archive) = invocation.command else { throw CLIError("no archive command") }
    let context = scriptContext(
        script, global: invocation.global, env: env, files: files, settings: settings, sources: sources)
    return try ArchiveCommand(invocation: archive, context: context).archive()
}
