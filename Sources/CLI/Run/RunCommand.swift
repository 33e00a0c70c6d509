// `apus run`: plans, describes, runs, summarises and judges one test. The only place that knows every part;
// each step is a function of its own file. Called by the entry point with a parsed invocation.

import Base
import Engine
import EventLoop
import Glibc
import HTTPClient
import Metrics
import Outputs
import Plan
import TLS

struct RunCommand {
    let settings: RunSettings
    let global: GlobalSettings
    let environment: [String: String]
    let logger: Logger
    let terminal: Terminal
    /// nil for a URL.
    var script: EvaluatedScript?
    let scriptLog: ScriptLog

    /// - Returns: the process's exit code.
    /// - Throws: what kept the run from starting.
    func execute() throws(CLIError) -> ExitCode {
        for warning in settings.warnings {
            logger.log(.warning, warning.message, fields: warning.fields)
        }
        var planner = RunPlanner(settings: settings, environment: environment)
        if let script { planner.registry = script.facts.registry }
        var planned = try planner.plan()
        for warning in planned.thresholds.warnings {
            logger.log(
                .warning,
                "threshold '\(warning.key)' can never match: '\(warning.tag)' is kept beside a sample's tags")
        }
        for (key, reason) in planned.thresholds.unknown {
            logger.log(
                .warning, "Invalid metric '\(key)' in threshold definitions",
                fields: ["component": "metrics-engine", "error": reason])
        }
        let sizing = Sizing.detect(sizingInputs())
        let result = try settings.apus.save.map { (path) throws(CLIError) in
            try RunResult.file(path, settings, planned, sizing)
        }
        let outputs = try outputs(planned, sizing, result)
        outputs?.extend(&planned.demand)
        if settings.apus.save != nil { RunResult.demandSeries(in: &planned.demand) }
        if settings.apus.dryRun {
            describe(planned, outputs)
            return .success
        }
        for note in sizing.notes { logger.log(.warning, note) }
        try refuseWhatCannotFit(planned)
        let price = try priceAsked(sizing)
        let keyLog = try openKeyLog()
        describe(planned, outputs)
        if case .unknown(let reason) = Descriptors.raiseLimit() {
            logger.log(.warning, "the limit of open files could not be raised: \(reason)")
        }
        let probe = HealthProbe(sizing)
        checkFit(planned, probe.read(now: Clock.now()))
        if let reason = Descriptors.makeRoom(for: Int(clamping: planned.plan.maxPossibleVUs)) {
            logger.log(.debug, "no room made for descriptors: \(reason)")
        }
        let attempt = RunAttempt(
            command: self, planned: planned, sizing: sizing, probe: probe, keyLog: keyLog, price: price,
            outputs: outputs, result: result)
        return try attempt.run()
    }

    // MARK: - before the start

    private func outputs(
        _ planned: PlannedRun, _ sizing: Sizing, _ result: ResultFile?
    ) throws(CLIError) -> SampleOutputs? {
        try RunOutputs.make(
            settings.options.outputs ?? [], collectors: settings.options.collectors ?? [:], result: result,
            environment: environment,
            context: SampleContext(
                registry: planned.registry, submetrics: planned.demand.submetrics,
                thresholds: planned.thresholdsNamed, systemTags: planned.tagging.systemTags),
            // The control thread writes the gauges.
            writers: sizing.workers + 1)
    }

    private func describe(_ planned: PlannedRun, _ outputs: SampleOutputs?) {
        let style = TextStyle(colors: terminal.hasColours)
        let facts = planned.plan.scenarios.map { ScenarioFacts($0) }
        let description = DescriptionText.description(
            DescriptionInput(
                execution: "local",
                subject: script == nil ? .target(planned.subject) : .script(planned.subject),
                outputs: outputs?.labels ?? [],
                segmentLength: planned.tuple.fraction.approximate, scenarios: facts,
                maxVUs: planned.plan.maxPossibleVUs,
                maxDurationNs: planned.plan.isEndless ? 0 : planned.plan.endOffsetNs), style)
        if global.quiet, !settings.apus.dryRun { return }
        if !settings.apus.dryRun {
            terminal.write(DescriptionText.banner(style))
        } else {
            terminal.write("\n")
        }
        terminal.write(description)
        terminal.write(DescriptionText.plan(planInput(planned), style))
    }

    private func planInput(_ planned: PlannedRun) -> PlanInput {
        // A line holds a heading of 16 columns before the curve and "  up to 10000 iterations/s" after it.
        let room = terminal.isTTY ? max(terminal.columns - 42, 10) : Sparkline.columnsDefault
        let shape = planned.plan.loadShape(points: min(room, Sparkline.columnsDefault))
        var loads: [PlanInput.Load] = []
        if shape.vus.contains(where: { $0 > 0 }) { loads.append(.init(unit: "VUs", samples: shape.vus)) }
        if shape.iterationsPerSecond.contains(where: { $0 > 0 }) {
            loads.append(.init(unit: "iterations/s", samples: shape.iterationsPerSecond))
        }
        let hasFixedLength = planned.plan.scenarios.allSatisfy { $0.iterations == nil }
        return PlanInput(
            loads: loads, thresholds: planned.thresholdTexts, durationNs: hasFixedLength ? shape.spanNs : 0,
            maxDurationNs: planned.plan.isEndless ? 0 : planned.plan.endOffsetNs)
    }

