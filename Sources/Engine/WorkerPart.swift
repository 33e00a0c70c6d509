// What part of a test plan one worker has: its share of each scenario, the VUs it makes before the start, and
// their numbers in the process. A pure function of the plan and the number of workers, so every worker
// computes the same table and none has to ask another.

import Plan

struct WorkerPart {
    /// By scenario, in the plan's order.
    let shares: [WorkerShare]
    /// VUs of this worker the plan needs at once, and those arrival rates may add.
    let plannedVUs: Int64
    let unplannedVUs: Int64
    /// Planned VUs of every worker.
    private let plannedByWorker: [Int64]
    private let index: Int

    init(plan: TestPlan, index: Int, count: Int) {
        let offsets = WorkerPart.offsets(plan, count: count)
        func part(of worker: Int) -> [WorkerShare] {
            offsets.map { WorkerShare(index: (worker - $0 + count) % count, count: count) }
        }
        let levels = (0..<count).map { WorkerPart.mostVUs(plan, part(of: $0)) }
        shares = part(of: index)
        plannedByWorker = levels.map(\.planned)
        plannedVUs = levels[index].planned
        unplannedVUs = levels[index].possible - levels[index].planned
        self.index = index
    }

    /// All planned VUs of the process; those that are added on the way are numbered from here on.
    var plannedVUsOfProcess: Int64 { plannedByWorker.reduce(0, +) }

    /// The 0-based number in the process of a planned VU: numbers go round the workers that still have one.
    func numberInProcess(ofLocal local: Int64) -> Int64 {
        precondition(local < plannedVUs, "only planned VUs have a number of their own")
        var number: Int64 = 0
        for (worker, planned) in plannedByWorker.enumerated() {
            number += worker < index ? min(planned, local + 1) : min(planned, local)
        }
        return number
    }

    /// Where each scenario begins to deal out its VUs: after those in use when it starts, so that many small
    /// scenarios do not all land on the first worker, while one that follows another uses the same VUs.
    private static func offsets(_ plan: TestPlan, count: Int) -> [Int] {
        if count == 1 { return plan.scenarios.map { _ in 0 } }
        let steps = plan.scenarios.map { $0.plannedSteps() }
        return plan.scenarios.indices.map { later in
            let start = plan.scenarios[later].scenario.startTimeNs
            var inUse: Int64 = 0
            for earlier in 0..<later {
                let elapsedNs = start - plan.scenarios[earlier].scenario.startTimeNs
                inUse += steps[earlier].last { $0.offsetNs <= elapsedNs }?.plannedVUs ?? 0
            }
            return Int(inUse % Int64(count))
        }
    }

    /// The most VUs in use at once by these shares. Changes at one moment follow each other in the order of
    /// the scenarios, as the worker handles them.
    private static func mostVUs(_ plan: TestPlan, _ shares: [WorkerShare]) -> (
        planned: Int64, possible: Int64
    ) {
        var changes: [(atNs: Int64, order: Int, planned: Int64, unplanned: Int64)] = []
        for (scenario, share) in zip(plan.scenarios, shares) {
            var before: (planned: Int64, possible: Int64) = (0, 0)
            for step in scenario.plannedSteps() {
                let level = (
                    planned: share.share(of: step.plannedVUs), possible: share.share(of: step.possibleVUs)
                )
                let added = level.possible - level.planned - (before.possible - before.planned)
                changes.append(
                    (
                        scenario.scenario.startTimeNs + step.offsetNs, changes.count,
                        level.planned - before.planned, added
                    ))
                before = level
            }
        }
        changes.sort { ($0.atNs, $0.order) < ($1.atNs, $1.order) }
        var (planned, possible): (Int64, Int64) = (0, 0)
        var most: (planned: Int64, possible: Int64) = (0, 0)
        for change in changes {
            planned += change.planned
            possible += change.planned + change.unplanned
            most = (max(most.planned, planned), max(most.possible, possible))
        }
        return most
    }
}
