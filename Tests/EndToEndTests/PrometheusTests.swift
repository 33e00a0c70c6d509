// Runs that write to a real Prometheus, then questions to it: names and labels against what k6 1.1.0 wrote
// for the same script, totals and percentiles against the summary, the end of series, and stores that fail.

import Foundation
import ProcessSupport
import Testing

@Suite struct PrometheusTests {
    let target: Target

    init() throws { target = try Target() }

    /// What k6 was given as well.
    private static let script = """
        import http from 'k6/http';
        import { check, group } from 'k6';
        import { Counter, Trend, Gauge, Rate } from 'k6/metrics';
        const c = new Counter('my_counter'), t = new Trend('my_trend'), tt = new Trend('my_time', true);
        const g = new Gauge('my_gauge'), r = new Rate('my_rate');
        export const options = { scenarios: {
            a: { executor: 'per-vu-iterations', vus: 2, iterations: 10, tags: { mine: 's' } },
            b: { executor: 'shared-iterations', vus: 1, iterations: 5, exec: 'b' } } };
        export default function () {
            check(http.get(`${__ENV.TARGET}/`), { 'is 200': (x) => x.status == 200 });
            http.get(`${__ENV.TARGET}/status/404`, { tags: { name: 'missing' } });
            c.add(2, { a: 'b', none: '' }); t.add(__ITER * 3 - 1); tt.add(5); g.add(7); r.add(__ITER % 2);
        }
        export function b() { group('g', () => http.post(`${__ENV.TARGET}/`, 'x')); }
        export function setup() { http.get(`${__ENV.TARGET}/`, { tags: { name: 'in setup' } }); }
        """

    /// The series k6 1.1.0 wrote of it (native histograms; `testid` left out), by name and labels.
    private static let recorded: [String] = {
        let parts = [
            "blocked", "connecting", "duration", "receiving", "sending", "tls_handshaking", "waiting",
        ]
        let requests = [
            "error_code=1404,expected_response=false,method=GET,mine=s,name=missing,proto=HTTP/1.1,scenario=a,"
                + "status=404,url=missing",
            "expected_response=true,group=::g,method=POST,name=TARGET/,proto=HTTP/1.1,scenario=b,status=200,"
                + "url=TARGET/",
            "expected_response=true,group=::setup,method=GET,name=in setup,proto=HTTP/1.1,status=200,"
                + "url=in setup",
            "expected_response=true,method=GET,mine=s,name=TARGET/,proto=HTTP/1.1,scenario=a,status=200,"
                + "url=TARGET/",
        ]
        var series = [
            "k6_checks_rate{check=is 200,mine=s,scenario=a}",
            "k6_group_duration_seconds{group=::g,scenario=b}",
        ]
        let others = ["k6_http_req_failed_rate", "k6_http_reqs_total"]
        for name in parts.map({ "k6_http_req_\($0)_seconds" }) + others {
            series += requests.map { "\(name){\($0)}" }
        }
        for name in ["k6_data_received_total", "k6_data_sent_total"] {
            series += ["group=::setup", "mine=s,scenario=a", "scenario=b"].map { "\(name){\($0)}" }
        }
        for name in ["k6_iteration_duration_seconds", "k6_iterations_total"] {
            series += ["mine=s,scenario=a", "scenario=b"].map { "\(name){\($0)}" }
        }
        series.append("k6_my_counter_total{a=b,mine=s,scenario=a}")
        for name in ["my_gauge", "my_rate_rate", "my_time_seconds", "my_trend"] {
            series.append("k6_\(name){mine=s,scenario=a}")
        }
        return series.sorted()
    }()

    private func run(
        _ server: PrometheusServer, _ arguments: [String], _ variables: [String: String] = [:],
        output: String = "experimental-prometheus-rw"
    ) throws -> Finished {
        let environment = server.environment.merging(variables) { $1 }
        return try Apus.start(["run", "-q", "-o", output] + arguments, environment: environment).finish()
    }

