// Execution segments: what is read and printed, whose number is whose, against k6 and against the properties
// any fair share has.

import Base
import Plan
import Testing

func tuple(_ segment: String, _ sequence: String = "") throws -> SegmentedTuple {
    try SegmentedTuple(
        segment: segment.isEmpty ? nil : ExecutionSegment(parsing: segment),
        sequence: sequence.isEmpty ? nil : ExecutionSegmentSequence(parsing: sequence))
}

/// Every segment of a sequence from 0 to 1.
func tuples(_ sequence: String) throws -> [SegmentedTuple] {
    let sequence = try ExecutionSegmentSequence(parsing: sequence)
    return try sequence.segments.map { try SegmentedTuple(segment: $0, sequence: sequence) }
}

let sequences = [
    "0,1", "0,1/2,1", "0,1/4,1/2,1", "0,1/4,2/4,3/4,1", "0,1/3,2/3,1", "0,0.1,30%,1", "0,1/7,3/7,1",
    "0,1/20,4/20,11/20,12/20,1", "0,0.001,0.999,1", "0,1/60,1/5,1/2,1",
]

@Suite struct SegmentTests {
    @Test(arguments: [
        ("", "0:1"), ("0.5", "0:1/2"), (".5", "0:1/2"), ("5%:10%", "1/20:1/10"), ("1e-1", "0:1/10"),
        ("1", "0:1"),
        ("0:100%", "0:1"), ("+1/2", "0:1/2"), ("2/4:3/4", "1/2:3/4"), ("0/5:1", "0:1"),
        ("0.333333:1", "333333/1000000:1"), ("0.25:0.75", "1/4:3/4"),
    ])
    func readsSegments(text: String, printed: String) throws {
        #expect(try ExecutionSegment(parsing: text).description == printed)
    }

    @Test(arguments: [
        ("0:0", SegmentError.startNotBelowEnd(.zero, .zero)),
        ("1/2:1/3", .startNotBelowEnd(Rational(1, 2), Rational(1, 3))),
        ("a:b", .malformedNumber("a")), (":1/2", .malformedNumber("")), ("1/2:", .malformedNumber("")),
        (" 1/2 : 3/4", .malformedNumber(" 1/2 ")), ("1/-2", .malformedNumber("1/-2")),
        ("0:1e3/1e4", .malformedNumber("1e3/1e4")), ("1:2:3", .malformedNumber("2:3")),
        ("1/0", .malformedNumber("1/0")), ("1e", .malformedNumber("1e")),
        ("1.55e-9223372036854775807", .malformedNumber("1.55e-9223372036854775807")),
        (".", .malformedNumber(".")),
        ("0:99999999999999999999", .malformedNumber("99999999999999999999")),
        ("-1:1", .startBelowZero(Rational(-1, 1))), ("0:2", .endAboveOne(Rational(2, 1))),
        ("50", .endAboveOne(Rational(50, 1))), ("50.5%", .malformedPercentage("50.5%")),
        ("5 %", .malformedPercentage("5 %")),
    ])
    func refusesSegments(text: String, error: SegmentError) {
        #expect(throws: error) { try ExecutionSegment(parsing: text) }
        #expect(!error.description.isEmpty)
    }

    @Test(arguments: [
        ("0,1/4,2/4,3/4,1", "0,1/4,1/2,3/4,1"), ("0,20%,100%", "0,1/5,1"), ("1/4,3/4", "1/4,3/4"),
    ])
    func readsSequences(text: String, printed: String) throws {
        #expect(try ExecutionSegmentSequence(parsing: text).description == printed)
    }

    @Test(arguments: [
        ("", SegmentError.tooFewPoints(given: 0)), ("1/2", .tooFewPoints(given: 1)),
        ("0,1/2,1/2,1", .startNotBelowEnd(Rational(1, 2), Rational(1, 2))), ("0,a,1", .malformedNumber("a")),
        ("0,2", .endAboveOne(Rational(2, 1))), ("0, 1/2 ,1", .malformedNumber(" 1/2 ")),
    ])
    func refusesSequences(text: String, error: SegmentError) {
        #expect(throws: error) { try ExecutionSegmentSequence(parsing: text) }
    }

