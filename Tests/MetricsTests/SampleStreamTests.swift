// Raw samples on their way from writers to the reader: tags, order, hand-over, and what happens when the
// reader is too slow.

import Base
import Testing

@testable import Metrics

@Suite struct SampleStreamTests {
    private let now = Instant(ns: 5_000_000_000)

    private func read(_ stream: SampleStream) -> [(metric: MetricID, value: Double, tags: [MetricTag])] {
        let batch = stream.take(until: .never)
        defer { stream.giveBack(batch.chunks) }
        return batch.chunks.flatMap { chunk in
            chunk.records.map { ($0.metric, $0.value, chunk.tags[Int($0.tags)].tags) }
        }
    }

    @Test("tags are sorted by their bytes, and of a key given twice the later one counts")
    func tags() {
        let writer = SampleWriter(SampleStream(writers: 1))
        let set = writer.tagSet(
            [("url", "a"), ("é", "accent"), ("B", "1"), ("a", "2"), ("url", "b"), ("Z", "3")].map {
                MetricTag($0.0, $0.1)
            })
        #expect(set.tags.map(\.key) == ["B", "Z", "a", "url", "é"])
        #expect(set.tags.map(\.value) == ["1", "3", "2", "b", "accent"])
        #expect(writer.tagSet(set.tags.reversed()) === set)
        let more = writer.with(set, "a", "9")
        #expect(more.tags.map(\.value) == ["1", "3", "9", "b", "accent"])
        #expect(writer.with(set, "a", "9") === more)
        #expect(writer.with(more, "a", "2") === set)
    }

    @Test("records arrive in order, each with its tags, vu and iteration")
    func order() {
        let stream = SampleStream(writers: 1)
        let writer = SampleWriter(stream)
        let a = writer.tagSet([MetricTag("k", "a")])
        let b = writer.tagSet([MetricTag("k", "b")])
        for index in 0..<10_000 {
            writer.record(
                Builtin.httpReqs, index % 3 == 0 ? a : b, Double(index), at: now, vu: 7,
                iteration: Int64(index))
        }
        writer.handOver()
        let batch = stream.take(until: .never)
        var index = 0
        for chunk in batch.chunks {
            #expect(chunk.tags.count == 2)
            for record in chunk.records {
                #expect(record.value == Double(index))
                #expect(record.vu == 7 && record.iteration == Int64(index))
                #expect(chunk.tags[Int(record.tags)] === (index % 3 == 0 ? a : b))
                index += 1
            }
        }
        #expect(index == 10_000)
        #expect(batch.chunks.count == 3)
    }

    @Test("time is the wall clock's")
    func wallClock() {
        let stream = SampleStream(writers: 1)
        let writer = SampleWriter(stream)
        let before = Clock.wallNs()
        writer.record(Builtin.vus, writer.tagSet([]), 1, at: Clock.now())
        writer.handOver()
        let chunk = stream.take(until: .never).chunks[0]
        let wallNs = withExtendedLifetime(chunk) { chunk.records[0].wallNs }
        let range = (before - Ns.perMillisecond)...(Clock.wallNs() + Ns.perMillisecond)
        #expect(range.contains(wallNs))
    }

    @Test("a chunk that is older than the hand-over time goes before the next record")
    func age() {
        let stream = SampleStream(writers: 1)
        let writer = SampleWriter(stream)
        let tags = writer.tagSet([])
        writer.record(Builtin.vus, tags, 1, at: now)
        writer.record(Builtin.vus, tags, 2, at: now + (Limits.sampleHandOverNs - 1))
        #expect(read(stream).isEmpty)
        writer.record(Builtin.vus, tags, 3, at: now + Limits.sampleHandOverNs)
        #expect(read(stream).map(\.value) == [1, 2])
        writer.handOver()
        #expect(read(stream).map(\.value) == [3])
    }

