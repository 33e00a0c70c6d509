// The verdict on planted evidence: each rule, each bound from both sides, and every probe taken away in turn.
// A row changes one thing in a run that is otherwise a clear case.

import Base
import Engine
import Testing

/// Evidence of runs that are clear cases; the tests change one thing at a time.
enum Planted {
    static func worker(_ busy: Double, cpu: Double? = nil, lagP99Ms: Double = 0.1) -> WorkerEvidence {
        WorkerEvidence(
            busyShare: .known(busy), cpuShare: .known(cpu ?? busy), lagP99Ms: .known(lagP99Ms),
            lagMaxMs: .known(2), scriptShare: 0.02, scriptLongestMs: 1.5)
    }

    /// A closed loop against a slow server: idle loops, everything readable.
    static var serverBound: Evidence {
        var evidence = Evidence(loadModel: .closed, durationSeconds: 30, requests: 30_000, failedShare: 0)
        evidence.workers = [worker(0.20), worker(0.25)]
        evidence.vuTime = .known(VUTime(server: 0.97, think: 0, client: 0.03))
        evidence.phases = .known(
            PhaseMeans(
                blockedMs: 0.01, connectingMs: 0, tlsMs: 0, sendingMs: 0.02, waitingMs: 95, receivingMs: 0.3))
        evidence.connections = .known(ConnectionCounts(requested: 100, established: 100, activeMean: 97))
        evidence.vCPULimit = .known(2)
        evidence.vCPULimitText = "CPU affinity: 2 usable → 2 vCPU"
        evidence.vCPUUsed = .known(0.45)
        evidence.throttling = .known(Throttling(periods: 300, throttledPeriods: 0, throttledNs: 0))
        evidence.stealShare = .known(0.001)
        evidence.readyWaitShare = .known(0.004)
        evidence.descriptors = .known(Supply(used: 120, available: 65535))
        evidence.ports = .known(Supply(used: 300, available: 28232))
        return evidence
    }

    /// An open loop whose 500/s a fast server takes calmly.
    static var underOffered: Evidence {
        var evidence = serverBound
        evidence.loadModel = .open
        evidence.vuTime = .known(VUTime(server: 0.3, think: 0, client: 0.01))
        evidence.openLoop = OpenLoopEvidence(
            offeredPerSecond: 500, startedPerSecond: 499.9, dropped: 0, scheduled: 15_000,
            latenessP99Ms: .known(0.08), drift: .known(.init(firstMs: 2.0, lastMs: 2.1)),
            iterationSeconds: .known(0.002), vusMax: 50)
        return evidence
    }
}

struct VerdictCase: CustomTestStringConvertible, Sendable {
    var name: String
    var evidence: Evidence
    var kind: Verdict.Kind
    var cause: ClientCause.Kind?
    /// A part of the reason.
    var reason: String
    var testDescription: String { name }

    init(
        _ name: String, _ base: Evidence, _ kind: Verdict.Kind, _ reason: String,
        _ change: (inout Evidence) -> Void = { _ in }
    ) {
        self.init(name, base, kind, nil, reason, change)
    }

    init(
        _ name: String, _ base: Evidence, _ kind: Verdict.Kind, _ cause: ClientCause.Kind?, _ reason: String,
        _ change: (inout Evidence) -> Void = { _ in }
    ) {
        self.name = name
        self.kind = kind
        self.cause = cause
        self.reason = reason
        evidence = base
        change(&evidence)
    }

    static let closed = Planted.serverBound
    static let open = Planted.underOffered

