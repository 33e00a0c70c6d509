// What an interval added, as points for InfluxDB: counters as sums, trends as values of equal weight, rates
// as the number of passes, gauges as they stood last. Used by the InfluxDB output: above its budget for all
// metrics, always for those that have no raw samples.

import Base
import Metrics

struct InfluxSums {
    private var groups: SeriesGroups
    private let fields: [String: InfluxConfiguration.FieldKind]
    /// By group.
    private var parts: [LineParts] = []
    /// By metric.
    private var weights: [MetricID: Representatives.Weight] = [:]

    init(fields: [String: InfluxConfiguration.FieldKind]) {
        self.fields = fields
        groups = SeriesGroups { !$0.value.isEmpty && fields[$0.key] == nil }
    }

    /// - Parameter isWanted: which metrics.
    mutating func append(
        _ interval: SeriesInterval, _ measurements: [[UInt8]], into body: inout LineWriter,
        where isWanted: (MetricDefinition) -> Bool
    ) {
        let metrics = groups.groups(of: interval, where: isWanted)
        while parts.count < groups.tags.count {
            parts.append(LineParts(groups.tags[parts.count], fields: fields))
        }
        let lengthNs = max(interval.toWallNs - interval.fromWallNs, 1)
        let middleNs = interval.fromWallNs + lengthNs / 2
        for (metric, series) in metrics {
            let name = measurements[metric.id.index]
            let counts = series.map(\.sink.count)
            let weight = weights[metric.id, default: .init()].next(
                total: counts.reduce(0, +), most: Limits.influxRepresentatives, lengthNs: lengthNs)
            let shares = Representatives.shares(of: counts, weight: weight)
            for (one, share) in zip(series, shares) {
                let parts = parts[one.number]
                switch one.sink {
                case .counter(let sink): body.append(name, parts, sink.sum, time: middleNs)
                case .gauge(let sink):
                    let atNs = interval.fromWallNs + (sink.at - interval.from)
                    body.append(name, parts, sink.value, time: atNs)
                case .rate(let sink):
                    let rate = LineParts.number(sink.rate)
                    body.append(name, parts, Double(sink.passes), time: middleNs, extra: "rate=\(rate),")
                case .trend(let sink):
                    if share == 0 { continue }
                    for (index, value) in Representatives.values(of: sink, number: share).enumerated() {
                        let place = Representatives.place(index, of: share)
                        let atNs = interval.fromWallNs + Int64(place * Double(lengthNs))
                        body.append(name, parts, value, time: atNs)
                    }
                }
            }
        }
    }
}
