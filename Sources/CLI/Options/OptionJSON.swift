// Readers from JSON to option values, with k6's tolerance: numbers may stand in strings, names match without
// regard to case, null means "not set". Used by OptionCatalogue for config files and scripts' options.

import Base

enum OptionJSON {
    private static func expected(_ what: String, _ value: JSONValue) -> TextError {
        TextError("expected \(what), not \(value.kind)")
    }

    static func int(_ value: JSONValue) throws(TextError) -> Int64? {
        switch value {
        case .number(let text):
            guard let number = value.int64 else { throw TextError("expected a whole number, not \(text)") }
            return number
        case .string(""): return nil
        case .string(let text):
            guard let number = Text.parseInt(decimal: text) else {
                throw TextError("expected a whole number, not \"\(text)\"")
            }
            return number
        default: throw expected("a whole number", value)
        }
    }

    static func bool(_ value: JSONValue) throws(TextError) -> Bool? {
        guard let flag = value.boolean else { throw expected("true or false", value) }
        return flag
    }

    static func string(_ value: JSONValue) throws(TextError) -> String? {
        guard let text = value.text else { throw expected("a string", value) }
        return text
    }

    /// Nanoseconds; numbers are milliseconds.
    static func duration(_ value: JSONValue) throws(TextError) -> Int64? {
        switch value {
        case .number(let text), .string(let text): return try OptionText.extendedDuration(text)
        default: throw expected("a duration such as \"30s\" or milliseconds", value)
        }
    }

    static func strings(_ value: JSONValue) throws(TextError) -> [String]? {
        guard let elements = value.elements else { throw expected("an array of strings", value) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else { throw expected("strings in the array", element) }
            texts.append(text)
        }
        return texts
    }

    static func stringMap(_ value: JSONValue) throws(TextError) -> [String: String]? {
        var map: [String: String] = [:]
        for member in try object(value).members where member.value != .null {
            guard let text = member.value.text else {
                throw TextError("\"\(member.name)\": expected a string, not \(member.value.kind)")
            }
            map[member.name] = text
        }
        return map
    }

    /// Whatever stands under each output's name: only the outputs that are used are looked at, as in k6.
    static func collectors(_ value: JSONValue) throws(TextError) -> [String: JSONValue]? {
        var collectors: [String: JSONValue] = [:]
        for member in try object(value).members { collectors[member.name] = member.value }
        return collectors
    }

    static func object(_ value: JSONValue) throws(TextError) -> JSONObject {
        guard let object = value.members else { throw expected("an object", value) }
        return object
    }

    /// The value of `key` whatever its case; nil if it is absent or null.
    static func lookup(_ key: String, in object: JSONObject) -> JSONValue? {
        let wanted = key.lowercased()
        let value = object.members.last { $0.name.lowercased() == wanted }?.value
        return value == .null ? nil : value
    }

