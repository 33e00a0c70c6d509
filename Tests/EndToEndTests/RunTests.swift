// Runs that work: counts, summaries, exports, thresholds, requests as they reach a server. Literal numbers
// were compared with k6 1.1.0 running the same test.

import Foundation
import ProcessSupport
import Testing

@Suite struct RunTests {
    let target: Target

    init() throws { target = try Target() }

    @Test func oneRequestByDefault() throws {
        let end = try Apus.start(["run", target.url]).finish()
        #expect(end.code == 0)
        #expect(end.err == "")
        #expect(end.count("http_reqs") == 1)
        #expect(end.count("iterations") == 1)
        #expect(end.metric("http_req_failed") == "0.00% 0 out of 1")
        #expect(end.out.contains("        target: \(target.url)\n"))
        #expect(end.out.contains("default ✓ [ 100% ] 1 VUs"))
        #expect(end.out.contains("verdict...............: INCONCLUSIVE"))
    }

    /// VUs fewer and more than worker threads, iterations fewer than VUs.
    @Test(arguments: [(1, 1, 1), (1, 5, 2), (2, 10, 2), (2, 10, 1), (3, 50, 2), (50, 50, 2), (7, 100, 4)])
    func sharedIterations(vus: Int, iterations: Int, threads: Int) throws {
        let end = try Apus.run("-u", "\(vus)", "-i", "\(iterations)", "--threads", "\(threads)", target.url)
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == iterations)
        #expect(end.count("iterations") == iterations)
        #expect(end.metric("dropped_iterations") == nil)
    }

    @Test func timeIsUp() throws {
        let end = try Apus.run("-i", "50", "-d", "1s", target.url + "/delay/100")
        #expect(end.code == 0)
        let done = try #require(end.count("iterations"))
        // 8 to 10 of them where each takes its 100 ms; where they take longer there are fewer.
        let tookMs = try #require(end.ms("iteration_duration", "avg"))
        #expect(done <= 10 && Double(done) * tookMs >= 800, "\(done) of \(tookMs) ms")
        #expect(end.count("dropped_iterations") == 50 - done)
    }

    @Test func quietLeavesTheSummary() throws {
        let end = try Apus.run("-i", "10", "-u", "2", target.url)
        #expect(end.out.hasPrefix("\n\n  █ TOTAL RESULTS"))
        #expect(!end.out.contains("running ("))
        #expect(!end.out.contains("execution: local"))
    }

    @Test func flagsStandAnywhere() throws {
        let end = try Apus.start(["run", target.url, "-i", "3", "-qu2"]).finish()
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == 3)
    }

    @Test func environment() throws {
        let three = try Apus.run(target.url, environment: ["K6_ITERATIONS": "3", "K6_VUS": "2"])
        #expect(three.count("http_reqs") == 3)
        let flagWins = try Apus.run("-i", "4", target.url, environment: ["K6_ITERATIONS": "3"])
        #expect(flagWins.count("http_reqs") == 4)
        let second = try Apus.run(
            target.url + "/delay/300", environment: ["K6_VUS": "2", "K6_DURATION": "1s"])
        // The last reading of `vus` may come when they end already.
        #expect(second.metric("vus_max") == nil || second.metric("vus_max")!.hasPrefix("2"))
        // 6 to 8 where each takes its 300 ms.
        let done = try #require(second.count("http_reqs"))
        let tookMs = try #require(second.ms("iteration_duration", "avg"))
        #expect(done <= 8 && Double(done) * tookMs >= 1800, "\(done) of \(tookMs) ms")
        let bad = try Apus.run(target.url, environment: ["K6_VUS": "some"])
        #expect(bad.code == 104)
        #expect(bad.err.contains("K6_VUS"), "\(bad.err)")
    }

    @Test func dryRunStartsNothing() throws {
        let end = try Apus.start(["run", "--preset", "spike", "--dry-run", target.url]).finish()
        #expect(end.code == 0)
        #expect(end.out.contains("* spike: Up to 500 looping VUs for 4m0s over 6 stages"))
        #expect(end.out.contains("http_req_duration: p(95)<2000"))
        #expect(!end.out.contains("TOTAL RESULTS"))
        #expect(try Wire.get(target.hostPort, "/stats").contains("{\"requests\":1,"))
    }

    // MARK: - summary

    @Test func summaryModes() throws {
        let compact = try Apus.run("-i", "2", target.url)
        #expect(compact.metric("http_req_waiting") == nil)
        let full = try Apus.run("-i", "2", "--summary-mode", "full", target.url)
        #expect(full.metric("http_req_waiting") != nil)
        let legacy = try Apus.run("-i", "2", "--summary-mode", "legacy", target.url)
        #expect(legacy.out.contains("     http_reqs......................: 2 "))
        #expect(!legacy.out.contains("TOTAL RESULTS"))
        for arguments in [["--summary-mode", "disabled"], ["--no-summary"]] {
            let none = try Apus.start(["run", "-q", "-i", "2", target.url] + arguments).finish()
            #expect(none.code == 0)
            #expect(none.out == "")
        }
    }

    @Test func trendStats() throws {
        let end = try Apus.run(
            "-i", "4", "--summary-trend-stats", "min,p(99.9),count", "--summary-time-unit", "us", target.url)
        let text = try #require(end.metric("http_req_duration"))
        #expect(text.hasPrefix("min="))
        #expect(text.contains("µs p(99.9)="))
        #expect(text.hasSuffix("count=4"))
    }

    @Test func export() throws {
        let path = Scratch.path("summary.json")
        let end = try Apus.run(
            "-i", "25", "-u", "3", "--summary-export", path, "--threshold", "http_reqs: count==25", target.url
        )
        #expect(end.code == 0)
        let json = try JSONSerialization.jsonObject(with: Data(Scratch.read(path).utf8)) as? [String: Any]
        let metrics = try #require(json?["metrics"] as? [String: [String: Any]])
        #expect(metrics["http_reqs"]?["count"] as? Int == 25)
        #expect(metrics["iterations"]?["count"] as? Int == 25)
        #expect((metrics["http_reqs"]?["thresholds"] as? [String: Bool]) == ["count==25": false])
        #expect(metrics["http_req_failed"]?["fails"] as? Int == 25)
        for stat in ["avg", "min", "med", "max", "p(90)", "p(95)"] {
            let exported = try #require(metrics["http_req_duration"]?[stat] as? Double)
            let shown = try #require(end.ms("http_req_duration", stat))
            // The text is cut off after two decimals of its unit, milliseconds at most.
            #expect(exported - shown >= -1e-9 && exported - shown < 0.01 + 1e-9)
        }
    }

    @Test(
        arguments: [
            (["--price", "vcpu=0.04,gb=0.004"], "--price)"),
            (["--region", "us-east-1", "--arch", "arm64"], "us-east-1 arm64, "),
            ([], nil),
        ] as [([String], String?)])
    func price(_ flags: [String], _ source: String?) throws {
        let end = try Apus.start(["run", "-q", "-i", "100", target.url] + flags).finish()
        #expect(end.code == 0)
        let line = end.metric("fargate dollars per million requests")
        #expect((line == nil) == (source == nil), "\(end.out)")
        if let line, let source { #expect(line.hasPrefix("$") && line.contains(source)) }
    }

    @Test(arguments: ["/dev/full", "/nonexistent/summary.json"])
    func exportFails(_ path: String) throws {
        // k6 logs it and keeps its exit code.
        let end = try Apus.run("-i", "1", "--summary-export", path, target.url)
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == 1)
        #expect(end.logLines("error").count == 1)
        #expect(end.err.contains(path))
    }

    @Test func theReaderGoesAway() throws {
        let child = try Child(
            "/bin/bash", ["-c", "\"$0\" run -d 1s \"$1\" | head -1", Apus.path, target.url])
        let end = try child.finish()
        #expect(end.code == 0)
        #expect(end.err.split(separator: "\n").count <= 1, "\(end.err)")
    }

    @Test func fullStandardOutput() throws {
        let end = try Apus.start(["run", "-q", "-i", "1", target.url], out: "/dev/full").finish()
        #expect(end.code == 0)
        #expect(end.err.contains("the summary could not be written: No space left on device"))
    }

    // MARK: - thresholds

    @Test func thresholds() throws {
        let passed = try Apus.run(
            "-i", "10", "--threshold", "http_req_duration: p(95)<5000", "--threshold",
            "http_req_failed: rate<0.01",
            target.url)
        #expect(passed.code == 0)
        #expect(passed.out.contains("    http_req_duration\n    ✓ 'p(95)<5000' p(95)="))
        let crossed = try Apus.run(
            "-i", "10", "--threshold", "http_req_failed: rate<0.01", "--threshold", "http_reqs: count>5",
            target.url + "/status/503")
        #expect(crossed.code == 99)
        #expect(crossed.out.contains("    http_req_failed\n    ✗ 'rate<0.01' rate=100.00%"))
        #expect(crossed.out.contains("    http_reqs\n    ✓ 'count>5' count=10"))
        #expect(crossed.logLines("error").count == 1)
        #expect(
            crossed.err.contains("thresholds on metrics 'http_req_failed' have been crossed"),
            "\(crossed.err)")
        let ignored = try Apus.run(
            "-i", "2", "--no-thresholds", "--threshold", "http_reqs: count>5", target.url)
        #expect(ignored.code == 0)
    }

    @Test func subMetric() throws {
        let end = try Apus.run(
            "-i", "3", "--threshold", "http_req_duration{status:200}: max<5000", "--threshold",
            "http_reqs{status:404}: count==0", target.url)
        #expect(end.code == 0)
        #expect(end.out.contains("{ status:200 }"))
    }

    @Test func abortOnFail() throws {
        let config = try Scratch.write(
            """
            {"duration":"30s","vus":2,
             "thresholds":{"http_req_failed":[{"threshold":"rate<0.5","abortOnFail":true,"delayAbortEval":"1s"}]}}
            """, "abort.json")
        let end = try Apus.run("-c", config, target.url + "/status/500", within: 15)
        #expect(end.code == 99)
        #expect((1.5...10).contains(end.seconds))
        #expect(end.count("http_reqs") ?? 0 > 0)
    }

    // MARK: - plans

    @Test func everyExecutorAtOnce() throws {
        let config = try Scratch.write(
            """
            {"minIterationDuration":"100ms","scenarios":{
             "shared":{"executor":"shared-iterations","vus":2,"iterations":20},
             "per_vu":{"executor":"per-vu-iterations","vus":2,"iterations":5},
             "constant":{"executor":"constant-vus","vus":2,"duration":"2s"},
             "ramping":{"executor":"ramping-vus","startVUs":1,"stages":[{"duration":"1s","target":3},
                        {"duration":"1s","target":0}]},
             "rate":{"executor":"constant-arrival-rate","rate":50,"duration":"2s","preAllocatedVUs":20},
             "ramp_rate":{"executor":"ramping-arrival-rate","startRate":20,"startTime":"500ms","preAllocatedVUs":20,
                          "stages":[{"duration":"1s","target":60}]},
             "external":{"executor":"externally-controlled","vus":1,"maxVUs":3,"duration":"2s"}},
             "thresholds":{"iterations{scenario:shared}":["count==20"],"iterations{scenario:per_vu}":["count==10"],
              "iterations{scenario:constant}":["count>=36","count<=40"],
              "iterations{scenario:ramping}":["count>=15","count<=45"],
              "iterations{scenario:rate}":["count==100"],"iterations{scenario:ramp_rate}":["count==40"],
              "iterations{scenario:external}":["count>=18","count<=21"]}}
            """, "seven.json")
        var end = try Apus.start(["run", "-c", config, target.url]).finish()
        // A busy machine may do less in two seconds now and then, of what is not a number of iterations.
        for _ in 0..<5 where end.code == 99 {
            for name in ["shared", "per_vu", "rate", "ramp_rate"] {
                #expect(!end.err.contains("iterations{scenario:\(name)}"), "\(end.out)\(end.err)")
            }
            end = try Apus.start(["run", "-c", config, target.url]).finish()
        }
        #expect(end.code == 0, "\(end.out)\(end.err)")
        #expect(end.out.contains("scenarios: (100.00%) 7 scenarios"))
        for name in ["constant", "external", "per_vu", "ramping", "rate", "shared", "ramp_rate"] {
            #expect(
                end.out.contains("\(name)".padding(toLength: 10, withPad: " ", startingAt: 0) + "✓ [ 100% ]"))
        }
    }

    /// One of four parts: 3, 3, 2 and 2 of 10 iterations, as k6 deals them.
    @Test(arguments: [(0, 3), (1, 3), (2, 2), (3, 2)])
    func segment(_ part: Int, _ count: Int) throws {
        let end = try Apus.run(
            "-i", "10", "-u", "4", "--execution-segment", "\(part)/4:\(part + 1)/4",
            "--execution-segment-sequence", "0,1/4,2/4,3/4,1", target.url)
        #expect(end.count("http_reqs") == count)
    }

    @Test func rate() throws {
        let end = try Apus.run("--rate", "100", "-d", "2s", "--threads", "2", target.url)
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == 200)
        #expect(end.metric("dropped_iterations") == nil)
        #expect(end.metric("apus_start_lateness") != nil)
        #expect(end.out.contains("/s offered, "))
    }

    @Test func dropsAreCounted() throws {
        let end = try Apus.run("--rate", "20", "-d", "1s", "-u", "1", target.url + "/delay/2000")
        #expect(end.code == 0)
        #expect(end.count("http_reqs") == 1)
        #expect(end.count("dropped_iterations") == 19)
        #expect(end.err.contains("Insufficient VUs, reached 1 active VUs"))
    }

    /// While the server is silent, only the scheduled clock sees the requests that wait for their turn.
    @Test func bothClocks() throws {
        let child = try Apus.start([
            "run", "-q", "--rate", "200", "-d", "3s", "-u", "20", "--summary-trend-stats", "med,p(99),max",
            target.url,
        ])
        // In the middle of it, however long it took to start.
        try waitForRequests(100)
        _ = try Wire.get(target.hostPort, "/fault/stop?seconds=1")
        let end = try child.finish()
        #expect(end.code == 0)
        #expect(try #require(end.ms("apus_response_time", "p(99)")) >= 500)
        #expect(try #require(end.ms("apus_response_time", "med")) < 100)
        #expect(try #require(end.ms("http_req_duration", "max")) >= 500)
        #expect(try #require(end.count("dropped_iterations")) > 50)
    }

    /// Requests that reached the target so far.
    private func served() throws -> Int {
        let answer = try Wire.get(target.hostPort, "/stats")
        let digits = answer.split(separator: "\"requests\":").last?.prefix { $0.isNumber }
        // The question is one of them.
        return try #require(digits.flatMap { Int($0) }, "\(answer)") - 1
    }

    private func waitForRequests(_ count: Int) throws {
        let limit = Date(timeIntervalSinceNow: 20)
        while try served() < count {
            if Date() > limit { throw ChildError(description: "no \(count) requests within 20 s") }
            usleep(50_000)
        }
    }

    // MARK: - signals

    @Test(arguments: [SIGINT, SIGTERM])
    func oneSignalEndsGracefully(_ signal: Int32) throws {
        let child = try Apus.start(["run", "-u", "3", "-d", "30s", target.url + "/delay/100"])
        try child.waitForOutput { $0.contains("running (") }
        let signalled = Date()
        child.signal(signal)
        let end = try child.finish()
        let endedIn = Date().timeIntervalSince(signalled)
        #expect(end.code == 105)
        // All that was answered counts, for the VUs had a second of 100 ms each.
        let count = try #require(end.count("http_reqs"))
        let tookMs = try #require(end.ms("iteration_duration", "avg"))
        #expect(Double(count) * tookMs >= 1500, "\(count) of \(tookMs) ms")
        let served = try served()
        #expect((served - 3...served).contains(count), "\(count) of \(served)")
        #expect(end.out.contains("0/3 VUs"))
        #expect(end.logLines("error").count == 1)
        #expect(endedIn < 5)
    }

    @Test func twoSignalsEndAtOnce() throws {
        let child = try Apus.start(["run", "-u", "3", "-d", "30s", target.url + "/fault/stall-head"])
        try child.waitForOutput { $0.contains("running (") }
        child.signal(SIGINT)
        child.signal(SIGTERM)
        // A minute earlier than without them.
        let end = try child.finish(within: 20)
        #expect(end.code == 105)
    }

    @Test func targetSaysWhatItServed() throws {
        let child = try Apus.start(["target", "-a", "127.0.0.1:0"])
        try child.waitForOutput { $0.hasSuffix("\n") }
        let url = child.out.split(separator: " ")[2].dropLast()
        _ = try Apus.run("-i", "7", String(url))
        child.signal(SIGINT)
        let end = try child.finish()
        #expect(end.code == 0)
        #expect(end.out.hasSuffix("stopped after 7 requests on 1 connections\n"), "\(end.out)")
    }
}
