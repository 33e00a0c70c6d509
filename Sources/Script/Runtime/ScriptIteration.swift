// A script's iterations as the engine knows them: the exported function of the VU's scenario, called on the
// VU's fiber. Makes, starts, interrupts and frees VUs through the engine's `IterationPort`.

import Base
import CQuickJS
import Engine
import HTTP
import Metrics

extension ScriptHost {
    /// The iterations of this worker as the engine sees them. The host must outlive the worker.
    public var iterations: IterationPort {
        IterationPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            make: { context, vu in
                let host = Unmanaged<ScriptHost>.fromOpaque(context)._withUnsafeGuaranteedRef { $0 }
                return host.makeVU(vu.assumingMemoryBound(to: VU.self))
            },
            start: { data, _ in
                Unmanaged<ScriptVU>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.start() }
            },
            woken: { _, _ in },
            interrupt: { data in
                Unmanaged<ScriptVU>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.interrupt() }
            },
            free: { data in
                let vu = Unmanaged<ScriptVU>.fromOpaque(data)
                vu._withUnsafeGuaranteedRef { $0 }.free()
                vu.release()
            })
    }

    private func makeVU(_ vu: UnsafeMutablePointer<VU>) -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(ScriptVU(self, vu)).toOpaque()
    }
}

/// One VU that runs a script.
final class ScriptVU {
    private unowned(unsafe) let host: ScriptHost
    private let vu: UnsafeMutablePointer<VU>
    /// nil when it could not be initialised; the run does not start then.
    private var vm: VM? { didSet { lentVM = vm.map(Unmanaged.passUnretained) } }
    /// The same without counting references.
    private var lentVM: Unmanaged<VM>?

    init(_ host: ScriptHost, _ vu: UnsafeMutablePointer<VU>) {
        self.host = host
        self.vu = vu
        vm = makeVM()
        lentVM = vm.map(Unmanaged.passUnretained)
    }

    private func makeVM() -> VM? {
        if host.failure != nil { return nil }
        do throws(ScriptError) {
            let vm = try host.makeLoadedVM(
                number: vu.pointee.idInInstance, vu: vu, image: host.shared.images.image(for: host))
            vm.onTaskEnd = { [unowned(unsafe) self] vm, now in endedSpecially(vm, now) }
            vm.onCondemned = { [unowned(unsafe) self] in
                self.vm?.reportMemory()
                rebuild()
            }
            return vm
        } catch {
            host.fail(error, ofVU: vu.pointee.idInInstance)
            return nil
        }
    }

    /// What the usual end of an iteration leaves out.
    private func endedSpecially(_ vm: VM, _ now: Instant) {
        if let message = vm.abortMessage {
            // No other iteration begins here. The run is told only now: had it been told before, its stop
            // could have come first, and the samples of this iteration would be lost.
            Worker.iterationAborted(vu, now, tags: host.recorder.unsafelyUnwrapped.set(vm.scenarioTags))
            host.settings.abort(message)
            return
        }
        let tags = vm.ownTags
        if vm.isOutOfMemory { rebuild() }
        if let tags {
            Worker.iterationEnded(vu, now, tags: tags)
        } else {
            Worker.iterationEnded(vu, now)
        }
    }

    /// A VM that ran out of memory is not trusted again: a new one takes its place.
    private func rebuild() {
        free()
        vm = nil
        host.memory.giveBack()
        vm = makeVM()
        if vm == nil, let failure = host.failure {
            host.settings.abort(
                "VU \(vu.pointee.idInInstance) ran out of memory and could not be started again: \(failure)")
        }
    }

    private func discard(_ vm: VM) {
        vm.free()
        host.forget(vm)
    }

    func start() {
        // A VU that could not be rebuilt waits for the run's end.
        lentVM?._withUnsafeGuaranteedRef { vm in vm.withHost { $0.beginIteration(vm) } }
    }

    /// Cuts the iteration off: the latch is set and the fiber unwinds, here and now.
    func interrupt() {
        guard let vm else { return }
        host.withdraw(vm)
        vm.terminate()
        if let message = vm.abortMessage { host.settings.abort(message) }
        if vm.isOutOfMemory { rebuild() }
    }

    func free() {
        guard let vm else { return }
        discard(vm)
    }

    // MARK: - on the fiber

    static func runIteration(_ vm: VM) {
        vm.activate(Int(vm.vu.unsafelyUnwrapped.pointee.scenario))
        vm.http.beginIteration(vm)
        let ctx = vm.ctx.unsafelyUnwrapped
        var data = vm.sharedData()
        let result = JS_Call(ctx, vm.function, JS.undefined, 1, &data)
        var end = TaskEnd.done
        if JS.isException(result) {
            end = vm.isTerminating ? .terminated : .failed(JS_GetException(ctx))
        } else {
            end = vm.finishEvents()
        }
        JS_FreeValue(ctx, result)
        vm.reportStoppedTimers()
        vm.report(end)
        vm.endIteration()
    }
}

