// How the outputs `statsd` and `datadog` are set up: defaults, then the config file and the environment with
// the names of k6's StatsD extension, then the argument. Pure; called by the CLI.

import Base

public struct StatsDConfiguration: Sendable {
    public enum Dialect: Sendable {
        /// Tags only if asked for.
        case statsd
        /// Tags unless refused.
        case datadog
    }

    var dialect: Dialect
    var address = "localhost:8125"
    var namespace = "k6."
    var pushIntervalNs = Ns.perSecond
    /// Lines of a packet at most.
    var bufferSize = 20
    var sendsTags: Bool
    var blockedTags: Set<String> = ["vu", "iter", "url"]

    /// - Parameter argument: what follows `statsd=`: an address, or nothing.
    public init(
        _ dialect: Dialect, argument: String, environment: [String: String],
        collector: CollectorSettings = CollectorSettings()
    ) throws(OutputError) {
        self.dialect = dialect
        sendsTags = dialect == .datadog
        try read(collector)
        try read(environment)
        // An empty name space is one: no prefix.
        if !namespace.isEmpty, namespace.last != "." { namespace += "." }
        if !argument.isEmpty { address = argument }
    }

    private mutating func read(_ collector: CollectorSettings) throws(OutputError) {
        if let text = try collector.text("addr"), !text.isEmpty { address = text }
        namespace = try collector.text("namespace") ?? namespace
        pushIntervalNs = try collector.intervalNs("pushInterval") ?? pushIntervalNs
        if let number = try collector.whole("bufferSize") {
            if number < 1 {
                throw OutputError("\(collector.path("bufferSize")) must be a number from 1 on, not \(number)")
            }
            bufferSize = number
        }
        sendsTags = try collector.flag("enableTags") ?? sendsTags
        if let tags = try collector.texts("tagBlocklist") { blockedTags = Set(tags) }
    }

    private mutating func read(_ environment: [String: String]) throws(OutputError) {
        func text(_ name: String) -> String? {
            environment["K6_STATSD_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        address = text("ADDR") ?? address
        namespace = environment["K6_STATSD_NAMESPACE"] ?? namespace
        if let value = text("PUSH_INTERVAL") {
            do { pushIntervalNs = try GoDuration.parseExtended(value) } catch {
                throw OutputError("K6_STATSD_PUSH_INTERVAL: \(error)")
            }
            if pushIntervalNs <= 0 {
                throw OutputError("K6_STATSD_PUSH_INTERVAL must be longer than nothing, not \(value)")
            }
        }
        if let value = text("BUFFER_SIZE") {
            guard let number = Int(value), number > 0 else {
                throw OutputError("K6_STATSD_BUFFER_SIZE must be a whole number from 1 on, not \"\(value)\"")
            }
            bufferSize = number
        }
        if let value = text("ENABLE_TAGS") {
            switch value {
            case "1", "t", "T", "true", "TRUE", "True": sendsTags = true
            case "0", "f", "F", "false", "FALSE", "False": sendsTags = false
            default: throw OutputError("K6_STATSD_ENABLE_TAGS must be true or false, not \"\(value)\"")
            }
        }
        if let value = environment["K6_STATSD_TAG_BLOCKLIST"] {
            blockedTags = Set(value.split(separator: ",").map(\.trimmed)).subtracting([""])
        }
    }
}
