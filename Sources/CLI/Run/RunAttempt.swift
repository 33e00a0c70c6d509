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
import Script
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
    /// One of them: the file of `--save`.
    private let result: ResultFile?
    private var thresholds: Thresholds
    private var drift = ResponseDrift()
    private var progress: RunProgressDisplay
    private var nextThresholdsNs = Limits.thresholdIntervalNs
    private var abortMessage: String?
    private var saidInsufficient: Set<Int> = []
    private var signalsSeen = 0
    private var warned: Set<WorkerWarning> = []
    private var assembly: RunAssembly
    /// `exec.test.fail` and `exec.test.abort`, from whichever thread.
    private let scriptSaid = Locked(ScriptSaid())

    init(
        command: RunCommand, planned: PlannedRun, sizing: Sizing, probe: HealthProbe, keyLog: KeyLogFile?,
        price: Price?, outputs: SampleOutputs?, result: ResultFile?
    ) {
        self.command = command
        self.planned = planned
        self.sizing = sizing
        self.probe = probe
        self.keyLog = keyLog
        self.price = price
        self.outputs = outputs
        self.result = result
        thresholds = planned.thresholds
        let rps = command.settings.options.rps ?? 0
        assembly = RunAssembly(
            client: planned.client,
            resolver: Resolver(settings: planned.client.dns, seed: UInt64(bitPattern: Clock.wallNs())),
            security: planned.security, keyLog: keyLog, request: planned.request, tagging: planned.tagging,
            registry: planned.registry, demand: planned.demand,
            limiter: rps > 0 ? RateLimiter(perSecond: rps) : nil,
            scenarios: planned.plan.scenarios.map(\.scenario), samples: outputs?.samples)
        assembly.probe = command.logger.takes(.info) ? planned.security.map { ProtocolProbe($0) } : nil
        assembly.debug = HTTPDebugLog(command, secrets: command.script?.facts.secrets)
        assembly.script = ScriptSaid.parts(command, planned, scriptSaid, workerCount: sizing.workers)
        progress = RunProgressDisplay(
            plan: planned.plan, terminal: command.terminal, isQuiet: command.global.quiet)
    }

    func run() throws(CLIError) -> ExitCode {
        // Whatever was not answered by then is not waited for.
        defer { assembly.probe?.close() }
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
        if assembly.script != nil { scriptSaid.withLock { $0.stop = run.stopper } }
        if assembly.script != nil || assembly.debug != nil {
            run.onPass = { [log = command.scriptLog] in log.drain() }
            command.scriptLog.queue(wake: run.waker)
        }
        run.onInterval = { [unowned self] run, snapshot in intervalClosed(run, snapshot) }
        do { try outputs?.start() } catch { throw CLIError(error.description) }
        let before = probe.read(now: Clock.now())
        do { try run.runToEnd() } catch {
            command.scriptLog.queue(wake: nil)
            outputs?.finish()
            reportOutputs()
            if let failed = assembly.script?.loaded.shared.failedVU {
                // k6 has a summary to show even then.
                let after = probe.read(now: Clock.now())
                if showsSummary {
                    summarise(
                        summaryInput(run, judge(run, HealthDifference(from: before, to: after)).blocks, 0))
                }
                if run.stopCause != nil {
                    return exitCode(run, thresholds.evaluate(run.aggregate, elapsedNs: 0, isFinal: true))
                }
                throw CLIError(failed.error, ofVU: failed.number)
            }
            throw CLIError("the run could not start: \(error.description)")
        }
        let after = probe.read(now: Clock.now())
        command.scriptLog.queue(wake: nil)
        command.logger.aroundLine = nil
        signals.close()
        defer { run.close() }
        command.logger.log(assembly.probe?.takeFindings() ?? [])
        outputs?.finishFiles()
        reportOutputs()
        let code = finish(run, HealthDifference(from: before, to: after))
        // A store that does not answer may take its time, or a second Ctrl-C: the result is out by then.
        outputs?.finish()
        reportOutputs()
        return code
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
        settings.samples = outputs?.samples
        settings.sharesCounts = assembly.script != nil
        let options = command.settings.options
        if let script = assembly.script {
            if script.loaded.hasSetup, options.noSetup != true { settings.setup = script.setup(assembly) }
            if script.loaded.hasTeardown, options.noTeardown != true {
                settings.teardown = script.teardown(assembly)
            }
        }
        return settings
    }

    private func assembler() -> AssembleWorker {
        let assembly = assembly
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
        if !run.startedAt.isSet { assembly.script?.loaded.shared.stop() }
    }

    private func intervalClosed(_ run: Run, _ snapshot: Snapshot) {
        outputs?.intervalClosed(snapshot)
        drift.add(run.aggregate.total(Builtin.responseTime).interval)
        warnAboutVUs(run)
        reportOutputs()
        command.logger.log(assembly.probe?.takeFindings() ?? [])
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
        for note in outputs?.takeNotes() ?? [] {
            switch note.severity {
            case .info: command.logger.log(.info, note.text)
            case .warning: command.logger.log(.warning, note.text)
            case .error: command.logger.log(.error, note.text)
            }
        }
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
        if run.progress.completed == 0, run.stopCause == nil, run.scenariosStartedAt.isSet {
            command.logger.log(
                .warning, "No script iterations fully finished, consider making the test duration longer")
        }
        let elapsedNs = run.elapsed(run.endedAt)
        let verdict = thresholds.evaluate(run.aggregate, elapsedNs: elapsedNs, isFinal: true)
        progress.clear()
        let judged = judge(run, difference)
        let input = summaryInput(run, judged.blocks, elapsedNs)
        if showsSummary { summarise(input) }
        progress.showLast(run)
        let code = exitCode(run, verdict)
        let end = RunResult.end(
            elapsedNs: elapsedNs, exitCode: code, isAborted: run.stopCause != nil, thresholds: thresholds,
            rootGroup: input.rootGroup, verdict: judged.verdict, blocks: input.blocks)
        do { try result?.end(run.aggregate, end) } catch {
            command.logger.log(.error, "the end of the result file could not be written: \(error)")
        }
        return code
    }

    private var showsSummary: Bool {
        !command.settings.runtime.noSummary && command.settings.runtime.summaryMode != .disabled
    }

    private func summarise(_ input: SummaryInput) {
        SummaryDelivery(command: command, assembly: assembly, shard: sizing.workers + 2).deliver(input)
    }

    private func judge(_ run: Run, _ difference: HealthDifference) -> (
        verdict: Verdict, blocks: [HealthBlock]
    ) {
        let options = command.settings.options
        let evidence = RunEvidence(
            run: run, plan: planned.plan, sizing: sizing, difference: difference, drift: drift,
            isRateLimited: (options.rps ?? 0) > 0)
        let found = Price.find(
            override: price, environment: { [command] in command.environment[$0] }, task: sizing.task,
            architecture: Architecture.current())
        let verdict = Verdict.judge(evidence.evidence())
        var blocks = HealthReport.blocks(verdict, evidence.audit(), evidence.cost(found))
        if let profile = run.profile { blocks.append(RunSummary.block(profile)) }
        return (verdict, blocks)
    }

    private func summaryInput(_ run: Run, _ blocks: [HealthBlock], _ elapsedNs: Int64) -> SummaryInput {
        let options = command.settings.options
        let mode = SummaryMode(rawValue: command.settings.runtime.summaryMode.rawValue) ?? .compact
        return RunSummary.input(
            aggregate: run.aggregate, thresholds: thresholds, durationNs: elapsedNs,
            isOpenLoop: planned.plan.scenarios.contains(where: \.scenario.executor.isOpenLoop),
            options: SummaryOptions(
                trendStats: options.summaryTrendStats ?? RunSummary.trendStatsDefault,
                timeUnit: options.summaryTimeUnit?.rawValue ?? "", mode: mode,
                colors: command.terminal.hasColours, noColor: command.global.noColor,
                isStdoutTTY: command.terminal.isTTY, isStderrTTY: isatty(2) == 1),
            blocks: blocks,
            setupDataJSON: assembly.script?.loaded.shared.setupJSON.map {
                String(decoding: $0, as: UTF8.self)
            })
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
        case .aborted(let message):
            command.logger.log(.error, message)
            return scriptSaid.withLock { $0.lacks } ? .scriptException : .scriptAborted
        case .setup(let failure): return phaseFailed(failure, .setupTimeout)
        case nil: break
        }
        if let failure = run.teardownFailure { return phaseFailed(failure, .teardownTimeout) }
        if !verdict.isPassed {
            command.logger.log(.error, verdict.message)
            return .thresholdsCrossed
        }
        if scriptSaid.withLock({ $0.failure }) == nil { return .success }
        command.logger.log(.error, "test run was marked as failed")
        return .markedAsFailed
    }

    private func phaseFailed(_ failure: PhaseFailure, _ timeout: ExitCode) -> ExitCode {
        switch failure {
        case .failed(let text):
            command.logger.log(.error, text, fields: ["hint": "script exception"])
            return .scriptException
        case .unusable(let text):
            command.logger.log(.error, text)
            return .generic
        case .timedOut(let text):
            let option = timeout == .setupTimeout ? "setupTimeout" : "teardownTimeout"
            command.logger.log(
                .error, text, fields: ["hint": "You can increase the time limit via the \(option) option"])
            return timeout
        case .cancelled: return .generic
        }
    }
}
