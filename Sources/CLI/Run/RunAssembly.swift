// Puts the real parts of a worker together: loop, client, metrics shard, fixed iterations. Called on each
// worker's own thread; everything made here belongs to that worker.

import Base
import Engine
import EventLoop
import HTTP
import HTTPClient
import Metrics
import Plan
import TLS

/// What every worker of a run is assembled from.
struct RunAssembly: Sendable {
    var client: ClientSettings
    var resolver: Resolver
    /// nil when nothing is requested over TLS.
    var security: TLSClientOptions?
    var keyLog: KeyLogFile?
    /// Whether servers would have spoken HTTP/2; nil when nobody would read it.
    var probe: ProtocolProbe?
    /// nil for a script.
    var request: FixedRequest?
    /// nil for a URL.
    var script: ScriptParts?
    var tagging: HTTPTagging
    var registry: MetricRegistry
    var demand: SeriesDemand
    var limiter: RateLimiter?
    var scenarios: [Scenario]
    /// Where raw samples go; nil when no output wants any.
    var samples: SampleStream?
    /// `--http-debug`; nil without it.
    var debug: HTTPDebugLog?

    /// - Throws: `LoopError`, or a TLS set-up error.
    func makeWorker(index: Int, loop: Loop) throws -> WorkerParts {
        let security = makeSecurity()
        if request?.draft.url.isSecure == true { try security?.context() }
        let base = try makeBase(index: index, loop: loop, security: security)
        if let script { return script.workerParts(base, registry: registry, limiter: limiter) }
        guard let request else { preconditionFailure("a run has a request or a script") }
        return fixedParts(base, request)
    }

    /// The TLS side of one worker or phase.
    func makeSecurity() -> ClientSecurity? {
        security.map { ClientSecurity($0, keyLog: keyLog, probe: probe) }
    }

    /// Client, shard and recorder: what every kind of iteration needs.
    /// - Parameter isPhase: for setup or teardown, whose samples all go into one packet.
    func makeBase(
        index: Int, loop: Loop, security: ClientSecurity?, isPhase: Bool = false
    ) throws -> WorkerBase {
        let client = try Client.make(loop: loop, settings: client, resolver: resolver, security: security)
        let shard = Shard(
            index: index, registry: registry, demand: demand, start: Clock.now(),
            writer: samples.map { SampleWriter($0, shard: index, isBounded: !isPhase) })
        let samples = UnsafeMutablePointer<HTTPSamples>.allocate(capacity: 1)
        samples.initialize(
            to: HTTPSamples(
                shard: shard, tagging: tagging, loop: loop,
                remoteAddress: { Client.peer(client, of: $0)?.host }, errorText: { client.pointee.texts[$0] }
            ))
        return WorkerBase(
            client: client, shard: shard, samples: samples,
            debug: debug?.transport(over: client))
    }

    private func fixedParts(_ base: WorkerBase, _ request: FixedRequest) -> WorkerParts {
        let (client, samples) = (base.client, base.samples)
        let factory = FixedIterations(
            request: request, transport: base.transport, samples: samples, limiter: limiter,
            scenarios: scenarios.map { ($0.name, $0.tags) })
        base.debug?.describe = { [unowned factory] in factory.debugged($0) }
        return WorkerParts(
            transport: base.transport, iterations: factory.port, shard: base.shard,
            counters: { client.pointee.counters },
            warnings: {
                var warnings = samples.pointee.takeNewFailures()
                if factory.redirectLimitReached > 0 {
                    // k6's words count the responses, one more than the redirects followed.
                    let count = request.redirectsMax + 1
                    warnings.append(
                        WorkerWarning(
                            "Stopped after \(count) redirects and returned the redirect; pass --max-redirects to "
                                + "follow more, or 0 to follow none"))
                }
                return warnings
            },
            shutDown: { Client.shutDown(client) },
            free: {
                withExtendedLifetime(factory) {}
                base.free()
            })
    }
}

/// What a worker of any kind is made of.
struct WorkerBase {
    let client: UnsafeMutablePointer<Client>
    let shard: Shard
    let samples: UnsafeMutablePointer<HTTPSamples>
    /// Stands in front of the client for `--http-debug`.
    let debug: DebugTransport?

    var transport: TransportPort { debug?.port ?? Client.port(client) }

    /// Frees client and recorder, after the client was shut down and the loop has run.
    func free() {
        withExtendedLifetime(debug) {}
        Client.free(client)
        samples.deinitialize(count: 1)
        samples.deallocate()
    }
}
