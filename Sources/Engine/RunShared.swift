// What the workers of a process share, and nothing else: the counters of iterations and of VUs added on the
// way, the `rps` budget, and each other's mailboxes. Everything here is an atomic or a lock held for a few
// instructions.

import Base
import Metrics
import Plan
import Synchronization

/// The counters of one run. Made before the workers, for all of them.
public final class RunShared: Sendable {
    /// By scenario; nil unless it is shared-iterations.
    let budgets: [SharedIterations?]
    /// By scenario; used by arrival rates only.
    let growth: [ScenarioGrowth]
    private let started: [IterationNumbers]
    private let addedVUs = Atomic<Int64>(0)
    private let startedAtNs = Atomic<Int64>(0)
    private let initialized = Atomic<Int64>(0)
    /// By worker and scenario: what scripts on other workers may ask for; empty where nobody asks.
    private let published: [[PublishedCounts]]

    /// - Parameter publishingWorkers: how many workers let each other know their counts as they change; 0:
    ///   no iteration asks for them.
    public init(plan: TestPlan, publishingWorkers: Int = 0) {
        published = (0..<publishingWorkers).map { _ in plan.scenarios.map { _ in PublishedCounts() } }
        budgets = plan.scenarios.map { plan in
            guard case .sharedIterations = plan.scenario.executor else { return nil }
            return SharedIterations(total: plan.iterations ?? 0)
        }
        growth = plan.scenarios.map { ScenarioGrowth(startVUs: $0.startVUs) }
        started = plan.scenarios.map { _ in IterationNumbers() }
    }

    /// When the test began, setup included.
    var startedAt: Instant {
        get { Instant(ns: startedAtNs.load(ordering: .relaxed)) }
        set { startedAtNs.store(newValue.ns, ordering: .relaxed) }
    }

    /// VUs that are there, on all workers.
    var initializedVUs: Int64 { initialized.load(ordering: .relaxed) }

    func countInitializedVU() { initialized.wrappingAdd(1, ordering: .relaxed) }

    /// Where a worker publishes its counts of a scenario; nil where nobody asks for them.
    func publishedCounts(ofScenario index: Int, worker: Int) -> PublishedCounts? {
        published.isEmpty ? nil : published[worker][index]
    }

    /// What the workers but one have published about a scenario.
    func counts(ofScenario index: Int, besides worker: Int) -> InstanceCounts {
        var counts = InstanceCounts()
        for other in published.indices where other != worker { published[other][index].add(to: &counts) }
        return counts
    }

    /// Numbers a VU no plan foresaw: 0, 1, 2, … over all workers.
    func nextAddedVU() -> Int64 { addedVUs.wrappingAdd(1, ordering: .relaxed).oldValue }

    /// Numbers an iteration of a scenario in this process: 0, 1, 2, … over all workers.
    func nextIteration(ofScenario index: Int) -> Int64 { started[index].take() }
}

/// A scenario's counts on one worker, as the other workers see them.
final class PublishedCounts: Sendable {
    private let completed = Atomic<Int64>(0)
    private let interrupted = Atomic<Int64>(0)
    private let active = Atomic<Int64>(0)
    /// Two workers write theirs in every iteration: not in one line of the cache.
    private let padding = InlineArray<11, Int64>(repeating: 0)

    @inline(__always) func set(completed: Int64, interrupted: Int64, active: Int64) {
        self.completed.store(completed, ordering: .relaxed)
        self.interrupted.store(interrupted, ordering: .relaxed)
        self.active.store(active, ordering: .relaxed)
    }

    fileprivate func add(to counts: inout InstanceCounts) {
        counts.iterationsCompleted += completed.load(ordering: .relaxed)
        counts.iterationsInterrupted += interrupted.load(ordering: .relaxed)
        counts.vusActive += active.load(ordering: .relaxed)
    }
}

private final class IterationNumbers: Sendable {
    private let next = Atomic<Int64>(0)

