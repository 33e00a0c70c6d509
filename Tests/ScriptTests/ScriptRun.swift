// A script's run on real workers and threads, over a transport without a network. What it logged, requested
// and counted is there afterwards. That nothing leaks is the engine's own assertion when a VU is freed.

import Base
import Engine
import EventLoop
import HTTP
import Metrics
import Plan

@testable import Script

struct ScriptRun {
    /// Messages in the order they were logged.
    var lines: [String] = []
    /// Paths in the order they were requested.
    var requested: [String] = []
    var completed: Int64 = 0
    var interrupted: Int64 = 0
    var stopCause: StopCause?
    var openPools = 0
    /// Passes of the workers' loops: a VU that computes without end gets one turn in each.
    var passes: Int64 = 0
    /// CPU time of the workers' threads between them.
    var passesCPUNs: Int64 = 0
    var elapsedNs: Int64 = 0
    /// VUs began as copies.
    var madeImage = false
    /// Sums and counts by metric.
    private var aggregate: Aggregate
    private var registry: MetricRegistry

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// - Parameters:
    ///   - memoryBytes: what scripts may use in all; nil: anything.
    ///   - stopAfterMs: when the run is stopped as by a signal.
    ///   - files: contents by path.
    ///   - unusedBytesMin: how much of ES modules there must be for something to be left out.
    ///   - copies: VUs begin as copies of an engine that has loaded the script, if that can be.
    init(
        _ source: String, _ scenarios: [Scenario], workers: Int = 1, env: [String: String] = [:],
        memoryBytes: Int64? = nil, stopAfterMs: Int64? = nil, files: [String: String] = [:],
        unusedBytesMin: Int = Limits.scriptUnusedBytesMin, copies: Bool = false
    ) throws {
        let logged = Locked<[String]>([])
        let stopper = Locked<(@Sendable (StopCause) -> Void)?>(nil)
        let plan = try TestPlan(scenarios)
        var settings = ScriptSettings()
        settings.env = env
        settings.unusedBytesMin = unusedBytesMin
        if copies { settings.imagePolicy = .always }
        settings.scenarios = plan.scenarios.map {
            ScriptScenario(
                name: $0.scenario.name, exec: $0.scenario.exec, executor: $0.scenario.executor.name,
                env: $0.scenario.env, tags: $0.scenario.tags, startTimeNs: $0.scenario.startTimeNs,
                durationNs: $0.regularDurationNs, iterations: $0.totalIterations)
        }
        settings.log = { line in logged.withLock { $0.append(line.message) } }
        settings.abort = { message in stopper.withLock { $0 }?(.aborted(message)) }
        if let memoryBytes { settings.memoryLeftBytes = ScriptRun.memory(memoryBytes) }
        let loaded = try LoadedScript(source, files: files, settings: settings)
        let wire = SilentTransport.Wire()
        let demand = SeriesDemand()
        var run = Engine.RunSettings(
            plan: plan, workerCount: workers, registry: loaded.registry, demand: demand)
        run.intervalNs = 50 * Ns.perMillisecond
        run.sharesCounts = true
        let frozen = settings
        let engine = try Run(settings: run) { index, _ in
            ScriptRun.parts(index, loaded, frozen, wire, demand)
        }
        stopper.withLock { $0 = engine.stopper }
        engine.onInterval = { run, _ in
            if let stopAfterMs, run.progress.elapsedNs >= stopAfterMs * Ns.perMillisecond {
                run.stop(.signal(2))
            }
        }
        defer { engine.close() }
        do { try engine.runToEnd() } catch { throw Failure(description: error.description) }
        lines = logged.withLock { $0 }
        requested = wire.paths
        openPools = wire.openPools
        passes = wire.passes
        passesCPUNs = wire.passesCPUNs
        completed = engine.progress.completed
        interrupted = engine.progress.interrupted
        stopCause = engine.stopCause
        elapsedNs = engine.endedAt - engine.startedAt
        aggregate = engine.aggregate
        registry = loaded.registry
        if case .made = loaded.shared.images.state { madeImage = true }
    }

    /// The sum of a counter, or how many samples another metric has.
    func count(_ metric: MetricID) -> Double {
        switch aggregate.total(metric).cumulative {
        case .counter(let sink): sink.sum
        case .rate(let sink): Double(sink.count)
        case .trend(let sink): Double(sink.count)
        case .gauge: 0
        }
    }

    private static func parts(
        _ index: Int, _ loaded: LoadedScript, _ settings: ScriptSettings, _ wire: SilentTransport.Wire,
        _ demand: SeriesDemand
    ) -> WorkerParts {
        let transport = SilentTransport(wire)
        let shard = Shard(index: index, registry: loaded.registry, demand: demand, start: Clock.now())
        let samples = UnsafeMutablePointer<HTTPSamples>.allocate(capacity: 1)
        samples.initialize(to: HTTPSamples(shard: shard, tagging: settings.tagging, errorText: { _ in "" }))
        let host = ScriptHost(
            program: loaded.program, settings: settings, shared: loaded.shared, transport: transport.port,
            samples: samples, shard: shard, registry: Locked(loaded.registry), limiter: nil,
            errorText: { _ in "" }, errorNumber: { _ in 0 }, remoteAddress: { _ in nil })
        var parts = WorkerParts(
            transport: host.port, iterations: host.iterations, shard: shard,
            counters: { TransportCounters() },
            warnings: { [] }, shutDown: {},
            free: {
                withExtendedLifetime((host, transport)) {}
                samples.deinitialize(count: 1)
                samples.deallocate()
            })
        parts.problem = { host.failure?.description }
        return parts
    }

    /// A bound on what the process takes from now on, as a container's would be.
    private static func memory(_ bytes: Int64) -> @Sendable () -> Int64 {
        let start = residentBytes()
        return { max(bytes - (residentBytes() - start), 0) }
    }

    private static func residentBytes() -> Int64 {
        MemoryLeft.residentBytes() ?? 0
    }
}
