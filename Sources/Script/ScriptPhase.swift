// setup(), teardown() and handleSummary(): one call of an exported function in a VM of its own (`__VU` 0), on
// a loop of its own. The caller brings a host whose transport lives on that loop, and drives nothing else
// meanwhile.

import Base
import CQuickJS
import Engine
import EventLoop
import HTTP
import Metrics

public final class ScriptPhase {
    public enum Function: String, Sendable {
        case setup, teardown, handleSummary
    }

    /// How the call ended.
    public enum End: Sendable {
        /// JSON of what it returned; nil: nothing.
        case returned([UInt8]?)
        /// Of handleSummary.
        case summary(Summary)
        case failed(ScriptError)
        case timedOut
        case cancelled
    }

    /// What handleSummary made.
    public struct Summary: Sendable {
        /// Files and streams; nil: it leaves the summary to the run.
        public var files: [(destination: String, content: [UInt8])]?
        /// JSON of its argument as it left it; nil when that cannot be written as JSON any more.
        public var data: [UInt8]?
    }

    private let host: ScriptHost
    private let loop: Loop
    private let function: Function
    private let control: PhaseControl
    private let deadline: Instant
    private var vm: VM!
    private var end = End.returned(nil)
    private var isOver = false

    private init(
        _ function: Function, host: ScriptHost, loop: Loop, timeoutNs: Int64, control: PhaseControl
    ) {
        self.function = function
        self.host = host
        self.loop = loop
        self.control = control
        deadline = Clock.now() + timeoutNs
    }

    /// Calls `function` and waits for its end.
    /// - Parameter argument: JSON of its argument; nil: undefined.
    public static func run(
        _ function: Function, argument: [UInt8]?, host: ScriptHost, loop: Loop, timeoutNs: Int64,
        control: PhaseControl = PhaseControl()
    ) -> End {
        let phase = ScriptPhase(function, host: host, loop: loop, timeoutNs: timeoutNs, control: control)
        return phase.run(argument)
    }

    private func run(_ argument: [UInt8]?) -> End {
        do throws(ScriptError) {
            vm = try host.makeLoadedVM(number: 0, vu: nil) { vm in
                vm.phase = function
                if function == .setup {
                    var counts = InstanceCounts()
                    counts.vusInitialized = control.initializedVUs
                    vm.instanceOfSetup = (counts, control.startedAt)
                }
            }
        } catch {
            return .failed(error)
        }
        let wakeup: Wakeup
        do { wakeup = try Wakeup(on: loop) } catch {
            return .failed(ScriptError(.generic, error.description))
        }
        control.onCancel { wakeup.send() }
        vm.tags = host.contexts.root
        if function != .handleSummary {
            vm.tags = host.contexts.entering(function.rawValue, from: host.contexts.root)
        }
        vm.onTaskEnd = { [unowned self] _, _ in isOver = true }
        loop.onPass(context: Unmanaged.passUnretained(self).toOpaque()) { context, nowNs in
            Unmanaged<ScriptPhase>.fromOpaque(context)._withUnsafeGuaranteedRef {
                $0.pass(Instant(ns: nowNs)).ns
            }
        }
        host.begin(vm) { [unowned self] in end = call(argument) }
        loop.wake(at: Clock.now())
        loop.run()
        recordBytes()
        control.onCancel(nil)
        wakeup.close()
        vm.free()
        host.forget(vm)
        return end
    }

    private func pass(_ now: Instant) -> Instant {
        let port = host.port
        let next = port.pass(port.context, now.ns)
        if !isOver, control.isCancelled || deadline <= now {
            let cause = control.isCancelled ? End.cancelled : .timedOut
            host.withdraw(vm)
            vm.terminate()
            end = cause
            isOver = true
        }
        if isOver {
            loop.stop()
            return .distantFuture
        }
        return min(Instant(ns: next), deadline)
    }

    /// k6 counts a function's bytes once, at its end.
    private func recordBytes() {
        guard let recorder = host.recorder, function != .handleSummary else { return }
        let now = Clock.now()
        vm.tags = host.contexts.entering(function.rawValue, from: host.contexts.root)
        recorder.record(Builtin.dataSent, Double(vm.http.phaseSentBytes), vm, at: now)
        recorder.record(Builtin.dataReceived, Double(vm.http.phaseReceivedBytes), vm, at: now)
    }

    // MARK: - on the fiber

