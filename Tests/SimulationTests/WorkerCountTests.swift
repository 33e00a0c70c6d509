// Several workers do what one does: the same iterations at the same times, the same ids, the same drops, as
// long as no VU is short; and an arrival rate that is short of VUs grows as one worker's does.

import Base
import Plan
import Testing

@testable import Engine

struct WorkersRow: Sendable, CustomTestStringConvertible {
    var name: String
    var scenarios: [Scenario]
    var segment = ExecutionSegment.full
    var latencyMs: Int64 = 70
    var testDescription: String { name }

    private static func arrivals(_ rate: Int64, pre: Int64, most: Int64) -> Executor {
        .constantArrivalRate(
            rate: rate, timeUnitNs: s(1), durationNs: s(3), preAllocatedVUs: pre, maxVUs: most)
    }

    static let rows: [WorkersRow] = [
        WorkersRow(name: "constant-vus", scenarios: [k6(.constantVUs(vus: 7, durationNs: s(2)))]),
        WorkersRow(
            name: "ramping-vus",
            scenarios: [k6(ramping(1, [(1_000, 9), (700, 2), (0, 5), (500, 0)], graceMs: 30))]),
        WorkersRow(
            name: "per-vu-iterations",
            scenarios: [k6(.perVUIterations(vus: 5, iterations: 40, maxDurationNs: s(2)))]),
        WorkersRow(
            name: "shared-iterations",
            scenarios: [k6(.sharedIterations(vus: 5, iterations: 73, maxDurationNs: s(20)))]),
        WorkersRow(
            name: "shared-iterations, one VU",
            scenarios: [k6(.sharedIterations(vus: 1, iterations: 9, maxDurationNs: s(20)))]),
        WorkersRow(
            name: "shared-iterations, too short",
            scenarios: [k6(.sharedIterations(vus: 4, iterations: 1_000, maxDurationNs: s(1)))]),
        WorkersRow(name: "constant-arrival-rate", scenarios: [k6(arrivals(100, pre: 30, most: 30))]),
        WorkersRow(name: "constant-arrival-rate, one VU", scenarios: [k6(arrivals(9, pre: 1, most: 1))]),
        WorkersRow(name: "constant-arrival-rate grows", scenarios: [k6(arrivals(50, pre: 1, most: 9))]),
        WorkersRow(
            name: "constant-arrival-rate, too few VUs", scenarios: [k6(arrivals(83, pre: 2, most: 3))],
            latencyMs: 101),
        WorkersRow(
            name: "ramping-arrival-rate",
            scenarios: [
                k6(
                    .rampingArrivalRate(
                        startRate: 5, timeUnitNs: s(1),
                        stages: [Stage(durationNs: s(1), target: 150), Stage(durationNs: s(1), target: 20)],
                        preAllocatedVUs: 20, maxVUs: 20))
            ]),
        WorkersRow(
            name: "a segment", scenarios: [k6(.constantVUs(vus: 10, durationNs: s(1)))],
            segment: thirdOfThree),
        WorkersRow(
            name: "four at once",
            scenarios: [
                k6(.constantVUs(vus: 3, durationNs: s(2)), name: "a"),
                k6(arrivals(60, pre: 10, most: 10), name: "b", startMs: 500),
                k6(ramping(0, [(900, 5)], graceMs: 0), name: "c", startMs: 700),
                k6(.sharedIterations(vus: 2, iterations: 20, maxDurationNs: s(5)), name: "d", startMs: 1_000),
            ]),
    ]

    private static let thirdOfThree: ExecutionSegment = {
        do { return try ExecutionSegment(parsing: "2/3:1") } catch { preconditionFailure("\(error)") }
    }()
}

@Suite struct WorkerCountTests {
    @Test(arguments: WorkersRow.rows, [2, 3])
    func likeOneWorker(_ row: WorkersRow, workers: Int) throws {
        let one = try run(row, workers: 1)
        let several = try run(row, workers: workers)
        for index in row.scenarios.indices {
            #expect(times(several, index) == times(one, index))
            #expect(several.total(index).dropped == one.total(index).dropped)
            #expect(several.total(index).completed == one.total(index).completed)
            #expect(several.total(index).interrupted == one.total(index).interrupted)
            #expect(several.of(index).map(\.ofScenario).sorted() == one.of(index).map(\.ofScenario).sorted())
            switch row.scenarios[index].executor {
            case .constantVUs, .perVUIterations, .rampingVUs:
                if row.scenarios.count == 1 { #expect(byVU(several, index) == byVU(one, index)) }
            default: break
            }
        }
        #expect(several.endNs == one.endNs)
        if row.scenarios.count == 1 {
            let shares = (0..<workers).map { WorkerShare(index: $0, count: workers) }
            #expect(several.vusMade == shares.map { Int($0.share(of: Int64(one.vuIDs.count))) })
            #expect(several.vuIDs.map(\.inTest).sorted() == one.vuIDs.map(\.inTest).sorted())
        }
    }

    private func run(_ row: WorkersRow, workers: Int) throws -> RunLog {
        var settings = try SimulationSettings(row.scenarios, tuple: try SegmentedTuple(segment: row.segment))
        settings.workerCount = workers
        settings.service.latency = .constant(ns: row.latencyMs * Ns.perMillisecond)
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        return log
    }

    private func times(_ log: RunLog, _ scenario: Int) -> [[Int64]] {
        log.of(scenario).map { [$0.startNs, $0.endNs ?? -1] }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    }

    /// Starts by VU: only where each has work of its own.
    private func byVU(_ log: RunLog, _ scenario: Int) -> [Int64: Int] {
        Dictionary(grouping: log.of(scenario), by: \.vu).mapValues(\.count)
    }
}
