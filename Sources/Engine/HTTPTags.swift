// What HTTP samples are told apart by: the tags a run wants, those of a request, and which statuses count as
// expected. Values made by whoever requests (fixed iterations, scripts) and read by `HTTPSamples`.

import Metrics

/// Tags of HTTP samples a run wants, by k6's `systemTags`.
public struct HTTPTagging: Sendable {
    public var systemTags: Set<String>
    /// Tags every sample of the run carries.
    public var runTags: [(key: String, value: String)]

    /// A tag `name` of the run stands for the URLs of requests that have no name of their own.
    public var givenName: String? { runTags.last { $0.key == "name" }?.value }

    /// k6's default system tags.
    public static let systemTagsDefault: Set<String> = [
        "proto", "subproto", "status", "method", "url", "name", "group", "check", "error", "error_code",
        "tls_version", "scenario", "service", "expected_response",
    ]

    /// What is known of a request's tags before it is sent, for `DebugTransport`: as in k6 neither method nor
    /// URL.
    /// - Parameters:
    ///   - scenario: nil in setup and teardown.
    ///   - own: tags set by hand, which replace the others.
    public func loggedTags(scenario: String?, group: String, own: [String: String]) -> [String: String] {
        var tags: [String: String] = [:]
        for tag in runTags { tags[tag.key] = tag.value }
        if systemTags.contains("scenario"), let scenario { tags["scenario"] = scenario }
        if systemTags.contains("group") { tags["group"] = group }
        return tags.merging(own) { $1 }
    }

    public init(systemTags: Set<String> = systemTagsDefault, runTags: [(key: String, value: String)] = []) {
        self.systemTags = systemTags
        self.runTags = runTags
    }
}

/// What tells one kind of response from another, besides its status and error: the request.
public struct RequestTags: Hashable, Sendable {
    public var method: String
    public var url: String
    public var name: String
    /// nil in setup and teardown, which belong to none.
    public var scenario: String?
    public var group: String
    public var extra: [String: String]
    /// What a script has put beside the tags; only raw samples show it.
    public var metadata: [String: String]
    /// Which statuses are expected: 0 for k6's 200 to 399, -1 for no judgement at all (then there is neither
    /// `http_req_failed` nor `expected_response`), else what `HTTPSamples.expectation(of:)` returned.
    public var expectation: Int32

    public init(
        method: String, url: String, name: String, scenario: String?, group: String = "",
        extra: [String: String] = [:], metadata: [String: String] = [:], expectation: Int32 = 0
    ) {
        self.method = method
        self.url = url
        self.name = name
        self.scenario = scenario
        self.group = group
        self.extra = extra
        self.metadata = metadata
        self.expectation = expectation
    }
}

/// Statuses a script expects (`http.expectedStatuses`). Equal when they accept the same.
public struct StatusSet: Hashable, Sendable {
    /// Sorted, with gaps between them.
    public let ranges: [ClosedRange<Int>]

    public init(_ ranges: [ClosedRange<Int>]) {
        var merged: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound - 1 <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    public func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

    /// k6's default.
    public static let successful = StatusSet([200...399])
}
