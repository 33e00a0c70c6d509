// The timelines of scenarios on one worker: start, regular end, hard end, the steps of a ramp, VUs lent and
// given back. Each function handles one kind of edge; `advance` walks them in order of time.
//
// A VU of a closed loop is lent while it loops and goes back to the pool when it stops; one of an arrival
// rate is lent until the scenario ends. So scenarios share VUs just as the plan has counted them.

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
        if !run.pointee.hasWork { run.pointee.phase = .done }
    }

    /// Handles a scenario's edges up to `now`. - Returns: its next edge.
    static func advance(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) -> Instant {
        let run = worker.pointee.executors + index
        if run.pointee.phase == .waiting {
            if now < run.pointee.startAt { return run.pointee.startAt }
            begin(worker, index, now)
        }
        if run.pointee.phase == .running {
            var next = Instant.distantFuture
            if run.pointee.schedule != nil {
                next = releaseTicks(worker, index, now)
                // Even past the end: every tick of the schedule is started or counted as dropped.
                if next <= now { return now }
            }
            if run.pointee.steps != nil { next = applySteps(worker, index, now) }
            endEarlyIfSpent(worker, index, now)
            if now < run.pointee.regularEnd { return min(next, run.pointee.regularEnd) }
            endRegularly(worker, index, now)
        }
        if run.pointee.phase == .stopping {
            if run.pointee.hardEnd <= now { interruptAll(worker, index, now) }
            if run.pointee.runningCount == 0, run.pointee.offeredCount == 0 {
                finish(worker, index)
            } else {
                return run.pointee.hardEnd <= now ? .distantFuture : run.pointee.hardEnd
            }
        }
        return .distantFuture
    }

    // MARK: - start

    private static func begin(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        run.pointee.phase = .running
        run.pointee.hasBegun = true
        switch run.pointee.plan.scenario.executor {
        case .constantVUs, .sharedIterations, .perVUIterations:
            addPlaces(run, upTo: run.pointee.maxVUs)
            for place in run.pointee.vus.indices { loop(worker, index, place, now) }
        case .rampingVUs:
            run.pointee.step = run.pointee.steps?.next()
        case .externallyControlled:
            followControl(worker, index, now)
        case .constantArrivalRate, .rampingArrivalRate:
            addPlaces(run, upTo: run.pointee.startVUs)
            for place in run.pointee.vus.indices {
                let vu = takeVU(worker)
                lend(worker, index, vu, place: place)
                run.pointee.idle.append(vu.pointee.index)
            }
            run.pointee.idle.reverse()
            run.pointee.tick = run.pointee.schedule?.next()
        }
    }

    private static func addPlaces(_ run: UnsafeMutablePointer<ExecutorRun>, upTo count: Int64) {
        let missing = Int(count) - run.pointee.vus.count
        if missing > 0 { run.pointee.vus += .init(repeating: ExecutorRun.noVU, count: missing) }
    }

    /// Lends a VU taken from the pool to a scenario.
    static func lend(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ vu: UnsafeMutablePointer<VU>, place: Int
    ) {
        let run = worker.pointee.executors + index
        vu.pointee.scenario = Int32(index)
        vu.pointee.state = .idle
        vu.pointee.mayStart = false
        vu.pointee.interruptAt = .distantFuture
        vu.pointee.placeInScenario = place
        vu.pointee.iterationInScenario = lastIteration(worker, vu, index)
        switch run.pointee.plan.scenario.executor {
        case .perVUIterations(_, let iterations, _): vu.pointee.iterationsLeft = iterations
        case .sharedIterations: vu.pointee.iterationsLeft = 0
        default: vu.pointee.iterationsLeft = Int64.max
        }
        run.pointee.vus[place] = vu.pointee.index
        run.pointee.lentCount += 1
    }

    /// Has a VU loop in an empty place of a closed-loop scenario.
    private static func loop(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ place: Int, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        let vu = takeVU(worker)
        lend(worker, index, vu, place: place)
        vu.pointee.mayStart = true
        run.pointee.activeCount += 1
        ExecutorRun.publishCounts(run)
        goOn(worker, run, vu, now)
    }

    /// A looping VU stops and goes back to the pool: its budget is spent, its scenario has ended, or it was
    /// ramped down. What per-vu-iterations had left for it is dropped.
    static func settle(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        dropRest(worker, run, vu, now)
        run.pointee.activeCount -= 1
        ExecutorRun.publishCounts(run)
        // Whether that was the last one is looked at in the next pass, off the stack of the read.
        if run.pointee.activeCount == 0 { lookAgain(worker, now) }
        giveBack(worker, run, vu)
    }

    private static func giveBack(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>
    ) {
        keepLastIteration(worker, vu)
        run.pointee.vus[vu.pointee.placeInScenario] = ExecutorRun.noVU
        run.pointee.lentCount -= 1
        vu.pointee.scenario = -1
        vu.pointee.state = .free
        vu.pointee.mayStart = false
        vu.pointee.generation &+= 1
        giveBackVU(worker, vu)
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

    /// VUs loop in the lowest `level` places; the others may finish what they run, for gracefulRampDown.
    private static func setLevel(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ level: Int64, _ at: Instant, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        guard case .rampingVUs(_, _, let graceNs) = run.pointee.plan.scenario.executor else { return }
        addPlaces(run, upTo: level)
        let before = run.pointee.level
        run.pointee.level = level
        if level > before {
            for place in before..<level { loopAgain(worker, index, Int(place), now) }
        } else {
            // k6 stops the highest first.
            for place in (level..<before).reversed() {
                rampDown(worker, run, Int(place), at + graceNs, now)
            }
        }
    }

    /// Has a place loop: a VU that was being stopped goes on, with the iteration it runs; otherwise one is
    /// lent.
    private static func loopAgain(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ place: Int, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        let number = run.pointee.vus[place]
        if number == ExecutorRun.noVU {
            loop(worker, index, place, now)
        } else {
            worker.pointee.vu(number).pointee.mayStart = true
        }
    }

    private static func rampDown(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>, _ place: Int,
        _ deadline: Instant, _ now: Instant
    ) {
        // A VU that could not start because the scenario is at its end is back already.
        if run.pointee.vus[place] == ExecutorRun.noVU { return }
        let vu = worker.pointee.vu(run.pointee.vus[place])
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

    /// - Parameter vus: of the whole process.
    static func control(
        _ worker: UnsafeMutablePointer<Worker>, _ index: Int, vus: Int64, paused: Bool, _ now: Instant
    ) {
        let run = worker.pointee.executors + index
        run.pointee.wantedVUs = run.pointee.share.share(of: vus)
        run.pointee.isPaused = paused
        if run.pointee.phase != .running { return }
        followControl(worker, index, now)
        lookAgain(worker, now)
    }

    /// A decrease is a hard stop, as in k6; a pause lets iterations finish, and its time does not count.
    private static func followControl(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        holdClock(run, now)
        addPlaces(run, upTo: run.pointee.wantedVUs)
        for place in run.pointee.vus.indices.reversed() where Int64(place) >= run.pointee.wantedVUs {
            if run.pointee.vus[place] == ExecutorRun.noVU { continue }
            let vu = worker.pointee.vu(run.pointee.vus[place])
            interrupt(worker, run, vu, now)
            settle(worker, run, vu, now)
        }
        for place in 0..<Int(run.pointee.wantedVUs) {
            if !run.pointee.isPaused {
                loopAgain(worker, index, place, now)
            } else if run.pointee.vus[place] != ExecutorRun.noVU {
                worker.pointee.vu(run.pointee.vus[place]).pointee.mayStart = false
            }
        }
    }

    private static func holdClock(_ run: UnsafeMutablePointer<ExecutorRun>, _ now: Instant) {
        if run.pointee.isPaused, run.pointee.remainingNs == nil, run.pointee.regularEnd != .distantFuture {
            run.pointee.remainingNs = run.pointee.regularEnd - now
            run.pointee.regularEnd = .distantFuture
            run.pointee.hardEnd = .distantFuture
        } else if !run.pointee.isPaused, let remainingNs = run.pointee.remainingNs {
            run.pointee.remainingNs = nil
            run.pointee.regularEnd = now + remainingNs
            run.pointee.hardEnd = run.pointee.regularEnd
        }
    }

    // MARK: - ends

    /// Scenarios end with their last VU when no other can follow: budgets are spent, or a ramp has come down
    /// to zero for good.
    private static func endEarlyIfSpent(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant)
    {
        let run = worker.pointee.executors + index
        if run.pointee.activeCount > 0 { return }
        switch run.pointee.plan.scenario.executor {
        case .sharedIterations, .perVUIterations:
            run.pointee.regularEnd = min(run.pointee.regularEnd, now)
        case .rampingVUs:
            if run.pointee.step == nil, run.pointee.level == 0 {
                run.pointee.regularEnd = min(run.pointee.regularEnd, now)
            }
        default: break
        }
    }

    /// Nothing starts any more; what was never started is dropped.
    private static func endRegularly(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        run.pointee.phase = .stopping
        run.pointee.step = nil
        if let budget = run.pointee.budget {
            drop(worker, run, budget._withUnsafeGuaranteedRef { $0.close() }, now)
        }
        for number in run.pointee.vus where number != ExecutorRun.noVU {
            dropRest(worker, run, worker.pointee.vu(number), now)
        }
    }

    private static func dropRest(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>,
        _ vu: UnsafeMutablePointer<VU>, _ now: Instant
    ) {
        if vu.pointee.iterationsLeft == Int64.max { return }
        drop(worker, run, vu.pointee.iterationsLeft, now, vu: vu.pointee.idInInstance)
        vu.pointee.iterationsLeft = 0
    }

    /// - Parameter vu: whose iterations they would have been, where they belonged to one.
    static func drop(
        _ worker: UnsafeMutablePointer<Worker>, _ run: UnsafeMutablePointer<ExecutorRun>, _ count: Int64,
        _ now: Instant, vu: Int64? = nil
    ) {
        if count == 0 { return }
        run.pointee.dropped += count
        run.pointee.cells.dropped.record(Double(count))
        guard let writer = worker.pointee.shard.writer else { return }
        var tags = run.pointee.rawTags!.dropped
        // k6 makes a tag of it here, while elsewhere it stands beside the tags.
        if let vu, worker.pointee.settings.systemTags.contains("vu") {
            tags = writer.with(tags, "vu", String(vu))
        }
        writer.record(Builtin.droppedIterations, tags, Double(count), at: now)
    }

    private static func interruptAll(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        let run = worker.pointee.executors + index
        for number in run.pointee.vus where number != ExecutorRun.noVU {
            let vu = worker.pointee.vu(number)
            if vu.pointee.isBusy { interrupt(worker, run, vu, now) }
        }
    }

    /// Interrupts what still runs and ends the scenario.
    static func endHard(_ worker: UnsafeMutablePointer<Worker>, _ index: Int, _ now: Instant) {
        interruptAll(worker, index, now)
        finish(worker, index)
    }

    private static func finish(_ worker: UnsafeMutablePointer<Worker>, _ index: Int) {
        let run = worker.pointee.executors + index
        if run.pointee.phase == .done { return }
        run.pointee.phase = .done
        run.pointee.tick = nil
        run.pointee.activeCount = 0
        ExecutorRun.publishCounts(run)
        for number in run.pointee.vus where number != ExecutorRun.noVU {
            giveBack(worker, run, worker.pointee.vu(number))
        }
        run.pointee.vus.removeAll()
        run.pointee.idle.removeAll()
    }
}
