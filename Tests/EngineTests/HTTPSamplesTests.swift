// HTTP samples without a network: which statuses count as expected, which tags a sample gets, and how the
// table of requests stays bounded.

import Base
import HTTP
import Metrics
import Testing

@testable import Engine

@Suite struct HTTPSamplesTests {
    /// One worker's metrics, and exchanges made by hand.
    private final class Bench {
        let shard: Shard
        let stream: SampleStream?
        let demand: SeriesDemand
        let samples: UnsafeMutablePointer<HTTPSamples>
        private let exchange: UnsafeMutablePointer<Exchange>
        private let events: UnsafeMutablePointer<ExchangeEvents>

        init(
            streams: Bool = false, demand: SeriesDemand = SeriesDemand(),
            tagging: HTTPTagging = HTTPTagging(),
            address: String? = nil
        ) {
            self.demand = demand
            stream = streams ? SampleStream(writers: 1) : nil
            shard = Shard(
                index: 0, registry: MetricRegistry(), demand: demand, start: Instant(ns: 1),
                writer: stream.map { SampleWriter($0) })
            samples = .allocate(capacity: 1)
            samples.initialize(
                to: HTTPSamples(
                    shard: shard, tagging: tagging, remoteAddress: { _ in address },
                    errorText: { "error \($0)" }))
            events = .allocate(capacity: 1)
            events.initialize(to: ExchangeEvents(end: { _ in }))
            exchange = .allocate(capacity: 1)
            // Neither is looked at.
            exchange.initialize(
                to: Exchange(
                    request: UnsafePointer(bitPattern: 16)!, events: events,
                    owner: UnsafeMutableRawPointer(exchange), pool: UnsafeMutableRawPointer(exchange)))
        }

        deinit {
            samples.deinitialize(count: 1)
            samples.deallocate()
            exchange.deallocate()
            events.deallocate()
        }

        func record(_ request: RequestTags, status: UInt16, error: ExchangeError = .none) -> Bool {
            record(samples.pointee.number(of: request), status: status, error: error)
        }

        func record(_ number: Int32, status: UInt16, error: ExchangeError = .none) -> Bool {
            exchange.pointee.rearm(opened: Instant(ns: 1_000_000), intended: Instant(ns: 1_000_000))
            exchange.pointee.status = status
            exchange.pointee.error = error
            exchange.pointee.times.acquired = Instant(ns: 1_100_000)
            exchange.pointee.times.connectStart = Instant(ns: 1_010_000)
            exchange.pointee.times.connected = Instant(ns: 1_030_000)
            exchange.pointee.times.secureStart = Instant(ns: 1_040_000)
            exchange.pointee.times.secured = Instant(ns: 1_080_000)
            exchange.pointee.times.sent = Instant(ns: 1_300_000)
            exchange.pointee.times.firstByte = Instant(ns: 1_700_123)
            exchange.pointee.times.done = Instant(ns: 2_500_123)
            return samples.pointee.record(exchange, request: number, vu: 3, iteration: 4)
        }

        func aggregate() -> Aggregate {
            let aggregate = Aggregate(registry: MetricRegistry(), demand: demand)
            aggregate.absorb(shard.takeInterval(to: Instant(ns: 9_000_000)))
            return aggregate
        }

        var failed: RateSink {
            guard case .rate(let rate) = aggregate().total(Builtin.httpReqFailed).cumulative else {
                preconditionFailure("http_req_failed is a rate")
            }
            return rate
        }

        /// Name, value and tags of each raw sample.
        func raw() -> [(name: String, value: Double, tags: [String: String])] {
            shard.writer!.handOver()
            let batch = stream!.take(until: .never)
            defer { stream!.giveBack(batch.chunks) }
            let registry = MetricRegistry()
            return batch.chunks.flatMap { chunk in
                chunk.records.map { record in
                    #expect(record.vu == 3 && record.iteration == 4)
                    let tags = chunk.tags[Int(record.tags)].tags
                    return (
                        registry[record.metric].name, record.value,
                        Dictionary(uniqueKeysWithValues: tags.map { ($0.key, $0.value) })
                    )
                }
            }
        }
    }

