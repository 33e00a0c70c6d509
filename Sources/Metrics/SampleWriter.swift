// One thread's end of the sample stream: it gives tag sets their identity, writes records into its chunk and
// hands the chunk over when it is full or old. Held by a worker's `Shard`, and by the control thread for the
// gauges.

import Base

public final class SampleWriter {
    /// The control thread, which has no shard.
    public static let control = -1

    private let stream: SampleStream
    private var chunk: SampleChunk
    private let shard: Int
    private let recordsPerPacketMax: Int
    /// Packets of the shard, or intervals, so far.
    private var packets = 0
    /// What may still be written before the next packet.
    private var recordsLeft: Int
    /// No reader wants raw samples any more.
    public private(set) var isMuted = false
    /// Number of the chunk in hand among this writer's.
    private var sequence = 0
    /// Wall clock minus monotonic clock, read anew for each chunk.
    private var wallOffsetNs: Int64
    private var handOverAt = Instant.distantFuture

    private struct Step: Hashable {
        let from: SampleTags
        let tag: MetricTag
        let isMetadata: Bool

        static func == (a: Step, b: Step) -> Bool {
            a.from === b.from && a.tag == b.tag && a.isMetadata == b.isMetadata
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(ObjectIdentifier(from))
            hasher.combine(tag)
        }
    }

    private struct Content: Hashable {
        let tags: [MetricTag]
        let metadata: [MetricTag]
    }

    private var known: [Content: SampleTags] = [:]
    private var steps: [Step: SampleTags] = [:]

    /// - Parameters:
    ///   - shard: whose samples it writes.
    ///   - isBounded: whether the stream's bound per packet counts; a phase has one packet for all it does.
    public init(_ stream: SampleStream, shard: Int = SampleWriter.control, isBounded: Bool = true) {
        self.stream = stream
        self.shard = shard
        recordsPerPacketMax = isBounded ? stream.recordsPerPacketMax : Int.max
        recordsLeft = recordsPerPacketMax
        chunk = stream.first()
        wallOffsetNs = Clock.wallNs() - Clock.now().ns
    }

    // MARK: Tags

    /// The set of all `tags`; of a key given twice the later one counts.
    public func tagSet(
        _ tags: some Sequence<MetricTag>, metadata: some Sequence<MetricTag> = []
    ) -> SampleTags {
        intern(SampleTags.sorted(tags), SampleTags.sorted(metadata))
    }

    /// `set` with `key` set to `value`, in place of any value it had.
    public func with(_ set: SampleTags, _ key: String, _ value: String) -> SampleTags {
        step(Step(from: set, tag: MetricTag(key, value), isMetadata: false))
    }

    /// `set` with `key` set to `value` beside its tags.
    public func with(_ set: SampleTags, metadata key: String, _ value: String) -> SampleTags {
        step(Step(from: set, tag: MetricTag(key, value), isMetadata: true))
    }

    private func step(_ step: Step) -> SampleTags {
        if let next = steps[step] { return next }
        var (tags, metadata) = (step.from.tags, step.from.metadata)
        if step.isMetadata {
            SampleTags.insert(step.tag, into: &metadata)
        } else {
            SampleTags.insert(step.tag, into: &tags)
        }
        let next = intern(tags, metadata)
        if steps.count >= Limits.sampleTagSetsMax { steps.removeAll(keepingCapacity: true) }
        steps[step] = next
        return next
    }

    private func intern(_ tags: [MetricTag], _ metadata: [MetricTag]) -> SampleTags {
        let content = Content(tags: tags, metadata: metadata)
        if let set = known[content] { return set }
        if known.count >= Limits.sampleTagSetsMax { known.removeAll(keepingCapacity: true) }
        let set = SampleTags(sorted: tags, metadata: metadata)
        known[content] = set
        return set
    }

    // MARK: Records

    /// Writes one sample. Its tags must come from this writer.
    public func record(
        _ metric: MetricID, _ tags: SampleTags, _ value: Double, at now: Instant, vu: Int64 = 0,
        iteration: Int64 = -1
    ) {
        if recordsLeft == 0 { return }
        recordsLeft &-= 1
        if chunk.isFull || now >= handOverAt { handOver() }
        if chunk.isEmpty { begin(now) }
        chunk.append(
            SampleRecord(
                metric: metric, tags: place(of: tags), value: value, wallNs: now.ns &+ wallOffsetNs, vu: vu,
                iteration: iteration))
    }

    private func begin(_ now: Instant) {
        wallOffsetNs = Clock.wallNs() - Clock.now().ns
        handOverAt = now + Limits.sampleHandOverNs
    }

    private func place(of tags: SampleTags) -> Int32 {
        if tags.chunk != sequence {
            tags.chunk = sequence
            tags.place = chunk.add(tags)
        }
        return tags.place
    }

    /// Hands over what there is. At interval edges, and before the writer's end.
    public func handOver() {
        if chunk.isEmpty { return }
        chunk.shard = shard
        chunk.packet = packets
        let exchanged = stream.exchange(chunk)
        chunk = exchanged.chunk
        if exchanged.isMuted { isMuted = true }
        sequence += 1
        handOverAt = .distantFuture
    }

    /// What is written from here on belongs to the next packet of the shard.
    public func packetTaken() {
        handOver()
        packets += 1
        // A writer that may write nothing hands nothing over, and would not hear of it.
        if !isMuted { isMuted = stream.isMutedNow }
        recordsLeft = isMuted ? 0 : recordsPerPacketMax
    }
}
