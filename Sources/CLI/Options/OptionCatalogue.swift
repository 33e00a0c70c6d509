// Every test option once: its JSON key, its flag, how each layer's text becomes its value, and how a higher
// layer's value lies over a lower one's. OptionLayers walks this list; nothing else knows the keys one by
// one. Flags and environment names come from FlagTable; an option without a flag names its variable here.

import Base

struct OptionBinding: Sendable {
    typealias FlagReader<Value> = @Sendable ([String]) throws(TextError) -> Value
    typealias EnvReader<Value> = @Sendable (String) throws(TextError) -> Value
    typealias JSONReader<Value> = @Sendable (JSONValue) throws(TextError) -> Value
    typealias Field<Value> = WritableKeyPath<TestOptions, Value?> & Sendable

    let key: String
    let flag: String?
    let env: String?
    /// Each sets its option from what its layer holds; nil: that layer cannot set the option.
    var fromFlag: (@Sendable ([String], inout TestOptions) throws(TextError) -> Void)?
    var fromEnv: (@Sendable (String, inout TestOptions) throws(TextError) -> Void)?
    var fromJSON: (@Sendable (JSONValue, inout TestOptions) throws(TextError) -> Void)?
    let overlay: @Sendable (TestOptions, inout TestOptions) -> Void
    /// Whether a script may set it (the rest belongs to the process).
    var inScripts = true
}

extension OptionBinding {
    /// An option whose readers are given; a reader's nil leaves the option unset, and a reader whose flag or
    /// variable does not exist is left out.
    static func custom<Value: Sendable>(
        _ key: String, flag: String? = nil, env: String? = nil, _ field: Field<Value>,
        fromFlag: FlagReader<Value?>? = nil, fromEnv: EnvReader<Value?>? = nil,
        fromJSON: JSONReader<Value?>? = nil
    ) -> OptionBinding {
        let env = fromEnv == nil ? nil : env ?? flag.flatMap(FlagTable.env)
        var binding = OptionBinding(
            key: key, flag: flag, env: env,
            overlay: { upper, lower in
                if let value = upper[keyPath: field] { lower[keyPath: field] = value }
            })
        if let fromFlag, flag != nil {
            binding.fromFlag = { (texts, options) throws(TextError) in
                options[keyPath: field] = try fromFlag(texts)
            }
        }
        if let fromEnv, env != nil {
            binding.fromEnv = { (text, options) throws(TextError) in
                options[keyPath: field] = try fromEnv(text)
            }
        }
        if let fromJSON {
            binding.fromJSON = { (value, options) throws(TextError) in
                options[keyPath: field] = try fromJSON(value)
            }
        }
        return binding
    }

    static func int(_ key: String, flag: String? = nil, env: String? = nil, _ field: Field<Int64>)
        -> OptionBinding
    {
        custom(
            key, flag: flag, env: env, field,
            fromFlag: { (texts) throws(TextError) in try OptionText.flagInt(texts[texts.count - 1]) },
            fromEnv: { (text) throws(TextError) in try OptionText.envInt(text) },
            fromJSON: { (value) throws(TextError) in try OptionJSON.int(value) })
    }

    static func bool(_ key: String, flag: String? = nil, env: String? = nil, _ field: Field<Bool>)
        -> OptionBinding
    {
        custom(
            key, flag: flag, env: env, field, fromFlag: { Text.parseBool($0[$0.count - 1]) },
            fromEnv: { (text) throws(TextError) in try OptionText.envBool(text) },
            fromJSON: { (value) throws(TextError) in try OptionJSON.bool(value) })
    }

    static func duration(
        _ key: String, flag: String? = nil, env: String? = nil, _ field: Field<Int64>
    ) -> OptionBinding {
        custom(
            key, flag: flag, env: env, field,
            fromFlag: { (texts) throws(TextError) in try OptionText.duration(texts[texts.count - 1]) },
            fromEnv: { (text) throws(TextError) in text.isEmpty ? nil : try OptionText.extendedDuration(text)
            },
            fromJSON: { (value) throws(TextError) in try OptionJSON.duration(value) })
    }

    /// A text; only the flag can set it to the empty one.
    static func string(_ key: String, flag: String, _ field: Field<String>) -> OptionBinding {
        custom(
            key, flag: flag, field, fromFlag: { $0[$0.count - 1] }, fromEnv: { $0.isEmpty ? nil : $0 },
            fromJSON: { (value) throws(TextError) in try OptionJSON.string(value) })
    }

