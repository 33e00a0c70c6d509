// The outputs influxdb and statsd of the built binary, read back from a real InfluxDB 1.x and a socket: below
// and above the budget, and with a server that is not there, refuses, or comes late.

import Foundation
import ProcessSupport
import Testing

@Suite(.serialized) struct InfluxTests {
    let target: Target

    init() throws { target = try Target() }

    private let script = """
        import http from "k6/http";
        import { check, group } from "k6";
        import { Trend, Counter, Gauge, Rate } from "k6/metrics";
        const [t, c, g, r] = [new Trend("my_t"), new Counter("my_c"), new Gauge("my_g"), new Rate("my_r")];
        export const options = { iterations: 20, vus: 2, tags: { testid: "a b,c=d" } };
        export function setup() { http.get(__ENV.URL); }
        export default function () {
          const answer = http.get(__ENV.URL + "?x=1,2");
          group("g", () => check(answer, { 'is, ok = "yes"': () => true, no: () => false }));
          t.add(1.5); t.add(4, { uni: "é", empty: "" }); c.add(3); g.add(2.25); r.add(true);
        }
        """

    /// Measurement and tags of all series of that script, as k6 1.1.0 writes them.
    private var seriesOfScript: [String] {
        let (common, group) = (",scenario=default,testid=a\\ b\\,c\\=d", ",group=::g")
        let testid = ",testid=a\\ b\\,c\\=d"
        let http = [
            "http_reqs", "http_req_duration", "http_req_blocked", "http_req_connecting", "http_req_failed",
            "http_req_tls_handshaking", "http_req_sending", "http_req_waiting", "http_req_receiving",
        ]
        func request(_ metric: String, group: String, name: String, scenario: String) -> String {
            "\(metric),expected_response=true\(group),method=GET,name=\(name),proto=HTTP/1.1\(scenario),status=200"
                + testid
        }
        var keys = http.map {
            request($0, group: "", name: target.url + "?x\\=1\\,2", scenario: ",scenario=default")
        }
        keys += http.map { request($0, group: ",group=::setup", name: target.url, scenario: "") }
        keys += ["is\\,\\ ok\\ \\=\\ \"yes\"", "no"].map { "checks,check=\($0)\(group)\(common)" }
        keys += ["data_sent", "data_received"].flatMap { ["\($0),group=::setup\(testid)", $0 + common] }
        keys += ["iterations", "iteration_duration", "my_c", "my_g", "my_r", "my_t"].map { $0 + common }
        keys += ["group_duration\(group)\(common)", "my_t\(common),uni=é"]
        return keys.sorted()
    }

    @Test(
        "series and tags are k6's, and sums the summary's, below the budget and above", arguments: ["", "0"])
    func script(budget: String) throws {
        let server = try Influxd()
        let file = try Scratch.write(script, "influx.js")
        let end = try Apus.run(
            "-o", "influxdb=\(server.url)/mine", file,
            environment: ["URL": target.url, "APUS_INFLUXDB_POINTS_PER_SECOND": budget])
        #expect(end.code == 0, "\(end.err)")
        #expect(end.logLines("info").count == (budget.isEmpty ? 0 : 1), "\(end.err)")
        #expect(end.logLines("error").isEmpty && end.logLines("warning").isEmpty, "\(end.err)")
        #expect(try server.seriesKeys(in: "mine") == seriesOfScript)
        let sums = ["http_reqs": 21.0, "iterations": 20, "my_c": 60, "my_r": 20, "checks": 20]
        for (metric, sum) in sums {
            #expect(try server.number("SELECT sum(value) FROM \(metric)", in: "mine") == sum, "\(metric)")
        }
        #expect(try server.number("SELECT mean(value) FROM my_t", in: "mine") == 2.75)
        #expect(try server.number("SELECT count(value) FROM my_t", in: "mine") == 40)
        #expect(try server.number("SELECT last(value) FROM my_g", in: "mine") == 2.25)
        let urls = try server.ask("SELECT url FROM http_reqs", in: "mine").first?.rows ?? []
        if budget.isEmpty {
            #expect(urls.count == 21)
            #expect(urls.contains { $0.last as? String == target.url + "?x=1,2" })
        } else {
            #expect(urls.isEmpty)
        }
    }

