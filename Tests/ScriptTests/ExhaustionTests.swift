// Scripts that want more time or stack than there is: the VU survives, its neighbours' results stay right.
// More memory: MemoryLimitTests.

import Base
import Engine
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

/// VUs that do well beside one that does not.
enum Neighbours {
    static let source = """
        import http from 'k6/http'
        import { sleep, check } from 'k6'
        export function good() {
            let sum = 0
            for (let i = 0; i < 1000; i++) sum += i
            check(http.get('http://127.0.0.1:9/'), { status: (r) => r.status === 200, sum: () => sum === 499500 })
            sleep(0.005)
        }
        """

    static func good(ms duration: Int64 = 500) -> Scenario {
        Scenario(name: "good", executor: .constantVUs(vus: 3, durationNs: duration * ms), exec: "good")
    }

    static func bad(_ iterations: Int64, ms duration: Int64 = 500) -> Scenario {
        Scenario(
            name: "bad",
            executor: .perVUIterations(vus: 1, iterations: iterations, maxDurationNs: duration * ms),
            gracefulStopNs: 0, exec: "bad")
    }
}

@Suite(.serialized) struct ExhaustionTests {
    @Test(arguments: [
        "while (true) {}", "/^(a+)+$/.test('a'.repeat(60) + 'b')", "for (;;) JSON.parse('[1]')",
    ])
    func aBusyVULeavesTheOthersTheirTurn(body: String) throws {
        let turnNs = max(25 * ms, Limits.scriptSliceNs + 2 * (try Self.askedAfterNs()))
        try expectAtSomeScale { scale in
            let run = try ScriptRun(
                Neighbours.source + "\nexport function bad() { \(body) }",
                [Neighbours.good(ms: 500 * scale), Neighbours.bad(1, ms: 500 * scale)])
            // In 500 ms of a machine that has nothing else to do the busy one has 250 turns of 2 ms, and the
            // others 20 rounds and more. On a slow one both have less, but the others their part of it.
            #expect(run.completed * 250 >= run.passes * 20, "\(run.completed) in \(run.passes) turns")
            // 20 rounds in 500 ms are 25 ms for each turn, where the engine asks often enough.
            let cpuNs = run.passesCPUNs
            #expect(cpuNs <= run.passes * turnNs, "\(cpuNs / ms) ms in \(run.passes), \(turnNs / ms) each")
            #expect(run.interrupted == 1)
            #expect(run.count(Builtin.checks) == Double(run.completed) * 2)
            let isInTime = run.elapsedNs < 2000 * ms * scale
            return run.completed >= 20 && isInTime ? nil : "\(run.completed), \(run.elapsedNs / ms) ms"
        }
    }

    /// CPU time after which the engine asks whether to go on, of code that makes it wait long: it counts
    /// 10,000 calls and jumps back. The sanitizers make it longer.
    private static func askedAfterNs() throws -> Int64 {
        let code = "export function bad() { for (let i = 0; i < 5000; i++) JSON.parse('[1]') }"
        let run = try ScriptRun(code, [Neighbours.bad(1, ms: 60_000)])
        #expect(run.completed == 1)
        return run.passesCPUNs
    }

    @Test func recursion() throws {
        let run = try ScriptRun(
            Neighbours.source + """

                const depth = (n) => (n === 0 ? 0 : 1 + depth(n - 1))
                const endless = () => 1 + endless()
                export function bad() {
                    console.log('depth ' + depth(2000))
                    try { endless() } catch (e) { console.log(e instanceof Error) }
                    const self = { get a() { return this.a } }
                    try { self.a } catch (e) { console.log(e instanceof Error) }
                    const sorting = () => [2, 1].sort(sorting)
                    try { sorting() } catch (e) { console.log(e instanceof Error) }
                    const checking = () => check(1, { c: checking })
                    try { checking() } catch (e) { console.log(e instanceof Error) }
                    console.log('still ' + http.get('http://127.0.0.1:9/').status)
                    endless()
                }
                """, [Neighbours.bad(2, ms: 20_000)])
        #expect(run.completed == 2)
        #expect(run.lines.filter { $0 == "depth 2000" }.count == 2)
        #expect(run.lines.filter { $0 == "true" }.count == 8)
        #expect(run.lines.filter { $0 == "still 200" }.count == 2)
        #expect(run.lines.filter { $0.hasPrefix("InternalError") || $0.hasPrefix("RangeError") }.count == 2)
    }
}
