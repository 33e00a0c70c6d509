// From recording to snapshot: no count is lost or doubled at an interval's edge, many shards are as one, and
// odd values, full counters and gauges arrive as they should.

import Base
import Testing

@testable import Metrics

@Suite struct IntervalTests {
    @Test(arguments: Distribution.allCases, [1, 2, 5])
    func deltasAddUpToTheCumulativeAndToThePlainSum(distribution: Distribution, shards: Int) {
        var rig = Rig(shards: shards)
        let metric = Builtin.httpReqWaiting
        let cells = rig.shards.map { $0.trend(metric, .empty) }
        let deltas = TrendSink()
        let plain = TrendSink()
        for round in 0..<7 {
            let values = distribution.values(round == 3 ? 0 : 900, seed: UInt64(round + 1))
            for (index, value) in values.enumerated() {
                cells[index % shards].record(value)
                plain.record(value)
            }
            let snapshot = rig.edge()
            let interval = Rig.trend(rig.aggregate.total(metric).interval)
            #expect((interval == nil) == values.isEmpty)
            #expect(snapshot.touched.count == (values.isEmpty ? 0 : 1))
            if let interval {
                #expect(interval.count == 900)
                deltas.merge(interval)
            }
        }
        let whole = rig.trend(metric)
        #expect(buckets(whole.histogram) == buckets(plain.histogram))
        #expect(buckets(deltas.histogram) == buckets(plain.histogram))
        #expect(whole.count == 5_400)
        #expect(whole.min == plain.min)
        #expect(whole.max == plain.max)
        #expect(abs(whole.sum - plain.sum) <= abs(plain.sum) * 1e-9 + 1e-12)
    }

    /// More than a 16-bit counter holds, in one bucket and one interval.
    @Test(arguments: [1.0, -1.0, 1e30], [65_535, 65_536, 65_537, 200_000])
    func fullCountersCarry(value: Double, times: Int) {
        var rig = Rig()
        let cells = rig.shards[0].trend(Builtin.httpReqWaiting, .empty)
        for _ in 0..<times { cells.record(value) }
        rig.edge()
        let sink = rig.trend(Builtin.httpReqWaiting)
        #expect(buckets(sink.histogram).map(\.count) == [UInt64(times)])
        #expect(sink.count == UInt64(times))
        #expect(sink.percentile(50) == value)
    }

    @Test func oddValuesAreCountedByKind() {
        var rig = Rig()
        let cells = rig.shards[0].trend(Builtin.httpReqWaiting, .empty)
        for value in [0, -0.0, 0, -1, 5, .nan, .infinity, -.infinity, 1e-300] { cells.record(value) }
        rig.edge()
        let sink = rig.trend(Builtin.httpReqWaiting)
        #expect(sink.count == 8)
        #expect(sink.invalid == 1)
        #expect(sink.histogram.zeros == 3)
        #expect(sink.min == -.infinity)
        #expect(sink.max == .infinity)
        #expect(sink.med == 0)
    }

    @Test(arguments: [[0.0], [0, 0, 5], [0, -5], [0, 0], [-1, -2], [3, 4]])
    func zerosTakePartInMinAndMax(values: [Double]) {
        var rig = Rig()
        for value in values { rig.shards[0].trend(Builtin.httpReqBlocked, .empty).record(value) }
        rig.edge()
        #expect(rig.trend(Builtin.httpReqBlocked).count == UInt64(values.count))
        #expect(rig.trend(Builtin.httpReqBlocked).min == values.min()!)
        #expect(rig.trend(Builtin.httpReqBlocked).max == values.max()!)
    }

    @Test func aTrendOfNaNsAloneIsEmptyButNotSilent() {
        var rig = Rig()
        rig.shards[0].trend(Builtin.httpReqBlocked, .empty).record(.nan)
        rig.edge()
        #expect(rig.trend(Builtin.httpReqBlocked).invalid == 1)
        #expect(rig.aggregate.total(Builtin.httpReqBlocked).isEmpty)
    }

    /// Values wander over forty octaves, so that windows grow, shrink into memory and come back.
    @Test func wanderingRangesReuseTheirMemory() {
        var rig = Rig()
        let cells = rig.shards[0].trend(Builtin.httpReqWaiting, .empty)
        let plain = Histogram()
        var settled = 0
        for round in 0..<400 {
            for step in 0..<40 {
                let value = power(Double((round * 7 + step) % 40) - 20.5)
                cells.record(value)
                plain.record(value)
            }
            rig.edge()
            if round == 50 { settled = rig.shards[0].memoryBytes }
        }
        #expect(buckets(rig.trend(Builtin.httpReqWaiting).histogram) == buckets(plain))
        #expect(rig.shards[0].memoryBytes == settled)
    }

    /// The worker is two packets ahead of the control thread, as a slow output would cause.
    @Test func packetsMayWait() {
        let registry = MetricRegistry()
        let shard = Shard(index: 0, registry: registry, demand: SeriesDemand(), start: Instant(ns: 1))
        let aggregate = Aggregate(registry: registry, demand: SeriesDemand())
        var waiting: [IntervalPacket] = []
        for round in 1...5 {
            for value in 1...round { shard.trend(Builtin.httpReqWaiting, .empty).record(Double(value)) }
            shard.counter(Builtin.iterations, .empty).record(2)
            waiting.append(shard.takeInterval(to: Instant(ns: Int64(round) * 10)))
        }
        for packet in waiting {
            aggregate.absorb(packet)
            shard.recycle(packet)
        }
        let snapshot = aggregate.closeInterval(at: Instant(ns: 60))
        #expect(Rig.trend(aggregate.total(Builtin.httpReqWaiting).cumulative)?.count == 15)
        #expect(Rig.counter(aggregate.total(Builtin.iterations).interval)?.sum == 10)
        #expect(snapshot.from == Instant(ns: 1))
        #expect(snapshot.to == Instant(ns: 50))
        #expect(snapshot.sequence == 0)
    }

