// One run from its first thread to its exit code: thresholds, progress and signals while it goes, then
// summary and verdict. Lives on the control thread.

import Base
import Engine
import EventLoop
import Glibc
import HTTPClient
import Metrics
import Outputs
import Plan
import TLS

final class RunAttempt {
    private let command: RunCommand
    private let planned: PlannedRun
    private let sizing: Sizing
    private let probe: HealthProbe
    private let keyLog: KeyLogFile?
    private let price: Price?
    /// nil when no output was asked for.
    private let outputs: SampleOutputs?
    private var thresholds: Thresholds
    private var drift = ResponseDrift()
    private var progress: RunProgressDisplay
    private var nextThresholdsNs = Limits.thresholdIntervalNs
    private var abortMessage: String?
    private var saidInsufficient: Set<Int> = []
    private var signalsSeen = 0
    private var warned: Set<WorkerWarning> = []

    init(
        command: RunCommand, planned: PlannedRun, sizing: Sizing, probe: HealthProbe, keyLog: KeyLogFile?,
        price: Price?, outputs: SampleOutputs?
    ) {
        self.command = command
        self.planned = planned
        self.sizing = sizing
        self.probe = probe
        self.keyLog = keyLog
        self.price = price
        self.outputs = outputs
        thresholds = planned.thresholds
        progress = RunProgressDisplay(
            plan: planned.plan, terminal: command.terminal, isQuiet: command.global.quiet)
    }

    func run() throws(CLIError) -> ExitCode {
        let run: Run
        do { run = try Run(settings: engineSettings(), assemble: assembler()) } catch {
            throw CLIError(error.description)
        }
        let signals: SignalWatch
        do {
            signals = try SignalWatch(on: run.loop, signals: [SIGINT, SIGTERM]) { [unowned self] signal in
                received(signal, run)
            }
        } catch { throw CLIError(error.description) }
        command.logger.aroundLine = { [progress] line in progress.stepAside(while: line) }
        run.onWarning = { [unowned self] warning in
            if warned.insert(warning).inserted {
                self.command.logger.log(.warning, warning.message, fields: warning.fields)
            }
        }
        run.onInterval = { [unowned self] run, snapshot in intervalClosed(run, snapshot) }
        do { try outputs?.start() } catch { throw CLIError(error.description) }
        let before = probe.read(now: Clock.now())
        do { try run.runToEnd() } catch {
            outputs?.finish()
            throw CLIError("the run could not start: \(error.description)")
        }
        let after = probe.read(now: Clock.now())
        command.logger.aroundLine = nil
        signals.close()
        defer { run.close() }
        outputs?.finish()
        reportOutputs()
        return finish(run, HealthDifference(from: before, to: after))
    }

    private func engineSettings() -> Engine.RunSettings {
        var settings = Engine.RunSettings(
            plan: planned.plan, workerCount: sizing.workers, registry: planned.registry,
            demand: planned.demand)
        settings.minIterationDurationNs = command.settings.options.minIterationDurationNs ?? 0
        settings.runTags = planned.tagging.runTags
        settings.systemTags = planned.tagging.systemTags
        settings.intervalNs = progress.intervalNs
        settings.isProfiled = command.settings.apus.profile
        settings.samples = outputs?.stream
        return settings
    }

    private func assembler() -> AssembleWorker {
        let rps = command.settings.options.rps ?? 0
        let assembly = RunAssembly(
            client: planned.client,
            resolver: Resolver(settings: planned.client.dns, seed: UInt64(bitPattern: Clock.wallNs())),
            security: planned.security, keyLog: keyLog, request: planned.request, tagging: planned.tagging,
            registry: planned.registry, demand: planned.demand,
            limiter: rps > 0 ? RateLimiter(perSecond: rps) : nil,
            scenarios: planned.plan.scenarios.map(\.scenario), samples: outputs?.stream)
        return { index, loop in try assembly.makeWorker(index: index, loop: loop) }
    }

    // MARK: - while it runs

    private func received(_ signal: Int32, _ run: Run) {
        signalsSeen += 1
        if signalsSeen > 1 {
            command.logger.log(.error, "aborted by a second signal; the summary is lost")
            exit(ExitCode.externalAbort.rawValue)
        }
        command.logger.log(.debug, "stopping because of signal \(signal)")
        run.stop(.signal(signal))
    }

    private func intervalClosed(_ run: Run, _ snapshot: Snapshot) {
        drift.add(run.aggregate.total(Builtin.responseTime).interval)
        warnAboutVUs(run)
        reportOutputs()
        if run.aggregate.takeOverflowWarning() {
            command.logger.log(
                .warning, "more series than \(Limits.seriesMax): the rest share one, apus_overflow")
        }
        let elapsedNs = run.progress.elapsedNs
        if elapsedNs >= nextThresholdsNs, !run.endedAt.isSet {
            nextThresholdsNs = elapsedNs + Limits.thresholdIntervalNs
            let verdict = thresholds.evaluate(run.aggregate, elapsedNs: elapsedNs, isFinal: false)
            if verdict.mustAbort {
                abortMessage = verdict.message
                run.stop(.thresholds)
            }
        }
        progress.show(run)
    }