    static func requireKnown(_ object: JSONObject, _ known: [String]) throws(TextError) {
        let names = Set(known.map { $0.lowercased() })
        for member in object.members where !names.contains(member.name.lowercased()) {
            let near = Text.closest(to: member.name, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
            throw TextError("unknown key \"\(member.name)\"\(near)")
        }
    }

    static func stages(_ value: JSONValue, strict: Bool) throws(TextError) -> [StageOption] {
        guard let elements = value.elements else { throw expected("an array of stages", value) }
        var stages: [StageOption] = []
        for element in elements {
            let object = try object(element)
            if strict { try requireKnown(object, ["duration", "target"]) }
            var stage = StageOption(durationNs: nil, target: nil)
            if let duration = lookup("duration", in: object) {
                stage.durationNs = try Self.duration(duration)
            }
            if let target = lookup("target", in: object) { stage.target = try int(target) }
            stages.append(stage)
        }
        return stages
    }

    /// The shortcut `stages`, those without a duration included.
    static func shortcutStages(_ value: JSONValue) throws(TextError) -> [StageOption]? {
        try stages(value, strict: false)
    }

    static func thresholds(_ value: JSONValue) throws(TextError) -> [MetricThresholds]? {
        var all: [MetricThresholds] = []
        for member in try object(value).members {
            var entry = MetricThresholds(metric: member.name, thresholds: [])
            if member.value != .null {
                guard let elements = member.value.elements else {
                    throw TextError("\"\(member.name)\": expected an array, not \(member.value.kind)")
                }
                for element in elements { entry.thresholds.append(try threshold(element, member.name)) }
            }
            all.removeAll { $0.metric == entry.metric }
            all.append(entry)
        }
        return all
    }

    private static func threshold(_ value: JSONValue, _ metric: String) throws(TextError) -> ThresholdOption {
        if let text = value.text { return ThresholdOption(text) }
        guard let object = value.members else {
            throw TextError("\"\(metric)\": expected a string or an object, not \(value.kind)")
        }
        var threshold = ThresholdOption("")
        if let text = lookup("threshold", in: object) { threshold.expression = try string(text) ?? "" }
        if let abort = lookup("abortOnFail", in: object) { threshold.abortOnFail = try bool(abort) ?? false }
        if let delay = lookup("delayAbortEval", in: object) {
            threshold.delayAbortEvalNs = try duration(delay)
        }
        return threshold
    }

    static func dns(_ value: JSONValue) throws(TextError) -> DNSOptions {
        let object = try object(value)
        var dns = DNSOptions()
        for name in ["ttl", "select", "policy"] {
            if let text = lookup(name, in: object) { try dns.set(name, try string(text) ?? "") }
        }
        return dns
    }

    static func hosts(_ value: JSONValue) throws(TextError) -> [HostMapping]? {
        guard let map = try stringMap(value) else { return nil }
        var hosts: [HostMapping] = []
        for (pattern, target) in map.sorted(by: { $0.key < $1.key }) {
            hosts.append(try HostMapping(pattern: pattern, target: target))
        }
        return hosts
    }

    static func tlsVersion(_ value: JSONValue) throws(TextError) -> TLSVersionRange? {
        if let text = value.text {
            let version = try version(text)
            return TLSVersionRange(min: version, max: version)
        }
        let object = try object(value)
        try requireKnown(object, ["min", "max"])
        var range = TLSVersionRange(min: nil, max: nil)
        if let text = lookup("min", in: object) { range.min = try version(try string(text) ?? "") }
        if let text = lookup("max", in: object) { range.max = try version(try string(text) ?? "") }
        return range
    }

    private static func version(_ text: String) throws(TextError) -> TLSVersion? {
        if text.isEmpty { return nil }
        if let version = TLSVersion(rawValue: text) { return version }
        let names = TLSVersion.allCases.map(\.rawValue).joined(separator: ", ")
        throw TextError("\"\(text)\" is no TLS version; there are \(names)")
    }

    static func tlsAuth(_ value: JSONValue) throws(TextError) -> [TLSAuthOption]? {
        guard let elements = value.elements else { throw expected("an array of certificates", value) }
        var all: [TLSAuthOption] = []
        for element in elements {
            let object = try object(element)
            try requireKnown(object, ["cert", "key", "password", "domains"])
            var option = TLSAuthOption(certificate: "", key: "")
            if let text = lookup("cert", in: object) { option.certificate = try string(text) ?? "" }
            if let text = lookup("key", in: object) { option.key = try string(text) ?? "" }
            if let text = lookup("password", in: object) { option.password = try string(text) }
            if let list = lookup("domains", in: object) { option.domains = try strings(list) ?? [] }
            for (name, pem) in [("cert", option.certificate), ("key", option.key)]
            where !pem.contains("-----BEGIN ") {
                throw TextError("\"\(name)\" holds no PEM text")
            }
            all.append(option)
        }
        return all
    }

    static func scenarios(_ value: JSONValue) throws(TextError) -> [ScenarioOption]? {
        var all: [ScenarioOption] = []
        for member in try object(value).members {
            all.removeAll { $0.name == member.name }
            do { all.append(try scenario(member.name, member.value)) } catch {
                throw TextError("scenario \(member.name): \(error.reason)")
            }
        }
        return all
    }

    private static func scenario(_ name: String, _ value: JSONValue) throws(TextError) -> ScenarioOption {
        let object = value == .null ? JSONObject() : try object(value)
        guard let executor = lookup("executor", in: object) else { throw TextError("it names no executor") }
        guard let kindName = try string(executor), let kind = ScenarioOption.Kind(rawValue: kindName) else {
            let names = ScenarioOption.Kind.allCases.map(\.rawValue)
            let near = executor.text.flatMap { Text.closest(to: $0, among: names) }
            throw TextError(
                "unknown executor \"\(executor.text ?? "")\""
                    + (near.map { " (did you mean \"\($0)\"?)" } ?? ""))
        }
        try requireKnown(object, ScenarioOption.commonKeys + kind.keys)
        var scenario = ScenarioOption(name: name, kind: kind)
        for member in object.members where member.value != .null {
            do { try set(member.name, member.value, &scenario) } catch {
                throw TextError("\"\(member.name)\": \(error.reason)")
            }
        }
        return scenario
    }

    private static func set(_ key: String, _ value: JSONValue, _ scenario: inout ScenarioOption)
        throws(TextError)
    {
        switch key.lowercased() {
        case "starttime": scenario.startTimeNs = try duration(value)
        case "gracefulstop": scenario.gracefulStopNs = try duration(value)
        case "exec":
            scenario.exec = try string(value)
            if scenario.exec == "" { throw TextError("it cannot be empty") }
        case "env": scenario.env = try stringMap(value)
        case "tags": scenario.tags = try stringMap(value)
        case "vus": scenario.vus = try int(value)
        case "iterations": scenario.iterations = try int(value)
        case "maxduration": scenario.maxDurationNs = try duration(value)
        case "duration": scenario.durationNs = try duration(value)
        case "startvus": scenario.startVUs = try int(value)
        case "stages": scenario.stages = try stages(value, strict: true)
        case "gracefulrampdown": scenario.gracefulRampDownNs = try duration(value)
        case "rate": scenario.rate = try int(value)
        case "startrate": scenario.startRate = try int(value)
        case "timeunit": scenario.timeUnitNs = try duration(value)
        case "preallocatedvus": scenario.preAllocatedVUs = try int(value)
        case "maxvus": scenario.maxVUs = try int(value)
        case "options":
            try requireKnown(try object(value), ["browser"])
            scenario.options = value
        default: break  // "executor", read before
        }
    }
}