    @Test(arguments: [("", "0,1/2,1"), ("1/4:1/2", "0,1/2,1"), ("0:1/2", "1/2,1"), ("", "1/4,3/4")])
    func refusesASegmentOutsideItsSequence(segment: String, sequence: String) throws {
        #expect {
            _ = try tuple(segment, sequence)
        } throws: { error in
            if case SegmentError.notInSequence = error { return true }
            return false
        }
    }

    @Test(arguments: ["0:0.00000001", "1/4294967291:1/4294967279"])
    func refusesWhatCannotBeSharedOut(segment: String) throws {
        #expect {
            _ = try tuple(segment)
        } throws: { error in
            if case SegmentError.tooFine = error { return true }
            return false
        }
    }

    /// Halves and quarters: indexes {0,2}, {1}, {3} mod 4.
    @Test func placesTheLongestFirst() throws {
        let parts = try tuples("0,1/4,1/2,1")
        #expect((0..<4).map { parts[0].globalIndex(ofLocal: $0) } == [1, 5, 9, 13])
        #expect((0..<4).map { parts[1].globalIndex(ofLocal: $0) } == [3, 7, 11, 15])
        #expect((0..<4).map { parts[2].globalIndex(ofLocal: $0) } == [0, 2, 4, 6])
        #expect(
            parts.map { part in (1...4).map { part.scale($0) } } == [
                [0, 1, 1, 1], [0, 0, 0, 1], [1, 1, 2, 2],
            ])
        #expect(parts.map(\.fraction) == [Rational(1, 4), Rational(1, 4), Rational(1, 2)])
    }

    @Test(arguments: k6Ids.split(separator: "\n").map(String.init))
    func numbersVUsAndIterationsAsK6Does(row: String) throws {
        let fields = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let part = try tuple(fields[0], fields[1])
        let vus = Int64(fields[2])!
        let ids = (0..<part.scale(vus)).map { part.globalIndex(ofLocal: $0) + 1 }
        #expect(ids == fields[4].split(separator: ",").map { Int64($0)! })
        let byVUs = try part.resegmented(by: vus)
        let iterations = (0..<(byVUs?.scale(Int64(fields[3])!) ?? 0)).map { byVUs!.globalIndex(ofLocal: $0) }
        #expect(iterations == fields[5].split(separator: ",").map { Int64($0)! })
    }

    /// The cases looked at by hand, with several segments of one test beside each other.
    @Test(arguments: [
        ("0:1/4", "0,1/4,1/2,1", 5, 13, [1, 6, 11]), ("1/4:1/2", "0,1/4,1/2,1", 5, 13, [3, 8]),
        ("1/2:1", "0,1/4,1/2,1", 5, 13, [0, 2, 4, 5, 7, 9, 10, 12]),
        ("2/4:3/4", "0,1/4,2/4,3/4,1", 10, 30, [2, 6, 12, 16, 22, 26]),
        ("0:1/4", "0,1/4,2/4,3/4,1", 10, 30, [0, 4, 7, 10, 14, 17, 20, 24, 27]),
        ("0:1/10", "0,1/10,3/10,1", 6, 17, [1, 7, 13]), ("1/10:3/10", "0,1/10,3/10,1", 6, 17, [4, 10, 16]),
        ("1/7:3/7", "", 6, 17, [1, 3, 7, 9, 13, 15]),
    ])
    func dealsSharedIterations(
        segment: String, sequence: String, vus: Int64, iterations: Int64, ids: [Int64]
    ) throws {
        let scenario = Scenario(
            name: "s",
            executor: .sharedIterations(vus: vus, iterations: iterations, maxDurationNs: Ns.perMinute))
        let plan = try ScenarioPlan(scenario, tuple: tuple(segment, sequence))
        #expect(plan.iterations == Int64(ids.count))
        #expect((0..<plan.iterations!).map { plan.iterationTuple!.globalIndex(ofLocal: $0) } == ids)
    }
}

