// From consolidated settings to everything a run needs before its first request: validated plan, thresholds,
// metrics demand, client settings. Pure but for the environment it is given; every problem is one CLIError,
// and nothing has been started by then.

import Base
import Engine
import EventLoop
import HTTP
import HTTPClient
import Metrics
import Outputs
import Plan
import TLS

/// A run that could start now.
struct PlannedRun {
    var plan: TestPlan
    var tuple: SegmentedTuple
    var thresholds: Thresholds
    var thresholdsDeclared: [ThresholdDeclaration]
    /// What outputs show of metrics: thresholds nobody looks at (`--no-thresholds`), too.
    var thresholdsNamed: [ThresholdDeclaration]
    var registry: MetricRegistry
    var demand: SeriesDemand
    /// nil for a script.
    var request: FixedRequest?
    var tagging: HTTPTagging
    var client: ClientSettings
    var security: TLSClientOptions?
    var subject: String

    /// As their author would write them, for the plan block.
    var thresholdTexts: [String] {
        thresholdsDeclared.flatMap { declaration in
            declaration.rules.map {
                "\(declaration.key): \($0.expression)\($0.abortOnFail ? " (aborts)" : "")"
            }
        }
    }
}

struct RunPlanner {
    let settings: RunSettings
    let environment: [String: String]
    /// With the script's own metrics.
    var registry = MetricRegistry()

