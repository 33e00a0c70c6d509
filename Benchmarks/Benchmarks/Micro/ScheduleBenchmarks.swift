// What an open-loop run costs per iteration in arithmetic: the next tick of a constant and of a ramping rate.
// Called from `benchmarks`.

import Base
import Benchmark
import Plan

func scheduleBenchmarks() {
    let hourNs = 3_600 * Ns.perSecond
    let stages = [Stage(durationNs: hourNs, target: 1_000_000), Stage(durationNs: hourNs, target: 0)]
    let executors: [(String, Executor)] = [
        (
            "constant rate",
            .constantArrivalRate(
                rate: 1_000_000, timeUnitNs: Ns.perSecond, durationNs: hourNs, preAllocatedVUs: 1, maxVUs: 1)
        ),
        (
            "ramping rate",
            .rampingArrivalRate(
                startRate: 1_000_000, timeUnitNs: Ns.perSecond, stages: stages, preAllocatedVUs: 1, maxVUs: 1)
        ),
    ]
    for (name, executor) in executors {
        Benchmark("ArrivalSchedule.next, \(name), one of two workers") { benchmark in
            let stripe = Stripe(tuple: .full, share: WorkerShare(index: 1, count: 2))
            guard var schedule = ArrivalSchedule(executor: executor, stripe: stripe) else {
                preconditionFailure("an arrival rate has a schedule")
            }
            var lastNs: Int64 = 0
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                guard let tick = schedule.next() else { preconditionFailure("the schedule ended") }
                lastNs = tick.offsetNs
            }
            benchmark.stopMeasurement()
            blackHole(lastNs)
        }
    }
}
