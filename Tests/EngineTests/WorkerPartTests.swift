// How VUs and their numbers are shared out among the workers of a process.

import Base
import Plan
import Testing

@testable import Engine

private func constant(_ name: String, vus: Int64, startMs: Int64 = 0, ms: Int64 = 1_000) -> Scenario {
    Scenario(
        name: name, executor: .constantVUs(vus: vus, durationNs: ms * Ns.perMillisecond),
        startTimeNs: startMs * Ns.perMillisecond, gracefulStopNs: 0)
}

struct PartRow: Sendable {
    var name: String
    var scenarios: [Scenario]
    var workers: Int
    /// By worker.
    var planned: [Int64]

    static let rows: [PartRow] = [
        PartRow(name: "one worker has all", scenarios: [constant("a", vus: 7)], workers: 1, planned: [7]),
        PartRow(name: "VUs go round", scenarios: [constant("a", vus: 7)], workers: 3, planned: [3, 2, 2]),
        PartRow(
            name: "small scenarios spread", scenarios: ["a", "b", "c", "d"].map { constant($0, vus: 1) },
            workers: 2, planned: [2, 2]),
        PartRow(
            name: "one after the other uses the same VUs",
            scenarios: [constant("a", vus: 3), constant("b", vus: 3, startMs: 1_000)], workers: 2,
            planned: [2, 1]),
        PartRow(
            name: "more workers than VUs", scenarios: [constant("a", vus: 2)], workers: 4,
            planned: [1, 1, 0, 0]),
    ]
}

@Suite struct WorkerPartTests {
    @Test(arguments: PartRow.rows)
    func plannedVUs(_ row: PartRow) throws {
        let plan = try TestPlan(row.scenarios)
        let parts = (0..<row.workers).map { WorkerPart(plan: plan, index: $0, count: row.workers) }
        #expect(parts.map(\.plannedVUs) == row.planned, "\(row.name)")
        #expect(parts[0].plannedVUsOfProcess == row.planned.reduce(0, +))
        // Every number is given to one VU, and a worker's numbers rise.
        let numbers = parts.map { part in (0..<part.plannedVUs).map { part.numberInProcess(ofLocal: $0) } }
        #expect(numbers.joined().sorted() == Array(0..<parts[0].plannedVUsOfProcess))
        for own in numbers { #expect(own == own.sorted()) }
        for (number, scenario) in row.scenarios.enumerated() {
            guard case .constantVUs(let vus, _) = scenario.executor else { continue }
            #expect(parts.reduce(0) { $0 + $1.shares[number].share(of: vus) } == vus)
        }
    }

    @Test func numbersGoRound() throws {
        let plan = try TestPlan([constant("a", vus: 7)])
        let first = WorkerPart(plan: plan, index: 0, count: 3)
        let last = WorkerPart(plan: plan, index: 2, count: 3)
        #expect((0..<3).map { first.numberInProcess(ofLocal: $0) } == [0, 3, 6])
        #expect((0..<2).map { last.numberInProcess(ofLocal: $0) } == [2, 5])
    }

    @Test func unplannedVUsAreCountedOverTheWholePlan() throws {
        // The second scenario's VUs do for what the first may add.
        let arrivals = Scenario(
            name: "a",
            executor: .constantArrivalRate(
                rate: 10, timeUnitNs: Ns.perSecond, durationNs: Ns.perSecond, preAllocatedVUs: 0, maxVUs: 2),
            gracefulStopNs: 0)
        let plan = try TestPlan([arrivals, constant("b", vus: 3, startMs: 2_000)])
        let part = WorkerPart(plan: plan, index: 0, count: 1)
        #expect(part.plannedVUs == 3)
        #expect(part.unplannedVUs == 0)
    }
}
