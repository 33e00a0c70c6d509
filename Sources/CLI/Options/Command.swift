// What a command line asks for, as values: the command with its settings, and the settings every command
// shares. Made by CommandLineParser; the entry point switches over it.

public struct Invocation: Hashable, Sendable {
    public var global: GlobalSettings
    public var command: Command
}

public enum Command: Hashable, Sendable {
    case run(RunInvocation)
    case inspect(InspectInvocation)
    case archive(ArchiveInvocation)
    case new(NewSettings)
    case target(TargetSettings)
    case doctor(DoctorSettings)
    case presets
    case merge(MergeSettings)
    case export(ExportSettings)
    case version(json: Bool)
    /// The help page to print.
    case help(String)
}

public struct GlobalSettings: Hashable, Sendable {
    /// Where the REST API was asked for; nil: the default, whose failure is silent; "": nowhere.
    public var apiAddress: String?
    /// The config file asked for; nil: the default one, which may be missing.
    public var configPath: String?
    public var logFormat = LogFormat.text
    public var logOutput = LogOutput.stderr
    public var noColor = false
    public var quiet = false
    public var verbose = false
    /// Where scripts may take secrets from.
    public var secretSources: [SecretSource] = []

    public init() {}
}

/// `run` as the command line alone gives it; OptionsConsolidator adds the other layers.
public struct RunInvocation: Hashable, Sendable {
    public var subject: RunSubject
    public var runtime: RuntimeOptions
    /// The flags' layer of the test options.
    public var options: TestOptions
    public var apus: ApusRunSettings
    /// Flags given, for messages about them.
    public var flagsGiven: Set<String>
}

/// `inspect`: the script and the flags that concern it, as a run's.
public struct InspectInvocation: Hashable, Sendable {
    public var run: RunInvocation
    /// Also merge the options of all layers and say what the test needs.
    public var executionRequirements: Bool
}

/// `archive`: a run's command line, and where the archive goes.
public struct ArchiveInvocation: Hashable, Sendable {
    public var run: RunInvocation
    /// `-`: standard output.
    public var output: String
    public var excludesEnv: Bool
}

/// `new`: a script from a template.
public struct NewSettings: Hashable, Sendable {
    public var file = "script.js"
    public var overwrites = false
    /// One of the built-in names, or a path.
    public var template = "minimal"
    public var projectID = ""

    public init() {}
}

/// Settings of `run` that k6 has beside the test options: from flags and environment, in that order.
public struct RuntimeOptions: Hashable, Sendable {
    public enum SummaryMode: String, Hashable, Sendable, CaseIterable {
        case compact, full, legacy, disabled
    }

    public var testType: String?
    /// nil: not given, so an archive's counts.
    public var compatibilityMode: String?
    public var includeSystemEnvVars = true
    /// `--env`: variables for the script.
    public var env: [String: String] = [:]
    public var noThresholds = false
    public var noSummary = false
    public var summaryMode = SummaryMode.compact
    public var summaryExport: String?
    public var tracesOutput = "none"

    public static let compatibilityModeDefault = "extended"

    public init() {}

    /// What a script sees as `__ENV`: an archive's variables, over them the process's if asked for, over
    /// them the flags'.
    func scriptVariables(process: [String: String], embedded: [String: String]?) -> [String: String] {
        var variables = embedded ?? [:]
        if includeSystemEnvVars { variables.merge(process) { _, upper in upper } }
        return variables.merging(env) { _, upper in upper }
    }
}

/// What only Apus has.
public struct ApusRunSettings: Hashable, Sendable {
    public var request = RequestSettings()
    public var rate: RateOption?
    public var preset: String?
    public var preAllocatedVUs: Int64?
    public var maxVUs: Int64?
    /// Worker threads; nil: one per core of the quota.
    public var threads: Int?
    public var dryRun = false
    public var profile = false
    public var price: PriceOption?
    public var region: String?
    public var architecture: String?
    /// `--save`: the result file.
    public var save: String?

    public init() {}
}

/// An arrival rate: `count` iterations every `unitNs`.
public struct RateOption: Hashable, Sendable {
    public var count: Int64
    public var unitNs: Int64

    public init(count: Int64, unitNs: Int64) {
        self.count = count
        self.unitNs = unitNs
    }
}

/// US dollars per hour; nil: the listed price counts.
public struct PriceOption: Hashable, Sendable {
    public var vcpuHour: Double?
    public var gbHour: Double?

    public init(vcpuHour: Double?, gbHour: Double?) {
        self.vcpuHour = vcpuHour
        self.gbHour = gbHour
    }
}

public struct RequestHeader: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The request of a URL run as flags give it; the body may still be a file's name.
public struct RequestSettings: Hashable, Sendable {
    public enum Body: Hashable, Sendable {
        case text(String)
        case file(String)
    }

    public var method: String?
    public var headers: [RequestHeader] = []
    public var body: Body?
    public var timeoutNs: Int64?

    public init() {}
}

/// `target`: the embedded server.
public struct TargetSettings: Hashable, Sendable {
    public var host = "127.0.0.1"
    public var port = 8080
    public var tls = false
    /// PEM files; nil: an own certificate.
    public var certificatePath: String?
    public var keyPath: String?
    public var threads = 1

    public init() {}
}

/// `merge`: result files to add up.
public struct MergeSettings: Hashable, Sendable {
    public var files: [String] = []
    public var save: String?
    public var summaryExport: String?
    public var trendStats: [String]?
    public var timeUnit: String?

    public init() {}
}

/// `export`: a result file in another form.
public struct ExportSettings: Hashable, Sendable {
    public enum Format: String, Hashable, Sendable, CaseIterable {
        case hgrm, hdrlog
    }

    public var file = ""
    public var format = Format.hgrm
    /// nil: standard output.
    public var output: String?
    public var metric = "http_req_duration"

    public init() {}
}

public struct DoctorSettings: Hashable, Sendable {
    /// nil: a target in the same process.
    public var url: String?
    public var secondsPerStep = 2
    public var threads: Int?

    public init() {}
}
