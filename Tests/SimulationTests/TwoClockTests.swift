// The two clocks of an open-loop run: k6's durations begin when a request is sent, Apus's own response time
// when the schedule wanted it. A stalled server or a late client must show in the second, and never change
// the first.

import Base
import Metrics
import Plan
import Testing

@testable import Engine

@Suite struct TwoClockTests {
    private static let rate: Int64 = 100
    private static let latencyNs = 5 * Ns.perMillisecond

    private func settings(http: Bool, vus: Int64) throws -> SimulationSettings {
        var settings = try SimulationSettings([
            k6(
                .constantArrivalRate(
                    rate: TwoClockTests.rate, timeUnitNs: s(1), durationNs: s(10), preAllocatedVUs: vus,
                    maxVUs: vus))
        ])
        settings.usesHTTP = http
        settings.service.latency = .constant(ns: TwoClockTests.latencyNs)
        return settings
    }

    private func trend(_ simulation: Simulation, _ metric: MetricID) throws -> TrendSink {
        guard case .trend(let sink) = simulation.aggregate.total(metric).cumulative else {
            throw Mismatch()
        }
        return sink
    }

    private struct Mismatch: Error {}

    /// The client is late: a server that stalls for two of ten seconds holds the ticks that find a VU.
    @Test(arguments: [1, 2])
    func aStalledServerShowsInBothWhileVUsLast(workers: Int) throws {
        var settings = try settings(http: true, vus: 300)
        settings.workerCount = workers
        settings.service.stallsNs = [s(3)..<s(5)]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        #expect(log.total(0).dropped == 0)
        let response = try trend(simulation, Builtin.responseTime)
        let duration = try trend(simulation, Builtin.httpReqDuration)
        // A fifth of all ticks wait for the end of the stall, evenly up to two seconds.
        #expect(response.count == 1_000)
        #expect(response.percentile(99) > 1_800)
        #expect(response.percentile(90) > 900 && response.percentile(90) < 1_100)
        #expect(abs(response.max - 2_005) <= 10.1)
        // Each was sent at once, so k6's clock sees the same wait.
        #expect(abs(duration.max - response.max) <= 0.1)
        #expect(try trend(simulation, Builtin.startLateness).max == 0)
    }

    /// The client stands still for a second: requests go out late, the server is as quick as ever.
    @Test func aLateClientShowsInTheResponseTimeOnly() throws {
        var settings = try settings(http: true, vus: 300)
        settings.gapsNs = [[s(4)..<s(5)]]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        #expect(log.total(0).dropped == 0)
        #expect(log.iterations.count == 1_000)
        let late = log.iterations.filter { $0.startNs != $0.intendedNs }
        // Those due from 4.00 to 4.99; one due at 5.00 is on time. All went out at once when the client came
        // back.
        #expect(late.count == 100)
        #expect(late.allSatisfy { $0.startNs == s(5) })
        #expect(late.map { $0.startNs - $0.intendedNs }.max() == s(1))
        #expect(log.counts[0].scheduledStarts == 1_000)
        #expect(log.counts[0].lateStarts == 100)
        let lateness = try trend(simulation, Builtin.startLateness)
        #expect(lateness.count == 1_000)
        #expect(abs(lateness.sum - 50_500) < 0.001)
        #expect(lateness.max == 1_000)
        let response = try trend(simulation, Builtin.responseTime)
        #expect(response.max == 1_005)
        #expect(response.percentile(99) > 895)
        // The one whose answer came while the client stood still: k6's clock counts that, too.
        let duration = try trend(simulation, Builtin.httpReqDuration)
        #expect(duration.percentile(99) < 5.1)
    }

    /// Late ticks fire back to back, and a burst is dealt out in pieces so that responses get their turn.
    @Test func lateTicksFireBackToBack() throws {
        var settings = try SimulationSettings([
            k6(
                .constantArrivalRate(
                    rate: 5_000, timeUnitNs: s(1), durationNs: s(1), preAllocatedVUs: 2_000, maxVUs: 2_000))
        ])
        settings.service.latency = .constant(ns: Ns.perMillisecond)
        settings.gapsNs = [[200 * Ns.perMillisecond..<500 * Ns.perMillisecond]]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        let burst = log.iterations.filter { $0.startNs == 500 * Ns.perMillisecond }
        #expect(burst.count == 1_501)
        #expect(burst.map(\.intendedNs) == burst.map(\.intendedNs).sorted())
        #expect(burst.count > Limits.releasesPerPassMax)
        #expect(log.total(0).dropped == 0)
    }

    /// A client that comes back after the end starts what was due, as long as the grace lasts, and drops the
    /// rest.
    @Test(arguments: [
        (graceMs: Int64(500), started: 100), (graceMs: 100, started: 50), (graceMs: 0, started: 50),
    ])
    func lateTicksPastTheEnd(_ row: (graceMs: Int64, started: Int)) throws {
        var settings = try SimulationSettings([
            k6(
                .constantArrivalRate(
                    rate: 100, timeUnitNs: s(1), durationNs: s(1), preAllocatedVUs: 100, maxVUs: 100),
                graceMs: row.graceMs)
        ])
        settings.service.latency = .constant(ns: Ns.perMillisecond)
        settings.gapsNs = [[495 * Ns.perMillisecond..<1_200 * Ns.perMillisecond]]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        #expect(log.iterations.count == row.started)
        #expect(log.total(0).dropped == Int64(100 - row.started))
    }

    /// The same with more late ticks than one pass starts.
    @Test(arguments: [(graceMs: Int64(500), started: 5_000), (graceMs: 50, started: 4_500)])
    func aLateBurstPastTheEnd(_ row: (graceMs: Int64, started: Int)) throws {
        var settings = try SimulationSettings([
            k6(
                .constantArrivalRate(
                    rate: 5_000, timeUnitNs: s(1), durationNs: s(1), preAllocatedVUs: 1_000, maxVUs: 1_000),
                graceMs: row.graceMs)
        ])
        settings.service.latency = .constant(ns: Ns.perMillisecond)
        settings.gapsNs = [[900 * Ns.perMillisecond..<1_100 * Ns.perMillisecond]]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        #expect(log.iterations.count == row.started)
        #expect(log.total(0).dropped == Int64(5_000 - row.started))
    }

    /// Without VUs to spare a stall turns into dropped iterations, and k6's metrics stay silent about them.
    @Test func aStallWithoutVUsDrops() throws {
        var settings = try settings(http: true, vus: 10)
        settings.service.stallsNs = [s(3)..<s(5)]
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        // 200 ticks fall in the stall; the ten VUs take ten of them.
        #expect(log.total(0).dropped == 190)
        #expect(log.insufficient == [0])
        #expect(try trend(simulation, Builtin.httpReqDuration).percentile(95) < 5.1)
    }
}
