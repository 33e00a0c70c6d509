// The series of an interval as an output tells them apart: many that it shows as one are summed up, and the
// interval's own sums stay as they were for the next output.

import Base
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct SeriesGroupsTests {
    /// Samples with values 1, 2, … in each of `series` series that differ only by "url".
    private func interval(series: Int) -> SeriesInterval {
        let registry = MetricRegistry()
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        let shard = Shard(index: 0, registry: registry, demand: demand, start: Instant(ns: 1))
        for index in 0..<series {
            let tags = shard.tagSet([MetricTag("status", "200"), MetricTag("url", "http://h/\(index)")])
            let value = Double(index + 1)
            shard.record(Builtin.httpReqs, tags, value, at: Instant(ns: 5))
            shard.record(Builtin.httpReqDuration, tags, value, at: Instant(ns: 5))
            shard.record(Builtin.httpReqFailed, tags, index % 2 == 0 ? 1 : 0, at: Instant(ns: 5))
        }
        let aggregate = Aggregate(registry: registry, demand: demand)
        aggregate.absorb(shard.takeInterval(to: Instant(ns: Ns.perSecond)))
        let snapshot = aggregate.closeInterval(at: Instant(ns: Ns.perSecond))
        return SeriesInterval(snapshot, wallOffsetNs: 0)
    }

    @Test("series that differ by what is not shown are one", arguments: [1, 2, 3, 40])
    func sums(series: Int) throws {
        let interval = interval(series: series)
        var groups = SeriesGroups { $0.key != "url" }
        // Twice: the first reader must not add to what the second one reads.
        for _ in 0..<2 {
            let found = groups.groups(of: interval, where: SeriesGroups.isOfK6)
            #expect(found.count == 3 && groups.tags.count == 3)
            for (metric, groups) in found {
                let group = try #require(groups.first)
                #expect(groups.count == 1 && group.sink.count == UInt64(series), "\(metric.name)")
                switch group.sink {
                case .counter(let sink): #expect(sink.sum == Double(series * (series + 1) / 2))
                case .trend(let sink): #expect(sink.min == 1 && sink.max == Double(series))
                case .rate(let sink): #expect(sink.passes == Int64((series + 1) / 2))
                case .gauge: Issue.record("no gauge was recorded")
                }
            }
        }
    }
}
