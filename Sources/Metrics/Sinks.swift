// What samples add up to, per kind of metric, as k6 defines it: trends with percentiles, counters with rates,
// rates, gauges. Filled by `Aggregate` on the control thread; read by thresholds, summary, progress, REST and
// outputs there.

import Base

public struct CounterSink: Hashable, Sendable {
    public internal(set) var count: Int64 = 0
    public internal(set) var sum = 0.0

    public init() {}

    public init(count: Int64, sum: Double) {
        self.count = count
        self.sum = sum
    }

    /// Sum per second over `durationNs`; 0 when no time has passed.
    public func rate(durationNs: Int64) -> Double {
        durationNs > 0 ? sum / (Double(durationNs) / Double(Ns.perSecond)) : 0
    }

    public mutating func merge(_ other: CounterSink) {
        count += other.count
        sum += other.sum
    }
}

public struct RateSink: Hashable, Sendable {
    public internal(set) var count: Int64 = 0
    /// Values other than 0.
    public internal(set) var passes: Int64 = 0

    public init() {}

    public init(count: Int64, passes: Int64) {
        self.count = count
        self.passes = passes
    }

    public var fails: Int64 { count - passes }
    /// Share of non-zero values in 0…1; 0 when there were none at all.
    public var rate: Double { count == 0 ? 0 : Double(passes) / Double(count) }

    public mutating func merge(_ other: RateSink) {
        count += other.count
        passes += other.passes
    }
}

public struct GaugeSink: Hashable, Sendable {
    public internal(set) var count: Int64 = 0
    /// The last value in time; of values with the same time the one merged last.
    public internal(set) var value = 0.0
    public internal(set) var at = Instant.never
    private var lowest = Double.infinity
    private var highest = -Double.infinity

    public init() {}

    /// What a gauge showed of `count` values.
    public init(count: Int64, value: Double, at: Instant, lowest: Double, highest: Double) {
        merge(count: count, value: value, at: at, lowest: lowest, highest: highest)
    }

    public var min: Double { count == 0 ? 0 : lowest }
    /// As k6 1.1 reports it: never below 0, even if every value was.
    public var max: Double { Swift.max(0, highest) }
    /// The true maximum; 0 when there were no values.
    public var exactMax: Double { count == 0 ? 0 : highest }

    public mutating func record(_ value: Double, at now: Instant) {
        merge(count: 1, value: value, at: now, lowest: value, highest: value)
    }

    public mutating func merge(_ other: GaugeSink) {
        merge(
            count: other.count, value: other.value, at: other.at, lowest: other.lowest, highest: other.highest
        )
    }

    mutating func merge(count more: Int64, value: Double, at: Instant, lowest: Double, highest: Double) {
        if more == 0 { return }
        if count == 0 || at >= self.at {
            self.value = value
            self.at = at
        }
        count += more
        self.lowest = Swift.min(self.lowest, lowest)
        self.highest = Swift.max(self.highest, highest)
    }
}

/// A trend: exact count, sum, minimum and maximum beside the buckets. A reference, because it owns pages.
public final class TrendSink {
    public private(set) var histogram = Histogram()
    public internal(set) var sum = 0.0
    /// NaNs that were refused; not part of `count`.
    public internal(set) var invalid: Int64 = 0
    private var lowest = Double.infinity
    private var highest = -Double.infinity

    public init() {}

    /// What a trend counted: all buckets, and beside them what buckets do not tell exactly.
    public init(_ histogram: Histogram, sum: Double, lowest: Double, highest: Double, invalid: Int64 = 0) {
        self.histogram = histogram
        self.sum = sum
        self.invalid = invalid
        if histogram.count > 0 {
            extend(to: lowest)
            extend(to: highest)
        }
    }

    public var count: UInt64 { histogram.count }
    public var min: Double { count == 0 ? 0 : lowest }
    public var max: Double { count == 0 ? 0 : highest }
    public var avg: Double { count == 0 ? 0 : sum / Double(count) }
    public var med: Double { percentile(50) }

