// What one interval added to each series, in a form any thread may keep: made on the control thread from a
// snapshot without copying a bucket, read by outputs on theirs. Outputs that need sums over more than one
// interval merge these into sinks of their own.

import Base

/// Which series it is. The same object for the same series during the whole run.
public final class SeriesIdentity: Sendable {
    /// Dense, from 0: an index for arrays of one's own.
    public let number: Int
    public let metric: MetricDefinition
    public let scope: SeriesKey.Scope
    /// The tags that set it apart, sorted by key; none for a total.
    public let tags: [MetricTag]

    init(number: Int, metric: MetricDefinition, scope: SeriesKey.Scope, tags: [MetricTag]) {
        self.number = number
        self.metric = metric
        self.scope = scope
        self.tags = tags
    }

    /// Whether it belongs to the series that tell a metric's samples apart by their tags: together they are
    /// the total, each sample in one of them.
    public var isTagged: Bool {
        switch scope {
        case .tagged, .overflow: true
        case .total, .submetric: false
        }
    }
}

public struct SeriesDelta {
    public let series: SeriesIdentity
    /// What the interval added. Shared between readers: to be merged from, never into.
    public let sink: Sink
}

/// One interval of the run. Never changes; may be kept and read by any thread.
public final class SeriesInterval: @unchecked Sendable {
    /// From 0, without gaps.
    public let sequence: Int
    public let from: Instant
    public let to: Instant
    /// The same in nanoseconds since 1970.
    public let fromWallNs: Int64
    public let toWallNs: Int64
    /// Every series with a sample in the interval: totals, sub-metrics, and those told apart by tags if an
    /// output demanded them.
    public let deltas: [SeriesDelta]
    /// How many packets of each shard are in this and the intervals before it: tells which chunks of raw
    /// samples (`SampleChunk.packet`) it covers.
    public let packets: [Int]

    /// - Parameter wallOffsetNs: wall clock minus monotonic clock.
    public init(_ snapshot: Snapshot, wallOffsetNs: Int64) {
        sequence = snapshot.sequence
        from = snapshot.from
        to = snapshot.to
        fromWallNs = snapshot.from.ns + wallOffsetNs
        toWallNs = snapshot.to.ns + wallOffsetNs
        packets = snapshot.packets
        // The aggregate never touches an interval's sink again once the interval is closed.
        deltas = snapshot.touched.compactMap { series in
            series.interval.map { SeriesDelta(series: series.identity, sink: $0) }
        }
    }
}
