// Little's law, prices and efficiency by numbers worked out by hand, and the blocks they are printed in: the
// text is compared as a whole, because people and scripts read it.

import CLI
import Testing

@testable import Engine

@Suite struct LittlesLawTests {
    @Test(arguments: [
        // VUs, rate, request, think, overhead → explained, gap in %, flagged
        (100.0, 1000.0, 0.095, 0.0, 0.005, 100.0, 0.0, false), (100, 1000, 0.090, 0, 0.005, 95, -5, false),
        (100, 1000, 0.090, 0, 0.004, 94, -6, true), (10, 9, 0.1, 1.0, 0.0111, 9.9999, -0.001, false),
        (50, 100, 0.2, 0.4, 0, 60, 20, true),
    ])
    func comparesBothSides(
        vus: Double, rate: Double, request: Double, think: Double, overhead: Double, explained: Double,
        gap: Double,
        flagged: Bool
    ) {
        let law = LittlesLaw(
            vusMean: vus, requestsPerSecond: rate, requestSeconds: request, thinkSeconds: think,
            overheadSeconds: overhead)
        #expect(abs(law.vusExplained - explained) < 1e-9)
        #expect(abs((law.gapPercent ?? .nan) - gap) < 1e-6)
        #expect(law.isFlagged == flagged)
    }

    @Test func withoutVUsThereIsNothingToAudit() {
        let law = LittlesLaw(
            vusMean: 0, requestsPerSecond: 0, requestSeconds: 0, thinkSeconds: 0, overheadSeconds: 0)
        #expect(law.gapPercent == nil)
        #expect(law.isFlagged)
    }
}

@Suite struct CostTests {
    @Test(arguments: [
        ("vcpu=0.05,gb=0.005", 0.05, 0.005), ("gb=1,vcpu=2", 2, 1), (" vcpu = 0 , gb = .5 ", 0, 0.5),
    ]) func readsAPrice(text: String, vCPU: Double, gb: Double) throws {
        #expect(try Price.parse(text) == Price(vCPUHour: vCPU, gbHour: gb, text: "--price"))
    }

    @Test(arguments: [
        ("", "'' is not 'vcpu=…' or 'gb=…'"), ("vcpu=0.05", "'gb' is missing"),
        ("gb=0.05", "'vcpu' is missing"),
        ("vcpu=a,gb=1", "'a' is not a number of dollars"),
        ("vcpu=-1,gb=1", "'-1' is not a number of dollars"),
        ("vcpu=nan,gb=1", "'nan' is not"), ("vcpu=1e3,gb=1", "'1e3' is not"),
        ("vcpu=,gb=1", "'' is not a number"),
        ("vcpu=1,gb=2,gb=3", "'gb' is given twice"), ("vcpu=1,ram=2", "'ram=2' is not 'vcpu=…' or 'gb=…'"),
        ("vcpu=1,gb=2,", "'' is not 'vcpu=…'"), ("vcpu=1 2,gb=1", "'1 2' is not a number"),
    ]) func refusesAPrice(text: String, message: String) {
        #expect {
            try Price.parse(text)
        } throws: { error in
            "\(error)".contains("invalid price '\(text)': ") && "\(error)".contains(message)
                && "\(error)".contains("dollars per hour are expected, as in vcpu=0.04048,gb=0.004445")
        }
    }

    @Test(arguments: [
        ("us-east-1", Architecture.x86, 0.04048, 0.004445), ("us-east-1", .arm, 0.03238, 0.00356),
        ("ap-northeast-1", .x86, 0.05056, 0.00553),
    ]) func knowsPrices(region: String, architecture: Architecture, vCPU: Double, gb: Double) throws {
        let row = try #require(FargatePrices.row(region: region, architecture: architecture))
        #expect(row.vCPUHour == vCPU && row.gbHour == gb)
        let found = Price.find(
            override: nil, environment: { $0 == "AWS_REGION" ? region : nil }, task: nil,
            architecture: architecture)
        #expect(
            found
                == .known(
                    Price(vCPUHour: vCPU, gbHour: gb, text: "\(region) \(architecture.rawValue), \(row.asOf)")
                ))
    }

    @Test func everyPriceHasADateAndASource() {
        for row in FargatePrices.rows {
            #expect(row.asOf.utf8.count == 7 && row.asOf.dropFirst(4).first == "-")
            #expect(row.source.hasPrefix("https://"))
            #expect(row.gbHour < row.vCPUHour && row.vCPUHour < 1)
        }
    }

    @Test(
        arguments: [
            ("us-east-1a", "us-east-1"), ("ap-northeast-1c", "ap-northeast-1"),
            ("us-gov-west-1b", "us-gov-west-1"),
            ("us-east-1-bos-1a", "us-east-1"), ("us-west-2", "us-west-2"), ("nowhere", nil), ("", nil),
            ("1a", nil),
        ] as [(String, String?)]) func regionsOfZones(zone: String, region: String?)
    {
        #expect(Price.region(ofZone: zone) == region)
    }

    @Test func whereThePriceComesFrom() {
        let task = ECSTask(vCPU: 0.5, memoryMiB: 1024, availabilityZone: "us-east-1d")
        let override = Price(vCPUHour: 1, gbHour: 1, text: "--price")
        #expect(
            Price.find(override: override, environment: { _ in nil }, task: task, architecture: .x86)
                == .known(override))
        #expect(
            Price.find(override: nil, environment: { _ in nil }, task: task, architecture: .arm).value?
                .vCPUHour
                == 0.03238)
        #expect(
            Price.find(override: nil, environment: { _ in "" }, task: nil, architecture: .x86).reason
                == "no AWS region is known; --price vcpu=…,gb=… gives a price")
        #expect(
            Price.find(override: nil, environment: { _ in "ap-northeast-1" }, task: task, architecture: .arm)
                .reason
                == "no price for ap-northeast-1 arm64; --price vcpu=…,gb=… gives one")
        #expect(
            !Price.find(override: nil, environment: { _ in "us-east-1" }, task: nil, architecture: nil)
                .isKnown)
    }

    static func cost(_ price: Measured<Price>) -> RunCost {
        RunCost(
            requests: 600_000, durationSeconds: 60, vCPUUsed: .known(0.4), vCPUReserved: 0.5,
            memory: .known(MemoryLimit(1_073_741_824, "test")), price: price)
    }

    @Test func efficiencyByHand() throws {
        let cost = Self.cost(
            .known(Price(vCPUHour: 0.04048, gbHour: 0.004445, text: "us-east-1 x86_64, 2026-03")))
        #expect(cost.requestsPerVCPUUsed == .known(25_000))
        #expect(cost.requestsPerVCPUReserved == .known(20_000))
        #expect(cost.vCPUSecondsPerMillion == .known(40))
        // (0.5 × 0.04048 + 1 × 0.004445) $/h × 60 s / 3600 / 0.6 million
        let dollars = try #require(cost.dollarsPerMillion.value)
        #expect(abs(dollars - 0.000685694444) < 1e-10)
    }

    @Test func withoutRequestsThereAreNoRatios() {
        let cost = RunCost(
            requests: 0, durationSeconds: 60, vCPUUsed: .known(0.4), vCPUReserved: 0.5, memory: .unknown("x"),
            price: .unknown("y"))
        #expect(!cost.requestsPerVCPUUsed.isKnown && !cost.vCPUSecondsPerMillion.isKnown)
        #expect(!cost.dollarsPerMillion.isKnown && !cost.requestsPerVCPUReserved.isKnown)
    }

    @Test(arguments: [
        (0.0, "0"), (2.1, "2.1"), (0.00281, "0.00281"), (16.34, "16.3"), (61234.4, "61234"), (0.5, "0.5"),
        (-3.14159, "-3.14"),
        (99.96, "100"), (1e12, "1000000000000.0"),
    ]) func significantDigits(value: Double, text: String) {
        #expect(HealthText.significant(value) == text)
    }

    @Test(arguments: [
        (0.0, 1, "0.0"), (2.25, 1, "2.3"), (-0.04, 1, "0.0"), (-1.5, 0, "-2"), (0.007, 2, "0.01"),
        (.infinity, 2, "inf"),
    ]) func fixedDecimals(value: Double, digits: Int, text: String) {
        #expect(HealthText.fixed(value, digits) == text)
    }
}

