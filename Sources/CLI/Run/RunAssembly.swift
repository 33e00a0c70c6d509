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
    var request: FixedRequest
    var tagging: HTTPTagging
    var registry: MetricRegistry
    var demand: SeriesDemand
    var limiter: RateLimiter?
    var scenarios: [Scenario]

    /// - Throws: `LoopError`, or a TLS set-up error.
    func makeWorker(index: Int, loop: Loop) throws -> WorkerParts {
        let security = try security.map { try ClientSecurity($0, keyLog: keyLog) }
        let client = try Client.make(loop: loop, settings: client, resolver: resolver, security: security)
        let shard = Shard(index: index, registry: registry, demand: demand, start: Clock.now())
        let samples = UnsafeMutablePointer<HTTPSamples>.allocate(capacity: 1)
        samples.initialize(
            to: HTTPSamples(shard: shard, tagging: tagging, errorText: { client.pointee.texts[$0] }))
        let factory = FixedIterations(
            request: request, transport: Client.port(client), samples: samples, limiter: limiter,
            scenarios: scenarios.map { ($0.name, $0.tags) })
        return WorkerParts(
            transport: Client.port(client), iterations: factory.port, shard: shard,
            counters: { client.pointee.counters },
            shutDown: { Client.shutDown(client) },
            free: {
                withExtendedLifetime(factory) {}
                Client.free(client)
                samples.deinitialize(count: 1)
                samples.deallocate()
            })
    }
}
