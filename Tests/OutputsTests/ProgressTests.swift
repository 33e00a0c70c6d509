// Progress and description against lines that k6 1.1.0 printed for the same state.

import Base
import Testing

@testable import Outputs

private let second = Ns.perSecond
private let minute = Ns.perMinute
private let plain = TextStyle(colors: false)

@Suite struct FixedDurationTests {
    @Test(
        "has the width of the longest duration to come",
        arguments: [
            (500_000_000, 2 * second, "0.5s"), (0, 30 * second, "00.0s"),
            (1_020_000_000, 32 * second, "01.0s"),
            (2_040_000_000, 10 * minute + 30 * second, "00m02.0s"), (300_000_000, minute, "0m00.3s"),
            (1_000_000_000, 90 * second, "0m01.0s"), (90 * second, 90 * second, "1m30.0s"),
            (1_000_000_000, 90 * minute, "0h00m01.0s"), (1_000_000_000, 100 * Ns.perHour, "0d00h00m01.0s"),
            (26 * Ns.perHour - second, 26 * Ns.perHour, "1d01h59m59.0s"), (9 * second, 10 * second, "09.0s"),
            (1_949_999_999, 2 * second, "1.9s"), (1_950_000_000, 2 * second, "2.0s"), (-5, second, "0.0s"),
            (59_960_000_000, 10 * minute, "01m00.0s"), (12 * second, 3 * second, "12.0s"),
        ] as [(Int64, Int64, String)])
    func text(ns: Int64, maxNs: Int64, expected: String) {
        #expect(FixedDuration.text(ns, maxNs: maxNs) == expected)
    }
}

@Suite struct ScenarioFactsTests {
    @Test(
        "describes each executor as k6 does",
        arguments: [
            (
                ScenarioFacts(
                    name: "a",
                    executor: .constantArrivalRate(
                        perSecond: 5, durationNs: 3 * second, preAllocatedVUs: 3, maxVUs: 12), exec: "a"),
                "5.00 iterations/s for 3s (maxVUs: 3-12, exec: a, gracefulStop: 30s)"
            ),
            (
                ScenarioFacts(
                    name: "z",
                    executor: .constantArrivalRate(
                        perSecond: 1.0 / 3, durationNs: 3 * second, preAllocatedVUs: 1, maxVUs: 1)),
                "0.33 iterations/s for 3s (maxVUs: 1, gracefulStop: 30s)"
            ),
            (
                ScenarioFacts(
                    name: "c", executor: .constantVUs(vus: 1, durationNs: second), gracefulStopNs: 500_000_000
                ),
                "1 looping VUs for 1s (gracefulStop: 500ms)"
            ),
            (
                ScenarioFacts(
                    name: "b",
                    executor: .rampingVUs(
                        maxVUs: 100, durationNs: 90 * second, stages: 1, gracefulRampDownNs: 0),
                    startTimeNs: second, gracefulStopNs: 0),
                "Up to 100 looping VUs for 1m30s over 1 stages (gracefulRampDown: 0s, startTime: 1s)"
            ),
            (
                ScenarioFacts(
                    name: "r",
                    executor: .rampingArrivalRate(
                        maxPerSecond: 10, durationNs: 3 * second, stages: 1, preAllocatedVUs: 3, maxVUs: 12),
                    exec: "a"),
                "Up to 10.00 iterations/s for 3s over 1 stages (maxVUs: 3-12, exec: a, gracefulStop: 30s)"
            ),
            (
                ScenarioFacts(
                    name: "s",
                    executor: .sharedIterations(vus: 2, iterations: 1000, maxDurationNs: 72 * Ns.perHour),
                    startTimeNs: 26 * Ns.perHour),
                "1000 iterations shared among 2 VUs "
                    + "(maxDuration: 72h0m0s, startTime: 26h0m0s, gracefulStop: 30s)"
            ),
            (
                ScenarioFacts(
                    name: "p", executor: .perVUIterations(vus: 11, iterations: 3, maxDurationNs: 10 * minute),
                    startTimeNs: 10 * second),
                "3 iterations for each of 11 VUs (maxDuration: 10m0s, startTime: 10s, gracefulStop: 30s)"
            ),
            (
                ScenarioFacts(
                    name: "e", executor: .externallyControlled(vus: 2, maxVUs: 10, durationNs: 90 * minute)),
                "Externally controlled execution with 2 VUs, 10 max VUs, 1h30m0s duration"
            ),
            (
                ScenarioFacts(name: "i", executor: .externallyControlled(vus: 2, maxVUs: 3, durationNs: 0)),
                "Externally controlled execution with 2 VUs, 3 max VUs, infinite duration"
            ),
        ])
    func description(facts: ScenarioFacts, expected: String) {
        #expect(facts.description == expected)
    }
}

