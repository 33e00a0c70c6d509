// `--profile`: where the workers' loops spend their time. A thread of its own looks at each loop's marked
// phase about a thousand times a second; the workers only pay one store per change of phase, profiled or not.
// Made by Run.

import Base
import EventLoop
import Glibc
import Synchronization

/// How often each phase was seen, over all workers.
public struct LoopProfile: Sendable {
    public internal(set) var samples = [LoopPhase: Int64]()

    public init() {}

    public var total: Int64 { samples.values.reduce(0, +) }

    /// The part of all samples, 0 to 1; 0 without samples.
    public func share(_ phase: LoopPhase) -> Double {
        total == 0 ? 0 : Double(samples[phase, default: 0]) / Double(total)
    }
}

/// `start` and `stop` belong to one thread; what was seen is read only after the sampling thread has ended.
final class LoopSampler: @unchecked Sendable {
    /// A prime, so that nothing periodic is seen at the same place each time.
    private static let samplesPerSecond: Int64 = 997

    private let loops: [Loop]
    private let mustStop = Atomic<Bool>(false)
    private var profile = LoopProfile()
    private var thread: BackgroundThread?

    init(_ loops: [Loop]) { self.loops = loops }

    /// - Throws: when the system refuses another thread.
    func start() throws(BackgroundThread.StartError) {
        thread = try BackgroundThread { [self] in sample() }
    }

    /// Ends the sampling; the loops may go afterwards. - Returns: what was seen.
    func stop() -> LoopProfile {
        mustStop.store(true, ordering: .relaxed)
        thread?.join()
        thread = nil
        return profile
    }

    private func sample() {
        var counts = [LoopPhase: Int64]()
        var next = Clock.now()
        while !mustStop.load(ordering: .relaxed) {
            next = next + Ns.perSecond / Self.samplesPerSecond
            var until = timespec(tv_sec: Int(next.ns / Ns.perSecond), tv_nsec: Int(next.ns % Ns.perSecond))
            while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &until, nil) == EINTR {}
            for loop in loops { counts[loop.markedPhase, default: 0] += 1 }
        }
        profile.samples = counts
    }
}
