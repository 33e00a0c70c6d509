// A whole run in virtual time: one to three workers, the messages between them, and a service that answers
// from a seed. The clock jumps to whatever comes next. Everything follows from `SimulationSettings`, so the
// same settings give the same log.

import Base
import HTTP
import Metrics
import Plan

@testable import Engine

struct SimulationSettings {
    var plan: TestPlan
    var workerCount = 1
    var seed: UInt64 = 1
    var minIterationDurationNs: Int64 = 0
    var service = Service()
    /// Fixed iterations over a simulated transport, rather than recorded ones.
    var usesHTTP = false
    var requestTimeoutNs = 60 * Ns.perSecond
    /// k6's `rps`, with `usesHTTP`; 0: without. An iteration's log then begins with its request.
    var requestsPerSecond: Int64 = 0
    /// Messages between workers take up to this long.
    var messageNsMax: Int64 = 0
    /// By worker, in order: when its thread does not run. What happens meanwhile it sees at the end of the
    /// gap.
    var gapsNs: [[Range<Int64>]] = []
    var stopNs: Int64?
    /// Commands to externally-controlled scenarios.
    var commands: [(atNs: Int64, scenario: Int, vus: Int64, isPaused: Bool)] = []
    var intervalNs = 250 * Ns.perMillisecond

    init(_ scenarios: [Scenario], tuple: SegmentedTuple = .full) throws {
        plan = try TestPlan(scenarios, tuple: tuple)
    }
}

final class Simulation {
    let settings: SimulationSettings
    /// The run starts here on the monotonic clock; far from 0, which means "never".
    let originNs: Int64 = 1_000_000 * Ns.perSecond
    private(set) var nowNs: Int64
    var queue = EventQueue()
    var log = RunLog()
    let aggregate: Aggregate
    private var random: SeededRandom
    private var workers: [UnsafeMutablePointer<Worker>] = []
    private var wakeNs: [Int64] = []
    private var shards: [Shard] = []
    private var contexts: [UnsafeMutablePointer<RecordedContext>] = []
    private var transports: [SimulatedTransport] = []
    private var factories: [FixedIterations] = []
    private var samples: [UnsafeMutablePointer<HTTPSamples>] = []
    private let limiter: RateLimiter?
    private var begun: [Int64]

    private static let stepsMax = 20_000_000

    init(_ settings: SimulationSettings) {
        self.settings = settings
        nowNs = originNs
        random = SeededRandom(seed: settings.seed)
        let perSecond = settings.requestsPerSecond
        limiter = perSecond > 0 ? RateLimiter(perSecond: perSecond) : nil
        let registry = MetricRegistry()
        let demand = SeriesDemand()
        aggregate = Aggregate(registry: registry, demand: demand)
        begun = .init(repeating: 0, count: settings.plan.scenarios.count)
        let shared = RunShared(plan: settings.plan)
        for index in 0..<settings.workerCount {
            let shard = Shard(index: index, registry: registry, demand: demand, start: Instant(ns: originNs))
            shards.append(shard)
            addWorker(index, shard, shared)
        }
        wakeNs = .init(repeating: originNs, count: settings.workerCount)
        log.doneNs = .init(repeating: nil, count: settings.workerCount)
    }

    private func addWorker(_ index: Int, _ shard: Shard, _ shared: RunShared) {
        let transport = SimulatedTransport(simulation: self, worker: index)
        transports.append(transport)
        let context = UnsafeMutablePointer<RecordedContext>.allocate(capacity: 1)
        context.initialize(to: RecordedContext(simulation: self, worker: index))
        contexts.append(context)
        var iterations = RecordedIteration.port(context)
        if settings.usesHTTP { iterations = fixed(shard, transport) }
        let worker = Worker.make(
            settings: WorkerSettings(
                index: index, count: settings.workerCount, plan: settings.plan,
                minIterationDurationNs: settings.minIterationDurationNs),
            iterations: iterations, transport: transport.port, shard: shard, shared: shared)
        worker.pointee.send = { [unowned(unsafe) self] to, message in post(message, to: to) }
        Worker.prepareVUs(worker)
        workers.append(worker)
    }

