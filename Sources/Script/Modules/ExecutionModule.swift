// The module `k6/execution`: what a VU can know of its scenario, its process, itself and the test.

import Base
import CQuickJS
import Engine

enum ExecutionModule {
    static let module = BuiltinModule("k6/execution") { ctx in
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "scenario", scenario.object(ctx))
        JS.define(ctx, object, "instance", instance.object(ctx))
        JS.define(ctx, object, "vu", vuTable.object(ctx))
        JS.define(ctx, object, "test", test.object(ctx))
        return object
    }

    // MARK: - scenario

    private static let scenario = FunctionTable([
        .getter(
            "name", 0, { ctx, _, _ in ofScenario(ctx!) { JS.string($0.ctx, $1.name) } }, isEnumerable: true),
        .getter(
            "executor", 1, { ctx, _, _ in ofScenario(ctx!) { JS.string($0.ctx, $1.executor) } },
            isEnumerable: true),
        .getter(
            "startTime", 2,
            { ctx, _, _ in
                ofScenario(ctx!) { vm, _ in
                    guard let start = startedAt(vm) else { return JS.int(0) }
                    let wallMs = (Clock.wallNs() - (Clock.now() - start)) / Ns.perMillisecond
                    return JS.number(vm.ctx, wallMs)
                }
            }, isEnumerable: true),
        .getter(
            "progress", 3, { ctx, _, _ in ofScenario(ctx!) { JS.number($0.ctx, progress($0, $1)) } },
            isEnumerable: true),
        .getter(
            "iterationInInstance", 4,
            { ctx, _, _ in
                ofScenario(ctx!) { vm, _ in
                    JS.number(vm.ctx, vm.vu.map { Worker.numberInProcess(ofIterationOf: $0) } ?? 0)
                }
            }, isEnumerable: true),
        .getter(
            "iterationInTest", 5,
            { ctx, _, _ in
                ofScenario(ctx!) { vm, _ in
                    JS.number(vm.ctx, vm.vu.map { Worker.numberInTest(ofIterationOf: $0) } ?? 0)
                }
            }, isEnumerable: true),
    ])

    private static func ofScenario(_ ctx: JSContextRef, _ body: (VM, ScriptScenario) -> JSValue) -> JSValue {
        let vm = VM.of(ctx)
        guard !vm.isInit, let scenario = vm.currentScenario, vm.vu != nil else {
            return JS.throwGoError(
                ctx, "getting scenario information outside of the VU context is not supported")
        }
        return body(vm, scenario)
    }

    private static func startedAt(_ vm: VM) -> Instant? {
        vm.vu.map { Worker.scenarioStart(of: $0) }
    }

    /// How far the scenario has come, from 0 to 1: by its duration, or by its iterations where they bound it.
    private static func progress(_ vm: VM, _ scenario: ScriptScenario) -> Double {
        guard let start = startedAt(vm) else { return 0 }
        if let total = scenario.iterations, total > 0, let vu = vm.vu {
            return min(Double(Worker.completedIterations(ofScenarioOf: vu)) / Double(total), 1)
        }
        guard let durationNs = scenario.durationNs, durationNs > 0 else { return 0 }
        return min(max(Double(Clock.now() - start) / Double(durationNs), 0), 1)
    }

    // MARK: - instance

    private static let instance = FunctionTable([
        .getter("currentTestRunDuration", 0, ofInstance, isEnumerable: true),
        .getter("iterationsCompleted", 1, ofInstance, isEnumerable: true),
        .getter("iterationsInterrupted", 2, ofInstance, isEnumerable: true),
        .getter("vusActive", 3, ofInstance, isEnumerable: true),
        .getter("vusInitialized", 4, ofInstance, isEnumerable: true),
    ])

    private static let ofInstance: JSGetter = { ctx, _, field in
        let vm = VM.of(ctx)
        guard let instance = instance(of: vm) else {
            return JS.throwGoError(
                ctx!, "getting instance information in the init context is not supported")
        }
        let counts = instance.counts
        switch field {
        case 0: return JS.number(vm.ctx, Double(Clock.now() - instance.start) * 1e-6)
        case 1: return JS.number(vm.ctx, counts.iterationsCompleted)
        case 2: return JS.number(vm.ctx, counts.iterationsInterrupted)
        case 3: return JS.number(vm.ctx, counts.vusActive)
        default: return JS.number(vm.ctx, counts.vusInitialized)
        }
    }

    /// nil where k6 has none: before the run, and once its scenarios are over. setup() has its own, even in
    /// init code.
    private static func instance(of vm: VM) -> (counts: InstanceCounts, start: Instant)? {
        if let setup = vm.instanceOfSetup { return setup }
        guard !vm.isInit, let vu = vm.vu else { return nil }
        return (Worker.instanceCounts(for: vu), Worker.testStart(for: vu))
    }

    // MARK: - vu

    private static let vuTable = FunctionTable([
        .getter("idInInstance", 0, ofVU, isEnumerable: true),
        .getter("idInTest", 1, ofVU, isEnumerable: true),
        .getter("iterationInInstance", 2, ofVU, isEnumerable: true),
        .getter("iterationInScenario", 3, ofVU, isEnumerable: true),
        // What is assigned to it is nobody's.
        .getter("tags", 0, ofMetrics, { _, _, _, _ in JS.undefined }, isEnumerable: true),
        .getter("metrics", 2, ofMetrics, isEnumerable: true),
    ])

    private static let metrics = FunctionTable([
        .getter("tags", 0, ofMetrics, refuse, isEnumerable: true),
        .getter("metadata", 1, ofMetrics, refuse, isEnumerable: true),
    ])

    private static func throwInit(_ ctx: JSContextRef) -> JSValue {
        JS.throwGoError(ctx, "getting VU information in the init context is not supported")
    }

    private static let refuse: JSSetter = { ctx, _, _, field in
        JS.throwTypeError(ctx!, "Cannot assign to read only property '\(field == 0 ? "tags" : "metadata")'")
    }

    /// Tags, metadata and what holds both, made when a script first asks.
    private static let ofMetrics: JSGetter = { ctx, _, field in
        let vm = VM.of(ctx)
        if vm.isInit { return throwInit(ctx!) }
        let key = ["vu.tags", "vu.metadata", "vu.metrics"][Int(field)]
        if let known = vm.moduleObjects[key] { return JS_DupValue(ctx, known) }
        let object =
            switch field {
            case 0: VUTags.object(vm.ctx)
            case 1: VUTags.metadata(vm.ctx)
            default: metrics.object(vm.ctx)
            }
        if JS.isException(object) { return object }
        vm.moduleObjects[key] = object
        return JS_DupValue(ctx, object)
    }

    private static let ofVU: JSGetter = { ctx, _, field in
        let vm = VM.of(ctx)
        if vm.isInit { return throwInit(ctx!) }
        guard let vu = vm.vu else { return JS.int(0) }
        switch field {
        case 0: return JS.number(vm.ctx, vu.pointee.idInInstance)
        case 1: return JS.number(vm.ctx, vu.pointee.idInTest)
        case 2: return JS.number(vm.ctx, vu.pointee.iterationInInstance)
        default: return JS.number(vm.ctx, vu.pointee.iterationInScenario)
        }
    }

    // MARK: - test

    private static let test = FunctionTable([
        .function("abort", 1, { ctx, _, argc, argv in abort(Arguments(ctx, argc, argv)) }),
        .function("fail", 1, { ctx, _, argc, argv in fail(Arguments(ctx, argc, argv)) }),
        .getter("options", 0, { ctx, _, _ in options(ctx!) }, isEnumerable: true),
    ])

    /// The message behind "test aborted" and "test marked as failed".
    private static func message(_ arguments: Arguments) -> String? {
        arguments.count == 0 || JS.isUndefined(arguments[0]) ? "" : JS.text(arguments.ctx, arguments[0])
    }

    private static func abort(_ arguments: Arguments) -> JSValue {
        let vm = VM.of(arguments.ctx)
        guard let message = message(arguments) else { return JS.exception }
        return vm.isTerminating ? vm.throwTerminated() : vm.abort(message)
    }

    private static func fail(_ arguments: Arguments) -> JSValue {
        let vm = VM.of(arguments.ctx)
        guard let message = message(arguments) else { return JS.exception }
        vm.host.settings.fail(message.isEmpty ? "test marked as failed" : "test marked as failed: \(message)")
        return JS.undefined
    }

    private static func options(_ ctx: JSContextRef) -> JSValue {
        let vm = VM.of(ctx)
        if vm.isInit {
            return JS.throwGoError(ctx, "getting test options in the init context is not supported")
        }
        if let known = vm.moduleObjects["test.options"] { return JS_DupValue(ctx, known) }
        let json = vm.host.settings.testOptionsJSON
        let value = (json.isEmpty ? Array("{}".utf8) : json).withUnsafeBufferPointer { JS.parseJSON(ctx, $0) }
        if JS.isException(value) { return value }
        DataModule.freeze(ctx, value)
        vm.moduleObjects["test.options"] = value
        return JS_DupValue(ctx, value)
    }
}
