// Open loop: ticks of an arrival rate, the VUs that wait for them, and what is dropped. The schedule is
// absolute: a late tick starts at once and its lateness is recorded.

import Base
import Metrics
import Plan

extension Worker {
    /// Starts what is due. - Returns: the next tick's time, or `now` if some are still due.
    static func releaseTicks(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) -> Instant
    {
        let run = worker.pointee.executors + index
        growIfAsked(worker, index)
        var released = 0
        while let tick = run.pointee.tick {
            let intended = run.pointee.startAt + tick.offsetNs
            if intended > now { return intended }
            // Responses get their turn between bursts of late ticks.
            if released == Limits.releasesPerPassMax { return now }
            released += 1
            if now > run.pointee.hardEnd, now - intended > lateNs {
                // The run was held up past its end: it would be cut off at once.
                drop(worker, run, 1, now)
            } else if let number = run.pointee.idle.popLast() {
                release(worker, run, worker.pointee.vu(number), intended, now)
            } else if worker.pointee.settings.count > 1 {
                offer(worker, index, intended)
            } else {
                dropTick(worker, index, now)
            }
            run.pointee.tick = run.pointee.schedule!.next()
        }
        return .distantFuture
    }

    /// Starts that are later than this are counted as late.
    private static let lateNs = Ns.perMillisecond

    @inline(__always)
    static func release(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ intended: Instant, _ now: Instant
    ) {
        let latenessNs = now - intended
        run.pointee.cells.startLateness.record(HTTPSamples.ms(latenessNs))
        worker.pointee.counts.scheduledStarts &+= 1
        if latenessNs > lateNs { worker.pointee.counts.lateStarts &+= 1 }
        run.pointee.activeCount += 1
        ExecutorRun.publishCounts(run)
        vu.pointee.iterationOfScenario = -1
        begin(worker, vu, intended: intended, now: now)
    }

    @inline(never)
    static func becomeIdle(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        run.pointee.activeCount -= 1
        ExecutorRun.publishCounts(run)
        run.pointee.idle.append(vu.pointee.index)
        if run.pointee.phase == .stopping, run.pointee.runningCount == 0 { lookAgain(worker, now) }
    }
}
