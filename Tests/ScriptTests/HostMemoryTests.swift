// Memory of the host behind objects of a script: what is held stays, tags that are set anew each time are
// forgotten. Bodies that do not fit: MemoryLimitTests. That garbage goes: EndToEndTests, as a process.

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

@Suite(.serialized) struct HostMemoryTests {
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
    /// What such waits take on this machine is measured beside them.
    @Test(arguments: ["sleep(0.001)", "await new Promise((go) => setTimeout(go, 1))"])
    func waitsAfterAnEndOfThePass(wait: String) throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            import { sleep } from 'k6'
            export default async function () {
                let [alone, behind] = [0, 0]
                for (let i = 0; i < 40; i++) {
                    const first = Date.now()
                    \(wait)
                    const second = Date.now()
                    http.get('http://127.0.0.1:9/')
                    \(wait)
                    alone += second - first
                    behind += Date.now() - second
                }
                console.log(behind < 2 * alone + 900 ? 'in time' : 'late: ' + behind + ' and ' + alone)
            }
            """, iterations(1))
        #expect(run.lines == ["in time"])
    }
}
