// Iterations that are cut off, wherever they are: `finally`, `catch` and callbacks do not run, nothing of
// them reaches the wire, the log or the metrics any more, and the next iteration of the same VU is clean.

import Base
import Engine
import Metrics
import Plan
import Script
import Testing

private let ms = Ns.perMillisecond

/// One VU that is taken away at once when it is stopped, and comes back.
private func twice(_ scale: Int64) -> Scenario {
    Scenario(
        name: "twice",
        executor: .rampingVUs(
            startVUs: 1,
            stages: [
                Stage(durationNs: 120 * ms * scale, target: 1), Stage(durationNs: 0, target: 0),
                Stage(durationNs: 80 * ms * scale, target: 0), Stage(durationNs: 0, target: 1),
                Stage(durationNs: 250 * ms * scale, target: 1),
            ], gracefulRampDownNs: 0),
        gracefulStopNs: 0)
}

/// The places code can be in: `after()` is what must never run.
private let places: [(name: String, isAsync: Bool, body: String)] = [
    ("sleep in try", false, "try { sleep(5); after() } catch (e) { after() } finally { after() }"),
    ("endless loop", false, "try { while (true) {} } catch (e) { after() } finally { after() }"),
    ("get", false, "try { http.get(U + '/delay/5000'); after() } catch (e) { after() } finally { after() }"),
    (
        "batch", false,
        "try { http.batch([U + '/delay/5000', U + '/', U + '/delay/4000']); after() } finally { after() }"
    ),
    (
        "regular expression", false,
        "try { /^(a+)+$/.test('a'.repeat(60) + 'b'); after() } catch (e) { after() } finally { after() }"
    ),
    (
        "group", false,
        "try { group('g', () => { try { sleep(5) } finally { after() } }) } finally { after() }"
    ),
    (
        "check", false,
        "try { check(1, { c: () => { try { sleep(5) } finally { after() } } }) } finally { after() }"
    ),
    (
        "getter", false,
        "try { JSON.stringify({ get a() { try { sleep(5) } finally { after() } } }) } finally { after() }"
    ),
    ("console argument", false, "console.log({ toJSON() { try { sleep(5) } finally { after() } } })"),
    (
        "sort", false,
        "try { [2, 1].sort(() => { try { sleep(5) } finally { after() } }) } finally { after() }"
    ),
    ("replace", false, "try { 'ab'.replace(/b/, () => sleep(5)) } finally { after() }"),
    ("proxy", false, "try { new Proxy({}, { get() { sleep(5) } }).x } finally { after() }"),
    (
        "iterator", false,
        "const [a] = { [Symbol.iterator]: () => ({ next() { sleep(5) }, return() { after(); return {} } }) }"
    ),
    (
        "constructor", false,
        "try { class A { constructor() { sleep(5) } } new (class extends A {})() } finally { after() }"
    ),
    (
        "generator", false,
        "const g = (function* () { try { yield 1; sleep(5) } finally { after() } })(); for (const x of g) {} after()"
    ),
    ("await timer", true, "try { await wait(5000); after() } catch (e) { after() } finally { after() }"),
    (
        "loop after await", true,
        "try { await wait(5); while (true) {} } catch (e) { after() } finally { after() }"
    ),
    ("sleep after await", true, "try { await wait(5); sleep(5) } catch (e) { after() } finally { after() }"),
    (
        "then", true,
        "return wait(5).then(() => { try { sleep(5) } finally { after() } }).then(after, after).finally(after)"
    ),
    ("loop in then", true, "return wait(5).then(() => { while (true) {} }).then(after, after).catch(after)"),
    ("jobs without end", true, "const f = () => Promise.resolve().then(f, f); await f(); after()"),
    ("await without end", true, "try { while (true) await null } finally { after() }"),
    ("timers without end", true, "const f = () => setTimeout(f, 5); f(); setTimeout(after, 3000)"),
    ("interval", true, "setInterval(() => {}, 5); setTimeout(after, 3000)"),
    (
        "async request", true,
        "try { await http.asyncRequest('GET', U + '/delay/5000'); after() } finally { after() }"
    ),
    (
        "async requests", true,
        "await Promise.all([1, 2, 3].map((i) => http.asyncRequest('GET', U + '/delay/' + (2000 + i)).then(after, after)))"
    ),
    (
        "async generator", true,
        "const g = (async function* () { try { yield 1; await wait(5000) } finally { after() } })(); "
            + "for await (const x of g) {} after()"
    ),
]

