// One worker's part of the script runtime: its VUs, their timers, the ready queue, and what they share
// (requests, tags, metrics). It stands between the worker's thread and the transport: the pass of its port
// lets scripts go on first, then the client. Everything here belongs to one thread.

import Base
import CFiber
import Engine
import EventLoop
import HTTP
import Metrics

public final class ScriptHost {
    public let program: ScriptProgram
    let settings: ScriptSettings
    /// nil while a script is loaded: nothing can be requested then.
    let transport: TransportPort?
    let samples: UnsafeMutablePointer<HTTPSamples>?
    let shard: Shard?
    let registry: Locked<MetricRegistry>
    let limiter: RateLimiter?
    let shared: ScriptShared
    /// The transport's text for an error's number.
    let errorText: (UInt16) -> String
    let errorNumber: (String) -> UInt16
    /// Whom an exchange spoke to, asked within its end event.
    let remoteAddress: (UnsafeMutablePointer<Exchange>) -> SocketAddress?
    /// People's text for an exchange's error and whom it spoke to, asked within its end event.
    let exchangeFailure: (UnsafeMutablePointer<Exchange>) -> (text: String, remote: SocketAddress?)
    /// The TLS cipher suite of an exchange, asked within its end event, and the name of one.
    let cipherSuite: (UnsafeMutablePointer<Exchange>) -> UInt16?
    let cipherSuiteName: (UInt16) -> String
    let contexts = TagContexts()
    let requests = RequestCache()
    let heads = HeadCache()
    private(set) var heap = ScriptHeap()
    private(set) var memory: ScriptMemory
    /// Whose fiber runs.
    unowned(unsafe) var running: VM?
    private var deadlines = DeadlineHeap()
    private(set) var vms: [VM?] = []
    /// The VM whose memory others need.
    var condemned: VM?
    /// VMs whose time slice was over, in order.
    private var ready: [VM] = []
    /// Iterations that ended while they were being started; told at the next pass.
    private var endedEarly: [(vm: VM, at: Instant)] = []
    private var isStarting = false
    /// The time read a moment ago, while an end is being told; an iteration that starts then need not read.
    private var endedAt: Instant?
    /// Evidence for the verdict.
    var times = ScriptTimes()
    /// Why a VU could not be initialised.
    public private(set) var failure: ScriptError?
    /// Lines of a VU that is loading the script and may have to begin anew.
    private var heldLines: [ScriptLogLine]?
    /// The consolidated options as the engine writes objects.
    var optionsImage: [UInt8]?
    var callEvents: UnsafeMutablePointer<ExchangeEvents>
    let recorder: ScriptRecorder?
    /// The same without counting references.
    let lentRecorder: Unmanaged<ScriptRecorder>?

    /// - Parameters:
    ///   - transport: nil while a script is loaded: nothing can be requested then.
    ///   - samples: outlives the host.
    public init(
        program: ScriptProgram, settings: ScriptSettings, shared: ScriptShared, transport: TransportPort?,
        samples: UnsafeMutablePointer<HTTPSamples>?, shard: Shard?, registry: Locked<MetricRegistry>,
        limiter: RateLimiter?, errorText: @escaping (UInt16) -> String,
        errorNumber: @escaping (String) -> UInt16,
        remoteAddress: @escaping (UnsafeMutablePointer<Exchange>) -> SocketAddress?,
        exchangeFailure:
            @escaping (UnsafeMutablePointer<Exchange>) -> (text: String, remote: SocketAddress?) = {
                _ in ("", nil)
            },
        cipherSuite: @escaping (UnsafeMutablePointer<Exchange>) -> UInt16? = { _ in nil },
        cipherSuiteName: @escaping (UInt16) -> String = { _ in "" }
    ) {
        self.program = program
        self.settings = settings
        self.shared = shared
        self.transport = transport
        self.samples = samples
        self.shard = shard
        self.registry = registry
        self.limiter = limiter
        self.errorText = errorText
        self.errorNumber = errorNumber
        self.remoteAddress = remoteAddress
        self.exchangeFailure = exchangeFailure
        self.cipherSuite = cipherSuite
        self.cipherSuiteName = cipherSuiteName
        memory = ScriptMemory(heap: heap, read: settings.memoryLeftBytes)
        callEvents = .allocate(capacity: 1)
        callEvents.initialize(to: HTTPCall.events)
        recorder = shard.map { ScriptRecorder(shard: $0, tagging: settings.tagging) }
        lentRecorder = recorder.map(Unmanaged.passUnretained)
        heap.report(to: self)
    }

    deinit { callEvents.deallocate() }

    /// A host for one template, which has nobody to say anything to. Its registry is a copy: what the script
    /// registers there must be known already.
    convenience init(templateFor other: ScriptHost, _ region: ImageRegion, limitBytes: Int) {
        var settings = other.settings
        settings.log = { _ in }
        settings.abort = { _ in }
        settings.lacks = {}
        settings.fail = { _ in }
        self.init(
            program: other.program, settings: settings, shared: other.shared, transport: nil, samples: nil,
            shard: nil, registry: Locked(other.registry.withLock { $0 }), limiter: nil,
            errorText: { _ in "" },
            errorNumber: { _ in 0 }, remoteAddress: { _ in nil })
        heap = ScriptHeap(region: region, limitBytes: limitBytes)
        memory = ScriptMemory(heap: heap, read: settings.memoryLeftBytes)
        heap.report(to: self)
    }

