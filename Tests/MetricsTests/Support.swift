// What the tests of this module share: distributions from a seed, k6's percentile computed the plain way from
// sorted values, and a rig of shards around one aggregate.

import Base

@testable import Metrics

enum Distribution: CaseIterable {
    case constant, uniform, logUniform, logNormal, mostlyZero, signed, twoPeaks, tiny, huge

    func values(_ count: Int, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in sample(&random) }
    }

    private func sample(_ random: inout SeededRandom) -> Double {
        switch self {
        case .constant: 12.34
        case .uniform: random.unit() * 100
        case .logUniform: power(random.unit() * 20 - 6)
        case .logNormal: bell(&random, median: 5, octaves: 0.8)
        case .mostlyZero: random.unit() < 0.8 ? 0 : random.unit()
        case .signed: (random.unit() - 0.5) * 40
        case .twoPeaks: random.unit() < 0.9 ? 1 + random.unit() * 0.01 : 5_000 + random.unit()
        case .tiny: (random.unit() + 0.001) * 1e-15
        case .huge: (random.unit() + 0.001) * 1e18
        }
    }
}

/// 2 to the power of `x`, near enough: between powers of two it runs straight.
func power(_ x: Double) -> Double {
    let whole = x.rounded(.down)
    return Double(sign: .plus, exponent: Int(whole), significand: 1 + (x - whole))
}

/// A bell of twelve uniform draws over octaves around `median`.
func bell(_ random: inout SeededRandom, median: Double, octaves: Double) -> Double {
    let draw = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
    return median * power(draw * octaves)
}

/// k6's rule on all values: x = N/100·(n−1), linear between its neighbours.
func exactPercentile(_ percent: Double, _ sorted: [Double]) -> Double {
    if sorted.isEmpty { return 0 }
    let x = percent / 100 * Double(sorted.count - 1)
    let below = sorted[Int(x.rounded(.down))]
    let above = sorted[Int(x.rounded(.up))]
    return below + (above - below) * (x - x.rounded(.down))
}

/// Shards around an aggregate, with an interval's edge every second.
struct Rig {
    let registry: MetricRegistry
    let shards: [Shard]
    let aggregate: Aggregate
    private var now: Int64 = 1

    init(
        shards count: Int = 1, registry: MetricRegistry = MetricRegistry(),
        demand: SeriesDemand = SeriesDemand(), seriesMax: Int = Limits.seriesMax
    ) {
        self.registry = registry
        shards = (0..<count).map {
            Shard(index: $0, registry: registry, demand: demand, start: Instant(ns: 1), seriesMax: seriesMax)
        }
        aggregate = Aggregate(registry: registry, demand: demand, seriesMax: seriesMax)
    }

    /// Ends an interval: every shard's packet is absorbed and goes home.
    @discardableResult
    mutating func edge() -> Snapshot {
        now += Ns.perSecond
        for shard in shards {
            let packet = shard.takeInterval(to: Instant(ns: now))
            aggregate.absorb(packet)
            shard.recycle(packet)
        }
        return aggregate.closeInterval(at: Instant(ns: now))
    }

    func trend(_ metric: MetricID) -> TrendSink { Self.trend(aggregate.total(metric).cumulative)! }

    static func trend(_ sink: Sink?) -> TrendSink? {
        if case .trend(let trend)? = sink { trend } else { nil }
    }

    static func counter(_ sink: Sink?) -> CounterSink? {
        if case .counter(let counter)? = sink { counter } else { nil }
    }

    static func rate(_ sink: Sink?) -> RateSink? {
        if case .rate(let rate)? = sink { rate } else { nil }
    }

    static func gauge(_ sink: Sink?) -> GaugeSink? {
        if case .gauge(let gauge)? = sink { gauge } else { nil }
    }
}

func buckets(_ histogram: Histogram) -> [HistogramBucket] {
    var all: [HistogramBucket] = []
    histogram.forEachBucket { all.append($0) }
    return all
}
