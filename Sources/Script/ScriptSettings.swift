// What a run tells its scripts: consolidated options as far as scripts see or feel them, variables,
// scenarios, and the ways out of a worker (log lines, abort). Made by the CLI before the workers, shared by
// all of them.

import Base
import Engine

public enum ScriptLogLevel: Sendable { case debug, info, warning, error }

/// A line a script or its runtime has to say; written by the control thread.
public struct ScriptLogLine: Sendable {
    public var level: ScriptLogLevel
    public var message: String
    /// The message's bytes where they are no text.
    public var bytes: [UInt8]?
    public var fields: [String: String]
    /// Fields that are numbers.
    public var numbers: [String: Int64] = [:]
    public var wallNs: Int64
    /// `console.*`: `--console-output` diverts these.
    public var isConsole: Bool

    public init(
        _ level: ScriptLogLevel, _ message: String, fields: [String: String] = [:], isConsole: Bool = false,
        wallNs: Int64 = Clock.wallNs()
    ) {
        self.level = level
        self.message = message
        self.fields = fields
        self.isConsole = isConsole
        self.wallNs = wallNs
    }
}

/// A scenario as its VUs see it.
public struct ScriptScenario: Sendable {
    public var name: String
    /// The exported function its iterations call.
    public var exec: String
    public var executor: String
    public var env: [String: String]
    public var tags: [String: String]
    public var startTimeNs: Int64
    /// Without gracefulStop; nil for those bounded by iterations only.
    public var durationNs: Int64?
    /// The total of a budget of iterations in this process, if there is one.
    public var iterations: Int64?

    public init(
        name: String, exec: String, executor: String, env: [String: String] = [:],
        tags: [String: String] = [:], startTimeNs: Int64 = 0, durationNs: Int64? = nil,
        iterations: Int64? = nil
    ) {
        self.name = name
        self.exec = exec
        self.executor = executor
        self.env = env
        self.tags = tags
        self.startTimeNs = startTimeNs
        self.durationNs = durationNs
        self.iterations = iterations
    }
}

public struct ScriptSettings: Sendable {
    /// `__ENV`.
    public var env: [String: String] = [:]
    /// JSON of the consolidated options that were set: each VU's exported `options` afterwards.
    public var optionsJSON: [UInt8] = []
    /// JSON of `exec.test.options`.
    public var testOptionsJSON: [UInt8] = []
    public var scenarios: [ScriptScenario] = []
    /// How many VUs the process initialises before the run starts.
    public var startVUs: Int64 = 0
    /// When VUs begin as copies of one that has loaded the script.
    var imagePolicy = ImagePolicy()
    public var tagging = HTTPTagging()
    public var throwsErrors = false
    public var batchMax = 20
    public var batchPerHostMax = 6
    public var redirectsMax = Limits.redirectsMax
    /// Reaching a limit nobody set is worth a warning.
    public var redirectsMaxIsDefault = true
    public var userAgent = ""
    public var discardsBodies = false
    public var keepsCookies = false
    /// `noVUConnectionReuse`.
    public var endsConnections = false
    /// `--compatibility-mode base`: no `global`.
    public var isBaseMode = false
    /// Of programs whose ES modules have fewer bytes nothing is left out for VUs.
    public var unusedBytesMin = Limits.scriptUnusedBytesMin
    public var setupTimeoutNs = 60 * Ns.perSecond
    public var teardownTimeoutNs = 60 * Ns.perSecond
    /// What `k6/secrets` gives out; nil: no source was configured. Lines that scripts log do not show what of
    /// it was given out.
    public var secrets: ScriptSecrets?
    /// A worker's part of what the process may still allocate. Called on any thread.
    public var memoryLeftBytes: @Sendable () -> Int64 = { .max / 2 }
    /// Takes what scripts and their runtime have to say. Called on any thread.
    public var log: @Sendable (ScriptLogLine) -> Void = { _ in }
    /// `exec.test.abort(message)`: ends the run. Called on any thread.
    public var abort: @Sendable (_ message: String) -> Void = { _ in }
    /// An iteration uses what Apus does not have; `abort` follows. Called on any thread.
    public var lacks: @Sendable () -> Void = {}
    /// `exec.test.fail(message)`: the run goes on and has failed.
    public var fail: @Sendable (_ message: String) -> Void = { _ in }

    public init() {}
}
