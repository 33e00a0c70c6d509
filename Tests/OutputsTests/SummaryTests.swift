// What Apus adds to k6's summary (own section, own blocks), and the rules goldens do not reach.

import Base
import Testing

@testable import Outputs

@Suite struct OwnSectionTests {
    private func input(_ mode: SummaryMode, own: Bool, blocks: [SummaryBlock] = [], colors: Bool = false)
        -> SummaryInput
    {
        var metrics = [
            SummaryMetric(name: "iterations", kind: .counter, values: ["count": 1234567, "rate": 0.5]),
            SummaryMetric(
                name: "iteration_duration", kind: .trend, contains: .time,
                values: ["avg": 1, "min": 1, "med": 1, "max": 1, "p(90)": 1, "p(95)": 1]),
        ]
        if own {
            metrics += ["apus_start_lateness", "apus_response_time"].map {
                SummaryMetric(
                    name: $0, kind: .trend, contains: .time,
                    values: ["avg": 1.25, "min": 0.5, "med": 1, "max": 123.456, "p(90)": 3, "p(95)": 4])
            }
        }
        return SummaryInput(
            metrics: metrics, durationNs: Ns.perSecond, blocks: blocks,
            options: SummaryOptions(mode: mode, colors: colors))
    }

    @Test(
        "our metrics stand in a section of their own and leave k6's lines as they are",
        arguments: SummaryMode.allCases)
    func section(mode: SummaryMode) {
        let without = SummaryText.render(input(mode, own: false))
        let with = SummaryText.render(input(mode, own: true))
        let k6Lines = without.split(separator: "\n")
        #expect(Array(with.split(separator: "\n").prefix(k6Lines.count)) == k6Lines)
        let ours = with.split(separator: "\n").dropFirst(k6Lines.count).map(String.init)
        let values = "avg=1.25ms min=500µs med=1ms max=123.45ms p(90)=3ms p(95)=4ms"
        if mode == .legacy {
            #expect(
                ours == ["     apus_response_time....: \(values)", "     apus_start_lateness...: \(values)"])
        } else {
            #expect(ours.first == "    APUS")
            #expect(ours.dropFirst().allSatisfy { $0.hasSuffix(": \(values)") })
            #expect(ours.count == 3)
        }
    }

    @Test("blocks follow in the same look", arguments: SummaryMode.allCases)
    func blocks(mode: SummaryMode) {
        let block = SummaryBlock(
            title: "VERDICT",
            lines: [
                SummaryBlock.Line(value: "SERVER-BOUND", tone: .good),
                SummaryBlock.Line(key: "loop busy", value: "41%"),
                SummaryBlock.Line(key: "start lateness p99", value: "120µs", extra: "of 500µs"),
                SummaryBlock.Line(key: "steal", value: "unknown", extra: "no /proc/stat", tone: .faint),
            ])
        let bare = SummaryText.render(input(mode, own: false))
        let text = SummaryText.render(
            input(mode, own: false, blocks: [block, SummaryBlock(title: "COST", lines: [])]))
        let expected = """



              █ VERDICT|

                SERVER-BOUND
                loop busy............: 41%
                start lateness p99...: 120µs   of 500µs
                steal................: unknown no /proc/stat


              █ COST|


            """
        let head = mode == .legacy ? bare.dropLast(2) : bare.dropLast(4)
        #expect(text.hasPrefix(head))
        #expect(text.dropFirst(head.count).hasPrefix(expected.replacing("|", with: " ")))
    }

    @Test("colours of a block's values")
    func tones() {
        let lines = [
            SummaryBlock.Line(value: "CLIENT-BOUND", tone: .bad),
            SummaryBlock.Line(key: "k", value: "v", extra: "e"),
        ]
        let blocks = [SummaryBlock(title: "T", lines: lines)]
        let text = SummaryText.render(input(.compact, own: false, blocks: blocks, colors: true))
        #expect(text.contains("  █ \u{1B}[1mT\u{1B}[0m \n\n    \u{1B}[31mCLIENT-BOUND\u{1B}[0m\n"))
        #expect(text.contains("    k\u{1B}[2;37m...:\u{1B}[0m \u{1B}[36mv\u{1B}[0m \u{1B}[2;36me\u{1B}[0m\n"))
    }

    @Test("thresholds on our metrics are listed with the others")
    func thresholds() {
        var some = input(.compact, own: true)
        some.metrics[2].thresholds = [SummaryThreshold(source: "p(99)<1", ok: false)]
        some.metrics[2].values["p(99)"] = 2
        #expect(SummaryText.render(some).contains("\n    apus_start_lateness\n    ✗ 'p(99)<1' p(99)=2ms\n"))
    }
}

@Suite struct NameOrderTests {
    /// As k6's script engine sorts them.
    static let ordered = [
        "", "_a", "a", "a b", "a_", "a_b", "a-b", "a:b", "a1", "a10", "a2", "aa", "aA", "Aa", "ab", "aB",
        "Ab",
        "abc", "Abc", "e", "é", "éa", "eb", "f", "n", "ñ", "s", "ss", "ß", "t", "z",
    ]

    @Test("is the root collation's")
    func order() {
        #expect(Self.ordered.reversed().sorted { NameOrder.precedes($0, $1) } == Self.ordered)
        let ascii =
            " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789"
            + "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ"
        let mixed = ascii.map(String.init).reversed().sorted { NameOrder.precedes($0, $1) }
        #expect(mixed.joined() == ascii)
    }

    @Test("an equal name precedes nothing, and of two one does", arguments: ordered)
    func strict(name: String) {
        #expect(!NameOrder.precedes(name, name))
        for other in Self.ordered where other != name {
            #expect(NameOrder.precedes(name, other) != NameOrder.precedes(other, name))
        }
    }
}

@Suite struct SummaryJSONTests {
    @Test("a repeated threshold is one key, and set-up data stays as it is")
    func duplicates() {
        let metric = SummaryMetric(
            name: "x", kind: .gauge, values: ["value": .infinity, "min": 1, "max": 2],
            thresholds: [
                SummaryThreshold(source: "value<1", ok: true), SummaryThreshold(source: "value<1", ok: false),
            ])
        let input = SummaryInput(metrics: [metric], durationNs: 1_500_000, setupDataJSON: "[1, 2]")
        let ours = SummaryJSON.handleSummaryData(input)
        let expected = [
            #"{"root_group":{"name":"","path":"","id":"","groups":[],"checks":[]},"#,
            #""options":{"summaryTrendStats":["avg","min","med","max","p(90)","p(95)"],"#,
            #""summaryTimeUnit":"","noColor":false},"#,
            #""state":{"isStdOutTTY":false,"isStdErrTTY":false,"testRunDurationMs":1.5},"#,
            #""metrics":{"x":{"type":"gauge","contains":"default","#,
            #""values":{"value":null,"min":1,"max":2},"thresholds":{"value<1":{"ok":false}}}},"#,
            #""setup_data":[1, 2]}"#,
        ]
        #expect(ours == expected.joined())
        #expect(
            SummaryJSON.export(input).contains(
                "\"thresholds\": {\n                \"value<1\": true\n            }"))
    }
}
