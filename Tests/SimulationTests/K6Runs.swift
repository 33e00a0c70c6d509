// Runs of real k6 (v1.1.0) with scripts that only sleep, as it logged them: when each iteration began, what
// was counted at the end. The simulation has to give the same, up to the milliseconds k6 itself needs.

import Base
import Plan
import Testing

struct K6Run: Sendable, CustomTestStringConvertible {
    var name: String
    var scenarios: [Scenario]
    var segment = ""
    /// How long the script sleeps, or its iterations were seen to take where a millisecond more tells.
    var iterationMs: Double
    var minIterationMs: Int64 = 0
    /// By scenario (in k6's order, by start time and name): starts of iterations since the scenario's start.
    var startsMs: [[Int64]]
    var complete: Int64
    var interrupted: Int64
    var dropped: Int64 = 0
    /// The metric `iterations`, where it is not `complete`.
    var iterations: Int64?
    /// Rounded to tenths by k6; nil where k6 went on for a tick that fell on the very end, and Apus does not.
    var endTenths: Int64?
    var vus: Int
    var iterationsInTest: [Int64]?

    var testDescription: String { name }

    static let rows = looping + budgets + arrivals + mixed

    // MARK: - constant-vus and ramping-vus

    private static let ramp = [(1_000, 4), (1_000, 0), (1_000, 0)]

    static let looping: [K6Run] = [
        K6Run(
            name: "constant-vus, gracefulStop 0",
            scenarios: [
                k6(.constantVUs(vus: 2, durationNs: s(1)), startMs: 300, graceMs: 0)
            ],
            iterationMs: 400, startsMs: [[0, 1, 401, 402, 803, 803]], complete: 4, interrupted: 2,
            endTenths: 13,
            vus: 2),
        K6Run(
            name: "constant-vus, gracefulStop 30s",
            scenarios: [k6(.constantVUs(vus: 2, durationNs: s(1)), startMs: 300)], iterationMs: 400,
            startsMs: [[0, 0, 401, 401, 802, 803]], complete: 6, interrupted: 0, endTenths: 15, vus: 2),
        K6Run(
            name: "ramping-vus up, the last VU is due at the very end",
            scenarios: [k6(ramping(0, [(1_000, 4)], graceMs: 30_000))], iterationMs: 700,
            startsMs: [[251, 501, 751, 952]], complete: 4, interrupted: 0, endTenths: 17, vus: 4),
        K6Run(
            name: "ramping-vus up and down, gracefulRampDown 0",
            scenarios: [k6(ramping(0, ramp, graceMs: 0), graceMs: 0)], iterationMs: 400,
            startsMs: [[251, 501, 652, 751, 902, 1001, 1054, 1152, 1303, 1454, 1704, 1855]], complete: 8,
            interrupted: 4, endTenths: 20, vus: 4),
        K6Run(
            name: "ramping-vus up and down, gracefulRampDown 500ms",
            scenarios: [k6(ramping(0, ramp, graceMs: 500))], iterationMs: 600,
            startsMs: [[251, 500, 751, 853, 1001, 1101, 1351, 1454, 1702]], complete: 8, interrupted: 1,
            endTenths: 23, vus: 4),
        K6Run(
            name: "ramping-vus that ends in two seconds at zero",
            scenarios: [k6(ramping(0, [(1_000, 4), (1_000, 0), (2_000, 0)], graceMs: 500), graceMs: 0)],
            iterationMs: 600, startsMs: [[252, 501, 750, 853, 1001, 1102, 1351, 1453, 1703]], complete: 8,
            interrupted: 1, endTenths: 23, vus: 4),
        K6Run(
            name: "ramping-vus down and up again after the iteration",
            scenarios: [
                k6(ramping(2, [(500, 2), (0, 0), (500, 0), (0, 2), (1_000, 2)], graceMs: 30_000))
            ],
            iterationMs: 800, startsMs: [[3, 3, 1000, 1001, 1801, 1801]], complete: 6, interrupted: 0,
            endTenths: 26, vus: 2),
        K6Run(
            name: "ramping-vus down and up again within the iteration",
            scenarios: [
                k6(ramping(2, [(500, 2), (0, 0), (200, 0), (0, 2), (1_000, 2)], graceMs: 30_000))
            ],
            iterationMs: 1_000, startsMs: [[0, 0, 1001, 1001]], complete: 4, interrupted: 0, endTenths: 20,
            vus: 2),
        K6Run(
            name: "ramping-vus to zero at once, and back",
            scenarios: [
                k6(ramping(1, [(500, 1), (0, 0), (1_000, 0), (0, 1), (500, 1)], graceMs: 0), graceMs: 0)
            ],
            iterationMs: 200, startsMs: [[0, 201, 401, 1501, 1701, 1902]], complete: 4, interrupted: 2,
            endTenths: 20, vus: 1),
        K6Run(
            name: "ramping-vus, gracefulStop 300ms",
            scenarios: [k6(ramping(2, [(1_000, 2)], graceMs: 0), graceMs: 300)], iterationMs: 600,
            startsMs: [[0, 0, 601, 601]], complete: 4, interrupted: 0, endTenths: 12, vus: 2),
    ]