@Suite struct ProgressTests {
    private let long = "a_very_long_scenario_name_which_never_ends"

    private func bars(_ entries: [(String, ExecutorFacts, Int64, ScenarioNow?)]) -> [ProgressInput.Bar] {
        entries.map {
            ProgressInput.Bar(
                scenario: ScenarioFacts(name: $0.0, executor: $0.1, startTimeNs: $0.2), now: $0.3)
        }
    }

    /// The state of a run with every executor half a second after its start.
    private var allExecutors: ProgressInput {
        let half = second / 2
        let running = { (active: Int64, pool: Int64, done: Int64, rate: Double) in
            ScenarioNow(
                status: .running, spentNs: half, activeVUs: active, initializedVUs: pool, iterations: done,
                perSecond: rate)
        }
        let iterations = bars([
            (
                "arrival",
                .constantArrivalRate(perSecond: 5, durationNs: 3 * second, preAllocatedVUs: 3, maxVUs: 12), 0,
                running(1, 3, 2, 5)
            ), ("constant", .constantVUs(vus: 1, durationNs: 2 * second), 0, running(1, 1, 5, 0)),
            (
                "hardstop", .constantVUs(vus: 1, durationNs: second), 0,
                ScenarioNow(status: .stopping, spentNs: second)
            ),
            (
                "pervu", .perVUIterations(vus: 2, iterations: 10, maxDurationNs: 10 * minute), 0,
                running(2, 2, 8, 0)
            ),
            (
                "ramp",
                .rampingVUs(maxVUs: 3, durationNs: 3 * second, stages: 2, gracefulRampDownNs: 30 * second), 0,
                running(1, 3, 4, 0)
            ),
            (
                "rarrival",
                .rampingArrivalRate(
                    maxPerSecond: 10, durationNs: 3 * second, stages: 1, preAllocatedVUs: 3, maxVUs: 12), 0,
                running(0, 3, 1, 1.82)
            ),
            (
                "shared", .sharedIterations(vus: 2, iterations: 12, maxDurationNs: minute), 0,
                ScenarioNow(status: .done, spentNs: 600_000_000, iterations: 12)
            ),
            (
                long, .constantVUs(vus: 1, durationNs: second), 2 * second,
                ScenarioNow(status: .waiting, spentNs: 1_500_000_000)
            ),
        ])
        return ProgressInput(
            phase: .running, spentNs: 2_010_000_000, maxDurationNs: 10 * minute + 30 * second, activeVUs: 9,
            initializedVUs: 16, maxVUs: 34, completeIterations: 26, interruptedIterations: 0, bars: iterations
        )
    }

    @Test("a block for a pipe, every executor and mark")
    func everyExecutor() {
        let expected = """

            running (00m02.0s), 09/16 VUs, 26 complete and 0 interrupted iterations
            arrival                          [  17% ] 01/03 VUs  0.5s/3s         5.00 iters/s
            constant                         [  25% ] 1 VUs      0.5s/2s        |
            hardstop                       ↓ [ 100% ] 1 VUs      1s             |
            pervu                            [  40% ] 2 VUs      00m00.5s/10m0s  08/20 iters, 10 per VU
            ramp                             [  17% ] 1/3 VUs    0.5s/3.0s      |
            rarrival                         [  17% ] 00/03 VUs  0.5s/3s         01.82 iters/s
            shared                         ✓ [ 100% ] 2 VUs      0m00.6s/1m0s    12/12 shared iters
            a_very_long_scenario_name_w... • [   0% ] waiting    1.5s           |

            """
        #expect(ProgressText.plainBlock(allExecutors) == expected.replacing("|", with: ""))
    }

