// What scripts record with: one call that counts a sample in the shard's cells and, when an output wants raw
// samples, also writes it to the stream. Belongs to a worker; everything here runs on its thread.

import Base

/// Tags of samples: those somebody demands for series, and all of them for raw samples. A value; made and
/// understood by the recorders of one worker only.
public struct SampleTagSet {
    public let demanded: TagSetID
    /// nil while no output wants raw samples.
    public let full: SampleTags?
}

public struct SampleRecorder {
    public let shard: Shard
    private let writer: SampleWriter?
    public let empty: SampleTagSet

    public init(_ shard: Shard) {
        self.shard = shard
        writer = shard.writer
        empty = SampleTagSet(demanded: .empty, full: writer?.tagSet([]))
    }

    /// Whether raw samples are wanted; then every tag counts, demanded or not.
    public var isStreaming: Bool { writer != nil }

    /// The set of all `tags`; of a key given twice the later one counts.
    public func tagSet(_ tags: some Sequence<MetricTag>) -> SampleTagSet {
        let tags = Array(tags)
        return SampleTagSet(demanded: shard.tagSet(tags), full: writer?.tagSet(tags))
    }

    /// `set` with `key` set to `value`, in place of any value it had.
    public func with(_ set: SampleTagSet, _ key: String, _ value: String) -> SampleTagSet {
        SampleTagSet(
            demanded: shard.with(set.demanded, key, value),
            full: set.full.map { writer!.isMuted ? $0 : writer!.with($0, key, value) })
    }

    /// `set` with `key` set to `value` beside its tags: only raw samples show it.
    public func with(_ set: SampleTagSet, metadata key: String, _ value: String) -> SampleTagSet {
        SampleTagSet(demanded: set.demanded, full: set.full.map { writer!.with($0, metadata: key, value) })
    }

    /// Counts a sample and streams it. The caller refuses NaN.
    /// - Parameters:
    ///   - vu: the VU's number in this process; 0 in set-up and teardown.
    ///   - iteration: 0-based, of this VU in this run.
    public func record(
        _ metric: MetricID, _ tags: SampleTagSet, _ value: Double, at now: Instant, vu: Int64,
        iteration: Int64
    ) {
        shard.record(metric, tags.demanded, value, at: now)
        if let full = tags.full, !writer!.isMuted {
            writer!.record(metric, full, value, at: now, vu: vu, iteration: iteration)
        }
    }
}
