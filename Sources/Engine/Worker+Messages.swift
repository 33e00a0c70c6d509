// What workers tell each other, and what the control thread tells them, as far as it concerns the decision
// what starts when. The thread around a worker (or a simulation) carries the messages.

import Base
import Plan

extension Worker {
    /// Handles a message. Those about intervals and the loop are the thread's own business.
    static func receive(_ worker: UnsafeMutablePointer<Worker>, _ message: WorkerMessage, _ now: Instant) {
        switch message {
        case .start(let at): start(worker, at: at)
        case .stop: stop(worker, now)
        case .control(let scenario, let vus, let paused):
            control(worker, Int(scenario), vus: vus, paused: paused, now)
        case .offered(let tick):
            if takeOffered(worker, tick, now) {
                worker.pointee.send!(Int(tick.origin), .settled(tick, wasTaken: true))
            } else {
                passOn(worker, tick)
            }
        case .settled(let tick, let wasTaken): offerSettled(worker, tick, wasTaken: wasTaken, now)
        case .grow(let scenario): grow(worker, Int(scenario), now)
        case .publish, .end: preconditionFailure("the worker's thread handles this itself")
        }
    }

    // MARK: - ticks without a VU

    /// Asks the other workers for an idle VU.
    @inline(never)
    static func offer(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ intended: Instant) {
        worker.pointee.executors[index].offeredCount += 1
        passOn(
            worker,
            OfferedTick(
                scenario: Int32(index), intended: intended,
                hopsLeft: Int32(worker.pointee.settings.count - 1),
                origin: Int32(worker.pointee.settings.index)))
    }

    /// Hands a tick to the next worker, or back to its origin when all were asked.
    private static func passOn(_ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick) {
        var tick = tick
        if tick.hopsLeft > 0 {
            tick.hopsLeft -= 1
            let next = (worker.pointee.settings.index + 1) % worker.pointee.settings.count
            worker.pointee.send!(next, .offered(tick))
        } else {
            worker.pointee.send!(Int(tick.origin), .settled(tick, wasTaken: false))
        }
    }

    /// Another worker's tick: started here if a VU is idle. - Returns: whether it was.
    private static func takeOffered(
        _ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick, _ now: Instant
    ) -> Bool {
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
    private static func offerSettled(
        _ worker: UnsafeMutablePointer<Worker>, _ tick: OfferedTick, wasTaken: Bool, _ now: Instant
    ) {
        let run = worker.pointee.executors + Int(tick.scenario)
        // The run was stopped in the meantime.
        if run.pointee.phase == .done { return }
        run.pointee.offeredCount -= 1
        if !wasTaken { dropTick(worker, Int(tick.scenario), now) }
        lookAgain(worker, now)
    }

    // MARK: - VUs added on the way

    /// No VU was idle anywhere: the tick is lost, and a VU is added for the next ones if the scenario may
    /// have more. One at a time, as in k6, and on the worker whose turn it is.
    static func dropTick(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        drop(worker, run, 1, now)
        let growth = worker.pointee.shared.growth[index]
        switch growth.claim(upTo: run.pointee.plan.maxVUs) {
        case .number(let number):
            let owner = run.pointee.share.worker(ofProcess: number, on: worker.pointee.settings.index)
            if owner == worker.pointee.settings.index {
                grow(worker, index, now)
            } else {
                worker.pointee.send!(owner, .grow(scenario: Int32(index)))
            }
        case .underWay: break
        case .exhausted: run.pointee.saidInsufficient = true
        }
    }

    /// Has the next pass add a VU.
    private static func grow(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        run.pointee.growBy += 1
        lookAgain(worker, now)
    }

    static func growIfAsked(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) {
        let run = worker.pointee.executors + index
        if run.pointee.growBy == 0 { return }
        run.pointee.growBy = 0
        run.pointee.vus.append(ExecutorRun.noVU)
        let vu = takeUnplannedVU(worker)
        lend(worker, index, vu, place: run.pointee.vus.count - 1)
        run.pointee.idle.append(vu.pointee.index)
        worker.pointee.shared.growth[index].added()
    }
}

extension WorkerShare {
    /// Which worker has a process-local number of this share's scenario, as `worker` (whose share it is)
    /// counts them.
    fileprivate func worker(ofProcess number: Int64, on worker: Int) -> Int {
        let turn = number % count - index
        return Int((Int64(worker) + turn + count) % count)
    }
}
