// All metrics of a process on its control thread: absorbs the packets of every shard, exactly, into
// cumulative series, and keeps beside each what the current interval added. Snapshots are views of it for
// thresholds, progress, summary, REST and outputs, all on the same thread.

import Base

/// One series, cumulative and in the last interval. Read on the control thread only.
public final class Series {
    public let key: SeriesKey
    /// What other threads know it by.
    public let identity: SeriesIdentity
    public let definition: MetricDefinition
    /// The tags that set it apart, sorted by key; none for a total.
    public let tags: [MetricTag]
    public internal(set) var cumulative: Sink
    /// What the interval of the last snapshot added; nil when nothing did.
    public internal(set) var interval: Sink?
    /// When the interval began that brought its first sample, and when the one ended that brought its last.
    public internal(set) var from = Instant.never
    public internal(set) var to = Instant.never
    /// When the first shard made it: what tells which of two came first, whoever's packet is absorbed first.
    public internal(set) var made = Instant.distantFuture

    init(number: Int, key: SeriesKey, definition: MetricDefinition, tags: [MetricTag]) {
        identity = SeriesIdentity(number: number, metric: definition, scope: key.scope, tags: tags)
        self.key = key
        self.definition = definition
        self.tags = tags
        cumulative = Sink(definition.kind)
    }

    public var isEmpty: Bool { cumulative.isEmpty }
}

/// All series at an interval's edge. A view: valid until the aggregate absorbs again (`TrendSink.copy` keeps
/// one).
public struct Snapshot {
    /// The interval that `Series.interval` is about.
    public let from: Instant
    public let to: Instant
    /// From 0.
    public let sequence: Int
    /// Totals of metrics in the registry's order, sub-metrics in the demand's order, then kept series as they
    /// came.
    public let series: [Series]
    /// Those of `series` that the interval touched.
    public let touched: [Series]
    /// By shard: packets absorbed so far.
    public let packets: [Int]
}

public final class Aggregate {
    public let registry: MetricRegistry
    public let demand: SeriesDemand
    private let seriesMax: Int
    /// Totals, sub-metrics, then kept series as they came.
    public private(set) var series: [Series] = []
    private var taggedSeries: [SeriesKey: Series] = [:]
    /// By shard, then by the shard's number of the series.
    private var shardSeries: [[Series]] = []
    /// By shard: packets absorbed.
    private var packets: [Int] = []
    private var touched: [Series] = []
    private var intervalFrom = Instant.distantFuture
    private var intervalTo = Instant.never
    private var lastEnd = Instant.never
    private var sequence = 0
    private var overflow = OverflowState.none

    private enum OverflowState { case none, unreported, reported }

    public init(registry: MetricRegistry, demand: SeriesDemand, seriesMax: Int = Limits.seriesMax) {
        self.registry = registry
        self.demand = demand
        self.seriesMax = seriesMax
        for definition in registry.definitions {
            let key = SeriesKey(metric: definition.id, scope: .total)
            series.append(Series(number: series.count, key: key, definition: definition, tags: []))
        }
        for submetric in demand.submetrics {
            let key = SeriesKey(metric: submetric.metric, scope: .submetric(submetric.id))
            series.append(
                Series(
                    number: series.count, key: key, definition: registry[submetric.metric],
                    tags: submetric.tags))
        }
    }

    /// The total of a metric. Always there, possibly empty.
    public func total(_ metric: MetricID) -> Series { series[metric.index] }

    public func submetric(_ id: SubmetricID) -> Series { series[registry.count + id.index] }

    /// True once, after the first sample that found no room for its series: the moment to warn.
    public func takeOverflowWarning() -> Bool {
        guard overflow == .unreported else { return false }
        overflow = .reported
        return true
    }

    // MARK: Absorbing

