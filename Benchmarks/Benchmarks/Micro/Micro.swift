// The list of micro-benchmarks; the benchmark package calls `benchmarks` once and runs what it registered.
// One file per part, each with one function called from here.

import Benchmark

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        scalingFactor: .kilo,
        maxDuration: .seconds(2))
    deadlineBenchmarks()
    durationBenchmarks()
    httpBenchmarks()
    metricsBenchmarks()
    scheduleBenchmarks()
}