    @Test("names and labels are k6's, native histograms")
    func namesAndLabels() throws {
        let server = try PrometheusServer.ready()
        let script = try Scratch.write(Self.script, "test.js")
        let end = try run(
            server, ["--tag", "testid=alb", "-e", "TARGET=http://\(target.hostPort)", script],
            ["K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "true"], output: "xk6-prometheus-rw")
        #expect(end.code == 0 && end.err.isEmpty, "\(end.err)")
        let found = try server.series("{testid=\"alb\"}").map {
            $0.replacing(",testid=alb", with: "").replacing("testid=alb", with: "")
                .replacing("http://\(target.hostPort)", with: "TARGET")
        }
        // A run of less than a second has no samples of these in k6, and has them here when it is slow.
        #expect(Set(found).subtracting(["k6_vus{}", "k6_vus_max{}"]) == Set(Self.recorded))
        #expect(try server.value("sum(k6_http_reqs_total)") == 46)
        #expect(try server.value("k6_my_counter_total") == 40)
        #expect(try server.value("k6_my_gauge") == 7)
        #expect(try server.value("k6_my_rate_rate") == 0.5)
        #expect(try server.value("histogram_count(k6_my_trend)") == 20)
        #expect(try server.value("histogram_sum(k6_my_trend)") == 250)
        #expect(try server.value("histogram_sum(k6_my_time_seconds)") == 0.1)
        #expect(try server.value("k6_checks_rate") == 1)
    }

    @Test("totals and statistics are the summary's")
    func gauges() throws {
        let server = try PrometheusServer.ready()
        let end = try run(
            server, ["--tag", "testid=alb", "--rate", "300", "-d", "3s", target.url],
            ["K6_PROMETHEUS_RW_TREND_STATS": "p(90),p(95),avg,min,max,med,count"])
        #expect(end.code == 0, "\(end.err)")
        let only = "{testid=\"alb\",scenario=\"default\"}"
        #expect(try server.value("k6_http_reqs_total\(only)") == end.count("http_reqs").map(Double.init))
        #expect(try server.value("k6_iterations_total\(only)") == end.count("iterations").map(Double.init))
        #expect(try server.value("k6_http_req_failed_rate\(only)") == 0)
        for stat in ["p(90)", "p(95)", "avg", "med", "max"] {
            let name = stat.filter { !"()".contains($0) }
            let seconds = try #require(try server.value("k6_http_req_duration_\(name)\(only)"))
            let shown = try #require(end.ms("http_req_duration", stat))
            // The summary shows hundredths of a millisecond.
            #expect(abs(seconds * 1000 - shown) <= shown * 0.001 + 0.01, "\(stat): \(seconds) s, \(shown) ms")
        }
        let counted = try #require(try server.value("k6_http_req_duration_count\(only) * 1000"))
        #expect(Int(counted.rounded()) == end.count("http_reqs"))
        let vus = try server.series("k6_vus{testid=\"alb\"}")
        #expect(vus == ["k6_vus{testid=alb}"])
        #expect(try server.query("k6_apus_start_lateness_p95").count == 1)
    }

    @Test("percentiles of native histograms are within a bucket's width of the summary's")
    func native() throws {
        let server = try PrometheusServer.ready()
        let end = try run(
            server, ["-u", "3", "-d", "3s", "\(target.url)/delay/3"],
            ["K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "true"])
        #expect(end.code == 0, "\(end.err)")
        let counted = try server.value("histogram_count(k6_http_req_duration_seconds)")
        #expect(counted == end.count("http_reqs").map(Double.init))
        for (quantile, stat) in [("0.9", "p(90)"), ("0.95", "p(95)")] {
            let query = "histogram_quantile(\(quantile), k6_http_req_duration_seconds)"
            let seconds = try #require(try server.value(query))
            let shown = try #require(end.ms("http_req_duration", stat))
            // Prometheus interpolates within a bucket, whose bounds are 9.1 % apart.
            #expect(abs(seconds * 1000 - shown) <= shown * 0.093, "\(stat): \(seconds) s, \(shown) ms")
        }
        let name = "k6_http_req_duration_seconds"
        let average = "histogram_sum(\(name)) / histogram_count(\(name))"
        let seconds = try #require(try server.value(average))
        let shown = try #require(end.ms("http_req_duration", "avg"))
        #expect(abs(seconds * 1000 - shown) <= 0.01)
    }

    @Test("a marker at the end makes series disappear", arguments: [false, true])
    func staleMarkers(isMarked: Bool) throws {
        let server = try PrometheusServer.ready()
        for isNative in ["false", "true"] {
            let end = try run(
                server, ["-i", "5", "--tag", "testid=\(isNative)", target.url],
                [
                    "K6_PROMETHEUS_RW_STALE_MARKERS": "\(isMarked)",
                    "K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": isNative,
                ])
            #expect(end.code == 0 && end.err.isEmpty, "\(end.err)")
        }
        // A second later than anything sent.
        usleep(1_100_000)
        #expect(try !server.series("{testid=~\"true|false\"}").isEmpty)
        #expect(try server.query("{testid=~\"true|false\"}").isEmpty == isMarked)
    }
}
