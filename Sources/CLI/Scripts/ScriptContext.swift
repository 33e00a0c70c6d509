// What the commands on scripts share: how a script is found and evaluated, and where warnings go. Made by
// the entry point; tests make one without a runtime, a disk or a terminal.

import Base
import Glibc
import Metrics
import Plan

struct ScriptContext {
    var global: GlobalSettings
    var environment: [String: String]
    var engine: ScriptEngine
    var files = FileAccess.system
    var warn: (SettingsWarning) -> Void

    init(
        global: GlobalSettings, environment: [String: String], engine: ScriptEngine,
        files: FileAccess = .system, warn: @escaping (SettingsWarning) -> Void
    ) {
        self.global = global
        self.environment = environment
        self.engine = engine
        self.files = files
        self.warn = warn
    }

    /// Finds and evaluates the script a command line names.
    func evaluate(_ run: RunInvocation) throws(CLIError) -> EvaluatedScript {
        guard case .script(let argument) = run.subject else {
            preconditionFailure("the command line parser reads these arguments as scripts")
        }
        let source = try ScriptSource.resolve(
            argument, type: run.runtime.testType, currentFolder: try Self.currentFolder(), files: files
        ) { () throws(FileError) in try files.read("/dev/stdin") }
        do {
            return try evaluate(source, run)
        } catch {
            guard error.code == .scriptAborted else { throw error }
            throw CLIError(
                "could not initialize '\(argument)': could not load JS test '\(source.url)': \(error.message)",
                code: error.code, hint: error.hint)
        }
    }

    private func evaluate(
        _ source: ScriptSource, _ run: RunInvocation
    ) throws(CLIError) -> EvaluatedScript {
        try EvaluatedScript(
            source, runtime: run.runtime, environment: environment, secretSources: global.secretSources,
            engine: engine)
    }

    /// All layers over each other, with what is wrong with them as errors: the plan is made and the
    /// thresholds are read.
    func consolidate(
        _ run: RunInvocation, _ script: EvaluatedScript
    ) throws(CLIError) -> (settings: RunSettings, plan: TestPlan) {
        let settings = try OptionsConsolidator(environment: environment, files: files).consolidate(
            run, global: global, script: script.layer, startsRun: false)
        for warning in settings.warnings { warn(warning) }
        var planner = RunPlanner(settings: settings, environment: environment)
        planner.registry = script.facts.registry
        let tuple = try planner.segment(settings.options)
        var declared = planner.declaredThresholds(settings.options)
        let scenarios = try planner.scenarios(&declared)
        if let problem = ScenarioValidation.problems(in: scenarios, tuple: tuple).first {
            throw CLIError(problem.description, code: .invalidConfig)
        }
        var demand = SeriesDemand(expectedResponse: true)
        _ = try planner.thresholds(declared, demand: &demand)
        do { return (settings, try TestPlan(scenarios, tuple: tuple)) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
    }

    private static func currentFolder() throws(CLIError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else {
            throw CLIError("the current folder is unknown: \(String(cString: strerror(errno)))")
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
