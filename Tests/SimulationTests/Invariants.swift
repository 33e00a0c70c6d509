// What holds for every run, whatever its seed: checked on the log after the run. Each check returns what it
// found wrong as text; none means that all is well.

import Base
import Metrics
import Plan

@testable import Engine

final class Invariants {
    let settings: SimulationSettings
    let log: RunLog
    let aggregate: Aggregate
    private(set) var problems: [String] = []

    init(_ settings: SimulationSettings, _ log: RunLog, _ aggregate: Aggregate) {
        self.settings = settings
        self.log = log
        self.aggregate = aggregate
        if log.endNs == nil { problems.append("the run did not end") }
        problems += log.leftovers
        starts()
        ends()
        virtualUsers()
        numbers()
        books()
        budgets()
        concurrency()
        metrics()
        clocks()
        endOfRun()
    }

    private func check(_ holds: Bool, _ problem: @autoclosure () -> String) {
        if !holds { problems.append(problem()) }
    }

    private func timeline(_ iteration: LoggedIteration) -> Timeline {
        Timeline(settings, scenario: iteration.scenario, worker: iteration.worker)
    }

    private func isOpen(_ scenario: Int) -> Bool {
        settings.plan.scenarios[scenario].scenario.executor.isOpenLoop
    }

    private func stopNs(_ worker: Int) -> Int64 {
        settings.stopNs.map { settings.runnable(worker, $0) } ?? Int64.max
    }

    // MARK: - time

    private func starts() {
        for iteration in log.iterations {
            let line = timeline(iteration)
            check(iteration.startNs >= line.startNs, "started before its scenario: \(iteration)")
            check(iteration.startNs <= stopNs(iteration.worker), "started after the stop: \(iteration)")
            if !isOpen(iteration.scenario) {
                check(iteration.startNs < line.regularEndNs, "started after the regular end: \(iteration)")
                check(
                    iteration.intendedNs == iteration.startNs, "a closed loop has no schedule: \(iteration)")
                continue
            }
            let latenessNs = iteration.startNs - iteration.intendedNs
            check(latenessNs >= 0, "started before it was due: \(iteration)")
            check(iteration.intendedNs <= line.regularEndNs, "due after the regular end: \(iteration)")
            check(
                iteration.startNs <= line.hardEndNs || latenessNs <= Ns.perMillisecond,
                "started after the hard end: \(iteration)")
            if settings.isPunctual { check(latenessNs == 0, "started late: \(iteration)") }
        }
    }

    private func ends() {
        for iteration in log.iterations {
            guard let endNs = iteration.endNs else {
                check(false, "never ended: \(iteration)")
                continue
            }
            let worker = iteration.worker
            let latest = min(
                max(settings.runnable(worker, timeline(iteration).hardEndNs), iteration.startNs),
                stopNs(worker))
            check(endNs <= latest, "ran past its hard end (\(latest)): \(iteration)")
            check(endNs >= iteration.startNs, "ended before it began: \(iteration)")
            let dueNs = iteration.dueNs.map { settings.runnable(worker, $0) } ?? Int64.max
            if iteration.outcome == .complete {
                check(endNs == dueNs, "was due to end at \(dueNs): \(iteration)")
            } else {
                check(endNs <= dueNs, "interrupted after it was due to end at \(dueNs): \(iteration)")
            }
        }
    }

    // MARK: - VUs and numbers

    private func virtualUsers() {
        for (vu, own) in Dictionary(grouping: log.iterations, by: \.vu) {
            check(Set(own.map(\.worker)).count == 1, "VU \(vu) is on several workers")
            for (one, next) in zip(own, own.dropFirst()) {
                check((one.endNs ?? Int64.max) <= next.startNs, "VU \(vu) runs two at once: \(one) \(next)")
            }
            check(own.map(\.ofVU) == Array(0..<Int64(own.count)), "VU \(vu) counts \(own.map(\.ofVU))")
            for (scenario, part) in Dictionary(grouping: own, by: \.scenario) {
                check(
                    part.map(\.ofVUInScenario) == Array(0..<Int64(part.count)),
                    "VU \(vu) counts in scenario \(scenario) \(part.map(\.ofVUInScenario))")
                minimumDuration(part, scenario)
            }
        }
        check(log.vusFree == log.vusMade, "VUs were not given back: \(log.vusFree) of \(log.vusMade)")
    }

