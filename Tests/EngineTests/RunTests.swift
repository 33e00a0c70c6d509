// Run with real threads and loops: k6's states, stop, pause and resume, failures at set-up, intervals.

import Base
import Metrics
import Plan
import TestSupport
import Testing

@testable import Engine

private let ms = Ns.perMillisecond

private func constant(_ vus: Int64, ms duration: Int64 = 300, graceMs: Int64 = 1_000) -> Scenario {
    Scenario(
        name: "c", executor: .constantVUs(vus: vus, durationNs: duration * ms), gracefulStopNs: graceMs * ms)
}

private func controlled(_ vus: Int64, max: Int64, ms duration: Int64) -> Scenario {
    Scenario(
        name: "x", executor: .externallyControlled(vus: vus, maxVUs: max, durationNs: duration * ms),
        gracefulStopNs: 0)
}

/// A run that is about to start, and what it told on the way.
private final class Ride {
    let run: Run
    var states: [RunStatus] = []
    var intervals: [(from: Instant, to: Instant, iterations: Double)] = []
    /// Called after each interval with its number from 1.
    var onInterval: ((Int) -> Void)?

    init(
        _ scenarios: [Scenario], workers: Int, latencyMs: Int64 = 10, failing: [Int: Int64] = [:],
        slowNs: [Int: Int64] = [:], configure: (inout RunSettings) -> Void = { _ in }
    ) throws {
        let registry = MetricRegistry()
        let demand = SeriesDemand()
        var settings = RunSettings(
            plan: try TestPlan(scenarios), workerCount: workers, registry: registry, demand: demand)
        settings.intervalNs = 50 * ms
        configure(&settings)
        run = try Run(
            settings: settings,
            assemble: assembleTimed(
                latencyNs: latencyMs * ms, registry: registry, demand: demand, failing: failing,
                slowNs: slowNs))
        run.onStatus = { [unowned self] run in states.append(run.progress.status) }
        run.onInterval = { [unowned self] run, snapshot in
            var added = 0.0
            if case .counter(let sink) = run.aggregate.total(Builtin.iterations).interval { added = sink.sum }
            intervals.append((snapshot.from, snapshot.to, added))
            onInterval?(intervals.count)
        }
    }

    func toEnd() throws(RunError) {
        let watchdog = Watchdog(seconds: 20)
        defer {
            watchdog.stop()
            run.close()
        }
        try run.runToEnd()
    }

    var iterations: Double {
        guard case .counter(let sink) = run.aggregate.total(Builtin.iterations).cumulative else { return -1 }
        return sink.sum
    }

    var elapsedMs: Int64 { (run.endedAt - run.startedAt) / ms }
}

@Suite(.serialized) struct RunTests {
    @Test(arguments: [1, 2, 3])
    func aRunPassesThroughK6sStates(workers: Int) throws {
        let kept = try isKept(inOneOf: 10) {
            let ride = try Ride([constant(4)], workers: workers)
            #expect(ride.run.progress.status == .created)
            try ride.toEnd()
            #expect(ride.states == [.initVUs, .initExecutors, .initDone, .started, .running, .ended])
            #expect(ride.states.map(\.rawValue) == [1, 2, 3, 5, 7, 9])
            #expect(ride.run.stopCause == nil)
            #expect(ride.elapsedMs >= 300)
            #expect(ride.run.progress.initializedVUs == 4)
            #expect(ride.run.progress.completed == Int64(ride.iterations))
            #expect(ride.run.progress.interrupted == 0)
            // Four VUs, ten milliseconds each, for 300: a busy machine does less, nothing does more.
            #expect(ride.iterations <= 124, "\(ride.iterations)")
            return ride.elapsedMs < 800 && ride.iterations >= 20
        }
        #expect(kept, "not once in 10 tries")
    }

    @Test(arguments: [1, 2])
    func deltasSumToTheCumulative(workers: Int) throws {
        let ride = try Ride([constant(3, ms: 420)], workers: workers, latencyMs: 3)
        try ride.toEnd()
        #expect(ride.intervals.reduce(0) { $0 + $1.iterations } == ride.iterations)
        #expect(ride.iterations > 0)
        for (one, next) in zip(ride.intervals, ride.intervals.dropFirst()) {
            #expect(next.to > one.to)
        }
        // One at each edge and one at the end, and none in between: never more than the time has room for.
        #expect(ride.intervals.count >= 3)
        #expect(Int64(ride.intervals.count) <= ride.elapsedMs / 50 + 2)
    }

