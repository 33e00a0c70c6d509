// What a finished run can say about its own client: the workers' loops, the schedule, the connections and the
// probes, put together for the verdict, the Little's-law audit and the cost lines. Fed by RunCommand.

import Base
import Engine
import HTTP
import Metrics
import Plan

/// Response times over the length of a run, thinned out so that their number stays bounded.
struct ResponseDrift {
    private var parts: [(sum: Double, count: Double)] = []
    private static let partsMax = 600

    mutating func add(_ interval: Sink?) {
        guard case .trend(let trend)? = interval, trend.count > 0 else { return }
        parts.append((trend.sum, Double(trend.count)))
        if parts.count > Self.partsMax {
            parts = stride(from: 0, to: parts.count, by: 2).map { index in
                let next = index + 1 < parts.count ? parts[index + 1] : (sum: 0, count: 0)
                return (parts[index].sum + next.sum, parts[index].count + next.count)
            }
        }
    }

    var drift: Measured<OpenLoopEvidence.Drift> {
        let third = parts.count / 3
        if third == 0 { return .unknown("fewer than three intervals") }
        func mean(_ slice: ArraySlice<(sum: Double, count: Double)>) -> Double {
            slice.reduce(0) { $0 + $1.sum } / slice.reduce(0) { $0 + $1.count }
        }
        return .known(
            OpenLoopEvidence.Drift(
                firstMs: mean(parts[..<third]), lastMs: mean(parts[(parts.count - third)...])))
    }
}

struct RunEvidence {
    let run: Run
    let plan: TestPlan
    let sizing: Sizing
    let difference: HealthDifference
    let drift: ResponseDrift
    /// Whether requests wait for their turn: `rps`.
    let isRateLimited: Bool

    private var durationNs: Int64 { max(run.endedAt - run.startedAt, 1) }
    private var seconds: Double { Double(durationNs) / 1e9 }
    private var reports: [WorkerReport] { run.progress.workers.compactMap(\.self) }

    private func trend(_ metric: MetricID) -> TrendSink {
        guard case .trend(let trend) = run.aggregate.total(metric).cumulative else {
            preconditionFailure("a built-in trend is a trend")
        }
        return trend
    }

    private var requests: Double {
        guard case .counter(let counter) = run.aggregate.total(Builtin.httpReqs).cumulative else { return 0 }
        return counter.sum
    }

    private var failedShare: Double {
        guard case .rate(let rate) = run.aggregate.total(Builtin.httpReqFailed).cumulative else { return 0 }
        return rate.rate
    }

    /// Of all iterations, in seconds of VU time.
    private var iterationSeconds: Double { trend(Builtin.iterationDuration).sum / 1e3 }
    /// Of all requests: their own time and the time they were blocked.
    private var requestSeconds: Double { trend(Builtin.httpReqDuration).sum / 1e3 }
    private var blockedSeconds: Double { trend(Builtin.httpReqBlocked).sum / 1e3 }
    private var connectSeconds: Double {
        (trend(Builtin.httpReqConnecting).sum + trend(Builtin.httpReqTLSHandshaking).sum) / 1e3
    }
    private var vusMean: Double {
        Double(reports.reduce(0) { $0 + $1.counts.runningVUNs }) / Double(durationNs)
    }

    func evidence() -> Evidence {
        let open = plan.scenarios.filter(\.scenario.executor.isOpenLoop)
        let model: LoadModel = open.isEmpty ? .closed : open.count == plan.scenarios.count ? .open : .mixed
        var evidence = Evidence(
            loadModel: model, durationSeconds: seconds, requests: Int(requests), failedShare: failedShare)
        evidence.workers = reports.map(worker)
        if !open.isEmpty { evidence.openLoop = openLoop(open) }
        evidence.vuTime = vuTime()
        evidence.phases = phases()
        var transport = TransportCounters()
        for report in reports { transport.add(report.transport) }
        evidence.connections = .known(
            ConnectionCounts(
                requested: Int(transport.requested), established: Int(transport.established),
                activeMean: vusMean))
        evidence.descriptorErrors = Int(transport.descriptorsExhausted)
        evidence.portErrors = Int(transport.portsExhausted)
        evidence.take(difference, sizing: sizing)
        return evidence
    }

    private func worker(_ report: WorkerReport) -> WorkerEvidence {
        WorkerEvidence(
            busyShare: .known(min(Double(report.loop.busyNs) / Double(durationNs), 1)),
            cpuShare: .known(Double(report.threadCPUNs) / Double(durationNs)),
            lagP99Ms: .known(Double(report.loop.passNs(percentile: 99)) / 1e6),
            lagMaxMs: .known(Double(report.loop.passNsMax) / 1e6),
            scriptShare: report.script.map { Double($0.runningNs) / Double(durationNs) },
            scriptLongestMs: report.script.map { Double($0.longestNs) / 1e6 })
    }

