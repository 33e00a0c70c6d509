// Packets between threads: two workers count and end intervals while the control side absorbs and sends
// packets home. Meant for the thread sanitizer as much as for its own expectations.

import Base
import Testing

@testable import Metrics

/// Where absorbed packets wait for their worker.
private final class Home: Sendable {
    private let packets = Locked<[IntervalPacket]>([])

    func put(_ packet: IntervalPacket) { packets.withLock { $0.append(packet) } }

    func take() -> [IntervalPacket] {
        packets.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

@Suite struct ThreadTests {
    private static let intervals = 200
    private static let samples = 500

    private static func work(
        _ index: Int, _ demand: SeriesDemand, _ home: Home, _ send: (IntervalPacket) -> Void
    ) {
        let shard = Shard(index: index, registry: MetricRegistry(), demand: demand, start: Instant(ns: 1))
        let values = Distribution.logNormal.values(samples, seed: UInt64(index + 1))
        for interval in 1...intervals {
            for (place, value) in values.enumerated() {
                let set = shard.with(.empty, "status", "\(200 + (place + interval) % 5)")
                shard.trend(Builtin.httpReqDuration, set).record(value)
                shard.counter(Builtin.httpReqs, set).record(1)
            }
            for packet in home.take() { shard.recycle(packet) }
            send(shard.takeInterval(to: Instant(ns: Int64(interval) * 1_000)))
        }
    }

    @Test func packetsCrossThreadsWithoutLoss() async {
        var demand = SeriesDemand()
        demand.keep(["status"])
        let wanted = demand
        let homes = [Home(), Home()]
        let (packets, inbox) = AsyncStream<IntervalPacket>.makeStream()
        let aggregate = Aggregate(registry: MetricRegistry(), demand: demand)
        let workers = homes.enumerated().map { index, home in
            Task.detached { Self.work(index, wanted, home) { inbox.yield($0) } }
        }
        var seen = 0
        for await packet in packets {
            aggregate.absorb(packet)
            homes[packet.shard].put(packet)
            seen += 1
            if seen == 2 * Self.intervals { break }
        }
        for worker in workers { await worker.value }
        let snapshot = aggregate.closeInterval(at: Instant(ns: 1_000_000))
        let whole = UInt64(2 * Self.intervals * Self.samples)
        #expect(Rig.trend(aggregate.total(Builtin.httpReqDuration).cumulative)?.count == whole)
        #expect(Rig.counter(aggregate.total(Builtin.httpReqs).cumulative)?.sum == Double(whole))
        let kept = snapshot.series.filter { $0.key.metric == Builtin.httpReqDuration && !$0.tags.isEmpty }
        #expect(kept.count { !$0.isEmpty } == 5)
        #expect(kept.reduce(0) { $0 + Rig.trend($1.cumulative)!.count } == whole)
    }
}