    static let plain: [VerdictCase] = [
        VerdictCase(
            "slow server", closed, .serverBound, "VUs spent 97.0% of their time waiting for the server"),
        VerdictCase("calm open loop", open, .underOffered, "took all 500/s that were offered"),
        VerdictCase("think time", closed, .underOffered, "think time") {
            $0.vuTime = .known(VUTime(server: 0.2, think: 0.78, client: 0.02))
        },
        VerdictCase("no part dominates", closed, .inconclusive, "no part of the VUs' time dominates") {
            $0.vuTime = .known(VUTime(server: 0.4, think: 0.3, client: 0.3))
        },
        VerdictCase("drops while idle", open, .serverBound, "700 of 15000 iterations were dropped") {
            $0.openLoop?.dropped = 700
        },
        VerdictCase("a single drop is no verdict", open, .underOffered, "500/s") { $0.openLoop?.dropped = 1 },
        VerdictCase("slowing server", open, .serverBound, "slowed from 2 ms to 9 ms") {
            $0.openLoop?.drift = .known(.init(firstMs: 2, lastMs: 9))
        },
        VerdictCase("slower by a hair", open, .underOffered, "500/s") {
            $0.openLoop?.drift = .known(.init(firstMs: 0.1, lastMs: 0.3))
        },
        VerdictCase("not started, not dropped", open, .inconclusive, "only 300/s of 500/s") {
            $0.openLoop?.startedPerSecond = 300
        },
        VerdictCase("mixed, calm schedule, waiting VUs", open, .serverBound, "waiting for the server") {
            $0.loadModel = .mixed
            $0.vuTime = closed.vuTime
        },
        VerdictCase("mixed, drops", open, .serverBound, "dropped") {
            $0.loadModel = .mixed
            $0.openLoop?.dropped = 700
        },
        VerdictCase("time-outs are waited for", closed, .serverBound, "waiting") { $0.failedShare = 0.9 },
        VerdictCase("quick failures", closed, .inconclusive, "90.0% of the requests failed") {
            $0.failedShare = 0.9
            $0.vuTime = .known(VUTime(server: 0.1, think: 0, client: 0.9))
            $0.workers = [Planted.worker(0.99)]
        },
        VerdictCase("too short", closed, .inconclusive, "lasted 0.4 s") { $0.durationSeconds = 0.4 },
        VerdictCase("too few", closed, .inconclusive, "12 requests are too few") { $0.requests = 12 },
        VerdictCase("too short to be throttled", closed, .inconclusive, "lasted 0.9 s") {
            $0.durationSeconds = 0.9
            $0.throttling = .known(Throttling(periods: 9, throttledPeriods: 9, throttledNs: 400_000_000))
        },
        VerdictCase("thin room, closed", closed, .inconclusive, "worker 1) was 82.0% busy") {
            $0.workers[1] = Planted.worker(0.82)
        },
        VerdictCase("thin room by quota", closed, .inconclusive, "used 1.80 of 2 vCPU") {
            $0.vCPUUsed = .known(1.8)
        },
        VerdictCase("thin room, drops", open, .inconclusive, "dropped") {
            $0.openLoop?.dropped = 700
            $0.workers[0] = Planted.worker(0.8)
        },
        VerdictCase("80 % busy, all taken", open, .underOffered, "500/s") {
            $0.workers[0] = Planted.worker(0.8)
        },
    ]

