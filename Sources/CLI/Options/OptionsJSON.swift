// Test options as k6 writes them: the object `inspect` prints and archives hold, with every key in k6's
// order and null for what is not set. Called by the commands `inspect` and `archive`;
// OptionsJSON+Script.swift has the two forms a script sees.

import Base

enum OptionsJSON {
    /// What `inspect --execution-requirements` adds at the end.
    struct Requirements: Hashable, Sendable {
        var totalDurationNs: Int64
        var maxVUs: Int64
    }

    /// The document `inspect` prints: two spaces per level, no line break at the end.
    static func inspection(_ options: TestOptions, requirements: Requirements? = nil) -> String {
        var writer = JSONWriter(indentSpaces: 2)
        writer.escaping = .goHTML
        writer.object { writer in
            members(options, &writer)
            if let requirements {
                writer.key("totalDuration")
                writer.value(GoDuration.format(requirements.totalDurationNs))
                writer.key("maxVUs")
                writer.value(requirements.maxVUs)
            }
        }
        return writer.text
    }

    /// The members of the options object, in k6's order.
    static func members(_ options: TestOptions, _ writer: inout JSONWriter) {
        execution(options, &writer)
        lifecycle(options, &writer)
        requests(options, &writer)
        connections(options, &writer)
        results(options, &writer)
    }

    private static func execution(_ options: TestOptions, _ writer: inout JSONWriter) {
        writer.member("paused", options.paused)
        writer.member("vus", options.vus)
        writer.duration("duration", options.durationNs)
        writer.member("iterations", options.iterations)
        writer.member("stages", options.stages) { $0.stages($1) }
        writer.member("scenarios", options.scenarios) { $0.scenarios($1) }
        writer.member("executionSegment", options.executionSegment)
        writer.member("executionSegmentSequence", options.executionSegmentSequence)
    }

    private static func lifecycle(_ options: TestOptions, _ writer: inout JSONWriter) {
        writer.member("noSetup", options.noSetup)
        writer.duration("setupTimeout", options.setupTimeoutNs)
        writer.member("noTeardown", options.noTeardown)
        writer.duration("teardownTimeout", options.teardownTimeoutNs)
    }

    private static func requests(_ options: TestOptions, _ writer: inout JSONWriter) {
        writer.member("rps", options.rps)
        writer.key("dns")
        writer.object { writer in
            writer.member("ttl", options.dns.ttl)
            writer.member("select", options.dns.select?.rawValue)
            writer.member("policy", options.dns.policy?.rawValue)
        }
        writer.member("maxRedirects", options.maxRedirects)
        writer.escaped { $0.member("userAgent", options.userAgent) }
        writer.member("batch", options.batch)
        writer.member("batchPerHost", options.batchPerHost)
        writer.escaped { $0.member("httpDebug", options.httpDebug?.text) }
    }

    private static func connections(_ options: TestOptions, _ writer: inout JSONWriter) {
        writer.member("insecureSkipTLSVerify", options.insecureSkipTLSVerify)
        // k6 keeps a list without suites as none.
        let suites = options.tlsCipherSuites.flatMap { $0.isEmpty ? nil : $0 }
        writer.member("tlsCipherSuites", suites) { $0.strings($1) }
        writer.member("tlsVersion", options.tlsVersion) { writer, range in
            writer.object { writer in
                writer.member("min", range.min?.rawValue ?? "")
                writer.member("max", range.max?.rawValue ?? "")
            }
        }
        writer.member("tlsAuth", options.tlsAuth) { writer, all in writer.array(all) { $0.identity($1) } }
        writer.member("throw", options.throwErrors)
        writer.member("thresholds", options.thresholds) { $0.thresholds($1) }
        writer.member("blacklistIPs", options.blacklistIPs) { writer, networks in
            writer.strings(networks.map { "\($0.first.text)/\($0.prefixBits)" })
        }
        writer.member("blockHostnames", options.blockHostnames) { $0.strings($1) }
        writer.member("hosts", options.hosts) { $0.hosts($1) }
        writer.member("noConnectionReuse", options.noConnectionReuse)
        writer.member("noVUConnectionReuse", options.noVUConnectionReuse)
        writer.duration("minIterationDuration", options.minIterationDurationNs)
        if let cloud = options.cloud {
            writer.escaped { writer in
                writer.key("cloud")
                writer.tree(cloud)
            }
        }
        writer.escaped { writer in writer.member("ext", options.ext) { $0.tree($1) } }
    }

