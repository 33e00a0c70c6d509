// k6's `rps`: requests of all VUs and workers go out evenly, and those that wait for their turn can be
// interrupted.

import Base
import Plan
import Testing

@testable import Engine

@Suite struct RateLimitTests {
    @Test(arguments: [1, 2, 3])
    func requestsGoOutEvenly(workers: Int) throws {
        var settings = try SimulationSettings([
            k6(.constantVUs(vus: 10, durationNs: 1_985 * Ns.perMillisecond), graceMs: 0)
        ])
        settings.workerCount = workers
        settings.usesHTTP = true
        settings.requestsPerSecond = 50
        settings.service.latency = .constant(ns: 30 * Ns.perMillisecond)
        let log = Simulation(settings).run()
        #expect(log.leftovers == [])
        let opened = log.iterations.compactMap(\.dueNs).map { $0 - 30 * Ns.perMillisecond }.sorted()
        #expect(opened == (0..<100).map { $0 * 20 * Ns.perMillisecond })
        // Ten VUs are always there: two requests are under way at the end, the other eight wait for their
        // turn.
        #expect(log.total(0).completed == 98)
        #expect(log.total(0).interrupted == 10)
        #expect(log.endNs == 1_985 * Ns.perMillisecond)
    }

    @Test func aBudgetIsNotExceededByWaiting() throws {
        var settings = try SimulationSettings([
            k6(.sharedIterations(vus: 4, iterations: 30, maxDurationNs: s(60)))
        ])
        settings.usesHTTP = true
        settings.requestsPerSecond = 10
        settings.service.latency = .constant(ns: Ns.perMillisecond)
        let log = Simulation(settings).run()
        #expect(log.total(0).completed == 30)
        #expect(log.total(0).dropped == 0)
        #expect(log.endNs == 2_901 * Ns.perMillisecond)
    }
}