@Suite struct HealthReportTests {
    @Test func theWholeReport() {
        var evidence = Planted.serverBound
        evidence.workers = [Planted.worker(0.972)]
        evidence.stealShare = .unknown("cannot read /proc/stat: Permission denied")
        let law = LittlesLaw(
            vusMean: 100, requestsPerSecond: 1000, requestSeconds: 0.09, thinkSeconds: 0,
            overheadSeconds: 0.001)
        let cost = CostTests.cost(
            .known(Price(vCPUHour: 0.04048, gbHour: 0.004445, text: "us-east-1 x86_64, 2026-03")))
        let text = HealthReport.text(HealthReport.blocks(Verdict.judge(evidence), .known(law), cost))
        #expect(text == Self.expected)
    }

    static let expected = """
          █ VERDICT

            verdict..............................: CLIENT-BOUND (cpu): the loop of worker 0 was \
        busy 97.2% of the time
            loop of worker 0.....................: ✗ busy 97.2%, cpu 97.2%, lag p99 0.1 ms, max 2 ms
            cpu used.............................: 0.45 of 2 vCPU (CPU affinity: 2 usable → 2 vCPU)
            cpu throttling.......................: 0 of 300 periods, 0 ms
            stolen cpu...........................: unknown: cannot read /proc/stat: Permission denied
            ready without a cpu..................: 0.4%
            requests.............................: 30000 in 30 s, 0.0% failed
            time of vus..........................: server 97.0%, think 0.0%, client 3.0%
            request phases.......................: blocked 0.01 ms, connecting 0 ms, tls 0 ms, \
        sending 0.02 ms, waiting 95 ms, receiving 0.3 ms
            script share.........................: 2.0%, longest stall 1.5 ms
            connections..........................: 100 requested, 100 established, 97 active on average
            descriptors left.....................: 65415 of 65535
            ports left...........................: 27932 of 28232

          █ LITTLE'S LAW

            vus counted..........................: 100.00
            vus explained........................: 91.00 = 1000/s × (request 90 ms + think 0 ms + client 1 ms)
            gap..................................: ✗ -9.0% (bound 5%)

          █ COST / EFFICIENCY

            rps per vcpu used....................: 25000 (used 0.40 of 0.5 vCPU)
            rps per vcpu reserved................: 20000
            vcpu-seconds per million requests....: 40
            fargate dollars per million requests.: $0.000686 (0.5 vCPU, \
        1 GB, us-east-1 x86_64, 2026-03)

        """

    @Test func noPriceNoDollarLine() {
        let keys = HealthReport.block(CostTests.cost(.unknown("no AWS region is known"))).lines.map(\.key)
        #expect(keys == ["rps per vcpu used", "rps per vcpu reserved", "vcpu-seconds per million requests"])
    }

    @Test func anAuditNobodyCouldMakeIsUnknown() {
        let block = HealthReport.block(Measured<LittlesLaw>.unknown("no VU was counted"))
        #expect(block.lines.map(\.value) == ["unknown: no VU was counted"])
    }
}