@Suite struct ShareProperties {
    @Test(arguments: sequences)
    func segmentsPartitionTheWhole(sequence: String) throws {
        let parts = try tuples(sequence)
        var owner: [Int64: Int] = [:]
        for (index, part) in parts.enumerated() {
            for local in 0..<part.scale(3_000) {
                let global = part.globalIndex(ofLocal: local)
                #expect(global < 3_000)
                #expect(owner.updateValue(index, forKey: global) == nil)
                #expect(part.localIndex(ofGlobal: global) == local)
            }
        }
        #expect(owner.count == 3_000)
        for (global, index) in owner {
            for other in parts.indices where other != index {
                #expect(parts[other].localIndex(ofGlobal: global) == nil)
            }
        }
    }

    @Test(arguments: sequences)
    func sharesAddUp(sequence: String) throws {
        let parts = try tuples(sequence)
        for value in [0, 1, 2, 3, 5, 17, 99, 100, 101, 12_345, 1_000_000_007, 4_000_000_000_000_000_000]
            as [Int64]
        {
            #expect(parts.map { $0.scale(value) }.reduce(0, +) == value)
        }
    }

    @Test(arguments: sequences)
    func resegmentationGivesEachItsShareOfVUs(sequence: String) throws {
        let parts = try tuples(sequence)
        for vus in [1, 2, 3, 5, 7, 20, 64, 999] as [Int64] {
            var sum: Int64 = 0
            for part in parts {
                guard let byVUs = try part.resegmented(by: vus) else {
                    #expect(part.scale(vus) == 0)
                    continue
                }
                #expect(byVUs.scale(vus) == part.scale(vus))
                sum += byVUs.scale(10_007)
            }
            #expect(sum == 10_007)
        }
    }

    @Test(arguments: sequences, [1, 2, 3, 8])
    func workersPartitionASegment(sequence: String, workers: Int) throws {
        for part in try tuples(sequence) {
            var seen: [Int64] = []
            for worker in 0..<workers {
                let stripe = Stripe(tuple: part, share: WorkerShare(index: worker, count: workers))
                for local in 0..<stripe.count(below: 1_000) {
                    let process = stripe.processIndex(ofLocal: local)
                    #expect(WorkerShare.owner(ofProcess: process, of: workers) == worker)
                    #expect(stripe.share.localIndex(ofProcess: process) == local)
                    seen.append(stripe.globalIndex(ofLocal: local))
                }
            }
            #expect(seen.sorted() == (0..<part.scale(1_000)).map { part.globalIndex(ofLocal: $0) })
        }
    }

    /// The round among workers is what k6 does with that many equal segments.
    @Test(arguments: [2, 3, 5])
    func workersAreEqualSegments(workers: Int) throws {
        let points = (0...workers).map { "\($0)/\(workers)" }.joined(separator: ",")
        for (index, part) in try tuples(points).enumerated() {
            let stripe = Stripe(tuple: .full, share: WorkerShare(index: index, count: workers))
            for value in 0..<40 as Range<Int64> {
                #expect(stripe.count(below: value) == part.scale(value))
                #expect(stripe.globalIndex(ofLocal: value) == part.globalIndex(ofLocal: value))
            }
        }
    }

    @Test func workersWithoutVUsGetNoIterations() {
        #expect(WorkerShare(index: 2, count: 4).limited(toVUs: 2) == nil)
        #expect(WorkerShare(index: 1, count: 4).limited(toVUs: 2) == WorkerShare(index: 1, count: 2))
        #expect(WorkerShare(index: 1, count: 4).limited(toVUs: 9) == WorkerShare(index: 1, count: 4))
    }
}
