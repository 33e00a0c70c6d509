// What is going to happen in virtual time, in order: a binary heap, earliest first, equals in the order they
// went in. Filled by the simulated service and transport, emptied by Simulation.

@testable import Engine

/// Something that reaches a worker from outside.
enum SimulatedEvent {
    /// The recorded iteration of a VU ends, unless it was interrupted since (`token`).
    case iterationEnds(UnsafeMutablePointer<RecordedIteration>, token: UInt64)
    /// The exchange at this address ends, unless it was cancelled since.
    case exchangeEnds(UnsafeMutableRawPointer, token: UInt64)
    case message(WorkerMessage)
    case intervalEdge
}

struct EventQueue {
    struct Entry {
        var atNs: Int64
        var order: UInt64
        var worker: Int
        var event: SimulatedEvent
    }

    private var entries: [Entry] = []
    private var nextOrder: UInt64 = 0

    var earliestNs: Int64? { entries.first?.atNs }

    mutating func insert(atNs: Int64, worker: Int, _ event: SimulatedEvent) {
        entries.append(Entry(atNs: atNs, order: nextOrder, worker: worker, event: event))
        nextOrder += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !precedes(child, parent) { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popDue(nowNs: Int64) -> Entry? {
        guard let first = entries.first, first.atNs <= nowNs else { return nil }
        let last = entries.removeLast()
        if entries.isEmpty { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if precedes(child, least) { least = child }
            }
            if least == parent { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (entries[left].atNs, entries[left].order) < (entries[right].atNs, entries[right].order)
    }
}
