// A Prometheus that is away, late, slow or refuses: the run and its result are the same, what was lost is
// counted and said, and what can be made up for is.

import Foundation
import ProcessSupport
import Testing

@Suite struct PrometheusOutageTests {
    let target: Target

    init() throws { target = try Target() }

    private func run(_ url: String, _ arguments: [String], within seconds: Double = 40) throws -> Finished {
        try Apus.start(
            ["run", "-q", "-o", "experimental-prometheus-rw"] + arguments + [target.url],
            environment: [
                "K6_PROMETHEUS_RW_SERVER_URL": url, "K6_PROMETHEUS_RW_PUSH_INTERVAL": "300ms",
            ]
        ).finish(within: seconds)
    }

    private func account(_ end: Finished) -> (lost: Int, all: Int)? {
        let line = end.logLines("error").first { $0.contains("samples did not reach Prometheus") }
        guard let match = line?.firstMatch(of: #/(\d+) of (\d+) samples did not reach/#) else { return nil }
        return (Int(match.1)!, Int(match.2)!)
    }

    @Test("nobody listens: a warning, an account, and the run's own result")
    func away() throws {
        let port = try HeldPort()
        let end = try run("http://127.0.0.1:\(port.number)/w", ["-u", "2", "-d", "1s"])
        withExtendedLifetime(port) {}
        #expect(end.code == 0)
        #expect(end.out.contains("TOTAL RESULTS"))
        #expect(end.logLines("warning").contains { $0.contains("does not take samples") }, "\(end.err)")
        let lost = try #require(account(end), "\(end.err)")
        #expect(lost.lost == lost.all && lost.lost > 0)
        #expect(end.seconds < 10)
    }

    @Test("it refuses: said once, counted, not tried again", arguments: ["404", "400"])
    func refuses(status: String) throws {
        let end = try run(
            "\(target.url)/status/\(status)", ["-u", "2", "-d", "1s", "--threshold", "http_reqs:count<1"])
        #expect(end.code == 99)
        #expect(end.logLines("error").filter { $0.contains("refuses samples") }.count == 1, "\(end.err)")
        let lost = try #require(account(end), "\(end.err)")
        #expect(lost.lost == lost.all)
    }

    @Test(
        "it fails or does not answer: the run ends in bounded time",
        arguments: ["status/503", "fault/stall-head"])
    func fails(path: String) throws {
        let end = try run("\(target.url)/\(path)", ["-u", "2", "-d", "1s"])
        #expect(end.code == 0)
        #expect(end.out.contains("TOTAL RESULTS"))
        let lost = try #require(account(end), "\(end.err)")
        #expect(lost.lost == lost.all)
        #expect(end.seconds < 25)
    }

    @Test("it comes late: everything arrives, in order")
    func late() throws {
        let port = try HeldPort()
        // Goes on for two seconds after the server is there, however long that takes it.
        let script = try Scratch.write(
            """
            import http from 'k6/http';
            import { sleep } from 'k6';
            export const options = { vus: 2, iterations: 2, duration: '100s' };
            export default function () {
              for (let i = 0, left = 20; left > 0; i++) {
                http.get('\(target.url)');
                sleep(0.1);
                if (left < 20 || http.get('http://127.0.0.1:\(port.number)/-/ready').status === 200) left--;
              }
            }
            """, "late.js")
        let child = try Apus.start(
            ["run", "-q", "-o", "experimental-prometheus-rw", "--log-output", "stderr", script],
            environment: [
                "K6_PROMETHEUS_RW_SERVER_URL": "http://127.0.0.1:\(port.number)/api/v1/write",
                "K6_PROMETHEUS_RW_PUSH_INTERVAL": "300ms",
            ])
        let limit = Date(timeIntervalSinceNow: 20)
        while !child.err.contains("does not take samples"), Date() < limit { usleep(20_000) }
        let server = try PrometheusServer(port: port.number)
        try server.waitUntilReady()
        let end = try child.finish(within: 120)
        withExtendedLifetime(port) {}
        #expect(end.code == 0)
        #expect(account(end) == nil, "\(end.err)")
        #expect(end.logLines("info").contains { $0.contains("takes samples again") }, "\(end.err)")
        #expect(try server.value("sum(k6_http_reqs_total)") == end.count("http_reqs").map(Double.init))
        // What was kept while it was away is there: values from the run's first second.
        let reqs = "k6_http_reqs_total{name=\"\(target.url)\"}"
        let early = "min_over_time(\(reqs)[5m]) < bool (\(reqs) / 2)"
        #expect(try server.value(early) == 1)
    }
}
