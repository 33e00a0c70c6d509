// From a finished exchange to k6's HTTP metrics: which cells a response's samples go into is looked up once
// per kind of response (status, error, URL …) and remembered; the usual response repeats the one before it.
// Called by iterations on the worker's thread.

import Base
import EventLoop
import HTTP
import Metrics

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
    /// Whether somebody judges the status at all.
    let isJudged: Bool

    @inline(__always) func count(_ phases: ExchangePhases) {
        reqs.record(1)
        duration.record(HTTPSamples.ms(phases.durationNs))
        blocked.record(HTTPSamples.ms(phases.blockedNs))
        connecting.record(HTTPSamples.ms(phases.connectingNs))
        securing.record(HTTPSamples.ms(phases.securingNs))
        sending.record(HTTPSamples.ms(phases.sendingNs))
        waiting.record(HTTPSamples.ms(phases.waitingNs))
        receiving.record(HTTPSamples.ms(phases.receivingNs))
        if isJudged { failed.record(!isExpected) }
    }
}

/// One worker's recorder of HTTP samples.
public struct HTTPSamples: ~Copyable {
    /// A kind of response, in the list of its request's kinds.
    struct Entry {
        let status: UInt16
        let text: UInt16
        let code: UInt16
        let flags: UInt16
        let request: Int32
        /// Number of the remote address; 0 where the tag `ip` is off.
        let address: Int32
        /// The next of the same request, or -1.
        let next: Int32
        let cells: HTTPCells
    }

    let shard: Shard
    public let tagging: HTTPTagging
    let errorText: (UInt16) -> String
    private let remoteAddress: ((UnsafeMutablePointer<Exchange>) -> String?)?
    /// Marked while recording, for `--profile`; nil where no real loop runs.
    private let loop: Loop?
    /// Raw samples or the tag `ip` are wanted: beside the usual path.
    private let isSpecial: Bool
    var requests: RequestTable
    private var entries: UnsafeMutablePointer<Entry>
    private var entryCount = 0
    private var entryCapacity: Int
    private static var entriesFirst: Int { 16 }
    private var lastHit = 0
    /// By entry; empty while no output wants raw samples.
    private var fullTags: [SampleTags] = []
    private var addresses: [String] = [""]
    private var addressNumbers: [String: Int32] = [:]
    /// Failures of a kind not seen before, to be warned of.
    private var newFailures: [WorkerWarning] = []
    /// Whether failures are warned of here, each kind once; scripts warn of every one themselves.
    public var notesFailures = true

    /// - Parameters:
    ///   - errorText: the transport's text for an error's number.
    ///   - remoteAddress: the transport's answer whom an ended exchange spoke to; asked only for the tag
    ///     `ip`.
    public init(
        shard: Shard, tagging: HTTPTagging, loop: Loop? = nil,
        remoteAddress: ((UnsafeMutablePointer<Exchange>) -> String?)? = nil,
        errorText: @escaping (UInt16) -> String
    ) {
        let asked = tagging.systemTags.contains("ip") ? remoteAddress : nil
        // Nothing may read `self` before all of it is set: the compiler of 6.3 then takes the first values of
        // the remaining fields for replacements, and frees what was never there.
        let isSpecial = shard.writer != nil || asked != nil
        let requests = RequestTable(shard: shard, tagging: tagging)
        self.shard = shard
        self.loop = loop
        self.tagging = tagging
        self.errorText = errorText
        self.remoteAddress = asked
        self.isSpecial = isSpecial
        self.requests = requests
        entries = .allocate(capacity: HTTPSamples.entriesFirst)
        entryCapacity = HTTPSamples.entriesFirst
    }

    deinit { entries.deallocate() }

    /// Failures that came up since the last call, each kind once.
    public mutating func takeNewFailures() -> [WorkerWarning] {
        defer { newFailures = [] }
        return requests.takeWarnings() + newFailures
    }

    /// A number for the request's tags, to be kept by the iteration.
    public mutating func number(of tags: RequestTags) -> Int32 { requests.number(of: tags) }

    /// A number for `RequestTags.expectation`; equal sets have the same.
    public mutating func expectation(of set: StatusSet) -> Int32 { requests.expectation(of: set) }