    func log(_ line: ScriptLogLine) {
        var line = line
        if let secrets = settings.secrets {
            line.message = secrets.redacted(line.message)
            line.fields = line.fields.mapValues(secrets.redacted)
        }
        if heldLines == nil { settings.log(line) } else { heldLines!.append(line) }
    }

    /// Runs `body`, whose lines wait until it says whether they are to be seen.
    func holdingLines(_ body: () -> Bool) {
        heldLines = []
        let areSeen = body()
        let lines = heldLines ?? []
        heldLines = nil
        if areSeen { lines.forEach(settings.log) }
    }

    func fail(_ error: ScriptError, ofVU number: Int64) {
        if failure == nil { failure = error }
        shared.noteFailure(error, ofVU: number)
    }

    // MARK: - VMs

    /// - Parameters:
    ///   - image: what the VM is to start from; nil: from the script.
    ///   - template: what it is to become a template of.
    func makeVM(
        number: Int64, vu: UnsafeMutablePointer<VU>?, image: EngineImage? = nil,
        template: ImageTemplate? = nil
    ) throws(ScriptError) -> VM {
        let vm = try VM(
            host: self, slot: vms.count, number: number, vu: vu, image: image, template: template)
        vms.append(vm)
        return vm
    }

    func forget(_ vm: VM) {
        vms[vm.slot] = nil
        if condemned === vm { condemned = nil }
    }

    // MARK: - going on

    /// Resumes a fiber and looks whether its task is over.
    @inline(__always) func goOn(_ vm: VM) { goOn(vm, Clock.now()) }

    /// - Parameter before: the time now, or when what the fiber waited for happened.
    @inline(__always) func goOn(_ vm: VM, _ before: Instant) {
        times.countPause(of: vm, until: before)
        vm.resume(before)
        let now = timeAfter(vm, before)
        times.countSlice(of: vm, from: before, to: now)
        if vm.didFinishTask { finished(vm, now) }
    }

    /// The time when a fiber gave the loop its turn: a reading of the clock costs as much as a hundred
    /// instructions, and one that has just sent its request has read it.
    @inline(__always) private func timeAfter(_ vm: VM, _ before: Instant) -> Instant {
        if let call = vm.openCall {
            let sent = call._withUnsafeGuaranteedRef { $0.exchange.pointee.times.sent }
            if sent > before { return sent }
        }
        return Clock.now()
    }

    private func finished(_ vm: VM, _ now: Instant) {
        vm.didFinishTask = false
        if isStarting {
            noteEarly(vm, now)
        } else {
            endedAt = now
            tellEnd(vm, now)
            endedAt = nil
        }
    }

    @inline(never) private func noteEarly(_ vm: VM, _ now: Instant) { endedEarly.append((vm, now)) }

    @inline(__always) private func tellEnd(_ vm: VM, _ now: Instant) {
        if let vu = vm.vu {
            times.iterationEnded(vm)
            if settings.endsConnections { vm.http.endConnections(vm) }
            if !vm.endsSpecially { return Worker.iterationEnded(vu, now) }
        }
        vm.onTaskEnd?(vm, now)
    }

    /// As `begin`, for a VU's iteration.
    @inline(__always) func beginIteration(_ vm: VM) {
        let wasStarting = isStarting
        isStarting = true
        let before = endedAt ?? Clock.now()
        endedAt = nil
        vm.pause = VMPause()
        vm.startIteration(before)
        let now = timeAfter(vm, before)
        times.countSlice(of: vm, from: before, to: now)
        if vm.didFinishTask { finished(vm, now) }
        isStarting = wasStarting
    }

    /// Starts a task from within the engine's `start`: its end is not told before the next pass.
    func begin(_ vm: VM, _ body: @escaping () -> Void) {
        let wasStarting = isStarting
        isStarting = true
        let before = Clock.now()
        vm.start(body, before)
        let now = Clock.now()
        times.countSlice(of: vm, from: before, to: now)
        if vm.didFinishTask { finished(vm, now) }
        isStarting = wasStarting
    }

    /// What scripts took since `beginScriptTime`.
    public var scriptTime: ScriptTime { times.total }
    /// The run starts.
    public func beginScriptTime() { times = ScriptTimes() }

    /// A VM that computes for long waits behind ready I/O.
    func requeue(_ vm: VM) { ready.append(vm) }

    // MARK: - time

    func setTimer(_ vm: VM, _ id: UInt32, at: Instant) {
        deadlines.insert(at: at, owner: UInt64(vm.slot) << 32 | UInt64(id), generation: vm.generation)
    }

    var nextTimer: Instant? { deadlines.earliest }

