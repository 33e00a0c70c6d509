// The options of a test, one field per key, nil where no layer set it. Filled per layer (file, script,
// environment, flags) by OptionCatalogue's bindings and merged by OptionsConsolidator; everything that
// configures a run reads the merged value through the defaults in `OptionDefaults`.

import Base
import Plan

/// One stage as given. A shortcut's stage without a duration is dropped once the layers are merged, as k6
/// does; whatever else is missing is an error once the stages are used.
public struct StageOption: Hashable, Sendable {
    public var durationNs: Int64?
    public var target: Int64?

    public init(durationNs: Int64?, target: Int64?) {
        self.durationNs = durationNs
        self.target = target
    }
}

public struct ThresholdOption: Hashable, Sendable {
    public var expression: String
    public var abortOnFail: Bool
    /// No abort before this much of the test has passed; nil: not given.
    public var delayAbortEvalNs: Int64?

    public init(_ expression: String, abortOnFail: Bool = false, delayAbortEvalNs: Int64? = nil) {
        self.expression = expression
        self.abortOnFail = abortOnFail
        self.delayAbortEvalNs = delayAbortEvalNs
    }
}

/// The thresholds of one metric or sub-metric (`http_req_duration{status:200}`), in the order given.
public struct MetricThresholds: Hashable, Sendable {
    public var metric: String
    public var thresholds: [ThresholdOption]

    public init(metric: String, thresholds: [ThresholdOption]) {
        self.metric = metric
        self.thresholds = thresholds
    }
}

public enum TLSVersion: String, Hashable, Sendable, CaseIterable {
    case tls10 = "tls1.0"
    case tls11 = "tls1.1"
    case tls12 = "tls1.2"
    case tls13 = "tls1.3"
}

public struct TLSVersionRange: Hashable, Sendable {
    public var min: TLSVersion?
    public var max: TLSVersion?

    public init(min: TLSVersion?, max: TLSVersion?) {
        self.min = min
        self.max = max
    }
}

/// A client certificate: PEM texts, not file names.
public struct TLSAuthOption: Hashable, Sendable {
    public var certificate: String
    public var key: String
    public var password: String?
    /// Hosts it is for; empty: all.
    public var domains: [String]

    public init(certificate: String, key: String, password: String? = nil, domains: [String] = []) {
        self.certificate = certificate
        self.key = key
        self.password = password
        self.domains = domains
    }
}

/// `httpDebug` as given; the empty text switches off what a lower layer switched on.
public struct HTTPDebug: Hashable, Sendable {
    public var text: String

    public init(_ text: String) { self.text = text }

    public var isOn: Bool { !text.isEmpty }
    /// Whether bodies are logged beside the heads.
    public var includesBodies: Bool { text == "full" }
}

public enum SummaryTimeUnit: String, Hashable, Sendable, CaseIterable {
    /// Each value in the unit that suits it, said explicitly.
    case automatic = ""
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
}

public struct TestOptions: Hashable, Sendable {
    // The execution group and what goes with it.
    public var vus: Int64?
    public var durationNs: Int64?
    public var iterations: Int64?
    public var stages: [StageOption]?
    public var scenarios: [ScenarioOption]?
    /// Texts such as "20%", "1/4:1/2" and "0,1/4,1"; Plan reads them.
    public var executionSegment: String?
    public var executionSegmentSequence: String?
    public var paused: Bool?
    public var minIterationDurationNs: Int64?
    public var rps: Int64?
    // Life cycle.
    public var noSetup: Bool?
    public var noTeardown: Bool?
    public var setupTimeoutNs: Int64?
    public var teardownTimeoutNs: Int64?
    public var handleSummaryTimeoutNs: Int64?
    public var throwErrors: Bool?
    // Requests.
    public var maxRedirects: Int64?
    public var batch: Int64?
    public var batchPerHost: Int64?
    public var userAgent: String?
    public var httpDebug: HTTPDebug?
    public var noCookiesReset: Bool?
    public var discardResponseBodies: Bool?
    // Connections.
    public var insecureSkipTLSVerify: Bool?
    public var tlsVersion: TLSVersionRange?
    public var tlsCipherSuites: [String]?
    public var tlsAuth: [TLSAuthOption]?
    public var noConnectionReuse: Bool?
    public var noVUConnectionReuse: Bool?
    public var dns = DNSOptions()
    public var hosts: [HostMapping]?
    public var blacklistIPs: [IPNetwork]?
    /// Patterns as given, with a leading "*" for any prefix; case does not matter.
    public var blockHostnames: [String]?
    public var localIPs: SourceAddressPool?
    // Results.
    public var thresholds: [MetricThresholds]?
    public var tags: [String: String]?
    public var systemTags: [String]?
    public var summaryTrendStats: [String]?
    public var summaryTimeUnit: SummaryTimeUnit?
    public var metricSamplesBufferSize: Int64?
    public var consoleOutput: String?
    public var cloud: JSONValue?
    public var ext: JSONValue?
    // Of the process rather than of the test; a script cannot set them.
    public var outputs: [String]?
    /// Settings of outputs by their name, as the config file has them.
    public var collectors: [String: JSONValue]?
    public var linger: Bool?
    public var noUsageReport: Bool?
    public var webDashboard: Bool?

    public init() {}

    /// Whether any of the four keys that say how iterations run is set; a layer that sets one replaces them
    /// all.
    public var setsExecution: Bool {
        durationNs != nil || iterations != nil || stages != nil || scenarios != nil
    }

    /// With k6's defaults for the two options that are lists of names.
    var withDefaults: TestOptions {
        var options = self
        if options.summaryTrendStats == nil {
            options.summaryTrendStats = OptionDefaults.summaryTrendStats
        }
        if options.systemTags == nil { options.systemTags = OptionDefaults.systemTags }
        return options
    }

    /// Writes the execution segment in its reduced form: `25%` is `0:1/4`.
    mutating func normaliseSegments() throws(CLIError) {
        do throws(SegmentError) {
            if let text = executionSegment {
                executionSegment = try ExecutionSegment(parsing: text).description
            }
            if let text = executionSegmentSequence, !text.isEmpty {
                executionSegmentSequence = try ExecutionSegmentSequence(parsing: text).description
            }
        } catch { throw CLIError(error.description, code: .invalidConfig) }
    }

    mutating func clearExecution() {
        durationNs = nil
        iterations = nil
        stages = nil
        scenarios = nil
    }
}

/// What an unset option means.
public enum OptionDefaults {
    public static let maxRedirects: Int64 = 10
    public static let batch: Int64 = 20
    public static let batchPerHost: Int64 = 6
    public static let setupTimeoutNs = 60 * Ns.perSecond
    public static let teardownTimeoutNs = 60 * Ns.perSecond
    public static let handleSummaryTimeoutNs = 120 * Ns.perSecond
    public static let metricSamplesBufferSize: Int64 = 1000
    public static let summaryTrendStats = ["avg", "min", "med", "max", "p(90)", "p(95)"]
    public static let systemTags = [
        "proto", "subproto", "status", "method", "url", "name", "group", "check", "error", "error_code",
        "tls_version",
        "scenario", "service", "expected_response",
    ]
    /// Known but off unless asked for.
    public static let systemTagsOff = ["iter", "vu", "ocsp_status", "ip"]
}