    /// Records k6's nine samples of one exchange.
    /// - Parameters:
    ///   - vu: the VU's number in this process, for raw samples; 0 for none, as in set-up.
    ///   - iteration: 0-based, of this VU in this run.
    /// - Returns: whether the response was an expected one; true where nobody judges.
    @inline(__always) @discardableResult
    public mutating func record(
        _ exchange: UnsafeMutablePointer<Exchange>, request: Int32, vu: Int64 = 0, iteration: Int64 = -1
    ) -> Bool {
        loop?.mark(.record)
        if isSpecial { return recordSpecially(exchange, request, vu, iteration) }
        let cells = find(exchange, request)
        cells.pointee.count(ExchangePhases(exchange.pointee.times))
        return cells.pointee.isExpected
    }

    @inline(__always) static func ms(_ ns: Int64) -> Double { Double(ns) * 1e-6 }

    // MARK: - the kind of a response

    @inline(__always)
    private mutating func find(_ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32) -> UnsafePointer<
        HTTPCells
    > {
        if lastHit < entryCount, Self.matches(entries + lastHit, exchange, request) {
            return Self.cells(entries + lastHit)
        }
        return findOther(exchange, request, address: 0)
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
    private mutating func findOther(
        _ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32, address: Int32
    ) -> UnsafePointer<HTTPCells> {
        var index = requests.firstEntry(of: request)
        while index >= 0 {
            let entry = entries + Int(index)
            if entry.pointee.address == address, Self.matches(entry, exchange, request) {
                lastHit = Int(index)
                return Self.cells(entry)
            }
            index = entry.pointee.next
        }
        return add(exchange, request, address)
    }

    private mutating func add(
        _ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32, _ address: Int32
    ) -> UnsafePointer<HTTPCells> {
        if entryCount == entryCapacity {
            let larger = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
            larger.moveInitialize(from: entries, count: entryCount)
            entries.deallocate()
            entries = larger
            entryCapacity *= 2
        }
        let tags = requests.tags(of: request)
        let outcome = outcome(of: exchange, tags)
        let added = responseTags(exchange, outcome, address)
        (entries + entryCount).initialize(
            to: Entry(
                status: exchange.pointee.status, text: exchange.pointee.error.text,
                code: exchange.pointee.error.code.rawValue,
                flags: exchange.pointee.flags.intersection(Self.tagFlags).rawValue, request: request,
                address: address, next: requests.firstEntry(of: request),
                cells: makeCells(requests.demandedSet(of: request), added, outcome)))
        requests.setFirstEntry(of: request, Int32(entryCount))
        if let writer = shard.writer { fullTags.append(requests.fullTags(of: request, and: added, writer)) }
        if notesFailures, !exchange.pointee.error.isNone { noteFailure(exchange, tags) }
        lastHit = entryCount
        entryCount += 1
        return Self.cells(entries + lastHit)
    }

    /// At the rates of URL runs a warning for every failed request would drown the log.
    private mutating func noteFailure(_ exchange: UnsafeMutablePointer<Exchange>, _ request: RequestTags) {
        var fields = [
            "error":
                "\(request.method.prefix(1))\(request.method.dropFirst().lowercased()) \"\(request.url)\": \(errorText(exchange.pointee.error.text))",
            "error_code": String(exchange.pointee.error.code.rawValue),
        ]
        if let scenario = request.scenario { fields["scenario"] = scenario }
        newFailures.append(WorkerWarning("Request Failed", fields: fields))
    }

    private enum Outcome { case expected, failed, unjudged }

    private func outcome(of exchange: UnsafeMutablePointer<Exchange>, _ request: RequestTags) -> Outcome {
        // A request that failed has the status 0, which a script may expect as well.
        let status = exchange.pointee.error.isNone ? Int(exchange.pointee.status) : 0
        guard let expected = requests.statuses(of: request.expectation) else { return .unjudged }
        return expected.contains(status) ? .expected : .failed
    }

    private func makeCells(_ request: TagSetID, _ added: [MetricTag], _ outcome: Outcome) -> HTTPCells {
        let set = added.reduce(request) { shard.with($0, $1.key, $1.value) }
        return HTTPCells(
            reqs: shard.counter(Builtin.httpReqs, set), duration: shard.trend(Builtin.httpReqDuration, set),
            blocked: shard.trend(Builtin.httpReqBlocked, set),
            connecting: shard.trend(Builtin.httpReqConnecting, set),
            securing: shard.trend(Builtin.httpReqTLSHandshaking, set),
            sending: shard.trend(Builtin.httpReqSending, set),
            waiting: shard.trend(Builtin.httpReqWaiting, set),
            receiving: shard.trend(Builtin.httpReqReceiving, set),
            failed: shard.rate(Builtin.httpReqFailed, set),
            isExpected: outcome != .failed, isJudged: outcome != .unjudged)
    }

    /// The system tags a response adds to its request's.
    private func responseTags(
        _ exchange: UnsafeMutablePointer<Exchange>, _ outcome: Outcome, _ address: Int32
    ) -> [MetricTag] {
        var tags: [MetricTag] = []
        func add(_ key: String, _ value: String) {
            if tagging.systemTags.contains(key) { tags.append(MetricTag(key, value)) }
        }
        let (flags, error) = (exchange.pointee.flags, exchange.pointee.error)
        // A response whose body failed is none.
        let status = error.isNone ? exchange.pointee.status : 0
        add("status", String(status))
        if outcome != .unjudged { add("expected_response", outcome == .expected ? "true" : "false") }
        if status > 0 { add("proto", flags.contains(.http10) ? "HTTP/1.0" : "HTTP/1.1") }
        if status > 0, flags.contains(.tls13) { add("tls_version", "tls1.3") }
        if status > 0, flags.contains(.tls12) { add("tls_version", "tls1.2") }
        if !error.isNone {
            add("error", errorText(error.text))
            add("error_code", String(error.code.rawValue))
        } else if status >= 400 {
            add("error_code", String(1000 + status))
        }
        if address > 0 { add("ip", addresses[Int(address)]) }
        return tags
    }

    // MARK: - raw samples and addresses

    @inline(never)
    private mutating func recordSpecially(
        _ exchange: UnsafeMutablePointer<Exchange>, _ request: Int32, _ vu: Int64, _ iteration: Int64
    ) -> Bool {
        if remoteAddress == nil, shard.writer?.isMuted == true {
            let cells = find(exchange, request)
            cells.pointee.count(ExchangePhases(exchange.pointee.times))
            return cells.pointee.isExpected
        }
        let cells = findOther(exchange, request, address: addressNumber(exchange))
        let phases = ExchangePhases(exchange.pointee.times)
        cells.pointee.count(phases)
        if let writer = shard.writer {
            let (tags, now) = (fullTags[lastHit], exchange.pointee.times.done)
            func write(_ metric: MetricID, _ value: Double) {
                writer.record(metric, tags, value, at: now, vu: vu, iteration: iteration)
            }
            // In k6's order. Divided, not multiplied: the text shall show what was measured.
            write(Builtin.httpReqs, 1)
            write(Builtin.httpReqDuration, Double(phases.durationNs) / 1e6)
            write(Builtin.httpReqBlocked, Double(phases.blockedNs) / 1e6)
            write(Builtin.httpReqConnecting, Double(phases.connectingNs) / 1e6)
            write(Builtin.httpReqTLSHandshaking, Double(phases.securingNs) / 1e6)
            write(Builtin.httpReqSending, Double(phases.sendingNs) / 1e6)
            write(Builtin.httpReqWaiting, Double(phases.waitingNs) / 1e6)
            write(Builtin.httpReqReceiving, Double(phases.receivingNs) / 1e6)
            if cells.pointee.isJudged { write(Builtin.httpReqFailed, cells.pointee.isExpected ? 0 : 1) }
        }
        return cells.pointee.isExpected
    }

    private mutating func addressNumber(_ exchange: UnsafeMutablePointer<Exchange>) -> Int32 {
        guard let text = remoteAddress?(exchange) else { return 0 }
        if let known = addressNumbers[text] { return known }
        // A name that resolves to ever new addresses: the tag is left out beyond the bound.
        if addresses.count > Limits.remoteAddressesMax { return 0 }
        addresses.append(text)
        addressNumbers[text] = Int32(addresses.count - 1)
        return Int32(addresses.count - 1)
    }
}
