// A VU's event queue: promise jobs, timers, finished operations. An iteration is over when nothing is left in
// it. Everything here runs on the fiber.

import Base
import CQuickJS
import Glibc

/// A `setTimeout` or `setInterval` that has not fired for the last time.
struct ScriptTimer {
    var callback: JSValue
    var arguments: [JSValue]
    /// nil: fires once.
    var intervalNs: Int64?
    var due = Instant.never
}

/// How a task's code ended.
enum TaskEnd {
    case done
    /// An exception nobody caught, which is now the caller's.
    case failed(JSValue)
    /// The reason of a promise rejected without a handler, which is now the caller's.
    case rejected(JSValue)
    case terminated
}

extension VM {
    /// Runs promise jobs until none is left.
    @inline(__always) private func pumpJobs() -> TaskEnd {
        while JS_IsJobPending(runtime) != 0, !isTerminating {
            var context: OpaquePointer?
            if JS_ExecutePendingJob(runtime, &context) < 0 {
                let error = JS_GetException(ctx)
                if isTerminating {
                    JS_FreeValue(ctx, error)
                    return .terminated
                }
                return .failed(error)
            }
        }
        return isTerminating ? .terminated : .done
    }

    /// Handles events until nothing is outstanding, or code throws, or the iteration is cut off.
    func runEvents() -> TaskEnd {
        while true {
            let pumped = pumpJobs()
            guard case .done = pumped else { return pumped }
            if !rejections.isEmpty { return .rejected(takeRejection()) }
            if !events.isEmpty {
                let event = events.removeFirst()
                if case .failed(let error) = handle(event) { return .failed(error) }
                continue
            }
            if outstandingCount == 0 { return .done }
            if isInit {
                sleepUntilTimer()
            } else {
                park(.events)
            }
            if isTerminating { return .terminated }
        }
    }

    private func handle(_ event: VMEvent) -> TaskEnd {
        switch event {
        case .timer(let id): return fire(id)
        case .settle(let settle):
            outstandingCount -= 1
            settle()
            return .done
        }
    }

    private func fire(_ id: UInt32) -> TaskEnd {
        guard let timer = timers[id] else { return .done }
        if let intervalNs = timer.intervalNs {
            let due = Clock.now() + intervalNs
            timers[id]?.due = due
            host.setTimer(self, id, at: due)
        } else {
            timers[id] = nil
            outstandingCount -= 1
        }
        var arguments = timer.arguments
        let callback = JS_DupValue(ctx, timer.callback)
        let result = arguments.withUnsafeMutableBufferPointer {
            JS_Call(ctx, callback, globals.object, Int32($0.count), $0.baseAddress)
        }
        JS_FreeValue(ctx, callback)
        if timer.intervalNs == nil { freeTimer(timer) }
        if JS.isException(result) {
            return isTerminating ? .terminated : .failed(JS_GetException(ctx))
        }
        JS_FreeValue(ctx, result)
        return .done
    }

    private func freeTimer(_ timer: ScriptTimer) {
        JS_FreeValue(ctx, timer.callback)
        for argument in timer.arguments { JS_FreeValue(ctx, argument) }
    }

    /// Starts a timer. - Returns: its number.
    func addTimer(_ timer: ScriptTimer, delayNs: Int64) -> UInt32 {
        let id = takeTimerNumber()
        let due = Clock.now() + delayNs
        timers[id] = timer
        timers[id]?.due = due
        outstandingCount += 1
        host.setTimer(self, id, at: due)
        return id
    }

    /// The next timer's number, which no other gets.
    @discardableResult func takeTimerNumber() -> UInt32 {
        defer { nextTimer &+= 1 }
        return nextTimer
    }

    func removeTimer(_ id: UInt32) {
        guard let timer = timers.removeValue(forKey: id) else { return }
        outstandingCount -= 1
        freeTimer(timer)
    }

    /// Init code has no loop to park for: it waits for its next timer on the spot.
    private func sleepUntilTimer() {
        guard let due = host.nextTimer else {
            // A promise nothing will settle: k6 waits for it forever, which helps nobody.
            outstandingCount = 0
            return
        }
        let leftNs = due - Clock.now()
        if leftNs > 0 { sleepThread(leftNs) }
        host.fireTimers(Clock.now())
    }