    @Test("two columns only: nothing behind the last one")
    func twoColumns() {
        let input = ProgressInput(
            phase: .running, spentNs: 520_000_000, maxDurationNs: 32 * second, activeVUs: 12,
            initializedVUs: 13,
            maxVUs: 13, completeIterations: 48,
            bars: bars([
                (
                    "constant", .constantVUs(vus: 12, durationNs: 2 * second), 0,
                    ScenarioNow(status: .running, spentNs: second / 2)
                ),
                (
                    "later", .constantVUs(vus: 1, durationNs: second), second,
                    ScenarioNow(status: .waiting, spentNs: second / 2)
                ),
            ]))
        #expect(
            ProgressText.plainBlock(input) == """

                running (00.5s), 12/13 VUs, 48 complete and 0 interrupted iterations
                constant   [  25% ] 12 VUs   0.5s/2s
                later    • [   0% ] waiting  0.5s

                """)
    }

    @Test("an aborted run with very long and endless scenarios")
    func longDurations() {
        let spent: Int64 = 3_800_000_000
        let stopped = { (active: Int64, ns: Int64) in
            ScenarioNow(status: .interrupted, spentNs: ns, activeVUs: active)
        }
        let input = ProgressInput(
            phase: .running, spentNs: spent, maxDurationNs: 100 * Ns.perHour + 30 * second, activeVUs: 0,
            initializedVUs: 122, maxVUs: 122, completeIterations: 535, interruptedIterations: 17,
            bars: bars([
                ("a", .constantVUs(vus: 9, durationNs: 100 * Ns.perHour), 0, stopped(0, spent)),
                (
                    "ext", .externallyControlled(vus: 2, maxVUs: 10, durationNs: 90 * minute), 0,
                    stopped(2, spent)
                ),
                ("inf", .externallyControlled(vus: 2, maxVUs: 3, durationNs: 0), 0, stopped(2, spent)),
                (
                    "b", .rampingVUs(maxVUs: 100, durationNs: 90 * second, stages: 1, gracefulRampDownNs: 0),
                    second,
                    stopped(4, spent - second)
                ),
                (
                    "s", .sharedIterations(vus: 2, iterations: 1000, maxDurationNs: 72 * Ns.perHour),
                    26 * Ns.perHour,
                    ScenarioNow(status: .waiting, spentNs: 26 * Ns.perHour - spent)
                ),
            ]))
        let expected = """

            running (0d00h00m03.8s), 000/122 VUs, 535 complete and 17 interrupted iterations
            a    ✗ [   0% ] 9 VUs        0d00h00m03.8s/100h0m0s
            ext  ✗ [   0% ] 02/10 VUs    0h00m03.8s/1h30m0s   |
            inf  ✗ [ 100% ] 2/3 VUs      0s                   |
            b    ✗ [   3% ] 004/100 VUs  0m02.8s/1m30.0s    |
            s    • [   0% ] waiting      1d01h59m56.2s      |

            """
        #expect(ProgressText.plainBlock(input) == expected.replacing("|", with: ""))
    }

    @Test(
        "before the load starts",
        arguments: [
            (
                ProgressInput.Phase.initializing(ready: 4, total: 122),
                "Init   [   3% ] 004/122 VUs initialized"
            ),
            (.step("setup()"), "Run    [ 100% ] setup()"), (.step("paused"), "Run    [ 100% ] paused"),
        ])
    func steps(phase: ProgressInput.Phase, head: String) {
        let input = ProgressInput(
            phase: phase, maxDurationNs: second, maxVUs: 122,
            bars: bars([
                ("a", .constantVUs(vus: 1, durationNs: second), 0, nil),
                ("ext", .constantVUs(vus: 1, durationNs: second), 0, nil),
            ]))
        #expect(ProgressText.plainBlock(input) == "\n\(head)\na      [   0% ]\next    [   0% ]\n")
    }

    private func sharedRun(
        _ phase: ProgressInput.Phase, spent: Int64, done: Int64, _ status: ScenarioNow.Status?
    ) -> ProgressInput {
        ProgressInput(
            phase: phase, spentNs: spent + 1_200_000_000, maxDurationNs: 10 * minute + 30 * second,
            activeVUs: done < 3 ? 1 : 0,
            initializedVUs: 1, maxVUs: 1, completeIterations: done,
            bars: bars([
                (
                    "default", .sharedIterations(vus: 1, iterations: 3, maxDurationNs: 10 * minute), 0,
                    status.map { ScenarioNow(status: $0, spentNs: spent, iterations: done) }
                )
            ]))
    }

    @Test("frames of a terminal without colours")
    func frames() {
        let dashes = String(repeating: "-", count: 38)
        let equals = String(repeating: "=", count: 38)
        let clear = "\u{1B}[K\n"
        #expect(
            ProgressText.terminalFrame(
                sharedRun(.step("setup()"), spent: 0, done: 0, nil), columns: 100, style: plain)
                == clear
                + "Run       [\(equals)] setup()\(clear)default   [\(dashes)]\(clear)\r\u{1B}[J\u{1B}[3A")
        #expect(
            ProgressText.terminalFrame(
                sharedRun(.running, spent: 2_110_000_000, done: 3, .done), columns: 100, style: plain,
                isLast: true)
                == clear + "running (00m03.3s), 0/1 VUs, 3 complete and 0 interrupted iterations\(clear)"
                + "default ✓ [\(equals)] 1 VUs  00m02.1s/10m0s  3/3 shared iters\(clear)")
    }

    @Test("colours: faint rest of the bar, marks")
    func coloredFrame() {
        let style = TextStyle(colors: true)
        let third = ProgressText.terminalFrame(
            sharedRun(.running, spent: second, done: 1, .running), columns: 100, style: style)
        let bar =
            String(repeating: "=", count: 11) + ">\u{1B}[2m" + String(repeating: "-", count: 26)
            + "\u{1B}[22m]"
        #expect(third.contains("default   [\(bar) 1 VUs  00m01.0s/10m0s  1/3 shared iters\u{1B}[K\n"))
        let done = ProgressText.terminalFrame(
            sharedRun(.running, spent: second, done: 3, .done), columns: 100, style: style)
        #expect(
            done.contains(
                "default \u{1B}[32m✓\u{1B}[0m [" + String(repeating: "=", count: 38) + "\u{1B}[2m\u{1B}[22m] "
            ))
        let failed = ProgressText.terminalFrame(
            sharedRun(.running, spent: second, done: 1, .interrupted), columns: 100, style: style)
        #expect(failed.contains("default \u{1B}[31m✗\u{1B}[0m ["))
        let waiting = ProgressText.terminalFrame(
            sharedRun(.running, spent: second, done: 0, .waiting), columns: 100, style: style)
        #expect(waiting.contains("default \u{1B}[2m•\u{1B}[22m ["))
    }

    @Test("bars shrink with the terminal, then become percentages", arguments: Array(20...140))
    func widths(columns: Int) {
        let frame = ProgressText.terminalFrame(allExecutors, columns: columns, style: plain)
        let lines = frame.split(separator: "\n").map { String($0).replacing("\u{1B}[K", with: "") }.dropLast()
        let bar = lines.last { $0.hasPrefix("pervu") } ?? ""
        let room = columns - 1 - 33 - " 2 VUs      00m00.5s/10m0s  08/20 iters, 10 per VU".count
        if room < 9 {
            #expect(bar.contains("[  40% ]"))
        } else {
            #expect(bar.drop { $0 != "[" }.prefix { $0 != "]" }.count + 1 == min(room, 40))
            #expect(lines.allSatisfy { $0.hasPrefix("running") || displayWidth($0) < columns })
        }
        let rows = lines.map { max(displayWidth($0) - 1, 0) / columns + 1 }.reduce(0, +)
        #expect(frame.hasSuffix("\r\u{1B}[J\u{1B}[\(rows)A"))
    }

    @Test("the live figures stand on a terminal's status line where they fit")
    func live() {
        var input = sharedRun(.running, spent: second, done: 1, .running)
        input.live = ProgressInput.Live(requestsPerSecond: 1234.4, p95Ms: 1.2)
        let wide = ProgressText.terminalFrame(input, columns: 120, style: plain)
        #expect(wide.contains("interrupted iterations, 1234 req/s, p95=1.2ms\u{1B}[K\n"))
        #expect(!ProgressText.terminalFrame(input, columns: 80, style: plain).contains("req/s"))
        #expect(!ProgressText.plainBlock(input).contains("req/s"))
        input.live = ProgressInput.Live(requestsPerSecond: 7.25, p95Ms: 0.0305)
        #expect(
            ProgressText.terminalFrame(input, columns: 120, style: plain).contains(
                ", 7.3 req/s, p95=30.5µs\u{1B}"))
    }
}