    private func request(
        _ url: String = "http://h/", scenario: String? = "default", extra: [String: String] = [:],
        expectation: Int32 = 0
    ) -> RequestTags {
        RequestTags(
            method: "GET", url: url, name: url, scenario: scenario, group: "::g", extra: extra,
            expectation: expectation)
    }

    // MARK: - expectations

    @Test("ranges of statuses are sorted and merged")
    func statusSets() {
        let set = StatusSet([300...399, 200...250, 251...260, 404...404, 240...300])
        #expect(set.ranges == [200...399, 404...404])
        #expect(set == StatusSet([404...404, 200...399]))
        for status in [200, 260, 399, 404] { #expect(set.contains(status)) }
        for status in [0, 199, 400, 403, 405] { #expect(!set.contains(status)) }
        #expect(!StatusSet([]).contains(200))
    }

    @Test(
        "k6's default callback",
        arguments: [(200, true), (399, true), (400, false), (199, false), (500, false), (0, false)])
    func defaultCallback(status: UInt16, isExpected: Bool) {
        let bench = Bench()
        #expect(bench.record(request(), status: status) == isExpected)
        #expect(bench.failed == RateSink(count: 1, passes: isExpected ? 0 : 1))
    }

    @Test("a set of its own, told apart from the default for the same request")
    func ownCallback() {
        let bench = Bench(streams: true)
        let number = bench.samples.pointee.expectation(of: StatusSet([404...404, 0...0]))
        #expect(number == 1)
        #expect(bench.samples.pointee.expectation(of: StatusSet([0...0, 404...404])) == 1)
        #expect(bench.samples.pointee.expectation(of: .successful) == 0)
        #expect(bench.record(request(expectation: number), status: 404))
        #expect(!bench.record(request(), status: 404))
        #expect(!bench.record(request(expectation: number), status: 200))
        // A failed request has the status 0, which the script expects.
        let refused = ExchangeError(.dialRefused, .dialRefused)
        #expect(bench.record(request(expectation: number), status: 0, error: refused))
        let failed = bench.raw().filter { $0.name == "http_req_failed" }
        #expect(failed.map(\.value) == [0, 1, 1, 0])
        #expect(failed.map { $0.tags["expected_response"] } == ["true", "false", "false", "true"])
        #expect(failed[3].tags["error_code"] == "1212")
    }

    @Test("without a callback nothing is judged")
    func noCallback() {
        let bench = Bench(streams: true)
        #expect(bench.record(request(expectation: -1), status: 500))
        let raw = bench.raw()
        #expect(raw.count == 8)
        #expect(raw.allSatisfy { $0.tags["expected_response"] == nil && $0.name != "http_req_failed" })
        #expect(raw[0].tags["error_code"] == "1500")
        #expect(bench.failed.count == 0)
    }

    // MARK: - tags and raw samples

    @Test("nine samples in k6's order, with the same tags and exact times")
    func rawSamples() {
        let bench = Bench(
            streams: true, tagging: HTTPTagging(runTags: [("run", "r"), ("status", "mine")]))
        _ = bench.record(request(extra: ["own": "x", "method": "mine"]), status: 200)
        let raw = bench.raw()
        #expect(
            raw.map(\.name) == [
                "http_reqs", "http_req_duration", "http_req_blocked", "http_req_connecting",
                "http_req_tls_handshaking", "http_req_sending", "http_req_waiting", "http_req_receiving",
                "http_req_failed",
            ])
        #expect(raw.map(\.value) == [1, 1.400123, 0.1, 0.02, 0.04, 0.2, 0.400123, 0.8, 0])
        let tags = [
            "run": "r", "own": "x", "scenario": "default", "group": "::g", "method": "GET",
            "url": "http://h/", "name": "http://h/", "status": "200", "expected_response": "true",
            "proto": "HTTP/1.1",
        ]
        #expect(raw.allSatisfy { $0.tags == tags })
    }

    @Test("requests of set-up and teardown have no scenario")
    func noScenario() {
        let bench = Bench(streams: true)
        _ = bench.record(request(scenario: nil), status: 200)
        #expect(bench.raw().allSatisfy { $0.tags["scenario"] == nil && $0.tags["group"] == "::g" })
    }

    @Test("the address is a tag only when asked for", arguments: [false, true])
    func address(isOn: Bool) {
        let tags = isOn ? HTTPTagging.systemTagsDefault.union(["ip"]) : HTTPTagging.systemTagsDefault
        let bench = Bench(streams: true, tagging: HTTPTagging(systemTags: tags), address: "192.0.2.7")
        _ = bench.record(request(), status: 200)
        #expect(bench.raw()[0].tags["ip"] == (isOn ? "192.0.2.7" : nil))
    }

    // MARK: - the table of requests

    @Test("the same tags have the same number, others another one")
    func numbers() {
        let bench = Bench()
        let requests = [
            request(), request("http://h/2"), request(scenario: nil), request(extra: ["a": "1"]),
            request(extra: ["a": "2"]), request(expectation: -1),
        ]
        let numbers = requests.map { bench.samples.pointee.number(of: $0) }
        #expect(Set(numbers).count == requests.count)
        #expect(requests.map { bench.samples.pointee.number(of: $0) } == numbers)
    }

    @Test("beyond the bound thresholds stay exact")
    func exactBeyondTheBound() {
        var demand = SeriesDemand()
        let named = demand.addSubmetric(
            of: Builtin.httpReqs, named: "http_reqs", suffix: "name:late", tags: [MetricTag("name", "late")])
        let scenario = demand.addSubmetric(
            of: Builtin.httpReqs, named: "http_reqs", suffix: "scenario:b",
            tags: [MetricTag("scenario", "b")])
        let bench = Bench(demand: demand)
        for index in 0..<Limits.requestKindsMax {
            _ = bench.record(request("http://h/\(index)"), status: 200)
        }
        for index in 0..<500 {
            _ = bench.record(request("http://h/late/\(index)", scenario: "b"), status: 200)
            var late = request("http://h/\(index)/late")
            late.name = "late"
            _ = bench.record(late, status: index % 2 == 0 ? 200 : 500)
        }
        let aggregate = bench.aggregate()
        func sum(_ series: Series) -> Double {
            if case .counter(let counter) = series.cumulative { counter.sum } else { -1 }
        }
        #expect(sum(aggregate.submetric(named)) == 500)
        #expect(sum(aggregate.submetric(scenario)) == 500)
        #expect(sum(aggregate.total(Builtin.httpReqs)) == Double(Limits.requestKindsMax + 1000))
        // They share numbers: two scenarios, one of them with two names.
        #expect(bench.samples.pointee.number(of: request("http://h/new")) < Limits.requestKindsMax + 4)
    }

    @Test("beyond the bound raw samples say that they are merged, and it is warned once")
    func streamedBeyondTheBound() {
        let bench = Bench(streams: true)
        for index in 0..<Limits.requestKindsStreamedMax {
            _ = bench.samples.pointee.number(of: request("http://h/\(index)"))
        }
        #expect(bench.samples.pointee.takeNewFailures().isEmpty)
        _ = bench.record(request("http://h/a", extra: ["id": "1"]), status: 200)
        _ = bench.record(request("http://h/b", extra: ["id": "2"]), status: 200)
        let raw = bench.raw()
        #expect(raw.allSatisfy { $0.tags["url"] == nil && $0.tags["id"] == nil })
        #expect(raw.allSatisfy { $0.tags["apus_overflow"] == "true" && $0.tags["scenario"] == "default" })
        #expect(bench.samples.pointee.takeNewFailures().count == 1)
    }

    @Test("finding a known request does not depend on how many there are")
    func lookUpTime() {
        let bench = Bench()
        let requests = (0..<5000).map { request("http://h/\($0)") }
        for tags in requests { _ = bench.record(tags, status: 200) }
        // Each look-up through all of them would take 25 million comparisons of strings: many seconds.
        let start = Clock.threadCPUNs()
        for _ in 0..<5 { for tags in requests { _ = bench.record(tags, status: 200) } }
        #expect(Clock.threadCPUNs() - start < 3 * Ns.perSecond)
    }
}