    /// Tells every VM whose timer is due.
    func fireTimers(_ now: Instant) {
        for _ in 0..<Limits.releasesPerPassMax {
            guard let due = deadlines.popDue(now: now) else { break }
            guard let vm = vms[Int(due.owner >> 32)], vm.generation == due.generation else { continue }
            vm.timerDue(UInt32(truncatingIfNeeded: due.owner))
        }
    }

    /// Lets scripts go on.
    private func pass(_ now: Instant) {
        if !endedEarly.isEmpty {
            let ended = endedEarly
            endedEarly = []
            for (vm, at) in ended { tellEnd(vm, at) }
        }
        fireTimers(now)
        memory.pass(now)
        if memory.isTight { collectGarbage(now) }
        if condemned != nil { relieve(now) }
        if contexts.isFull { forgetContexts() }
        if !ready.isEmpty {
            let turn = ready
            ready = []
            for vm in turn where vm.wait == .turn { goOn(vm) }
        }
    }

    /// When it wants to be called again.
    @inline(__always) private func nextWake(_ now: Instant) -> Instant {
        if !endedEarly.isEmpty || !ready.isEmpty || condemned != nil { return now }
        return deadlines.earliest ?? .distantFuture
    }

    /// Forgets the contexts of tags no VU is in: all fibers are parked.
    @inline(never) private func forgetContexts() {
        var used: [TagContext] = []
        for vm in vms {
            guard let vm else { continue }
            used += [vm.tags, vm.scenarioTags] + vm.outerTags
            if let call = vm.openCall { used.append(call._withUnsafeGuaranteedRef { $0.context }) }
            used += vm.openCalls.values.map(\.context)
        }
        contexts.keep(only: used)
        recorder?.forgetChecks()
    }

    /// Drops what waits for a VM that is being cut off.
    func withdraw(_ vm: VM) {
        ready.removeAll { $0 === vm }
        endedEarly.removeAll { $0.vm === vm }
    }

    /// What an exchange that is being opened requests, for `DebugTransport`.
    public func debugged(_ exchange: UnsafeMutablePointer<Exchange>) -> DebuggedRequest {
        HTTPCall.debugged(exchange)
    }

    /// The transport as the worker's thread sees it: scripts go on before the client's own pass.
    public var port: TransportPort {
        TransportPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            prepare: { context, draft in
                let inner = ScriptHost.inner(context)
                return inner.prepare(inner.context, draft)
            },
            makePool: { context, vu in
                let inner = ScriptHost.inner(context)
                return inner.makePool(inner.context, vu)
            },
            freePool: { context, pool in
                let inner = ScriptHost.inner(context)
                inner.freePool(inner.context, pool)
            },
            iterationEnded: { context, pool in
                let inner = ScriptHost.inner(context)
                inner.iterationEnded(inner.context, pool)
            },
            open: { context, exchange in
                let inner = ScriptHost.inner(context)
                inner.open(inner.context, exchange)
            },
            cancel: { context, exchange in
                let inner = ScriptHost.inner(context)
                inner.cancel(inner.context, exchange)
            },
            pass: { context, nowNs in
                Unmanaged<ScriptHost>.fromOpaque(context)._withUnsafeGuaranteedRef { host in
                    let now = Instant(ns: nowNs)
                    host.pass(now)
                    let inner = host.transport.unsafelyUnwrapped
                    let next = inner.pass(inner.context, nowNs)
                    // What it told, scripts that go on may have set timers for.
                    return min(host.nextWake(now).ns, next)
                }
            })
    }

    private static func inner(_ context: UnsafeMutableRawPointer) -> TransportPort {
        Unmanaged<ScriptHost>.fromOpaque(context)._withUnsafeGuaranteedRef { $0 }.transport.unsafelyUnwrapped
    }
}

/// What the workers of a process share for scripts.
public final class ScriptShared: Sendable {
    /// JSON of setup()'s result; nil: nothing was returned.
    private let setup = Locked<[UInt8]?>(nil)
    /// The engine that has loaded the script, for VUs to start from.
    let images = ScriptImages()
    /// SharedArrays by name: each element's JSON.
    let arrays = Locked<[String: SharedElements]>([:])

    private let failures = Locked<(number: Int64, error: ScriptError)?>(nil)

    public init() {}

    private let stopped = Locked(false)

    /// Has VUs that are still being initialised give up. Any thread.
    public func stop() { stopped.withLock { $0 = true } }

    var isStopped: Bool { stopped.withLock { $0 } }

    func noteFailure(_ error: ScriptError, ofVU number: Int64) {
        failures.withLock { known in
            if known.map({ number < $0.number }) ?? true { known = (number, error) }
        }
    }

    /// The first VU that could not be initialised, and why.
    public var failedVU: (number: Int64, error: ScriptError)? { failures.withLock { $0 } }

    public var setupJSON: [UInt8]? {
        get { setup.withLock { $0 } }
        set { setup.withLock { $0 = newValue } }
    }
}

/// A SharedArray's elements as JSON, one copy per process.
final class SharedElements: Sendable {
    let json: [[UInt8]]
    init(_ json: [[UInt8]]) { self.json = json }
}
