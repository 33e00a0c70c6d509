// The series of an interval as an output tells them apart: by its own choice of tags, whatever other outputs
// had kept. Used by the InfluxDB and StatsD outputs.

import Metrics

/// The series of one metric that an output shows as one.
struct SeriesGroup {
    /// Dense, from 0, the same in every interval.
    var number: Int
    var sink: Sink
}

struct SeriesGroups {
    private struct Key: Hashable {
        var metric: MetricID
        var tags: [MetricTag]
    }

    /// Which tags an output shows; the others are left out.
    private let shows: (MetricTag) -> Bool
    private var numbers: [Key: Int] = [:]
    /// By series number.
    private var groupOfSeries: [Int] = []
    /// By group.
    private(set) var tags: [[MetricTag]] = []

    init(shows: @escaping (MetricTag) -> Bool) { self.shows = shows }

    /// What the interval added to the metrics that are wanted, each with its groups.
    mutating func groups(
        of interval: SeriesInterval, where isWanted: (MetricDefinition) -> Bool
    ) -> [(metric: MetricDefinition, groups: [SeriesGroup])] {
        var found: [MetricID: [SeriesGroup]] = [:]
        var metrics: [MetricDefinition] = []
        /// By group: its place among its metric's, and whether its sink is a sum made here.
        var places: [Int: (at: Int, isSum: Bool)] = [:]
        for delta in interval.deltas where delta.series.isTagged && isWanted(delta.series.metric) {
            let metric = delta.series.metric
            if found[metric.id] == nil { metrics.append(metric) }
            let number = group(of: delta.series)
            if let (at, isSum) = places[number] {
                if !isSum {
                    // Not into a sink that others read as well.
                    var sum = Sink(metric.kind)
                    sum.merge(found[metric.id]![at].sink)
                    found[metric.id]![at].sink = sum
                    places[number]!.isSum = true
                }
                found[metric.id]![at].sink.merge(delta.sink)
            } else {
                places[number] = (found[metric.id]?.count ?? 0, false)
                found[metric.id, default: []].append(SeriesGroup(number: number, sink: delta.sink))
            }
        }
        return metrics.map { ($0, found[$0.id]!) }
    }

    /// Metrics of our own have no raw samples, and a server made for k6's does not expect them.
    static func isOfK6(_ metric: MetricDefinition) -> Bool {
        metric.id != Builtin.startLateness && metric.id != Builtin.responseTime
    }

    private mutating func group(of series: SeriesIdentity) -> Int {
        while groupOfSeries.count <= series.number { groupOfSeries.append(-1) }
        if groupOfSeries[series.number] >= 0 { return groupOfSeries[series.number] }
        let key = Key(metric: series.metric.id, tags: series.tags.filter(shows))
        let number = numbers[key] ?? tags.count
        if number == tags.count {
            numbers[key] = number
            tags.append(key.tags)
        }
        groupOfSeries[series.number] = number
        return number
    }
}

extension Sink {
    /// Samples counted.
    var count: UInt64 {
        switch self {
        case .counter(let sink): UInt64(sink.count)
        case .gauge(let sink): UInt64(sink.count)
        case .rate(let sink): UInt64(sink.count)
        case .trend(let sink): sink.count
        }
    }
}
