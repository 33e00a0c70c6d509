// Lays the layers over each other (config file < script < environment < flags) and makes one RunSettings of
// them: what is run, with which load, under which options. The last step before a plan is made; nothing runs
// yet.

import Base
import Plan

/// A run, ready to be planned. What values may be beyond their shape is Plan's to check.
public struct RunSettings: Hashable, Sendable {
    public var subject: RunSubject
    public var load: LoadRequest
    public var options: TestOptions
    public var runtime: RuntimeOptions
    public var apus: ApusRunSettings
    /// The request to send; nil for a script.
    public var target: TargetRequest?
    /// To be logged as warnings before the start.
    public var warnings: [String]
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

    /// - Parameter script: the options a script exports; nil for a URL.
    public func consolidate(
        _ invocation: RunInvocation, global: GlobalSettings, script: TestOptions? = nil
    ) throws(CLIError) -> RunSettings {
        var warnings: [String] = []
        let file = try configFile(global, &warnings)
        let fromEnvironment = try OptionLayers.fromEnvironment(environment)
        var options = TestOptions()
        let asksForLoad = invocation.apus.rate != nil || invocation.apus.preset != nil
        for (layer, name, setsLoad) in [
            (file, "config file", false), (script ?? TestOptions(), "script", false),
            (fromEnvironment, "environment", false), (invocation.options, "command line", asksForLoad),
        ] {
            Self.lay(layer, over: &options, name: name, setsLoad: setsLoad, &warnings)
        }
        try Self.checkMerged(options)
        let load = try LoadShortcuts(options: options, apus: invocation.apus).resolve(&warnings)
        warnings += ignored(invocation)
        let settings = RunSettings(
            subject: invocation.subject, load: load, options: options, runtime: invocation.runtime,
            apus: invocation.apus, target: try target(invocation), warnings: warnings)
        try NotBuiltYet.check(settings, global)
        return settings
    }

    /// One layer over the ones below it: any key of the execution group replaces the group as a whole.
    static func lay(
        _ layer: TestOptions, over merged: inout TestOptions, name: String, setsLoad: Bool,
        _ warnings: inout [String]
    ) {
        if layer.setsExecution || setsLoad {
            if let scenarios = merged.scenarios, !scenarios.isEmpty {
                warnings.append("load options of the \(name) replace the scenarios defined below it")
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

    private func configFile(_ global: GlobalSettings, _ warnings: inout [String]) throws(CLIError)
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
        "compatibility-mode",
    ]
    static let requestFlags = ["method", "header", "body", "timeout"]

    /// What was given but cannot matter to this subject.
    private func ignored(_ invocation: RunInvocation) -> [String] {
        var warnings: [String] = []
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