    // MARK: - budgets

    static let budgets: [K6Run] = [
        K6Run(
            name: "per-vu-iterations, maxDuration, gracefulStop 0",
            scenarios: [k6(.perVUIterations(vus: 3, iterations: 5, maxDurationNs: s(1)), graceMs: 0)],
            iterationMs: 400, startsMs: [[1, 1, 1, 401, 401, 401, 802, 802, 803]], complete: 6,
            interrupted: 3,
            dropped: 6, endTenths: 10, vus: 3),
        K6Run(
            name: "per-vu-iterations, maxDuration, gracefulStop 30s",
            scenarios: [k6(.perVUIterations(vus: 3, iterations: 5, maxDurationNs: s(1)))],
            iterationMs: 400, startsMs: [[0, 0, 0, 401, 401, 401, 802, 802, 802]], complete: 9,
            interrupted: 0,
            dropped: 6, endTenths: 12, vus: 3),
        K6Run(
            name: "shared-iterations, maxDuration, gracefulStop 0",
            scenarios: [k6(.sharedIterations(vus: 3, iterations: 15, maxDurationNs: s(1)), graceMs: 0)],
            iterationMs: 400, startsMs: [[0, 0, 0, 401, 401, 401, 802, 803, 803]], complete: 6,
            interrupted: 3,
            dropped: 6, endTenths: 10, vus: 3),
        K6Run(
            name: "shared-iterations, maxDuration, gracefulStop 30s",
            scenarios: [k6(.sharedIterations(vus: 3, iterations: 15, maxDurationNs: s(1)))],
            iterationMs: 400, startsMs: [[1, 1, 1, 401, 402, 402, 803, 803, 803]], complete: 9,
            interrupted: 0,
            dropped: 6, endTenths: 12, vus: 3),
        thirteen("0:1/4", starts: [0, 102, 202], inTest: [1, 6, 11], vus: 1),
        thirteen("1/4:1/2", starts: [0, 101], inTest: [3, 8], vus: 1),
        thirteen(
            "1/2:1", starts: [0, 1, 2, 101, 102, 102, 203, 203], inTest: [0, 2, 4, 5, 7, 9, 10, 12], vus: 3),
    ]

    private static func thirteen(_ segment: String, starts: [Int64], inTest: [Int64], vus: Int) -> K6Run {
        K6Run(
            name: "shared-iterations, segment \(segment) of 0,1/4,1/2,1",
            scenarios: [k6(.sharedIterations(vus: 5, iterations: 13, maxDurationNs: s(600)))],
            segment: segment,
            iterationMs: 100, startsMs: [starts], complete: Int64(starts.count), interrupted: 0, vus: vus,
            iterationsInTest: inTest)
    }

    // MARK: - arrival rates

    private static let tenPerSecond = Executor.constantArrivalRate(
        rate: 10, timeUnitNs: s(1), durationNs: s(2), preAllocatedVUs: 1, maxVUs: 3)
    private static let upToTen = Executor.rampingArrivalRate(
        startRate: 0, timeUnitNs: s(1), stages: [Stage(durationNs: s(1), target: 10)], preAllocatedVUs: 10,
        maxVUs: 10)

    /// k6 races the tick of a constant rate that falls on the very end against the end, and here began one
    /// more.
    static let arrivals: [K6Run] = [
        K6Run(
            name: "constant-arrival-rate grows VU by VU, gracefulStop 0",
            scenarios: [k6(tenPerSecond, graceMs: 0)], iterationMs: 550,
            startsMs: [[1, 201, 401, 601, 802, 1001, 1201, 1401, 1601, 1802]], complete: 8,
            interrupted: 3 - 1,
            dropped: 10, endTenths: 20, vus: 3),
        K6Run(
            name: "constant-arrival-rate grows VU by VU, gracefulStop 30s",
            scenarios: [k6(tenPerSecond)], iterationMs: 550,
            startsMs: [[0, 200, 401, 600, 801, 1001, 1201, 1400, 1600, 1800]], complete: 11 - 1,
            interrupted: 0,
            dropped: 10, vus: 3),
        K6Run(
            name: "ramping-arrival-rate, the last tick falls on the end, gracefulStop 0",
            scenarios: [k6(upToTen, graceMs: 0)], iterationMs: 50, startsMs: [[449, 634, 776, 896, 1001]],
            complete: 4, interrupted: 1, endTenths: 10, vus: 10),
        K6Run(
            name: "ramping-arrival-rate, the last tick falls on the end, gracefulStop 30s",
            scenarios: [k6(upToTen)], iterationMs: 50, startsMs: [[448, 633, 776, 895, 1001]], complete: 5,
            interrupted: 0, endTenths: 11, vus: 10),
        K6Run(
            name: "ramping-arrival-rate grows VU by VU",
            scenarios: [
                k6(
                    .rampingArrivalRate(
                        startRate: 20, timeUnitNs: s(1),
                        stages: [
                            Stage(durationNs: s(1) / 2, target: 20), Stage(durationNs: s(1), target: 5),
                        ],
                        preAllocatedVUs: 2, maxVUs: 4), graceMs: 0)
            ],
            iterationMs: 331,
            startsMs: [[50, 101, 200, 300, 400, 450, 552, 660, 779, 845, 914, 1073, 1167, 1276, 1412]],
            complete: 13, interrupted: 2, dropped: 7, endTenths: 15, vus: 4),
    ]

