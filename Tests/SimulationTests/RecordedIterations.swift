// Iterations that do nothing but take time, and write down when they began and ended. One port per worker;
// the simulation decides how long each takes.

import Base

@testable import Engine

/// A VU's block: what the port's functions are handed.
struct RecordedIteration {
    unowned(unsafe) var simulation: Simulation
    var worker: Int
    var vu: UnsafeMutablePointer<VU>
    /// Changes when an iteration ends or is interrupted; an event with another one is void.
    var token: UInt64 = 0
    var entry = -1

    typealias Block = UnsafeMutablePointer<RecordedIteration>

    static func port(_ context: UnsafeMutablePointer<RecordedContext>) -> IterationPort {
        IterationPort(
            context: UnsafeMutableRawPointer(context),
            make: { context, vu in
                let context = context.assumingMemoryBound(to: RecordedContext.self)
                let block = Block.allocate(capacity: 1)
                block.initialize(
                    to: RecordedIteration(
                        simulation: context.pointee.simulation, worker: context.pointee.worker,
                        vu: vu.assumingMemoryBound(to: VU.self)))
                return UnsafeMutableRawPointer(block)
            },
            start: { RecordedIteration.start(RecordedIteration.of($0), nowNs: $1) },
            woken: { RecordedIteration.end(RecordedIteration.of($0), nowNs: $1) },
            interrupt: { RecordedIteration.interrupt(RecordedIteration.of($0)) },
            free: { RecordedIteration.of($0).deallocate() })
    }

    private static func of(_ data: UnsafeMutableRawPointer) -> Block {
        data.assumingMemoryBound(to: RecordedIteration.self)
    }

    private static func start(_ block: Block, nowNs: Int64) {
        let simulation = block.pointee.simulation
        let vu = block.pointee.vu
        precondition(block.pointee.entry < 0, "an iteration was started while one was running")
        precondition(vu.pointee.started.ns == nowNs, "the port and the VU are told the same time")
        var entry = LoggedIteration(
            worker: block.pointee.worker, vu: vu.pointee,
            ofScenario: Worker.numberInProcess(ofIterationOf: vu), originNs: simulation.originNs)
        let answer = simulation.answer(startedNs: nowNs)
        entry.dueNs = answer.atNs.map { $0 - simulation.originNs }
        block.pointee.entry = simulation.begin(entry)
        guard let atNs = answer.atNs else { return }
        if answer.isByWake {
            Worker.wake(vu, at: Instant(ns: atNs))
            // Asked for and never needed: it must not reach the iteration after this one.
            Worker.wake(vu, at: Instant(ns: atNs + 1))
        } else {
            simulation.queue.insert(
                atNs: atNs, worker: block.pointee.worker, .iterationEnds(block, token: block.pointee.token))
        }
    }

    static func end(_ block: Block, nowNs: Int64) {
        block.pointee.simulation.finish(block.pointee.entry, .complete, nowNs: nowNs)
        clear(block)
        Worker.iterationEnded(block.pointee.vu, Instant(ns: nowNs))
    }

    private static func interrupt(_ block: Block) {
        precondition(block.pointee.entry >= 0, "an iteration was interrupted that was not running")
        let simulation = block.pointee.simulation
        simulation.finish(block.pointee.entry, .interrupted, nowNs: simulation.nowNs)
        clear(block)
    }

    private static func clear(_ block: Block) {
        block.pointee.token += 1
        block.pointee.entry = -1
    }
}

struct RecordedContext {
    unowned(unsafe) var simulation: Simulation
    var worker: Int
}