    func take() -> Int64 { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// How many VUs an arrival rate has, with the one that is being added: it grows by one at a time over all
/// workers.
final class ScenarioGrowth: Sendable {
    private let count: Atomic<Int64>
    private let isUnderWay = Atomic<Bool>(false)

    init(startVUs: Int64) { count = Atomic(startVUs) }

    enum Claim: Equatable {
        /// A VU may be added; this is its number among the scenario's.
        case number(Int64)
        case underWay
        /// There are as many as there may be.
        case exhausted
    }

    func claim(upTo most: Int64) -> Claim {
        if isUnderWay.exchange(true, ordering: .acquiring) { return .underWay }
        let number = count.load(ordering: .relaxed)
        if number < most {
            count.store(number + 1, ordering: .relaxed)
            return .number(number)
        }
        isUnderWay.store(false, ordering: .releasing)
        return .exhausted
    }

    /// The VU that was claimed is there.
    func added() { isUnderWay.store(false, ordering: .releasing) }
}

/// Hands out the iterations of a shared-iterations scenario.
public final class SharedIterations: Sendable {
    private let next = Atomic<Int64>(0)
    public let total: Int64

    public init(total: Int64) { self.total = total }

    /// The process-local number of the next iteration, or nil when all are taken.
    @inline(__always) public func take() -> Int64? {
        if next.load(ordering: .relaxed) >= total { return nil }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < total ? number : nil
    }

    /// Ends the handing out. - Returns: how many were never taken; non-zero for one caller only.
    public func close() -> Int64 { max(total - next.exchange(total, ordering: .relaxed), 0) }

    public var taken: Int64 { min(next.load(ordering: .relaxed), total) }
}

/// Spreads requests of all workers evenly over time: k6's `rps`, with a burst of one.
public final class RateLimiter: Sendable {
    private let nextNs = Atomic<Int64>(0)
    private let periodNs: Int64

    public init(perSecond: Int64) { periodNs = max(Ns.perSecond / max(perSecond, 1), 1) }

    /// Claims the next free moment, at or after `now`.
    public func claim(now: Instant) -> Instant {
        var expected = nextNs.load(ordering: .relaxed)
        while true {
            let slot = max(expected, now.ns)
            let (done, found) = nextNs.weakCompareExchange(
                expected: expected, desired: slot + periodNs, ordering: .relaxed)
            if done { return Instant(ns: slot) }
            expected = found
        }
    }
}

/// An arrival no idle VU was found for, on its way round the workers.
struct OfferedTick: Sendable {
    var scenario: Int32
    var intended: Instant
    /// Workers that have not been asked yet.
    var hopsLeft: Int32
    /// The worker whose schedule it came from; it hears what became of the tick, and counts the drop.
    var origin: Int32
}

/// What one thread tells a worker.
enum WorkerMessage: Sendable {
    case offered(OfferedTick)
    /// What became of a tick this worker had offered: another one took it, or nobody had a VU for it.
    case settled(OfferedTick, wasTaken: Bool)
    /// An arrival rate gets one more VU, and it is this worker's turn.
    case grow(scenario: Int32)
    case start(at: Instant)
    /// externally-controlled: how many VUs of the process should loop; `paused` stops all.
    case control(scenario: Int32, vus: Int64, paused: Bool)
    /// Interrupts everything and ends.
    case stop
    /// Publishes the interval up to now to the control thread; brings an absorbed packet's memory back.
    case publish(spent: IntervalPacket?)
    /// Leaves the loop: the run is over.
    case end
}

/// A worker's mailbox: a short lock, a list and a way to wake the worker's loop.
public final class Mailbox: Sendable {
    private struct Content {
        var messages: [WorkerMessage] = []
        var isClosed = false
    }

    private let content = Locked(Content())
    private let hasAny = Atomic<Bool>(false)
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Whether something was posted: one atomic load.
    @inline(__always) var hasMail: Bool { hasAny.load(ordering: .acquiring) }

    /// Delivers a message, unless the worker has left its loop.
    func post(_ message: WorkerMessage) {
        content.withLock {
            if $0.isClosed { return }
            $0.messages.append(message)
            hasAny.store(true, ordering: .releasing)
            // Under the lock: after `close` the loop's handle is gone.
            wake()
        }
    }

    /// Everything posted since the last call.
    func take() -> [WorkerMessage] {
        content.withLock { content in
            hasAny.store(false, ordering: .relaxed)
            defer { content.messages = [] }
            return content.messages
        }
    }

    /// Lets no message in any more. Before the loop's wake-up handle is closed.
    func close() { content.withLock { $0.isClosed = true } }
}
