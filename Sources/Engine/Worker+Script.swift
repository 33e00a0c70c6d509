// What an iteration can ask about its scenario and its process: for scripts' `exec` values. On the worker's
// thread; the other workers publish their counts as they change.

import Base
import Plan

/// Counts of this process as an iteration sees them.
public struct InstanceCounts: Sendable {
    public var iterationsCompleted: Int64 = 0
    public var iterationsInterrupted: Int64 = 0
    public var vusActive: Int64 = 0
    public var vusInitialized: Int64 = 0

    public init() {}
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

    /// Iterations of the VU's scenario that this process has completed.
    public static func completedIterations(ofScenarioOf vu: UnsafeMutablePointer<VU>) -> Int64 {
        countsInProcess(vu.pointee.worker, ofScenario: Int(vu.pointee.scenario)).iterationsCompleted
    }

    public static func instanceCounts(for vu: UnsafeMutablePointer<VU>) -> InstanceCounts {
        let worker = vu.pointee.worker
        var counts = InstanceCounts()
        for index in 0..<worker.pointee.executorCount {
            let part = countsInProcess(worker, ofScenario: index)
            counts.iterationsCompleted += part.iterationsCompleted
            counts.iterationsInterrupted += part.iterationsInterrupted
            counts.vusActive += part.vusActive
        }
        counts.vusInitialized = worker.pointee.shared.initializedVUs
        return counts
    }

    /// A scenario's counts on all workers.
    private static func countsInProcess(_ worker: UnsafeMutablePointer<Worker>, ofScenario index: Int)
        -> InstanceCounts
    {
        let run = worker.pointee.executors + index
        var counts = worker.pointee.shared.counts(
            ofScenario: index, besides: worker.pointee.settings.index)
        counts.iterationsCompleted += run.pointee.completed
        counts.iterationsInterrupted += run.pointee.interrupted
        counts.vusActive += run.pointee.activeCount
        return counts
    }

    /// When the test began, setup included; nil before that.
    public static func testStart(for vu: UnsafeMutablePointer<VU>) -> Instant {
        vu.pointee.worker.pointee.shared.startedAt
    }
}
