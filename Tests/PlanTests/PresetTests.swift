// Presets and the sparkline's numbers: shapes, scaling, and that every preset is a valid test.

import Base
import Plan
import Testing

private func stages(_ executor: Executor) -> [Stage] {
    switch executor {
    case .rampingVUs(_, let stages, _), .rampingArrivalRate(_, _, let stages, _, _): stages
    default: []
    }
}

private let options: [PresetOptions] = [
    PresetOptions(), PresetOptions(vus: 1), PresetOptions(vus: 1_234), PresetOptions(rate: 1),
    PresetOptions(rate: 50_000), PresetOptions(vus: 7, rate: 333), PresetOptions(durationNs: Ns.perSecond),
    PresetOptions(vus: 3, rate: 9, durationNs: 77 * Ns.perMinute + 1),
]

@Suite struct PresetTests {
    @Test(arguments: Preset.allCases, options)
    func isValidAndScaled(preset: Preset, options: PresetOptions) throws {
        let plan = try preset.plan(options)
        #expect(ScenarioValidation.problems(in: plan.scenarios) == [])
        let test = try TestPlan(plan.scenarios)
        let scenario = test.scenarios[0]
        if let durationNs = options.durationNs { #expect(scenario.regularDurationNs == durationNs) }
        #expect(scenario.scenario.executor.isOpenLoop == (options.rate != nil || preset == .breakpoint))
        let shape = test.loadShape(points: 200)
        if let rate = options.rate {
            #expect(
                shape.vus == [] && abs(shape.iterationsPerSecond.max()! - Double(rate)) < 1e-6 * Double(rate))
        }
        if let vus = options.vus {
            #expect(scenario.maxVUs == vus)
            if shape.vus != [] { #expect(abs(shape.vus.max()! - Double(vus)) < 1e-6 * Double(vus)) }
        }
        #expect(plan.thresholds["http_req_failed"]?.count == 1)
        #expect(plan.thresholds["http_req_duration"]?.isEmpty == false)
        #expect(!preset.summary.isEmpty && !preset.summary.contains("\n"))
    }

    @Test(arguments: [
        (Preset.smoke, "3 looping VUs for 10s (gracefulStop: 30s)"),
        (.load, "Up to 50 looping VUs for 10m0s over 3 stages (gracefulRampDown: 30s, gracefulStop: 30s)"),
        (.stress, "Up to 200 looping VUs for 14m0s over 9 stages (gracefulRampDown: 30s, gracefulStop: 30s)"),
        (.spike, "Up to 500 looping VUs for 4m0s over 6 stages (gracefulRampDown: 30s, gracefulStop: 30s)"),
        (.soak, "Up to 50 looping VUs for 1h0m0s over 3 stages (gracefulRampDown: 30s, gracefulStop: 30s)"),
        (
            .breakpoint,
            "Up to 10000.00 iterations/s for 10m0s over 1 stages (maxVUs: 1000-10000, gracefulStop: 30s)"
        ),
    ])
    func comesWithDefaults(preset: Preset, description: String) throws {
        #expect(try ScenarioPlan(preset.plan().scenarios[0]).describe() == description)
    }

    @Test func spikeIsSuddenAndReturns() throws {
        let executor = try Preset.spike.plan(PresetOptions(vus: 100, durationNs: 48 * Ns.perSecond))
            .scenarios[0].executor
        #expect(stages(executor).map(\.target) == [10, 100, 100, 10, 10, 0])
        #expect(stages(executor).map { $0.durationNs / Ns.perSecond } == [12, 1, 12, 1, 20, 2])
    }

    @Test func stressReachesThePeakInStepsAndRecovers() throws {
        let executor = try Preset.stress.plan(PresetOptions(rate: 200)).scenarios[0].executor
        #expect(stages(executor).map(\.target) == [100, 100, 150, 150, 200, 200, 100, 100, 0])
    }

    @Test func onlyBreakpointAborts() throws {
        for preset in Preset.allCases {
            let all = try preset.plan().thresholds.values.flatMap { $0 }
            #expect(all.allSatisfy { $0.abortOnFail == (preset == .breakpoint) })
            #expect(all.allSatisfy { $0.delayAbortEvalNs == (preset == .breakpoint ? 10 * Ns.perSecond : 0) })
        }
    }

    @Test func refusesWhatIsNotPositive() {
        #expect(throws: PresetError.notPositive("vus")) { try Preset.load.plan(PresetOptions(vus: 0)) }
        #expect(throws: PresetError.notPositive("rate")) { try Preset.load.plan(PresetOptions(rate: -1)) }
        #expect(throws: PresetError.tooShort(preset: "soak", leastNs: Ns.perSecond)) {
            try Preset.soak.plan(PresetOptions(durationNs: Ns.perSecond - 1))
        }
    }
}

@Suite struct LoadShapeTests {
    @Test func drawsTheHighestLevelOfEachInterval() throws {
        let plan = try TestPlan([
            Scenario(name: "r", executor: rampingVUs(0, [(4_000, 8), (0, 2), (4_000, 2)])),
            Scenario(
                name: "c", executor: .constantVUs(vus: 10, durationNs: 2 * Ns.perSecond),
                startTimeNs: ms(6_000)),
        ])
        let shape = plan.loadShape(points: 4)
        #expect(shape.spanNs == ms(8_000))
        #expect(shape.vus == [4, 8, 2, 12])
        #expect(shape.iterationsPerSecond == [])
    }

    @Test func keepsRatesApartAndScalesBySegment() throws {
        let all = [
            Scenario(name: "a", executor: constant(100, 2 * Ns.perSecond, maxVUs: 4)),
            Scenario(name: "b", executor: ramping(0, [(2_000, 600)], maxVUs: 4, unitNs: Ns.perMinute)),
            Scenario(name: "c", executor: .externallyControlled(vus: 4, maxVUs: 8, durationNs: 0)),
        ]
        let half = try TestPlan(all, tuple: tuple("0:1/2"))
        #expect(half.loadShape(points: 2).iterationsPerSecond == [52.5, 55])
        #expect(half.loadShape(points: 2).vus == [2, 2])
        #expect(
            try TestPlan([all[2]]).loadShape(points: 1)
                == LoadShape(spanNs: Ns.perMinute, vus: [4], iterationsPerSecond: []))
    }
}
