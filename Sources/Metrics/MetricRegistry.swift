// The metrics of one run: the built-in ones and those a script creates before the start. A value: filled at
// set-up by the script's metric constructors and the threshold reader, then copied into every shard and the
// aggregate.

public enum MetricError: Error, Equatable, CustomStringConvertible {
    case invalidName(String)
    case otherKind(name: String, existing: MetricKind, wanted: MetricKind)
    case otherContents(name: String, existing: MetricContains, wanted: MetricContains)

    /// What scripts see when a metric's constructor throws, worded as k6 words it.
    public var description: String {
        switch self {
        case .invalidName(let name):
            "Invalid metric name: '\(name)'. Metric names must only include up to 128 ASCII letters, numbers, or"
                + " underscores and start with a letter or an underscore."
        case .otherKind(let name, let existing, let wanted):
            "metric '\(name)' already exists but with type \(existing), instead of \(wanted)"
        case .otherContents(let name, let existing, let wanted):
            "metric '\(name)' already exists but with a value type \(existing), instead of \(wanted)"
        }
    }
}

public struct MetricRegistry: Sendable {
    /// By `MetricID`.
    public private(set) var definitions: [MetricDefinition] = []
    private var numbers: [String: Int32] = [:]

    /// A registry with the built-in metrics.
    public init() {
        for entry in Builtin.table { append(entry.name, entry.kind, entry.contains) }
    }

    public var count: Int { definitions.count }
    public subscript(id: MetricID) -> MetricDefinition { definitions[id.index] }

    public func find(_ name: String) -> MetricDefinition? { numbers[name].map { definitions[Int($0)] } }

    /// The metric of that name, created if it is new. A second registration must agree with the first.
    @discardableResult
    public mutating func register(
        _ name: String, _ kind: MetricKind, _ contains: MetricContains = .plain
    ) throws(MetricError) -> MetricID {
        if let existing = find(name) {
            if existing.kind != kind {
                throw .otherKind(name: name, existing: existing.kind, wanted: kind)
            }
            if existing.contains != contains {
                throw .otherContents(name: name, existing: existing.contains, wanted: contains)
            }
            return existing.id
        }
        if !Self.isValid(name) { throw .invalidName(name) }
        return append(name, kind, contains)
    }

    @discardableResult
    private mutating func append(_ name: String, _ kind: MetricKind, _ contains: MetricContains) -> MetricID {
        let id = MetricID(raw: Int32(definitions.count))
        definitions.append(MetricDefinition(id: id, name: name, kind: kind, contains: contains))
        numbers[name] = id.raw
        return id
    }

    /// k6's rule: a letter or underscore, then 1 to 128 letters, digits or underscores, all ASCII.
    public static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (2...129).contains(bytes.count), !(48...57).contains(bytes[0]) else { return false }
        return bytes.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
        }
    }
}
