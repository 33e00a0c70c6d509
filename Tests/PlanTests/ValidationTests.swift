// What a scenario may not be. Each row was refused by k6 as well, unless it says otherwise.

import Base
import Plan
import Testing

private func scenario(_ executor: Executor) -> Scenario { Scenario(name: "s", executor: executor) }

private let second = Ns.perSecond

@Suite struct ValidationTests {
    @Test(
        arguments: [
            (.sharedIterations(vus: 0, iterations: 1, maxDurationNs: second), ["VUs"]),
            (
                .sharedIterations(vus: 1, iterations: 0, maxDurationNs: second),
                ["0 iterations are fewer than the 1 VUs"]
            ),
            (
                .sharedIterations(vus: 3, iterations: 2, maxDurationNs: second),
                ["2 iterations are fewer than the 3 VUs"]
            ),
            (
                .sharedIterations(vus: 1, iterations: 1, maxDurationNs: second / 2),
                ["maxDuration has to be 1s or more, not 500ms"]
            ),
            (
                .perVUIterations(vus: 0, iterations: 0, maxDurationNs: 0),
                ["VUs", "iterations", "maxDuration"]
            ),
            (.constantVUs(vus: -1, durationNs: -second), ["VUs", "duration has to be 1s or more, not -1s"]),
            (
                .constantVUs(vus: 1, durationNs: second - 1),
                ["duration has to be 1s or more, not 999.999999ms"]
            ),
            (.rampingVUs(startVUs: 1, stages: [], gracefulRampDownNs: 0), ["at least one stage"]),
            (rampingVUs(-1, [(1_000, 1)]), ["startVUs cannot be negative"]),
            (rampingVUs(0, [(1_000, 0)]), ["has to be more than 0"]),
            (
                rampingVUs(1, [(-1, -1), (1_000, 200_000_000)]),
                [
                    "duration of stage 1", "target of stage 1 cannot be negative",
                    "target of stage 2 cannot be more than 100000000",
                ]
            ),
            (rampingVUs(100_000_001, [(1_000, 1)]), ["startVUs cannot be more than"]),
            (constant(0, second), ["rate"]), (constant(1, second, unitNs: 0), ["timeUnit"]),
            (constant(1, second / 100), ["duration"]),
            (constantPool(5, 2, second), ["maxVUs (2) cannot be less"]),
            (constantPool(-1, 2, second), ["preAllocatedVUs cannot be negative"]),
            (ramping(-1, [(1_000, -1)], unitNs: 0), ["startRate", "timeUnit", "target of stage 1"]),
            (ramping(1, []), ["at least one stage"]),
            (.externallyControlled(vus: 5, maxVUs: 3, durationNs: 0), ["maxVUs (3) cannot be less"]),
            (
                .externallyControlled(vus: -5, maxVUs: -3, durationNs: -1),
                ["VUs cannot be negative", "duration cannot"]
            ),
            // Not refused by k6, which spins or overflows: a period below 1 ns, and durations without bounds.
            (constant(3_000_000_000, second), ["one per nanosecond"]),
            (.constantVUs(vus: 1, durationNs: Int64.max), ["cannot be longer than"]),
            (
                .rampingVUs(
                    startVUs: 1,
                    stages: [
                        Stage(durationNs: Int64.max, target: 1), Stage(durationNs: Int64.max, target: 1),
                    ], gracefulRampDownNs: 0), ["sum of the stages cannot be longer than"]
            ),
        ] as [(Executor, [String])])
    func refuses(executor: Executor, texts: [String]) {
        let problems = ScenarioValidation.problems(in: [scenario(executor)])
        #expect(problems.count == texts.count)
        for (problem, text) in zip(problems, texts) { #expect(problem.text.contains(text), "\(problem)") }
    }

    @Test(
        arguments: [
            .sharedIterations(vus: 1, iterations: 1, maxDurationNs: second), rampingVUs(5, [(1_000, 0)]),
            rampingVUs(1, [(0, 5)]), rampingVUs(1, [(10, 100_000_000)], gracefulRampDownMs: -1),
            constantPool(0, 0, second),
            constantPool(0, 5, second), ramping(0, [(0, 0)]), ramping(0, [(1_000, 1)], unitNs: 1),
            .externallyControlled(vus: 0, maxVUs: 0, durationNs: 1), constant(1_000_000_000, second),
        ] as [Executor])
    func accepts(executor: Executor) {
        #expect(ScenarioValidation.problems(in: [scenario(executor)]) == [])
    }

    @Test(arguments: [("a b", 1), ("", 1), ("ä", 1), ("a.b", 1), ("A-z_09", 0)])
    func checksNames(name: String, count: Int) {
        let one = Scenario(name: name, executor: .constantVUs(vus: 1, durationNs: second))
        #expect(ScenarioValidation.problems(in: [one]).count == count)
    }

    @Test func checksWhatAllHaveInCommon() {
        var one = scenario(.constantVUs(vus: 0, durationNs: 0))
        one.startTimeNs = -1
        one.gracefulStopNs = -1
        one.exec = ""
        let other = Scenario(name: "a", executor: .constantVUs(vus: 0, durationNs: second))
        let problems = ScenarioValidation.problems(in: [one, other])
        #expect(problems.map(\.scenario) == ["a", "s", "s", "s", "s", "s"])
        #expect(problems[0].description == "scenario a: the number of VUs has to be more than 0, not 0")
        #expect(ScenarioValidation.problems(in: [other, other]).count == 3)
    }

    @Test func keepsExternalControlInOneProcess() throws {
        let one = scenario(.externallyControlled(vus: 1, maxVUs: 1, durationNs: 0))
        #expect(ScenarioValidation.problems(in: [one], tuple: try tuple("0:1/2")).count == 1)
        #expect(ScenarioValidation.problems(in: [one], tuple: try tuple("0:1")) == [])
    }
}
