// The tree of groups, checks and scopes built from series, against k6: the samples of a real run go through
// shards and the aggregate, and what comes out must be what k6 made of them.

import Base
import Foundation
import Metrics
import Testing

@testable import Outputs

@Suite struct SummaryTreeTests {
    private let golden = Golden("tree-full")

    /// The run's samples, counted by as many workers.
    private func aggregate(workers: Int, mode: SummaryMode = .full, keepsAllTags: Bool = false) throws
        -> Aggregate
    {
        let points = golden.fixture["points"] as! [[Any]]
        var registry = MetricRegistry()
        for (name, body) in golden.data["metrics"] as! [String: [String: Any]] where !name.contains("{") {
            let kind = MetricKind.allCases.first { "\($0)" == body["type"] as! String }!
            let contains = MetricContains.allCases.first { "\($0)" == body["contains"] as! String }!
            try registry.register(name, kind, contains)
        }
        var demand = SeriesDemand()
        demand.keepsAllTags = keepsAllTags
        SummaryTree.demandSeries(in: &demand, mode: mode, hasGroups: true)
        let shards = (0..<workers).map {
            Shard(index: $0, registry: registry, demand: demand, start: Instant(ns: 1))
        }
        let aggregate = Aggregate(registry: registry, demand: demand)
        for (index, point) in points.enumerated() {
            let tags = (point[2] as! [String: String]).map { MetricTag($0.key, $0.value) }
            let recorder = SampleRecorder(shards[index % workers])
            let metric = registry.find(point[0] as! String)!.id
            recorder.record(
                metric, recorder.tagSet(tags), point[1] as! Double, at: Instant(ns: Int64(index) + 2), vu: 1,
                iteration: 0)
            // Now and then an interval ends, so that series come up in several packets.
            if index % 50 == 49 { absorb(shards, aggregate, at: index) }
        }
        absorb(shards, aggregate, at: points.count)
        return aggregate
    }

    private func absorb(_ shards: [Shard], _ aggregate: Aggregate, at index: Int) {
        for shard in shards {
            let packet = shard.takeInterval(to: Instant(ns: Int64(index) + 3))
            aggregate.absorb(packet)
            shard.recycle(packet)
        }
    }

    @Test("checks and groups stand in the order they came up, whichever worker's packet comes first")
    func orderOfWorkers() {
        var demand = SeriesDemand()
        SummaryTree.demandSeries(in: &demand, mode: .full, hasGroups: true)
        let registry = MetricRegistry()
        let shards = (0..<2).map {
            Shard(index: $0, registry: registry, demand: demand, start: Instant(ns: 1))
        }
        for (name, worker) in [("first", 1), ("second", 0), ("third", 1), ("first", 0)] {
            let recorder = SampleRecorder(shards[worker])
            let tags = [
                MetricTag("check", name), MetricTag("group", "::g \(name)"), MetricTag("scenario", name),
            ]
            recorder.record(
                Builtin.checks, recorder.tagSet(tags), 1, at: Instant(ns: 2), vu: 1, iteration: 0)
        }
        let aggregate = Aggregate(registry: registry, demand: demand)
        absorb(shards, aggregate, at: 1)
        let tree = tree(aggregate)
        #expect(tree.checks.map(\.name) == ["first", "second", "third"])
        #expect(tree.rootGroup.groups.map(\.name) == ["g first", "g second", "g third"])
        #expect(tree.scenarios.map(\.name) == ["first", "second", "third"])
    }

    @Test("a group that a script calls without colons has its name")
    func ownGroup() {
        var demand = SeriesDemand()
        SummaryTree.demandSeries(in: &demand, mode: .full, hasGroups: true)
        let registry = MetricRegistry()
        let shard = Shard(index: 0, registry: registry, demand: demand, start: Instant(ns: 1))
        let recorder = SampleRecorder(shard)
        let tags = [MetricTag("group", "mine::inner"), MetricTag("scenario", "s")]
        recorder.record(Builtin.httpReqs, recorder.tagSet(tags), 1, at: Instant(ns: 2), vu: 1, iteration: 0)
        let aggregate = Aggregate(registry: registry, demand: demand)
        absorb([shard], aggregate, at: 1)
        let scopes = tree(aggregate).scenarios
        #expect(scopes.map(\.name) == ["s"])
        #expect(scopes[0].groups.map(\.name) == ["mine"])
        #expect(scopes[0].groups[0].groups.map(\.name) == ["inner"])
    }

    private func tree(_ aggregate: Aggregate, _ mode: SummaryMode = .full) -> SummaryTree {
        SummaryTree(
            series: aggregate.series, mode: mode, stats: ["avg", "min", "max", "count"],
            durationNs: golden.input.durationNs)
    }

    /// k6 walks a map where we keep the order of the code.
    private func sorted(_ group: SummaryGroup) -> SummaryGroup {
        var group = group
        group.groups = group.groups.map(sorted).sorted { $0.name < $1.name }
        group.checks.sort { $0.name < $1.name }
        return group
    }