    private func fixed(_ shard: Shard, _ transport: SimulatedTransport) -> IterationPort {
        let block = UnsafeMutablePointer<HTTPSamples>.allocate(capacity: 1)
        block.initialize(to: HTTPSamples(shard: shard, tagging: HTTPTagging(), errorText: { "error \($0)" }))
        samples.append(block)
        do {
            let draft = RequestDraft(
                method: "GET", url: try RequestURL(parsing: "http://127.0.0.1/"), userAgent: "")
            let request = FixedRequest(
                draft: draft, timeoutNs: settings.requestTimeoutNs, redirectsMax: 10,
                redirectsMaxIsDefault: true)
            let factory = FixedIterations(
                request: request, transport: transport.port, samples: block, limiter: limiter,
                scenarios: settings.plan.scenarios.map { ($0.scenario.name, [:]) })
            factories.append(factory)
            return factory.port
        } catch {
            preconditionFailure("the URL is valid: \(error)")
        }
    }

    deinit {
        for context in contexts { context.deallocate() }
        for block in samples {
            block.deinitialize(count: 1)
            block.deallocate()
        }
    }

    // MARK: - for the ports

    func begin(_ entry: LoggedIteration) -> Int {
        log.iterations.append(entry)
        begun[entry.scenario] += 1
        return log.iterations.count - 1
    }

    func finish(_ entry: Int, _ outcome: IterationOutcome, nowNs: Int64) {
        log.iterations[entry].endNs = nowNs - originNs
        log.iterations[entry].outcome = outcome
    }

    /// - Returns: the service's answer, on the run's clock.
    func answer(startedNs: Int64) -> Service.Answer {
        var answer = settings.service.answer(startedNs: startedNs - originNs, &random)
        answer.atNs = answer.atNs.map { $0 + originNs }
        return answer
    }

    // MARK: - the run

    /// Runs to the end. - Returns: the log; `leftovers` says what was not cleaned up.
    func run() -> RunLog {
        for worker in workers { Worker.start(worker, at: Instant(ns: originNs)) }
        for (index, command) in settings.commands.enumerated() {
            precondition(index == 0 || settings.commands[index - 1].atNs <= command.atNs)
            for worker in workers.indices {
                queue.insert(
                    atNs: originNs + command.atNs, worker: worker,
                    .message(
                        .control(
                            scenario: Int32(command.scenario), vus: command.vus, paused: command.isPaused)))
            }
        }
        for worker in workers.indices {
            if let stopNs = settings.stopNs {
                queue.insert(atNs: originNs + stopNs, worker: worker, .message(.stop))
            }
        }
        queue.insert(atNs: originNs + settings.intervalNs, worker: 0, .intervalEdge)
        while log.steps < Simulation.stepsMax, log.endNs == nil {
            guard let next = nextNs(), next < originNs + settings.plan.endOffsetNs + Ns.perHour else { break }
            precondition(next >= nowNs, "virtual time does not run backwards")
            nowNs = next
            step()
            log.steps += 1
        }
        takeStock()
        return log
    }

    private func nextNs() -> Int64? {
        var next = queue.earliestNs ?? Int64.max
        for index in workers.indices { next = min(next, runnable(index, wakeNs[index])) }
        return next == Int64.max ? nil : next
    }

    /// When the worker's thread runs, at `ns` or after.
    private func runnable(_ worker: Int, _ ns: Int64) -> Int64 {
        guard ns != Int64.max, worker < settings.gapsNs.count else { return ns }
        var ns = max(ns, nowNs)
        for gap in settings.gapsNs[worker] where gap.contains(ns - originNs) {
            ns = originNs + gap.upperBound
        }
        return ns
    }

