// The invariants over many random runs. A failing seed is printed with what it found; `APUS_SIM_SEED` adds
// one.

import Base
import Plan
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private enum Seeds {
    static let count = 400

    /// Seeds that once found something.
    static let found: [UInt64] = []

    static var all: [UInt64] {
        var seeds = found + (1...UInt64(count))
        if let text = getenv("APUS_SIM_SEED") { seeds.append(number(String(cString: text))) }
        return seeds
    }

    /// Decimal or hexadecimal digits, as many as there are (a commit's hash, say); anything else by its
    /// letters.
    static func number(_ text: String) -> UInt64 {
        if let number = UInt64(text) { return number }
        return text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

@Suite struct InvariantTests {
    @Test(arguments: Seeds.all)
    func anyRun(seed: UInt64) throws {
        var random = RandomRun(seed: seed)
        let settings = try random.settings()
        let problems = ScenarioValidation.problems(
            in: settings.plan.scenarios.map(\.scenario), tuple: settings.plan.tuple)
        #expect(problems.isEmpty, "seed \(seed): \(problems)")
        let simulation = Simulation(settings)
        let log = simulation.run()
        let invariants = Invariants(settings, log, simulation.aggregate)
        #expect(
            invariants.problems.isEmpty,
            "APUS_SIM_SEED=\(seed) \(random.features): \(invariants.problems.prefix(5)) \(settings.summary)")
        let again = Simulation(settings).run()
        #expect(again.iterations == log.iterations, "APUS_SIM_SEED=\(seed): the same seed gave another log")
        #expect(again.exchanges == log.exchanges)
        #expect(again.doneNs == log.doneNs)
    }

    @Test func seedsComeFromAnyText() {
        #expect(Seeds.number("17") == 17)
        #expect(Seeds.number("5696147e") != Seeds.number("5696147f"))
    }
}

extension SimulationSettings {
    var summary: String {
        let scenarios = plan.scenarios.map {
            "\($0.scenario.name)@\($0.scenario.startTimeNs) \($0.scenario.executor) grace \($0.scenario.gracefulStopNs)"
        }
        return "\(workerCount) workers, stop \(stopNs ?? -1), minimum \(minIterationDurationNs), "
            + "gaps \(gapsNs), commands \(commands), \(scenarios.joined(separator: "; "))"
    }
}
