// What a request costs on the wire: a response parsed with and without a remembered head, and a request
// encoded. Called from `benchmarks`.

import Base
import Benchmark
import HTTP

func httpBenchmarks() {
    Benchmark("ResponseParser.feed, remembered head") { benchmark in
        let bench = ParserBench()
        bench.run(benchmark) { _ in 0 }
    }
    Benchmark("ResponseParser.feed, another head each time") { benchmark in
        let bench = ParserBench()
        // More heads in turn than the memo holds.
        bench.run(benchmark) { $0 & 7 }
    }
    Benchmark("RequestDraft.encode") { benchmark in
        let draft = draft()
        for _ in benchmark.scaledIterations { blackHole(draft.encode().count) }
    }
}

private func draft() -> RequestDraft {
    do {
        let url = try RequestURL(parsing: "http://127.0.0.1:8080/path/to?query=1")
        return RequestDraft(
            method: "GET", url: url, headers: [("Accept", "*/*"), ("X-Request-Id", "0123456789")],
            userAgent: "k6/1.1.0")
    } catch { preconditionFailure("the benchmark's URL is one: \(error)") }
}

/// A parser with all it needs, and eight responses that differ in one header.
private final class ParserBench {
    private let parser = UnsafeMutablePointer<ResponseParser>.allocate(capacity: 1)
    private let scratch = UnsafeMutablePointer<ParserScratch>.allocate(capacity: 1)
    private let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
    private let events = UnsafeMutablePointer<ExchangeEvents>.allocate(capacity: 1)
    private let request: UnsafeMutablePointer<PreparedRequest>
    private let responses: [[UInt8]]

    init() {
        parser.initialize(to: ResponseParser())
        scratch.initialize(to: ParserScratch())
        events.initialize(to: ExchangeEvents(end: { _ in }))
        request = PreparedRequest(ByteBuffer("x"), method: "GET", destination: 0).boxed()
        exchange.initialize(
            to: Exchange(
                request: request, events: events, owner: UnsafeMutableRawPointer(exchange),
                pool: UnsafeMutableRawPointer(exchange)))
        responses = (0..<8).map { number in
            Array(
                ("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 21 Nov 2026 05:00:0\(number) GMT\r\n"
                    + "Content-Type: text/plain\r\nContent-Length: 6\r\nConnection: keep-alive\r\n\r\nhello\n")
                    .utf8)
        }
    }

    deinit {
        parser.deinitialize(count: 1)
        parser.deallocate()
        scratch.deinitialize(count: 1)
        scratch.deallocate()
        exchange.deallocate()
        events.deallocate()
        PreparedRequest.free(request)
    }

    /// - Parameter choose: which response comes at an iteration.
    func run(_ benchmark: Benchmark, _ choose: (Int) -> Int) {
        var completed = 0
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations {
            exchange.pointee.rearm(opened: Instant(ns: 1), intended: Instant(ns: 1))
            responses[choose(index)].withUnsafeBufferPointer { bytes in
                let result = parser.pointee.feed(
                    bytes.baseAddress!, bytes.count, exchange: exchange, scratch: scratch)
                if result.outcome == .complete { completed += 1 }
            }
        }
        benchmark.stopMeasurement()
        precondition(completed == benchmark.scaledIterations.count, "a response was not read")
    }
}
