// The timelines of scenarios on one worker: start, regular end, hard end, the steps of a ramp, the ticks of
// an arrival rate, VUs lent and given back. Each function handles one kind of edge; `advance` walks them in
// order of time.

import Base
import Metrics
import Plan

extension Worker {
    /// Puts a scenario's edges on the clock.
    static func place(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ start: Instant) {
        let run = worker.pointee.executors + index
        let plan = run.pointee.plan
        run.pointee.startAt = start + plan.scenario.startTimeNs
        run.pointee.regularEnd = plan.regularDurationNs.map { run.pointee.startAt + $0 } ?? .distantFuture
        run.pointee.hardEnd = plan.hardEndNs.map { run.pointee.startAt + $0 } ?? .distantFuture
        if !plan.hasWork { run.pointee.phase = .done }
    }

    /// Handles a scenario's edges up to `now`. - Returns: its next edge.
    static func advance(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) -> Instant {
        let run = worker.pointee.executors + index
        if run.pointee.phase == .waiting {
            if now < run.pointee.startAt { return run.pointee.startAt }
            begin(worker, index, now)
        }
        if run.pointee.phase == .running {
            var next = run.pointee.regularEnd
            if run.pointee.schedule != nil { next = min(next, releaseTicks(worker, index, now)) }
            if run.pointee.steps != nil { next = min(next, applySteps(worker, index, now)) }
            endEarlyIfSpent(worker, index, now)
            next = min(next, run.pointee.regularEnd)
            if now < run.pointee.regularEnd { return next }
            endRegularly(worker, index, now)
        }
        if run.pointee.phase == .stopping {
            if run.pointee.runningCount == 0 { finish(worker, index, now) }
            if now < run.pointee.hardEnd { return run.pointee.hardEnd }
            endHard(worker, index, now)
        }
        return .distantFuture
    }

    // MARK: - start

    private static func begin(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        run.pointee.phase = .running
        switch run.pointee.plan.scenario.executor {
        case .constantVUs, .sharedIterations, .perVUIterations:
            for _ in 0..<run.pointee.maxVUs { loop(worker, index, borrow(worker, index), now) }
        case .rampingVUs:
            run.pointee.step = run.pointee.steps?.next()
        case .externallyControlled:
            run.pointee.wantedVUs = run.pointee.startVUs
            for _ in 0..<run.pointee.maxVUs { _ = borrow(worker, index) }
            followControl(worker, index, now)
        case .constantArrivalRate, .rampingArrivalRate:
            for _ in 0..<run.pointee.startVUs { run.pointee.idle.append(borrow(worker, index).pointee.index) }
            run.pointee.idle.reverse()
            run.pointee.tick = run.pointee.schedule?.next()
        }
    }

    /// Lends a VU of the worker's pool to a scenario, making one if there is none.
    static func borrow(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) -> UnsafeMutablePointer<VU> {
        if worker.pointee.freeVUs.isEmpty { makeVU(worker) }
        let number = worker.pointee.freeVUs.removeLast()
        let run = worker.pointee.executors + index
        let vu = worker.pointee.vu(number)
        vu.pointee.scenario = Int32(index)
        vu.pointee.state = .idle
        vu.pointee.mayStart = false
        vu.pointee.iterationInScenario = -1
        vu.pointee.numberInScenario = Int64(run.pointee.vus.count)
        switch run.pointee.plan.scenario.executor {
        case .perVUIterations(_, let iterations, _): vu.pointee.iterationsLeft = iterations
        case .sharedIterations: vu.pointee.iterationsLeft = 0
        default: vu.pointee.iterationsLeft = Int64.max
        }
        run.pointee.vus.append(number)
        return vu
    }

    /// Has an idle VU begin to loop.
    private static func loop(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        vu.pointee.mayStart = true
        run.pointee.activeCount += 1
        goOn(worker, run, vu, now)
    }

    /// A looping VU stops looping: its budget is spent, its scenario has ended, or it was ramped down.
    static func settle(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        vu.pointee.mayStart = false
        vu.pointee.generation &+= 1
        vu.pointee.interruptAt = .distantFuture
        run.pointee.activeCount -= 1
        // Whether that was the last one is looked at in the next pass, off the stack of the read.
        if run.pointee.activeCount == 0 { worker.pointee.nextEdge = min(worker.pointee.nextEdge, now) }
    }

    /// Iteration-bound scenarios end when every VU has spent its budget.
    private static func endEarlyIfSpent(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant)
    {
        let run = worker.pointee.executors + index
        switch run.pointee.plan.scenario.executor {
        case .sharedIterations, .perVUIterations:
            if run.pointee.activeCount == 0, run.pointee.phase == .running {
                run.pointee.regularEnd = min(run.pointee.regularEnd, now)
            }
        default: break
        }
    }