extension VM {
    /// Evaluates the script in this VM. Only from the loop's stack, once.
    func load() throws(ScriptError) {
        var outcome: ScriptError?
        start { [unowned self] in
            if isCopy { return }
            outcome = loadMain()
            if outcome == nil {
                addIterationNumber()
                collectInitGarbage()
                if isTemplate { finishTemplate() }
            }
        }
        didFinishTask = false
        precondition(wait == .task, "init code does not park")
        isInit = false
        // A seed set by init code counts there only: else all VUs would draw the same numbers.
        random = VM.unseededRandom(number)
        if isCopy { collectedBytes = usedBytes } else { setCollectorThreshold() }
        if let outcome { throw outcome }
    }

    /// A source of numbers nobody chose, another one for each VU `number`.
    static func unseededRandom(_ number: Int64) -> SeededRandom {
        SeededRandom(seed: UInt64(bitPattern: Clock.wallNs()) &+ UInt64(bitPattern: number) &* 0x9E37)
    }

    /// What is left to do after the function returned.
    @inline(__always) func finishEvents() -> TaskEnd {
        if outstandingCount == 0, events.isEmpty, rejections.isEmpty, JS_IsJobPending(runtime) == 0 {
            return isTerminating ? .terminated : .done
        }
        return runEvents()
    }

    /// Says how a task ended, if that was not well.
    func report(_ end: TaskEnd) {
        if isOutOfMemory { reportMemory() }
        switch end {
        case .done: break
        case .terminated: JS.dropException(ctx)
        case .failed(let error):
            var fields = scenarioFields
            fields["source"] = "stacktrace"
            host.log(ScriptLogLine(.error, ErrorText.of(self, error), fields: fields))
            JS_FreeValue(ctx, error)
        case .rejected(let reason):
            host.log(
                ScriptLogLine(
                    .error, "Uncaught (in promise) \(ErrorText.of(self, reason))", fields: scenarioFields))
            JS_FreeValue(ctx, reason)
        }
    }

    func reportMemory() {
        host.log(
            ScriptLogLine(
                .error,
                "VU \(number) ran out of memory at \(exhaustedBytes >> 20) MiB and starts afresh: nothing is left of what "
                    + "the process may use", fields: scenarioFields))
    }

    func endIteration() {
        if outstandingCount > 0 || !events.isEmpty || !openCalls.isEmpty || isTerminating { abandon() }
        generation &+= 1
        iterationsSinceTrim += 1
        if iterationsSinceTrim >= Limits.scriptTrimIterations { trimStack() }
    }

    /// Ends everything the iteration still has under way.
    private func abandon() {
        for call in Array(openCalls.values) { call.cancel() }
        openCalls = [:]
        forgetIteration()
        isTerminating = false
    }

    /// Cuts the running task off. Only from the loop's stack; afterwards the VM is ready for the next one.
    func terminate() {
        if wait == .task { return }
        isTerminating = true
        openCall?._withUnsafeGuaranteedRef { $0.cancel() }
        for call in Array(openCalls.values) { call.cancel() }
        while wait != .task { resume(Clock.now()) }
        didFinishTask = false
        isTerminating = false
    }

    // MARK: - scenarios

    var scenarioFields: [String: String] {
        guard let scenario = currentScenario else { return [:] }
        return ["executor": scenario.executor, "scenario": scenario.name]
    }

    var currentScenario: ScriptScenario? {
        scenarioIndex >= 0 ? host.settings.scenarios[scenarioIndex] : nil
    }

    /// Has the VU work for a scenario: its function, its tags, an environment of its own.
    @inline(__always) func activate(_ index: Int) {
        if index != scenarioIndex { switchTo(index) }
        if tags !== scenarioTags { tags = scenarioTags }
    }

    private func switchTo(_ index: Int) {
        scenarioIndex = index
        let scenario = host.settings.scenarios[index]
        guard let function = exports[scenario.exec] else {
            preconditionFailure("the plan names exported functions only")
        }
        self.function = function
        scenarioTags = host.contexts.find(scenario: scenario.name, group: "", extra: scenario.tags)
        plainTags = scenarioTags.number
        metadata = [:]
        endsSpecially = abortMessage != nil || isOutOfMemory
        let env = host.settings.env
        setEnvironment(scenario.env.isEmpty ? env : env.merging(scenario.env) { $1 })
    }

    /// The iteration's tags where the script changed its VU's.
    @inline(__always) var ownTags: SampleTagSet? {
        scenarioTags.number == plainTags ? nil : host.recorder.unsafelyUnwrapped.set(scenarioTags)
    }

    /// setup()'s result for the function's argument; borrowed.
    @inline(__always) func sharedData() -> JSValue {
        if let setupData { return setupData }
        return readSetupData()
    }

    private func readSetupData() -> JSValue {
        guard let json = host.shared.setupJSON else {
            setupData = JS.undefined
            return JS.undefined
        }
        let value = json.withUnsafeBufferPointer { JS.parseJSON(ctx, $0) }
        if JS.isException(value) {
            JS.dropException(ctx)
            setupData = JS.undefined
        } else {
            setupData = value
        }
        return setupData!
    }
}