    /// Adds a packet's counts. Afterwards the packet only carries memory home (`Shard.recycle`).
    public func absorb(_ packet: IntervalPacket) {
        precondition(!packet.isAbsorbed, "a packet is absorbed once")
        define(packet)
        if packet.didOverflow { noteOverflow() }
        extendInterval(packet.from, packet.to)
        let known = shardSeries[packet.shard]
        for delta in packet.trends {
            let series = known[Int(delta.series)]
            touch(series, packet.from, packet.to)
            absorb(delta, into: series, &packet.free, packet.arena)
        }
        for carry in packet.carries {
            for trend in trends(of: known[Int(carry.series)]) {
                trend.histogram.add(
                    IntervalPacket.Carry.amount, bucket: Int(carry.bucket), isNegative: carry.isNegative)
            }
        }
        for delta in packet.counters {
            add(to: known[Int(delta.series)], packet) { sink in
                guard case .counter(var counter) = sink else { return }
                counter.count += delta.count
                counter.sum += delta.sum
                sink = .counter(counter)
            }
        }
        for delta in packet.rates {
            add(to: known[Int(delta.series)], packet) { sink in
                guard case .rate(var rate) = sink else { return }
                rate.count += delta.count
                rate.passes += delta.passes
                sink = .rate(rate)
            }
        }
        for delta in packet.gauges {
            add(to: known[Int(delta.series)], packet) { sink in
                guard case .gauge(var gauge) = sink else { return }
                gauge.merge(
                    count: delta.count, value: delta.value, at: delta.at, lowest: delta.min,
                    highest: delta.max)
                sink = .gauge(gauge)
            }
        }
        packet.isAbsorbed = true
    }

    /// Adds sums made elsewhere, as stored results are, to one series. Totals and sub-metrics do not follow
    /// from others: whoever stored them stored each.
    public func add(_ sink: Sink, to key: SeriesKey, from: Instant, to: Instant) {
        if sink.isEmpty { return }
        let series = find(key)
        extendInterval(from, to)
        touch(series, from, to)
        series.cumulative.merge(sink)
        series.interval!.merge(sink)
    }

    /// Sets a gauge that belongs to no worker (`vus`, `vus_max`), in its total, in matching sub-metrics and,
    /// if outputs keep series of it, in the one of its tags.
    public func record(gauge metric: MetricID, _ value: Double, tags: [MetricTag] = [], at now: Instant) {
        precondition(registry[metric].kind == .gauge, "\(registry[metric].name) is not a gauge")
        var targets = [total(metric)]
        for submetric in demand.submetrics where submetric.metric == metric {
            if submetric.tags.allSatisfy(tags.contains) { targets.append(self.submetric(submetric.id)) }
        }
        if demand.keepsSeries(of: metric) {
            let kept = tags.filter { demand.keeps($0.key, for: metric) }.sorted { $0.key < $1.key }
            targets.append(find(SeriesKey(metric: metric, scope: .tagged(kept))))
        }
        extendInterval(now, now)
        for target in targets {
            touch(target, now, now)
            Self.set(&target.cumulative, value, now)
            if var interval = target.interval {
                Self.set(&interval, value, now)
                target.interval = interval
            }
        }
    }

    private static func set(_ sink: inout Sink, _ value: Double, _ now: Instant) {
        guard case .gauge(var gauge) = sink else {
            preconditionFailure("a gauge's series has a gauge's sink")
        }
        gauge.record(value, at: now)
        sink = .gauge(gauge)
    }

    private func define(_ packet: IntervalPacket) {
        while shardSeries.count <= packet.shard {
            shardSeries.append([])
            packets.append(0)
        }
        packets[packet.shard] += 1
        precondition(
            packet.definitionsFrom == shardSeries[packet.shard].count,
            "packets of a shard are absorbed in order")
        for (key, made) in zip(packet.definitions, packet.definitionsMade) {
            let series = find(key)
            series.made = min(series.made, made)
            shardSeries[packet.shard].append(series)
        }
    }

