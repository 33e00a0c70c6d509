// Lays the layers over each other (config file < script < environment < flags) and makes one RunSettings of
// them: what is run, with which load, under which options. The last step before a plan is made; nothing runs
// yet.

import Base
import Plan

/// A run, ready to be planned. What values may be beyond their shape is Plan's to check.
public struct RunSettings: Hashable, Sendable {
    public var subject: RunSubject
    public var load: LoadRequest
    /// Merged, without what the load's shortcuts mean and without defaults.
    public var options: TestOptions
    /// The load's scenarios as options would name them; empty for a preset.
    public var scenarios: [ScenarioOption]
    public var runtime: RuntimeOptions
    public var apus: ApusRunSettings
    /// The request to send; nil for a script.
    public var target: TargetRequest?
    /// To be logged as warnings before the start.
    public var warnings: [SettingsWarning]

    /// The options with the scenarios they stand for and k6's defaults: what `inspect
    /// --execution-requirements` prints and what scripts see of them.
    public var derivedOptions: TestOptions {
        var derived = options.withDefaults
        derived.scenarios = scenarios
        return derived
    }
}

/// A line for the log; a literal is a warning without fields.
public struct SettingsWarning: Hashable, Sendable, ExpressibleByStringInterpolation {
    public var message: String
    public var fields: [String: String]

    public init(_ message: String, fields: [String: String] = [:]) {
        self.message = message
        self.fields = fields
    }

    public init(stringLiteral message: String) { self.init(message) }
}

/// What the first evaluation of a script told about it.
public struct ScriptLayer: Hashable, Sendable {
    public var options: TestOptions
    public var warnings: [SettingsWarning]
    /// The exported functions; nil: not asked for.
    public var functions: Set<String>?

    public init(
        options: TestOptions = TestOptions(), warnings: [SettingsWarning] = [], functions: Set<String>? = nil
    ) {
        self.options = options
        self.warnings = warnings
        self.functions = functions
    }
}

/// The load as asked for.
public enum LoadRequest: Hashable, Sendable {
    case scenarios([Scenario])
    /// A named shape, scaled by what else was given.
    case preset(PresetRequest)
}

public struct PresetRequest: Hashable, Sendable {
    public var name: String
    public var vus: Int64?
    public var rate: RateOption?
    public var durationNs: Int64?
    public var preAllocatedVUs: Int64?
    public var maxVUs: Int64?
}

/// The one request of a URL run.
public struct TargetRequest: Hashable, Sendable {
    public var url: String
    public var method: String
    public var headers: [RequestHeader]
    public var body: [UInt8]?
    public var timeoutNs: Int64
}

public struct OptionsConsolidator: Sendable {
    let environment: [String: String]
    let files: FileAccess

    public init(environment: [String: String], files: FileAccess = .system) {
        self.environment = environment
        self.files = files
    }

    /// - Parameters:
    ///   - script: what the script exports; nil for a URL.
    ///   - startsRun: whether a run is to follow, so that what it could not do is an error.
    public func consolidate(
        _ invocation: RunInvocation, global: GlobalSettings, script: ScriptLayer? = nil,
        startsRun: Bool = true
    ) throws(CLIError) -> RunSettings {
        var warnings = script?.warnings ?? []
        let file = try configFile(global, &warnings)
        let fromEnvironment = try OptionLayers.fromEnvironment(environment)
        var options = TestOptions()
        let asksForLoad = invocation.apus.rate != nil || invocation.apus.preset != nil
        for (layer, name, setsLoad) in [
            (file, "file", false), (script?.options ?? TestOptions(), "script", false),
            (fromEnvironment, "env", false), (invocation.options, "cli", asksForLoad),
        ] {
            Self.lay(layer, over: &options, name: name, setsLoad: setsLoad, &warnings)
        }
        options.stages?.removeAll { $0.durationNs == nil }
        if let outputs = options.outputs {
            let (kept, repeated) = RunOutputs.withoutRepetitions(outputs)
            options.outputs = kept
            warnings += repeated
        }
        try Self.checkMerged(options)
        try options.normaliseSegments()
        let (load, scenarios) = try LoadShortcuts(options: options, apus: invocation.apus).resolve(&warnings)
        if let functions = script?.functions { try Self.checkFunctions(load, functions) }
        warnings += ignored(invocation)
        let settings = RunSettings(
            subject: invocation.subject, load: load, options: options, scenarios: scenarios,
            runtime: invocation.runtime, apus: invocation.apus, target: try target(invocation),
            warnings: warnings)
        if startsRun { try NotBuiltYet.check(settings, global) }
        return settings
    }