    /// The second worker has no VU and is done at once; it must not disturb the rhythm of the first.
    @Test func aWorkerThatEndsEarlyClosesNoInterval() throws {
        let ride = try Ride([constant(1, ms: 330)], workers: 2)
        try ride.toEnd()
        #expect(Int64(ride.intervals.count) <= ride.elapsedMs / 50 + 2, "\(ride.intervals.count)")
        #expect(ride.intervals.reduce(0) { $0 + $1.iterations } == ride.iterations)
        #expect(ride.run.progress.scenarios[0].isDone)
    }

    @Test(arguments: [1, 2])
    func aSignalInterrupts(workers: Int) throws {
        let ride = try Ride([constant(4, ms: 60_000)], workers: workers, latencyMs: 5_000)
        ride.onInterval = { [unowned ride] number in
            if number == 3 { ride.run.stop(.signal(2)) }
            if number == 4 { ride.run.stop(.command) }
        }
        try ride.toEnd()
        #expect(ride.states.last == .interrupted)
        #expect(RunStatus.interrupted.rawValue == 10)
        #expect(ride.run.stopCause == .signal(2))
        #expect(ride.run.progress.interrupted == 4)
        #expect(ride.run.progress.completed == 0)
        #expect(ride.elapsedMs < 2_000)
        // Too late for anything: nothing happens.
        ride.run.stop(.thresholds)
        #expect(ride.run.stopCause == .signal(2))
    }

    @Test(arguments: [1, 2])
    func stoppedBeforeItWasReady(workers: Int) throws {
        let ride = try Ride([constant(2, ms: 60_000)], workers: workers, slowNs: [workers - 1: 100 * ms])
        ride.run.onStatus = { [unowned ride] run in
            ride.states.append(run.progress.status)
            if run.progress.status == .initVUs { run.stop(.signal(15)) }
        }
        try ride.toEnd()
        #expect(ride.states == [.initVUs, .initExecutors, .initDone, .interrupted])
        #expect(ride.iterations == 0)
        #expect(ride.intervals.count <= 1)
    }

    @Test func pausedUntilResumed() throws {
        let ride = try Ride([constant(2)], workers: 2) { $0.startPaused = true }
        var refusals: [String] = []
        ride.run.onStatus = { [unowned ride] run in
            ride.states.append(run.progress.status)
            guard run.progress.status == .pausedBeforeRun else { return }
            #expect(run.isPaused)
            refusals.append(refusal { () throws(Run.CommandError) in try run.pause() })
            refusals.append(refusal { () throws(Run.CommandError) in try run.resume() })
            #expect(!run.isPaused)
        }
        try ride.toEnd()
        #expect(ride.states.map(\.rawValue) == [1, 2, 3, 4, 5, 7, 9])
        #expect(refusals == ["execution is already paused", ""])
        #expect(ride.iterations > 0)
    }

    @Test func resumedBeforeItWasReady() throws {
        let ride = try Ride([constant(2)], workers: 2) { $0.startPaused = true }
        ride.run.onStatus = { [unowned ride] run in
            ride.states.append(run.progress.status)
            if run.progress.status == .initVUs {
                #expect(refusal { () throws(Run.CommandError) in try run.resume() } == "")
            }
        }
        try ride.toEnd()
        #expect(ride.states.map(\.rawValue) == [1, 2, 3, 5, 7, 9])
    }

    @Test func stoppedWhilePausedBeforeTheRun() throws {
        let ride = try Ride([constant(2)], workers: 2) { $0.startPaused = true }
        ride.run.onStatus = { [unowned ride] run in
            ride.states.append(run.progress.status)
            if run.progress.status == .pausedBeforeRun { run.stop(.signal(2)) }
        }
        try ride.toEnd()
        #expect(ride.states.map(\.rawValue) == [1, 2, 3, 4, 10])
        #expect(ride.iterations == 0)
    }

    /// Iterations that take no time at all leave the worker able to hear.
    @Test(arguments: [1, 2])
    func iterationsOfNoLength(workers: Int) throws {
        let ride = try Ride([constant(2, ms: 30_000)], workers: workers, latencyMs: 0)
        ride.onInterval = { [unowned ride] number in if number == 3 { ride.run.stop(.signal(2)) } }
        try ride.toEnd()
        #expect(ride.elapsedMs < 2_000)
        #expect(ride.iterations > 100)
        #expect(ride.run.progress.completed == Int64(ride.iterations))
    }

    // MARK: - set-up that fails

    struct Failure: Sendable {
        var workers: Int
        /// Worker to milliseconds until it gives up.
        var failing: [Int: Int64]
        var slow: [Int: Int64] = [:]
    }

