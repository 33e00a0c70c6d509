// Memory of the host behind objects of a script: bodies, pages and files that are garbage go while scripts
// run, bodies that do not fit cost their VU the iteration, tags that are set anew each time are forgotten.

import Base
import Engine
import Foundation
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

private func iterations(_ count: Int64, vus: Int64 = 1) -> [Scenario] {
    [
        Scenario(
            name: "default",
            executor: .perVUIterations(vus: vus, iterations: count, maxDurationNs: 60_000 * ms))
    ]
}

/// The most the process had in memory since `reset`.
private enum PeakMemory {
    static func reset() throws {
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    static func bytes() throws -> Int64 {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kibibytes = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int64($0) })
        return kibibytes * 1024
    }
}

@Suite(.serialized) struct HostMemoryTests {
    /// The sanitizers keep what was freed, or take several times what there is.
    private static let measuresMemory =
        dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil

    /// A function that calls itself keeps all around it until the collector looks, which goes by what the
    /// engine has allocated: a kilobyte of it may hold a megabyte of a body.
    @Test(
        .enabled(if: measuresMemory),
        arguments: [
            "const held = http.get('http://127.0.0.1:9/bytes/1000000')",
            "const held = http.post('http://127.0.0.1:9/', large)",
            "const held = http.file(large, 'name')",
            "const held = parseHTML(page)",
            "const held = http.get('http://127.0.0.1:9/'); held.body = large",
        ])
    func garbageWithMuchBehindIt(statement: String) throws {
        let source = """
            import http from 'k6/http'
            import { parseHTML } from 'k6/html'
            const large = 'x'.repeat(1000000)
            const page = '<p>a</p>'.repeat(10000)
            export default function () {
                \(statement)
                const walk = (n) => (n > 0 ? walk(n - 1) : held)
                walk(3)
            }
            """
        try PeakMemory.reset()
        let before = try PeakMemory.bytes()
        let run = try ScriptRun(source, iterations(300))
        let grown = try PeakMemory.bytes() - before
        #expect(run.completed == 300)
        #expect(run.lines.isEmpty, "\(run.lines)")
        // All of it would be 300 MB and more.
        #expect(grown < 120 << 20, "\(grown >> 20) MiB")
    }

    @Test(.enabled(if: measuresMemory)) func aJarThatIsGarbage() throws {
        try PeakMemory.reset()
        let before = try PeakMemory.bytes()
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            const value = 'v'.repeat(4000)
            export default function () {
                const jar = new http.CookieJar()
                for (let i = 0; i < 50; i++) jar.set('http://127.0.0.1:9/', 'c' + i, value)
                const walk = (n) => (n > 0 ? walk(n - 1) : jar)
                walk(3)
            }
            """, iterations(1200))
        let grown = try PeakMemory.bytes() - before
        #expect(run.completed == 1200)
        // All jars together: 240 MB.
        #expect(grown < 100 << 20, "\(grown >> 20) MiB")
    }

    /// What a script still holds is not taken from it, however much that is.
    @Test func whatIsHeldStays() throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            const kept = []
            export default function () {
                kept.push(http.get('http://127.0.0.1:9/bytes/200000'))
                const walk = (n) => (n > 0 ? walk(n - 1) : kept)
                walk(3)
                if (kept.some((r) => r.body.length !== 200000)) throw new Error('a body is gone')
            }
            """, iterations(20))
        #expect(run.completed == 20)
        #expect(run.lines.isEmpty, "\(run.lines)")
    }

    @Test(.enabled(if: measuresMemory)) func aBodyThatDoesNotFit() throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            import { sleep } from 'k6'
            export function large() {
                const response = http.get('http://127.0.0.1:9/bytes/400000000')
                console.log('there ' + response.body.length)
            }
            export function small() {
                const response = http.get('http://127.0.0.1:9/bytes/100000')
                if (response.body.length !== 100000) console.log('short ' + response.body.length)
                sleep(0.005)
            }
            """,
            [
                Scenario(
                    name: "large",
                    executor: .perVUIterations(vus: 1, iterations: 3, maxDurationNs: 20_000 * ms),
                    exec: "large"),
                Scenario(name: "small", executor: .constantVUs(vus: 2, durationNs: 500 * ms), exec: "small"),
            ], memoryBytes: 160 << 20)
        #expect(run.lines.count == 3, "\(run.lines)")
        #expect(run.lines.allSatisfy { $0.contains("ran out of memory at ") }, "\(run.lines)")
        #expect(run.stopCause == nil)
        #expect(run.completed > 20)
    }

    /// More tags than a worker remembers, while other VUs are in groups and requests that keep theirs.
    @Test func tagsThatAreSetAnewEachTime() throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            import { check, group, sleep } from 'k6'
            import exec from 'k6/execution'
            export function maker() {
                for (let i = 0; i < 12000; i++) {
                    exec.vu.metrics.tags.step = exec.vu.iterationInInstance + '-' + i
                    group('made', () => check(i, { made: () => true }))
                }
            }
            export function keeper() {
                exec.vu.metrics.tags.who = 'keeper' + exec.vu.idInTest
                group('outer', () => {
                    group('inner', () => {
                        http.get('http://127.0.0.1:9/delay/20')
                        sleep(0.02)
                        check(exec.vu.metrics.tags, {
                            inner: (tags) => tags.group === '::outer::inner' && tags.who.startsWith('keeper'),
                        })
                    })
                    sleep(0.01)
                    if (exec.vu.metrics.tags.group !== '::outer') throw new Error(exec.vu.metrics.tags.group)
                })
                if (exec.vu.metrics.tags.group !== '') throw new Error(exec.vu.metrics.tags.group)
            }
            """,
            [
                Scenario(
                    name: "maker",
                    executor: .perVUIterations(vus: 2, iterations: 2, maxDurationNs: 60_000 * ms),
                    exec: "maker"),
                Scenario(
                    name: "keeper",
                    executor: .perVUIterations(vus: 5, iterations: 20, maxDurationNs: 60_000 * ms),
                    exec: "keeper"),
            ])
        #expect(run.lines.isEmpty, "\(run.lines)")
        #expect(run.completed == 104)
        #expect(run.count(Builtin.checks) == 48_000 + 100)
        #expect(run.count(Builtin.groupDuration) == 48_000 + 200)
    }
}

/// Timers that scripts set while the transport tells them something.
struct WakeTests {
    /// An end that comes with the pass rather than from a socket: what the script then waits for must move
    /// the loop's next wake. Without it each of these waits takes until something else happens, here 50 ms.
    @Test(arguments: ["sleep(0.001)", "await new Promise((go) => setTimeout(go, 1))"])
    func waitsAfterAnEndOfThePass(wait: String) throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            import { sleep } from 'k6'
            export default async function () {
                const began = Date.now()
                for (let i = 0; i < 40; i++) {
                    http.get('http://127.0.0.1:9/')
                    \(wait)
                }
                console.log(Date.now() - began < 1000 ? 'in time' : 'late by ' + (Date.now() - began))
            }
            """, iterations(1))
        #expect(run.lines == ["in time"])
    }
}