    @Test("at full speed: totals to the letter, mean and percentiles within the stated error")
    func fullSpeed() throws {
        let server = try Influxd()
        let export = Scratch.path("summary.json")
        let end = try Apus.start(
            [
                "run", "-u", "20", "-d", "4s", "--summary-export", export, "--summary-trend-stats",
                "avg,p(90),p(94),p(95),p(96),p(98.5),p(99),p(99.5)", "-o", "influxdb", target.url,
            ],
            environment: [
                "K6_INFLUXDB_ADDR": server.url, "K6_INFLUXDB_DB": "env",
                "APUS_INFLUXDB_POINTS_PER_SECOND": "5000",
            ]
        ).finish(within: 60)
        #expect(end.code == 0, "\(end.err)")
        #expect(end.logLines("info").count == 1 && end.err.contains("more than 5000 points a second"))
        #expect(end.out.contains("output: InfluxDBv1 (\(server.url))\n"))
        let metrics = try #require(
            (try JSONSerialization.jsonObject(with: Data(Scratch.read(export).utf8)) as? [String: Any])?[
                "metrics"] as? [String: [String: Double]])
        for metric in ["http_reqs", "iterations", "data_sent", "data_received"] {
            let sum = try server.number("SELECT sum(value) FROM \(metric)", in: "env")
            #expect(sum == metrics[metric]!["count"], "\(metric)")
        }
        #expect(try server.number("SELECT sum(value) FROM http_req_failed", in: "env") == 0)
        #expect(try server.number("SELECT max(value) FROM vus", in: "env") == 20)
        try checkValues(server, metrics["http_req_duration"]!)
    }

    /// Values of all intervals have the same weight only while none has less than a quarter of the samples of
    /// another, which a busy machine may bring about; the last one may hold what was under way at the end.
    private func checkValues(_ server: Influxd, _ duration: [String: Double]) throws {
        let rows = try server.ask("SELECT value FROM http_reqs", in: "env").flatMap(\.rows)
        let counts = rows.compactMap { $0.last as? Double }.filter { $0 > 20 }
        let (least, most) = (try #require(counts.min()), try #require(counts.max()))
        if most > 4 * least { return }
        // Beyond rounding: a few slow samples, which a busy machine makes, weigh more or less in slices.
        let mean = try #require(try server.number("SELECT mean(value) FROM http_req_duration", in: "env"))
        #expect(abs(mean / duration["avg"]! - 1) < 0.05, "\(mean) \(counts) \(duration)")
        let p95 = try #require(
            try server.number("SELECT percentile(value, 95) FROM http_req_duration", in: "env"))
        #expect(p95 >= duration["p(94)"]! * 0.99 && p95 <= duration["p(96)"]! * 1.01, "\(p95) \(duration)")
        let p99 = try #require(
            try server.number("SELECT percentile(value, 99) FROM http_req_duration", in: "env"))
        #expect(
            p99 >= duration["p(98.5)"]! * 0.99 && p99 <= duration["p(99.5)"]! * 1.01, "\(p99) \(duration)")
    }

    @Test("a database with passwords: the right one works, the wrong one is said once")
    func credentials() throws {
        let server = try Influxd(isAuthenticated: true)
        _ = try server.ask("CREATE USER adm WITH PASSWORD 'p@ss w' WITH ALL PRIVILEGES", in: "")
        let address = server.url.dropFirst("http://".count)
        let good = try Apus.run("-i", "3", "-o", "influxdb=http://adm:p%40ss%20w@\(address)/x", target.url)
        #expect(good.code == 0 && good.err.isEmpty, "\(good.err)")
        let found = try server.ask("SELECT sum(value) FROM http_reqs", in: "x", user: "adm:p@ss w")
        #expect(found.first?.rows.first?.last as? Double == 3)
        let bad = try Apus.run("-i", "3", "-o", "influxdb=http://adm:wrong@\(address)/x", target.url)
        #expect(bad.code == 0)
        #expect(bad.logLines("error").count == 2 && bad.err.contains("status 401"), "\(bad.err)")
        #expect(bad.err.contains("39 of 39 samples did not reach InfluxDB (\(server.url))"), "\(bad.err)")
        #expect(!bad.err.contains("wrong"))
    }

    @Test("a server that is not there costs the samples, not the run, and thresholds keep their exit code")
    func absent() throws {
        let end = try Apus.run(
            "-i", "2", "--threshold", "http_reqs:count<1", "-o", "influxdb=http://127.0.0.1:1/x", target.url)
        #expect(end.code == 99)
        #expect(end.logLines("warning").count == 1 && end.err.contains("dial: connection refused"))
        #expect(
            end.err.contains("26 of 26 samples did not reach InfluxDB (http://127.0.0.1:1)"), "\(end.err)")
        #expect(end.out.contains("TOTAL RESULTS") && end.seconds < 10)
    }

    @Test("a server that comes late gets everything")
    func late() throws {
        let server = try Influxd()
        let port = server.url.split(separator: ":").last!
        let relay = try Child(
            "/usr/bin/python3",
            [
                "-c",
                """
                import http.server, sys, time, urllib.request
                class Handler(http.server.BaseHTTPRequestHandler):
                    asked = 0
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers["Content-Length"]))
                        Handler.asked += 1
                        if 1 < Handler.asked < 5:
                            self.send_error(503)
                            return
                        there = urllib.request.Request("http://127.0.0.1:\(port)" + self.path, body)
                        with urllib.request.urlopen(there) as answer:
                            self.send_response(answer.status)
                            self.end_headers()
                    def log_message(self, *_): pass
                server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
                print(server.server_port, flush=True)
                server.serve_forever()
                """,
            ])
        defer { relay.kill() }
        try relay.waitForOutput { $0.hasSuffix("\n") }
        let at = relay.out.trimmingCharacters(in: .whitespacesAndNewlines)
        let end = try Apus.run("-i", "40", "-o", "influxdb=http://127.0.0.1:\(at)/late", target.url)
        #expect(end.code == 0)
        #expect(end.logLines("warning").count == 1 && end.err.contains("status 503"), "\(end.err)")
        #expect(end.err.contains("takes samples again") && end.logLines("error").isEmpty, "\(end.err)")
        #expect(try server.number("SELECT sum(value) FROM http_reqs", in: "late") == 40)
    }

    @Test("settings that cannot be end the command before the first request")
    func refused() throws {
        let end = try Apus.run("-i", "1", "-o", "influxdb=http://h/db?precision=year", target.url)
        #expect(end.code == 255 && end.err.contains("could not create the 'influxdb' output"))
        #expect(end.err.contains("year"))
    }

    @Test("metrics without raw samples arrive as sums below the budget, too")
    func ownMetrics() throws {
        let server = try Influxd()
        let end = try Apus.run(
            "--rate", "50", "-d", "2s", "-o", "influxdb=\(server.url)/own?precision=ms", target.url)
        #expect(end.code == 0 && end.err.isEmpty, "\(end.err)")
        let count = try #require(end.count("iterations"))
        for metric in ["apus_start_lateness", "apus_response_time"] {
            let points = try server.number("SELECT count(value) FROM \(metric)", in: "own")
            #expect(points == Double(count), "\(metric)")
        }
        // Raw samples have the precision asked for: two of one millisecond are one point.
        let points = try #require(try server.number("SELECT count(value) FROM iterations", in: "own"))
        #expect(points > 0 && points <= Double(count))
    }

    // MARK: - StatsD

    @Test("statsd: what a listening socket gets adds up to the summary", arguments: ["statsd", "datadog"])
    func statsd(name: String) throws {
        let socket = try Child(
            "/usr/bin/python3",
            [
                "-c",
                """
                import socket, sys, time
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                # Room for all there will be, so that nothing is lost however late this reads.
                try: s.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE, for root
                except PermissionError: s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
                s.bind(("127.0.0.1", 0))
                print(s.getsockname()[1], flush=True)
                while True:
                    data = s.recv(65536)
                    if data == b"end": break
                    assert len(data) <= 1432, len(data)
                    print(data.decode(), flush=True)
                """,
            ])
        defer { socket.kill() }
        try socket.waitForOutput { $0.hasSuffix("\n") }
        let port = socket.out.split(separator: "\n")[0]
        let end = try Apus.start(
            ["run", "-u", "10", "-d", "2s", "--tag", "testid=t1", "-o", name, target.url],
            environment: ["K6_STATSD_ADDR": "127.0.0.1:\(port)"]
        ).finish()
        #expect(end.code == 0 && end.out.contains("output: \(name) (127.0.0.1:\(port))\n"), "\(end.err)")
        _ = try Child(
            "/usr/bin/python3",
            [
                "-c",
                "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'end', ('127.0.0.1', \(port)))",
            ]
        ).finish()
        let got = try socket.finish()
        #expect(got.code == 0, "\(got.err)")
        let lines = got.out.split(separator: "\n").dropFirst()
        func numbers(_ metric: String) -> [(value: Double, rate: Double)] {
            lines.filter { $0.hasPrefix("k6.\(metric):") }.map { line in
                let parts = line.split(separator: "|")
                let rate = parts.first { $0.hasPrefix("@") }.flatMap { Double($0.dropFirst()) } ?? 1
                return (Double(parts[0].split(separator: ":").last!)!, rate)
            }
        }
        let requests = try #require(end.count("http_reqs"))
        #expect(numbers("http_reqs").reduce(0) { $0 + $1.value } == Double(requests))
        let timings = numbers("http_req_duration").reduce(0) { $0 + 1 / $1.rate }
        #expect(abs(timings - Double(requests)) < 1)
        #expect(lines.contains { $0.hasPrefix("k6.vus:10.000000|g") })
        #expect(lines.allSatisfy { $0.contains("testid:t1") == (name == "datadog") })
    }
}
