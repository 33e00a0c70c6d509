// The ways in which the client itself can be the bottleneck, each with the bound from which it counts. Pure:
// evidence in, causes out, the strongest explanation first. Called by Verdict; docs/verdict.md explains each
// rule to users.

/// Every bound of the verdict, with its reason.
public enum VerdictLimits {
    /// Less time or fewer requests than this say nothing about a bottleneck.
    public static let durationSecondsMin = 1.0
    public static let requestsMin = 50
    /// A loop this busy has no idle time left to hide a burst in.
    public static let busyShareMax = 0.90
    /// Below this a loop's queue is short (a queue at 75 % load waits about 1.5 service times): the client
    /// had room.
    public static let busyShareRoom = 0.75
    /// The same two bounds for CPU used of the quota, where nothing but the quota queues.
    public static let quotaShareMax = 0.95
    public static let quotaShareRoom = 0.85
    /// A worker that was busy but ran less than this share of that time waited for a CPU.
    public static let ranOfBusyMin = 0.70
    /// One throttled period in twenty puts the stall (up to 100 ms) into the 95th percentile.
    public static let throttledPeriodShareMax = 0.05
    public static let throttledTimeShareMax = 0.01
    /// Stolen time of all CPUs' time.
    public static let stealShareMax = 0.05
    /// Time ready without a CPU, of the workers' time.
    public static let readyWaitShareMax = 0.10
    /// Lateness that shows in a response time, if the loops were busy or lagging; and lateness no clock
    /// explains away.
    public static let latenessMsMax = 1.0
    public static let latenessMsAlways = 10.0
    public static let latenessBusyShare = 0.50
    public static let lagP99MsMax = 5.0
    /// Failed connections of this kind, of all requests: less is an accident at the start.
    public static let exhaustionShareMax = 0.001
    /// Dropped of scheduled iterations, and started of offered rate, from which the offered load was not
    /// reached.
    public static let dropShareMax = 0.001
    public static let startedShareMin = 0.95
    /// The response time of the last third over that of the first, and the difference, from which a server
    /// slows down.
    public static let driftRatioMax = 1.5
    public static let driftMsMax = 1.0
    /// What counts as "most" of the VUs' time or of the requests.
    public static let majority = 0.50
}