private func script(_ place: (name: String, isAsync: Bool, body: String)) -> String {
    """
    import http from 'k6/http'
    import { sleep, check, group } from 'k6'
    import { Counter } from 'k6/metrics'
    const U = 'http://127.0.0.1:9', counter = new Counter('mine')
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const after = () => {
        globalThis.left = 'behind'
        console.log('after')
        counter.add(100)
        check(1, { after: true })
        http.get(U + '/after')
    }
    export default \(place.isAsync ? "async " : "")function () {
        console.log('start ' + __ITER)
        counter.add(1)
        if (__ITER > 0) {
            http.get(U + '/second')
            console.log('second ' + globalThis.left)
            sleep(10)
        }
        \(place.body)
    }
    """
}

@Suite(.serialized) struct InterruptionTests {
    @Test(arguments: places.indices)
    func nothingRunsAfterwards(index: Int) throws {
        let place = places[index]
        try expectAtSomeScale { scale in
            let run = try ScriptRun(script(place), [twice(scale)])
            #expect(!run.lines.contains("after") && !run.requested.contains("/after"), "\(place.name)")
            #expect(run.count(Builtin.checks) == 0, "\(place.name)")
            #expect(run.completed == 0, "\(place.name)")
            #expect(run.count(Builtin.iterations) == 0, "\(place.name)")
            #expect(run.openPools == 0, "\(place.name)")
            // Both began in their time, and it ended when its plan did, whatever the script was at.
            let said = run.lines.filter { !$0.contains("was stopped because") }
            let isShown =
                said == ["start 0", "start 1", "second undefined"] && run.requested.last == "/second"
                && run.interrupted == 2 && run.elapsedNs < 1500 * ms * scale
            let seen = "\(said) \(run.requested) \(run.interrupted), \(run.elapsedNs / ms) ms"
            return isShown ? nil : "\(place.name): \(seen)"
        }
    }

    /// Stopped as by Ctrl-C, with neighbours on the same worker and on another.
    @Test(arguments: [1, 2])
    func aStopEndsEveryKindAtOnce(workers: Int) throws {
        let bodies = places.enumerated().map { index, place in
            "export \(place.isAsync ? "async " : "")function f\(index)() { \(place.body) }"
        }
        let head = script(("none", false, "sleep(0.01)")).replacing("__ITER > 0", with: "false")
        let scenarios =
            places.indices.map {
                Scenario(
                    name: "s\($0)", executor: .constantVUs(vus: 1, durationNs: 60_000 * ms), exec: "f\($0)")
            } + [Scenario(name: "fine", executor: .constantVUs(vus: 2, durationNs: 60_000 * ms))]
        try expectAtSomeScale { scale in
            let run = try ScriptRun(
                head + "\n" + bodies.joined(separator: "\n"), scenarios, workers: workers,
                stopAfterMs: 400 * scale)
            #expect(run.stopCause == .signal(2))
            #expect(!run.lines.contains("after"))
            #expect(run.requested.allSatisfy { $0 != "/after" })
            #expect(run.openPools == 0)
            // The neighbours got their turn.
            let isShown = run.completed > 0 && run.elapsedNs < 4000 * ms * scale
            return isShown ? nil : "\(run.completed) completed, \(run.elapsedNs / ms) ms"
        }
    }
}