    /// As a loop does it: first what came in, then a pass of every worker that was reached or is due.
    private func step() {
        var reached = Set<Int>()
        while let entry = queue.popDue(nowNs: nowNs) {
            let at = runnable(entry.worker, nowNs)
            if at > nowNs {
                queue.insert(atNs: at, worker: entry.worker, entry.event)
            } else {
                deliver(entry.event, to: entry.worker)
                reached.insert(entry.worker)
            }
        }
        for index in workers.indices where reached.contains(index) || runnable(index, wakeNs[index]) <= nowNs
        {
            wakeNs[index] = Worker.pass(workers[index], Instant(ns: nowNs)).ns
            if workers[index].pointee.isDone, log.doneNs[index] == nil {
                log.doneNs[index] = nowNs - originNs
            }
        }
    }

    private func deliver(_ event: SimulatedEvent, to worker: Int) {
        switch event {
        case .iterationEnds(let block, let token):
            if block.pointee.token == token { RecordedIteration.end(block, nowNs: nowNs) }
        case .exchangeEnds(let address, let token): transports[worker].end(address, token: token)
        case .message(let message): Worker.receive(workers[worker], message, Instant(ns: nowNs))
        case .intervalEdge:
            takeInterval()
            noteMoment()
            if log.endNs == nil {
                queue.insert(atNs: nowNs + settings.intervalNs, worker: 0, .intervalEdge)
            }
        }
    }

    private func post(_ message: WorkerMessage, to worker: Int) {
        let delayNs = settings.messageNsMax == 0 ? 0 : Int64(random.below(Int(settings.messageNsMax)))
        queue.insert(atNs: nowNs + delayNs, worker: worker, .message(message))
    }

    private func takeInterval() {
        for shard in shards {
            let packet = shard.takeInterval(to: Instant(ns: nowNs))
            aggregate.absorb(packet)
            shard.recycle(packet)
        }
        _ = aggregate.closeInterval(at: Instant(ns: nowNs))
    }

    private func noteMoment() {
        let counts = workers.map { Worker.currentCounts($0, Instant(ns: nowNs)) }
        let sums = begun.indices.map { scenario in
            var sum = RunLog.sum(counts, scenario)
            // `active` counts VUs; the books want iterations that have not ended.
            sum.active = workers.reduce(0) { $0 + $1.pointee.executors[scenario].runningCount }
            return sum
        }
        log.moments.append((begun, sums))
    }

    private func takeStock() {
        takeInterval()
        noteMoment()
        for (index, worker) in workers.enumerated() {
            log.counts.append(Worker.currentCounts(worker, Instant(ns: nowNs)))
            log.vusFree.append(worker.pointee.freeVUs.count)
            log.vusMade.append(Int(worker.pointee.vuCount))
            for number in 0..<worker.pointee.vuCount {
                let vu = worker.pointee.vu(number)
                log.vuIDs.append((vu.pointee.idInInstance, vu.pointee.idInTest))
                if vu.pointee.state != .free || vu.pointee.scenario != -1 {
                    log.leftovers.append("VU \(vu.pointee.idInInstance) is \(vu.pointee.state)")
                }
            }
            for scenario in 0..<worker.pointee.executorCount {
                let run = worker.pointee.executors + scenario
                if run.pointee.lentCount != 0 || run.pointee.runningCount != 0 || run.pointee.activeCount != 0
                {
                    log.leftovers.append("scenario \(scenario) on worker \(index) still has VUs")
                }
                if run.pointee.offeredCount != 0, settings.stopNs == nil {
                    log.leftovers.append("scenario \(scenario) on worker \(index) waits for an answer")
                }
                if run.pointee.saidInsufficient { log.insufficient.insert(scenario) }
            }
            if transports[index].inFlightCount > 0 { log.leftovers.append("exchanges in flight") }
            if worker.pointee.runningCount == 0 { Worker.free(worker) }
            if transports[index].openPools > 0 { log.leftovers.append("connection pools") }
        }
        workers = []
    }
}
