// What a summary says of where a script's VUs spent their time: in requests, in pauses of their own, in the
// script itself. Long waits of known lengths; on a busy machine each takes longer by chance, so that one of
// some runs must show the shares. That the sums agree is expected of every run.

import Foundation
import ProcessSupport
import TestSupport
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

    /// Runs `body` until its shares are between these.
    private func expectShares(
        server: Range<Double> = 0..<100, think: Range<Double>, _ body: String, vus: Int = 5,
        _ flags: [String] = []
    ) throws {
        var seen: [Shares] = []
        let isShown = try isKept(inOneOf: 10) {
            let text = try run(body, "vus: \(vus), duration: '1500ms'", flags)
            try expectNoGap(text)
            let shares = try shares(text)
            seen.append(shares)
            return server.contains(shares.server) && think.contains(shares.think)
        }
        #expect(isShown, "\(seen)")
    }

    @Test func sleepIsThinkTime() throws {
        try expectShares(server: 10..<35, think: 60..<85, "http.get(U + 'delay/50'); sleep(0.2);")
    }

    @Test func timersAreThinkTimeAndAsyncRequestsAreNot() throws {
        try expectShares(
            server: 20..<45, think: 50..<72,
            "await http.asyncRequest('GET', U + 'delay/100'); await new Promise((r) => setTimeout(r, 200));")
    }

    /// Six requests at the same time are one wait.
    @Test func aBatchIsWaitedForOnce() throws {
        try expectShares(
            server: 35..<65, think: 30..<60, "http.batch(Array(6).fill(U + 'delay/50')); sleep(0.05);",
            vus: 4)
    }

    @Test func aMinimumDurationIsThinkTime() throws {
        let flags = ["--min-iteration-duration", "250ms"]
        try expectShares(think: 65..<85, "http.get(U + 'delay/50');", flags)
        let isShown = try isKept(inOneOf: 10) {
            let end = try Apus.start(
                ["run", "-q", "-u", "5", "-d", "1500ms", target.url + "/delay/50"] + flags
            ).finish()
            try expectNoGap(end.out)
            return try shares(end.out).think > 65
        }
        #expect(isShown)
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
