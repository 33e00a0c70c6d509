// What the option tests share: parsing with files in memory, and the merged settings of a command line.

import Base
import Plan
import Testing

@testable import CLI

/// A closure-backed disk.
func disk(_ files: [String: String]) -> FileAccess {
    FileAccess(
        read: { (path) throws(FileError) in
            guard let text = files[path] else {
                throw FileError(reason: "no such file or directory", isMissing: true)
            }
            return Array(text.utf8)
        }, exists: { files[$0] != nil })
}

func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

func parse(
    _ arguments: [String], env: [String: String] = [:], files: [String: String] = [:]
) throws(CLIError) -> Invocation {
    try CommandLineParser.parse(arguments: arguments, environment: env, files: disk(files))
}

/// The merged settings of `run` with these arguments; a config file is named `c.json`, a script layer is
/// JSON.
func settings(
    _ arguments: [String], env: [String: String] = [:], files: [String: String] = [:], script: String? = nil,
    functions: Set<String>? = nil
) throws -> RunSettings {
    let invocation = try parse(arguments, env: env, files: files)
    guard case .run(let run) = invocation.command else { throw CLIError("no run command") }
    var layer: ScriptLayer?
    if let script {
        let read = try OptionLayers.fromJSON(try JSONValue.parse(script), source: .script)
        layer = ScriptLayer(options: read.options, warnings: read.warnings, functions: functions)
    }
    return try OptionsConsolidator(environment: env, files: disk(files))
        .consolidate(run, global: invocation.global, script: layer)
}

/// The error a call ends in; fails the test if it ends in none.
func error(
    _ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) -> CLIError? {
    do {
        let value = try body()
        Issue.record("no error, but \(value)", sourceLocation: sourceLocation)
    } catch let error as CLIError {
        return error
    } catch { Issue.record("another error: \(error)", sourceLocation: sourceLocation) }
    return nil
}

let url = "http://localhost:8080/"

func scenarios(_ settings: RunSettings) -> [Scenario] {
    if case .scenarios(let scenarios) = settings.load { scenarios } else { [] }
}

/// One line per scenario, short enough for tables of expectations.
func brief(_ scenario: Scenario) -> String {
    switch scenario.executor {
    case .sharedIterations(let vus, let iterations, let max):
        "\(scenario.name): shared \(iterations) among \(vus) max \(GoDuration.format(max))"
    case .perVUIterations(let vus, let iterations, let max):
        "\(scenario.name): \(iterations) each of \(vus) max \(GoDuration.format(max))"
    case .constantVUs(let vus, let duration): "\(scenario.name): \(vus) for \(GoDuration.format(duration))"
    case .rampingVUs(let start, let stages, let down):
        "\(scenario.name): from \(start) "
            + stages.map { "\(GoDuration.format($0.durationNs)):\($0.target)" }.joined(separator: ",")
            + " down \(GoDuration.format(down))"
    case .constantArrivalRate(let rate, let unit, let duration, let ready, let most):
        "\(scenario.name): \(rate)/\(GoDuration.format(unit)) for \(GoDuration.format(duration))"
            + " VUs \(ready)-\(most)"
    case .rampingArrivalRate(let start, let unit, let stages, let ready, let most):
        "\(scenario.name): from \(start)/\(GoDuration.format(unit)) "
            + stages.map { "\(GoDuration.format($0.durationNs)):\($0.target)" }.joined(separator: ",")
            + " VUs \(ready)-\(most)"
    case .externallyControlled(let vus, let most, let duration):
        "\(scenario.name): external \(vus)-\(most) for \(GoDuration.format(duration))"
    }
}
