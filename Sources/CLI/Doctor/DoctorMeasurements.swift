// The doctor's experiments: how much CPU a request costs a worker, whether a run at 80 % of the resulting
// ceiling is still sound, what a VU weighs, and whether a stalled server shows on the scheduled clock.

import Base
import Control
import Engine
import HTTP
import Plan

struct DoctorMeasurements {
    let url: RequestURL
    let sizing: Sizing
    let secondsPerStep: Int64
    /// Requests per second one core of client carries; nil before it was measured.
    private var perCore: Double?
    private var bytesPerVU: Double?

    /// Connections of the closed-loop measurement: enough to keep a loop busy.
    private static let vus: Int64 = 64
    private static let memoryVUs: Int64 = 2_000
    /// A trial has a second CPU for its target; a run that may use one CPU alone is judged by its CPU time,
    /// too (`VerdictLimits`, 95 %), and needs room for what one second's trial does not show.
    private static let cpuShareMax = 0.85
    /// Rates tried, each three quarters of the one before, until a run is sound.
    private static let attemptsMax = 8
    /// What a run is advised to stay below.
    private static let safeShare = 0.8

    init(url: RequestURL, sizing: Sizing, secondsPerStep: Int64) {
        self.url = url
        self.sizing = sizing
        self.secondsPerStep = secondsPerStep
    }

    // MARK: - ceiling

    mutating func measureCeiling(_ report: inout DoctorReport) throws(CLIError) {
        let closed = try Trial(
            url: url, executor: .constantVUs(vus: Self.vus, durationNs: secondsPerStep * Ns.perSecond),
            workers: 1,
            sizing: sizing
        ).run()
        guard closed.requests > 0, closed.failedShare < 0.5 else {
            throw CLIError(
                "the target at \(url.maskedText) answered no request well; nothing can be measured")
        }
        let micros = closed.cpuSecondsPerRequest * 1e6
        report.line(
            "closed loop, one worker", "\(HealthText.significant(closed.requests / closed.seconds))/s")
        report.line("client cpu per request", "\(HealthText.fixed(micros, 2)) µs")
        var ceiling = 1 / closed.cpuSecondsPerRequest
        if sizing.affinityCount < 2 || sizing.cpu.vCPU < 2 {
            report.line(
                "a run at 80 % of the ceiling", "not tried: client and target would share one CPU")
            perCore = ceiling
            return
        }
        // The schedule costs CPU of its own, and the target may be the slower one: the ceiling is what holds.
        for _ in 0..<Self.attemptsMax {
            let rate = Int64(ceiling * Self.safeShare)
            let open = try openLoop(rate)
            let cpuShare = open.workerCPUSeconds / open.seconds
            let holds =
                open.dropped == 0 && open.verdict.kind != .clientBound && cpuShare <= Self.cpuShareMax
            report.line(
                "open loop at \(rate)/s",
                "\(open.dropped) dropped, start lateness p99 \(HealthText.ms(open.latenessP99Ms)), "
                    + "busy \(HealthText.percent(open.busyShareMax)), cpu \(HealthText.percent(cpuShare)): "
                    + open.verdict.kind.rawValue,
                holds ? .good : .plain)
            if holds {
                perCore = ceiling
                return
            }
            ceiling *= 0.75
        }
        report.line(
            "sound open-loop rate",
            "none found; the machine is too busy with something else to pace requests", .bad)
    }

    private func openLoop(_ rate: Int64) throws(CLIError) -> TrialResult {
        let vus = max(rate / 20, 50)
        return try Trial(
            url: url,
            executor: .constantArrivalRate(
                rate: rate, timeUnitNs: Ns.perSecond, durationNs: secondsPerStep * Ns.perSecond,
                preAllocatedVUs: vus, maxVUs: vus), workers: 1, sizing: sizing
        ).run()
    }

    // MARK: - memory

    mutating func measureMemory(_ report: inout DoctorReport) throws(CLIError) {
        func resident(_ vus: Int64) throws(CLIError) -> Int? {
            try Trial(
                url: url, executor: .constantVUs(vus: vus, durationNs: Ns.perSecond), workers: 1,
                sizing: sizing
            ).run().residentBytesPeak
        }
        let few = try resident(1)
        let many = try resident(Self.memoryVUs)
        guard let few, let many else {
            report.line("memory per vu", "unknown: the process's memory cannot be read", .bad)
            return
        }
        bytesPerVU = Double(max(many - few, 1)) / Double(Self.memoryVUs - 1)
        report.line(
            "memory per vu",
            "\(HealthText.fixed(bytesPerVU! / 1024, 1)) KiB, target's end of the connection included")
    }

    // MARK: - stall

    /// A target that is silent for a second, under a constant arrival rate: the scheduled clock must show it.
    func measureStall(_ server: TargetServer, _ report: inout DoctorReport) throws(CLIError) {
        let stallNs = Ns.perSecond
        var hasStalled = false
        let result = try Trial(
            url: url,
            executor: .constantArrivalRate(
                rate: 200, timeUnitNs: Ns.perSecond, durationNs: 3 * Ns.perSecond, preAllocatedVUs: 400,
                maxVUs: 400),
            workers: 1, sizing: sizing,
            whileRunning: { elapsedNs in
                if !hasStalled, elapsedNs > Ns.perSecond {
                    hasStalled = true
                    server.stopAnswering(forNs: stallNs)
                }
            }
        ).run()
        // A third of the run falls into the stall and waits half a second on average: p99 is close to all of
        // it.
        let shows = result.responseP99Ms >= 0.8 * Double(stallNs) / 1e6
        report.line(
            "target silent for 1 s", "apus_response_time p99 \(HealthText.ms(result.responseP99Ms))",
            shows ? .good : .bad)
    }

    // MARK: - expectations

    func expectations(_ reading: HealthReading, _ report: inout DoctorReport) {
        if let perCore {
            let cores = sizing.cpu.vCPU
            let all = perCore * min(cores, Double(sizing.workers))
            report.line(
                "requests/s per core", "\(HealthText.significant(perCore)), plain HTTP, small responses")
            report.line(
                "requests/s here",
                "\(HealthText.significant(all)) with the server elsewhere; stay below "
                    + "\(HealthText.significant(all * Self.safeShare)) (80 %) for trustworthy percentiles")
        }
        if let bytesPerVU, let memory = sizing.memory.value {
            let usable = memory.gib * 1_073_741_824 * 0.8
            report.line("vus by memory", HealthText.trimmed((usable / bytesPerVU).rounded(.down), 0))
        }
        if let open = reading.descriptorsOpen.value, let limit = reading.descriptorsMax.value {
            report.line("vus by descriptors", "\(max(limit - open - Descriptors.reserve, 0))")
        } else {
            report.line("vus by descriptors", "unknown")
        }
        report.line(
            "vus by ports", reading.ports.text { "\($0.count) to one destination from one address" })
    }
}