    public func record(_ value: Double) {
        if value.isNaN {
            invalid += 1
            return
        }
        histogram.record(value)
        sum += value
        extend(to: value)
    }

    private func extend(to value: Double) {
        lowest = Swift.min(lowest, value)
        highest = Swift.max(highest, value)
    }

    /// k6's percentile: x = N/100·(n−1), linear between the values at ⌊x⌋ and ⌈x⌉. The smallest and the
    /// largest value are exact, those between stand at their bucket's midpoint (off by at most 0.05 %); 0
    /// without values.
    /// - Parameter percent: 0…100.
    public func percentile(_ percent: Double) -> Double {
        precondition(percent >= 0 && percent <= 100, "a percentile lies between 0 and 100")
        if count == 0 { return 0 }
        let x = percent / 100 * Double(count - 1)
        let low = UInt64(x.rounded(.down))
        let high = Swift.min(UInt64(x.rounded(.up)), count - 1)
        let (below, above) = values(at: low, and: high)
        // Without this test an infinite value would make the difference NaN.
        return below == above ? below : below + (above - below) * (x - Double(low))
    }

    private func values(at low: UInt64, and high: UInt64) -> (Double, Double) {
        let last = count - 1
        if high == 0 { return (lowest, lowest) }
        if low == last { return (highest, highest) }
        let (below, above) = histogram.midpoints(at: low, and: high)
        return (
            low == 0 ? lowest : clamped(below),
            high == last ? highest : clamped(above)
        )
    }

    private func clamped(_ value: Double) -> Double { Swift.min(Swift.max(value, lowest), highest) }

    /// Adds everything `other` counted; buckets exactly.
    public func merge(_ other: TrendSink) {
        histogram.merge(other.histogram)
        sum += other.sum
        invalid += other.invalid
        if other.count > 0 {
            extend(to: other.lowest)
            extend(to: other.highest)
        }
    }

    /// A sink of its own with the same counts, for readers that outlive the next packet.
    public func copy() -> TrendSink {
        let copy = TrendSink()
        copy.merge(self)
        return copy
    }

    func absorb(_ delta: IntervalPacket.TrendDelta) {
        sum += delta.sum
        invalid += delta.invalid
        if delta.zeros > 0 {
            histogram.addZeros(UInt64(delta.zeros))
            extend(to: 0)
        }
        if delta.count > 0 {
            extend(to: delta.min)
            extend(to: delta.max)
        }
    }

    public var memoryBytes: Int { histogram.memoryBytes + 80 }
}

/// The sums of one series.
public enum Sink {
    case counter(CounterSink)
    case gauge(GaugeSink)
    case rate(RateSink)
    case trend(TrendSink)

    public init(_ kind: MetricKind) {
        switch kind {
        case .counter: self = .counter(CounterSink())
        case .gauge: self = .gauge(GaugeSink())
        case .rate: self = .rate(RateSink())
        case .trend: self = .trend(TrendSink())
        }
    }

    /// Whether no (valid) sample was counted.
    public var isEmpty: Bool {
        switch self {
        case .counter(let sink): sink.count == 0
        case .gauge(let sink): sink.count == 0
        case .rate(let sink): sink.count == 0
        case .trend(let sink): sink.count == 0
        }
    }

    /// Adds what another sink of the same kind counted.
    public mutating func merge(_ other: Sink) {
        switch (self, other) {
        case (.counter(var counter), .counter(let more)):
            counter.merge(more)
            self = .counter(counter)
        case (.gauge(var gauge), .gauge(let more)):
            gauge.merge(more)
            self = .gauge(gauge)
        case (.rate(var rate), .rate(let more)):
            rate.merge(more)
            self = .rate(rate)
        case (.trend(let trend), .trend(let more)): trend.merge(more)
        default: preconditionFailure("sinks of different kinds were merged")
        }
    }
}
