// Which series a run keeps beyond each metric's total: sub-metrics (thresholds, the summary) and tags that
// outputs want to see. Built at set-up, then copied into every shard and the aggregate. A tag nobody demands
// never becomes part of a series' key, so high-cardinality tags cost nothing unless someone asked.

/// One tag of a sample or series.
public struct MetricTag: Hashable, Sendable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// Number of a sub-metric in its `SeriesDemand`.
public struct SubmetricID: Hashable, Sendable {
    public let raw: Int32

    public init(raw: Int32) { self.raw = raw }
    public var index: Int { Int(raw) }
}

/// A metric narrowed to samples that carry all of `tags`, exactly equal.
public struct Submetric: Hashable, Sendable {
    public let id: SubmetricID
    public let metric: MetricID
    /// "http_req_duration{expected_response:true}".
    public let name: String
    /// What stands between the braces.
    public let suffix: String
    /// Sorted by key, each key once.
    public let tags: [MetricTag]
}

public struct SeriesDemand: Sendable {
    /// By `SubmetricID`.
    public private(set) var submetrics: [Submetric] = []
    /// Outputs that want every series with all its tags set this.
    public var keepsAllTags = false
    /// Tags none of those outputs tells series apart by, such as `url`.
    public var unkeptTags: Set<String> = []
    private var keptEverywhere: Set<String> = []
    private var keptByMetric: [MetricID: Set<String>] = [:]

    /// - Parameter expectedResponse: whether the system tag of that name is on; then k6 always has the
    ///   sub-metric of
    ///   `http_req_duration` for expected responses.
    public init(expectedResponse: Bool = true) {
        if expectedResponse {
            addSubmetric(
                of: Builtin.httpReqDuration, named: "http_req_duration", suffix: "expected_response:true",
                tags: [MetricTag("expected_response", "true")])
        }
    }

    /// Demands a sub-metric; the same metric and suffix again is the same sub-metric. Of a key given twice
    /// the last value counts.
    @discardableResult
    public mutating func addSubmetric(
        of metric: MetricID, named metricName: String, suffix: String, tags: [MetricTag]
    ) -> SubmetricID {
        let name = "\(metricName){\(suffix)}"
        if let known = submetrics.first(where: { $0.metric == metric && $0.name == name }) { return known.id }
        var values: [String: String] = [:]
        for tag in tags { values[tag.key] = tag.value }
        let sorted = values.map { MetricTag($0.key, $0.value) }.sorted { $0.key < $1.key }
        let id = SubmetricID(raw: Int32(submetrics.count))
        submetrics.append(Submetric(id: id, metric: metric, name: name, suffix: suffix, tags: sorted))
        return id
    }

    /// Demands series of `metric` (nil: of every metric) told apart by these tags.
    public mutating func keep(_ keys: some Sequence<String>, for metric: MetricID? = nil) {
        if let metric {
            keptByMetric[metric, default: []].formUnion(keys)
        } else {
            keptEverywhere.formUnion(keys)
        }
    }

    /// Whether samples need this tag at all; callers may skip forming its value otherwise.
    public func wants(_ key: String) -> Bool {
        keeps(key) || submetrics.contains { $0.tags.contains { $0.key == key } }
    }

    /// Whether the tag, with any value, is part of the key of some series.
    func keeps(_ key: String) -> Bool {
        keepsUnasked(key) || keptEverywhere.contains(key)
            || keptByMetric.values.contains { $0.contains(key) }
    }

    /// Whether `metric` has series beside its total and sub-metrics.
    func keepsSeries(of metric: MetricID) -> Bool {
        keepsAllTags || !keptEverywhere.isEmpty || keptByMetric[metric] != nil
    }

    func keeps(_ key: String, for metric: MetricID) -> Bool {
        keepsUnasked(key) || keptEverywhere.contains(key) || keptByMetric[metric]?.contains(key) == true
    }

    /// Whether the tag is part of a series' key although nobody named it.
    func keepsUnasked(_ key: String) -> Bool { keepsAllTags && !unkeptTags.contains(key) }

    /// Every key that some sub-metric or output asked for by name, sorted.
    var namedKeys: [String] {
        var keys = keptEverywhere
        for kept in keptByMetric.values { keys.formUnion(kept) }
        for submetric in submetrics { keys.formUnion(submetric.tags.lazy.map(\.key)) }
        return keys.sorted()
    }
}

/// Which series a cell or a sink belongs to.
public struct SeriesKey: Hashable, Sendable {
    public enum Scope: Hashable, Sendable {
        /// All samples of the metric.
        case total
        case submetric(SubmetricID)
        /// The samples with exactly these kept tags (sorted by key).
        case tagged([MetricTag])
        /// Samples of series beyond `Limits.seriesMax`.
        case overflow
    }

    public var metric: MetricID
    public var scope: Scope

    public init(metric: MetricID, scope: Scope) {
        self.metric = metric
        self.scope = scope
    }

    /// The tag outputs show on a series of scope `overflow`, and that replaces a kept tag once there are too
    /// many sets.
    public static let overflowTag = MetricTag("apus_overflow", "true")
}
