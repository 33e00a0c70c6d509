// Open-loop schedules: exact offsets, k6's observed starts per segment, and what holds for every schedule.

import Base
import Plan
import Testing

func constant(_ rate: Int64, _ durationNs: Int64, maxVUs: Int64 = 1, unitNs: Int64 = Ns.perSecond) -> Executor
{
    .constantArrivalRate(
        rate: rate, timeUnitNs: unitNs, durationNs: durationNs, preAllocatedVUs: maxVUs, maxVUs: maxVUs)
}

func ramping(
    _ start: Int64, _ stages: [(ms: Int64, target: Int64)], maxVUs: Int64 = 1, unitNs: Int64 = Ns.perSecond
) -> Executor {
    .rampingArrivalRate(
        startRate: start, timeUnitNs: unitNs,
        stages: stages.map { Stage(durationNs: $0.ms * Ns.perMillisecond, target: $0.target) },
        preAllocatedVUs: maxVUs, maxVUs: maxVUs)
}

func ticks(
    _ executor: Executor, tuple: SegmentedTuple = .full, worker: WorkerShare = .whole
) throws -> [ArrivalTick] {
    let plan = try ScenarioPlan(Scenario(name: "s", executor: executor), tuple: tuple)
    guard var schedule = plan.arrivals(worker: worker) else { return [] }
    var ticks: [ArrivalTick] = []
    while let tick = schedule.next() { ticks.append(tick) }
    #expect(schedule.next() == nil)
    return ticks
}

/// Schedules of all kinds, bounded in ticks.
let schedules: [Executor] = [
    constant(10, 2 * Ns.perSecond, maxVUs: 5), constant(7, 2 * Ns.perSecond, maxVUs: 7),
    constant(20_000, 100 * Ns.perMillisecond, maxVUs: 64),
    constant(1, 90 * Ns.perMinute, unitNs: 3 * Ns.perMinute),
    ramping(0, [(1_000, 10)], maxVUs: 4),
    ramping(600, [(1_000, 1_200), (500, 300)], maxVUs: 4, unitNs: Ns.perMinute),
    ramping(5, [(700, 15), (0, 3), (1_100, 3), (600, 0)], maxVUs: 6),
    ramping(1_000, [(300, 0), (200, 0), (0, 500), (400, 500), (700, 5_000), (0, 0), (100, 0)], maxVUs: 30),
    ramping(3, [(86_400_000, 4)], maxVUs: 3, unitNs: Ns.perMinute),
]

@Suite struct ArrivalTests {
    @Test(arguments: [
        (5, 1_000, 5, 800_000_000), (3, 1_000, 4, 999_999_999), (6, 1_000, 7, 999_999_996),
        (7, 1_000, 8, 999_999_994),
        (1, 1_000, 1, 0), (20_000, 5_000, 100_000, 4_999_950_000),
    ])
    func constantTicksAreMultiplesOfATruncatedPeriod(
        rate: Int64, ms: Int64, count: Int, lastNs: Int64
    ) throws {
        let all = try ticks(constant(rate, ms * Ns.perMillisecond))
        #expect(all.count == count)
        #expect(all.last?.offsetNs == lastNs)
        #expect(all.allSatisfy { $0.offsetNs == $0.globalIndex * (Ns.perSecond / rate) })
    }