/// One way in which the client was the bottleneck.
public struct ClientCause: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case descriptors = "descriptors exhausted"
        case ports = "ports exhausted"
        case throttled = "cpu quota throttled"
        case stolen = "stolen cpu"
        case cpu
        case script
        case contention = "waiting for a cpu"
        case late
        case lag
    }

    public var kind: Kind
    /// The numbers behind it, as a clause.
    public var text: String

    /// Whether the run could not do what was asked at all; certain however short the run was.
    public var isExhaustion: Bool { kind == .descriptors || kind == .ports }

    /// All causes the evidence shows, the one that explains most first.
    static func find(_ evidence: Evidence) -> [ClientCause] {
        [
            exhausted(.descriptors, evidence.descriptorErrors, "descriptor", evidence),
            exhausted(.ports, evidence.portErrors, "local port", evidence),
            throttled(evidence), stolen(evidence), quotaUsed(evidence), busyLoop(evidence),
            contention(evidence),
            late(evidence), lagging(evidence),
        ].compactMap { $0 }
    }

    private static func exhausted(_ kind: Kind, _ errors: Int, _ what: String, _ evidence: Evidence)
        -> ClientCause?
    {
        let share = Double(errors) / Double(max(evidence.requests, 1))
        guard share > VerdictLimits.exhaustionShareMax else { return nil }
        return ClientCause(kind: kind, text: "\(errors) connections failed because no \(what) was left")
    }

    private static func throttled(_ evidence: Evidence) -> ClientCause? {
        guard let throttling = evidence.throttling.value, throttling.throttledPeriods > 0 else { return nil }
        let periodShare = Double(throttling.throttledPeriods) / Double(max(throttling.periods, 1))
        let timeShare = Double(throttling.throttledNs) / 1e9 / max(evidence.durationSeconds, 1e-9)
        guard
            periodShare >= VerdictLimits.throttledPeriodShareMax
                || timeShare >= VerdictLimits.throttledTimeShareMax
        else { return nil }
        return ClientCause(
            kind: .throttled,
            text: "throttled \(throttling.throttledPeriods) of \(throttling.periods) periods, "
                + "held back for \(HealthText.ms(throttling.throttledMs))")
    }

    private static func stolen(_ evidence: Evidence) -> ClientCause? {
        guard let share = evidence.stealShare.value, share >= VerdictLimits.stealShareMax else { return nil }
        return ClientCause(
            kind: .stolen, text: "the hypervisor took \(HealthText.percent(share)) of the machine's CPU time")
    }

    private static func quotaUsed(_ evidence: Evidence) -> ClientCause? {
        guard let limit = evidence.vCPULimit.value, let used = evidence.vCPUUsed.value, limit > 0,
            used >= VerdictLimits.quotaShareMax * limit
        else { return nil }
        let text = "used \(HealthText.fixed(used, 2)) of \(HealthText.trimmed(limit, 2)) vCPU"
        return ClientCause(kind: isScript(evidence) ? .script : .cpu, text: text)
    }

    private static func busyLoop(_ evidence: Evidence) -> ClientCause? {
        guard let (number, busy) = busiest(evidence), busy >= VerdictLimits.busyShareMax else { return nil }
        let text = "the loop of worker \(number) was busy \(HealthText.percent(busy)) of the time"
        if let ran = evidence.workers[number].cpuShare.value, ran < VerdictLimits.ranOfBusyMin * busy {
            return ClientCause(
                kind: .contention, text: text + " but had a CPU for only \(HealthText.percent(ran))")
        }
        if isScript(evidence), let share = evidence.workers[number].scriptShare {
            return ClientCause(kind: .script, text: text + ", \(HealthText.percent(share)) in scripts")
        }
        return ClientCause(kind: .cpu, text: text)
    }

    private static func contention(_ evidence: Evidence) -> ClientCause? {
        guard let share = evidence.readyWaitShare.value, share >= VerdictLimits.readyWaitShareMax else {
            return nil
        }
        return ClientCause(
            kind: .contention,
            text: "workers were ready to run but had no CPU for \(HealthText.percent(share)) of the time")
    }

    private static func late(_ evidence: Evidence) -> ClientCause? {
        guard let lateness = evidence.openLoop?.latenessP99Ms.value, lateness > VerdictLimits.latenessMsMax
        else {
            return nil
        }
        let wasBusy = (busiest(evidence)?.busy ?? 0) >= VerdictLimits.latenessBusyShare
        let lagged = (lagP99Ms(evidence) ?? 0) > VerdictLimits.latenessMsMax
        guard wasBusy || lagged || lateness > VerdictLimits.latenessMsAlways else { return nil }
        return ClientCause(
            kind: .late, text: "starts were \(HealthText.ms(lateness)) late at the 99th percentile")
    }

    private static func lagging(_ evidence: Evidence) -> ClientCause? {
        guard let lag = lagP99Ms(evidence), lag > VerdictLimits.lagP99MsMax else { return nil }
        return ClientCause(kind: .lag, text: "a loop ran \(HealthText.ms(lag)) late at the 99th percentile")
    }

    /// Whether scripts took most of the busiest loop's time.
    private static func isScript(_ evidence: Evidence) -> Bool {
        guard let (number, busy) = busiest(evidence), busy > 0,
            let share = evidence.workers[number].scriptShare
        else { return false }
        return share >= VerdictLimits.majority * busy
    }

    /// The busiest worker among those measured.
    static func busiest(_ evidence: Evidence) -> (number: Int, busy: Double)? {
        evidence.workers.indices
            .compactMap { number in
                evidence.workers[number].busyShare.value.map { (number: number, busy: $0) }
            }
            .max { $0.busy < $1.busy }
    }

    /// The worst lag among the workers measured.
    static func lagP99Ms(_ evidence: Evidence) -> Double? {
        evidence.workers.compactMap(\.lagP99Ms.value).max()
    }
}