    /// A list of texts which `check` refuses or turns into values.
    static func list<Element: Sendable>(
        _ key: String, flag: String? = nil, env: String? = nil, _ field: Field<[Element]>,
        _ check: @escaping FlagReader<[Element]>
    ) -> OptionBinding {
        custom(
            key, flag: flag, env: env, field,
            fromFlag: { (texts) throws(TextError) in
                var all: [String] = []
                for text in texts { all += try Text.list(text) }
                return try check(all)
            },
            fromEnv: { (text) throws(TextError) in
                try check(
                    text.isEmpty
                        ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
            },
            fromJSON: { (value) throws(TextError) in
                guard let texts = try OptionJSON.strings(value) else { return nil }
                return try check(texts)
            })
    }
}

enum OptionCatalogue {
    /// In the order k6 prints the options.
    static let bindings: [OptionBinding] = execution + lifecycle + requests + connections + results + process

    private static let execution: [OptionBinding] = [
        .bool("paused", flag: "paused", \.paused),
        .int("vus", flag: "vus", \.vus),
        .duration("duration", flag: "duration", \.durationNs),
        .int("iterations", flag: "iterations", \.iterations),
        .custom(
            "stages", flag: "stage", \.stages,
            fromFlag: { (texts) throws(TextError) in try OptionText.flagStages(texts) },
            fromEnv: { (text) throws(TextError) in try OptionText.envStages(text) },
            fromJSON: { (value) throws(TextError) in try OptionJSON.shortcutStages(value) }),
        .custom(
            "scenarios", \.scenarios,
            fromJSON: { (value) throws(TextError) in try OptionJSON.scenarios(value) }),
        .string("executionSegment", flag: "execution-segment", \.executionSegment),
        .string(
            "executionSegmentSequence", flag: "execution-segment-sequence", \.executionSegmentSequence),
    ]

    private static let lifecycle: [OptionBinding] = [
        .bool("noSetup", flag: "no-setup", \.noSetup),
        .duration("setupTimeout", env: "K6_SETUP_TIMEOUT", \.setupTimeoutNs),
        .bool("noTeardown", flag: "no-teardown", \.noTeardown),
        .duration("teardownTimeout", env: "K6_TEARDOWN_TIMEOUT", \.teardownTimeoutNs),
        .duration("handleSummaryTimeout", env: "K6_HANDLE_SUMMARY_TIMEOUT", \.handleSummaryTimeoutNs),
        .duration("minIterationDuration", flag: "min-iteration-duration", \.minIterationDurationNs),
        .bool("throw", flag: "throw", \.throwErrors),
    ]

    private static let requests: [OptionBinding] = [
        .int("rps", flag: "rps", \.rps),
        .int("maxRedirects", flag: "max-redirects", \.maxRedirects),
        .string("userAgent", flag: "user-agent", \.userAgent),
        .int("batch", flag: "batch", \.batch),
        .int("batchPerHost", flag: "batch-per-host", \.batchPerHost),
        .custom(
            "httpDebug", flag: "http-debug", \.httpDebug,
            fromFlag: { HTTPDebug($0[$0.count - 1]) },
            fromEnv: { $0.isEmpty ? nil : HTTPDebug($0) },
            fromJSON: { (value) throws(TextError) in try OptionJSON.string(value).map(HTTPDebug.init) }),
        .bool("noCookiesReset", env: "K6_NO_COOKIES_RESET", \.noCookiesReset),
        .bool("discardResponseBodies", flag: "discard-response-bodies", \.discardResponseBodies),
    ]