    @Test(arguments: [
        Failure(workers: 1, failing: [0: 0]), Failure(workers: 2, failing: [0: 0]),
        Failure(workers: 2, failing: [1: 0]), Failure(workers: 2, failing: [0: 0], slow: [1: 150]),
        Failure(workers: 2, failing: [1: 150]), Failure(workers: 3, failing: [0: 0, 2: 100]),
        Failure(workers: 3, failing: [0: 0, 1: 50, 2: 100]),
    ])
    func aWorkerThatCannotBeSetUp(_ failure: Failure) throws {
        let ride = try Ride(
            [constant(4)], workers: failure.workers, failing: failure.failing.mapValues { $0 * ms },
            slowNs: failure.slow.mapValues { $0 * ms })
        let first = failure.failing.min { $0.value < $1.value }!.key
        #expect(throws: RunError.self) { try ride.toEnd() }
        #expect(ride.states == [.initVUs])
        #expect(ride.iterations == 0)
        #expect(failure.failing.keys.contains(first))
    }

    // MARK: - externally-controlled

    @Test(arguments: [1, 2])
    func pausedScaledAndResumed(workers: Int) throws {
        #expect(try isKept(inOneOf: 10) { try isPausedScaledAndResumed(workers) })
    }

    /// The commands come at intervals of 50 ms, of which a busy machine leaves some out.
    private func isPausedScaledAndResumed(_ workers: Int) throws -> Bool {
        let ride = try Ride([controlled(2, max: 4, ms: 500)], workers: workers)
        var answers: [String] = []
        var active: [Int: Int64] = [:]
        var wasPaused = false
        ride.onInterval = { [unowned ride] number in
            let run = ride.run
            active[number] = run.progress.activeVUs
            func ask(_ command: () throws(Run.CommandError) -> Void) { answers.append(refusal(command)) }
            switch number {
            case 2:
                ask { () throws(Run.CommandError) in try run.resume() }
                ask { () throws(Run.CommandError) in try run.scale(vus: 4) }
            case 4:
                ask { () throws(Run.CommandError) in try run.scale(vus: 5) }
                ask { () throws(Run.CommandError) in try run.scale(vus: -1) }
                ask { () throws(Run.CommandError) in try run.scale(vus: 2, maxVUs: 3) }
                ask { () throws(Run.CommandError) in try run.pause() }
                ask { () throws(Run.CommandError) in try run.pause() }
                wasPaused = run.isPaused
            case 8: ask { () throws(Run.CommandError) in try run.scale(vus: 1) }
            case 9: ask { () throws(Run.CommandError) in try run.resume() }
            case 12: ask { () throws(Run.CommandError) in try run.scale(vus: 6, maxVUs: 6) }
            default: break
            }
        }
        try ride.toEnd()
        let asExpected =
            answers == [
                "test execution wasn't paused", "",
                "invalid configuration supplied: the number of active VUs (5) must be less than or equal to the "
                    + "number of maxVUs (4)",
                "invalid configuration supplied: the number of VUs can't be negative",
                "the new number of max VUs cannot be lower than the starting number of max VUs (4)", "",
                "test execution was already paused", "", "", "",
            ] && active[2] == 2 && active[4] == 4 && active[8] == 0 && active[12] == 1
            && ride.run.progress.initializedVUs == 6 && wasPaused
        let counted = ride.run.elapsed(ride.run.endedAt) / ms
        #expect(counted >= 490, "\(counted)")
        // After the end nobody listens.
        #expect(refusal { () throws(Run.CommandError) in try ride.run.scale(vus: 3) } == "the run has ended")
        #expect(refusal { () throws(Run.CommandError) in try ride.run.pause() } == "the run has ended")
        // Paused for five intervals, which do not count.
        return asExpected && ride.elapsedMs >= 700 && counted < 640
    }

    @Test func onlyExternallyControlledCanBePaused() throws {
        let ride = try Ride([constant(2)], workers: 1)
        var answers: [String] = []
        ride.onInterval = { [unowned ride] number in
            if number > 1 { return }
            answers.append(refusal { () throws(Run.CommandError) in try ride.run.pause() })
            answers.append(refusal { () throws(Run.CommandError) in try ride.run.resume() })
            answers.append(refusal { () throws(Run.CommandError) in try ride.run.scale(vus: 1) })
        }
        try ride.toEnd()
        let unsupported =
            "constant-vus executor 'c' doesn't support pause and resume operations after its start"
        #expect(
            answers == [
                unsupported, unsupported,
                "an externally-controlled executor needs to be configured for live configuration updates",
            ])
    }
}

/// Why a command was refused; empty when it was not.
private func refusal(_ command: () throws(Run.CommandError) -> Void) -> String {
    do {
        try command()
        return ""
    } catch {
        return error.description
    }
}