    static let client: [VerdictCase] = [
        VerdictCase("quota throttled", closed, .clientBound, .throttled, "throttled 45 of 300 periods") {
            $0.throttling = .known(Throttling(periods: 300, throttledPeriods: 45, throttledNs: 1_500_000_000))
        },
        VerdictCase("throttled rarely but long", closed, .clientBound, .throttled, "held back for 310 ms") {
            $0.throttling = .known(Throttling(periods: 300, throttledPeriods: 4, throttledNs: 310_000_000))
        },
        VerdictCase("throttled at the start only", closed, .serverBound, "waiting") {
            $0.throttling = .known(Throttling(periods: 300, throttledPeriods: 2, throttledNs: 90_000_000))
        },
        VerdictCase("one busy loop", closed, .clientBound, .cpu, "worker 1 was busy 97.0%") {
            $0.workers[1] = Planted.worker(0.97)
        },
        VerdictCase("just not busy enough", closed, .inconclusive, "89.9% busy") {
            $0.workers[1] = Planted.worker(0.899)
        },
        VerdictCase("quota used up", closed, .clientBound, .cpu, "used 0.49 of 0.5 vCPU") {
            $0.vCPULimit = .known(0.5)
            $0.vCPUUsed = .known(0.49)
        },
        VerdictCase("busy in scripts", closed, .clientBound, .script, "80.0% in scripts") {
            $0.workers[0] = Planted.worker(0.95)
            $0.workers[0].scriptShare = 0.8
        },
        VerdictCase("busy but not running", closed, .clientBound, .contention, "had a CPU for only 50.0%") {
            $0.workers[0] = Planted.worker(0.95, cpu: 0.5)
        },
        VerdictCase("ready without a CPU", closed, .clientBound, .contention, "no CPU for 15.0%") {
            $0.readyWaitShare = .known(0.15)
        },
        VerdictCase("stolen", closed, .clientBound, .stolen, "took 8.0%") { $0.stealShare = .known(0.08) },
        VerdictCase("late and busy", open, .clientBound, .late, "4.2 ms late") {
            $0.openLoop?.latenessP99Ms = .known(4.2)
            $0.workers[0] = Planted.worker(0.7)
        },
        VerdictCase("late and lagging", open, .clientBound, .late, "4.2 ms late") {
            $0.openLoop?.latenessP99Ms = .known(4.2)
            $0.workers[0] = Planted.worker(0.2, lagP99Ms: 3)
        },
        VerdictCase("late beyond excuse", open, .clientBound, .late, "12 ms late") {
            $0.openLoop?.latenessP99Ms = .known(12)
        },
        VerdictCase("a little late, idle", open, .underOffered, "500/s") {
            $0.openLoop?.latenessP99Ms = .known(1.5)
        },
        VerdictCase("lagging loop", closed, .clientBound, .lag, "ran 40 ms late") {
            $0.workers[0] = Planted.worker(0.3, lagP99Ms: 40)
        },
        VerdictCase("no descriptors", closed, .clientBound, .descriptors, "900 connections failed") {
            $0.descriptorErrors = 900
        },
        VerdictCase("no ports, in a short run", closed, .clientBound, .ports, "no local port was left") {
            $0.portErrors = 900
            $0.durationSeconds = 0.3
            $0.failedShare = 0.99
        },
        VerdictCase("one descriptor short, once", closed, .serverBound, "waiting") {
            $0.descriptorErrors = 1
        },
        VerdictCase("throttling explains a busy loop", closed, .clientBound, .throttled, "250 of 300") {
            $0.throttling = .known(
                Throttling(periods: 300, throttledPeriods: 250, throttledNs: 9_000_000_000))
            $0.workers[0] = Planted.worker(0.99, cpu: 0.5)
            $0.vCPULimit = .known(0.5)
            $0.vCPUUsed = .known(0.5)
        },
        VerdictCase("client-bound though a probe is missing", closed, .clientBound, .cpu, "97.0%") {
            $0.workers[0] = Planted.worker(0.97)
            $0.throttling = .unknown("no cgroup is visible")
            $0.stealShare = .unknown("no /proc/stat")
        },
    ]

    /// Probes taken away: what the verdict depends on makes it inconclusive, what it does not only shows.
    static let unreadable: [VerdictCase] = [
        VerdictCase("no busy share", closed, .inconclusive, "busy share of worker 0: no loop clock") {
            $0.workers[0].busyShare = .unknown("no loop clock")
        },
        VerdictCase("no worker at all", closed, .inconclusive, "no worker was measured") { $0.workers = [] },
        VerdictCase("no throttling, but lag", closed, .serverBound, "waiting") {
            $0.throttling = .unknown("gone")
        },
        VerdictCase("no steal, but lag", closed, .serverBound, "waiting") {
            $0.stealShare = .unknown("gone")
        },
        VerdictCase("no lag, but the kernel's counters", closed, .serverBound, "waiting") { noLag(&$0) },
        VerdictCase("no lag, no steal", closed, .inconclusive, "stalls of the loops: no lag") {
            noLag(&$0)
            $0.stealShare = .unknown("gone")
        },
        VerdictCase("no lag, no throttling, but ready time", closed, .serverBound, "waiting") {
            noLag(&$0)
            $0.throttling = .unknown("gone")
        },
        VerdictCase("no lag, no throttling, no ready time", closed, .inconclusive, "stalls of the loops") {
            noLag(&$0)
            $0.throttling = .unknown("gone")
            $0.readyWaitShare = .unknown("gone")
        },
        VerdictCase("no CPU use, no throttling", closed, .inconclusive, "CPU use and throttling: gone") {
            $0.vCPUUsed = .unknown("gone")
            $0.throttling = .unknown("hidden")
        },
        VerdictCase("no VU time", closed, .inconclusive, "VUs' time went is unknown: gone") {
            $0.vuTime = .unknown("gone")
        },
        VerdictCase("no lateness", open, .inconclusive, "start lateness is unknown") {
            $0.openLoop?.latenessP99Ms = .unknown("gone")
        },
        VerdictCase("no drift", open, .inconclusive, "drift is unknown") {
            $0.openLoop?.drift = .unknown("gone")
        },
        VerdictCase("no schedule", open, .inconclusive, "the schedule was not recorded") {
            $0.openLoop = nil
        },
        VerdictCase("no ports to count", closed, .serverBound, "waiting") { $0.ports = .unknown("gone") },
    ]