    private func find(_ key: SeriesKey) -> Series {
        switch key.scope {
        case .total: return total(key.metric)
        case .submetric(let id): return submetric(id)
        case .overflow:
            return taggedSeries[key] ?? add(key, tags: [SeriesKey.overflowTag])
        case .tagged(let tags):
            if let known = taggedSeries[key] { return known }
            if taggedSeries.count < seriesMax { return add(key, tags: tags) }
            noteOverflow()
            return find(SeriesKey(metric: key.metric, scope: .overflow))
        }
    }

    private func add(_ key: SeriesKey, tags: [MetricTag]) -> Series {
        let fresh = Series(
            number: series.count, key: key, definition: registry[key.metric], tags: tags)
        taggedSeries[key] = fresh
        series.append(fresh)
        return fresh
    }

    private func noteOverflow() { if overflow == .none { overflow = .unreported } }

    /// Opens an interval if none is, extends its time range, and has `series` in it.
    private func touch(_ series: Series, _ from: Instant, _ to: Instant) {
        if !series.from.isSet { series.from = from }
        series.to = max(series.to, to)
        if series.interval == nil {
            series.interval = Sink(series.definition.kind)
            touched.append(series)
        }
    }

    /// The first packet or gauge after a snapshot ends that snapshot's life.
    private func extendInterval(_ from: Instant, _ to: Instant) {
        if intervalFrom == .distantFuture {
            for series in touched { series.interval = nil }
            touched.removeAll(keepingCapacity: true)
        }
        intervalFrom = min(intervalFrom, from)
        intervalTo = max(intervalTo, to)
    }

    private func add(to series: Series, _ packet: IntervalPacket, _ change: (inout Sink) -> Void) {
        touch(series, packet.from, packet.to)
        change(&series.cumulative)
        change(&series.interval!)
    }

    private func trends(of series: Series) -> [TrendSink] {
        guard case .trend(let cumulative) = series.cumulative, case .trend(let interval)? = series.interval
        else {
            preconditionFailure("a trend's counts arrived for a series that is no trend")
        }
        return [cumulative, interval]
    }

    private func absorb(
        _ delta: IntervalPacket.TrendDelta, into series: Series, _ free: inout FreeBlocks, _ arena: PageArena
    ) {
        let sinks = trends(of: series)
        for sink in sinks {
            sink.absorb(delta)
            delta.log.forEach { sink.histogram.add(1, bucket: $0, isNegative: $1) }
        }
        free.give(log: delta.log)
        for (window, isNegative) in [(delta.positive, false), (delta.negative, true)] {
            if window.slots == arena.noSlots { continue }
            for slot in 0..<Int(window.count) {
                guard let page = window.slots[slot] else { continue }
                for sink in sinks {
                    sink.histogram.add(page: page, number: Int(window.base) + slot, isNegative: isNegative)
                }
                page.update(repeating: 0, count: HistogramLayout.pageBuckets)
                free.give(page: page)
                window.slots[slot] = nil
            }
            free.give(slots: window.slots, count: Int(window.count))
        }
    }

    // MARK: Snapshots

    /// Ends the interval: everything absorbed since the last call is its delta.
    /// - Parameter now: the interval's end if nothing at all was absorbed.
    public func closeInterval(at now: Instant) -> Snapshot {
        let isEmpty = intervalFrom == .distantFuture
        if isEmpty { extendInterval(lastEnd.isSet ? lastEnd : now, now) }
        let snapshot = Snapshot(
            from: intervalFrom, to: intervalTo, sequence: sequence, series: series, touched: touched,
            packets: packets)
        sequence += 1
        lastEnd = intervalTo
        intervalFrom = .distantFuture
        intervalTo = .never
        return snapshot
    }

    /// Memory held, in bytes: histograms as allocated, the rest estimated.
    public var memoryBytes: Int {
        var bytes = series.count * (160 + 2 * MemoryLayout<SeriesKey>.stride)
        for one in series {
            for case .trend(let trend)? in [one.cumulative, one.interval] { bytes += trend.memoryBytes }
            for tag in one.tags { bytes += MemoryLayout<MetricTag>.stride + tag.value.utf8.count }
        }
        return bytes + shardSeries.reduce(0) { $0 + $1.count * 8 }
    }
}
