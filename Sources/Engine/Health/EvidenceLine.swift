// The evidence of a verdict as lines of a name and a text, each marked: speaks against the client, says
// nothing special, or could not be read. Made by Verdict, printed by CLI/HealthReport and written to result
// files.

public struct EvidenceLine: Sendable, Equatable {
    public enum Mark: String, Sendable {
        /// This is (one of) the reasons to call the client the bottleneck.
        case against
        case neutral
        case unknown
    }

    public var name: String
    public var text: String
    public var mark: Mark

    static func all(_ evidence: Evidence, _ causes: [ClientCause]) -> [EvidenceLine] {
        var lines = Lines(causes: causes)
        loops(evidence, &lines)
        machine(evidence, &lines)
        schedule(evidence, &lines)
        requests(evidence, &lines)
        supplies(evidence, &lines)
        return lines.lines
    }

    private struct Lines {
        let causes: [ClientCause]
        var lines: [EvidenceLine] = []

        func has(_ kinds: [ClientCause.Kind]) -> Bool { causes.contains { kinds.contains($0.kind) } }

        mutating func add(_ name: String, _ text: String, against: Bool = false) {
            let mark: Mark = against ? .against : text.contains("unknown: ") ? .unknown : .neutral
            lines.append(EvidenceLine(name: name, text: text, mark: mark))
        }
    }

    private static func loops(_ evidence: Evidence, _ lines: inout Lines) {
        if evidence.workers.isEmpty { lines.add("loops", "unknown: no worker was measured") }
        for (number, worker) in evidence.workers.enumerated() {
            let busy = worker.busyShare.text(HealthText.percent)
            let cpu = worker.cpuShare.text(HealthText.percent)
            let lag = worker.lagP99Ms.text(HealthText.ms)
            let lagMax = worker.lagMaxMs.text(HealthText.ms)
            let isBusy = (worker.busyShare.value ?? 0) >= VerdictLimits.busyShareMax
            let isLate = (worker.lagP99Ms.value ?? 0) > VerdictLimits.lagP99MsMax
            lines.add(
                "loop of worker \(number)", "busy \(busy), cpu \(cpu), lag p99 \(lag), max \(lagMax)",
                against: isBusy || isLate)
        }
    }

    private static func machine(_ evidence: Evidence, _ lines: inout Lines) {
        let used = evidence.vCPUUsed.with(evidence.vCPULimit) { used, limit in
            "\(HealthText.fixed(used, 2)) of \(HealthText.trimmed(limit, 2)) vCPU"
        }
        let isSpent = evidence.vCPUUsed.with(evidence.vCPULimit) { $0 >= VerdictLimits.quotaShareMax * $1 }
        let source = evidence.vCPULimitText.isEmpty ? "" : " (\(evidence.vCPULimitText))"
        lines.add("cpu used", used.text { $0 } + source, against: isSpent.value ?? false)
        lines.add(
            "cpu throttling",
            evidence.throttling.text {
                "\($0.throttledPeriods) of \($0.periods) periods, \(HealthText.ms($0.throttledMs))"
            }, against: lines.has([.throttled]))
        lines.add("stolen cpu", evidence.stealShare.text(HealthText.percent), against: lines.has([.stolen]))
        let readyWait = evidence.readyWaitShare
        lines.add(
            "ready without a cpu", readyWait.text(HealthText.percent),
            against: (readyWait.value ?? 0) >= VerdictLimits.readyWaitShareMax)
    }

    private static func schedule(_ evidence: Evidence, _ lines: inout Lines) {
        guard let openLoop = evidence.openLoop else { return }
        let offered = HealthText.significant(openLoop.offeredPerSecond)
        let started = HealthText.significant(openLoop.startedPerSecond)
        lines.add("offered load", "\(offered)/s offered, \(started)/s started, \(openLoop.dropped) dropped")
        lines.add(
            "start lateness p99", openLoop.latenessP99Ms.text(HealthText.ms), against: lines.has([.late]))
        lines.add(
            "response-time drift",
            openLoop.drift.text {
                "\(HealthText.ms($0.firstMs)) in the first third, \(HealthText.ms($0.lastMs)) in the last"
            })
        if openLoop.dropped > 0 {
            let needed = openLoop.iterationSeconds.text {
                "about \(Int((openLoop.offeredPerSecond * $0).rounded(.up)))"
            }
            lines.add(
                "vus for the offered load",
                "\(needed) (rate × iteration time); the plan allows \(openLoop.vusMax)")
        }
    }

    private static func requests(_ evidence: Evidence, _ lines: inout Lines) {
        let length = HealthText.seconds(evidence.durationSeconds)
        let failed = HealthText.percent(evidence.failedShare)
        lines.add("requests", "\(evidence.requests) in \(length), \(failed) failed")
        lines.add(
            "time of vus",
            evidence.vuTime.text {
                "server \(HealthText.percent($0.server)), think \(HealthText.percent($0.think)), "
                    + "client \(HealthText.percent($0.client))"
            })
        lines.add(
            "request phases",
            evidence.phases.text {
                "blocked \(HealthText.ms($0.blockedMs)), connecting \(HealthText.ms($0.connectingMs)), "
                    + "tls \(HealthText.ms($0.tlsMs)), sending \(HealthText.ms($0.sendingMs)), "
                    + "waiting \(HealthText.ms($0.waitingMs)), receiving \(HealthText.ms($0.receivingMs))"
            })
        scripts(evidence, &lines)
    }

    /// Of all workers' time; nothing in a run without a script.
    private static func scripts(_ evidence: Evidence, _ lines: inout Lines) {
        let shares = evidence.workers.compactMap(\.scriptShare)
        if shares.isEmpty { return }
        let share = HealthText.percent(shares.reduce(0, +) / Double(shares.count))
        let longest = HealthText.ms(evidence.workers.compactMap(\.scriptLongestMs).max() ?? 0)
        lines.add(
            "script share", "\(share), longest stall \(longest)", against: lines.has([.script]))
    }

    private static func supplies(_ evidence: Evidence, _ lines: inout Lines) {
        lines.add(
            "connections",
            evidence.connections.text {
                "\($0.requested) requested, \($0.established) established, "
                    + "\(HealthText.trimmed($0.activeMean, 1)) active on average"
            })
        lines.add(
            "descriptors left", supply(evidence.descriptors, evidence.descriptorErrors),
            against: lines.has([.descriptors]))
        lines.add("ports left", supply(evidence.ports, evidence.portErrors), against: lines.has([.ports]))
    }

    private static func supply(_ supply: Measured<Supply>, _ errors: Int) -> String {
        let failed = errors > 0 ? "; \(errors) connections failed for want of one" : ""
        return supply.text { "\($0.left) of \($0.available)" } + failed
    }
}
