// Progress on standard output: a block a second into a pipe, a redrawn frame on a terminal, nothing with
// --quiet. Only turns the run's numbers into ProgressText's input and writes what comes back.

import Base
import Engine
import Metrics
import Outputs
import Plan

final class RunProgressDisplay {
    private let plan: TestPlan
    private let terminal: Terminal
    private let isQuiet: Bool
    private let facts: [ScenarioFacts]
    private var isFrameShown = false
    private var lastInput: ProgressInput?
    private var requestsBefore = 0.0
    private var elapsedBeforeNs: Int64 = 0
    private var nextPlainNs = Ns.perSecond
    /// Per scenario: the most VUs it had so far, and how far it had come when it was done. A scenario gives
    /// its VUs back at its end; its bar still tells what it ran with.
    private var vusMax: [Int64]
    private var doneAtNs: [Int64?]

    init(plan: TestPlan, terminal: Terminal, isQuiet: Bool) {
        self.plan = plan
        self.terminal = terminal
        self.isQuiet = isQuiet
        facts = plan.scenarios.map { ScenarioFacts($0) }
        vusMax = plan.scenarios.map(\.startVUs)
        doneAtNs = plan.scenarios.map { _ in nil }
    }

    /// Snapshots come as often as something is drawn.
    var intervalNs: Int64 { terminal.isTTY && !isQuiet ? 2 * Limits.snapshotIntervalNsMin : Ns.perSecond }

    /// Shows the state after an interval.
    func show(_ run: Run) {
        if isQuiet || run.endedAt.isSet { return }
        let input = input(run, isLast: false)
        lastInput = input
        if terminal.isTTY {
            draw(input, isLast: false)
        } else if run.progress.elapsedNs + Ns.perMillisecond >= nextPlainNs {
            nextPlainNs += Ns.perSecond
            terminal.write(ProgressText.plainBlock(input))
        }
    }

    /// Removes the frame, so that the summary takes its place.
    func clear() {
        if isFrameShown { terminal.write(ProgressText.erase) }
        isFrameShown = false
    }

    /// The state at the end, left standing.
    func showLast(_ run: Run) {
        if isQuiet { return }
        let input = input(run, isLast: true)
        terminal.isTTY ? draw(input, isLast: true) : { _ = terminal.write(ProgressText.plainBlock(input)) }()
    }

    /// Writes a log line above the frame.
    func stepAside(while write: () -> Void) {
        if isFrameShown { terminal.write(ProgressText.erase) }
        write()
        if isFrameShown, let lastInput { draw(lastInput, isLast: false) }
    }

    private func draw(_ input: ProgressInput, isLast: Bool) {
        let style = TextStyle(colors: terminal.hasColours)
        terminal.write(
            ProgressText.terminalFrame(input, columns: terminal.columns, style: style, isLast: isLast))
        isFrameShown = !isLast
    }

    private func input(_ run: Run, isLast: Bool) -> ProgressInput {
        let progress = run.progress
        let elapsedNs = isLast ? run.elapsed(run.endedAt) : progress.elapsedNs
        return ProgressInput(
            phase: run.isPaused ? .paused : .running, spentNs: elapsedNs,
            maxDurationNs: plan.isEndless ? 0 : plan.endOffsetNs, activeVUs: isLast ? 0 : progress.activeVUs,
            initializedVUs: progress.initializedVUs, maxVUs: plan.maxPossibleVUs,
            completeIterations: progress.completed, interruptedIterations: progress.interrupted,
            bars: facts.indices.map { bar($0, run, elapsedNs, isLast) },
            live: terminal.isTTY && !isLast ? live(run) : nil)
    }

    private func bar(_ index: Int, _ run: Run, _ elapsedNs: Int64, _ isLast: Bool) -> ProgressInput.Bar {
        let scenario = run.progress.scenarios[index]
        let plan = plan.scenarios[index]
        let startNs = plan.scenario.startTimeNs
        let regularNs = plan.regularDurationNs ?? Int64.max
        let status: ScenarioNow.Status
        if scenario.isDone {
            status = run.stopCause == nil ? .done : .interrupted
        } else if !scenario.hasStarted || elapsedNs < startNs {
            status = .waiting
        } else {
            status = elapsedNs - startNs >= regularNs ? .stopping : .running
        }
        vusMax[index] = max(vusMax[index], scenario.vus)
        if scenario.isDone, doneAtNs[index] == nil { doneAtNs[index] = elapsedNs }
        let reachedNs = doneAtNs[index] ?? elapsedNs
        let spentNs = status == .waiting ? startNs - elapsedNs : min(reachedNs - startNs, regularNs)
        return ProgressInput.Bar(
            scenario: facts[index],
            now: ScenarioNow(
                status: status, spentNs: max(spentNs, 0), activeVUs: scenario.active,
                initializedVUs: scenario.isDone ? vusMax[index] : scenario.vus,
                iterations: scenario.completed + scenario.interrupted,
                perSecond: plan.rateNow(atNs: elapsedNs - startNs)))
    }

    private func live(_ run: Run) -> ProgressInput.Live? {
        guard case .counter(let requests) = run.aggregate.total(Builtin.httpReqs).cumulative,
            case .trend(let duration) = run.aggregate.total(Builtin.httpReqDuration).interval
        else { return nil }
        let elapsedNs = run.progress.elapsedNs
        defer { (requestsBefore, elapsedBeforeNs) = (requests.sum, elapsedNs) }
        if elapsedNs <= elapsedBeforeNs { return lastInput?.live }
        let rate = (requests.sum - requestsBefore) * 1e9 / Double(elapsedNs - elapsedBeforeNs)
        return .init(requestsPerSecond: rate, p95Ms: duration.percentile(95))
    }
}

extension ScenarioPlan {
    /// The planned iterations per second of this segment at a moment of the scenario; 0 for closed loops.
    func rateNow(atNs offsetNs: Int64) -> Double {
        switch scenario.executor {
        case .constantArrivalRate(let rate, let unitNs, _, _, _):
            let share = iterationTuple?.fraction.approximate ?? 0
            return Double(rate) / Double(unitNs) * 1e9 * share
        case .rampingArrivalRate(let startRate, let unitNs, let stages, _, _):
            var (from, startNs) = (Double(startRate), Int64(0))
            for stage in stages {
                if offsetNs < startNs + stage.durationNs {
                    let part = Double(max(offsetNs - startNs, 0)) / Double(stage.durationNs)
                    from += (Double(stage.target) - from) * part
                    break
                }
                startNs += stage.durationNs
                from = Double(stage.target)
            }
            return from / Double(unitNs) * 1e9 * vuTuple.fraction.approximate
        default: return 0
        }
    }
}