    /// Between an iteration's start and the next start of its VU, unless a ramp or a command came between.
    private func minimumDuration(_ part: [LoggedIteration], _ scenario: Int) {
        switch settings.plan.scenarios[scenario].scenario.executor {
        case .rampingVUs, .externallyControlled: return
        default: break
        }
        for (one, next) in zip(part, part.dropFirst()) where one.outcome == .complete {
            check(
                next.startNs - one.startNs >= settings.minIterationDurationNs,
                "began within the minimum duration: \(one) \(next)")
        }
    }

    private func numbers() {
        let ids = log.vuIDs.map(\.inInstance).sorted()
        check(ids == Array(1..<Int64(ids.count + 1)), "VU ids are not complete: \(ids)")
        for id in log.vuIDs {
            let inTest = settings.plan.tuple.globalIndex(ofLocal: id.inInstance - 1) + 1
            check(id.inTest == inTest, "VU \(id.inInstance) is \(id.inTest) in the test, not \(inTest)")
        }
        for (index, scenario) in settings.plan.scenarios.enumerated() {
            var isNumbered = !settings.usesHTTP
            if case .sharedIterations = scenario.scenario.executor { isNumbered = true }
            let numbers = log.of(index).map(\.ofScenario).sorted()
            if isNumbered {
                check(
                    numbers == Array(0..<Int64(numbers.count)),
                    "iterations of \(index) are numbered \(numbers)")
            }
        }
    }

    // MARK: - counts

    private func books() {
        for index in settings.plan.scenarios.indices {
            let total = log.total(index)
            let own = log.of(index)
            let complete = Int64(own.count { $0.outcome == .complete })
            check(
                total.completed + total.interrupted == Int64(own.count),
                "scenario \(index): \(total) of \(own.count)")
            // One that is cut off while it sleeps out its minimum duration has ended, and counts as
            // interrupted.
            check(
                settings.minIterationDurationNs > 0
                    ? total.completed <= complete : total.completed == complete,
                "scenario \(index): \(total.completed) of \(complete) are complete")
        }
        for moment in log.moments {
            for (begun, count) in zip(moment.begun, moment.counts) {
                check(
                    count.completed + count.interrupted + count.active == begun,
                    "in between, \(count) of \(begun)")
            }
        }
        check(log.counts.reduce(0) { $0 + $1.initializedVUs } == Int64(log.vuIDs.count), "initialized VUs")
    }

    private func budgets() {
        if settings.stopNs != nil { return }
        for (index, scenario) in settings.plan.scenarios.enumerated() {
            let begun = Int64(log.of(index).count)
            let dropped = log.total(index).dropped
            let budget: Int64
            switch scenario.scenario.executor {
            case .sharedIterations: budget = scenario.hasWork ? scenario.iterations! : 0
            case .perVUIterations: budget = scenario.hasWork ? scenario.maxVUs * scenario.iterations! : 0
            case .constantArrivalRate, .rampingArrivalRate: budget = ticks(scenario)
            default:
                check(dropped == 0, "scenario \(index) dropped \(dropped)")
                continue
            }
            check(begun + dropped == budget, "scenario \(index): \(begun) + \(dropped) dropped of \(budget)")
        }
    }

    private func ticks(_ scenario: ScenarioPlan) -> Int64 {
        guard var schedule = scenario.arrivals() else { return 0 }
        var count: Int64 = 0
        while schedule.next() != nil { count += 1 }
        return count
    }