    @Test func snapshotsHaveTheirOwnTimeRange() {
        var rig = Rig()
        rig.shards[0].counter(Builtin.iterations, .empty).record(1)
        let first = rig.edge()
        let second = rig.edge()
        #expect(first.from == Instant(ns: 1))
        #expect(first.to == second.from)
        #expect(second.to - second.from == Ns.perSecond)
        #expect(second.sequence == 1)
        #expect(rig.aggregate.total(Builtin.iterations).to == first.to)
        #expect(second.touched.isEmpty)
    }

    @Test func packetsOutliveTheirShard() {
        let registry = MetricRegistry()
        let aggregate = Aggregate(registry: registry, demand: SeriesDemand())
        func lastPacket() -> IntervalPacket {
            let shard = Shard(index: 0, registry: registry, demand: SeriesDemand(), start: Instant(ns: 1))
            for value in 1...100 { shard.trend(Builtin.httpReqWaiting, .empty).record(Double(value)) }
            return shard.takeInterval(to: Instant(ns: 5))
        }
        aggregate.absorb(lastPacket())
        #expect(Rig.trend(aggregate.total(Builtin.httpReqWaiting).cumulative)?.count == 100)
    }
}

@Suite struct KindTests {
    @Test func countersAndRatesAddUpOverShards() {
        var rig = Rig(shards: 3)
        for (index, shard) in rig.shards.enumerated() {
            for _ in 0...index { shard.counter(Builtin.dataSent, .empty).record(10.5) }
            for value in [0, 1, -2, 0.0] { shard.rate(Builtin.httpReqFailed, .empty).record(value) }
        }
        rig.edge()
        let counter = Rig.counter(rig.aggregate.total(Builtin.dataSent).cumulative)!
        #expect(counter.sum == 63)
        #expect(counter.rate(durationNs: 2 * Ns.perSecond) == 31.5)
        #expect(counter.rate(durationNs: 0) == 0)
        let rate = Rig.rate(rig.aggregate.total(Builtin.httpReqFailed).cumulative)!
        #expect(rate.rate == 0.5)
        #expect([rate.passes, rate.fails] == [6, 6])
    }

    /// The last value is the latest, whichever shard's packet comes last.
    @Test func gaugesFollowTimeNotArrival() throws {
        var registry = MetricRegistry()
        let metric = try registry.register("queue", .gauge)
        var rig = Rig(shards: 2, registry: registry)
        rig.shards[0].gauge(metric, .empty).record(7, at: Instant(ns: 500))
        rig.shards[1].gauge(metric, .empty).record(9, at: Instant(ns: 300))
        rig.edge()
        let gauge = Rig.gauge(rig.aggregate.total(metric).cumulative)!
        #expect(gauge.value == 7)
        #expect([gauge.min, gauge.max] == [7, 9])
    }

    @Test func gaugesBelowZeroReportAMaximumOfZeroAsK6Does() throws {
        var registry = MetricRegistry()
        let metric = try registry.register("depth", .gauge)
        var rig = Rig(registry: registry)
        rig.shards[0].record(metric, .empty, -5, at: Instant(ns: 2))
        rig.shards[0].record(metric, .empty, -7, at: Instant(ns: 3))
        rig.edge()
        let gauge = Rig.gauge(rig.aggregate.total(metric).cumulative)!
        #expect([gauge.value, gauge.min, gauge.max, gauge.exactMax] == [-7, -7, 0, -5])
    }

    @Test func theControlThreadSetsGaugesItself() {
        var demand = SeriesDemand()
        let submetric = demand.addSubmetric(
            of: Builtin.vus, named: "vus", suffix: "run:a", tags: [MetricTag("run", "a")])
        let rig = Rig(demand: demand)
        rig.aggregate.record(gauge: Builtin.vus, 3, tags: [MetricTag("run", "a")], at: Instant(ns: 10))
        rig.aggregate.record(gauge: Builtin.vus, 2, tags: [MetricTag("run", "b")], at: Instant(ns: 20))
        let snapshot = rig.aggregate.closeInterval(at: Instant(ns: 30))
        #expect(Rig.gauge(rig.aggregate.total(Builtin.vus).interval)?.value == 2)
        #expect(Rig.gauge(rig.aggregate.submetric(submetric).cumulative)?.value == 3)
        #expect(snapshot.touched.count == 2)
    }

    @Test func scriptsRecordByKind() throws {
        var registry = MetricRegistry()
        let ids = try MetricKind.allCases.map { try registry.register("my_\($0)", $0) }
        var rig = Rig(registry: registry)
        for id in ids { rig.shards[0].record(id, .empty, 4, at: Instant(ns: 9)) }
        rig.edge()
        #expect(ids.allSatisfy { !rig.aggregate.total($0).isEmpty })
        #expect(Rig.trend(rig.aggregate.total(ids[3]).cumulative)?.max == 4)
    }
}
