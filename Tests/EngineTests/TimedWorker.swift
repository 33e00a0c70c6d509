// The parts of a worker without a network: iterations that take a fixed time on the worker's own clock, and a
// transport nobody uses. For tests that run real threads.

import Base
import EventLoop
import HTTP
import Metrics
import Plan
import Synchronization

@testable import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An iteration asks to be woken, and ends when it is.
struct TimedIteration {
    let latencyNs: Int64
    let vu: UnsafeMutablePointer<VU>

    private typealias Block = UnsafeMutablePointer<TimedIteration>

    private static func of(_ data: UnsafeMutableRawPointer) -> Block {
        data.assumingMemoryBound(to: TimedIteration.self)
    }

    static func port(_ latencyNs: UnsafeMutablePointer<Int64>) -> IterationPort {
        IterationPort(
            context: UnsafeMutableRawPointer(latencyNs),
            make: { context, vu in
                let block = Block.allocate(capacity: 1)
                block.initialize(
                    to: TimedIteration(
                        latencyNs: context.assumingMemoryBound(to: Int64.self).pointee,
                        vu: vu.assumingMemoryBound(to: VU.self)))
                return UnsafeMutableRawPointer(block)
            },
            start: { data, nowNs in
                let block = TimedIteration.of(data).pointee
                Worker.wake(block.vu, at: Instant(ns: nowNs + block.latencyNs))
            },
            woken: { data, nowNs in
                Worker.iterationEnded(TimedIteration.of(data).pointee.vu, Instant(ns: nowNs))
            },
            interrupt: { _ in },
            free: { TimedIteration.of($0).deallocate() })
    }
}

struct AssemblyError: Error, CustomStringConvertible {
    let description: String
}

extension TransportPort {
    /// For iterations that request nothing.
    static func unused(_ context: UnsafeMutableRawPointer) -> TransportPort {
        TransportPort(
            context: context, prepare: { _, _ in preconditionFailure("nothing is requested") },
            makePool: { context, _ in context }, freePool: { _, _ in }, iterationEnded: { _, _ in },
            open: { _, _ in }, cancel: { _, _ in }, pass: { _, _ in Int64.max })
    }
}

/// - Parameter failing: workers that cannot be set up, and how long that takes them to find out.
func assembleTimed(
    latencyNs: Int64, registry: MetricRegistry, demand: SeriesDemand, failing: [Int: Int64] = [:],
    slowNs: [Int: Int64] = [:]
) -> AssembleWorker {
    { index, _ in
        if let delayNs = failing[index] {
            sleepNs(delayNs)
            throw AssemblyError(description: "worker \(index) cannot be set up")
        }
        sleepNs(slowNs[index] ?? 0)
        let latency = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
        latency.initialize(to: latencyNs)
        return WorkerParts(
            transport: .unused(UnsafeMutableRawPointer(latency)), iterations: TimedIteration.port(latency),
            shard: Shard(index: index, registry: registry, demand: demand, start: Clock.now()),
            counters: { TransportCounters() }, warnings: { [] }, shutDown: {}, free: { latency.deallocate() })
    }
}

func sleepNs(_ ns: Int64) {
    var time = timespec(tv_sec: Int(ns / Ns.perSecond), tv_nsec: Int(ns % Ns.perSecond))
    var rest = timespec()
    while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
}

/// Ends the test process if a run hangs: a thread that waits for nothing could not be ended otherwise.
final class Watchdog {
    private let thread: BackgroundThread

    init(seconds: Int) {
        // The thread looks every ten milliseconds whether it is still wanted: a cancelled thread would upset
        // the thread sanitizer.
        let over = OverFlag()
        flag = over
        do {
            thread = try BackgroundThread {
                let until = Clock.now() + Int64(seconds) * Ns.perSecond
                while !over.isSet.load(ordering: .relaxed) {
                    sleepNs(10 * Ns.perMillisecond)
                    if Clock.now() > until {
                        fatalError("a run hangs: it has not ended within \(seconds) seconds")
                    }
                }
            }
        } catch { preconditionFailure("no thread for the watchdog: \(error)") }
    }

    private let flag: OverFlag

    func stop() {
        flag.isSet.store(true, ordering: .relaxed)
        thread.join()
    }
}

private final class OverFlag: Sendable {
    let isSet = Atomic<Bool>(false)
}
