// What one shard counted in one interval, on its way from the worker to the control thread. Made by
// `Shard.takeInterval`, read once by `Aggregate.absorb`, then handed back to the worker, whose
// `Shard.recycle` takes its memory again. How it travels is the caller's business: a reference, one owner at
// a time.

import Base

/// One packet. Never touched by two threads at once: that is what makes it sendable.
public final class IntervalPacket: @unchecked Sendable {
    struct TrendDelta {
        var series: Int32
        var positive: PageWindow
        var negative: PageWindow
        var log: BucketLog
        var count: Int64
        var zeros: Int64
        var invalid: Int64
        var sum: Double
        var min: Double
        var max: Double
    }

    struct CounterDelta {
        var series: Int32
        var count: Int64
        var sum: Double
    }

    struct RateDelta {
        var series: Int32
        var count: Int64
        var passes: Int64
    }

    struct GaugeDelta {
        var series: Int32
        var count: Int64
        var value: Double
        var at: Instant
        var min: Double
        var max: Double
    }

    /// A 16-bit counter that went round: 65,536 more than the page says.
    struct Carry {
        static let amount: UInt64 = 65_536
        var series: Int32
        var bucket: Int32
        var isNegative: Bool
    }

    /// The shard that made it.
    public internal(set) var shard = 0
    /// The time the counts belong to.
    public internal(set) var from = Instant.never
    public internal(set) var to = Instant.never
    /// Whether the shard ran out of series by now.
    public internal(set) var didOverflow = false
    /// Series this shard created since its last packet: numbers `definitionsFrom…`.
    var definitions: [SeriesKey] = []
    /// When each of them was made.
    var definitionsMade: [Instant] = []
    var definitionsFrom = 0
    var trends: [TrendDelta] = []
    var counters: [CounterDelta] = []
    var rates: [RateDelta] = []
    var gauges: [GaugeDelta] = []
    var carries: [Carry] = []
    /// Spent pages and windows, filled by `Aggregate.absorb`.
    var free = FreeBlocks()
    var isAbsorbed = false
    let arena: PageArena

    init(arena: PageArena) { self.arena = arena }

    /// Whether nothing was counted.
    public var isEmpty: Bool { trends.isEmpty && counters.isEmpty && rates.isEmpty && gauges.isEmpty }

    func clear() {
        definitions.removeAll(keepingCapacity: true)
        definitionsMade.removeAll(keepingCapacity: true)
        trends.removeAll(keepingCapacity: true)
        counters.removeAll(keepingCapacity: true)
        rates.removeAll(keepingCapacity: true)
        gauges.removeAll(keepingCapacity: true)
        carries.removeAll(keepingCapacity: true)
        isAbsorbed = false
    }
}
