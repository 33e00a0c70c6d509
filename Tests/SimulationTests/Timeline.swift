// Where the edges of a scenario lie in a simulated run, worked out from its settings and from what happens to
// the run, not from the engine: what the invariants hold a log against.

import Base
import Plan

struct Timeline {
    var startNs: Int64
    /// Int64.max: never.
    var regularEndNs: Int64
    var hardEndNs: Int64

    /// - Parameter worker: commands reach a worker that does not run later than the others.
    init(_ settings: SimulationSettings, scenario index: Int, worker: Int) {
        let plan = settings.plan.scenarios[index]
        startNs = plan.scenario.startTimeNs
        regularEndNs = plan.regularDurationNs.map { plan.scenario.startTimeNs + $0 } ?? Int64.max
        hardEndNs = plan.hardEndNs.map { plan.scenario.startTimeNs + $0 } ?? Int64.max
        guard case .externallyControlled = plan.scenario.executor, regularEndNs < Int64.max else { return }
        hold(settings, index, worker)
        hardEndNs = regularEndNs
    }

    /// The time an externally-controlled scenario is paused does not count.
    private mutating func hold(_ settings: SimulationSettings, _ index: Int, _ worker: Int) {
        var pausedNs: Int64?
        let beginNs = settings.runnable(worker, startNs)
        var wasPaused = false
        for command in settings.commands where command.scenario == index {
            let atNs = settings.runnable(worker, command.atNs)
            if atNs <= beginNs {
                wasPaused = command.isPaused
                continue
            }
            if wasPaused {
                pausedNs = beginNs
                wasPaused = false
            }
            if let since = pausedNs, !command.isPaused {
                regularEndNs += atNs - since
                pausedNs = nil
            } else if pausedNs == nil, command.isPaused, atNs <= settings.runnable(worker, regularEndNs) {
                pausedNs = atNs
            }
        }
        precondition(pausedNs == nil && !wasPaused, "a random run ends unpaused")
    }
}

extension SimulationSettings {
    /// When the worker's thread runs, at `ns` (from the start of the run) or after.
    func runnable(_ worker: Int, _ ns: Int64) -> Int64 {
        guard ns != Int64.max, worker < gapsNs.count else { return ns }
        return gapsNs[worker].reduce(ns) { $1.contains($0) ? $1.upperBound : $0 }
    }

    /// Whether every worker does everything exactly when it is due.
    var isPunctual: Bool { gapsNs.allSatisfy(\.isEmpty) && messageNsMax == 0 }
}
