// A script's part of a run: workers whose iterations are its functions, and the phases setup, teardown and
// handleSummary. Called by RunAssembly on each worker's thread, and by RunAttempt.

import Base
import Engine
import EventLoop
import HTTP
import HTTPClient
import Metrics
import Script

struct ScriptParts: Sendable {
    var loaded: LoadedScript
    var settings: Script.ScriptSettings

    /// A worker's or phase's host over its client and recorder.
    private func host(_ base: WorkerBase, _ registry: MetricRegistry, _ limiter: RateLimiter?) -> ScriptHost {
        let (client, samples) = (base.client, base.samples)
        samples.pointee.notesFailures = false
        let host = ScriptHost(
            program: loaded.program, settings: settings, shared: loaded.shared, transport: base.transport,
            samples: samples, shard: base.shard, registry: Locked(registry),
            limiter: limiter, errorText: { client.pointee.texts[$0] },
            errorNumber: { client.pointee.number(ofErrorText: $0) },
            remoteAddress: { Client.remoteAddress(of: $0) },
            exchangeFailure: { Client.failure(client, of: $0) },
            cipherSuite: { Client.cipherSuite(of: $0) }, cipherSuiteName: Client.cipherSuiteName)
        base.debug?.describe = { [unowned host] in host.debugged($0) }
        return host
    }

    func workerParts(_ base: WorkerBase, registry: MetricRegistry, limiter: RateLimiter?) -> WorkerParts {
        let host = host(base, registry, limiter)
        var parts = WorkerParts(
            transport: host.port, iterations: host.iterations, shard: base.shard,
            counters: { base.client.pointee.counters },
            warnings: { base.samples.pointee.takeNewFailures() },
            shutDown: { Client.shutDown(base.client) },
            free: {
                withExtendedLifetime(host) {}
                base.free()
            })
        parts.problem = { host.failure?.description }
        parts.scriptTime = { host.scriptTime }
        parts.beginScriptTime = { host.beginScriptTime() }
        return parts
    }

    /// Runs a phase on the calling thread, with a loop and a client of its own.
    /// - Parameter shard: the number the packet of what it measured carries.
    func run(
        _ function: ScriptPhase.Function, argument: [UInt8]?, timeoutNs: Int64, assembly: RunAssembly,
        shard: Int, control: PhaseControl = PhaseControl()
    ) -> (end: ScriptPhase.End, packet: IntervalPacket?) {
        do {
            let loop = try Loop()
            let base = try assembly.makeBase(
                index: shard, loop: loop, security: assembly.makeSecurity(), isPhase: true)
            let host = host(base, assembly.registry, assembly.limiter)
            let end = ScriptPhase.run(
                function, argument: argument, host: host, loop: loop, timeoutNs: timeoutNs, control: control)
            let packet = base.shard.takeInterval(to: Clock.now())
            base.shard.writer?.handOver()
            Client.shutDown(base.client)
            loop.destroy()
            base.free()
            return (end, packet)
        } catch {
            return (.failed(ScriptError(.generic, "\(error)")), nil)
        }
    }

    /// setup(), whose result all VUs get.
    func setup(_ assembly: RunAssembly) -> RunPhase {
        { control, shard in
            let (end, packet) = run(
                .setup, argument: nil, timeoutNs: settings.setupTimeoutNs, assembly: assembly, shard: shard,
                control: control)
            if case .returned(let json) = end { loaded.shared.setupJSON = json }
            return PhaseEnd(packet: packet, failure: failure(end, "setup", settings.setupTimeoutNs))
        }
    }

    func teardown(_ assembly: RunAssembly) -> RunPhase {
        { control, shard in
            let (end, packet) = run(
                .teardown, argument: loaded.shared.setupJSON, timeoutNs: settings.teardownTimeoutNs,
                assembly: assembly, shard: shard, control: control)
            return PhaseEnd(packet: packet, failure: failure(end, "teardown", settings.teardownTimeoutNs))
        }
    }

    private func failure(_ end: ScriptPhase.End, _ name: String, _ timeoutNs: Int64) -> PhaseFailure? {
        switch end {
        case .returned, .summary: nil
        case .failed(let error):
            error.kind == .script ? .failed(error.description) : .unusable(error.description)
        case .timedOut: .timedOut("\(name)() execution timed out after \(timeoutNs / Ns.perSecond) seconds")
        case .cancelled: .cancelled
        }
    }
}
