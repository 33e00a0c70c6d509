// From a finished exchange to k6's HTTP metrics: which cells a response's samples go into is looked up once
// per kind of response (status, error, URL …) and remembered; the usual response repeats the one before it.
// Called by iterations on the worker's thread.

import Base
import EventLoop
import HTTP
import Metrics

/// Tags of HTTP samples a run wants, by k6's `systemTags`.
public struct HTTPTagging: Sendable {
    public var systemTags: Set<String>
    /// Tags every sample of the run carries.
    public var runTags: [(key: String, value: String)]

    /// k6's default system tags.
    public static let systemTagsDefault: Set<String> = [
        "proto", "subproto", "status", "method", "url", "name", "group", "check", "error", "error_code",
        "tls_version", "scenario", "service", "expected_response",
    ]

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
    public var scenario: String
    public var group: String
    public var extra: [String: String]

    public init(
        method: String, url: String, name: String, scenario: String, group: String = "",
        extra: [String: String] = [:]
    ) {
        self.method = method
        self.url = url
        self.name = name
        self.scenario = scenario
        self.group = group
        self.extra = extra
    }
}

/// The cells of one kind of response.
struct HTTPCells {
    let reqs: CounterCells
    let duration: TrendCells
    let blocked: TrendCells
    let connecting: TrendCells
    let securing: TrendCells
    let sending: TrendCells
    let waiting: TrendCells
    let receiving: TrendCells
    let failed: RateCells
    let isExpected: Bool
}

/// One worker's recorder of HTTP samples.
public struct HTTPSamples: ~Copyable {
    struct Entry {
        let status: UInt16
        let text: UInt16
        let code: UInt16
        let flags: UInt16
        let request: Int32
        let cells: HTTPCells
    }

    private let shard: Shard
    private let tagging: HTTPTagging
    private let errorText: (UInt16) -> String
    /// Marked while recording, for `--profile`; nil where no real loop runs.
    private let loop: Loop?
    private var requests: [RequestTags] = []
    private var entries: UnsafeMutablePointer<Entry>
    private var entryCount = 0
    private var entryCapacity = 16
    private var lastHit = 0
    /// Failures of a kind not seen before, to be warned of.
    private var newFailures: [WorkerWarning] = []

    /// Requests told apart before the rest share one; scripts that build URLs would grow it without end.
    private static let requestsMax = 10_000

    /// - Parameter errorText: the transport's text for an error's number.
    public init(
        shard: Shard, tagging: HTTPTagging, loop: Loop? = nil, errorText: @escaping (UInt16) -> String
    ) {
        self.shard = shard
        self.loop = loop
        self.tagging = tagging
        self.errorText = errorText
        entries = .allocate(capacity: entryCapacity)
    }

    deinit { entries.deallocate() }

    /// Failures that came up since the last call, each kind once.
    public mutating func takeNewFailures() -> [WorkerWarning] {
        defer { newFailures = [] }
        return newFailures
    }

    /// A number for the request's tags, to be kept by the iteration.
    public mutating func number(of tags: RequestTags) -> Int32 {
        if let known = requests.lastIndex(of: tags) { return Int32(known) }
        if requests.count >= Self.requestsMax { return Int32(Self.requestsMax - 1) }
        requests.append(tags)
        return Int32(requests.count - 1)
    }

    /// Records k6's nine samples of one exchange. - Returns: whether the response was an expected one.
    @inline(__always) @discardableResult
    public mutating func record(_ exchange: UnsafeMutablePointer<Exchange>, request: Int32) -> Bool {
        loop?.mark(.record)
        let cells = find(exchange, request)
        let phases = ExchangePhases(exchange.pointee.times)
        cells.pointee.reqs.record(1)
        cells.pointee.duration.record(Self.ms(phases.durationNs))
        cells.pointee.blocked.record(Self.ms(phases.blockedNs))
        cells.pointee.connecting.record(Self.ms(phases.connectingNs))
        cells.pointee.securing.record(Self.ms(phases.securingNs))
        cells.pointee.sending.record(Self.ms(phases.sendingNs))
        cells.pointee.waiting.record(Self.ms(phases.waitingNs))
        cells.pointee.receiving.record(Self.ms(phases.receivingNs))
        cells.pointee.failed.record(!cells.pointee.isExpected)
        return cells.pointee.isExpected
    }

    @inline(__always) static func ms(_ ns: Int64) -> Double { Double(ns) * 1e-6 }

    @inline(__always)
    private mutating func find(_ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32) -> UnsafePointer<
        HTTPCells
    > {
        if lastHit < entryCount, Self.matches(entries + lastHit, exchange, request) {
            return Self.cells(entries + lastHit)
        }
        return findOther(exchange, request)
    }

