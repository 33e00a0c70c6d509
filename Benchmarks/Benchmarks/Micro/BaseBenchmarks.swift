// What every worker does between two requests (the heap of deadlines) and what option readers do once
// (durations). Called from `benchmarks`.

import Base
import Benchmark

/// One insert and one pop on a heap that holds `depth` entries, as a worker with that many waiting VUs does.
func deadlineBenchmarks() {
    for depth in [100, 10_000] {
        Benchmark("DeadlineHeap insert and popDue, \(depth) waiting") { benchmark in
            var heap = DeadlineHeap(capacity: depth + 1)
            var random = SeededRandom(seed: 7)
            for owner in 0..<depth {
                heap.insert(
                    at: Instant(ns: Int64(random.next() & 0xFFFF_FFFF)), owner: UInt64(owner), generation: 0)
            }
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                guard let due = heap.popDue(now: .distantFuture) else {
                    preconditionFailure("the heap ran empty")
                }
                heap.insert(at: due.at + Int64(random.next() & 0xFFFF_FFFF), owner: due.owner, generation: 0)
            }
            benchmark.stopMeasurement()
            blackHole(heap.count)
        }
    }
}

func durationBenchmarks() {
    for text in ["30s", "1h2m3.5s"] {
        Benchmark("GoDuration.parse \(text)") { benchmark in
            for _ in benchmark.scaledIterations {
                do {
                    blackHole(try GoDuration.parse(text))
                } catch {
                    preconditionFailure("'\(text)' is a duration: \(error)")
                }
            }
        }
    }
}