    @Test("without a reader whole chunks are dropped and counted, and memory stays bounded")
    func bound() {
        let chunkBytes = Limits.sampleChunkRecords * MemoryLayout<SampleRecord>.stride
        let stream = SampleStream(writers: 1, bytesMax: 4 * chunkBytes)
        let writer = SampleWriter(stream)
        let tags = writer.tagSet([MetricTag("a", "b")])
        let total = 20 * Limits.sampleChunkRecords
        for index in 0..<total { writer.record(Builtin.vus, tags, Double(index), at: now) }
        writer.handOver()
        let batch = stream.take(until: .never)
        let kept = batch.chunks.reduce(0) { $0 + $1.records.count }
        #expect(kept == 3 * Limits.sampleChunkRecords)
        #expect(batch.dropped == Int64(total - kept))
        // Once there is room again, samples arrive again.
        stream.giveBack(batch.chunks)
        for index in 0..<Limits.sampleChunkRecords {
            writer.record(Builtin.vus, tags, Double(index), at: now)
        }
        writer.handOver()
        #expect(read(stream).count == Limits.sampleChunkRecords)
    }

    @Test("tag sets beyond the bound are still right")
    func manyTags() {
        let stream = SampleStream(writers: 1)
        let writer = SampleWriter(stream)
        for index in 0..<3 * Limits.sampleTagSetsMax {
            let set = writer.with(writer.tagSet([MetricTag("a", "b")]), "id", String(index))
            writer.record(Builtin.vus, set, Double(index), at: now)
        }
        writer.handOver()
        let all = read(stream)
        #expect(all.count == 3 * Limits.sampleTagSetsMax)
        let isRight = all.allSatisfy { entry in
            entry.tags == [MetricTag("a", "b"), MetricTag("id", String(Int(entry.value)))]
        }
        #expect(isRight)
    }

    @Test("a recorder counts and streams the same sample")
    func recorder() {
        let stream = SampleStream(writers: 1)
        var demand = SeriesDemand(expectedResponse: false)
        demand.keep(["check"], for: Builtin.checks)
        let shard = Shard(
            index: 0, registry: MetricRegistry(), demand: demand, start: Instant(ns: 1),
            writer: SampleWriter(stream))
        let recorder = SampleRecorder(shard)
        #expect(recorder.isStreaming)
        let base = recorder.tagSet([MetricTag("group", ""), MetricTag("scenario", "s")])
        let set = recorder.with(base, "check", "is ok")
        recorder.record(Builtin.checks, set, 1, at: now, vu: 1, iteration: 0)
        recorder.record(Builtin.checks, set, 0, at: now, vu: 1, iteration: 0)
        shard.writer!.handOver()
        let raw = read(stream)
        #expect(raw.map(\.value) == [1, 0])
        #expect(raw[0].tags.map(\.key) == ["check", "group", "scenario"])
        let aggregate = Aggregate(registry: MetricRegistry(), demand: demand)
        aggregate.absorb(shard.takeInterval(to: now))
        let kept = aggregate.series.filter { !$0.tags.isEmpty }
        #expect(kept.map(\.tags) == [[MetricTag("check", "is ok")]])
        guard case .rate(let rate) = kept[0].cumulative else {
            Issue.record("checks is a rate")
            return
        }
        #expect(rate.passes == 1 && rate.fails == 1)
    }

    @Test("writers on threads of their own lose nothing that was not counted as dropped")
    func threads() throws {
        let (writers, each) = (4, 50_000)
        let stream = SampleStream(writers: writers, bytesMax: 1)
        let threads = try (0..<writers).map { number in
            try BackgroundThread {
                let writer = SampleWriter(stream)
                let tags = writer.tagSet([MetricTag("writer", String(number))])
                for index in 0..<each {
                    writer.record(Builtin.vus, tags, Double(index), at: Instant(ns: Int64(index)))
                }
                writer.handOver()
            }
        }
        var last = [Double](repeating: -1, count: writers)
        var read = 0
        var dropped: Int64 = 0
        var isOrdered = true
        func take(_ batch: SampleStream.Batch) {
            for chunk in batch.chunks {
                guard let number = Int(chunk.tags[0].tags[0].value) else { continue }
                for record in chunk.records {
                    isOrdered = isOrdered && record.value > last[number]
                    last[number] = record.value
                    read += 1
                }
            }
            dropped = batch.dropped
            stream.giveBack(batch.chunks)
        }
        for _ in 0..<20 { take(stream.take(until: Clock.now() + Ns.perMillisecond)) }
        for thread in threads { thread.join() }
        stream.close()
        let end = stream.take(until: .distantFuture)
        #expect(end.isLast)
        take(end)
        #expect(isOrdered)
        #expect(read + Int(dropped) == writers * each)
    }
}
