// The settings of `run` that are no test options: k6's run-time settings (flag, then environment) and what
// only Apus has (flags). CommandLineParser calls both readers; errors are exit code 255.

import Base

struct RuntimeReader {
    let flags: ParsedFlags
    let environment: [String: String]
    /// Runs see the process's variables unless told otherwise; archives and inspections do not.
    var includesSystemEnvByDefault = true

    func read() throws(CLIError) -> RuntimeOptions {
        var runtime = RuntimeOptions()
        runtime.testType = text("type")
        runtime.compatibilityMode = text("compatibility-mode")
        if let mode = runtime.compatibilityMode,
            !["extended", "base", "experimental_enhanced"].contains(mode)
        {
            throw CLIError("unknown compatibility mode \"\(mode)\"; there are extended and base")
        }
        runtime.includeSystemEnvVars = try bool("include-system-env-vars") ?? includesSystemEnvByDefault
        runtime.env = try scriptVariables()
        runtime.noThresholds = try bool("no-thresholds") ?? false
        runtime.noSummary = try bool("no-summary") ?? false
        if let mode = text("summary-mode") {
            guard let known = RuntimeOptions.SummaryMode(rawValue: mode) else {
                let names = RuntimeOptions.SummaryMode.allCases.map(\.rawValue).joined(separator: ", ")
                throw CLIError("unknown summary mode \"\(mode)\"; there are \(names)")
            }
            runtime.summaryMode = known
        }
        runtime.summaryExport = text("summary-export")
        runtime.tracesOutput = text("traces-output") ?? "none"
        if runtime.tracesOutput != "none" && !runtime.tracesOutput.hasPrefix("otel") {
            throw CLIError("unknown traces output \"\(runtime.tracesOutput)\"; there are none and otel")
        }
        return runtime
    }

    /// The flag's value, else the variable's; an empty text counts as none.
    private func text(_ flag: String) -> String? {
        let value = flags.last(flag) ?? FlagTable.env(of: flag).flatMap { environment[$0] }
        return value == "" ? nil : value
    }

    private func bool(_ flag: String) throws(CLIError) -> Bool? {
        if let given = flags.bool(flag) { return given }
        guard let name = FlagTable.env(of: flag), let text = environment[name], !text.isEmpty else {
            return nil
        }
        guard let value = Text.parseBool(text) else {
            throw CLIError("invalid value \"\(text)\" in \(name): expected true or false")
        }
        return value
    }

    private func scriptVariables() throws(CLIError) -> [String: String] {
        var variables: [String: String] = [:]
        for text in flags.all("env") ?? [] {
            let (name, value) = Text.split(text, at: "=") ?? (text, "")
            let valid = name.utf8.enumerated().allSatisfy { index, byte in
                let letter =
                    (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
                return letter || index > 0 && (48...57).contains(byte)
            }
            if name.isEmpty || !valid {
                throw CLIError(
                    "invalid variable name \"\(name)\" for -e/--env",
                    hint: "letters, digits and _, no digit first")
            }
            variables[name] = value
        }
        return variables
    }
}

struct ApusFlags {
    let flags: ParsedFlags

    init(_ flags: ParsedFlags) { self.flags = flags }

    /// More workers than this help no machine and are a typing error.
    static let threadsMax: Int64 = 1024

    func read() throws(CLIError) -> ApusRunSettings {
        var settings = ApusRunSettings()
        settings.request = try request()
        if let text = flags.last("rate") { settings.rate = try rate(text) }
        settings.preset = flags.last("preset")
        settings.preAllocatedVUs = try positive("pre-allocated-vus")
        settings.maxVUs = try positive("max-vus")
        settings.threads = try threads()
        settings.dryRun = flags.bool("dry-run") ?? false
        settings.profile = flags.bool("profile") ?? false
        if let text = flags.last("price") { settings.price = try price(text) }
        settings.region = flags.last("region")
        settings.architecture = flags.last("arch")
        settings.save = flags.last("save")
        return settings
    }

    func threads() throws(CLIError) -> Int? {
        guard let threads = try positive("threads") else { return nil }
        if threads > Self.threadsMax { throw invalid("threads", "expected at most \(Self.threadsMax)") }
        return Int(threads)
    }

    private func invalid(_ flag: String, _ reason: String) -> CLIError {
        let label = (FlagTable.run + FlagTable.target).first { $0.name == flag }?.label ?? "--\(flag)"
        return CLIError("invalid value \"\(flags.last(flag) ?? "")\" for \(label): \(reason)")
    }

    private func positive(_ flag: String) throws(CLIError) -> Int64? {
        guard let text = flags.last(flag) else { return nil }
        do { return try OptionText.positiveInt(text) } catch { throw invalid(flag, error.reason) }
    }

    /// `N`, `N/s`, `N/1m`: N whole, the unit a duration or a unit's name alone.
    private func rate(_ text: String) throws(CLIError) -> RateOption {
        let (head, unit) = Text.split(text, at: "/") ?? (text, "1s")
        guard let count = Text.parseInt(flag: head), count > 0 else {
            throw invalid(
                "rate", "expected a whole number above 0, per second or per a time, such as 100 or 30/1m")
        }
        let unitText = unit.first?.isNumber == true || unit.hasPrefix(".") ? unit : "1" + unit
        do {
            let unitNs = try GoDuration.parse(unitText)
            if unitNs > 0 { return RateOption(count: count, unitNs: unitNs) }
        } catch { throw invalid("rate", "\"\(unit)\" is no time, such as s, 10s or 1m") }
        throw invalid("rate", "the time after / must be above 0")
    }

    private func price(_ text: String) throws(CLIError) -> PriceOption {
        var price = PriceOption(vcpuHour: nil, gbHour: nil)
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let (name, value) = Text.split(part, at: "="), let amount = Double(value), amount >= 0,
                amount.isFinite
            else { throw invalid("price", "it reads vcpu=0.04,gb=0.004, in US dollars per hour") }
            switch name {
            case "vcpu": price.vcpuHour = amount
            case "gb": price.gbHour = amount
            default: throw invalid("price", "unknown part \"\(name)\"; there are vcpu and gb")
            }
        }
        return price
    }

    private func request() throws(CLIError) -> RequestSettings {
        var request = RequestSettings()
        if let method = flags.last("method") {
            if !Self.isToken(method) { throw invalid("method", "expected a method such as GET or POST") }
            request.method = method.uppercased()
        }
        for text in flags.all("header") ?? [] { request.headers.append(try header(text)) }
        if let text = flags.last("body") {
            request.body = text.hasPrefix("@") ? .file(String(text.dropFirst())) : .text(text)
            if text == "@" { throw invalid("body", "the name of a file should follow @") }
        }
        if let text = flags.last("timeout") {
            do { request.timeoutNs = try OptionText.duration(text) } catch {
                throw invalid("timeout", error.reason)
            }
            if let timeoutNs = request.timeoutNs, timeoutNs <= 0 {
                throw invalid("timeout", "expected a time above 0")
            }
        }
        return request
    }

    private func header(_ text: String) throws(CLIError) -> RequestHeader {
        guard let (name, value) = Text.split(text, at: ":"), Self.isToken(name) else {
            throw CLIError("invalid header \"\(text)\" for -H/--header", hint: "it reads 'Name: value'")
        }
        if value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
            throw CLIError("the header \(name) holds a control character")
        }
        return RequestHeader(name, OptionText.trim(value))
    }

    /// Whether a text is an HTTP token.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
