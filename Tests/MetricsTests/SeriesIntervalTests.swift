// Intervals as outputs keep them: they stay as they were when the run goes on, know which packets they cover,
// and the stream bounds and mutes writers by packets.

import Base
import Testing

@testable import Metrics

@Suite struct SeriesIntervalTests {
    private func keepingAll(_ unkept: Set<String> = []) -> SeriesDemand {
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        demand.unkeptTags = unkept
        return demand
    }

    private func set(_ shard: Shard, _ pairs: KeyValuePairs<String, String>) -> TagSetID {
        shard.tagSet(pairs.map { MetricTag($0.key, $0.value) })
    }

    @Test("an interval keeps its numbers while later ones are counted")
    func keeps() throws {
        var rig = Rig(shards: 2, demand: keepingAll())
        var intervals: [SeriesInterval] = []
        for second in 1...3 {
            for (index, shard) in rig.shards.enumerated() {
                let set = set(shard, ["worker": "\(index)"])
                for value in 1...(second * 100) {
                    shard.trend(Builtin.httpReqDuration, set).record(Double(value))
                }
                shard.counter(Builtin.httpReqs, set).record(Double(second))
            }
            intervals.append(SeriesInterval(rig.edge(), wallOffsetNs: 1000))
        }
        #expect(intervals.map(\.sequence) == [0, 1, 2])
        #expect(intervals.map(\.packets) == [[1, 1], [2, 2], [3, 3]])
        for (index, interval) in intervals.enumerated() {
            let second = index + 1
            #expect(interval.toWallNs - interval.to.ns == 1000)
            #expect(interval.deltas.count { $0.series.isTagged } == 4)
            for delta in interval.deltas where delta.series.metric.id == Builtin.httpReqDuration {
                let trend = try #require(Rig.trend(delta.sink))
                let workers: UInt64 = delta.series.isTagged ? 1 : 2
                if case .submetric = delta.series.scope { continue }
                #expect(trend.count == UInt64(second) * 100 * workers)
                #expect(
                    trend.max == Double(second * 100)
                        && buckets(trend.histogram).reduce(0) { $0 + $1.count } == trend.count)
            }
        }
        // The same object for the same series, and its number for no other.
        let known = Dictionary(
            intervals.flatMap(\.deltas).map { ($0.series.number, ObjectIdentifier($0.series)) },
            uniquingKeysWith: { first, second in
                #expect(first == second)
                return first
            })
        #expect(Set(known.values).count == known.count)
    }

    @Test("tags nobody keeps tell no series apart, unless a sub-metric asks about them")
    func unkept() {
        var demand = keepingAll(["url"])
        demand.addSubmetric(
            of: Builtin.httpReqs, named: "http_reqs", suffix: "url:b", tags: [MetricTag("url", "b")])
        var rig = Rig(demand: demand)
        for url in ["a", "b", "c"] {
            rig.shards[0].counter(Builtin.httpReqs, set(rig.shards[0], ["url": url, "status": "200"])).record(
                1)
        }
        let interval = SeriesInterval(rig.edge(), wallOffsetNs: 0)
        let tagged = interval.deltas.filter { $0.series.isTagged }
        #expect(tagged.map(\.series.tags) == [[MetricTag("status", "200")]])
        #expect(Rig.counter(tagged[0].sink)?.sum == 3)
        let narrowed = interval.deltas.first { delta in
            if case .submetric = delta.series.scope { delta.series.tags.count == 1 } else { false }
        }
        #expect(Rig.counter(narrowed?.sink)?.sum == 1)
    }

    @Test("chunks carry their shard's packet, and come before the interval that covers them")
    func packets() {
        let stream = SampleStream(writers: 1)
        let registry = MetricRegistry()
        let shard = Shard(
            index: 3, registry: registry, demand: SeriesDemand(), start: Instant(ns: 1),
            writer: SampleWriter(stream, shard: 3))
        let aggregate = Aggregate(registry: registry, demand: SeriesDemand())
        let recorder = SampleRecorder(shard)
        for second in 1...3 {
            for _ in 0..<second {
                recorder.record(
                    Builtin.httpReqs, recorder.empty, 1, at: Instant(ns: Int64(second)), vu: 1, iteration: 0)
            }
            aggregate.absorb(shard.takeInterval(to: Instant(ns: Int64(second) * 10)))
            let snapshot = aggregate.closeInterval(at: Instant(ns: Int64(second) * 10))
            stream.post(SeriesInterval(snapshot, wallOffsetNs: 0))
        }
        let batch = stream.take(until: .never)
        #expect(batch.chunks.map(\.shard) == [3, 3, 3])
        #expect(batch.chunks.map(\.packet) == [0, 1, 2])
        #expect(batch.chunks.map { $0.records.count } == [1, 2, 3])
        #expect(batch.intervals.map { $0.packets[3] } == [1, 2, 3])
    }

    @Test("a bound per packet, a writer without one, and silence for good")
    func bounds() {
        let stream = SampleStream(writers: 2, recordsPerPacketMax: 5)
        let bounded = SampleWriter(stream, shard: 0)
        let phase = SampleWriter(stream, shard: 1, isBounded: false)
        let now = Instant(ns: 1)
        func write(_ times: Int) -> (Int, Int) {
            for _ in 0..<times {
                bounded.record(Builtin.vus, bounded.tagSet([]), 1, at: now)
                phase.record(Builtin.vus, phase.tagSet([]), 1, at: now)
            }
            bounded.packetTaken()
            phase.packetTaken()
            let batch = stream.take(until: .never)
            defer { stream.giveBack(batch.chunks) }
            func written(_ shard: Int) -> Int {
                batch.chunks.filter { $0.shard == shard }.reduce(0) { $0 + $1.records.count }
            }
            return (written(0), written(1))
        }
        #expect(write(20) == (5, 20))
        #expect(write(3) == (3, 3))
        stream.mute()
        // Writers hear of it with their next packet.
        #expect(write(20) == (5, 20))
        #expect(write(20) == (0, 0) && bounded.isMuted && phase.isMuted)
    }

    @Test("intervals nobody takes are dropped and counted")
    func unread() {
        let stream = SampleStream(writers: 1)
        var rig = Rig()
        for _ in 0..<Limits.seriesIntervalsWaitingMax + 3 {
            stream.post(SeriesInterval(rig.edge(), wallOffsetNs: 0))
        }
        let batch = stream.take(until: .never)
        #expect(batch.intervals.count == Limits.seriesIntervalsWaitingMax && batch.droppedIntervals == 3)
    }
}
