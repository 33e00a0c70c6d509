// Open loop: ticks of an arrival rate, the VUs that wait for them, and what is dropped. The schedule is
// absolute: a late tick starts at once and its lateness is recorded.

import Base
import Metrics
import Plan

extension Worker {
    /// Starts what is due. - Returns: the next tick's time.
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
            if let number = run.pointee.idle.popLast() {
                release(worker, run, worker.pointee.vu(number), intended, now)
            } else if let offer = worker.pointee.offer, worker.pointee.settings.count > 1 {
                offer(
                    OfferedTick(
                        scenario: Int32(index), intended: intended,
                        hopsLeft: Int32(worker.pointee.settings.count - 1),
                        origin: Int32(worker.pointee.settings.index)))
            } else {
                dropTick(worker, index)
            }
            run.pointee.tick = run.pointee.schedule!.next()
        }
        return .distantFuture
    }

    @inline(__always)
    private static func release(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ intended: Instant, _ now: Instant
    ) {
        let latenessNs = now - intended
        run.pointee.cells.startLateness.record(HTTPSamples.ms(latenessNs))
        worker.pointee.counts.scheduledStarts &+= 1
        if latenessNs > Ns.perMillisecond { worker.pointee.counts.lateStarts &+= 1 }
        run.pointee.activeCount += 1
        vu.pointee.mayStart = true
        begin(worker, vu, intended: intended, now: now)
    }

    /// Another worker's tick: started here if a VU is idle. - Returns: whether it was.
    static func takeOffered(_ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick, _ now: Instant)
        -> Bool
    {
        let run = worker.pointee.executors + Int(tick.scenario)
        guard run.pointee.phase == .running, let number = run.pointee.idle.popLast() else { return false }
        release(worker, run, worker.pointee.vu(number), tick.intended, now)
        return true
    }

    /// No VU was idle anywhere: the tick is lost, and a VU is added for the next ones if the scenario may
    /// have more.
    static func dropTick(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) {
        let run = worker.pointee.executors + index
        drop(run, 1)
        if Int64(run.pointee.vus.count) + run.pointee.growBy < run.pointee.maxVUs {
            // One at a time, as in k6; it is there from the next pass on.
            run.pointee.growBy = 1
        } else if !run.pointee.saidInsufficient {
            run.pointee.saidInsufficient = true
        }
    }

    private static func growIfAsked(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) {
        let run = worker.pointee.executors + index
        while run.pointee.growBy > 0 {
            run.pointee.growBy -= 1
            run.pointee.idle.append(borrow(worker, index).pointee.index)
        }
    }

    @inline(__always)
    static func arrivalEnded(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        let minimum = vu.pointee.started + worker.pointee.settings.minIterationDurationNs
        if minimum > now {
            worker.pointee.heap.insert(
                at: minimum, owner: owner(vu, .minimumDuration), generation: vu.pointee.generation)
        } else {
            becomeIdle(worker, run, vu, now)
        }
    }

    @inline(__always)
    static func becomeIdle(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        run.pointee.activeCount -= 1
        vu.pointee.mayStart = false
        run.pointee.idle.append(vu.pointee.index)
        if run.pointee.phase == .stopping, run.pointee.runningCount == 0 {
            worker.pointee.nextEdge = min(worker.pointee.nextEdge, now)
        }
    }
}