    private static let connections: [OptionBinding] = [
        .bool("insecureSkipTLSVerify", flag: "insecure-skip-tls-verify", \.insecureSkipTLSVerify),
        .list("tlsCipherSuites", env: "K6_TLS_CIPHER_SUITES", \.tlsCipherSuites) {
            (texts) throws(TextError) in
            try OptionText.cipherSuites(texts)
        },
        .custom(
            "tlsVersion", \.tlsVersion,
            fromJSON: { (value) throws(TextError) in try OptionJSON.tlsVersion(value) }),
        .custom(
            "tlsAuth", env: "K6_TLSAUTH", \.tlsAuth,
            fromEnv: { (text) throws(TextError) in
                if text.isEmpty { return nil }
                do { return try OptionJSON.tlsAuth(try JSONValue.parse(text)) } catch let error
                    as JSONValue.ParseError
                {
                    throw TextError("expected tlsAuth's JSON array: \(error)")
                } catch let error as TextError { throw error } catch { throw TextError("\(error)") }
            }, fromJSON: { (value) throws(TextError) in try OptionJSON.tlsAuth(value) }),
        .bool("noConnectionReuse", flag: "no-connection-reuse", \.noConnectionReuse),
        .bool("noVUConnectionReuse", flag: "no-vu-connection-reuse", \.noVUConnectionReuse),
        OptionBinding(
            key: "dns", flag: "dns", env: FlagTable.env(of: "dns"),
            fromFlag: { (texts, options) throws(TextError) in
                options.dns = try DNSOptions(texts[texts.count - 1])
            },
            fromEnv: { (text, options) throws(TextError) in options.dns = try DNSOptions(text) },
            fromJSON: { (value, options) throws(TextError) in options.dns = try OptionJSON.dns(value) },
            overlay: { upper, lower in lower.dns = upper.dns.over(lower.dns) }),
        .custom("hosts", \.hosts, fromJSON: { (value) throws(TextError) in try OptionJSON.hosts(value) }),
        .list("blacklistIPs", flag: "blacklist-ip", \.blacklistIPs) { (texts) throws(TextError) in
            try OptionText.networks(texts)
        },
        .list("blockHostnames", flag: "block-hostnames", \.blockHostnames) { (texts) throws(TextError) in
            try OptionText.hostPatterns(texts)
        },
        .custom(
            "localIPs", flag: "local-ips", \.localIPs,
            fromFlag: { (texts) throws(TextError) in
                let text = texts[texts.count - 1]
                return text.isEmpty ? nil : try SourceAddressPool(text)
            },
            fromEnv: { (text) throws(TextError) in text.isEmpty ? nil : try SourceAddressPool(text) }),
    ]

    private static let results: [OptionBinding] = [
        .custom(
            "thresholds", flag: "threshold", env: "K6_THRESHOLDS", \.thresholds,
            fromFlag: { (texts) throws(TextError) in try OptionText.thresholds(texts) },
            fromEnv: { (text) throws(TextError) in
                text.isEmpty ? nil : try OptionText.thresholds(text.split(separator: ",").map(String.init))
            },
            fromJSON: { (value) throws(TextError) in try OptionJSON.thresholds(value) }),
        .list("summaryTrendStats", flag: "summary-trend-stats", \.summaryTrendStats) {
            (texts) throws(TextError) in
            try OptionText.trendStats(texts)
        },
        .custom(
            "summaryTimeUnit", flag: "summary-time-unit", \.summaryTimeUnit,
            fromFlag: { (texts) throws(TextError) in try OptionText.timeUnit(texts[texts.count - 1]) },
            fromEnv: { (text) throws(TextError) in try OptionText.timeUnit(text) },
            fromJSON: { (value) throws(TextError) in
                let text = try OptionJSON.string(value)
                return text == "" ? .automatic : try OptionText.timeUnit(text ?? "")
            }),
        .list("systemTags", flag: "system-tags", \.systemTags) { OptionText.systemTags($0) },
        .custom(
            "tags", flag: "tag", \.tags,
            fromFlag: { (texts) throws(TextError) in try OptionText.flagTags(texts) },
            fromEnv: { (text) throws(TextError) in try OptionText.envTags(text) },
            fromJSON: { (value) throws(TextError) in try OptionJSON.stringMap(value) }),
        .int("metricSamplesBufferSize", env: "K6_METRIC_SAMPLES_BUFFER_SIZE", \.metricSamplesBufferSize),
        .custom("cloud", \.cloud, fromJSON: { $0 }),
        .custom("ext", \.ext, fromJSON: { $0 }),
        .custom(
            "consoleOutput", flag: "console-output", \.consoleOutput, fromFlag: { $0[$0.count - 1] },
            fromEnv: { $0.isEmpty ? nil : $0 }),
    ]

    private static let process: [OptionBinding] =
        ([
            .custom(
                "out", flag: "out", \.outputs, fromFlag: { $0 },
                fromEnv: { $0.isEmpty ? nil : $0.split(separator: ",").map(String.init) },
                fromJSON: { (value) throws(TextError) in try OptionJSON.strings(value) }),
            .custom(
                "collectors", \.collectors,
                fromJSON: { (value) throws(TextError) in try OptionJSON.collectors(value) }),
            .bool("linger", flag: "linger", \.linger),
            .bool("noUsageReport", flag: "no-usage-report", \.noUsageReport),
            .custom(
                "webDashboard", env: "K6_WEB_DASHBOARD", \.webDashboard,
                fromEnv: { (text) throws(TextError) in try OptionText.envBool(text) },
                fromJSON: { (value) throws(TextError) in
                    // k6 takes an object as well, which means nothing.
                    value.members == nil ? try OptionJSON.bool(value) : nil
                }),
        ] as [OptionBinding]).map {
            var binding = $0
            binding.inScripts = false
            return binding
        }
}
