// What workers share: exact under contention.

import Base
import Plan
import Synchronization
import Testing

@testable import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs `body` on `count` threads at once and waits for all of them.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let threads = (0..<count).map { index -> pthread_t in
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Job>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Job { body(index) }).toOpaque())
        precondition(status == 0, "no thread for the test")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}

@Suite struct RunSharedTests {
    @Test("a worker adds to its own counts what the others have published, by scenario")
    func publishedCounts() throws {
        let scenarios = ["a", "b"].map {
            Scenario(name: $0, executor: .constantVUs(vus: 3, durationNs: Ns.perSecond))
        }
        let shared = RunShared(plan: try TestPlan(scenarios), publishingWorkers: 3)
        for worker in 0..<3 {
            let number = Int64(worker) + 1
            shared.publishedCounts(ofScenario: 1, worker: worker)?.set(
                completed: number, interrupted: 10 * number, active: 100 * number)
        }
        let others = shared.counts(ofScenario: 1, besides: 1)
        #expect(others.iterationsCompleted == 4)
        #expect(others.iterationsInterrupted == 40)
        #expect(others.vusActive == 400)
        #expect(shared.counts(ofScenario: 0, besides: 1).iterationsCompleted == 0)
    }

    @Test func countsAreNotPublishedWhereNobodyAsks() throws {
        let scenario = Scenario(name: "a", executor: .constantVUs(vus: 3, durationNs: Ns.perSecond))
        let shared = RunShared(plan: try TestPlan([scenario]))
        #expect(shared.publishedCounts(ofScenario: 0, worker: 0) == nil)
        #expect(shared.counts(ofScenario: 0, besides: 0).iterationsCompleted == 0)
    }

    @Test func everyIterationIsHandedOutOnce() {
        let shared = SharedIterations(total: 20_000)
        let taken = Locked<[Int64]>([])
        onThreads(4) { _ in
            var own: [Int64] = []
            while let number = shared.take() { own.append(number) }
            taken.withLock { $0 += own }
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<20_000))
        #expect(shared.taken == 20_000)
        #expect(shared.close() == 0)
    }

    @Test func whatIsLeftIsCountedByOne() {
        let shared = SharedIterations(total: 1_000_000)
        let taken = Atomic<Int64>(0)
        let left = Locked<[Int64]>([])
        onThreads(4) { index in
            for _ in 0..<(index + 1) * 1_000 where shared.take() != nil { taken.add(1, ordering: .relaxed) }
            let rest = shared.close()
            left.withLock { $0.append(rest) }
        }
        let rests = left.withLock { $0.filter { $0 > 0 } }
        #expect(rests.count == 1)
        #expect(taken.load(ordering: .relaxed) + (rests.first ?? 0) == 1_000_000)
    }

    @Test func turnsOfTheRateLimiterAreApart() {
        let limiter = RateLimiter(perSecond: 1_000)
        let start = Instant(ns: 5 * Ns.perSecond)
        let turns = Locked<[Int64]>([])
        onThreads(4) { _ in
            let own = (0..<500).map { _ in limiter.claim(now: start).ns }
            turns.withLock { $0 += own }
        }
        #expect(turns.withLock { $0.sorted() } == (0..<2_000).map { start.ns + $0 * Ns.perMillisecond })
        // After a rest the next turn is now: nothing is saved up.
        #expect(limiter.claim(now: start + 10 * Ns.perSecond) == start + 10 * Ns.perSecond)
    }

    @Test func anArrivalRateGrowsByOneAtATime() {
        let growth = ScenarioGrowth(startVUs: 3)
        #expect(growth.claim(upTo: 5) == .number(3))
        #expect(growth.claim(upTo: 5) == .underWay)
        growth.added()
        #expect(growth.claim(upTo: 5) == .number(4))
        growth.added()
        #expect(growth.claim(upTo: 5) == .exhausted)
        #expect(growth.claim(upTo: 5) == .exhausted)
    }

    @Test func aClosedMailboxTakesNothing() {
        let wakes = Atomic<Int>(0)
        let mailbox = Mailbox { wakes.add(1, ordering: .relaxed) }
        #expect(!mailbox.hasMail)
        mailbox.post(.stop)
        mailbox.post(.end)
        #expect(mailbox.hasMail)
        #expect(mailbox.take().count == 2)
        #expect(!mailbox.hasMail)
        mailbox.close()
        mailbox.post(.end)
        #expect(!mailbox.hasMail)
        #expect(wakes.load(ordering: .relaxed) == 2)
    }
}