    /// From 0 to 10/s in 1 s: √(i/5) seconds; the fifth falls on the end.
    @Test func rampingTicksAreWhereTheIntegralReachesThem() throws {
        let offsets = try ticks(ramping(0, [(1_000, 10)])).map(\.offsetNs)
        #expect(offsets == [447_213_595, 632_455_532, 774_596_669, 894_427_190, 1_000_000_000])
        #expect(
            try ticks(ramping(5, [(1_000, 5)])).map(\.offsetNs)
                == (1...5).map { $0 * 200 * Ns.perMillisecond })
        #expect(try ticks(ramping(0, [(1_000, 0)])) == [])
    }

    /// What k6 started, in ms since the scenario's start, with iterationInTest; taken on a busy machine, so
    /// late by some ms, and early by one where the two clocks were cut.
    @Test(arguments: K6Starts.rows)
    func startsWhatK6Starts(row: K6Starts) throws {
        let all = try ticks(row.executor, tuple: tuple(row.segment, row.sequence))
        try #require(all.map(\.globalIndex) == row.started.map(\.0))
        for (tick, started) in zip(all, row.started) {
            let lateMs = Double(started.1) - Double(tick.offsetNs) / 1e6
            #expect(lateMs > -1.5 && lateMs < 10, "tick \(tick.globalIndex)")
        }
    }

    /// The published form of the inversion, in floating point throughout.
    @Test(arguments: schedules)
    func agreesWithTheTextbookFormula(executor: Executor) throws {
        guard case .rampingArrivalRate(let startRate, let unitNs, let stages, _, _) = executor else { return }
        var (from, count, startNs, event) = (Double(startRate) / Double(unitNs), 0.0, 0.0, 1)
        var expected: [Double] = []
        for stage in stages {
            let (to, length) = (Double(stage.target) / Double(unitNs), Double(stage.durationNs))
            let end = count + length * (from + to) / 2
            while Double(event) <= end + 1e-7 {
                let missing = Double(event) - count
                let radicand = max(0, length * (from * from * length + 2 * missing * (to - from)))
                let into = from == to ? missing / to : (from * length - radicand.squareRoot()) / (from - to)
                expected.append(startNs + into)
                event += 1
            }
            (from, count, startNs) = (to, end, startNs + length)
        }
        let all = try ticks(executor)
        try #require(all.count == expected.count)
        for (tick, offset) in zip(all, expected) { #expect(abs(Double(tick.offsetNs) - offset) < 20_000) }
    }

    @Test(arguments: schedules, sequences)
    func segmentsPartitionTheTicks(executor: Executor, sequence: String) throws {
        var all: [ArrivalTick] = []
        for part in try tuples(sequence) {
            let own = try ticks(executor, tuple: part)
            #expect(own.map(\.processIndex) == own.indices.map { Int64($0) })
            #expect(zip(own, own.dropFirst()).allSatisfy { $0.offsetNs <= $1.offsetNs })
            all += own
        }
        all.sort { $0.globalIndex < $1.globalIndex }
        let whole = try ticks(executor)
        #expect(all.map(\.globalIndex) == whole.map(\.globalIndex))
        #expect(all.map(\.offsetNs) == whole.map(\.offsetNs))
    }

    @Test(arguments: schedules, [2, 3, 7])
    func workersPartitionTheTicks(executor: Executor, workers: Int) throws {
        let part = try tuple("1/4:1/2", "0,1/4,1/2,1")
        var all: [ArrivalTick] = []
        for worker in 0..<workers {
            all += try ticks(executor, tuple: part, worker: WorkerShare(index: worker, count: workers))
        }
        #expect(all.sorted { $0.processIndex < $1.processIndex } == (try ticks(executor, tuple: part)))
    }

    /// A day at 50,000/s: the last ticks are as exact as the first.
    @Test func longRunsDoNotDrift() {
        let last: Int64 = 86_400 * 50_000
        let stripe = Stripe(tuple: .full, share: WorkerShare(index: Int(last - 2), count: Int(last)))
        let day = 86_400 * Ns.perSecond
        var flat = ArrivalSchedule(executor: constant(50_000, day), stripe: stripe)!
        #expect(flat.next()?.offsetNs == day - 40_000)
        #expect(flat.next() == nil)
        var ramp = ArrivalSchedule(executor: ramping(50_000, [(86_400_000, 50_000)]), stripe: stripe)!
        #expect(ramp.next()?.offsetNs == day - 20_000)
        // Down to 0 over a day: the last of 2.16 billion is on the end, the one before √(2U·D/a) earlier.
        let half = last / 2
        var down = ArrivalSchedule(
            executor: ramping(50_000, [(86_400_000, 0)]),
            stripe: Stripe(tuple: .full, share: WorkerShare(index: Int(half - 2), count: Int(half - 1))))!
        #expect(down.next()?.offsetNs == day - 1_859_032_007)
        var end = ArrivalSchedule(
            executor: ramping(50_000, [(86_400_000, 0)]),
            stripe: Stripe(tuple: .full, share: WorkerShare(index: Int(half - 1), count: Int(half))))!
        #expect(end.next()?.offsetNs == day)
    }
}

