// Readers from text to option values, for flags and environment variables. Where k6 reads the two differently
// (durations, whole numbers, stages), there are two functions. Used by OptionCatalogue.

import Base

enum OptionText {
    static func duration(_ text: String) throws(TextError) -> Int64 {
        do { return try GoDuration.parse(text) } catch {
            throw TextError("expected a duration such as 30s or 1m30s")
        }
    }

    static func extendedDuration(_ text: String) throws(TextError) -> Int64 {
        do { return try GoDuration.parseExtended(text) } catch {
            throw TextError("expected a duration such as 30s, 1d or milliseconds, not \"\(text)\"")
        }
    }

    static func flagInt(_ text: String) throws(TextError) -> Int64 {
        guard let number = Text.parseInt(flag: text) else { throw TextError("expected a whole number") }
        return number
    }

    static func envInt(_ text: String) throws(TextError) -> Int64? {
        if text.isEmpty { return nil }
        guard let number = Text.parseInt(decimal: text) else { throw TextError("expected a whole number") }
        return number
    }

    /// Test options in the environment know these two words only, as in k6.
    static func envBool(_ text: String) throws(TextError) -> Bool? {
        switch text {
        case "": nil
        case "true": true
        case "false": false
        default: throw TextError("expected true or false")
        }
    }

    static func positiveInt(_ text: String) throws(TextError) -> Int64 {
        let number = try flagInt(text)
        if number <= 0 { throw TextError("expected a number above 0") }
        return number
    }

    /// Every `-s` may hold several stages.
    static func flagStages(_ texts: [String]) throws(TextError) -> [StageOption] {
        var stages: [StageOption] = []
        for text in texts where !text.isEmpty {
            for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
                let stage = try stage(part)
                if stage.durationNs == nil {
                    throw TextError("the stage \"\(part)\" has no duration; it reads TIME:VUS")
                }
                stages.append(stage)
            }
        }
        return stages
    }

    static func envStages(_ text: String) throws(TextError) -> [StageOption]? {
        var stages: [StageOption] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            stages.append(try stage(part))
        }
        return stages
    }

    private static func stage(_ text: String) throws(TextError) -> StageOption {
        let (time, level) = Text.split(text, at: ":") ?? (text, "")
        var stage = StageOption(durationNs: nil, target: nil)
        if !time.isEmpty {
            do { stage.durationNs = try GoDuration.parse(time) } catch {
                throw TextError("\"\(time)\" is no duration; a stage reads TIME:VUS, such as 30s:10")
            }
        }
        if !level.isEmpty {
            guard let target = Text.parseInt(decimal: level) else {
                throw TextError("\"\(level)\" is no number of VUs; a stage reads TIME:VUS, such as 30s:10")
            }
            stage.target = target
        }
        return stage
    }

    /// `--tag name=value`, each flag one tag.
    static func flagTags(_ texts: [String]) throws(TextError) -> [String: String] {
        var tags: [String: String] = [:]
        for text in texts {
            guard let (name, value) = Text.split(text, at: "="), !name.isEmpty, !value.isEmpty else {
                throw TextError("a tag reads name=value, both not empty")
            }
            tags[name] = value
        }
        return tags
    }

    /// `K6_TAGS`: `name:value,name:value`.
    static func envTags(_ text: String) throws(TextError) -> [String: String]? {
        if text.isEmpty { return nil }
        var tags: [String: String] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard halves.count == 2 else { throw TextError("tags read name:value,name:value") }
            tags[halves[0]] = halves[1]
        }
        return tags
    }

    static func networks(_ texts: [String]) throws(TextError) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for text in texts { networks.append(try IPNetwork(text)) }
        return networks
    }

    static func hostPatterns(_ texts: [String]) throws(TextError) -> [String] {
        for text in texts { try HostPattern.check(text, what: "host name pattern") }
        return texts
    }

    static func trendStats(_ texts: [String]) throws(TextError) -> [String] {
        for text in texts where !["avg", "min", "med", "max", "count"].contains(text) {
            guard text.hasPrefix("p("), text.hasSuffix(")"),
                let percent = Double(text.dropFirst(2).dropLast())
            else {
                throw TextError("\"\(text)\" is no statistic; there are avg, min, med, max, count and p(N)")
            }
            if !(0...100).contains(percent) { throw TextError("\"\(text)\": N of p(N) goes from 0 to 100") }
        }
        return texts
    }

    static func timeUnit(_ text: String) throws(TextError) -> SummaryTimeUnit? {
        if text.isEmpty { return nil }
        guard let unit = SummaryTimeUnit(rawValue: text) else {
            throw TextError("\"\(text)\" is no time unit; there are s, ms and us")
        }
        return unit
    }

    /// Names nobody knows are left out, as k6 does.
    static func systemTags(_ texts: [String]) -> [String] {
        let known = OptionDefaults.systemTags + OptionDefaults.systemTagsOff
        return known.filter(texts.contains)
    }

    static func cipherSuites(_ texts: [String]) throws(TextError) -> [String] {
        for text in texts where !CipherSuites.names.contains(text) {
            throw TextError("unknown cipher suite \"\(text)\"")
        }
        return texts
    }

    /// `--threshold 'metric: expression'`. The metric may hold a colon within braces
    /// (`http_reqs{status:200}`).
    static func thresholds(_ texts: [String]) throws(TextError) -> [MetricThresholds] {
        var all: [MetricThresholds] = []
        for text in texts {
            let tagsEnd = text.firstIndex(of: "}") ?? text.startIndex
            guard let colon = text[tagsEnd...].firstIndex(of: ":") else {
                throw TextError("a threshold reads 'metric: expression', as 'http_req_duration: p(95)<200'")
            }
            let metric = trim(text[..<colon])
            let expression = trim(text[text.index(after: colon)...])
            if metric.isEmpty || expression.isEmpty {
                throw TextError("a threshold reads 'metric: expression', as 'http_req_duration: p(95)<200'")
            }
            if let index = all.firstIndex(where: { $0.metric == metric }) {
                all[index].thresholds.append(ThresholdOption(expression))
            } else {
                all.append(MetricThresholds(metric: metric, thresholds: [ThresholdOption(expression)]))
            }
        }
        return all
    }

    static func trim(_ text: some StringProtocol) -> String {
        let head = text.drop { $0 == " " || $0 == "\t" }
        return String(head.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

/// The names Go knows for TLS 1.2 and older, and TLS 1.3's.
enum CipherSuites {
    static let names: Set<String> = [
        "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]
}