    /// Every scenario names a function the script exports; a preset's name `default`.
    private static func checkFunctions(_ load: LoadRequest, _ functions: Set<String>) throws(CLIError) {
        let scenarios: [(name: String, exec: String)] =
            switch load {
            case .scenarios(let scenarios): TestPlan.ordered(scenarios).map { (name: $0.name, exec: $0.exec) }
            case .preset(let preset): [(name: preset.name, exec: "default")]
            }
        for scenario in scenarios where !functions.contains(scenario.exec) {
            throw CLIError(
                "scenario \(scenario.name): function '\(scenario.exec)' not found in exports",
                code: .invalidConfig,
                hint: Text.closest(to: scenario.exec, among: functions.sorted()).map { "did you mean \($0)?" }
            )
        }
    }

    /// One layer over the ones below it: any key of the execution group replaces the group as a whole.
    static func lay(
        _ layer: TestOptions, over merged: inout TestOptions, name: String, setsLoad: Bool,
        _ warnings: inout [SettingsWarning]
    ) {
        if layer.setsExecution || setsLoad {
            if let scenarios = merged.scenarios, !scenarios.isEmpty {
                warnings.append("\"\(name)\" level configuration overrode scenarios configuration entirely")
            }
            merged.clearExecution()
        }
        for binding in OptionCatalogue.bindings { binding.overlay(layer, &merged) }
    }

    private static func checkMerged(_ options: TestOptions) throws(CLIError) {
        do { _ = try options.dns.ttlNs() } catch { throw CLIError(error.reason) }
        if let timeoutNs = options.setupTimeoutNs, timeoutNs <= 0 {
            throw CLIError("setupTimeout must be above 0", code: .invalidConfig)
        }
    }

    // MARK: Config file

    private func configFile(_ global: GlobalSettings, _ warnings: inout [SettingsWarning]) throws(CLIError)
        -> TestOptions
    {
        guard let path = global.configPath ?? defaultConfigPath else { return TestOptions() }
        let bytes: [UInt8]
        do { bytes = try files.read(path) } catch {
            if error.isMissing && global.configPath == nil { return TestOptions() }
            throw CLIError("cannot read the config file \(path): \(error.reason)", code: .invalidConfig)
        }
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw CLIError("the config file \(path) is no JSON: \(error)", code: .invalidConfig)
        }
        let layer = try OptionLayers.fromJSON(value, source: .configFile(path))
        warnings += layer.warnings
        return layer.options
    }

    /// k6's place for it, so that its users' file counts here as well.
    var defaultConfigPath: String? {
        if let base = environment["XDG_CONFIG_HOME"], !base.isEmpty { return "\(base)/k6/config.json" }
        if let home = environment["HOME"], !home.isEmpty { return "\(home)/.config/k6/config.json" }
        return nil
    }

    // MARK: Target

    private func target(_ invocation: RunInvocation) throws(CLIError) -> TargetRequest? {
        guard case .target(let url) = invocation.subject else { return nil }
        let request = invocation.apus.request
        var body: [UInt8]?
        switch request.body {
        case nil: break
        case .text(let text): body = Array(text.utf8)
        case .file(let path):
            do { body = try files.read(path) } catch {
                throw CLIError("cannot read the body file \(path): \(error.reason)")
            }
        }
        return TargetRequest(
            url: url, method: request.method ?? (body == nil ? "GET" : "POST"), headers: request.headers,
            body: body,
            timeoutNs: request.timeoutNs ?? Limits.requestTimeoutNs)
    }

    static let scriptFlags = [
        "no-setup", "no-teardown", "throw", "batch", "batch-per-host", "env", "include-system-env-vars",
        "compatibility-mode", "console-output",
    ]
    static let requestFlags = ["method", "header", "body", "timeout"]

    /// What was given but cannot matter to this subject.
    private func ignored(_ invocation: RunInvocation) -> [SettingsWarning] {
        var warnings: [SettingsWarning] = []
        let isTarget = if case .target = invocation.subject { true } else { false }
        let given = (isTarget ? Self.scriptFlags : Self.requestFlags).filter(invocation.flagsGiven.contains)
        if !given.isEmpty {
            let names = given.map { "--\($0)" }.joined(separator: ", ")
            warnings.append(
                "\(names): no effect on \(isTarget ? "a URL, only on scripts" : "scripts, only on a URL")")
        }
        if let hosts = environment["K6_HOSTS"], !hosts.isEmpty {
            warnings.append("K6_HOSTS has no effect, as in k6; set hosts in the config file")
        }
        return warnings
    }
}
