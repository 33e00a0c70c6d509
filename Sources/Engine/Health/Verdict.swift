// The one line every run ends with: was it the server, the client, neither, or can nobody tell. A pure
// function of the evidence, called once by the control thread after the run; rendered by CLI/HealthReport.
// docs/verdict.md states the same rules in words. An unknown the conclusion depends on makes it INCONCLUSIVE;
// it is never read as good news.

public struct Verdict: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The client had room, and the time was spent waiting for the server.
        case serverBound = "SERVER-BOUND"
        /// The client limited the load or spoiled the measurement.
        case clientBound = "CLIENT-BOUND"
        /// Neither side was at its limit: the plan asked for less than both could do.
        case underOffered = "UNDER-OFFERED"
        /// The evidence is missing, too thin, or contradicts itself.
        case inconclusive = "INCONCLUSIVE"
    }

    public var kind: Kind
    /// Of a CLIENT-BOUND verdict: what limited the client.
    public var cause: ClientCause.Kind?
    /// The deciding numbers in one clause.
    public var reason: String
    public var evidence: [EvidenceLine]

    /// "CLIENT-BOUND (cpu): the loop of worker 0 was busy 97.2% of the time".
    public var headline: String {
        let cause = cause.map { " (\($0.rawValue))" } ?? ""
        return "\(kind.rawValue)\(cause): \(reason)"
    }

    public static func judge(_ evidence: Evidence) -> Verdict {
        let causes = ClientCause.find(evidence)
        let (kind, cause, reason) = conclusion(evidence, causes)
        return Verdict(kind: kind, cause: cause, reason: reason, evidence: EvidenceLine.all(evidence, causes))
    }

    private typealias Conclusion = (kind: Kind, cause: ClientCause.Kind?, reason: String)

    private static func conclusion(_ evidence: Evidence, _ causes: [ClientCause]) -> Conclusion {
        if let cause = causes.first, cause.isExhaustion { return (.clientBound, cause.kind, cause.text) }
        if let reason = tooShort(evidence) ?? mostlyFailed(evidence) { return (.inconclusive, nil, reason) }
        if let cause = causes.first { return (.clientBound, cause.kind, cause.text) }
        let room = ClientRoom(evidence)
        if case .unknown(let reason) = room { return (.inconclusive, nil, reason) }
        if let openLoop = evidence.openLoop, evidence.loadModel != .closed,
            let (kind, reason) = byOffered(openLoop, room)
        {
            return (kind, nil, reason)
        }
        let (kind, reason) = evidence.loadModel == .open ? byCalm(evidence, room) : byTime(evidence, room)
        return (kind, nil, reason)
    }

    private static func tooShort(_ evidence: Evidence) -> String? {
        if evidence.durationSeconds < VerdictLimits.durationSecondsMin {
            return "the run lasted \(HealthText.seconds(evidence.durationSeconds)), too short to judge"
        }
        if evidence.requests < VerdictLimits.requestsMin {
            return "\(evidence.requests) requests are too few to judge; \(VerdictLimits.requestsMin) would do"
        }
        return nil
    }

    /// Failures that come at once say nothing about speed; those that were waited for (time-outs) do.
    private static func mostlyFailed(_ evidence: Evidence) -> String? {
        guard evidence.failedShare >= VerdictLimits.majority else { return nil }
        if let time = evidence.vuTime.value, time.server >= VerdictLimits.majority { return nil }
        if let openLoop = evidence.openLoop, openLoop.dropShare > VerdictLimits.dropShareMax { return nil }
        let failed = HealthText.percent(evidence.failedShare)
        return "\(failed) of the requests failed; the times are those of errors"
    }

    /// What the open-loop part shows when its load was not reached or not taken calmly; nil when it was.
    private static func byOffered(_ openLoop: OpenLoopEvidence, _ room: ClientRoom) -> (Kind, String)? {
        if openLoop.dropShare > VerdictLimits.dropShareMax {
            let dropped =
                "\(openLoop.dropped) of \(openLoop.scheduled) iterations were dropped, every VU waiting"
            if case .thin(let why) = room { return (.inconclusive, "\(dropped), and \(why)") }
            return (.serverBound, "\(dropped), while \(room.text)")
        }
        if openLoop.startedPerSecond < VerdictLimits.startedShareMin * openLoop.offeredPerSecond {
            let started = HealthText.significant(openLoop.startedPerSecond)
            let offered = HealthText.significant(openLoop.offeredPerSecond)
            return (.inconclusive, "only \(started)/s of \(offered)/s were started, yet nothing was dropped")
        }
        if let drift = openLoop.drift.value, drift.isSlowing {
            let slower =
                "responses slowed from \(HealthText.ms(drift.firstMs)) to \(HealthText.ms(drift.lastMs))"
            if case .thin(let why) = room { return (.inconclusive, "\(slower), and \(why)") }
            return (.serverBound, "\(slower), while \(room.text)")
        }
        return nil
    }

    /// An open-loop run whose whole load was started, answered and not slowed down.
    private static func byCalm(_ evidence: Evidence, _ room: ClientRoom) -> (Kind, String) {
        guard let openLoop = evidence.openLoop else {
            return (.inconclusive, "the schedule was not recorded")
        }
        if let reason = openLoop.latenessP99Ms.reason {
            return (.inconclusive, "start lateness is unknown: \(reason)")
        }
        if let reason = openLoop.drift.reason {
            return (.inconclusive, "response-time drift is unknown: \(reason)")
        }
        let offered = HealthText.significant(openLoop.offeredPerSecond)
        return (.underOffered, "the server took all \(offered)/s that were offered, and \(room.text)")
    }

    /// A closed-loop run is judged by where the VUs' time went.
    private static func byTime(_ evidence: Evidence, _ room: ClientRoom) -> (Kind, String) {
        let time: VUTime
        switch evidence.vuTime {
        case .known(let known): time = known
        case .unknown(let reason): return (.inconclusive, "where the VUs' time went is unknown: \(reason)")
        }
        if time.server >= VerdictLimits.majority {
            let waited = "VUs spent \(HealthText.percent(time.server)) of their time waiting for the server"
            if case .thin(let why) = room { return (.inconclusive, "\(waited), but \(why)") }
            return (.serverBound, "\(waited), while \(room.text)")
        }
        if time.think >= VerdictLimits.majority {
            return (
                .underOffered,
                "VUs spent \(HealthText.percent(time.think)) of their time in think time, and \(room.text)"
            )
        }
        return (
            .inconclusive,
            "no part of the VUs' time dominates: server \(HealthText.percent(time.server)), "
                + "think \(HealthText.percent(time.think)), client \(HealthText.percent(time.client))"
        )
    }
}

