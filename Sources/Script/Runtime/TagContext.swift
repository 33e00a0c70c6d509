// The tags every sample of a VU carries at a moment: scenario, group, the scenario's own tags and those the
// script set. Interned per worker, so that a context is compared by its number and what depends on it is
// looked up once.

import Base
import Engine
import Metrics

final class TagContext {
    let number: Int32
    /// nil in setup and teardown.
    let scenario: String?
    let group: String
    /// Tags of the scenario and `exec.vu.tags`.
    let extra: [String: String]
    /// `exec.vu.metrics.metadata`, beside the tags of raw samples.
    let metadata: [String: String]
    /// Contexts reached from here by entering a group.
    fileprivate var groups: [String: TagContext] = [:]
    /// What the worker's recorder makes of it, once it was asked.
    var samples: SampleTagSet?

    init(
        number: Int32, scenario: String?, group: String, extra: [String: String],
        metadata: [String: String] = [:]
    ) {
        self.number = number
        self.scenario = scenario
        self.group = group
        self.extra = extra
        self.metadata = metadata
    }
}

/// One worker's contexts. Those who are in one do not hold it: a context stays until it is forgotten with
/// `keep(only:)`, which is told all that are in use.
final class TagContexts {
    private struct Key: Hashable {
        var scenario: String?
        var group: String
        var extra: [String: String]
        var metadata: [String: String]
    }

    private var known: [Key: TagContext] = [:]
    /// Numbers are never used again: what is remembered by number may outlive a context.
    private var nextNumber: Int32 = 1
    private(set) var root: TagContext
    /// Contexts with metadata.
    private var metadataCount = 0
    private var saidMetadata = false

    init() {
        root = TagContext(number: 0, scenario: nil, group: "", extra: [:])
        known[Key(scenario: nil, group: "", extra: [:], metadata: [:])] = root
    }

    func find(
        scenario: String?, group: String, extra: [String: String], metadata: [String: String] = [:]
    ) -> TagContext {
        let key = Key(scenario: scenario, group: group, extra: extra, metadata: metadata)
        if let context = known[key] { return context }
        let context = TagContext(
            number: nextNumber, scenario: scenario, group: group, extra: extra, metadata: metadata)
        nextNumber += 1
        known[key] = context
        return context
    }

    /// There are so many that those nobody is in should go.
    @inline(__always) var isFull: Bool { known.count > keptMax }
    private var keptMax = Limits.scriptContextsKeptMax

    /// Forgets all contexts but the root and those in `used`. Scripts that set a tag anew in each iteration
    /// never come back to most.
    func keep(only used: [TagContext]) {
        var kept = Set(used.map(ObjectIdentifier.init))
        kept.insert(ObjectIdentifier(root))
        known = known.filter { kept.contains(ObjectIdentifier($0.value)) }
        for context in known.values { context.groups = [:] }
        // Thousands of VUs may be in one each: looking again each time would find the same.
        keptMax = max(Limits.scriptContextsKeptMax, known.count * 2)
    }

    /// The context inside a group of `context`.
    func entering(_ name: String, from context: TagContext) -> TagContext {
        if let inner = context.groups[name] { return inner }
        // A group without a name at the root is the root itself; kept in itself it would never be freed.
        if context.group.isEmpty, name.isEmpty { return context }
        let inner = find(
            scenario: context.scenario, group: context.group + "::" + name, extra: context.extra,
            metadata: context.metadata)
        context.groups[name] = inner
        return inner
    }

    /// The same place with other custom tags.
    func retagged(_ context: TagContext, _ extra: [String: String]) -> TagContext {
        find(scenario: context.scenario, group: context.group, extra: extra, metadata: context.metadata)
    }

    /// The same tags in a place that is called otherwise: `key` is "group" or "scenario".
    func renamed(_ context: TagContext, _ key: String, _ value: String) -> TagContext {
        find(
            scenario: key == "scenario" ? value : context.scenario,
            group: key == "group" ? value : context.group, extra: context.extra, metadata: context.metadata)
    }

    /// Whether to say so, once.
    func takeMetadataWarning() -> Bool {
        defer { saidMetadata = true }
        return !saidMetadata
    }

    /// The same place with other metadata; nil when there are too many of them already.
    func annotated(_ context: TagContext, _ metadata: [String: String]) -> TagContext? {
        let key = Key(
            scenario: context.scenario, group: context.group, extra: context.extra, metadata: metadata)
        if known[key] == nil, !metadata.isEmpty {
            if metadataCount >= Limits.scriptMetadataMax { return nil }
            metadataCount += 1
        }
        return find(
            scenario: context.scenario, group: context.group, extra: context.extra, metadata: metadata)
    }
}
