// All scenarios of a test together, for this process: their order, the VUs they need at once, and when the
// test is over. Built once at set-up; read by Engine (how many VUs to prepare), the CLI (description,
// --dry-run) and inspect.

import Base

public struct TestPlan: Sendable {
    public let tuple: SegmentedTuple
    /// In k6's order: by start time, then by name. Those without work are listed too.
    public let scenarios: [ScenarioPlan]
    /// The VUs of all scenarios over time, from the start of the test. Changes at one instant follow each
    /// other in the order of the scenarios, as VUs do: what a later scenario gives back cannot be taken by an
    /// earlier one at once.
    public let steps: [PlannedStep]

    /// - Parameter scenarios: without problems, see `ScenarioValidation`.
    /// - Throws: if the VUs cannot be shared out among the segments.
    public init(_ scenarios: [Scenario], tuple: SegmentedTuple = .full) throws(SegmentError) {
        self.tuple = tuple
        var plans: [ScenarioPlan] = []
        for scenario in TestPlan.ordered(scenarios) { plans.append(try ScenarioPlan(scenario, tuple: tuple)) }
        self.scenarios = plans
        steps = TestPlan.merged(plans)
    }

    public static func ordered(_ scenarios: [Scenario]) -> [Scenario] {
        scenarios.sorted { left, right in
            if left.startTimeNs != right.startTimeNs { return left.startTimeNs < right.startTimeNs }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    /// VUs to have ready before the start: the most that are planned at once.
    public var maxPlannedVUs: Int64 { steps.reduce(0) { max($0, $1.plannedVUs) } }

    /// The most VUs that can exist, with those arrival rates may create on the way: k6's "max VUs".
    public var maxPossibleVUs: Int64 { steps.reduce(0) { max($0, $1.possibleVUs) } }

    /// The last planned change: the end of the test with all grace times, unless `isEndless`.
    public var endOffsetNs: Int64 { steps.last?.offsetNs ?? 0 }

    /// Whether some scenario runs until it is stopped.
    public var isEndless: Bool { (steps.last?.possibleVUs ?? 0) > 0 }

    private static func merged(_ plans: [ScenarioPlan]) -> [PlannedStep] {
        var changes: [(offsetNs: Int64, order: Int, planned: Int64, unplanned: Int64)] = []
        for plan in plans {
            var before = PlannedStep(offsetNs: 0, plannedVUs: 0)
            for step in plan.plannedSteps() {
                changes.append(
                    (
                        plan.scenario.startTimeNs + step.offsetNs, changes.count,
                        step.plannedVUs - before.plannedVUs, step.unplannedVUs - before.unplannedVUs
                    ))
                before = step
            }
        }
        changes.sort { ($0.offsetNs, $0.order) < ($1.offsetNs, $1.order) }
        var level = PlannedStep(offsetNs: 0, plannedVUs: 0)
        return changes.map { change in
            level.offsetNs = change.offsetNs
            level.plannedVUs += change.planned
            level.unplannedVUs += change.unplanned
            return level
        }
    }
}