    private func inOrder(_ scopes: [SummaryScope], of other: [SummaryScope]) -> [SummaryScope] {
        scopes.sorted { a, b in
            let place = { (name: String) in other.firstIndex { $0.name == name } ?? other.count }
            return place(a.name) < place(b.name)
        }.map { scope in
            var scope = scope
            scope.groups = inOrder(
                scope.groups, of: other.first { $0.name == scope.name }?.groups ?? [])
            return scope
        }
    }

    @Test("the tree over the whole run is k6's", arguments: [SummaryMode.full, .compact], [1, 3])
    func rootGroup(mode: SummaryMode, workers: Int) throws {
        let tree = tree(try aggregate(workers: workers, mode: mode), mode)
        #expect(sorted(tree.rootGroup) == sorted(golden.input.rootGroup))
        #expect(tree.rootGroup.id == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(tree.scenarios.isEmpty == (mode == .compact))
    }

    @Test("checks come in the order they were first seen, groups as well")
    func order() throws {
        let tree = tree(try aggregate(workers: 1))
        #expect(tree.checks.map(\.name) == golden.fixture["checkOrder"] as! [String])
        #expect(tree.checks.map(\.passes) == golden.input.checks.map(\.passes))
        #expect(tree.checks.map(\.fails) == golden.input.checks.map(\.fails))
        #expect(tree.rootGroup.groups.map(\.name).first == "setup")
        #expect(tree.rootGroup.groups.map(\.name).last == "teardown")
    }

    @Test("the text of full mode is k6's")
    func text() throws {
        let tree = tree(try aggregate(workers: 1))
        var input = golden.input
        input.rootGroup = tree.rootGroup
        input.checks = tree.checks
        input.groups = inOrder(tree.groups, of: input.groups)
        input.scenarios = inOrder(tree.scenarios, of: input.scenarios)
        #expect(SummaryText.render(input) == golden.text)
    }

    @Test("how many workers counted makes no difference but in the order")
    func workers() throws {
        func byName(_ scopes: [SummaryScope]) -> [SummaryScope] {
            scopes.sorted { $0.name < $1.name }.map { scope in
                SummaryScope(
                    name: scope.name, metrics: [], checks: scope.checks.sorted { $0.name < $1.name },
                    groups: byName(scope.groups))
            }
        }
        let (one, four) = (tree(try aggregate(workers: 1)), tree(try aggregate(workers: 4)))
        #expect(byName(one.groups) == byName(four.groups))
        #expect(byName(one.scenarios) == byName(four.scenarios))
    }

    @Test("the JSON forms are k6's")
    func json() throws {
        var input = golden.input
        input.rootGroup = tree(try aggregate(workers: 1)).rootGroup
        let data = Golden.object(Data(SummaryJSON.handleSummaryData(input).utf8))
        let ours = data["root_group"] as! [String: Any]
        let theirs = golden.data["root_group"] as! [String: Any]
        #expect(jsonDifference(byName(ours), byName(theirs)) == nil)
        let export = Golden.object(Data(SummaryJSON.export(input).utf8))
        #expect(jsonDifference(export, Golden.object(Golden.data("tree-full.export.json"))) == nil)
    }

    /// Lists of groups and checks by name: k6's order is a map's.
    private func byName(_ group: [String: Any]) -> [String: Any] {
        var result = group
        let name = { (entry: [String: Any]) in entry["name"] as! String }
        result["groups"] = Dictionary(
            uniqueKeysWithValues: (group["groups"] as! [[String: Any]]).map { (name($0), byName($0)) })
        result["checks"] = Dictionary(
            uniqueKeysWithValues: (group["checks"] as! [[String: Any]]).map { (name($0), $0 as Any) })
        return result
    }

    @Test("an output that keeps all tags does not change the tree")
    func allTags() throws {
        let kept = tree(try aggregate(workers: 1))
        let all = tree(try aggregate(workers: 1, keepsAllTags: true))
        #expect(sorted(all.rootGroup) == sorted(kept.rootGroup))
        #expect(all.checks == kept.checks)
        #expect(Set(all.scenarios.map(\.name)) == Set(kept.scenarios.map(\.name)))
    }

    @Test("run tags and a check's own tags do not multiply series")
    func seriesCount() throws {
        let compact = try aggregate(workers: 2, mode: .compact)
        let checks = compact.series.filter { $0.key.metric == Builtin.checks && !$0.tags.isEmpty }
        #expect(checks.allSatisfy { $0.tags.map(\.key) == ["check", "group"] })
        let all = golden.fixture["points"] as! [[Any]]
        let distinct = Set(
            all.filter { $0[0] as! String == "checks" }.map { point in
                let tags = point[2] as! [String: String]
                return [tags["check"]!, tags["group"]!]
            })
        #expect(checks.count == distinct.count)
    }

    @Test("a run without groups has an empty root")
    func empty() {
        let registry = MetricRegistry()
        let aggregate = Aggregate(registry: registry, demand: SeriesDemand())
        let tree = SummaryTree(series: aggregate.series, mode: .full, stats: [], durationNs: 1)
        #expect(tree.rootGroup.groups.isEmpty && tree.rootGroup.checks.isEmpty)
        #expect(tree.checks.isEmpty && tree.groups.isEmpty && tree.scenarios.isEmpty)
    }
}
