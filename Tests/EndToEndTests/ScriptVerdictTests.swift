// What a summary says of where a script's VUs spent their time: in requests, in pauses of their own, in the
// script itself. Long waits of known lengths, so that a busy machine changes little.

import Foundation
import ProcessSupport
import Testing

@Suite struct ScriptVerdictTests {
    let target: Target

    init() throws { target = try Target() }

    /// `server 12.3%, think 80.0%, client 7.7%`, and Little's law's mean seconds of the same.
    private struct Shares {
        var server: Double
        var think: Double
        var client: Double
    }

    private func run(_ body: String, _ options: String, _ flags: [String] = []) throws -> String {
        let script = try Scratch.write(
            """
            import http from 'k6/http';
            import { sleep } from 'k6';
            export const options = { \(options) };
            const U = '\(target.url)/';
            export default async function () { \(body) }
            """, "where.js")
        let end = try Apus.start(["run", "--no-color"] + flags + [script]).finish(within: 30)
        #expect(end.code == 0, "\(end.err)")
        return end.out
    }

    private func line(_ name: String, _ text: String) throws -> Substring {
        let line = text.split(separator: "\n").first {
            $0.trimmingCharacters(in: .whitespaces).hasPrefix(name + "..")
        }
        return try #require(line?.split(separator: ": ", maxSplits: 1).last, "\(text)")
    }

    private func shares(_ text: String) throws -> Shares {
        let numbers = try line("time of vus", text).split(whereSeparator: { !"0123456789.".contains($0) })
            .compactMap { Double($0) }
        try #require(numbers.count == 3, "\(text)")
        #expect(abs(numbers.reduce(0, +) - 100) < 0.2)
        return Shares(server: numbers[0], think: numbers[1], client: numbers[2])
    }

    /// Both sides of Little's law are measured apart.
    private func expectNoGap(_ text: String) throws {
        #expect(try line("gap", text).contains("✓"), "\(text)")
    }

    @Test func sleepIsThinkTime() throws {
        let text = try run("http.get(U + 'delay/50'); sleep(0.2);", "vus: 5, duration: '1500ms'")
        let shares = try shares(text)
        #expect(shares.think > 60 && shares.think < 85, "\(shares)")
        #expect(shares.server > 10 && shares.server < 35, "\(shares)")
        try expectNoGap(text)
    }

    @Test func timersAreThinkTimeAndAsyncRequestsAreNot() throws {
        let text = try run(
            "await http.asyncRequest('GET', U + 'delay/100'); await new Promise((r) => setTimeout(r, 200));",
            "vus: 5, duration: '1500ms'")
        let shares = try shares(text)
        #expect(shares.think > 50 && shares.think < 72, "\(shares)")
        #expect(shares.server > 20 && shares.server < 45, "\(shares)")
        try expectNoGap(text)
    }

    /// Six requests at the same time are one wait.
    @Test func aBatchIsWaitedForOnce() throws {
        let text = try run(
            "http.batch(Array(6).fill(U + 'delay/50')); sleep(0.05);", "vus: 4, duration: '1500ms'")
        let shares = try shares(text)
        #expect(shares.server > 35 && shares.server < 65, "\(shares)")
        #expect(shares.think > 30 && shares.think < 60, "\(shares)")
        try expectNoGap(text)
    }

    @Test func aMinimumDurationIsThinkTime() throws {
        let text = try run(
            "http.get(U + 'delay/50');", "vus: 5, duration: '1500ms'", ["--min-iteration-duration", "250ms"])
        let shares = try shares(text)
        #expect(shares.think > 65 && shares.think < 85, "\(shares)")
        try expectNoGap(text)
        let url = try Apus.run(
            "-u", "5", "-d", "1500ms", "--min-iteration-duration", "250ms", target.url + "/delay/50")
        #expect(try self.shares(url.out).think > 65)
        try expectNoGap(url.out)
    }

    /// The end of the run cuts the rest short.
    @Test func aMinimumDurationBeyondTheEnd() throws {
        let text = try run(
            "http.get(U + 'delay/50');",
            "scenarios: { a: { executor: 'constant-vus', vus: 5, duration: '1s', gracefulStop: '0s' } }",
            ["--min-iteration-duration", "1h"])
        #expect(try shares(text).think > 80)
        try expectNoGap(text)
    }

    @Test func aComputingScriptIsTheCause() throws {
        let text = try run(
            "http.get(U); const end = Date.now() + 20; while (Date.now() < end);",
            "vus: 4, duration: '1500ms'", ["--threads", "1"])
        let share = try line("script share", text)
        let percent = try #require(Double(share.prefix { $0 != "%" }.drop { !$0.isNumber }))
        #expect(percent > 70 && percent <= 100, "\(text)")
        // A stretch ends when the slice of 2 ms is over: it is not the 20 ms the script computes.
        #expect(share.contains("longest stall"))
        #expect(try line("verdict", text).contains("CLIENT-BOUND"), "\(text)")
        try expectNoGap(text)
    }

    /// A built-in that does not let go shows as a stall.
    @Test func aBuiltInThatDoesNotLetGoIsAStall() throws {
        let text = try run(
            "http.get(U); JSON.parse('[' + '1,'.repeat(400000) + '1]'); sleep(0.3);",
            "vus: 1, iterations: 2")
        let stall = try line("script share", text)
        #expect(stall.contains("longest stall"))
        let number = try #require(stall.split(separator: "stall ").last?.split(separator: " ").first)
        #expect((Double(number) ?? 0) > 3, "\(stall)")
    }

    @Test func aURLHasNoScript() throws {
        let end = try Apus.run("-i", "10", target.url)
        #expect(!end.out.contains("script share"))
        #expect(end.out.contains("time of vus"))
    }
}