    /// Blocks the VU for a time. - Returns: false when the iteration was cut off meanwhile.
    func sleep(_ durationNs: Int64) -> Bool {
        if isInit {
            sleepThread(durationNs)
            return true
        }
        let end = Clock.now() + durationNs
        pause.sleepEnd = end
        host.setTimer(self, VM.sleepTimer, at: end)
        park(.sleep)
        return !isTerminating
    }

    /// The timer number of `sleep`; scripts' timers count from 1.
    static let sleepTimer: UInt32 = 0

    /// A timer is due. Called from the loop's stack.
    func timerDue(_ id: UInt32) {
        if id == VM.sleepTimer {
            if wait == .sleep { host.goOn(self) }
        } else if timers[id] != nil {
            post(.timer(id))
        }
    }

    /// Queues an event, and goes on if the fiber waits for one. Called from the loop's stack.
    func post(_ event: VMEvent) {
        events.append(event)
        if wait == .events { host.goOn(self) }
    }

    /// The time of a sample: read anew only where it shows.
    @inline(__always) var sampleTime: Instant {
        withRecorder { $0.recorder.isStreaming ? Clock.now() : sliceStart }
    }

    /// Runs `body` with the worker's recorder, which VUs have, without counting references.
    @inline(__always) func withRecorder<Result>(_ body: (ScriptRecorder) -> Result) -> Result {
        withHost { $0.lentRecorder.unsafelyUnwrapped._withUnsafeGuaranteedRef(body) }
    }

    // MARK: - rejections

    static func trackRejection(
        _ promise: JSValue, _ reason: JSValue, isHandled: Bool, _ ctx: OpaquePointer?
    ) {
        let vm = VM.alike(ctx)
        if !isHandled {
            vm.rejections.append((JS_DupValue(ctx, promise), JS_DupValue(ctx, reason)))
            return
        }
        guard
            let index = vm.rejections.firstIndex(where: {
                apus_js_pointer($0.promise) == apus_js_pointer(promise)
            })
        else { return }
        let known = vm.rejections.remove(at: index)
        JS_FreeValue(ctx, known.promise)
        JS_FreeValue(ctx, known.reason)
    }

    private func takeRejection() -> JSValue {
        let first = rejections.removeFirst()
        JS_FreeValue(ctx, first.promise)
        return first.reason
    }

    private func dropRejections() {
        for rejection in rejections {
            JS_FreeValue(ctx, rejection.promise)
            JS_FreeValue(ctx, rejection.reason)
        }
        rejections = []
    }

    // MARK: - the end of a task

    /// Says which timers will not fire any more, in the order they were due.
    func reportStoppedTimers() {
        if timers.isEmpty || isInit { return }
        let order = timers.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }
        for (id, timer) in order {
            let name = timer.intervalNs == nil ? "setTimeout" : "setInterval"
            host.log(
                ScriptLogLine(.warning, "\(name) \(id) was stopped because the VU iteration was interrupted"))
        }
    }

    /// Drops what is left of an iteration: timers, events, jobs under the latch.
    func forgetIteration() {
        generation &+= 1
        for timer in timers.values { freeTimer(timer) }
        timers = [:]
        outstandingCount = 0
        for event in events {
            // A settled operation holds its promise's functions: it frees them, and its jobs are drained
            // below.
            if case .settle(let settle) = event { settle() }
        }
        events = []
        drainJobs()
        dropRejections()
    }

    /// Stale jobs would run in the next iteration. The engine has no way to drop them: they are run with a
    /// stack on which no function can begin.
    private func drainJobs() {
        if JS_IsJobPending(runtime) == 0 { return }
        let wasTerminating = isTerminating
        isTerminating = true
        JS_SetMaxStackSize(runtime, 1)
        defer { JS_SetMaxStackSize(runtime, VM.engineStackBytes) }
        while JS_IsJobPending(runtime) != 0 {
            var context: OpaquePointer?
            if JS_ExecutePendingJob(runtime, &context) < 0 { JS.dropException(ctx) }
        }
        isTerminating = wasTerminating
    }
}

private func sleepThread(_ durationNs: Int64) {
    let end = Clock.now() + durationNs
    while true {
        let leftNs = end - Clock.now()
        if leftNs <= 0 { return }
        var time = timespec(tv_sec: Int(leftNs / Ns.perSecond), tv_nsec: Int(leftNs % Ns.perSecond))
        nanosleep(&time, nil)
    }
}
