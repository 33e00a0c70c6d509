// Scripts that want more memory than there is: the VU that takes it is made anew, the others go on. What the
// process takes is measured, so each of these runs is a process of its own.

import Base
import Engine
import Glibc
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

/// What can be measured of a process's memory.
private enum Measures {
    /// The address sanitizer keeps what was freed, so nothing would ever be left again.
    static let freedMemory = dlsym(nil, "__asan_init") == nil
    /// The thread sanitizer takes several times what a VU takes.
    static let vus = freedMemory && dlsym(nil, "__tsan_init") == nil
}

@Suite(.serialized) struct MemoryLimitTests {
    @Test(
        .enabled(if: Measures.freedMemory),
        arguments: [
            "const a = []; while (true) a.push({ x: 1, y: 'a' + a.length })",
            "const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })",
            "const a = []; for (let i = 0; ; i++) a[i] = new Array(100000).fill(i)",
            "let f = () => 1; while (true) { const g = f; f = () => g }",
            "globalThis.hold = []; while (true) globalThis.hold.push('x'.repeat(100) + globalThis.hold.length)",
        ], [false, true])
    func aVUWithoutMemoryStartsAfresh(body: String, copies: Bool) async {
        await #expect(processExitsWith: .success) { [body, copies] in
            try expectAtSomeScale { scale in
                let run = try ScriptRun(
                    Neighbours.source + """

                        const kept = Array.from({ length: 2000 }, (_, i) => ({ i })), long = 'ab'.repeat(5000)
                        export function bad() {
                            if (kept[1999].i !== 1999 || long.length !== 10000) console.log('not kept')
                            kept.length = 0
                            console.log('bad ' + typeof globalThis.before)
                            globalThis.before = 1
                            try { \(body) } catch (e) { console.log('caught') } finally { console.log('finally') }
                        }
                        """, [Neighbours.good(ms: 1500 * scale), Neighbours.bad(3, ms: 60_000)],
                    memoryBytes: 96 << 20,
                    copies: copies)
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
                return run.completed > 10 ? nil : "\(run.completed) completed"
            }
        }
    }

    /// Garbage in cycles lies about in every VU until its own collector looks; nobody has to pay for it.
    @Test(.enabled(if: Measures.vus)) func garbageOfAllIsLookedForFirst() async {
        await #expect(processExitsWith: .success) {
            try expectAtSomeScale { scale in
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
                    [
                        Scenario(
                            name: "all", executor: .constantVUs(vus: 100, durationNs: 2000 * ms * scale),
                            exec: "default")
                    ],
                    memoryBytes: 85 << 20)
                #expect(run.lines.isEmpty, "\(run.lines)")
                #expect(run.stopCause == nil)
                return run.completed > 300 ? nil : "\(run.completed) completed"
            }
        }
    }

    /// What one VU holds between its iterations is taken from it when another finds nothing left.
    @Test(.enabled(if: Measures.vus), arguments: [false, true]) func theVUWithMostPays(copies: Bool) async {
        await #expect(processExitsWith: .success) { [copies] in
            try expectAtSomeScale { scale in
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
                        Scenario(
                            name: "hog", executor: .constantVUs(vus: 1, durationNs: 3000 * ms * scale),
                            exec: "hog"),
                        Scenario(
                            name: "good", executor: .constantVUs(vus: 4, durationNs: 3000 * ms * scale),
                            exec: "good"),
                    ], memoryBytes: 64 << 20, copies: copies)
                #expect(run.madeImage == copies)
                let paid = run.lines.filter { $0.contains("ran out of memory") }
                #expect(Set(paid.map { $0.prefix(while: { $0 != "r" }) }).count <= 1, "\(paid)")
                #expect(run.stopCause == nil)
                return paid.isEmpty ? "nobody paid" : nil
            }
        }
    }

    /// As it arrives, or as small ones are decoded.
    @Test(.enabled(if: Measures.vus), arguments: ["bytes", "coded/gzip", "coded/zstd", "coded/gzip,br"])
    func aBodyThatDoesNotFit(form: String) async {
        await #expect(processExitsWith: .success) { [form] in
            try expectAtSomeScale { scale in
                let run = try ScriptRun(
                    """
                    import http from 'k6/http'
                    import { sleep } from 'k6'
                    export function large() {
                        const response = http.get('http://127.0.0.1:9/\(form)/400000000')
                        console.log('there ' + response.status)
                    }
                    export function small() {
                        const response = http.get('http://127.0.0.1:9/\(form)/100000')
                        if (response.body.length !== 100000) console.log('short ' + response.body.length)
                        sleep(0.005)
                    }
                    """,
                    [
                        Scenario(
                            name: "large",
                            executor: .perVUIterations(vus: 1, iterations: 3, maxDurationNs: 20_000 * ms),
                            exec: "large"),
                        Scenario(
                            name: "small", executor: .constantVUs(vus: 2, durationNs: 2000 * ms * scale),
                            exec: "small"),
                    ], memoryBytes: 160 << 20)
                #expect(run.lines.count == 3, "\(run.lines)")
                #expect(run.lines.allSatisfy { $0.contains("ran out of memory at ") }, "\(run.lines)")
                #expect(run.stopCause == nil)
                return run.completed > 20 ? nil : "\(run.completed) completed"
            }
        }
    }
}
