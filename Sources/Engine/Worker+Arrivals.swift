// Open loop: ticks of an arrival rate, the VUs that wait for them, and what is dropped. The schedule is absolute: a
// late tick starts at once and its lateness is recorded.

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
            if intended > now {
                // A VU that is to be added is made at once, rather than when the next tick needs it.
                return run.pointee.growBy > 0 ? now : intended
            }
            // Responses get their turn between bursts of late ticks.
            if released == Limits.releasesPerPassMax { return now }
            released += 1
            if now > run.pointee.hardEnd, now - intended > lateNs {
                // The run was held up past its end: it would be cut off at once.
                drop(run, 1)
            } else if let number = run.pointee.idle.popLast() {
                release(worker, run, worker.pointee.vu(number), intended, now)
            } else if worker.pointee.settings.count > 1, worker.pointee.offer != nil {
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
    private static func release(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ intended: Instant, _ now: Instant
    ) {
        let latenessNs = now - intended
        run.pointee.cells.startLateness.record(HTTPSamples.ms(latenessNs))
        worker.pointee.counts.scheduledStarts &+= 1
        if latenessNs > lateNs { worker.pointee.counts.lateStarts &+= 1 }
        run.pointee.activeCount += 1
        vu.pointee.iterationOfScenario = -1
        begin(worker, vu, intended: intended, now: now)
    }

    // MARK: - between workers

    @inline(never)
    private static func offer(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ intended: Instant) {
        let settings = worker.pointee.settings
        worker.pointee.executors[index].offeredCount += 1
        worker.pointee.offer!(
            OfferedTick(
                scenario: Int32(index), intended: intended, hopsLeft: Int32(settings.count - 1),
                origin: Int32(settings.index)))
    }

    /// Another worker's tick: started here if a VU is idle. - Returns: whether it was.
    static func takeOffered(_ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick, _ now: Instant)
        -> Bool
    {
        let run = worker.pointee.executors + Int(tick.scenario)
        // The other worker's clock may have been read after ours.
        let now = max(now, tick.intended)
        if run.pointee.phase == .waiting, run.pointee.startAt <= now {
            lookAgain(worker, advance(worker, Int(tick.scenario), now))
        }
        guard run.pointee.phase == .running || run.pointee.phase == .stopping, now <= run.pointee.hardEnd,
            let number = run.pointee.idle.popLast()
        else { return false }
        release(worker, run, worker.pointee.vu(number), tick.intended, now)
        return true
    }

    /// What became of a tick this worker had offered.
    static func offerSettled(
        _ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick, wasTaken: Bool, _ now: Instant
    ) {
        let run = worker.pointee.executors + Int(tick.scenario)
        // The run was stopped in the meantime.
        if run.pointee.phase == .done { return }
        run.pointee.offeredCount -= 1
        if !wasTaken { dropTick(worker, Int(tick.scenario), now) }
        lookAgain(worker, now)
    }

    // MARK: - VUs

    /// No VU was idle anywhere: the tick is lost, and a VU is added for the next ones if the scenario may have more.
    private static func dropTick(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        drop(run, 1)
        if run.pointee.growBy > 0 { return }
        if run.pointee.lentCount < run.pointee.maxVUs {
            // One at a time, as in k6; it is there from the next pass on.
            run.pointee.growBy = 1
        } else {
            run.pointee.saidInsufficient = true
        }
    }

    private static func growIfAsked(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) {
        let run = worker.pointee.executors + index
        while run.pointee.growBy > 0 {
            run.pointee.growBy -= 1
            if run.pointee.tick == nil { continue }
            run.pointee.vus.append(ExecutorRun.noVU)
            let vu = takeUnplannedVU(worker)
            lend(worker, index, vu, place: run.pointee.vus.count - 1)
            run.pointee.idle.append(vu.pointee.index)
        }
    }

    @inline(__always)
    static func becomeIdle(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        run.pointee.activeCount -= 1
        run.pointee.idle.append(vu.pointee.index)
        if run.pointee.phase == .stopping, run.pointee.runningCount == 0 { lookAgain(worker, now) }
    }
}
