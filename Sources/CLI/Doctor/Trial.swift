// A short run for measuring, without console or options: what `doctor` does its experiments with. Same
// engine, client and metrics as `run`.

import Base
import Engine
import EventLoop
import HTTP
import HTTPClient
import Metrics
import Plan
import TLS

/// What a trial came to.
struct TrialResult {
    var requests: Double
    var seconds: Double
    var failedShare: Double
    var dropped: Int64
    /// CPU time of the workers' threads, in seconds.
    var workerCPUSeconds: Double
    var busyShareMax: Double
    var latenessP99Ms: Double
    var responseP99Ms: Double
    var durationP99Ms: Double
    var verdict: Verdict
    var residentBytesPeak: Int?

    var cpuSecondsPerRequest: Double { requests > 0 ? workerCPUSeconds / requests : .infinity }
}

struct Trial {
    var url: RequestURL
    var executor: Executor
    var workers: Int
    var sizing: Sizing
    /// Called about ten times a second with the time since the start, on the control thread.
    var whileRunning: ((_ elapsedNs: Int64) -> Void)?

    /// - Throws: what kept the trial from running.
    func run() throws(CLIError) -> TrialResult {
        let scenario = Scenario(name: "doctor", executor: executor, gracefulStopNs: Ns.perSecond)
        let plan: TestPlan
        do { plan = try TestPlan([scenario]) } catch { throw CLIError(error.description) }
        let registry = MetricRegistry()
        let demand = SeriesDemand()
        var settings = Engine.RunSettings(
            plan: plan, workerCount: workers, registry: registry, demand: demand)
        settings.intervalNs = Limits.snapshotIntervalNsMin
        var security = TLSClientOptions()
        security.insecureSkipVerify = true
        let assembly = RunAssembly(
            client: ClientSettings(), resolver: Resolver(settings: DNSSettings(), seed: 1),
            security: security,
            keyLog: nil,
            request: FixedRequest(
                draft: RequestDraft(method: "GET", url: url, userAgent: RunPlanner.userAgentDefault),
                timeoutNs: Limits.requestTimeoutNs, redirectsMax: 0, redirectsMaxIsDefault: false),
            tagging: HTTPTagging(), registry: registry, demand: demand, limiter: nil, scenarios: [scenario])
        let run: Run
        do {
            run = try Run(settings: settings) { index, loop in
                try assembly.makeWorker(index: index, loop: loop)
            }
        } catch { throw CLIError(error.description) }
        defer { run.close() }
        var drift = ResponseDrift()
        var resident: Int?
        let probe = HealthProbe(sizing)
        run.onInterval = { run, _ in
            drift.add(run.aggregate.total(Builtin.responseTime).interval)
            if let bytes = probe.read(now: Clock.now()).residentBytes.value {
                resident = max(resident ?? 0, bytes)
            }
            whileRunning?(run.progress.elapsedNs)
        }
        let before = probe.read(now: Clock.now())
        do { try run.runToEnd() } catch { throw CLIError(error.description) }
        let difference = HealthDifference(from: before, to: probe.read(now: Clock.now()))
        let evidence = RunEvidence(
            run: run, plan: plan, sizing: sizing, difference: difference, drift: drift, isRateLimited: false)
        return result(run, Verdict.judge(evidence.evidence()), resident)
    }

    private func result(_ run: Run, _ verdict: Verdict, _ resident: Int?) -> TrialResult {
        func percentile(_ metric: MetricID) -> Double {
            guard case .trend(let trend) = run.aggregate.total(metric).cumulative else { return 0 }
            return trend.percentile(99)
        }
        var requests = 0.0
        if case .counter(let counter) = run.aggregate.total(Builtin.httpReqs).cumulative {
            requests = counter.sum
        }
        var failed = 0.0
        if case .rate(let rate) = run.aggregate.total(Builtin.httpReqFailed).cumulative { failed = rate.rate }
        let reports = run.progress.workers.compactMap(\.self)
        let durationNs = max(run.endedAt - run.startedAt, 1)
        return TrialResult(
            requests: requests, seconds: Double(durationNs) / 1e9, failedShare: failed,
            dropped: run.progress.dropped,
            workerCPUSeconds: reports.reduce(0) { $0 + Double($1.threadCPUNs) / 1e9 },
            busyShareMax: reports.map { Double($0.loop.busyNs) / Double(durationNs) }.max() ?? 0,
            latenessP99Ms: percentile(Builtin.startLateness), responseP99Ms: percentile(Builtin.responseTime),
            durationP99Ms: percentile(Builtin.httpReqDuration), verdict: verdict, residentBytesPeak: resident)
    }
}