    // MARK: - several scenarios, minimum duration

    private static func rampingOne(_ name: String, startMs: Int64) -> Scenario {
        k6(
            ramping(1, [(300, 1), (0, 0), (300, 0), (0, 1), (600, 1)], graceMs: 0), name: name,
            startMs: startMs,
            graceMs: 0)
    }

    static let mixed: [K6Run] = [
        K6Run(
            name: "five scenarios share two VUs",
            scenarios: [
                k6(.constantVUs(vus: 2, durationNs: s(1)), name: "a", graceMs: 500),
                k6(.constantVUs(vus: 2, durationNs: s(1)), name: "b", startMs: 1_500, graceMs: 0),
                k6(
                    ramping(2, [(500, 2), (0, 0), (500, 0)], graceMs: 0), name: "c", startMs: 2_500,
                    graceMs: 0),
                k6(.constantVUs(vus: 2, durationNs: s(1)), name: "d", startMs: 3_000, graceMs: 0),
                rampingOne("e", startMs: 4_000),
            ],
            iterationMs: 200.5,
            startsMs: [
                [0, 0, 200, 200, 400, 401, 602, 602, 803, 803],
                [1, 1, 202, 202, 403, 403, 604, 604, 805, 805],
                [1, 2, 203, 203, 404, 404], [0, 0, 200, 201, 401, 401, 602, 602, 803, 803],
                [2, 203, 601, 801, 1002],
            ],
            complete: 33, interrupted: 8, endTenths: 52, vus: 2),
        K6Run(
            name: "minIterationDuration is cut off by gracefulStop",
            scenarios: [k6(.constantVUs(vus: 1, durationNs: s(1)), graceMs: 500)], iterationMs: 1,
            minIterationMs: 3_000, startsMs: [[0]], complete: 0, interrupted: 1, iterations: 1, endTenths: 15,
            vus: 1),
        K6Run(
            name: "minIterationDuration within gracefulStop",
            scenarios: [k6(.constantVUs(vus: 1, durationNs: s(1)))], iterationMs: 1, minIterationMs: 3_000,
            startsMs: [[0]], complete: 1, interrupted: 0, endTenths: 30, vus: 1),
        K6Run(
            name: "minIterationDuration is cut off by gracefulRampDown",
            scenarios: [k6(ramping(1, [(500, 1), (0, 0), (2_000, 0)], graceMs: 200), graceMs: 5_000)],
            iterationMs: 1, minIterationMs: 1_000, startsMs: [[0]], complete: 0, interrupted: 1,
            iterations: 1,
            endTenths: 7, vus: 1),
        K6Run(
            name: "minIterationDuration within gracefulRampDown",
            scenarios: [k6(ramping(1, [(500, 1), (0, 0), (2_000, 0)], graceMs: 30_000), graceMs: 5_000)],
            iterationMs: 1, minIterationMs: 1_000, startsMs: [[0]], complete: 1, interrupted: 0,
            endTenths: 10,
            vus: 1),
    ]
}

func s(_ seconds: Int64) -> Int64 { seconds * Ns.perSecond }

func k6(_ executor: Executor, name: String = "x", startMs: Int64 = 0, graceMs: Int64 = 30_000) -> Scenario {
    Scenario(
        name: name, executor: executor, startTimeNs: startMs * Ns.perMillisecond,
        gracefulStopNs: graceMs * Ns.perMillisecond)
}

func ramping(_ start: Int64, _ stages: [(Int, Int)], graceMs: Int64) -> Executor {
    .rampingVUs(
        startVUs: start,
        stages: stages.map { Stage(durationNs: Int64($0.0) * Ns.perMillisecond, target: Int64($0.1)) },
        gracefulRampDownNs: graceMs * Ns.perMillisecond)
}