extension OpenLoopEvidence {
    var dropShare: Double { Double(dropped) / Double(max(scheduled, 1)) }
}

extension OpenLoopEvidence.Drift {
    /// Slower by a ratio that noise does not explain, and by enough to matter.
    var isSlowing: Bool {
        lastMs >= VerdictLimits.driftRatioMax * firstMs && lastMs - firstMs >= VerdictLimits.driftMsMax
    }
}

/// Whether the client could have done more, once no cause against it was found.
enum ClientRoom {
    case room(String)
    /// It could, but so little that its own queue shows in the response times.
    case thin(String)
    /// A probe this depends on could not be read.
    case unknown(String)

    var text: String {
        switch self {
        case .room(let text), .thin(let text), .unknown(let text): text
        }
    }

    init(_ evidence: Evidence) {
        if let reason = Self.missing(evidence) {
            self = .unknown("whether the client had room is unknown: \(reason)")
            return
        }
        guard let (number, busy) = ClientCause.busiest(evidence) else {
            preconditionFailure("a missing busy share was let through")
        }
        let loop = "the busiest loop (worker \(number)) was \(HealthText.percent(busy)) busy"
        if busy >= VerdictLimits.busyShareRoom {
            self = .thin(loop)
        } else if let limit = evidence.vCPULimit.value, let used = evidence.vCPUUsed.value,
            used >= VerdictLimits.quotaShareRoom * limit
        {
            self = .thin(
                "the client used \(HealthText.fixed(used, 2)) of \(HealthText.trimmed(limit, 2)) vCPU")
        } else {
            self = .room(loop)
        }
    }

    /// The first unknown that the client's innocence depends on. Three things must have been watched: every
    /// loop's idle time, the quota (by use or by throttling), and stalls from outside (by the loops' own lag,
    /// or by the kernel's counters for both throttling or lost CPU and stolen time).
    private static func missing(_ evidence: Evidence) -> String? {
        if evidence.workers.isEmpty { return "no worker was measured" }
        for (number, worker) in evidence.workers.enumerated() {
            if let reason = worker.busyShare.reason { return "busy share of worker \(number): \(reason)" }
        }
        let usage = evidence.vCPUUsed.with(evidence.vCPULimit) { used, _ in used }
        if let reason = usage.reason, !evidence.throttling.isKnown {
            return "CPU use and throttling: \(reason)"
        }
        if let reason = evidence.workers.compactMap(\.lagP99Ms.reason).first {
            let cpuWatched = evidence.throttling.isKnown || evidence.readyWaitShare.isKnown
            if !cpuWatched || !evidence.stealShare.isKnown { return "stalls of the loops: \(reason)" }
        }
        return nil
    }
}
