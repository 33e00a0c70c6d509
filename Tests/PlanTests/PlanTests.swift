// A test as a whole: VUs needed at once, its end, and the lines printed before the start, as k6 computes and
// prints them.

import Base
import Plan
import Testing

/// Reads the scenarios of `k6Requirements`.
func scenarios(_ text: String) -> [Scenario] {
    text.split(separator: ";").enumerated().map { index, part in
        let words = part.split(separator: " ").map(String.init)
        func ms(_ word: String) -> Int64 { Int64(word)! * Ns.perMillisecond }
        let n = words.map { Int64($0) ?? 0 }
        let executor: Executor =
            switch words[2] {
            case "cv": .constantVUs(vus: n[3], durationNs: ms(words[4]))
            case "sh": .sharedIterations(vus: n[3], iterations: n[4], maxDurationNs: ms(words[5]))
            case "ca": constantPool(n[3], n[4], ms(words[5]))
            default:
                rampingVUs(
                    n[3],
                    words.dropFirst(5).map { stage in
                        let parts = stage.split(separator: ":").map { Int64($0)! }
                        return (parts[0], parts[1])
                    }, gracefulRampDownMs: n[4])
            }
        return Scenario(
            name: "s\(index)", executor: executor, startTimeNs: ms(words[0]), gracefulStopNs: ms(words[1]))
    }
}

func constantPool(_ preAllocatedVUs: Int64, _ maxVUs: Int64, _ durationNs: Int64, rate: Int64 = 10)
    -> Executor
{
    .constantArrivalRate(
        rate: rate, timeUnitNs: Ns.perSecond, durationNs: durationNs, preAllocatedVUs: preAllocatedVUs,
        maxVUs: maxVUs)
}

func ms(_ value: Int64) -> Int64 { value * Ns.perMillisecond }

@Suite struct RequirementTests {
    @Test(arguments: k6Requirements.split(separator: "\n").map(String.init))
    func needsWhatK6Needs(row: String) throws {
        let fields = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let all = scenarios(fields[2])
        #expect(ScenarioValidation.problems(in: all) == [])
        let plan = try TestPlan(all, tuple: tuple(fields[0], fields[1]))
        #expect(GoDuration.format(plan.endOffsetNs) == fields[3])
        #expect(String(plan.maxPossibleVUs) == fields[4])
        #expect(plan.maxPlannedVUs <= plan.maxPossibleVUs)
    }

    /// VUs of one scenario are there for another at the instant they are given back.
    @Test(arguments: [
        ("0 0 cv 5 10000; 10000 30000 cv 7 10000", "50s", 7),
        ("0 1000 cv 5 10000; 10000 30000 cv 7 10000", "50s", 12),
        ("0 30000 rv 5 0 10000:0", "10s", 5), ("0 30000 rv 5 60000 10000:0", "40s", 5),
        ("0 30000 rv 5 3000 10000:0 10000:0", "13s", 5),
        ("0 30000 rv 0 3000 10000:10 5000:0 5000:10 5000:0; 13000 0 cv 7 1000", "28s", 17),
        ("0 30000 rv 1 0 1000:1 0:9 0:2 2000:2", "33s", 9),
        // What rises while another falls: in the order of the scenarios.
        ("0 0 rv 1 0 10000:1 0:8 2000:8; 5000 0 cv 5 5000", "12s", 13),
        ("0 0 cv 5 10000; 5000 0 rv 1 0 5000:1 0:8 2000:8", "12s", 8),
        ("0 0 rv 1 0 10000:1 0:8 2000:8; 0 0 cv 5 10000", "12s", 13),
        ("0 0 cv 5 10000; 0 0 rv 1 0 10000:1 0:8 2000:8", "12s", 8),
        ("0 0 cv 5 10000; 5000 0 cv 6 5000; 10000 0 cv 7 3000", "13s", 11),
        ("0 0 ca 2 9 10000; 10000 30000 ca 4 5 10000", "50s", 9),
        ("0 0 ca 2 9 10000; 9000 30000 ca 4 5 10000; 15000 30000 cv 20 1000", "49s", 25),
    ])
    func overlaps(text: String, duration: String, most: Int64) throws {
        let plan = try TestPlan(scenarios(text))
        #expect(GoDuration.format(plan.endOffsetNs) == duration)
        #expect(plan.maxPossibleVUs == most)
    }