    /// Flags that show in tags.
    @inline(__always) private static var tagFlags: ExchangeFlags { [.http10, .tls12, .tls13] }

    @inline(__always)
    private static func matches(
        _ entry: UnsafeMutablePointer<Entry>, _ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32
    ) -> Bool {
        entry.pointee.status == exchange.pointee.status && entry.pointee.request == request
            && entry.pointee.code == exchange.pointee.error.code.rawValue
            && entry.pointee.text == exchange.pointee.error.text
            && entry.pointee.flags == exchange.pointee.flags.intersection(tagFlags).rawValue
    }

    @inline(__always)
    private static func cells(_ entry: UnsafeMutablePointer<Entry>) -> UnsafePointer<HTTPCells> {
        let offset = MemoryLayout<Entry>.offset(of: \.cells).unsafelyUnwrapped
        return UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: HTTPCells.self)
    }

    @inline(never)
    private mutating func findOther(_ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32)
        -> UnsafePointer<HTTPCells>
    {
        for index in 0..<entryCount where Self.matches(entries + index, exchange, request) {
            lastHit = index
            return Self.cells(entries + index)
        }
        if entryCount == entryCapacity {
            let larger = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
            larger.moveInitialize(from: entries, count: entryCount)
            entries.deallocate()
            entries = larger
            entryCapacity *= 2
        }
        (entries + entryCount).initialize(
            to: Entry(
                status: exchange.pointee.status, text: exchange.pointee.error.text,
                code: exchange.pointee.error.code.rawValue,
                flags: exchange.pointee.flags.intersection(Self.tagFlags).rawValue, request: request,
                cells: makeCells(exchange, requests[Int(request)])))
        if !exchange.pointee.error.isNone { noteFailure(exchange, requests[Int(request)]) }
        lastHit = entryCount
        entryCount += 1
        return Self.cells(entries + lastHit)
    }

    /// k6 warns of every failed request; at the rates meant here that would drown the log, so each kind is
    /// said once.
    private mutating func noteFailure(_ exchange: UnsafeMutablePointer<Exchange>, _ request: RequestTags) {
        newFailures.append(
            WorkerWarning(
                "Request Failed",
                fields: [
                    "error":
                        "\(request.method) \"\(request.url)\": \(errorText(exchange.pointee.error.text))",
                    "error_code": String(exchange.pointee.error.code.rawValue), "scenario": request.scenario,
                ]))
    }

    private func makeCells(_ exchange: UnsafeMutablePointer<Exchange>, _ request: RequestTags) -> HTTPCells {
        // k6's default callback: 200 to 399 is expected, everything else has failed.
        let isExpected = exchange.pointee.error.isNone && (200...399).contains(exchange.pointee.status)
        let set = shard.tagSet(tags(exchange, request, isExpected: isExpected))
        return HTTPCells(
            reqs: shard.counter(Builtin.httpReqs, set), duration: shard.trend(Builtin.httpReqDuration, set),
            blocked: shard.trend(Builtin.httpReqBlocked, set),
            connecting: shard.trend(Builtin.httpReqConnecting, set),
            securing: shard.trend(Builtin.httpReqTLSHandshaking, set),
            sending: shard.trend(Builtin.httpReqSending, set),
            waiting: shard.trend(Builtin.httpReqWaiting, set),
            receiving: shard.trend(Builtin.httpReqReceiving, set),
            failed: shard.rate(Builtin.httpReqFailed, set),
            isExpected: isExpected)
    }

    private func tags(_ exchange: UnsafeMutablePointer<Exchange>, _ request: RequestTags, isExpected: Bool)
        -> [MetricTag]
    {
        var tags = tagging.runTags.map { MetricTag($0.key, $0.value) }
        func add(_ key: String, _ value: String) {
            if tagging.systemTags.contains(key) { tags.append(MetricTag(key, value)) }
        }
        tags += request.extra.map { MetricTag($0.key, $0.value) }
        add("scenario", request.scenario)
        add("group", request.group)
        add("method", request.method)
        add("url", request.url)
        add("name", request.name)
        add("status", String(exchange.pointee.status))
        add("expected_response", isExpected ? "true" : "false")
        if exchange.pointee.status > 0 {
            add("proto", exchange.pointee.flags.contains(.http10) ? "HTTP/1.0" : "HTTP/1.1")
        }
        if exchange.pointee.flags.contains(.tls13) { add("tls_version", "tls1.3") }
        if exchange.pointee.flags.contains(.tls12) { add("tls_version", "tls1.2") }
        if !exchange.pointee.error.isNone {
            add("error", errorText(exchange.pointee.error.text))
            add("error_code", String(exchange.pointee.error.code.rawValue))
        } else if exchange.pointee.status >= 400 {
            add("error_code", String(1000 + exchange.pointee.status))
        }
        return tags
    }
}
