// Where the time of scripts goes: running, waiting for requests, pausing on purpose. Counted by ScriptHost at
// every switch of fibers, from clock readings that are made anyway; evidence for the verdict.

import Base
import Engine

/// What an iteration has waited for so far.
struct VMPause {
    /// When the fiber parked last.
    var began = Instant.distantFuture
    /// When a `sleep` is over, however late it is told.
    var sleepEnd = Instant.distantFuture
    /// Whether requests were under way when it parked to wait for anything that happens.
    var isForRequests = false
    var waitingNs: Int64 = 0
    var thinkingNs: Int64 = 0
}

/// A worker's sums.
struct ScriptTimes {
    /// What fibers took, and what of it was the transport's.
    private var fiberNs: Int64 = 0
    private var transportNs: Int64 = 0
    private var sums = ScriptTime()

    /// A fiber ran; it is parked now, or its task is over.
    @inline(__always) mutating func countSlice(of vm: VM, from start: Instant, to end: Instant) {
        let sliceNs = end - start
        fiberNs &+= sliceNs
        if sliceNs > sums.longestNs { sums.longestNs = sliceNs }
        vm.pause.began = end
        if vm.wait == .events { vm.pause.isForRequests = !vm.openCalls.isEmpty }
    }

    /// What a parked fiber waited for has happened.
    @inline(__always) mutating func countPause(of vm: VM, until end: Instant) {
        switch vm.wait {
        case .operation: vm.pause.waitingNs &+= end - vm.pause.began
        case .sleep: vm.pause.thinkingNs &+= max(min(end, vm.pause.sleepEnd) - vm.pause.began, 0)
        case .events:
            let waitedNs = end - vm.pause.began
            if vm.pause.isForRequests {
                vm.pause.waitingNs &+= waitedNs
            } else {
                vm.pause.thinkingNs &+= waitedNs
            }
        // Its turn: the client's own queue.
        case .turn, .task, .nothing: break
        }
    }

    /// A script's call of the transport, made on a fiber, has returned.
    /// - Parameters:
    ///   - opened: when it was made.
    ///   - sent: when its request was written, if that was done at once; unset otherwise.
    @inline(__always) mutating func countTransport(of vm: VM, opened: Instant, sent: Instant) {
        let tookNs = (sent > opened ? sent : Clock.now()) - opened
        transportNs &+= tookNs
        vm.pause.waitingNs &+= tookNs
    }

    /// An iteration that counts is over. One that is cut off has no duration, and no such parts of it.
    @inline(__always) mutating func iterationEnded(_ vm: VM) {
        sums.waitingNs &+= vm.pause.waitingNs
        sums.thinkingNs &+= vm.pause.thinkingNs
    }

    /// Since the run's start: what init code took does not count.
    var total: ScriptTime {
        var total = sums
        total.runningNs = max(fiberNs - transportNs, 0)
        return total
    }
}
