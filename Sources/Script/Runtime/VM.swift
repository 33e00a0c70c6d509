// One VU's JavaScript world: runtime, context, fiber, and the state of what it is doing. Everything of the
// engine is made, used and freed on the fiber's stack. Made by ScriptIteration (VUs), ScriptLoader and
// ScriptPhase; host functions find it through the context.

import Base
import CFiber
import CQuickJS
import Engine
import Glibc
import HTTP

/// Something that happened while the fiber was parked or busy, waiting for its turn.
enum VMEvent {
    case timer(UInt32)
    /// An asynchronous operation is over: what settles its promise.
    case settle(() -> Void)
}

/// What a parked fiber waits for. Anything else that happens is queued.
enum VMWait: Equatable {
    case nothing
    /// A task: between iterations.
    case task
    /// Any event.
    case events
    /// The end of a `sleep`.
    case sleep
    /// Its turn: its time slice was over.
    case turn
    /// One operation, by the address of its state.
    case operation(UnsafeMutableRawPointer)
}

final class VM {
    unowned(unsafe) let host: ScriptHost
    /// The same without counting references.
    private let lentHost: Unmanaged<ScriptHost>
    let slot: Int
    /// `__VU`: 0 outside VUs.
    let number: Int64
    /// What the VM's engine is to become a template of; nil but for templates.
    let template: ImageTemplate?
    /// The same, asked by every host function.
    let isTemplate: Bool
    /// What to start from instead of the script; nil: from the script.
    private let image: EngineImage?
    /// It did.
    private(set) var isCopy = false
    /// The engine's VU; nil outside VUs.
    let vu: UnsafeMutablePointer<VU>?
    private(set) var runtime: OpaquePointer!
    private(set) var ctx: JSContextRef!
    private(set) var fiber: OpaquePointer!
    /// What it held after garbage was looked for, or had been loaded.
    var collectedBytes: Int64 = 0
    /// The engine's count of its memory.
    private(set) var heapState: UnsafeMutablePointer<JSMallocState>?

    // What the fiber does.
    var wait = VMWait.nothing
    var pause = VMPause()
    private var task: (() -> Void)?
    private var beginsIteration = false
    private var mustExit = false
    /// The engine stays as it is when the fiber ends.
    private var leavesEngine = false
    /// Set when a task is over, cleared by whoever looks after a resume.
    var didFinishTask = false
    var sliceStart = Instant.distantFuture

    /// Told on the loop's stack when a task is over.
    var onTaskEnd: ((VM, Instant) -> Void)?
    /// Told on the loop's stack when it is to be given up between two tasks, for its memory.
    var onCondemned: (() -> Void)?

    // The running iteration or phase.
    var isInit = true
    /// A request for memory was refused; the VM ends with its task.
    var isOutOfMemory = false
    /// What it had and asked for then.
    var exhaustedBytes: Int64 = 0
    /// The iteration's end is not the usual one: the script ended the run, has tags of its own, or is out of
    /// memory.
    var endsSpecially = false
    /// The termination latch: nothing of the script reaches the world any more.
    var isTerminating = false
    var events: [VMEvent] = []
    /// Timers and promises of host operations that keep the iteration alive.
    var outstandingCount = 0
    var timers: [UInt32: ScriptTimer] = [:]
    var nextTimer: UInt32 = 1
    /// Told apart deadlines of earlier iterations.
    var generation: UInt32 = 0
    /// The blocking request under way: the VU's main call.
    var openCall: Unmanaged<HTTPCall>?
    /// Other requests on the wire, to be cancelled when the iteration is cut off.
    var openCalls: [ObjectIdentifier: HTTPCall] = [:]
    /// Promises rejected without a handler so far, with their reasons.
    var rejections: [(promise: JSValue, reason: JSValue)] = []
    /// The scenario the VU works for, by its place in the settings; -1: none.
    var scenarioIndex = -1
    /// The tags outside the groups it is in, the outermost first.
    var outerTags: [TagContext] = []
    var function = JS.undefined
    unowned(unsafe) var scenarioTags: TagContext
    /// The scenario's own tags, by number: the script has changed them when `scenarioTags` has another.
    var plainTags: Int32 = 0
    var iterationsSinceTrim: Int64 = 0
    /// `exec.vu.metrics.metadata`, as far as the script has set it.
    var metadata: [String: String] = [:]
    /// Set by `exec.test.abort`: why the script ended the run.
    var abortMessage: String?
    /// What the VM was made for; nil for iterations and for loading.
    var phase: ScriptPhase.Function?
    /// What `exec.instance` shows in setup(): nothing has begun, but the VUs are there.
    var instanceOfSetup: (counts: InstanceCounts, start: Instant)?