    private func openLoop(_ open: [ScenarioPlan]) -> OpenLoopEvidence {
        let started = reports.reduce(0) { $0 + $1.counts.scheduledStarts }
        let dropped = zip(plan.scenarios, run.progress.scenarios).reduce(Int64(0)) { sum, pair in
            pair.0.scenario.executor.isOpenLoop ? sum + pair.1.dropped : sum
        }
        let lateness = trend(Builtin.startLateness)
        let response = trend(Builtin.responseTime)
        return OpenLoopEvidence(
            offeredPerSecond: Double(started + dropped) / seconds,
            startedPerSecond: Double(started) / seconds,
            dropped: Int(dropped), scheduled: Int(started + dropped),
            latenessP99Ms: lateness.count > 0
                ? .known(lateness.percentile(99)) : .unknown("nothing was started"),
            drift: drift.drift,
            iterationSeconds: response.count > 0
                ? .known(iterationSeconds / Double(max(trend(Builtin.iterationDuration).count, 1)))
                : .unknown("no iteration ended"),
            vusMax: Int(open.reduce(0) { $0 + $1.maxVUs }))
    }

    /// Seconds of VU time in all iterations: in requests, in pauses on purpose, in anything else.
    private struct Spent {
        var requests: Double
        var think: Double
        var rest: Double
        var total: Double { requests + think + rest }
    }

    /// A script's requests may overlap, and its pauses are its own: both are measured as it waits. In other
    /// runs an iteration is one request, and what is left of it a pause only where requests wait for `rps`.
    private var spent: Spent {
        let scripts = reports.compactMap(\.script)
        let requests = requestSeconds + blockedSeconds
        var spent = Spent(requests: requests, think: 0, rest: 0)
        if !scripts.isEmpty {
            spent.requests = Double(scripts.reduce(0) { $0 + $1.waitingNs }) / 1e9
            spent.think = Double(scripts.reduce(0) { $0 + $1.thinkingNs }) / 1e9
        }
        spent.rest = max(iterationSeconds - spent.total, 0)
        if isRateLimited {
            let turn = scripts.isEmpty ? spent.rest : max(spent.requests - requests, 0)
            spent.think += turn
            if scripts.isEmpty { spent.rest -= turn } else { spent.requests -= turn }
        }
        // After the iteration's own time.
        spent.think += Double(reports.reduce(0) { $0 + $1.counts.restingNs }) / 1e9
        return spent
    }

    private func vuTime() -> Measured<VUTime> {
        if iterationSeconds <= 0 { return .unknown("no iteration ended") }
        let spent = spent
        // Of the time of requests, waiting for a connection that is not being made is the client's.
        let requests = requestSeconds + blockedSeconds
        let held = requests > 0 ? max(blockedSeconds - connectSeconds, 0) / requests * spent.requests : 0
        let (server, client) = (spent.requests - held, held + spent.rest)
        let total = spent.total
        return .known(VUTime(server: server / total, think: spent.think / total, client: client / total))
    }

    private func phases() -> Measured<PhaseMeans> {
        if requests == 0 { return .unknown("no request ended") }
        return .known(
            PhaseMeans(
                blockedMs: trend(Builtin.httpReqBlocked).avg,
                connectingMs: trend(Builtin.httpReqConnecting).avg,
                tlsMs: trend(Builtin.httpReqTLSHandshaking).avg, sendingMs: trend(Builtin.httpReqSending).avg,
                waitingMs: trend(Builtin.httpReqWaiting).avg, receivingMs: trend(Builtin.httpReqReceiving).avg
            ))
    }

    /// VUs = rate × (request + think + overhead): the left side from the count of running iterations over
    /// time, the right side from the durations, so that an accounting error shows.
    func audit() -> Measured<LittlesLaw> {
        let iterations = Double(trend(Builtin.iterationDuration).count)
        if iterations == 0 || requests == 0 { return .unknown("no iteration ended") }
        let spent = spent
        return .known(
            LittlesLaw(
                vusMean: vusMean, requestsPerSecond: iterations / seconds,
                requestSeconds: spent.requests / iterations, thinkSeconds: spent.think / iterations,
                overheadSeconds: spent.rest / iterations))
    }

    func cost(_ price: Measured<Price>) -> RunCost {
        RunCost(
            requests: Int(requests), durationSeconds: seconds, vCPUUsed: difference.vCPUUsed,
            vCPUReserved: sizing.cpu.vCPU, memory: sizing.memory, price: price)
    }
}