    // MARK: - ramping-vus

    private static func applySteps(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant)
        -> Instant
    {
        let run = worker.pointee.executors + index
        while let step = run.pointee.step {
            let at = run.pointee.startAt + step.offsetNs
            if at > now { return at }
            setLevel(worker, index, step.vus, at, now)
            run.pointee.step = run.pointee.steps!.next()
        }
        return .distantFuture
    }

    /// The `level` VUs with the lowest numbers loop; the others may finish what they run, for
    /// gracefulRampDown.
    private static func setLevel(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ level: Int64, _ at: Instant, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        guard case .rampingVUs(_, _, let graceNs) = run.pointee.plan.scenario.executor else { return }
        while Int64(run.pointee.vus.count) < level { _ = borrow(worker, index) }
        let changed = min(run.pointee.level, level)..<max(run.pointee.level, level)
        run.pointee.level = level
        for number in changed {
            let vu = worker.pointee.vu(run.pointee.vus[Int(number)])
            if number < level {
                if vu.pointee.mayStart { continue }
                if vu.pointee.state == .running {
                    // Restarted in place while it was being ramped down: it never stopped counting as active.
                    vu.pointee.mayStart = true
                    vu.pointee.interruptAt = .distantFuture
                } else {
                    loop(worker, index, vu, now)
                }
            } else if vu.pointee.mayStart {
                rampDown(worker, run, vu, at + graceNs, now)
            }
        }
    }

    private static func rampDown(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ deadline: Instant, _ now: Instant
    ) {
        if vu.pointee.state != .running {
            // Sleeping out a minimum duration.
            settle(worker, run, vu, now)
            return
        }
        vu.pointee.mayStart = false
        vu.pointee.interruptAt = deadline
        if deadline <= now {
            interrupt(worker, run, vu, now)
            settle(worker, run, vu, now)
        } else {
            worker.pointee.heap.insert(
                at: deadline, owner: owner(vu, .rampDown), generation: vu.pointee.generation)
        }
    }

    // MARK: - externally-controlled

    static func control(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, vus: Int64, paused: Bool, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        run.pointee.wantedVUs = vus
        run.pointee.isPaused = paused
        if run.pointee.phase == .running { followControl(worker, index, now) }
    }

    /// A decrease is a hard stop, as in k6.
    private static func followControl(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        let level = run.pointee.isPaused ? 0 : run.pointee.wantedVUs
        while Int64(run.pointee.vus.count) < level { _ = borrow(worker, index) }
        for number in 0..<run.pointee.vus.count {
            let vu = worker.pointee.vu(run.pointee.vus[number])
            if Int64(number) < level, !vu.pointee.mayStart {
                loop(worker, index, vu, now)
            } else if Int64(number) >= level, vu.pointee.mayStart {
                if vu.pointee.state == .running { interrupt(worker, run, vu, now) }
                settle(worker, run, vu, now)
            }
        }
    }

    // MARK: - ends

    /// Nothing starts any more; what was never started is dropped.
    private static func endRegularly(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        run.pointee.phase = .stopping
        run.pointee.tick = nil
        run.pointee.step = nil
        if let shared = run.pointee.shared { drop(run, shared.close()) }
        for number in run.pointee.vus {
            let vu = worker.pointee.vu(number)
            if case .perVUIterations = run.pointee.plan.scenario.executor {
                drop(run, vu.pointee.iterationsLeft)
            }
            if vu.pointee.state != .running, vu.pointee.mayStart { settle(worker, run, vu, now) }
        }
        if case .externallyControlled = run.pointee.plan.scenario.executor { endHard(worker, index, now) }
    }

    static func drop(_ run: UnsafeMutablePointer<ExecutorRun>, _ count: Int64) {
        if count == 0 { return }
        run.pointee.dropped += count
        run.pointee.cells.dropped.record(Double(count))
    }

    /// Interrupts what still runs and ends the scenario.
    static func endHard(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        for number in run.pointee.vus {
            let vu = worker.pointee.vu(number)
            if vu.pointee.state == .running { interrupt(worker, run, vu, now) }
        }
        finish(worker, index, now)
    }

    private static func finish(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        if run.pointee.phase == .done { return }
        run.pointee.phase = .done
        run.pointee.activeCount = 0
        for number in run.pointee.vus {
            let vu = worker.pointee.vu(number)
            vu.pointee.scenario = -1
            vu.pointee.state = .free
            vu.pointee.mayStart = false
            vu.pointee.generation &+= 1
            worker.pointee.freeVUs.append(number)
        }
        worker.pointee.freeVUs.sort(by: >)
        run.pointee.vus.removeAll()
        run.pointee.idle.removeAll()
    }
}