    private func sizingInputs() -> Sizing.Inputs {
        var inputs = Sizing.Inputs()
        inputs.workersFlag = settings.apus.threads
        return inputs
    }

    /// The price the flags name; nil when they name none and the environment's region decides.
    private func priceAsked(_ sizing: Sizing) throws(CLIError) -> Price? {
        let flags = settings.apus
        if let price = flags.price {
            guard let vcpu = price.vcpuHour, let gb = price.gbHour else {
                throw CLIError("--price needs both vcpu=… and gb=…, in dollars per hour")
            }
            return Price(vCPUHour: vcpu, gbHour: gb, text: "--price")
        }
        if flags.region == nil, flags.architecture == nil { return nil }
        var architecture = Architecture.current()
        if let name = flags.architecture {
            architecture = Architecture(rawValue: name)
            if architecture == nil {
                throw CLIError("unknown architecture \"\(name)\" for --arch; there are x86_64 and arm64")
            }
        }
        let found = Price.find(
            override: nil, environment: { flags.region ?? environment[$0] }, task: sizing.task,
            architecture: architecture)
        switch found {
        case .known(let price): return price
        case .unknown(let reason): throw CLIError(reason)
        }
    }

    private func openKeyLog() throws(CLIError) -> KeyLogFile? {
        guard let path = environment["SSLKEYLOGFILE"], !path.isEmpty else { return nil }
        do { return try KeyLogFile(path: path) } catch {
            throw CLIError("SSLKEYLOGFILE: \(error.description)")
        }
    }

    private func refuseWhatCannotFit(_ planned: PlannedRun) throws(CLIError) {
        let least = MemoryLeft.bytesPerVUMin
        let refusal = MemoryLeft().refusal(
            vus: planned.plan.maxPlannedVUs, bytesPerVU: script == nil ? least.url : least.script)
        if let refusal { throw CLIError(refusal, code: .invalidConfig) }
    }

    private func checkFit(_ planned: PlannedRun, _ reading: HealthReading) {
        let vus = Int(clamping: min(planned.plan.maxPossibleVUs, Int64(Int32.max)))
        let fit = Descriptors.connectionsFit(
            planned: vus, perVU: 1, destinations: 1,
            sourceAddresses: max(planned.client.localAddresses.count, 1), reading: reading)
        switch fit {
        case .fits: break
        case .exceeds(let line): logger.log(.warning, line)
        case .unknown(let reason): logger.log(.debug, "whether all connections fit is unknown: \(reason)")
        }
    }
}

/// The terminal the command writes to.
final class Terminal {
    let isTTY: Bool
    let hasColours: Bool

    init(environment: [String: String], noColour: Bool) {
        isTTY = isatty(1) == 1 && environment["TERM"] != "dumb"
        hasColours = isTTY && !noColour
    }

    var columns: Int {
        var size = winsize()
        return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes all of `text` to standard output. - Returns: whether it went out; a closed pipe is no reason to
    /// die.
    @discardableResult
    func write(_ text: String) -> Bool {
        var text = isTTY ? TextStyle.clearingLineEnds(text) : text
        return text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let count = Glibc.write(1, bytes.baseAddress! + start, bytes.count - start)
                if count < 0, errno == EINTR { continue }
                if count < 0 { return false }
                start += count
            }
            return true
        }
    }
}

extension ScenarioFacts {
    init(_ plan: ScenarioPlan) {
        let executor: ExecutorFacts
        switch plan.scenario.executor {
        case .sharedIterations(_, _, let maxNs):
            executor = .sharedIterations(
                vus: plan.maxVUs, iterations: plan.iterations ?? 0, maxDurationNs: maxNs)
        case .perVUIterations(_, let iterations, let maxNs):
            executor = .perVUIterations(vus: plan.maxVUs, iterations: iterations, maxDurationNs: maxNs)
        case .constantVUs(_, let ns): executor = .constantVUs(vus: plan.maxVUs, durationNs: ns)
        case .rampingVUs(_, let stages, let graceNs):
            executor = .rampingVUs(
                maxVUs: plan.maxVUs, durationNs: plan.regularDurationNs ?? 0, stages: stages.count,
                gracefulRampDownNs: graceNs)
        case .constantArrivalRate(let rate, let unitNs, let ns, _, _):
            let share = plan.iterationTuple?.fraction.approximate ?? 0
            let perNs = Double(rate) / Double(unitNs)
            executor = .constantArrivalRate(
                perSecond: perNs * share * 1e9, durationNs: ns,
                preAllocatedVUs: plan.startVUs, maxVUs: plan.maxVUs)
        case .rampingArrivalRate(let start, let unitNs, let stages, _, _):
            let most = stages.reduce(start) { max($0, $1.target) }
            let perNs = Double(most) / Double(unitNs)
            executor = .rampingArrivalRate(
                maxPerSecond: perNs * plan.vuTuple.fraction.approximate * 1e9,
                durationNs: plan.regularDurationNs ?? 0, stages: stages.count, preAllocatedVUs: plan.startVUs,
                maxVUs: plan.maxVUs)
        case .externallyControlled(_, _, let ns):
            executor = .externallyControlled(vus: plan.startVUs, maxVUs: plan.maxVUs, durationNs: ns)
        }
        self.init(
            name: plan.scenario.name, executor: executor, exec: plan.scenario.exec,
            startTimeNs: plan.scenario.startTimeNs, gracefulStopNs: plan.scenario.gracefulStopNs)
    }
}
