// Executors against runs of real k6 (K6Runs.swift), with one worker and with two.

import Base
import Metrics
import Plan
import Testing

@testable import Engine

@Suite struct K6RunTests {
    /// k6 logs a little after the moment, and its iterations take a little longer than they sleep.
    private static let slackMs: Int64 = 12

    @Test(arguments: K6Run.rows, [1, 2])
    func sameAsK6(_ row: K6Run, workers: Int) throws {
        var tuple = SegmentedTuple.full
        if !row.segment.isEmpty {
            tuple = try SegmentedTuple(
                segment: try ExecutionSegment(parsing: row.segment),
                sequence: try ExecutionSegmentSequence(parsing: "0,1/4,1/2,1"))
        }
        var settings = try SimulationSettings(row.scenarios, tuple: tuple)
        settings.workerCount = workers
        settings.minIterationDurationNs = row.minIterationMs * Ns.perMillisecond
        settings.service.latency = .constant(ns: Int64(row.iterationMs * 1e6))
        let simulation = Simulation(settings)
        let log = simulation.run()
        #expect(Invariants(settings, log, simulation.aggregate).problems == [])
        for (index, seen) in row.startsMs.enumerated() {
            let startNs = settings.plan.scenarios[index].scenario.startTimeNs
            let starts = log.of(index).map { ($0.startNs - startNs) / Ns.perMillisecond }.sorted()
            #expect(starts.count == seen.count, "\(starts) \(seen)")
            for (own, k6) in zip(starts, seen) {
                #expect(own - 1 <= k6 && k6 <= own + K6RunTests.slackMs, "\(starts) \(seen)")
            }
        }
        let totals = settings.plan.scenarios.indices.map { log.total($0) }
        #expect(totals.reduce(0) { $0 + $1.completed } == row.complete)
        #expect(totals.reduce(0) { $0 + $1.interrupted } == row.interrupted)
        #expect(totals.reduce(0) { $0 + $1.dropped } == row.dropped)
        #expect(log.vuIDs.count == row.vus)
        if let iterations = row.iterations {
            #expect(log.iterations.count { $0.outcome == .complete } == iterations)
        }
        if let tenths = row.endTenths {
            let end = Double(try #require(log.endNs)) / 1e8
            #expect(abs(end - Double(tenths)) <= 0.6, "\(end)")
        }
        if let inTest = row.iterationsInTest {
            let striped = try #require(settings.plan.scenarios[0].iterationTuple)
            #expect(log.of(0).map { striped.globalIndex(ofLocal: $0.ofScenario) }.sorted() == inTest)
        }
    }
}