    /// No more iterations at once than the plan has VUs for.
    private func concurrency() {
        let asked = settings.commands.map(\.vus).max() ?? 0
        if settings.workerCount == 1, asked <= settings.plan.scenarios.map(\.maxVUs).max() ?? 0 {
            let most = settings.plan.maxPossibleVUs
            check(log.vuIDs.count <= most, "\(log.vuIDs.count) VUs, where the plan has \(most)")
            check(log.vuIDs.count >= settings.plan.maxPlannedVUs, "fewer VUs than planned")
        }
        if !settings.isPunctual || !settings.commands.isEmpty { return }
        for (index, scenario) in settings.plan.scenarios.enumerated() {
            let steps = scenario.plannedSteps()
            let starts = log.of(index).map(\.startNs).sorted()
            let ends = log.of(index).map { $0.endNs ?? Int64.max }.sorted()
            var (begun, ended) = (0, 0)
            for startNs in starts {
                while begun < starts.count, starts[begun] <= startNs { begun += 1 }
                while ended < ends.count, ends[ended] <= startNs { ended += 1 }
                let offsetNs = startNs - scenario.scenario.startTimeNs
                let reserved = steps.last { $0.offsetNs <= offsetNs }?.possibleVUs ?? 0
                check(
                    begun - ended <= reserved,
                    "scenario \(index): \(begun - ended) at once at \(startNs), of \(reserved)")
            }
        }
    }

    private func metrics() {
        let complete = log.iterations.count { $0.outcome == .complete }
        let dropped = settings.plan.scenarios.indices.reduce(0) { $0 + log.total($1).dropped }
        let open = log.iterations.filter { isOpen($0.scenario) }
        check(counter(Builtin.iterations) == Double(complete), "metric iterations")
        check(trend(Builtin.iterationDuration) == complete, "metric iteration_duration")
        check(counter(Builtin.droppedIterations) == Double(dropped), "metric dropped_iterations")
        check(trend(Builtin.startLateness) == open.count, "metric apus_start_lateness")
        check(
            trend(Builtin.responseTime) == open.count { $0.outcome == .complete }, "metric apus_response_time"
        )
        check(counter(Builtin.httpReqs) == Double(log.exchanges.count), "metric http_reqs")
        check(trend(Builtin.httpReqDuration) == log.exchanges.count, "metric http_req_duration")
        if case .rate(let rate) = aggregate.total(Builtin.httpReqFailed).cumulative {
            check(rate.passes == log.exchanges.count { $0.failed }, "metric http_req_failed")
        }
    }

    private func counter(_ metric: MetricID) -> Double {
        guard case .counter(let sink) = aggregate.total(metric).cumulative else { return -1 }
        return sink.sum
    }

    private func trend(_ metric: MetricID) -> Int {
        guard case .trend(let sink) = aggregate.total(metric).cumulative else { return -1 }
        return Int(sink.count)
    }

    private func clocks() {
        let open = log.iterations.filter { isOpen($0.scenario) }
        let late = open.count { $0.startNs - $0.intendedNs > Ns.perMillisecond }
        check(log.counts.reduce(0) { $0 + $1.scheduledStarts } == Int64(open.count), "scheduled starts")
        check(log.counts.reduce(0) { $0 + $1.lateStarts } == Int64(late), "late starts")
        if settings.minIterationDurationNs == 0 {
            let running = log.iterations.reduce(0) { $0 + ($1.endNs ?? 0) - $1.startNs }
            check(log.counts.reduce(0) { $0 + $1.runningVUNs } == running, "VU time")
        }
    }

    // MARK: - the end

    private func endOfRun() {
        guard settings.isPunctual, settings.minIterationDurationNs == 0, let endNs = log.endNs else { return }
        let expected = settings.plan.scenarios.indices.map { expectedEndNs($0) }.max() ?? 0
        let latest = min(expected, settings.stopNs ?? Int64.max)
        check(endNs == latest, "the run ended at \(endNs) rather than \(latest)")
    }

    private func expectedEndNs(_ index: Int) -> Int64 {
        let plan = settings.plan.scenarios[index]
        let line = Timeline(settings, scenario: index, worker: 0)
        let own = log.of(index)
        let lastNs = own.compactMap(\.endNs).max() ?? line.startNs
        if !plan.hasWork { return 0 }
        switch plan.scenario.executor {
        case .sharedIterations, .perVUIterations:
            return log.total(index).dropped == 0 ? lastNs : max(line.regularEndNs, lastNs)
        case .rampingVUs:
            let steps = Array(plan.rampingSteps()!)
            if steps.last!.vus > 0 { return max(line.regularEndNs, lastNs) }
            return max(line.startNs + steps.last!.offsetNs, lastNs)
        default: return max(line.regularEndNs, lastNs)
        }
    }
}
