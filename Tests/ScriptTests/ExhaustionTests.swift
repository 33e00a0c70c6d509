// Scripts that want more than there is: time, stack, memory. The VU survives or is made anew, and its
// neighbours' results stay right.

import Base
import Engine
import Glibc
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

private let neighbours = """
    import http from 'k6/http'
    import { sleep, check } from 'k6'
    export function good() {
        let sum = 0
        for (let i = 0; i < 1000; i++) sum += i
        check(http.get('http://127.0.0.1:9/'), { status: (r) => r.status === 200, sum: () => sum === 499500 })
        sleep(0.005)
    }
    """

private func good(_ vus: Int64 = 3, ms duration: Int64 = 500) -> Scenario {
    Scenario(name: "good", executor: .constantVUs(vus: vus, durationNs: duration * ms), exec: "good")
}

private func bad(_ iterations: Int64, ms duration: Int64 = 500) -> Scenario {
    Scenario(
        name: "bad",
        executor: .perVUIterations(vus: 1, iterations: iterations, maxDurationNs: duration * ms),
        gracefulStopNs: 0, exec: "bad")
}

@Suite(.serialized) struct ExhaustionTests {
    @Test(arguments: [
        "while (true) {}", "/^(a+)+$/.test('a'.repeat(60) + 'b')", "for (;;) JSON.parse('[1]')",
    ])
    func aBusyVULeavesTheOthersTheirTurn(body: String) throws {
        let run = try ScriptRun(neighbours + "\nexport function bad() { \(body) }", [good(), bad(1)])
        // Three VUs, at least 7 ms a round and 2 ms for the busy one in each.
        #expect(run.completed >= 20, "\(run.completed)")
        #expect(run.interrupted == 1)
        #expect(run.count(Builtin.checks) == Double(run.completed) * 2)
        #expect(run.elapsedNs < 2000 * ms)
    }

    @Test func recursion() throws {
        let run = try ScriptRun(
            neighbours + """

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
                """, [bad(2, ms: 20_000)])
        #expect(run.completed == 2)
        #expect(run.lines.filter { $0 == "depth 2000" }.count == 2)
        #expect(run.lines.filter { $0 == "true" }.count == 8)
        #expect(run.lines.filter { $0 == "still 200" }.count == 2)
        #expect(run.lines.filter { $0.hasPrefix("InternalError") || $0.hasPrefix("RangeError") }.count == 2)
    }

    /// The address sanitizer keeps what was freed, so nothing would ever be left again.
    private static let seesFreedMemory = dlsym(nil, "__asan_init") == nil
    /// The thread sanitizer takes several times what a VU takes, and the process is what is measured.
    private static let measuresVUs = seesFreedMemory && dlsym(nil, "__tsan_init") == nil

    @Test(
        .enabled(if: seesFreedMemory),
        arguments: [
            "const a = []; while (true) a.push({ x: 1, y: 'a' + a.length })",
            "const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })",
            "const a = []; for (let i = 0; ; i++) a[i] = new Array(100000).fill(i)",
            "let f = () => 1; while (true) { const g = f; f = () => g }",
            "globalThis.hold = []; while (true) globalThis.hold.push('x'.repeat(100) + globalThis.hold.length)",
        ], [false, true])
    func aVUWithoutMemoryStartsAfresh(body: String, copies: Bool) throws {
        let run = try ScriptRun(
            neighbours + """

                const kept = Array.from({ length: 2000 }, (_, i) => ({ i })), long = 'ab'.repeat(5000)
                export function bad() {
                    if (kept[1999].i !== 1999 || long.length !== 10000) console.log('not kept')
                    kept.length = 0
                    console.log('bad ' + typeof globalThis.before)
                    globalThis.before = 1
                    try { \(body) } catch (e) { console.log('caught') } finally { console.log('finally') }
                }
                """, [good(ms: 1500), bad(3, ms: 60_000)], memoryBytes: 96 << 20, copies: copies)
        #expect(run.madeImage == copies)
        #expect(run.lines.filter { $0 == "bad undefined" }.count == 3, "\(run.lines)")
        let reports = run.lines.filter { $0.hasPrefix("VU ") && $0.contains("ran out of memory at ") }
        #expect(reports.count == 3)
        // What it had when there was nothing left, not what is left of it when it is told.
        for report in reports {
            let digits = report.split(separator: " ").compactMap { Int($0) }
            #expect((digits.last ?? 0) >= 8, "\(report)")
        }
        #expect(run.lines.count == 6, "\(run.lines)")
        #expect(run.stopCause == nil)
        #expect(run.count(Builtin.checks) == Double(run.completed - 3) * 2)
        #expect(run.completed > 10)
    }

    /// Garbage in cycles lies about in every VU until its own collector looks; nobody has to pay for it.
    @Test(.enabled(if: measuresVUs)) func garbageOfAllIsLookedForFirst() throws {
        let run = try ScriptRun(
            """
            import { sleep } from 'k6'
            const live = []
            for (let i = 0; i < 4000; i++) live.push({ i, text: 'x' + i })
            export default function () {
                for (let i = 0; i < 20; i++) {
                    const a = { text: 'y'.repeat(500) + i }
                    a.self = a
                }
                if (live.length !== 4000) throw new Error('lost')
                sleep(0.002)
            }
            """,
            [Scenario(name: "all", executor: .constantVUs(vus: 100, durationNs: 2000 * ms), exec: "default")],
            memoryBytes: 85 << 20)
        #expect(run.lines.isEmpty, "\(run.lines)")
        #expect(run.stopCause == nil)
        #expect(run.completed > 300)
    }

    /// What one VU holds between its iterations is taken from it when another finds nothing left.
    @Test(.enabled(if: measuresVUs), arguments: [false, true]) func theVUWithMostPays(copies: Bool) throws {
        let run = try ScriptRun(
            """
            import { sleep } from 'k6'
            export function hog() {
                globalThis.hold = globalThis.hold || []
                for (let i = 0; i < 20000; i++) globalThis.hold.push({ i })
                sleep(0.001)
            }
            export function good() {
                const a = []
                for (let i = 0; i < 5000; i++) a.push({ i })
                sleep(0.002)
            }
            """,
            [
                Scenario(name: "hog", executor: .constantVUs(vus: 1, durationNs: 3000 * ms), exec: "hog"),
                Scenario(name: "good", executor: .constantVUs(vus: 4, durationNs: 3000 * ms), exec: "good"),
            ], memoryBytes: 64 << 20, copies: copies)
        #expect(run.madeImage == copies)
        let paid = run.lines.filter { $0.contains("ran out of memory") }
        #expect(!paid.isEmpty)
        #expect(Set(paid.map { $0.prefix(while: { $0 != "r" }) }).count == 1, "\(paid)")
        #expect(run.stopCause == nil)
    }
}
