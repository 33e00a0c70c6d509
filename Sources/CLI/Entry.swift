import Base
import Engine
import HTTP
import HTTPClient
import Metrics
import Plan

public func apusMain(_ arguments: [String]) -> Int32 {
    let url = try! RequestURL(parsing: arguments[1])
    let vus = Int64(arguments[2])!, seconds = Int64(arguments[3])!, workers = Int(arguments[4])!
    let rate = arguments.count > 5 ? Int64(arguments[5])! : 0
    let scenario = Scenario(
        name: "default",
        executor: rate > 0
            ? .constantArrivalRate(
                rate: rate, timeUnitNs: Ns.perSecond, durationNs: seconds * Ns.perSecond,
                preAllocatedVUs: vus, maxVUs: vus)
            : .constantVUs(vus: vus, durationNs: seconds * Ns.perSecond))
    let plan = try! TestPlan([scenario])
    let registry = MetricRegistry()
    let demand = SeriesDemand()
    let settings = RunSettings(plan: plan, workerCount: workers, registry: registry, demand: demand)
    let assembly = RunAssembly(
        client: ClientSettings(), resolver: Resolver(settings: DNSSettings(), seed: 1), security: nil,
        request: FixedRequest(
            draft: RequestDraft(method: "GET", url: url, userAgent: "Grafana k6/1.1.0"),
            timeoutNs: Limits.requestTimeoutNs, redirectsMax: 10, redirectsMaxIsDefault: true),
        tagging: HTTPTagging(), registry: registry, demand: demand, limiter: nil,
        scenarios: plan.scenarios.map(\.scenario))
    let run = try! Run(settings: settings) { try assembly.makeWorker(index: $0, loop: $1) }
    try! run.runToEnd()
    for id in [
        Builtin.httpReqs, Builtin.httpReqDuration, Builtin.httpReqFailed, Builtin.iterationDuration,
        Builtin.startLateness, Builtin.dataReceived, Builtin.droppedIterations,
    ] {
        let series = run.aggregate.total(id)
        switch series.cumulative {
        case .counter(let c):
            print(series.definition.name, c.sum, c.rate(durationNs: run.elapsed(Clock.now())))
        case .trend(let t):
            print(
                series.definition.name, "avg", t.avg, "p95", t.percentile(95), "p99", t.percentile(99), "max",
                t.max)
        case .rate(let r): print(series.definition.name, r.rate)
        case .gauge(let g): print(series.definition.name, g.value)
        }
    }
    let cpu = Clock.processCPUNs()
    if case .counter(let c) = run.aggregate.total(Builtin.httpReqs).cumulative {
        print("cpu us/req", Double(cpu) / 1000 / max(c.sum, 1))
    }
    print("open", run.progress.workers[0]!.transport, run.progress.completed, run.progress.interrupted)
    run.close()
    return 0
}