    private static func results(_ options: TestOptions, _ writer: inout JSONWriter) {
        writer.member("summaryTrendStats", options.summaryTrendStats) { $0.strings($1) }
        writer.member("summaryTimeUnit", options.summaryTimeUnit?.rawValue)
        let tags = options.systemTags.flatMap { $0.isEmpty ? nil : $0.sorted() }
        writer.member("systemTags", tags) { $0.strings($1) }
        writer.member("tags", options.tags) { $0.map($1) }
        writer.member("metricSamplesBufferSize", options.metricSamplesBufferSize)
        writer.member("noCookiesReset", options.noCookiesReset)
        writer.member("discardResponseBodies", options.discardResponseBodies)
    }
}

/// Members as k6's options have them: null where nothing is set, maps ordered by their keys' bytes.
extension JSONWriter {
    mutating func member<Value>(
        _ name: String, _ value: Value?, _ write: (inout JSONWriter, Value) -> Void
    ) {
        key(name)
        if let value { write(&self, value) } else { null() }
    }

    mutating func member(_ name: String, _ text: String?) { member(name, text) { $0.value($1) } }
    mutating func member(_ name: String, _ number: Int64?) { member(name, number) { $0.value($1) } }
    mutating func member(_ name: String, _ flag: Bool?) { member(name, flag) { $0.value($1) } }

    mutating func duration(_ name: String, _ ns: Int64?) {
        member(name, ns) { $0.value(GoDuration.format($1)) }
    }

    /// Some values are escaped for HTML wherever they stand: Go encodes them before it writes the document.
    mutating func escaped(_ body: (inout JSONWriter) -> Void) {
        let outer = escaping
        if outer == .go { escaping = .goHTML }
        body(&self)
        escaping = outer
    }

    mutating func strings(_ texts: [String]) { array(texts) { $0.value($1) } }

    mutating func map(_ map: [String: String]) {
        object { writer in
            for (name, text) in map.sorted(by: { $0.key.precedes($1.key) }) { writer.member(name, text) }
        }
    }

    mutating func stages(_ stages: [StageOption]) {
        array(stages) { writer, stage in
            writer.object { writer in
                writer.duration("duration", stage.durationNs)
                writer.member("target", stage.target)
            }
        }
    }

    mutating func hosts(_ hosts: [HostMapping]) {
        var map: [String: String] = [:]
        for mapping in hosts {
            let pattern = mapping.port.map { "\(mapping.host):\($0)" } ?? mapping.host
            let address = mapping.address.text
            map[pattern] =
                mapping.addressPort.map { port in
                    mapping.address.isV6 ? "[\(address)]:\(port)" : "\(address):\(port)"
                } ?? address
        }
        self.map(map)
    }

    mutating func thresholds(_ all: [MetricThresholds]) {
        object { writer in
            for metric in all.sorted(by: { $0.metric.precedes($1.metric) }) {
                writer.key(metric.metric)
                writer.array(metric.thresholds) { writer, threshold in
                    // A delay without an abort means nothing, and k6 leaves it out.
                    if !threshold.abortOnFail { return writer.value(threshold.expression) }
                    writer.object { writer in
                        writer.member("threshold", threshold.expression)
                        writer.member("abortOnFail", true)
                        writer.duration("delayAbortEval", threshold.delayAbortEvalNs)
                    }
                }
            }
        }
    }

    mutating func identity(_ identity: TLSAuthOption) {
        object { writer in
            writer.member("cert", identity.certificate)
            writer.member("key", identity.key)
            writer.escaped { $0.member("password", identity.password) }
            writer.member("domains", identity.domains.isEmpty ? nil : identity.domains) { $0.strings($1) }
        }
    }

    /// Any JSON value, members ordered by name, numbers in Go's form.
    mutating func tree(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .number(let text): number(text)
        case .string(let text): self.value(text)
        case .array(let values): array(values) { $0.tree($1) }
        case .object(let object):
            self.object { writer in
                var seen: [String: JSONValue] = [:]
                for member in object.members { seen[member.name] = member.value }
                for (name, value) in seen.sorted(by: { $0.key.precedes($1.key) }) {
                    writer.key(name)
                    writer.tree(value)
                }
            }
        }
    }

    private mutating func number(_ text: String) {
        guard let number = Double(text), number.isFinite else { return raw(text) }
        value(number)
    }
}

extension String {
    /// Go's order of strings: by bytes.
    func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
