// What an iteration can ask about its scenario and its process: for scripts' `exec` values. On the worker's
// thread; numbers of other workers are as old as their last report.

import Base
import Plan

/// Counts of this process as an iteration sees them.
public struct InstanceCounts: Sendable {
    public var iterationsCompleted: Int64 = 0
    public var iterationsInterrupted: Int64 = 0
    public var vusActive: Int64 = 0
    public var vusInitialized: Int64 = 0

    public init() {}

    mutating func add(_ counts: WorkerCounts) {
        for scenario in counts.scenarios {
            iterationsCompleted += scenario.completed
            iterationsInterrupted += scenario.interrupted
        }
        vusActive += counts.activeVUs
        vusInitialized += counts.initializedVUs
    }
}

extension Worker {
    /// When the VU's scenario began on this worker.
    public static func scenarioStart(of vu: UnsafeMutablePointer<VU>) -> Instant {
        vu.pointee.worker.pointee.executors[Int(vu.pointee.scenario)].startAt
    }

    /// The 0-based number of a VU's running iteration among all of its scenario in the whole test.
    public static func numberInTest(ofIterationOf vu: UnsafeMutablePointer<VU>) -> Int64 {
        let number = numberInProcess(ofIterationOf: vu)
        let plan = vu.pointee.worker.pointee.executors[Int(vu.pointee.scenario)].plan
        return (plan.iterationTuple ?? plan.vuTuple).globalIndex(ofLocal: number)
    }

    /// Iterations of the VU's scenario that this worker has completed.
    public static func completedIterations(ofScenarioOf vu: UnsafeMutablePointer<VU>) -> Int64 {
        vu.pointee.worker.pointee.executors[Int(vu.pointee.scenario)].completed
    }

    /// This worker's counts as they are now, the others' as they were reported last.
    public static func instanceCounts(for vu: UnsafeMutablePointer<VU>) -> InstanceCounts {
        let worker = vu.pointee.worker
        var counts = InstanceCounts()
        counts.add(currentCounts(worker, Clock.now()))
        for (index, other) in worker.pointee.shared.reportedCounts
        where index != worker.pointee.settings.index {
            counts.add(other)
        }
        return counts
    }

    /// When the test began, setup included; nil before that.
    public static func testStart(for vu: UnsafeMutablePointer<VU>) -> Instant {
        vu.pointee.worker.pointee.shared.startedAt
    }
}