    // The world.
    var moduleObjects: [String: JSValue] = [:]
    var commonJS: [String: JSValue] = [:]
    /// Compiled a moment ago by this VM, known to the engine, not yet asked for by its loader.
    var freshModules: [String: OpaquePointer] = [:]
    /// What a URL was last asked for as, for messages.
    var specifiers: [String: String] = [:]
    /// Above 0 while imports are being resolved; the engine's question for a module is an `import(…)`
    /// otherwise.
    var linkingDepth = 0
    var exports: [String: JSValue] = [:]
    /// It loads all of every module.
    let isWhole: Bool
    /// It cannot go on without.
    var wantsWhole = false
    /// A module of this VU asks something for its `stack`.
    var hasStackReads = false
    /// Built-in modules as ES modules, by name.
    var builtinLinks: [String: BuiltinLink] = [:]
    var globals = VMGlobals()
    let http = VMHTTP()
    var html = VMHTML()
    /// The worker keeps the contexts its VUs are in.
    unowned(unsafe) var tags: TagContext
    var metrics = VMMetrics()
    var random: SeededRandom
    /// setup()'s result; parsed when first used, then this VU's own copy.
    var setupData: JSValue?

    static let stackBytes = Limits.scriptStackBytes
    static let engineStackBytes = stackBytes - Limits.scriptStackReserveBytes