    /// Where k6 computes less. It forgets VUs that start again while others are still reserved (it says 10
    /// here), and it counts the start time of a ramping-vus scenario without VUs as a part of the test (5s).
    @Test func reservesForVUsThatReturnMeanwhile() throws {
        let plan = try TestPlan(scenarios("0 30000 rv 10 2000 5000:10 0:3 5000:6; 7000 0 cv 7 1000"))
        #expect(plan.maxPossibleVUs == 11)
        let none = try TestPlan(
            scenarios("5000 1000 rv 1 4000 500:0"), tuple: tuple("2/4:3/4", "0,1/4,2/4,3/4,1"))
        #expect(none.steps == [])
    }

    @Test func tellsPlannedFromPossible() throws {
        let plan = try TestPlan(scenarios("0 0 ca 2 9 10000; 5000 0 cv 3 2000"))
        #expect(
            plan.steps == [
                PlannedStep(offsetNs: 0, plannedVUs: 2, unplannedVUs: 7),
                PlannedStep(offsetNs: ms(5_000), plannedVUs: 5, unplannedVUs: 7),
                PlannedStep(offsetNs: ms(7_000), plannedVUs: 2, unplannedVUs: 7),
                PlannedStep(offsetNs: ms(10_000), plannedVUs: 0, unplannedVUs: 0),
            ])
        #expect(plan.maxPlannedVUs == 5 && plan.maxPossibleVUs == 12)
    }

    @Test func knowsATestThatNeverEnds() throws {
        let endless = Scenario(name: "e", executor: .externallyControlled(vus: 1, maxVUs: 5, durationNs: 0))
        let later = scenarios("5000 30000 cv 3 5000")
        #expect(try TestPlan([endless]).isEndless)
        #expect(try TestPlan([endless] + later).isEndless)
        #expect(try TestPlan([endless] + later).maxPossibleVUs == 8)
        #expect(!(try TestPlan(later).isEndless))
    }

    @Test func ordersByStartThenName() {
        let all = [("b", 0), ("a", 5), ("B", 0), ("c", 1)].map { name, start in
            Scenario(name: name, executor: .constantVUs(vus: 1, durationNs: Ns.perSecond), startTimeNs: start)
        }
        #expect(TestPlan.ordered(all).map(\.name) == ["B", "b", "c", "a"])
    }

    @Test func skipsWhatHasNoWork() throws {
        let part = try tuple("1/4:1/2", "0,1/4,1/2,1")
        let shared = Scenario(
            name: "s", executor: .sharedIterations(vus: 2, iterations: 9, maxDurationNs: Ns.perMinute))
        let plan = try ScenarioPlan(shared, tuple: part)
        #expect(!plan.hasWork && plan.iterations == 0 && plan.plannedSteps() == [])
        let open = try ScenarioPlan(
            Scenario(name: "o", executor: constantPool(1, 2, Ns.perSecond)), tuple: part)
        #expect(!open.hasWork && open.arrivals() == nil)
        let none = try ScenarioPlan(Scenario(name: "o", executor: constantPool(0, 0, Ns.perSecond)))
        #expect(!none.hasWork)
    }
}

@Suite struct IterationTotalTests {
    @Test(
        arguments: [
            (Executor.sharedIterations(vus: 2, iterations: 7, maxDurationNs: ms(1_000)), 7),
            (.perVUIterations(vus: 3, iterations: 5, maxDurationNs: ms(1_000)), 15),
            (.perVUIterations(vus: 3, iterations: .max, maxDurationNs: ms(1_000)), .max),
            (.constantVUs(vus: 3, durationNs: ms(1_000)), nil),
        ] as [(Executor, Int64?)])
    func ofAllVUs(_ executor: Executor, _ expected: Int64?) throws {
        let plan = try ScenarioPlan(Scenario(name: "a", executor: executor))
        #expect(plan.totalIterations == expected)
    }
}