    private func call(_ argument: [UInt8]?) -> End {
        let ctx = vm.ctx.unsafelyUnwrapped
        guard let body = vm.exports[function.rawValue], JS.isFunction(ctx, body) else {
            return .returned(nil)
        }
        var value = argument.map { $0.withUnsafeBufferPointer { JS.parseJSON(ctx, $0) } } ?? JS.undefined
        if JS.isException(value) {
            JS.dropException(ctx)
            value = JS.undefined
        }
        if function == .handleSummary, JS.isObject(value) {
            // k6's data always has this key.
            let known = JS.get(ctx, value, "setup_data")
            if JS.isUndefined(known) { JS.set(ctx, value, "setup_data", JS.undefined) }
            JS_FreeValue(ctx, known)
        }
        defer { JS_FreeValue(ctx, value) }
        var result = JS_Call(ctx, body, JS.undefined, 1, &value)
        var ended = TaskEnd.done
        if JS.isException(result) {
            ended = vm.isTerminating ? .terminated : .failed(JS_GetException(ctx))
        } else {
            ended = vm.finishEvents()
            if case .done = ended { ended = settle(&result) }
        }
        defer {
            JS_FreeValue(ctx, result)
            vm.reportStoppedTimers()
            vm.endIteration()
        }
        switch ended {
        case .done: return function == .handleSummary ? summary(result, of: value) : returned(result)
        case .failed(let error):
            let text = ErrorText.of(vm, error)
            JS_FreeValue(ctx, error)
            return .failed(ScriptError(.script, text))
        case .rejected(let reason):
            // To k6 a rejected promise is no exception of the script.
            let text = "Uncaught (in promise) \(ErrorText.of(vm, reason))"
            JS_FreeValue(ctx, reason)
            return .failed(ScriptError(.generic, text))
        case .terminated:
            JS.dropException(ctx)
            if vm.isOutOfMemory {
                return .failed(ScriptError(.generic, "\(function.rawValue)() ran out of memory"))
            }
            if let message = vm.abortMessage, function == .handleSummary {
                return .failed(ScriptError(.generic, message))
            }
            return .cancelled
        }
    }

    /// What a promise was resolved with, in its place.
    private func settle(_ result: inout JSValue) -> TaskEnd {
        let ctx = vm.ctx.unsafelyUnwrapped
        guard JS_GetClassID(result) == K6Module.promiseClass else { return .done }
        let promise = result
        if JS_PromiseState(ctx, promise) == JS_PROMISE_REJECTED {
            return .rejected(JS_PromiseResult(ctx, promise))
        }
        result = JS_PromiseResult(ctx, promise)
        JS_FreeValue(ctx, promise)
        return .done
    }

    private func returned(_ result: JSValue) -> End {
        let ctx = vm.ctx.unsafelyUnwrapped
        if JS.isUndefined(result) { return .returned(nil) }
        // What teardown returns is nobody's.
        if function != .setup { return .returned(nil) }
        do throws(SetupData.Problem) { return .returned(try SetupData.json(ctx, result)) } catch {
            if let text = error.text {
                return .failed(ScriptError(.generic, "error marshaling setup() data to JSON: \(text)"))
            }
            let exception = JS_GetException(ctx)
            defer { JS_FreeValue(ctx, exception) }
            return .failed(ScriptError(.script, ErrorText.of(vm, exception)))
        }
    }

    /// Destinations and contents.
    private func summary(_ result: JSValue, of data: JSValue) -> End {
        let ctx = vm.ctx.unsafelyUnwrapped
        let json = JS.json(ctx, data).map { Array($0.utf8) }
        if json == nil { JS.dropException(ctx) }
        if !JS.truth(ctx, result) { return .summary(Summary(files: nil, data: json)) }
        guard GoExport.typeName(ctx, result) == "map[string]interface {}", let keys = JS.keys(ctx, result)
        else {
            JS.dropException(ctx)
            return .failed(ScriptError(.summary, "handleSummary() should return a map with string keys"))
        }
        var files: [(destination: String, content: [UInt8])] = []
        for key in keys {
            let value = JS.get(ctx, result, name: key)
            defer { JS_FreeValue(ctx, value) }
            guard let bytes = JS.data(ctx, value) else {
                return .failed(
                    ScriptError(
                        .summary,
                        "error handling summary object \(key): invalid type \(GoExport.typeName(ctx, value)), "
                            + "it needs to be a string or ArrayBuffer"))
            }
            files.append((key, bytes))
        }
        return .summary(Summary(files: files, data: json))
    }
}
