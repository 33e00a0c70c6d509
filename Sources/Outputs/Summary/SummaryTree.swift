// Checks and groups of a summary, from the series a run has kept for it: the tree over the whole run, checks
// in the order they were first seen, and in full mode the numbers of each group and scenario. The CLI demands
// the series at set-up (`demandSeries`) and builds the tree at the end.

import Codec
import Metrics

public struct SummaryTree: Equatable, Sendable {
    public private(set) var rootGroup: SummaryGroup
    /// In first-seen order, those of one name merged over all groups.
    public private(set) var checks: [SummaryCheck]
    /// Full mode: the groups of the scenario "default", and every other scenario.
    public private(set) var groups: [SummaryScope]
    public private(set) var scenarios: [SummaryScope]

    private static let defaultScenario = "default"
    /// What k6 keeps out of the numbers of groups.
    private static let lifecycleGroups: Set<String> = ["::setup", "::teardown"]

    /// Has the run keep what the tree is made of. Run and test tags do not multiply these series.
    /// - Parameter hasGroups: whether there can be groups and checks at all: scripts.
    public static func demandSeries(in demand: inout SeriesDemand, mode: SummaryMode, hasGroups: Bool) {
        if hasGroups {
            demand.keep(["check", "group"], for: Builtin.checks)
            demand.keep(["group"], for: Builtin.groupDuration)
        }
        if mode == .full { demand.keep(hasGroups ? ["group", "scenario"] : ["scenario"]) }
    }

    /// - Parameters:
    ///   - series: all of a run's, in any order.
    ///   - stats: of trends.
    ///   - durationNs: of the run.
    public init(series: [Series], mode: SummaryMode, stats: [String], durationNs: Int64) {
        let root = GroupNode(name: "", path: "")
        let merged = GroupNode(name: "", path: "")
        let defaultScope = ScopeNode(name: SummaryTree.defaultScenario)
        var others: [ScopeNode] = []
        // Of two made at the same time the one that came in first is first.
        let ordered = series.enumerated().sorted {
            ($0.element.made, $0.offset) < ($1.element.made, $1.offset)
        }
        for (_, one) in ordered where !one.isEmpty {
            guard case .tagged = one.key.scope else { continue }
            let group = one.tag("group")
            let path = group ?? ""
            let check = one.key.metric == Builtin.checks ? one.tag("check") : nil
            if let check, case .rate(let rate) = one.cumulative {
                // Without the system tag a check has no place in the tree.
                if group != nil { root.node(at: path).add(check: check, rate) }
                merged.add(check: check, rate)
            } else if one.key.metric == Builtin.groupDuration {
                // A group without checks is one all the same.
                _ = root.node(at: path)
            }
            if mode != .full || SummaryTree.lifecycleGroups.contains(path) { continue }
            let scenario = one.tag("scenario") ?? SummaryTree.defaultScenario
            if scenario == SummaryTree.defaultScenario {
                if !path.isEmpty { defaultScope.scope(at: path).add(one, check: check) }
                continue
            }
            let scope: ScopeNode
            if let known = others.first(where: { $0.name == scenario }) {
                scope = known
            } else {
                scope = ScopeNode(name: scenario)
                others.append(scope)
            }
            scope.add(one, check: check)
            if !path.isEmpty { scope.scope(at: path).add(one, check: check) }
        }
        rootGroup = root.group()
        checks = merged.checks
        groups = defaultScope.groups.map { $0.summary(stats, durationNs) }
        scenarios = others.map { $0.summary(stats, durationNs) }
    }
}

extension Series {
    fileprivate func tag(_ key: String) -> String? { tags.first { $0.key == key }?.value }
}

/// The names in "::outer::inner", or in "outer::inner", as scripts may call a group themselves.
private func names(in path: String) -> [Substring] {
    var names: [Substring] = []
    var rest = path[...]
    if !path.isEmpty, !path.hasPrefix("::") { rest = "::" + rest }
    while rest.hasPrefix("::") {
        rest = rest.dropFirst(2)
        let end = rest.firstRange(of: "::")?.lowerBound ?? rest.endIndex
        names.append(rest[..<end])
        rest = rest[end...]
    }
    return names
}

/// A group of the whole run while the tree grows.
private final class GroupNode {
    let name: String
    let path: String
    private(set) var checks: [SummaryCheck] = []
    private var places: [String: Int] = [:]
    private var children: [GroupNode] = []

    init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    func node(at path: String) -> GroupNode {
        var node = self
        for name in names(in: path) { node = node.child(String(name)) }
        return node
    }

    private func child(_ name: String) -> GroupNode {
        if let known = children.first(where: { $0.name == name }) { return known }
        let child = GroupNode(name: name, path: "\(path)::\(name)")
        children.append(child)
        return child
    }

    func add(check name: String, _ rate: RateSink) {
        if let place = places[name] {
            checks[place].passes += rate.passes
            checks[place].fails += rate.fails
            return
        }
        places[name] = checks.count
        let path = "\(path)::\(name)"
        checks.append(
            SummaryCheck(
                name: name, path: path, id: Self.id(path), passes: rate.passes, fails: rate.fails))
    }

    func group() -> SummaryGroup {
        SummaryGroup(
            name: name, path: path, id: Self.id(path), groups: children.map { $0.group() }, checks: checks)
    }

    /// k6's number of a path. Empty where this machine's OpenSSL refuses MD5: nothing depends on it.
    private static func id(_ path: String) -> String {
        (Digest.md5.hash(Array(path.utf8)) ?? []).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
    }
}

/// The numbers of one group or scenario while they are added up.
private final class ScopeNode {
    let name: String
    private(set) var groups: [ScopeNode] = []
    private var sinks: [(definition: MetricDefinition, sink: Sink)] = []
    private var places: [MetricID: Int] = [:]
    private let checks = GroupNode(name: "", path: "")

    init(name: String) { self.name = name }

    func scope(at path: String) -> ScopeNode {
        var node = self
        for name in names(in: path) {
            if let known = node.groups.first(where: { $0.name == name }) {
                node = known
            } else {
                let child = ScopeNode(name: String(name))
                node.groups.append(child)
                node = child
            }
        }
        return node
    }

    func add(_ series: Series, check: String?) {
        if let check, case .rate(let rate) = series.cumulative { checks.add(check: check, rate) }
        if let place = places[series.definition.id] {
            sinks[place].sink.merge(series.cumulative)
            return
        }
        places[series.definition.id] = sinks.count
        sinks.append((series.definition, Sink(series.definition.kind)))
        sinks[sinks.count - 1].sink.merge(series.cumulative)
    }

    func summary(_ stats: [String], _ durationNs: Int64) -> SummaryScope {
        SummaryScope(
            name: name,
            metrics: sinks.map {
                SummaryMetric(
                    name: $0.definition.name, definition: $0.definition, sink: $0.sink, stats: stats,
                    durationNs: durationNs)
            }, checks: checks.checks, groups: groups.map { $0.summary(stats, durationNs) })
    }
}