@Suite struct DescriptionTests {
    /// All seven executors, as k6 printed them for each segment.
    static let scenarios: [Scenario] = [
        Scenario(
            name: "shared", executor: .sharedIterations(vus: 5, iterations: 13, maxDurationNs: ms(10_000)),
            startTimeNs: ms(1_500), gracefulStopNs: 0),
        Scenario(
            name: "pervu", executor: .perVUIterations(vus: 3, iterations: 2, maxDurationNs: ms(600_000)),
            gracefulStopNs: ms(90_000), exec: "other"),
        Scenario(name: "constant", executor: .constantVUs(vus: 7, durationNs: ms(1_000)), tags: ["a": "b"]),
        Scenario(
            name: "ramp",
            executor: rampingVUs(3, [(5_000, 10), (0, 4), (3_000, 6)], gracefulRampDownMs: 2_000),
            startTimeNs: ms(1_000), gracefulStopNs: ms(1_000)),
        Scenario(name: "ramp2", executor: rampingVUs(3, [(500, 1)])),
        Scenario(
            name: "car",
            executor: .constantArrivalRate(
                rate: 1, timeUnitNs: ms(3_000), durationNs: ms(5_000), preAllocatedVUs: 5, maxVUs: 9)),
        Scenario(
            name: "car2",
            executor: .constantArrivalRate(
                rate: 50_000, timeUnitNs: ms(60_000), durationNs: ms(90_000), preAllocatedVUs: 5, maxVUs: 5),
            gracefulStopNs: 0),
        Scenario(
            name: "rar",
            executor: .rampingArrivalRate(
                startRate: 30, timeUnitNs: ms(1_000),
                stages: [Stage(durationNs: ms(1_000), target: 20), Stage(durationNs: ms(1_000), target: 5)],
                preAllocatedVUs: 2, maxVUs: 2), exec: "other"),
        Scenario(name: "ext", executor: .externallyControlled(vus: 1, maxVUs: 3, durationNs: ms(20_000))),
    ]

