// An iteration's life: it ends when its event queue is empty; scenarios share VUs; the script ends the run.

import Base
import Engine
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

private func once(_ iterations: Int64 = 1, vus: Int64 = 1, exec: String = "default") -> Scenario {
    Scenario(
        name: exec,
        executor: .perVUIterations(vus: vus, iterations: iterations, maxDurationNs: 10_000 * ms), exec: exec)
}

@Suite(.serialized) struct LifeTests {
    /// The order is k6's.
    @Test func jobsComeBeforeTimersAndTimersByTime() throws {
        let run = try ScriptRun(
            """
            import http from 'k6/http'
            export default async function () {
                const say = (text) => console.log(text)
                setTimeout(() => say('t0'), 0)
                setTimeout(() => say('t20'), 20)
                setTimeout((a, b) => say('t5 ' + (a + b)), 5, 1, 2)
                Promise.resolve().then(() => say('m1')).then(() => say('m2'))
                ;(async () => { say('a1'); await null; say('a2') })()
                const cleared = setTimeout(() => say('never'), 1)
                clearTimeout(cleared)
                say('end of main')
                await new Promise((resolve) => setTimeout(resolve, 40))
                say('last')
            }
            """, [once()])
        #expect(run.lines == ["a1", "end of main", "m1", "a2", "m2", "t0", "t5 3", "t20", "last"])
        #expect(run.completed == 1)
    }

    @Test func anErrorEndsTheIterationWithItsTimers() throws {
        let run = try ScriptRun(
            """
            export default function () {
                setTimeout(() => console.log('never'), 50)
                switch (__ITER) {
                case 0: throw new TypeError('sync')
                case 1: Promise.reject(new Error('rejected')); break
                case 2: setTimeout(() => { throw new Error('in timer') }, 5); break
                case 3: return new Promise((_, reject) => setTimeout(() => reject('text'), 5))
                }
                if (__ITER === 4) console.log('clean')
            }
            """, [once(5)])
        let heads = run.lines.map { $0.split(separator: "\n").first.map(String.init) ?? "" }
        let stopped = { (id: Int) in "setTimeout \(id) was stopped because the VU iteration was interrupted" }
        #expect(
            heads == [
                stopped(1), "TypeError: sync", stopped(2), "Uncaught (in promise) Error: rejected",
                stopped(3),
                "Error: in timer", stopped(5), "Uncaught (in promise) text", "clean", "never",
            ])
        #expect(run.completed == 5)
    }

    @Test(arguments: [1, 2])
    func scenariosShareVUsAndKeepTheirOwn(workers: Int) throws {
        let run = try ScriptRun(
            """
            import exec from 'k6/execution'
            const say = () => {
                console.log([exec.scenario.name, __ENV.X, __ENV.ALL, exec.vu.tags.own, __ENV.kept,
                    exec.vu.iterationInScenario].join(' '))
                exec.vu.tags.own = 'changed'
                __ENV.kept = 'yes'
            }
            export const a = say, b = say
            """,
            [
                Scenario(
                    name: "a", executor: .perVUIterations(vus: 2, iterations: 2, maxDurationNs: 5000 * ms),
                    exec: "a", env: ["X": "ax"], tags: ["own": "ta"]),
                Scenario(
                    name: "b", executor: .perVUIterations(vus: 2, iterations: 2, maxDurationNs: 5000 * ms),
                    startTimeNs: 300 * ms, exec: "b", env: ["X": "bx"], tags: ["own": "tb"]),
            ], workers: workers, env: ["ALL": "all"])
        #expect(
            run.lines.sorted() == [
                "a ax all changed yes 1", "a ax all changed yes 1", "a ax all ta  0", "a ax all ta  0",
                "b bx all changed yes 1", "b bx all changed yes 1", "b bx all tb  0", "b bx all tb  0",
            ])
    }

    @Test(arguments: [1, 2])
    func iterationNumbersHaveNoGaps(workers: Int) throws {
        let run = try ScriptRun(
            """
            import exec from 'k6/execution'
            import { sleep } from 'k6'
            export default () => {
                console.log(exec.scenario.iterationInTest + ' ' + exec.scenario.iterationInInstance)
                sleep(0.002)
            }
            """,
            [
                Scenario(
                    name: "default",
                    executor: .sharedIterations(vus: 4, iterations: 40, maxDurationNs: 10_000 * ms))
            ], workers: workers)
        #expect(Set(run.lines) == Set((0..<40).map { "\($0) \($0)" }))
        #expect(run.lines.count == 40)
    }

    /// k6 counts the aborting iteration as interrupted, but keeps its samples.
    @Test(arguments: [1, 2])
    func anAbortEndsTheRun(workers: Int) throws {
        let run = try ScriptRun(
            """
            import exec from 'k6/execution'
            import { sleep } from 'k6'
            export default () => {
                if (exec.vu.idInTest === 1) {
                    try { exec.test.abort('enough') } catch (e) { console.log('caught') } finally { console.log('finally') }
                }
                sleep(20)
            }
            """,
            [Scenario(name: "default", executor: .constantVUs(vus: 4, durationNs: 60_000 * ms))],
            workers: workers)
        guard case .aborted(let message) = run.stopCause else {
            Issue.record("stopped by \(String(describing: run.stopCause))")
            return
        }
        #expect(message.hasPrefix("test aborted: enough at default (file:///test/script.js:5:"), "\(message)")
        #expect(run.lines.isEmpty)
        // The other worker may not have begun when the stop arrives.
        #expect((1...4).contains(run.interrupted) && run.completed == 0)
        #expect(run.count(Builtin.iterations) == 1)
        #expect(run.elapsedNs < 3000 * ms)
    }
}