    func plan() throws(CLIError) -> PlannedRun {
        let options = settings.options
        let tuple = try segment(options)
        var declared = declaredThresholds(options)
        let scenarios = try scenarios(&declared)
        if let problem = ScenarioValidation.problems(in: scenarios, tuple: tuple).first {
            throw CLIError(problem.description, code: .invalidConfig)
        }
        for scenario in scenarios where settings.target != nil && scenario.exec != "default" {
            throw CLIError(
                "scenario \(scenario.name): the function \"\(scenario.exec)\" does not exist; a URL has no functions",
                code: .invalidConfig, hint: "leave out exec")
        }
        let plan: TestPlan
        do { plan = try TestPlan(scenarios, tuple: tuple) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
        let systemTags = Set(options.systemTags ?? Array(HTTPTagging.systemTagsDefault))
        var demand = SeriesDemand(expectedResponse: systemTags.contains("expected_response"))
        let mode = SummaryMode(rawValue: settings.runtime.summaryMode.rawValue)
        let isScript = settings.target == nil
        // Of the scenario "default" only groups are shown, and a URL has none.
        if let mode, isScript || scenarios.contains(where: { $0.name != "default" }) {
            SummaryTree.demandSeries(in: &demand, mode: mode, hasGroups: isScript)
        }
        let named = declared
        let thresholds = try thresholds(declared, demand: &demand)
        if settings.runtime.noThresholds { declared = [] }
        let runTags = (options.tags ?? [:]).sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        let (request, subject) = try fixedRequest(options)
        return PlannedRun(
            plan: plan, tuple: tuple, thresholds: thresholds, thresholdsDeclared: declared,
            thresholdsNamed: named, registry: registry, demand: demand, request: request,
            tagging: HTTPTagging(systemTags: systemTags, runTags: runTags), client: try client(options),
            security: try security(options), subject: subject)
    }

    func segment(_ options: TestOptions) throws(CLIError) -> SegmentedTuple {
        do throws(SegmentError) {
            var segment: ExecutionSegment?
            var sequence: ExecutionSegmentSequence?
            if let text = options.executionSegment { segment = try ExecutionSegment(parsing: text) }
            if let text = options.executionSegmentSequence {
                sequence = try ExecutionSegmentSequence(parsing: text)
            }
            return try SegmentedTuple(segment: segment, sequence: sequence)
        } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
    }

    /// What the run is judged by, and the sub-metrics that needs.
    func thresholds(
        _ declared: [ThresholdDeclaration], demand: inout SeriesDemand
    ) throws(CLIError) -> Thresholds {
        if settings.runtime.noThresholds {
            return Thresholds(unheeded: declared, registry: registry, demand: &demand)
        }
        do { return try Thresholds(declared, registry: registry, demand: &demand) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
    }

    func declaredThresholds(_ options: TestOptions) -> [ThresholdDeclaration] {
        (options.thresholds ?? []).map { metric in
            ThresholdDeclaration(
                metric.metric,
                metric.thresholds.map {
                    ThresholdRule(
                        $0.expression, abortOnFail: $0.abortOnFail,
                        delayAbortEvalNs: $0.delayAbortEvalNs ?? 0)
                })
        }
    }

    func scenarios(_ declared: inout [ThresholdDeclaration]) throws(CLIError) -> [Scenario] {
        switch settings.load {
        case .scenarios(let scenarios): return scenarios
        case .preset(let request):
            guard let preset = Preset(rawValue: request.name) else {
                let names = Preset.allCases.map(\.rawValue).joined(separator: ", ")
                throw CLIError("unknown preset \"\(request.name)\"; there are \(names)", code: .invalidConfig)
            }
            let planned: PresetPlan
            do {
                planned = try preset.plan(
                    PresetOptions(
                        vus: request.vus, rate: try perSecond(request.rate), durationNs: request.durationNs))
            } catch let error as PresetError {
                throw CLIError(error.description, code: .invalidConfig)
            } catch let error as CLIError {
                throw error
            } catch {
                throw CLIError("\(error)", code: .invalidConfig)
            }
            // A threshold the user set on the same metric replaces the preset's.
            for (metric, rules) in planned.thresholds.sorted(by: { $0.key < $1.key })
            where !declared.contains(where: { $0.key == metric }) {
                declared.append(
                    ThresholdDeclaration(
                        metric,
                        rules.map {
                            ThresholdRule(
                                $0.expression, abortOnFail: $0.abortOnFail,
                                delayAbortEvalNs: $0.delayAbortEvalNs)
                        }))
            }
            return planned.scenarios
        }
    }

    private func perSecond(_ rate: RateOption?) throws(CLIError) -> Int64? {
        guard let rate else { return nil }
        let (product, overflow) = rate.count.multipliedReportingOverflow(by: Ns.perSecond)
        guard !overflow, rate.unitNs > 0, product % rate.unitNs == 0 else {
            throw CLIError(
                "a preset's rate must be a whole number per second, not \(rate.count) per "
                    + GoDuration.format(rate.unitNs), code: .invalidConfig)
        }
        return product / rate.unitNs
    }

    // MARK: - the request

    /// The request of a URL run, and what the description names.
    private func fixedRequest(_ options: TestOptions) throws(CLIError) -> (FixedRequest?, String) {
        guard let target = settings.target else {
            guard case .script(let argument) = settings.subject else {
                preconditionFailure("a run without a request has a script")
            }
            return (nil, argument)
        }
        let url: RequestURL
        do { url = try RequestURL(parsing: target.url) } catch {
            throw CLIError("invalid URL: \(error.description)")
        }
        var draft = RequestDraft(
            method: target.method, url: url, body: target.body ?? [],
            userAgent: options.userAgent ?? RunPlanner.userAgentDefault)
        for header in target.headers {
            if let problem = RequestDraft.headerProblem(header.name, header.value) { throw CLIError(problem) }
            draft.headers.append((name: header.name, value: header.value))
        }
        var request = FixedRequest(
            draft: draft, timeoutNs: target.timeoutNs,
            redirectsMax: Int(options.maxRedirects ?? Int64(Limits.redirectsMax)),
            redirectsMaxIsDefault: options.maxRedirects == nil)
        request.endsConnections = options.noVUConnectionReuse ?? false
        return (request, url.maskedText)
    }

    /// k6 names itself and its version; so does Apus, whose users set another with `--user-agent`.
    static let userAgentDefault = "apus/\(Version.current)"

    // MARK: - connections

    private func client(_ options: TestOptions) throws(CLIError) -> ClientSettings {
        var client = ClientSettings()
        do { client.dns.ttlNs = try options.dns.ttlNs() } catch { throw CLIError(error.reason) }
        if let select = options.dns.select {
            client.dns.select = DNSSettings.Select(rawValue: select.rawValue)!
        }
        if let policy = options.dns.policy {
            client.dns.policy = DNSSettings.Policy(rawValue: policy.rawValue)!
        }
        for mapping in options.hosts ?? [] {
            let pattern = mapping.port.map { "\(mapping.host):\($0)" } ?? mapping.host
            let address = mapping.address.isV6 ? "[\(mapping.address.text)]" : mapping.address.text
            client.hosts[pattern] = mapping.addressPort.map { "\(address):\($0)" } ?? address
        }
        client.blacklist = (options.blacklistIPs ?? []).map {
            guard let block = AddressBlock("\($0.first.text)/\($0.prefixBits)") else {
                preconditionFailure("a network that was read once can be read again")
            }
            return block
        }
        client.blockedHostnames = (options.blockHostnames ?? []).map { $0.lowercased() }
        client.noConnectionReuse = options.noConnectionReuse ?? false
        client.noVUConnectionReuse = options.noVUConnectionReuse ?? false
        client.keepsReasons = options.httpDebug?.isOn ?? false
        if let pool = options.localIPs {
            client.localAddresses = sourceAddresses(pool)
        }
        do { client.proxies = try ProxySettings(environment: environment) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
        return client
    }

    /// The pool's entries in order, up to where it begins anew.
    private func sourceAddresses(_ pool: SourceAddressPool) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        for index in 0..<RunPlanner.sourceAddressesMax {
            let address = pool.address(at: index)
            if index > 0, address == pool.address(at: 0) { break }
            guard let socket = SocketAddress(numeric: address.text, port: 0) else {
                preconditionFailure("an address that was read once can be read again")
            }
            addresses.append(socket)
        }
        return addresses
    }

    /// More than this many source addresses are cut off: a range like 10.0.0.0/8 is a slip, not a plan.
    static let sourceAddressesMax = 4096

    private func security(_ options: TestOptions) throws(CLIError) -> TLSClientOptions? {
        var security = TLSClientOptions()
        security.insecureSkipVerify = options.insecureSkipTLSVerify ?? false
        if let range = options.tlsVersion {
            if let min = range.min, let version = TLS.TLSVersion(name: min.rawValue) {
                security.versionMin = version
            }
            if let max = range.max, let version = TLS.TLSVersion(name: max.rawValue) {
                security.versionMax = version
            }
        }
        security.cipherSuites = options.tlsCipherSuites ?? []
        security.identities = (options.tlsAuth ?? []).map {
            TLSIdentity(
                certificatePEM: $0.certificate, keyPEM: $0.key, password: $0.password, domains: $0.domains)
        }
        // An http target without TLS settings never loads OpenSSL, unless a redirect leads to https.
        let hasSettings =
            options.tlsVersion != nil || options.tlsCipherSuites != nil || options.tlsAuth != nil
        if hasSettings { try tryOut(security) }
        return security
    }

    /// Everything but the system's authorities, which take long to read.
    private func tryOut(_ security: TLSClientOptions) throws(CLIError) {
        var trial = security
        trial.insecureSkipVerify = true
        do { _ = try TLSClientContext(trial) } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
    }
}

/// What this build is.
enum Version {
    static let current = "0.1.0"
    /// The k6 whose behaviour is reproduced.
    static let k6 = "1.1.0"
}