    @Test func printsTheWholeAsK6Does() throws {
        let plan = try TestPlan(Self.scenarios)
        let whole = "(100.00%) 9 scenarios, 45 max VUs, 11m30s max duration (incl. graceful stop)"
        #expect(plan.describe() == whole)
        #expect(
            plan.scenarios.map { "\($0.scenario.name): \($0.describe())" } == [
                "car: 0.33 iterations/s for 5s (maxVUs: 5-9, gracefulStop: 30s)",
                "car2: 833.33 iterations/s for 1m30s (maxVUs: 5)",
                "constant: 7 looping VUs for 1s (gracefulStop: 30s)",
                "ext: Externally controlled execution with 1 VUs, 3 max VUs, 20s duration",
                "pervu: 2 iterations for each of 3 VUs (maxDuration: 10m0s, exec: other, "
                    + "gracefulStop: 1m30s)",
                "ramp2: Up to 3 looping VUs for 500ms over 1 stages (gracefulRampDown: 0s, "
                    + "gracefulStop: 30s)",
                "rar: Up to 30.00 iterations/s for 2s over 2 stages (maxVUs: 2, exec: other, "
                    + "gracefulStop: 30s)",
                "ramp: Up to 10 looping VUs for 8s over 3 stages (gracefulRampDown: 2s, startTime: 1s, "
                    + "gracefulStop: 1s)",
                "shared: 13 iterations shared among 5 VUs (maxDuration: 10s, startTime: 1.5s)",
            ])
    }

    /// Per segment: the head, then what differs of car, car2, constant, pervu, ramp2, rar, ramp, shared.
    @Test(arguments: [
        (
            "0:1/2", "0,1/2,1", "(50.00%) 8 scenarios, 24 max VUs, 11m30s",
            ["0.19", "3-5", "500.00", "3,", "4", "2", "2", "15.00", "1,", "5", "8", "3"]
        ),
        (
            "1/4:1/2", "0,1/4,1/2,1", "(25.00%) 8 scenarios, 7 max VUs, 1m30s",
            ["0.07", "1-2", "166.67", "1,", "1", "0", "0", "7.50", "0,", "2", "2", "1"]
        ),
        (
            "0:1/10", "", "(10.00%) 8 scenarios, 7 max VUs, 11m30s",
            ["0.04", "1,", "166.67", "1,", "1", "1", "1", "3.00", "1,", "1", "3", "1"]
        ),
        (
            "0.25:0.75", "", "(50.00%) 8 scenarios, 24 max VUs, 11m30s",
            ["0.19", "3-5", "500.00", "3,", "4", "2", "2", "15.00", "1,", "5", "8", "3"]
        ),
        (
            "2/4:3/4", "0,1/4,2/4,3/4,1", "(25.00%) 8 scenarios, 9 max VUs, 11m30s",
            ["0.07", "1-2", "166.67", "1,", "2", "1", "1", "7.50", "0,", "2", "3", "1"]
        ),
        (
            "0:1/3", "", "(33.33%) 8 scenarios, 14 max VUs, 11m30s",
            ["0.11", "2-3", "333.33", "2,", "2", "1", "1", "10.00", "1,", "3", "5", "2"]
        ),
        (
            "1/7:3/7", "", "(28.57%) 8 scenarios, 12 max VUs, 11m30s",
            ["0.11", "1-3", "166.67", "1,", "2", "1", "1", "8.57", "1,", "3", "2", "1"]
        ),
    ])
    func printsSegmentsAsK6Does(segment: String, sequence: String, head: String, n: [String]) throws {
        let plan = try TestPlan(Self.scenarios.filter { $0.name != "ext" }, tuple: tuple(segment, sequence))
        #expect(plan.describe() == head + " max duration (incl. graceful stop)")
        let pool = n[1].hasSuffix(",") ? n[1] : n[1] + ","
        #expect(
            plan.scenarios.map { $0.describe() } == [
                "\(n[0]) iterations/s for 5s (maxVUs: \(pool) gracefulStop: 30s)",
                "\(n[2]) iterations/s for 1m30s (maxVUs: \(n[3].dropLast()))",
                "\(n[4]) looping VUs for 1s (gracefulStop: 30s)",
                "2 iterations for each of \(n[5]) VUs (maxDuration: 10m0s, exec: other, gracefulStop: 1m30s)",
                "Up to \(n[6]) looping VUs for 500ms over 1 stages (gracefulRampDown: 0s, gracefulStop: 30s)",
                "Up to \(n[7]) iterations/s for 2s over 2 stages (maxVUs: \(n[8]) exec: other, "
                    + "gracefulStop: 30s)",
                "Up to \(n[9]) looping VUs for 8s over 3 stages (gracefulRampDown: 2s, startTime: 1s, "
                    + "gracefulStop: 1s)",
                "\(n[10]) iterations shared among \(n[11]) VUs (maxDuration: 10s, startTime: 1.5s)",
            ])
    }

    @Test func printsNothingLeftAndNoEnd() throws {
        let part = try tuple("1/4:1/2", "0,1/4,1/2,1")
        let open = try TestPlan([Scenario(name: "c", executor: constantPool(1, 2, ms(5_000)))], tuple: part)
        #expect(open.scenarios[0].describe() == "0.00 iterations/s for 5s (maxVUs: 0, gracefulStop: 30s)")
        #expect(open.describe() == "(25.00%) 1 scenario, 0 max VUs, 0s max duration (incl. graceful stop)")
        let endless = Scenario(name: "e", executor: .externallyControlled(vus: 1, maxVUs: 3, durationNs: 0))
        let plan = try TestPlan([endless])
        #expect(
            plan.scenarios[0].describe()
                == "Externally controlled execution with 1 VUs, 3 max VUs, infinite duration")
        #expect(plan.describe() == "(100.00%) 1 scenario, 3 max VUs, 0s max duration (incl. graceful stop)")
    }

    /// Two decimals of the exact binary value, ties to even, as k6 printed them.
    @Test(arguments: [(1, 800, "0.00"), (1, 200, "0.01"), (3, 200, "0.01"), (1, 8, "0.12"), (3, 8, "0.38")])
    func roundsRates(rate: Int64, unitSeconds: Int64, text: String) throws {
        let plan = try ScenarioPlan(
            Scenario(name: "r", executor: ramping(0, [(1_000, rate)], unitNs: unitSeconds * Ns.perSecond)))
        #expect(plan.describe().hasPrefix("Up to \(text) iterations/s for 1s over 1 stages (maxVUs: 1, "))
    }
}
