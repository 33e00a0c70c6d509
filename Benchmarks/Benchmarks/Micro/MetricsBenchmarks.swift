// What a request costs its worker in metrics: a value into a trend, and the nine samples of an HTTP exchange.
// Called from `benchmarks`.

import Base
import Benchmark
import Metrics

func metricsBenchmarks() {
    Benchmark("TrendCells.record, log-normal values") { benchmark in
        let shard = Shard(index: 0, registry: MetricRegistry(), demand: SeriesDemand(), start: Instant(ns: 1))
        let cells = shard.trend(Builtin.httpReqDuration, shard.tagSet([]))
        let values = latenciesMs(1 << 12)
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations { cells.record(values[index & 0xFFF]) }
        benchmark.stopMeasurement()
        blackHole(shard.memoryBytes)
    }
    Benchmark("an exchange's samples: seven trends, a counter, a rate") { benchmark in
        let shard = Shard(index: 0, registry: MetricRegistry(), demand: SeriesDemand(), start: Instant(ns: 1))
        let set = shard.tagSet([])
        let trends = [
            Builtin.httpReqDuration, Builtin.httpReqBlocked, Builtin.httpReqConnecting,
            Builtin.httpReqTLSHandshaking, Builtin.httpReqSending, Builtin.httpReqWaiting,
            Builtin.httpReqReceiving,
        ].map { shard.trend($0, set) }
        let requests = shard.counter(Builtin.httpReqs, set)
        let failed = shard.rate(Builtin.httpReqFailed, set)
        let values = latenciesMs(1 << 12)
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations {
            for cells in trends { cells.record(values[index & 0xFFF]) }
            requests.record(1)
            failed.record(false)
        }
        benchmark.stopMeasurement()
        blackHole(shard.memoryBytes)
    }
}

/// Latencies of a healthy service: most near a millisecond, some far above.
private func latenciesMs(_ count: Int) -> [Double] {
    var random = SeededRandom(seed: 11)
    return (0..<count).map { _ in
        let octaves = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
        return Double(sign: .plus, exponent: Int(octaves.rounded(.down)), significand: 1 + random.unit())
    }
}