struct K6Starts: Sendable {
    var executor: Executor
    var segment: String
    var sequence: String
    var started: [(Int64, Int64)]

    private static let car10 = constant(10, 2 * Ns.perSecond, maxVUs: 5)
    private static let car7 = constant(7, 2 * Ns.perSecond, maxVUs: 7)
    private static let up = ramping(0, [(1_000, 10)], maxVUs: 4)
    private static let multi = ramping(5, [(700, 15), (0, 3), (1_100, 3), (600, 0)], maxVUs: 6)
    private static let perMinute = ramping(
        600, [(1_000, 1_200), (500, 300)], maxVUs: 4, unitNs: Ns.perMinute)
    private static let three = "0,1/4,1/2,1"
    private static let four = "0,1/4,2/4,3/4,1"

    private init(_ executor: Executor, _ segment: String, _ sequence: String, _ started: [(Int64, Int64)]) {
        self.executor = executor
        self.segment = segment
        self.sequence = sequence
        self.started = started
    }

    static let rows: [K6Starts] = [
        K6Starts(car10, "0:1/4", three, [(1, 101), (6, 600), (11, 1100), (16, 1601)]),
        K6Starts(car10, "1/4:1/2", three, [(3, 301), (8, 801), (13, 1300), (18, 1800)]),
        K6Starts(car10, "2/4:3/4", four, [(2, 201), (7, 700), (12, 1201), (17, 1701)]),
        K6Starts(car10, "1/7:3/7", "", [(3, 300), (8, 801), (13, 1301), (18, 1801)]),
        K6Starts(car7, "0:1/4", three, [(1, 143), (5, 715), (8, 1143), (12, 1715)]),
        K6Starts(car7, "2/4:3/4", four, [(2, 286), (6, 859), (9, 1287), (13, 1858)]),
        K6Starts(car7, "1/7:3/7", "", [(1, 144), (5, 715), (8, 1144), (12, 1715)]),
        K6Starts(up, "", "", [(0, 449), (1, 633), (2, 776), (3, 896), (4, 1001)]),
        K6Starts(up, "0:1/4", three, [(1, 633)]),
        K6Starts(up, "1/4:1/2", three, [(3, 895)]),
        K6Starts(up, "2/4:3/4", four, [(2, 776)]),
        K6Starts(
            multi, "", "",
            [
                (0, 163), (1, 285), (2, 387), (3, 477), (4, 557), (5, 632), (6, 700), (7, 1034), (8, 1367),
                (9, 1701),
                (10, 2117),
            ]),
        K6Starts(multi, "0:1/4", three, [(1, 288), (3, 477), (7, 1034), (9, 1701)]),
        K6Starts(multi, "1/4:1/2", three, [(5, 632)]),
        K6Starts(multi, "1/2:1", three, [(0, 163), (2, 387), (4, 558), (6, 701), (8, 1367), (10, 2118)]),
        K6Starts(multi, "2/4:3/4", four, [(2, 388), (8, 1368)]),
        K6Starts(multi, "1/7:3/7", "", [(1, 285), (3, 477), (7, 1034), (9, 1700)]),
        K6Starts(
            perMinute, "", "",
            [
                (0, 96), (1, 185), (2, 266), (3, 343), (4, 415), (5, 485), (6, 550), (7, 614), (8, 674),
                (9, 733),
                (10, 789), (11, 845), (12, 898), (13, 951), (14, 1001), (15, 1053), (16, 1110), (17, 1173),
                (18, 1246), (19, 1335), (20, 1457),
            ]),
        K6Starts(perMinute, "0:1/4", three, [(1, 184), (5, 484), (9, 733), (13, 950), (17, 1173)]),
        K6Starts(perMinute, "1/4:1/2", three, [(3, 343), (7, 613), (11, 844), (15, 1052), (19, 1334)]),
    ]
}
