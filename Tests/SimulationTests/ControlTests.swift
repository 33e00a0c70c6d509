// externally-controlled: commands while it runs, as real k6 (v1.1.0) was seen to obey them.

import Base
import Plan
import Testing

@testable import Engine

@Suite struct ControlTests {
    private static let ms = Ns.perMillisecond

    private func run(
        _ commands: [(atMs: Int64, vus: Int64, isPaused: Bool)], workers: Int = 1, startMs: Int64 = 0
    ) throws -> RunLog {
        var settings = try SimulationSettings([
            k6(.externallyControlled(vus: 2, maxVUs: 4, durationNs: s(4)), startMs: startMs)
        ])
        settings.workerCount = workers
        settings.service.latency = .constant(ns: 401 * ControlTests.ms)
        settings.commands = commands.map { ($0.atMs * ControlTests.ms, 0, $0.vus, $0.isPaused) }
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        return log
    }

    /// k6 got these commands at about these times: 4 VUs, 1 VU, a pause, 3 VUs while paused, resume, 5 of 6
    /// VUs, 2 VUs. It counted 20 complete and 8 interrupted iterations.
    @Test(arguments: [1, 2])
    func asK6Obeyed(workers: Int) throws {
        let log = try run(
            [
                (1_130, 4, false), (1_739, 1, false), (2_260, 1, true), (2_960, 3, true), (3_465, 3, false),
                (3_794, 5, false), (3_820, 2, false),
            ], workers: workers)
        #expect(log.total(0).completed == 20)
        #expect(log.total(0).interrupted == 8)
        let seen: [Int64] = [
            0, 0, 401, 401, 802, 802, 1130, 1130, 1203, 1203, 1531, 1531, 1604, 1604, 2006, 3465, 3465, 3465,
            3794, 3794, 3866, 3866, 4267, 4267, 4667, 4667, 5068, 5068,
        ]
        let starts = log.of(0).map(\.startMs).sorted()
        #expect(starts.count == seen.count, "\(starts)")
        for (own, k6) in zip(starts, seen) { #expect(abs(own - k6) <= 3, "\(starts)") }
        // The time of the pause does not count.
        #expect(log.endNs == (4_000 + 3_465 - 2_260) * ControlTests.ms)
    }

    @Test func aDecreaseIsHardAndAPauseIsNot() throws {
        let log = try run([(100, 1, false), (600, 1, true), (2_000, 1, false), (2_001, 0, false)])
        let own = log.of(0)
        // The second VU is cut off at 100 ms; the first finishes its second iteration in the pause.
        #expect(own.filter { $0.outcome == .interrupted }.map(\.endMs) == [100, 2_001])
        #expect(own.filter { $0.outcome == .complete }.map(\.endMs) == [401, 802])
        #expect(log.endNs == (4_000 + 1_400) * ControlTests.ms)
    }

    @Test func commandsBeforeTheStartCount() throws {
        let log = try run([(200, 3, false)], startMs: 1_000)
        #expect(log.of(0).filter { $0.startNs == s(1) }.count == 3)
    }

    @Test func pausedBeforeTheStart() throws {
        let log = try run([(200, 2, true), (1_500, 2, false)], startMs: 1_000)
        #expect(log.of(0).map(\.startMs).min() == 1_500)
        #expect(log.endNs == 5_500 * ControlTests.ms)
    }

    @Test func resumingWithinAnIterationGoesOnWithIt() throws {
        let log = try run([(100, 2, true), (200, 2, false)])
        #expect(log.of(0).prefix(2).map(\.endMs) == [401, 401])
        #expect(log.total(0).interrupted == 2)
        #expect(log.of(0).filter { $0.startMs == 401 }.count == 2)
    }
}
