// How long the simulated service takes, and how it fails: a seeded model, asked once per iteration or
// request.

import Base

struct Service {
    enum Latency {
        case constant(ns: Int64)
        /// Evenly between two bounds.
        case uniform(ns: ClosedRange<Int64>)
        /// Mostly the first, one in ten the second.
        case twoPeaks(ns: Int64, slowNs: Int64)
    }

    enum Fault: Int, CaseIterable {
        /// The connection is refused at once.
        case refused
        /// The connection breaks half-way.
        case reset
        /// No answer ever comes: the request ends by its time-out, an iteration by being interrupted.
        case silent
    }

    var latency = Latency.constant(ns: 10 * Ns.perMillisecond)
    /// In each of these (from the start of the run) nothing is answered; what would have been comes at its
    /// end.
    var stallsNs: [Range<Int64>] = []
    /// Faults that occur, each once in this many requests.
    var faults: [Fault] = []
    var faultOneIn = 20
    /// One iteration in this many waits by asking its worker to be woken (0: none).
    var wakeOneIn = 0

    struct Answer {
        var fault: Fault?
        /// From the start of the run; nil: never.
        var atNs: Int64?
        var isByWake = false
    }

    func answer(startedNs: Int64, _ random: inout SeededRandom) -> Answer {
        var fault: Fault?
        if !faults.isEmpty, random.below(faultOneIn) == 0 { fault = faults[random.below(faults.count)] }
        var durationNs: Int64
        switch latency {
        case .constant(let ns): durationNs = ns
        case .uniform(let bounds):
            durationNs =
                bounds.lowerBound + Int64(random.below(Int(bounds.upperBound - bounds.lowerBound) + 1))
        case .twoPeaks(let ns, let slowNs): durationNs = random.below(10) == 0 ? slowNs : ns
        }
        switch fault {
        case .refused: return Answer(fault: fault, atNs: startedNs + min(durationNs, Ns.perMillisecond))
        case .silent: return Answer(fault: fault, atNs: nil)
        case .reset: durationNs = max(durationNs / 2, 1)
        case nil: break
        }
        var atNs = startedNs + durationNs
        for stall in stallsNs where stall.contains(atNs) { atNs = stall.upperBound }
        let isByWake = wakeOneIn > 0 && random.below(wakeOneIn) == 0
        return Answer(fault: fault, atNs: atNs, isByWake: isByWake)
    }
}
