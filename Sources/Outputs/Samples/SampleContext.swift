// What outputs of raw samples know of a run before it starts, and what stands beside a sample's tags. Used by
// the JSON and CSV outputs.

import Metrics

/// What a JSON or CSV output knows of the run before it starts.
public struct SampleContext: Sendable {
    public var registry: MetricRegistry
    public var submetrics: [Submetric]
    /// The thresholds of each metric's total, by its name.
    public var thresholds: [String: [ThresholdRule]]
    public var systemTags: Set<String>

    public init(
        registry: MetricRegistry, submetrics: [Submetric], thresholds: [ThresholdDeclaration],
        systemTags: Set<String>
    ) {
        self.registry = registry
        self.submetrics = submetrics
        self.thresholds = [:]
        for declaration in thresholds { self.thresholds[declaration.key, default: []] += declaration.rules }
        self.systemTags = systemTags
    }
}

/// k6's metadata of a sample: its VU and iteration if those system tags are on, and what a script has added.
struct SampleMetadata {
    private let showsVU: Bool
    private let showsIteration: Bool
    /// By tag set of the chunk in hand; empty while no set has any.
    private var own: [[MetricTag]] = []

    init(systemTags: Set<String>) {
        showsVU = systemTags.contains("vu")
        showsIteration = systemTags.contains("iter")
    }

    mutating func prepare(_ chunk: SampleChunk) {
        own.removeAll(keepingCapacity: true)
        if chunk.tags.contains(where: { !$0.metadata.isEmpty }) { own = chunk.tags.map(\.metadata) }
    }

    @inline(__always) func isNeeded(_ record: SampleRecord) -> Bool {
        showsVU && record.vu > 0 || showsIteration && record.iteration >= 0
            || !own.isEmpty && !own[Int(record.tags)].isEmpty
    }

    /// Calls `body` with a running number for each entry, sorted by key (k6's order is a map's).
    func forEach(_ record: SampleRecord, _ body: (Int, String, String) -> Void) {
        var entries = own.isEmpty ? [] : own[Int(record.tags)]
        // A script may call its VU something else.
        if showsVU, record.vu > 0, !entries.contains(where: { $0.key == "vu" }) {
            entries.append(MetricTag("vu", String(record.vu)))
        }
        if showsIteration, record.iteration >= 0 {
            set(MetricTag("iter", String(record.iteration)), in: &entries)
        }
        entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, entry) in entries.enumerated() { body(index, entry.key, entry.value) }
    }

    private func set(_ entry: MetricTag, in entries: inout [MetricTag]) {
        entries.removeAll { $0.key == entry.key }
        entries.append(entry)
    }
}