    /// An output that fails does not end the run.
    private func reportOutputs() {
        for problem in outputs?.takeProblems() ?? [] { command.logger.log(.error, problem) }
    }

    private func warnAboutVUs(_ run: Run) {
        for case let report? in run.progress.workers {
            for index in report.insufficientVUs where saidInsufficient.insert(index).inserted {
                let plan = planned.plan.scenarios[index]
                command.logger.log(
                    .warning,
                    "Insufficient VUs, reached \(plan.maxVUs) active VUs and cannot initialize more",
                    fields: ["executor": plan.scenario.executor.name, "scenario": plan.scenario.name])
            }
        }
    }

    // MARK: - at the end

    private func finish(_ run: Run, _ difference: HealthDifference) -> ExitCode {
        let elapsedNs = run.elapsed(run.endedAt)
        let verdict = thresholds.evaluate(run.aggregate, elapsedNs: elapsedNs, isFinal: true)
        progress.clear()
        let input = summaryInput(run, difference, elapsedNs)
        if showsSummary { write(SummaryText.render(input)) }
        progress.showLast(run)
        exportSummary(input)
        return exitCode(run, verdict)
    }

    private var showsSummary: Bool {
        !command.settings.runtime.noSummary && command.settings.runtime.summaryMode != .disabled
    }

    private func write(_ text: String) {
        if !command.terminal.write(text) {
            command.logger.log(
                .error, "the summary could not be written: \(String(cString: strerror(errno)))")
        }
    }

    private func summaryInput(_ run: Run, _ difference: HealthDifference, _ elapsedNs: Int64) -> SummaryInput
    {
        let options = command.settings.options
        let evidence = RunEvidence(
            run: run, plan: planned.plan, sizing: sizing, difference: difference, drift: drift,
            hasThinkTime: (options.rps ?? 0) > 0 || (options.minIterationDurationNs ?? 0) > 0)
        let found = Price.find(
            override: price, environment: { [command] in command.environment[$0] }, task: sizing.task,
            architecture: Architecture.current())
        var blocks = HealthReport.blocks(
            Verdict.judge(evidence.evidence()), evidence.audit(), evidence.cost(found))
        if let profile = run.profile { blocks.append(RunSummary.block(profile)) }
        let mode = SummaryMode(rawValue: command.settings.runtime.summaryMode.rawValue) ?? .compact
        return RunSummary.input(
            aggregate: run.aggregate, thresholds: thresholds, durationNs: elapsedNs,
            isOpenLoop: planned.plan.scenarios.contains(where: \.scenario.executor.isOpenLoop),
            options: SummaryOptions(
                trendStats: options.summaryTrendStats ?? RunSummary.trendStatsDefault,
                timeUnit: options.summaryTimeUnit?.rawValue ?? "", mode: mode,
                colors: command.terminal.hasColours, noColor: command.global.noColor,
                isStdoutTTY: command.terminal.isTTY, isStderrTTY: isatty(2) == 1),
            blocks: blocks)
    }

    private func exportSummary(_ input: SummaryInput) {
        guard let path = command.settings.runtime.summaryExport else { return }
        var text = SummaryJSON.export(input)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        var failure = file < 0 ? errno : 0
        if file >= 0 {
            text.withUTF8 { bytes in
                var start = 0
                while start < bytes.count, failure == 0 {
                    let count = Glibc.write(file, bytes.baseAddress! + start, bytes.count - start)
                    if count >= 0 { start += count } else if errno != EINTR { failure = errno }
                }
            }
            if close(file) != 0, failure == 0 { failure = errno }
        }
        if failure != 0 {
            command.logger.log(
                .error, "the summary could not be exported to \(path): \(String(cString: strerror(failure)))")
        }
    }

    /// The first thing that went wrong decides.
    private func exitCode(_ run: Run, _ verdict: ThresholdVerdict) -> ExitCode {
        switch run.stopCause {
        case .signal(let signal):
            let name = signal == SIGINT ? "interrupt" : "terminated"
            command.logger.log(.error, "test run was aborted because apus received a '\(name)' signal")
            return .externalAbort
        case .thresholds:
            command.logger.log(.error, abortMessage ?? verdict.message)
            return .thresholdsCrossed
        case .command: return .stoppedThroughAPI
        case nil: break
        }
        if !verdict.isPassed {
            command.logger.log(.error, verdict.message)
            return .thresholdsCrossed
        }
        return .success
    }
}
