// The block before a run against k6's, and what Apus adds to it: target, plan, curve, banner.

import Base
import Testing

@testable import Outputs

private let plain = TextStyle(colors: false)

@Suite struct DescriptionTests {
    private let shared = ScenarioFacts(
        name: "default", executor: .sharedIterations(vus: 1, iterations: 3, maxDurationNs: 10 * Ns.perMinute))

    private func input(_ subject: DescriptionInput.Subject, _ outputs: [String] = []) -> DescriptionInput {
        DescriptionInput(
            subject: subject, outputs: outputs, scenarios: [shared], maxVUs: 1,
            maxDurationNs: 630 * Ns.perSecond)
    }

    @Test("a script with two outputs")
    func script() {
        let expected = """
                 execution: local
                    script: p4.js
                    output: json (x.json), csv (x.csv)

                 scenarios: (100.00%) 1 scenario, 1 max VUs, 10m30s max duration (incl. graceful stop):
                          * default: 3 iterations shared among 1 VUs (maxDuration: 10m0s, gracefulStop: 30s)


            """
        let text = DescriptionText.description(
            input(.script("p4.js"), ["json (x.json)", "csv (x.csv)"]), plain)
        #expect(text == expected)
    }

    @Test("colours, a dashboard, a share of the test, a target")
    func variants() {
        var some = input(.target("https://example.test/"))
        some.webDashboardURL = "http://127.0.0.1:5665"
        some.segmentLength = 1.0 / 3
        some.scenarios = [shared, shared]
        let text = DescriptionText.description(some, TextStyle(colors: true))
        let cyan = { (value: String) in "\u{1B}[36m\(value)\u{1B}[0m\n" }
        let head =
            "     execution: " + cyan("local") + "        target: " + cyan("https://example.test/")
            + " web dashboard: " + cyan("http://127.0.0.1:5665") + "        output: " + cyan("-")
            + "\n     scenarios: "
            + cyan("(33.33%) 2 scenarios, 1 max VUs, 10m30s max duration (incl. graceful stop):")
            + "              * default: 3 iterations"
        #expect(text.hasPrefix(head))
    }

    @Test("the plan: curve, thresholds, end")
    func plan() {
        let input = PlanInput(
            loads: [PlanInput.Load(unit: "VUs", samples: [0, 5, 10, 10, 0])],
            thresholds: ["http_req_duration: p(95)<200", "checks: rate>0.9"], durationNs: 5 * Ns.perMinute,
            maxDurationNs: 330 * Ns.perSecond)
        let expected = """
                      load: ▁▅██▁  up to 10 VUs
                thresholds: http_req_duration: p(95)<200
                            checks: rate>0.9
                       end: after 5m0s, at most 5m30s


            """
        #expect(DescriptionText.plan(input, plain) == expected)
        let endless = PlanInput(loads: [], thresholds: [], durationNs: 0, maxDurationNs: 0)
        #expect(DescriptionText.plan(endless, plain) == "    thresholds: -\n           end: when stopped\n\n")
    }

    @Test(
        "a curve",
        arguments: [
            ([], 60, ""), ([0, 0], 60, "▁▁"), ([3], 60, "█"), ([1, 2, 3, 4, 5, 6, 7, 8], 60, "▂▃▄▅▆▇██"),
            ([0, 1, 2, 3, 4, 5, 6, 7], 4, "▁▄▆█"), ([-1, 1], 60, "▁█"),
        ] as [([Double], Int, String)])
    func sparkline(samples: [Double], columns: Int, expected: String) {
        #expect(Sparkline.text(samples, columns: columns) == expected)
    }

    @Test("a curve never takes more columns than it may", arguments: [1, 59, 60, 61, 119, 600, 12345])
    func sparklineWidth(count: Int) {
        #expect(Sparkline.text(Array(repeating: 1, count: count)).count == min(count, 60))
    }

    @Test("the banner is five lines, yellow on a terminal")
    func banner() {
        let text = DescriptionText.banner(plain)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 8)
        #expect(text.contains("a p u s"))
        #expect(DescriptionText.banner(TextStyle(colors: true)).hasPrefix("\n\u{1B}[33m"))
    }
}
