// What a simulated run did, iteration by iteration, and what its counters and metrics say: the material of
// the invariants and of the tables.

import Base
import Metrics

@testable import Engine

/// How an iteration ended.
enum IterationOutcome {
    /// It ran to its end; a failed request or an exception is an end, too (k6's rule).
    case complete
    /// It was cut off; none of its samples count.
    case interrupted
}

/// One iteration. All times are nanoseconds from the start of the run.
struct LoggedIteration: Equatable {
    var worker: Int
    /// `vu.idInTest`.
    var vu: Int64
    var vuInInstance: Int64
    var scenario: Int
    /// 0-based, of this VU in this scenario and in the run.
    var ofVUInScenario: Int64
    var ofVU: Int64
    /// 0-based, of the scenario in the process; -1 where it was not asked for.
    var ofScenario: Int64
    var intendedNs: Int64
    var startNs: Int64
    /// When the service lets it end; nil: never.
    var dueNs: Int64?
    /// nil while it runs.
    var endNs: Int64?
    var outcome: IterationOutcome?

    init(worker: Int, vu: VU, ofScenario: Int64, originNs: Int64) {
        self.worker = worker
        self.vu = vu.idInTest
        vuInInstance = vu.idInInstance
        scenario = Int(vu.scenario)
        ofVUInScenario = vu.iterationInScenario
        ofVU = vu.iterationInInstance
        self.ofScenario = ofScenario
        intendedNs = vu.intended.ns - originNs
        startNs = vu.started.ns - originNs
    }

    var startMs: Int64 { startNs / Ns.perMillisecond }
    var endMs: Int64? { endNs.map { $0 / Ns.perMillisecond } }
}

/// One finished HTTP exchange as the transport told it.
struct LoggedExchange: Equatable {
    var openedNs: Int64
    var durationNs: Int64
    var failed: Bool
}

struct RunLog {
    var iterations: [LoggedIteration] = []
    var exchanges: [LoggedExchange] = []
    /// When each worker had ended all scenarios, from the start of the run.
    var doneNs: [Int64?] = []
    var counts: [WorkerCounts] = []
    /// Summed over the workers, by scenario, at random moments of the run, with the number of iterations
    /// begun by then.
    var moments: [(begun: [Int64], counts: [WorkerCounts.Scenario])] = []
    /// At the end.
    var vusFree: [Int] = []
    var vusMade: [Int] = []
    var vuIDs: [(inInstance: Int64, inTest: Int64)] = []
    var leftovers: [String] = []
    var insufficient: Set<Int> = []
    var steps = 0

    func of(_ scenario: Int) -> [LoggedIteration] { iterations.filter { $0.scenario == scenario } }

    func total(_ scenario: Int) -> WorkerCounts.Scenario { RunLog.sum(counts, scenario) }

    static func sum(_ counts: [WorkerCounts], _ scenario: Int) -> WorkerCounts.Scenario {
        var total = WorkerCounts.Scenario()
        for part in counts.map({ $0.scenarios[scenario] }) {
            total.completed += part.completed
            total.interrupted += part.interrupted
            total.dropped += part.dropped
            total.active += part.active
            total.vus += part.vus
        }
        return total
    }

    /// When all workers were done; nil if one never was.
    var endNs: Int64? {
        let known = doneNs.compactMap { $0 }
        return known.count == doneNs.count ? known.max() : nil
    }
}
