// Init code put together at random: whatever has an image computes with it what it computes without, and what
// contains something that is not alike in every VU has none.

import Base
import Testing

@testable import Script

@Suite(.enabled(if: !ScriptHeap.isSanitized)) struct ImageFuzzTests {
    /// Statements that add to `state`, each with functions that use what they made.
    private static let alike = [
        "state.objects = Array.from({ length: N }, (_, i) => ({ ['p' + i % K]: i, q: { r: [i] } }))",
        "state.map = new Map(Array.from({ length: N }, (_, i) => [i % 2 ? 'k' + i : i * 1.5, i]))",
        "state.set = new Set(Array.from({ length: N }, (_, i) => String(i * K)))",
        "state.text = 'x'.repeat(N) + 'é'.repeat(K); state.parts = state.text.split('é')",
        "class C@ { #p = K; constructor(a) { this.a = a } get p() { return this.#p } set p(v) { this.#p = v } "
            + "static make() { return new C@(N) } }; state.c = C@.make(); use.push(() => { state.c.p++; return state.c.p })",
        "function* g@() { let i = N; while (true) yield i++ } state.g = g@(); state.g.next(); "
            + "use.push(() => state.g.next().value)",
        "state.bytes = new Uint8Array(N * K).fill(K); use.push(() => state.bytes.reduce((a, b) => a + b, 0))",
        "state.fns = Array.from({ length: K }, (_, i) => (n) => n + i + N); use.push(() => state.fns.map((f) => f(1)))",
        "state.re = /(\\d+)-(?<w>[a-z]+)/g; use.push(() => [...('1-a 22-bb'.repeat(K)).matchAll(state.re)].length)",
        "state.deep = JSON.parse('[' .repeat(K) + '1' + ']'.repeat(K)); state.json = JSON.stringify(state.objects ?? N)",
        "try { null.f() } catch (e) { state.error = e.message + e.stack }",
        "state.sym = Symbol('s' + N); state[state.sym] = K; use.push(() => state[state.sym]++)",
        "state.proxy = new Proxy({ n: N }, { get: (t, k) => t[k] ?? K }); use.push(() => [state.proxy.n, state.proxy.m])",
        "state.big = 2n ** BigInt(N % 200); use.push(() => String(state.big * 3n))",
        "const a@ = [], b@ = { a: a@ }; a@.push(b@); for (let i = 0; i < N; i++) { const x = {}; x.x = x }",
        "state.list = []; for (let i = 0; i < N * K; i++) state.list.push(i); state.list.length = N; delete state.text",
        "state.bound = Array.prototype.map.bind([1, 2, K]); use.push(() => state.bound((n) => n * N))",
        "state.p = Promise.resolve(K).then((v) => { state.v = v + N })",
        "state.env = __ENV.NAME; use.push(() => [__ENV.NAME, __VU, typeof __VU])",
        "state.wm = new WeakMap(); use.push(() => { const k = { n: N }; state.wm.set(k, K); return state.wm.get(k) })",
        "state.d = new Date(N * 1e9).toISOString(); Object.defineProperty(state, 'hidden', { value: K })",
        "use.push(() => { const o = {}; for (let i = 0; i < N; i++) o['f' + i % K] = i; return JSON.stringify(o) })",
        "use.push(() => { throw new TypeError('thrown ' + K) })",
        "Object.setPrototypeOf(state, { inherited: N }); use.push(() => state.inherited)",
        "state.tag = ((s, ...v) => s.raw.join('|') + v)`a${N}b\\n${K}`; state.nan = [NaN, -0, Infinity, N / K]",
    ]
    private static let unalike = [
        "state.now = Date.now()", "state.m = new Map([[{}, N]])", "state.r = Math.random()",
        "state.vu = __VU + N", "state.ws = new WeakSet([state])", "state.ids = new Set([Symbol('a')])",
    ]

    private static func program(_ random: inout SeededRandom, isAlike: Bool) -> String {
        var lines: [String] = []
        for number in 0..<(3 + random.below(14)) {
            let n = 1 + random.below(random.below(4) == 0 ? 3000 : 60)
            let statement = alike[random.below(alike.count)].replacing("@", with: "\(number)")
            lines.append("{ const N = \(n), K = \(2 + random.below(12)); \(statement) }")
        }
        if !isAlike {
            lines.insert(
                "{ const N = 1; \(unalike[random.below(unalike.count)]) }", at: random.below(lines.count))
        }
        return "const state = {}, use = [];\n" + lines.joined(separator: ";\n") + """
            ;
            export default () => use.map((f) => { try { return f() } catch (e) { return String(e.stack) } })
                .concat(Object.entries(state).map(([k, v]) => [k, typeof v === 'bigint' ? String(v) : v]).slice(0, 40),
                    state.set?.size, state.map?.get(3), state.map?.size)
            """
    }

    @Test(arguments: 0..<24) func anyInitCode(_ seed: Int) throws {
        var random = SeededRandom(seed: 0x1A6E + UInt64(seed))
        let source = Self.program(&random, isAlike: seed % 4 != 0)
        let world = try ImageWorld(source)
        let misfit = world.misfit()
        #expect((misfit == nil) == (seed % 4 != 0), "\(misfit ?? "an image") for\n\(source)")
        if misfit != nil { return }
        let host = world.host()
        for round in 0..<2 {
            let loaded = try world.results([1, 2, 9], copies: false, calls: 2, on: host)
            let copies = try world.results([1, 2, 9], copies: true, calls: 2, on: host)
            #expect(copies == loaded, "round \(round) of\n\(source)")
        }
    }
}
