// From the execution options to scenarios: k6's shortcuts (`iterations`, `duration`, `stages`), `scenarios`
// as given, and Apus's --rate and --preset. Called by OptionsConsolidator with the merged options, stages
// without a duration left out.

import Base
import Plan

struct LoadShortcuts {
    let options: TestOptions
    let apus: ApusRunSettings

    /// A --rate run without --duration lasts this long.
    static let rateDurationNsDefault = 10 * Ns.perSecond
    /// VUs made ready for a --rate run: enough for a response time of 100 ms (Little's law), within these
    /// bounds.
    static let preAllocatedVUsRange: ClosedRange<Int64> = 10...2_000
    /// VUs it may grow to: enough for a response time of 2 s, within these bounds.
    static let maxVUsRange: ClosedRange<Int64> = 100...10_000

    /// The load, and its scenarios as options would have named them; a preset's are not known yet.
    func resolve(
        _ warnings: inout [SettingsWarning]
    ) throws(CLIError) -> (load: LoadRequest, scenarios: [ScenarioOption]) {
        try checkConflicts()
        if let preset = apus.preset {
            let request = PresetRequest(
                name: preset, vus: options.vus, rate: apus.rate, durationNs: options.durationNs,
                preAllocatedVUs: apus.preAllocatedVUs, maxVUs: apus.maxVUs)
            return (.preset(request), [])
        }
        let chosen: [ScenarioOption]
        if let rate = apus.rate { chosen = [constantRate(rate)] } else { chosen = shortcut(&warnings) }
        var scenarios: [Scenario] = []
        for option in chosen { scenarios.append(try option.scenario()) }
        return (.scenarios(scenarios), chosen)
    }

    private func shortcut(_ warnings: inout [SettingsWarning]) -> [ScenarioOption] {
        if options.iterations != nil {
            var scenario = ScenarioOption(name: "default", kind: .sharedIterations)
            scenario.vus = options.vus
            scenario.iterations = options.iterations
            scenario.maxDurationNs = options.durationNs
            return [scenario]
        }
        if let durationNs = options.durationNs {
            var scenario = ScenarioOption(name: "default", kind: .constantVUs)
            scenario.vus = options.vus
            scenario.durationNs = durationNs
            return [scenario]
        }
        if let stages = options.stages, !stages.isEmpty {
            var scenario = ScenarioOption(name: "default", kind: .rampingVUs)
            scenario.startVUs = options.vus
            scenario.stages = stages
            return [scenario]
        }
        if let scenarios = options.scenarios, !scenarios.isEmpty { return scenarios }
        if let vus = options.vus, vus != 1 {
            warnings.append(
                """
                `vus=\(vus)` option will be ignored, it only works in conjunction with `iterations`, \
                `duration`, or `stages`
                """)
        }
        for (name, isEmpty) in [("stages", options.stages != nil), ("scenarios", options.scenarios != nil)]
        where isEmpty {
            warnings.append(
                "`\(name)` was explicitly set to an empty value, running the script with 1 iteration in 1 VU")
        }
        return [ScenarioOption(name: "default", kind: .perVUIterations)]
    }

    private func conflict(_ a: String, _ b: String) -> CLIError {
        CLIError("\(a) and \(b) cannot be set together", code: .invalidConfig, hint: "leave one of them out")
    }

    private func checkConflicts() throws(CLIError) {
        let stages = options.stages.map { !$0.isEmpty } ?? false
        let scenarios = options.scenarios.map { !$0.isEmpty } ?? false
        for (name, isSet) in [("--preset", apus.preset != nil), ("--rate", apus.rate != nil)] where isSet {
            if options.iterations != nil { throw conflict(name, "iterations") }
            if options.stages != nil { throw conflict(name, "stages") }
        }
        for (name, isSet) in [
            ("iterations", options.iterations != nil), ("duration", options.durationNs != nil),
        ]
        where isSet {
            if stages { throw conflict(name, "stages") }
            if scenarios { throw conflict(name, "scenarios") }
        }
        if stages && scenarios { throw conflict("stages", "scenarios") }
        if let durationNs = options.durationNs, durationNs <= 0, options.iterations == nil {
            throw CLIError(
                "duration must be above 0, not \(GoDuration.format(durationNs))", code: .invalidConfig)
        }
        if apus.rate == nil && apus.preset == nil {
            for (flag, value) in [("--pre-allocated-vus", apus.preAllocatedVUs), ("--max-vus", apus.maxVUs)]
            where value != nil {
                throw CLIError("\(flag) needs --rate or --preset", code: .invalidConfig)
            }
        }
        if let ready = apus.preAllocatedVUs, let most = apus.maxVUs, most < ready {
            throw CLIError("--max-vus \(most) is below --pre-allocated-vus \(ready)", code: .invalidConfig)
        }
    }

    /// --vus with --rate means "these VUs and no more", unless one of the two VU flags says otherwise.
    private func constantRate(_ rate: RateOption) -> ScenarioOption {
        let perSecond = Double(rate.count) * Double(Ns.perSecond) / Double(rate.unitNs)
        func within(_ range: ClosedRange<Int64>, responseSeconds: Double) -> Int64 {
            Int64(
                min(max(perSecond * responseSeconds, Double(range.lowerBound)), Double(range.upperBound))
                    .rounded(.up))
        }
        let guessedMax = within(Self.maxVUsRange, responseSeconds: 2)
        let ready =
            apus.preAllocatedVUs ?? options.vus
            ?? min(within(Self.preAllocatedVUsRange, responseSeconds: 0.1), apus.maxVUs ?? .max)
        let most =
            apus.maxVUs
            ?? (apus.preAllocatedVUs == nil && options.vus != nil ? ready : max(ready, guessedMax))
        var scenario = ScenarioOption(name: "default", kind: .constantArrivalRate)
        scenario.rate = rate.count
        scenario.timeUnitNs = rate.unitNs
        scenario.durationNs = options.durationNs ?? Self.rateDurationNsDefault
        scenario.preAllocatedVUs = ready
        scenario.maxVUs = most
        return scenario
    }
}
