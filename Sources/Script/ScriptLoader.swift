// Loads a script the first time, as VU 0: reads and compiles every module, runs the init code, and finds out
// what it exports. What it leaves behind (the program, the metrics, shared arrays) is what all VUs start
// from. Called by the CLI before anything else of a run.

import Base
import CQuickJS
import Engine
import Metrics

/// A script that was loaded.
public struct LoadedScript: Sendable {
    public let program: ScriptProgram
    public let shared: ScriptShared
    /// With the script's own metrics.
    public let registry: MetricRegistry
    /// JSON of the exported `options`; nil when there are none.
    public let optionsJSON: [UInt8]?
    /// Names of exported functions, sorted.
    public let functions: Set<String>

    public var hasSetup: Bool { functions.contains("setup") }
    public var hasTeardown: Bool { functions.contains("teardown") }
}

public enum ScriptLoader {
    /// - Parameters:
    ///   - mainURL: `file:///…` or `https://…`.
    ///   - source: the main script's bytes where they are known already (standard input, an archive).
    ///   - provided: further sources by URL (an archive's); the world is not asked for others then.
    public static func load(
        mainURL: String, source: [UInt8]? = nil, provided: [String: [UInt8]] = [:], access: SourceAccess,
        settings: ScriptSettings
    ) throws(ScriptError) -> LoadedScript {
        HTTPResponse.prepare()
        let program = ScriptProgram(mainURL: mainURL, access: access)
        for (url, bytes) in provided { program.provide(bytes, at: url) }
        if let source { program.provide(source, at: mainURL) }
        let shared = ScriptShared()
        let registry = Locked(MetricRegistry())
        let host = ScriptHost(
            program: program, settings: settings, shared: shared, transport: nil, samples: nil, shard: nil,
            registry: registry, limiter: nil, errorText: { _ in "" }, errorNumber: { _ in 0 },
            remoteAddress: { _ in nil })
        if try program.source(mainURL) == nil { throw ScriptError(.generic, Specifier.missing(mainURL)) }
        let vm = try host.makeVM(number: 0, vu: nil)
        var outcome: Result<(options: [UInt8]?, functions: Set<String>), ScriptError>?
        do throws(ScriptError) { try vm.load() } catch { outcome = .failure(error) }
        if outcome == nil {
            vm.isInit = true
            vm.start {
                outcome = inspect(vm)
                if case .success = outcome { vm.leaveOutUnused() }
            }
            vm.didFinishTask = false
        }
        vm.free()
        host.forget(vm)
        program.freeze()
        let (options, functions) = try outcome!.get()
        return LoadedScript(
            program: program, shared: shared, registry: registry.withLock { $0 }, optionsJSON: options,
            functions: functions)
    }

    /// On the fiber.
    private static func inspect(_ vm: VM) -> Result<
        (options: [UInt8]?, functions: Set<String>), ScriptError
    > {
        let ctx = vm.ctx.unsafelyUnwrapped
        for name in ["setup", "teardown", "handleSummary"] {
            guard let value = vm.exports[name], !JS.isNullish(value), !JS.isFunction(ctx, value) else {
                continue
            }
            return .failure(ScriptError(.generic, "exported '\(name)' must be a function"))
        }
        let functions = Set(vm.exportedFunctions)
        if functions.subtracting(["setup", "teardown", "handleSummary"]).isEmpty {
            return .failure(ScriptError(.generic, "no exported functions in script"))
        }
        guard let options = vm.exports["options"], !JS.isNullish(options) else {
            return .success((nil, functions))
        }
        let data: [UInt8]
        do throws(SetupData.Problem) { data = try SetupData.json(ctx, options) } catch {
            let text = error.text ?? Self.thrown(vm)
            return .failure(ScriptError(.generic, "error parsing script options: \(text)"))
        }
        // The engine's text has the members in the script's order, but knows fewer kinds of values.
        if let json = JS.json(ctx, options) { return .success((Array(json.utf8), functions)) }
        JS.dropException(ctx)
        return .success((data, functions))
    }

    /// The pending exception's text, which is no longer pending.
    private static func thrown(_ vm: VM) -> String {
        let exception = JS_GetException(vm.ctx)
        defer { JS_FreeValue(vm.ctx, exception) }
        return ErrorText.of(vm, exception)
    }
}
