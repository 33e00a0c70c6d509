// Scripts on two workers, for the thread sanitizer: what their VUs share (program, SharedArrays, metrics,
// log, secrets, iteration numbers, classes of the engine) is touched by both threads at once.

import Base
import Engine
import Metrics
import Plan
import Testing

@testable import Script

private let ms = Ns.perMillisecond

/// Each runs 60 iterations on 6 VUs and logs `ok` in each.
private let scripts: [(name: String, source: String)] = [
    (
        "requests and checks",
        """
        import http from 'k6/http'
        import { check } from 'k6'
        export default () => { if (check(http.get(U + '/'), { s: (r) => r.status === 200 })) console.log('ok') }
        """
    ),
    (
        "groups and tags",
        """
        import http from 'k6/http'
        import { group } from 'k6'
        export default () => group('a' + (__ITER % 3), () => group('b', () => {
            http.get(U + '/', { tags: { my: 'tag' + __VU } })
            console.log('ok')
        }))
        """
    ),
    (
        "own metrics",
        """
        import { Counter, Gauge, Rate, Trend } from 'k6/metrics'
        const c = new Counter('c1'), g = new Gauge('g1'), r = new Rate('r1'), t = new Trend('t1', true)
        export default () => {
            c.add(1, { vu: String(__VU) }); g.add(__ITER); r.add(__ITER % 2); t.add(__ITER * 1.5)
            console.log('ok')
        }
        """
    ),
    (
        "shared arrays",
        """
        import { SharedArray } from 'k6/data'
        const users = new SharedArray('users', () => Array.from({ length: 500 }, (_, i) => ({ i, name: 'n' + i })))
        export default () => {
            let sum = 0
            for (const user of users) sum += user.i
            if (sum === 124750 && users[__VU].name === 'n' + __VU) console.log('ok')
        }
        """
    ),
    (
        "timers",
        """
        export default () => { setTimeout(() => setTimeout(() => console.log('ok'), 2), 1) }
        """
    ),
    (
        "async functions",
        """
        const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
        export default async () => { await Promise.all([wait(1), wait(2), wait(0)]); console.log('ok') }
        """
    ),
    (
        "asynchronous requests",
        """
        import http from 'k6/http'
        export default async () => {
            const all = await Promise.all([1, 2, 3].map((i) => http.asyncRequest('GET', U + '/delay/' + i)))
            if (all.every((r) => r.status === 200)) console.log('ok')
        }
        """
    ),
    (
        "batches",
        """
        import http from 'k6/http'
        export default () => {
            const all = http.batch([U + '/1', ['POST', U + '/2', { a: 1 }], { method: 'PUT', url: U + '/3' }])
            if (all.length === 3 && all[2].status === 200) console.log('ok')
        }
        """
    ),
    (
        "execution",
        """
        import exec from 'k6/execution'
        import { sleep } from 'k6'
        export default () => {
            exec.vu.tags.mine = 'x' + exec.scenario.iterationInTest % 4
            sleep(0.001)
            const known = exec.instance.vusInitialized >= 1 && exec.instance.iterationsCompleted >= 0
            if (known && exec.vu.idInTest === __VU && exec.test.options.scenarios !== 5) console.log('ok')
        }
        """
    ),
    (
        "exceptions",
        """
        export default () => { console.log('ok'); if (__ITER % 2) throw new Error('x'); else Promise.reject(1) }
        """
    ),
    (
        "digests and encodings",
        """
        import crypto from 'k6/crypto'
        import encoding from 'k6/encoding'
        const expected = crypto.sha256('abc', 'hex')
        export default () => {
            const text = encoding.b64encode('VU ' + __VU)
            if (crypto.sha256('abc', 'hex') === expected && encoding.b64decode(text, 'std', 's') === 'VU ' + __VU)
                console.log('ok')
        }
        """
    ),
    (
        "host objects",
        """
        import http from 'k6/http'
        export default () => {
            const jar = http.cookieJar()
            jar.set(U, 'a', String(__VU))
            const file = http.file('data', 'f.txt')
            const response = http.post(U + '/', { file, field: 'x' })
            if (jar.cookiesForURL(U).a[0] === String(__VU) && response.status === 200) console.log('ok')
        }
        """
    ),
    (
        "long computing",
        """
        export default () => {
            const end = Date.now() + 6
            let n = 0
            do n++; while (Date.now() < end)
            if (n > 0) console.log('ok')
        }
        """
    ),
    (
        "deep recursion",
        """
        const f = () => 1 + f()
        export default () => { try { f() } catch (e) { console.log('ok') } }
        """
    ),
    (
        "regular expressions and JSON",
        """
        export default () => {
            const text = JSON.stringify({ list: Array.from({ length: 50 }, (_, i) => 'item ' + i) })
            if (JSON.parse(text).list.filter((s) => /^item \\d5$/.test(s)).length === 4) console.log('ok')
        }
        """
    ),
]

@Suite(.serialized) struct TwoWorkerTests {
    /// - Parameter copies: VUs of both workers begin as copies of one engine.
    @Test(arguments: scripts.indices, [false, true])
    func bothGetTheirShare(index: Int, copies: Bool) throws {
        let (name, source) = scripts[index]
        let run = try ScriptRun(
            source + "\nconst U = 'http://127.0.0.1:9'\n",
            [
                Scenario(
                    name: "default",
                    executor: .sharedIterations(vus: 6, iterations: 60, maxDurationNs: 60_000 * ms))
            ], workers: 2, copies: copies)
        #expect(run.madeImage == (copies && !ScriptHeap.isSanitized), "\(name)")
        #expect(run.lines.filter { $0 == "ok" }.count == 60, "\(name): \(run.lines.prefix(5))")
        #expect(run.completed == 60 && run.interrupted == 0, "\(name)")
        #expect(run.count(Builtin.iterations) == 60, "\(name)")
        #expect(run.openPools == 0, "\(name)")
    }
}