    private static func noLag(_ evidence: inout Evidence) {
        for number in evidence.workers.indices { evidence.workers[number].lagP99Ms = .unknown("no lag") }
    }
}

@Suite struct VerdictTests {
    @Test(arguments: VerdictCase.plain + VerdictCase.client + VerdictCase.unreadable)
    func judges(_ row: VerdictCase) {
        let verdict = Verdict.judge(row.evidence)
        #expect(verdict.kind == row.kind, "\(verdict.headline)")
        #expect(verdict.cause == row.cause, "\(verdict.headline)")
        #expect(verdict.reason.contains(row.reason), "\(verdict.headline)")
        #expect((verdict.kind == .clientBound) == (verdict.cause != nil))
    }

    @Test(
        arguments: VerdictCase.unreadable.filter { !["no worker at all", "no schedule"].contains($0.name) })
    func whatIsUnknownShowsInTheEvidence(_ row: VerdictCase) {
        #expect(
            Verdict.judge(row.evidence).evidence.contains {
                $0.mark == .unknown && $0.text.contains("unknown: ")
            })
    }

    @Test(arguments: VerdictCase.client.filter { $0.kind == .clientBound })
    func theCauseIsMarkedInTheEvidence(_ row: VerdictCase) {
        #expect(Verdict.judge(row.evidence).evidence.contains { $0.mark == .against })
    }

    @Test func aHealthyRunHasNoMark() {
        for evidence in [Planted.serverBound, Planted.underOffered] {
            #expect(Verdict.judge(evidence).evidence.allSatisfy { $0.mark == .neutral })
        }
    }

    @Test func evidenceOfNothingIsInconclusive() {
        let bare = Evidence(loadModel: .closed, durationSeconds: 60, requests: 100_000, failedShare: 0)
        let verdict = Verdict.judge(bare)
        #expect(verdict.kind == .inconclusive)
        #expect(verdict.evidence.filter { $0.mark == .unknown }.count >= 8)
    }

    @Test func dropsSayHowManyVUsTheyWouldNeed() {
        var evidence = Planted.underOffered
        evidence.openLoop?.dropped = 700
        evidence.openLoop?.iterationSeconds = .known(0.25)
        let line = Verdict.judge(evidence).evidence.first { $0.name == "vus for the offered load" }
        #expect(line?.text == "about 125 (rate × iteration time); the plan allows 50")
    }

    @Test func takesTheMachineFromTheProbes() {
        let machine = FakeMachine(ProbeTests.contents)
        let probe = ProbeTests.probe(machine)
        let sizing = Sizing.detect(SizingTests.inputs(machine))
        let start = probe.read(now: Instant(ns: 1))
        machine.write(
            "/sys/fs/cgroup/a/b/cpu.stat", "nr_periods 130\nnr_throttled 60\nthrottled_usec 902500\n")
        machine.write("/proc/stat", "cpu  200 0 100 900 0 0 20 40 7 0\n")
        let difference = HealthDifference(from: start, to: probe.read(now: Instant(ns: 3_000_000_001)))
        var evidence = Planted.serverBound
        evidence.take(difference, sizing: sizing)
        #expect(evidence.vCPULimit == .known(0.5))
        #expect(evidence.ports == .known(Supply(used: 320, available: 28232)))
        #expect(evidence.readyWaitShare == .known(0))
        #expect(
            Verdict.judge(evidence).headline
                == "CLIENT-BOUND (cpu quota throttled): throttled 20 of 30 periods, held back for 900 ms")
    }
}
