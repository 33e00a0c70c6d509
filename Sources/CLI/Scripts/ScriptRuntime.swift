// Between the command line and the script runtime: loads a script for the commands, and turns a run's options
// into what its VUs are told.

import Base
import Engine
import HTTP
import Plan
import Script

enum ScriptRuntime {
    static func load(
        _ source: ScriptSource, _ variables: ScriptVariables, _ log: ScriptLog, startsVUs: Bool
    ) throws(CLIError) -> ScriptFacts {
        var settings = Script.ScriptSettings()
        settings.env = variables.env
        settings.isBaseMode = variables.compatibilityMode == "base"
        settings.secrets = try secrets(variables.secretSources)
        settings.log = { log.say($0) }
        settings.memoryLeftBytes = memoryLeft(workerCount: 1)
        if !startsVUs { settings.unusedBytesMin = .max }
        let isSealed = source.archive != nil
        let access = ScriptAccess.make(isSealed: isSealed)
        var provided: [String: [UInt8]] = [:]
        for (name, bytes) in source.archive?.files ?? [:] {
            let (kind, path) = Text.split(name, at: "/") ?? (name, "")
            provided[kind == "https" ? "https://\(path)" : "file:///\(path)"] = bytes
        }
        do throws(ScriptError) {
            let loaded = try ScriptLoader.load(
                mainURL: mainURL(source), source: source.code, provided: provided, access: access,
                settings: settings)
            var facts = ScriptFacts()
            facts.optionsJSON = loaded.optionsJSON ?? []
            facts.functions = loaded.functions
            facts.registry = loaded.registry
            facts.loaded = loaded
            facts.secrets = settings.secrets
            facts.code = loaded.program.sources[loaded.program.mainURL] ?? []
            facts.files = loaded.program.sources.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return facts
        } catch { throw CLIError(error) }
    }

    /// Opens the sources of `--secret-source`.
    private static func secrets(_ sources: [SecretSource]) throws(CLIError) -> ScriptSecrets? {
        if sources.isEmpty { return nil }
        let opened = try sources.map { source throws(CLIError) in
            var values: [String: String]
            switch source.kind {
            case .mock(let given): values = given
            case .file(let path):
                do throws(ScriptError) {
                    let bytes = try read(path)
                    values = try ScriptSecrets.values(ofFile: String(decoding: bytes, as: UTF8.self))
                } catch { throw CLIError(error.description) }
            }
            return ScriptSecrets.Source(name: source.name, isDefault: source.isDefault, values: values)
        }
        return ScriptSecrets(opened)
    }

    private static func read(_ path: String) throws(ScriptError) -> [UInt8] {
        do { return try FileAccess.system.read(path) } catch {
            throw ScriptError(.generic, "open \(path): \(error.reason)")
        }
    }

    /// Standard input has the current folder's URL to resolve names against.
    private static func mainURL(_ source: ScriptSource) -> String {
        source.url == "file:///-" ? source.directoryURL + "/-" : source.url
    }

    /// What the VUs of a run are told.
    static func settings(
        _ run: RunSettings, _ planned: PlannedRun, _ script: EvaluatedScript, log: ScriptLog
    ) -> Script.ScriptSettings {
        let options = run.options
        let derived = run.derivedOptions
        var settings = Script.ScriptSettings()
        settings.env = script.env
        settings.isBaseMode = script.compatibilityMode == "base"
        settings.optionsJSON = Array(OptionsJSON.specified(derived).utf8)
        settings.testOptionsJSON = Array(OptionsJSON.execTestOptions(derived).utf8)
        settings.scenarios = planned.plan.scenarios.map { scenario(of: $0) }
        settings.startVUs = planned.plan.maxPlannedVUs
        settings.tagging = planned.tagging
        settings.throwsErrors = options.throwErrors ?? false
        settings.batchMax = Int(options.batch ?? OptionDefaults.batch)
        settings.batchPerHostMax = Int(options.batchPerHost ?? OptionDefaults.batchPerHost)
        settings.redirectsMax = Int(options.maxRedirects ?? OptionDefaults.maxRedirects)
        settings.redirectsMaxIsDefault = options.maxRedirects == nil
        settings.userAgent = options.userAgent ?? RunPlanner.userAgentDefault
        settings.discardsBodies = options.discardResponseBodies ?? false
        settings.keepsCookies = options.noCookiesReset ?? false
        settings.endsConnections = options.noVUConnectionReuse ?? false
        settings.setupTimeoutNs = options.setupTimeoutNs ?? OptionDefaults.setupTimeoutNs
        settings.secrets = script.facts.secrets
        settings.teardownTimeoutNs = options.teardownTimeoutNs ?? OptionDefaults.teardownTimeoutNs
        settings.log = { log.say($0) }
        return settings
    }

    /// A worker's part of what the process may still allocate, without what is no script's.
    static func memoryLeft(workerCount: Int) -> @Sendable () -> Int64 {
        let memory = MemoryLeft(keptBytes: { ScriptAllocator.keptBytes })
        return {
            guard let left = memory.bytes() else { return .max / 2 }
            return max(left - Limits.scriptMemoryReserveBytes, 0) / Int64(max(workerCount, 1))
        }
    }

    private static func scenario(of plan: ScenarioPlan) -> ScriptScenario {
        let scenario = plan.scenario
        return ScriptScenario(
            name: scenario.name, exec: scenario.exec, executor: scenario.executor.name, env: scenario.env,
            tags: scenario.tags, startTimeNs: scenario.startTimeNs, durationNs: plan.regularDurationNs,
            iterations: plan.totalIterations)
    }
}

extension CLIError {
    /// Of a VU's init code.
    init(_ error: ScriptError, ofVU number: Int64) {
        self.init(error)
        hint = "error while initializing VU #\(number)" + (hint.map { " (\($0))" } ?? "")
    }

    /// A script's error with k6's exit code.
    init(_ error: ScriptError) {
        switch error.kind {
        case .script: self.init(error.description, code: .scriptException, hint: "script exception")
        case .generic, .summary: self.init(error.description)
        case .aborted: self.init(error.description, code: .scriptAborted)
        case .config: self.init(error.description, code: .invalidConfig)
        case .setupTimeout: self.init(error.description, code: .setupTimeout)
        case .teardownTimeout: self.init(error.description, code: .teardownTimeout)
        }
    }
}
