// The requests of one worker as numbers: their tags, which statuses they expect, and where the list of their
// kinds of responses begins. Owned by `HTTPSamples`. Bounded: past its limit further requests share a number
// with those that agree in everything somebody asked about.

import Base
import Metrics

struct RequestTable {
    private struct Request {
        let tags: RequestTags
        let demanded: TagSetID
        /// It stands for others, too: raw samples show neither URL nor tags of one of them.
        let isShared: Bool
        var firstEntry: Int32 = -1
    }

    /// What requests beyond the limit are told apart by.
    private struct SharedKey: Hashable {
        let demanded: TagSetID
        let method: String
        let scenario: String?
        let group: String
        let expectation: Int32
    }

    private let shard: Shard
    private let tagging: HTTPTagging
    private let requestsMax: Int
    private var requests: [Request] = []
    private var numbers: [RequestTags: Int32] = [:]
    private var shared: [SharedKey: Int32] = [:]
    private var expectations: [StatusSet] = [.successful]
    private var expectationNumbers: [StatusSet: Int32] = [.successful: 0]
    private var warnings: [WorkerWarning] = []

    init(shard: Shard, tagging: HTTPTagging) {
        self.shard = shard
        self.tagging = tagging
        requestsMax = shard.writer == nil ? Limits.requestKindsMax : Limits.requestKindsStreamedMax
    }

    mutating func takeWarnings() -> [WorkerWarning] {
        defer { warnings = [] }
        return warnings
    }

    // MARK: Numbers

    mutating func number(of tags: RequestTags) -> Int32 {
        if shard.writer == nil, !tags.metadata.isEmpty {
            var plain = tags
            plain.metadata = [:]
            return number(of: plain)
        }
        if let known = numbers[tags] { return known }
        if numbers.count >= requestsMax { return sharedNumber(of: tags) }
        let number = append(
            Request(tags: tags, demanded: shard.tagSet(metricTags(tags, isShared: false)), isShared: false))
        numbers[tags] = number
        return number
    }

    private mutating func sharedNumber(of tags: RequestTags) -> Int32 {
        let demanded = shard.tagSet(metricTags(tags, isShared: false))
        var reduced = tags
        // Groups may be made up as well.
        if shared.count >= requestsMax { reduced.group = "" }
        let key = SharedKey(
            demanded: demanded, method: reduced.method, scenario: reduced.scenario, group: reduced.group,
            expectation: reduced.expectation)
        if let known = shared[key] { return known }
        if shared.isEmpty, shard.writer != nil {
            warnings.append(
                WorkerWarning(
                    "more than \(requestsMax) different requests: further ones are written to the outputs "
                        + "without url, name and tags of their own, as apus_overflow; give requests a name"))
        }
        let number = append(Request(tags: reduced, demanded: demanded, isShared: true))
        shared[key] = number
        return number
    }

    private mutating func append(_ request: Request) -> Int32 {
        requests.append(request)
        return Int32(requests.count - 1)
    }

    func firstEntry(of number: Int32) -> Int32 { requests[Int(number)].firstEntry }
    mutating func setFirstEntry(of number: Int32, _ entry: Int32) {
        requests[Int(number)].firstEntry = entry
    }

    // MARK: Tags

    func tags(of number: Int32) -> RequestTags { requests[Int(number)].tags }
    func demandedSet(of number: Int32) -> TagSetID { requests[Int(number)].demanded }

    /// Every tag of raw samples: the request's and those its response adds.
    func fullTags(of number: Int32, and added: [MetricTag], _ writer: SampleWriter) -> SampleTags {
        let (tags, isShared) = (requests[Int(number)].tags, requests[Int(number)].isShared)
        let metadata = isShared ? [:] : tags.metadata
        return writer.tagSet(
            metricTags(tags, isShared: isShared) + added,
            metadata: metadata.map { MetricTag($0.key, $0.value) })
    }

    /// Tags set by hand first: system tags replace them.
    private func metricTags(_ request: RequestTags, isShared: Bool) -> [MetricTag] {
        var tags = tagging.runTags.map { MetricTag($0.key, $0.value) }
        func add(_ key: String, _ value: String) {
            if tagging.systemTags.contains(key) { tags.append(MetricTag(key, value)) }
        }
        if !isShared { tags += request.extra.map { MetricTag($0.key, $0.value) } }
        if let scenario = request.scenario { add("scenario", scenario) }
        add("group", request.group)
        add("method", request.method)
        if isShared {
            tags.append(SeriesKey.overflowTag)
        } else {
            add("url", request.url)
            add("name", request.name)
        }
        return tags
    }

    // MARK: Expectations

    mutating func expectation(of set: StatusSet) -> Int32 {
        if let known = expectationNumbers[set] { return known }
        let number = Int32(expectations.count)
        expectations.append(set)
        expectationNumbers[set] = number
        return number
    }

    /// nil: nobody judges.
    func statuses(of expectation: Int32) -> StatusSet? {
        expectation < 0 ? nil : expectations[Int(expectation)]
    }
}
