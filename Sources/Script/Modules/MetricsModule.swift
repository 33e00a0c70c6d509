// The module `k6/metrics`: Counter, Gauge, Rate, Trend.

import Base
import CQuickJS
import Metrics

/// A metric of a script.
final class ScriptMetric {
    let id: MetricID
    let name: String

    init(id: MetricID, name: String) {
        self.id = id
        self.name = name
    }
}

enum MetricsModule {
    static let module = BuiltinModule("k6/metrics") { ctx in
        let object = JS_NewObject(ctx)
        for (index, kind) in kinds.enumerated() {
            let constructor = apus_js_constructor_or_function(ctx, construct, kind.name, 2, Int32(index))
            let prototype = JS_NewObject(ctx)
            JS_SetConstructor(ctx, constructor, prototype)
            JS_FreeValue(ctx, prototype)
            JS.define(ctx, object, kind.name, constructor)
        }
        return object
    }

    private static let kinds: [(name: String, kind: MetricKind)] = [
        ("Counter", .counter), ("Gauge", .gauge), ("Rate", .rate), ("Trend", .trend),
    ]

    /// What stands behind a metric's `add`.
    private static let hostClass = HostClass<ScriptMetric>("Metric", [], copied: { $0 })

    /// A metric as scripts see it: a plain object, whose `add` works without it as well.
    private static func object(_ ctx: JSContextRef, _ metric: ScriptMetric) -> JSValue {
        let object = JS_NewObject(ctx)
        JS_DefinePropertyValueStr(ctx, object, "name", JS.string(ctx, metric.name), JS_PROP_ENUMERABLE)
        var native = hostClass.wrap(ctx, metric)
        JS.define(ctx, object, "add", JS_NewCFunctionData(ctx, add, 2, 0, 1, &native))
        JS_FreeValue(ctx, native)
        return object
    }

    private static let construct: JSMagicFunction = { ctx, _, argc, argv, index in
        let arguments = Arguments(ctx, argc, argv)
        let vm = VM.alike(ctx)
        let ctx = arguments.ctx
        guard vm.isInit else { return JS.throwGoError(ctx, "metrics must be declared in the init context") }
        guard let name = GoExport.text(ctx, arguments[0]) else { return JS.exception }
        let contains: MetricContains = JS.truth(ctx, arguments[1]) ? .time : .plain
        let kind = kinds[Int(index)]
        var message: String?
        let id = vm.host.registry.withLock { registry -> MetricID? in
            do throws(MetricError) { return try registry.register(name, kind.kind, contains) } catch {
                message = error.description
                return nil
            }
        }
        guard let id else { return JS.throwGoError(ctx, message ?? "") }
        return object(ctx, ScriptMetric(id: id, name: name))
    }

    private static let add: JSDataFunction = { ctx, _, argc, argv, _, data in
        guard let metric = hostClass.native(data!.pointee) else { return JS.undefined }
        return record(metric, Arguments(ctx, argc, argv))
    }

    private static func record(_ metric: ScriptMetric, _ arguments: Arguments) -> JSValue {
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        guard let recorder = vm.host.recorder, !vm.isInit else {
            return JS.throwGoError(ctx, "Adding to metrics in the init context is not supported")
        }
        let value = arguments[0]
        if arguments.count == 0 { return refuse(vm, metric, "no value was provided") }
        if JS.isNull(value) { return refuse(vm, metric, "'null' is an invalid value") }
        var number: Double
        if JS.isBool(value) {
            number = JS.truth(ctx, value) ? 1 : 0
        } else {
            guard let converted = JS.double(ctx, value) else { return JS.exception }
            // What is true and no number of its own (`[]`, `'0'`) counts as one.
            number = converted == 0 && JS.truth(ctx, value) ? 1 : converted
        }
        if number.isNaN {
            return refuse(vm, metric, "'\(JS.text(ctx, value) ?? "")' is an invalid value")
        }
        var tags: [(key: String, value: String)] = []
        if arguments.count > 1, !JS.isNullish(arguments[1]) {
            guard let read = TagValues.read(ctx, arguments[1]) else { return refuseTags(ctx, metric) }
            tags = read
        }
        recorder.record(metric.id, number, vm, tags, at: Clock.now())
        return JS.bool(true)
    }

    /// A value no metric takes: a warning, or an exception with `throw`.
    private static func refuse(_ vm: VM, _ metric: ScriptMetric, _ what: String) -> JSValue {
        let problem = "\(what) for metric '\(metric.name)', a number or a boolean value is expected"
        if vm.host.settings.throwsErrors { return JS.throwGoError(vm.ctx, problem) }
        vm.host.log(ScriptLogLine(.warning, problem))
        return JS.bool(false)
    }

    /// The pending exception about tags as k6 words it for metrics.
    private static func refuseTags(_ ctx: JSContextRef, _ metric: ScriptMetric) -> JSValue {
        let error = JS_GetException(ctx)
        defer { JS_FreeValue(ctx, error) }
        let message = JS.get(ctx, error, "message")
        defer { JS_FreeValue(ctx, message) }
        guard JS.isString(message), let text = JS.text(ctx, message) else {
            return JS_Throw(ctx, JS_DupValue(ctx, error))
        }
        return JS.throwGoError(ctx, "cannot add tags for the '\(metric.name)' custom metric: \(text)")
    }
}