    init(
        host: ScriptHost, slot: Int, number: Int64, vu: UnsafeMutablePointer<VU>?, image: EngineImage? = nil,
        template: ImageTemplate? = nil
    ) throws(ScriptError) {
        self.image = image
        self.template = template
        isTemplate = template != nil
        self.host = host
        lentHost = Unmanaged.passUnretained(host)
        self.slot = slot
        self.number = number
        self.vu = vu
        isWhole = host.program.loadsWhole
        tags = host.contexts.root
        scenarioTags = host.contexts.root
        random = VM.unseededRandom(number)
        if !host.makesRoomForVU() {
            throw ScriptError(.generic, "no memory is left for VU \(number)")
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        fiber = apus_fiber_create(
            VM.stackBytes, { Unmanaged<VM>.fromOpaque($0!)._withUnsafeGuaranteedRef { $0.fiberMain() } },
            context)
        if fiber == nil {
            throw ScriptError(
                .generic,
                "no stack for VU \(number): \(systemText(errno)); the limit is vm.max_map_count, two mappings a VU"
            )
        }
    }

    /// The VM of a context, for a host function that may do something else in each VU or reach beyond its VM:
    /// init code that calls one makes no template.
    @inline(__always) static func of(_ ctx: JSContextRef?) -> VM {
        let vm = alike(ctx)
        if vm.isTemplate { vm.refuseTemplate() }
        return vm
    }

    /// The same without counting references: for the calls scripts make most.
    @inline(__always)
    static func with<Result>(_ ctx: JSContextRef?, _ body: (VM) -> Result) -> Result {
        withAlike(ctx) { vm in
            if vm.isTemplate { vm.refuseTemplate() }
            return body(vm)
        }
    }

    /// The VM of a context, for what is the same in every VU while init code runs and leaves nothing behind
    /// outside the VM.
    @inline(__always) static func alike(_ ctx: JSContextRef?) -> VM {
        Unmanaged<VM>.fromOpaque(JS_GetContextOpaque(ctx).unsafelyUnwrapped)._withUnsafeGuaranteedRef { $0 }
    }

    /// The same without counting references.
    @inline(__always)
    static func withAlike<Result>(_ ctx: JSContextRef?, _ body: (VM) -> Result) -> Result {
        Unmanaged<VM>.fromOpaque(JS_GetContextOpaque(ctx).unsafelyUnwrapped)._withUnsafeGuaranteedRef(body)
    }

    /// Runs `body` with the VM's host, without counting references.
    @inline(__always)
    func withHost<Result>(_ body: (ScriptHost) -> Result) -> Result {
        lentHost._withUnsafeGuaranteedRef(body)
    }

    // MARK: - the fiber

    private func fiberMain() {
        if let image, host.memory.makesRoom(for: image.byteCount, cheaply: true),
            let moved = image.copy(into: host.heap)
        {
            runtime = moved.runtime
            ctx = moved.ctx
            heapState = moved.heapState
            adopt(image, movedBy: moved.bytes)
            isCopy = true
        } else {
            makeContext()
        }
        while true {
            while task == nil && !beginsIteration && !mustExit {
                wait = .task
                apus_fiber_park(fiber)
            }
            if beginsIteration {
                beginsIteration = false
                ScriptVU.runIteration(self)
            } else if let body = task {
                task = nil
                body()
            } else {
                break
            }
            didFinishTask = true
        }
        if !leavesEngine { freeContext() }
    }

    /// Runs `body` on the fiber until it first parks. Only from the loop's stack, with no task running.
    func start(_ body: @escaping () -> Void, _ now: Instant = Clock.now()) {
        precondition(task == nil && (wait == .task || wait == .nothing), "a VU runs one task at a time")
        task = body
        resume(now)
    }

    /// Runs an iteration until it first parks. Only from the loop's stack, with no task running.
    @inline(__always) func startIteration(_ now: Instant) {
        beginsIteration = true
        resume(now)
    }

    /// Goes on where the fiber parked. Only from the loop's stack.
    /// - Parameter now: when its time slice begins.
    @inline(__always) func resume(_ now: Instant) {
        wait = .nothing
        sliceStart = isInit ? .distantFuture : now
        withHost { $0.running = self }
        apus_fiber_resume(fiber)
    }

    /// Gives the loop its turn until what it waits for has happened. Only on the fiber. Check `isTerminating`
    /// afterwards.
    @inline(__always) func park(_ reason: VMWait) {
        wait = reason
        apus_fiber_park(fiber)
    }

    /// Ends the fiber and frees everything. Only from the loop's stack, between tasks.
    func free() {
        precondition(wait == .task, "a VU is freed between its iterations")
        mustExit = true
        host.running = self
        apus_fiber_resume(fiber)
        precondition(apus_fiber_is_done(fiber) != 0, "a VU's fiber ends when it is told to")
        apus_fiber_free(fiber)
    }

    /// As `free`, but the engine stays where it is, to be looked at and never to run again.
    func leaveEngine() {
        leavesEngine = true
        free()
    }

    /// Gives back what a deep recursion touched of the stack. On the fiber.
    func trimStack() {
        iterationsSinceTrim = 0
        // Whoever is parked here uses little: the pages far below are not needed.
        apus_fiber_trim_current(fiber, Limits.scriptStackKeptBytes)
    }

    // MARK: - the context

    private func makeContext() {
        template?.clock?.pointee.isFrozen = true
        defer { template?.beginInit() }
        runtime = host.heap.makeRuntime()
        precondition(runtime != nil, "out of memory for a JavaScript runtime")
        heapState = host.heap.state(of: runtime)
        JS_UpdateStackTop(runtime)
        JS_SetMaxStackSize(runtime, VM.engineStackBytes)
        JS_SetStripInfo(runtime, Int32(JS_STRIP_SOURCE))
        ctx = JS_NewContextRaw(runtime)
        // Init code makes much that stays: nothing for the collector, which is set when all is loaded.
        JS_SetGCThreshold(runtime, Limits.scriptInitGarbageBytes)
        let isLate = mayBeLate
        JS_AddIntrinsicBaseObjects(ctx)
        if !isLate { addDate() }
        JS_AddIntrinsicEval(ctx)
        JS_AddIntrinsicStringNormalize(ctx)
        JS_AddIntrinsicRegExpCompiler(ctx)
        JS_AddIntrinsicRegExp(ctx)
        JS_AddIntrinsicJSON(ctx)
        JS_AddIntrinsicProxy(ctx)
        if !isLate {
            JS_AddIntrinsicMapSet(ctx)
            addTypedArrays()
        }
        JS_AddIntrinsicPromise(ctx)
        removeGlobal("InternalError")
        belong(to: Unmanaged.passUnretained(self).toOpaque())
        addGlobals()
    }

    /// Tells the engine whose it is. - Parameter opaque: the VM; nil: nobody's, nothing may run any more.
    func belong(to opaque: UnsafeMutableRawPointer?) {
        JS_SetContextOpaque(ctx, opaque)
        JS_SetRuntimeOpaque(runtime, opaque)
        JS_SetInterruptHandler(
            runtime,
            { _, opaque in
                Unmanaged<VM>.fromOpaque(opaque.unsafelyUnwrapped)._withUnsafeGuaranteedRef {
                    $0.interruptAsked()
                }
            }, opaque)
        JS_SetModuleLoaderFunc(
            runtime, { ctx, base, name, _ in VM.normalizeModule(ctx, base, name) },
            { ctx, name, _ in VM.loadModule(ctx, name) }, opaque)
        JS_SetHostPromiseRejectionTracker(
            runtime,
            { ctx, promise, reason, isHandled, _ in
                VM.trackRejection(promise, reason, isHandled: isHandled != 0, ctx)
            }, opaque)
    }

    /// Has the collector look when the VM holds half as much again as now.
    func setCollectorThreshold() {
        collectedBytes = usedBytes
        JS_SetGCThreshold(runtime, max(Int(usedBytes) * 3 / 2, Limits.scriptGarbageBytes))
    }

    private func freeContext() {
        let context = ctx.unsafelyUnwrapped
        forgetIteration()
        for value in moduleObjects.values { JS_FreeValue(context, value) }
        for value in commonJS.values { JS_FreeValue(context, value) }
        for value in exports.values { JS_FreeValue(context, value) }
        if let setupData { JS_FreeValue(context, setupData) }
        moduleObjects = [:]
        commonJS = [:]
        exports = [:]
        http.free(context)
        html.free(context)
        metrics.free(context)
        globals.free(context)
        JS_FreeContext(context)
        // Asserts that nothing is left alive.
        JS_FreeRuntime(runtime)
        heapState = nil
    }

    /// The engine asks now and then whether to go on: the scheduler of scripts that do not let go. 1 ends the
    /// running code for good.
    private func interruptAsked() -> Int32 {
        if isTerminating { return 1 }
        if isInit {
            // Nothing else waits for this thread, but the run may be over before it began.
            isTerminating = (vu != nil || isTemplate) && host.shared.isStopped
            return isTerminating ? 1 : 0
        }
        let now = Clock.now()
        if now - sliceStart > Limits.scriptSliceNs {
            host.requeue(self)
            park(.turn)
        }
        return isTerminating ? 1 : 0
    }
}

/// errno as text.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
