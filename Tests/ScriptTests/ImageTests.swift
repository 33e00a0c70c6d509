// Which scripts have an image, and that VUs which begin with it compute what VUs compute that load the
// script.

import Base
import Testing

@testable import Script

@Suite(.enabled(if: !ScriptHeap.isSanitized)) struct ImageTests {
    static let modules = (0..<40).map { module in
        "\(module): (m, e, r) => { 'use strict';"
            + (0..<10).map { "function f\($0)(s) { return s + \($0) * \(module) } e.f\($0) = f\($0);" }
            .joined()
            + "if (\(module)) e.last = r(\(module) - 1); }"
    }.joined(separator: ",\n")

    static let bundle = """
        (() => {
        var modules = {\(modules)};
        var cache = {};
        function load(id) {
            if (cache[id]) return cache[id].exports;
            var module = cache[id] = { exports: {} };
            modules[id](module, module.exports, load);
            return module.exports;
        }
        var all = Object.keys(modules).map((id) => load(id));
        var calls = 0;
        exports.default = () => [all.map((m) => m.f3(1) + (m.last ? m.last.f2(2) : 0)), __VU, ++calls];
        })();
        """

    /// Each has an image; the default function returns something.
    static let fit: [String] = [
        bundle,
        "export default () => [__VU, typeof __VU, Object.keys(globalThis).filter((k) => k !== '__ITER'), __ENV.NAME]",
        "let n = 0; export default () => ({ n: ++n, vu: __VU })",
        // Collections and what they are keyed by.
        """
        const map = new Map(), set = new Set([1, 2.5, 'x', 1n, NaN, null, undefined, true]);
        for (let i = 0; i < 3000; i++) map.set('key' + i, { i }).set(i, i * 2);
        export default () => {
            let sum = 0;
            for (let i = 0; i < 3000; i++) sum += map.get('key' + i).i + map.get(i);
            map.delete('key' + __VU); map.set({}, 1); set.add(__VU); set.add('y');
            return [sum, map.size, set.size, set.has(NaN), set.has('x'), set.has(1n), [...set].length];
        }
        """,
        """
        const seen = new WeakMap(), marks = new WeakSet();
        class Secret { #a = 1; static #count = 0; grow() { Secret.#count++; return this.#a += Secret.#count } }
        const secret = new Secret();
        export default () => {
            const key = { v: __VU };
            seen.set(key, 'of ' + __VU); marks.add(secret);
            return [seen.get(key), marks.has(secret), marks.has(key), secret.grow(), secret.grow()];
        }
        """,
        // Shapes: objects that look like those of init code, made after it.
        """
        class Point { constructor(x, y) { this.x = x; this.y = y } sum() { return this.x + this.y } }
        const points = Array.from({ length: 500 }, (_, i) => new Point(i, i + 1));
        const plain = Array.from({ length: 500 }, (_, i) => ({ ['k' + i % 50]: i, a: 1, b: { c: i } }));
        export default () => {
            for (const p of points) { p.z = 3; delete p.x; p.x = 4 }
            const more = Array.from({ length: 300 }, (_, i) => new Point(i, __VU));
            const o = Object.create(Point.prototype); o.x = 1; o.y = 2;
            Object.setPrototypeOf(plain[3], { inherited: true });
            plain.forEach((p) => { p.d = p.b.c; delete p.a });
            return [points.reduce((n, p) => n + p.sum() + p.z, 0), more.reduce((n, p) => n + p.sum(), 0), o.sum(),
                plain[3].inherited, JSON.stringify(plain.slice(40, 60)), Object.keys(plain[7])];
        }
        """,
        // Symbols, also as keys of properties; registered ones.
        """
        const own = Symbol('own'), shared = Symbol.for('shared');
        const bag = { [own]: 1, [shared]: 2, [Symbol.iterator]: function* () { yield* [1, 2, 3] } };
        export default () => [bag[own], bag[Symbol.for('shared')], [...bag], own.toString(), Symbol.keyFor(shared),
            Symbol.for('new ' + __VU).description, Object.getOwnPropertySymbols(bag).length]
        """,
        // Functions in every state.
        """
        function* counter() { let n = 0; while (true) n += yield n }
        const running = counter(); running.next(); running.next(5);
        const bound = Math.max.bind(null, 7), closures = [1, 2, 3].map((n) => () => n++);
        const later = Promise.resolve(4);
        export default () => {
            let got = 0; later.then((v) => { got = v });
            const proxy = new Proxy({ a: 1 }, { get: (t, k) => k in t ? t[k] : 'no ' + k });
            return [running.next(__VU).value, bound(3), closures.map((f) => f()), proxy.a, proxy.b, got];
        }
        """,
        // Regular expressions, templates, dates, numbers, typed arrays, errors.
        """
        const word = /(?<first>[a-z]+)-(\\d+)/giu, tag = (s, ...v) => s.raw.join('|') + v.join();
        const bytes = new Uint8Array(5000).map((_, i) => i), floats = new Float64Array([1.5, 2.5]);
        const big = 123456789012345678901234567890n, when = new Date(86400000), text = 'ä€😀'.repeat(700);
        const failed = (() => { try { null.x } catch (e) { return e } })();
        export default () => {
            word.lastIndex = 0;
            bytes[0] = __VU;
            return ['ab-12 CD-3'.replace(word, '$2$<first>'), tag`a\\n${__VU}b`, bytes.reduce((a, b) => a + b),
                [...floats], String(big * 3n), when.toISOString(), text.length, text.indexOf('😀'),
                failed.message, failed instanceof TypeError, failed.stack];
        }
        """,
        // Positions of exceptions, in init code's functions and in new ones.
        "const deep = { f() { return this.g() },\n  g() { throw new RangeError('vu ' + __VU) } }\n\n"
            + "export default function () {\n    return deep.f() }",
        "export default () => undefinedName",
        // What the host gives.
        """
        import { Counter, Trend } from 'k6/metrics';
        import { SharedArray } from 'k6/data';
        import encoding from 'k6/encoding';
        import crypto, { hmac } from 'k6/crypto';
        import http from 'k6/http';
        import exec from 'k6/execution';
        const counter = new Counter('things'), times = new Trend('times', true);
        const users = new SharedArray('users', () => [{ n: 'a' }, { n: 'b' }]);
        const text = open('./data.txt'), raw = open('./data.txt', 'b'), key = crypto.sha256('x', 'hex');
        const expected = http.expectedStatuses(200, { min: 300, max: 310 }), encoded = encoding.b64encode(text);
        export const options = { vus: 3 };
        export default () => [counter.name, times.name, users.length, users[1].n, users.map((u) => u.n), text,
            raw.byteLength, key, typeof expected, encoded, hmac('md5', 'k', text, 'hex'), typeof exec.vu,
            counter instanceof Counter, options]
        """,
        // CommonJS, modules, late globals that are made only afterwards.
        "const dep = require('./dep.js'); exports.default = () => [dep.twice(__VU), new Date(0).getTime(), "
            + "new Map([[1, 2]]).get(1), new Uint8Array(3).length]",
        "import { twice } from './esm.js'; import * as all from './esm.js';\n"
            + "export default () => [twice(__VU), Object.keys(all), import.meta.url]",
        // Large blocks that grow and shrink later.
        """
        const big = Array.from({ length: 20000 }, (_, i) => i), long = 'abc'.repeat(50000), objects = {};
        for (let i = 0; i < 2000; i++) objects['p' + i] = i;
        export default () => {
            for (let i = 0; i < 20000; i++) big.push(i);
            for (let i = 0; i < 1000; i++) { objects['q' + i] = i; delete objects['p' + i] }
            const n = big.length; big.length = 10;
            return [n, big.length, (long + __VU).length, Object.keys(objects).length, objects.q999];
        }
        """,
        "const list = []; for (let i = 0; i < 500; i++) { const a = {}, b = { a }; a.b = b; if (i % 2) list.push(a) }\n"
            + "export default () => list.length + (list[3].b.a === list[3])",
        "export default () => [Math.random() < 1, Date.now() > 1e12, typeof crypto.randomUUID(), setTimeout.name]",
        "Object.freeze(Array.prototype); globalThis.mine = { a: 1 }; export default () => [mine.a, global.mine.a]",
        "let x = 1; export { x as default2 }; export default () => { x += __VU; return x }",
        "const s = (typeof globalThis === 'object' && globalThis) || self; const D = s.Date, now = D.now;\n"
            + "export default () => [typeof now(), new D(5).getTime(), s.__VU]",
    ]

    static let files = [
        "/test/data.txt": "some text", "/test/dep.js": "exports.twice = (n) => n * 2",
        "/test/esm.js": "export const twice = (n) => n * 2; export let other = 3",
    ]

    @Test(arguments: fit.indices) func copiesComputeTheSame(_ index: Int) throws {
        let world = try ImageWorld(
            Self.fit[index], files: Self.files, options: #"{"vus":5,"tags":{"a":"b"}}"#)
        #expect(world.misfit() == nil)
        let numbers: [Int64] = [1, 2, 3, 77]
        let loaded = try world.results(numbers, copies: false, calls: 3)
        #expect(try world.results(numbers, copies: true, calls: 3) == loaded)
        #expect(world.logged.withLock { $0 } == [])
        // Memory that others have used before, and an engine of either kind beside it.
        let host = world.host()
        for _ in 0..<3 {
            #expect(try world.results(numbers, copies: false, calls: 3, on: host) == loaded)
            #expect(try world.results(numbers, copies: true, calls: 3, on: host) == loaded)
            host.heap.trim()
        }
    }

    /// Init code that is not alike in every VU, and the reason that is found first.
    static let unfit: [(code: String, reason: String)] = [
        ("const n = __VU", "VU"), ("const b = typeof __VU === 'number'", "__VU"),
        ("if (globalThis['__V' + 'U'] > 5) globalThis.x = 1", "__VU"),
        ("const d = Object.getOwnPropertyDescriptor(globalThis, '__VU')", "__VU"),
        ("const all = { ...globalThis }", "__VU"), ("delete globalThis.__VU", "__VU"),
        ("globalThis.__VU = 3", "__VU"), ("Object.freeze(globalThis)", "__VU"),
        (
            "let f; Object.defineProperty(globalThis, '__VU', { get: () => f ??= () => 1, configurable: true })",
            "__VU"
        ),
        ("delete globalThis.__VU; globalThis.__VU = () => 1", "__VU"),
        ("const t = Date.now()", "clock"), ("const t = new Date()", "clock"),
        ("const t = Date()", "clock"), ("if (Date.now() % 2) globalThis.x = 1", "clock"),
        ("const r = Math.random()", "differ"), ("const r = [3, 1].sort(() => Math.random() - 0.5)", "differ"),
        ("const r = crypto.randomUUID()", "differ"),
        ("const r = crypto.getRandomValues(new Uint8Array(4))", "differ"),
        ("const m = new Map([[{}, 1]])", "not the same"), ("const m = new Set([() => 1])", "not the same"),
        ("const m = new Map([[Symbol(), 1]])", "not the same"),
        ("const k = {}, m = new WeakMap([[k, 1]])", "not the same"),
        ("const k = {}, m = new WeakSet([k])", "not the same"),
        ("const m = new Map(); for (let i = 0; i < 9000; i++) m.set({ i }, i)", "not the same"),
        ("console.log('from init code')", "differ"),
        ("setTimeout(() => {}, 1)", "differ"), ("import { sleep } from 'k6'; sleep(0.001)", "differ"),
        ("import exec from 'k6/execution'; try { exec.vu.idInTest } catch (e) {}", "differ"),
        ("import exec from 'k6/execution'; try { exec.scenario.name } catch (e) {}", "differ"),
        ("import http from 'k6/http'; const j = new http.CookieJar()", "belongs to one VU"),
        ("import http from 'k6/http'; const f = http.file('x', 'n')", "differ"),
        ("import http from 'k6/http'; try { http.get('http://127.0.0.1:9') } catch (e) {}", "differ"),
        ("import http from 'k6/http'; http.setResponseCallback(null)", "differ"),
        ("import crypto from 'k6/crypto'; const h = crypto.createHash('md5')", "belongs to one VU"),
        ("import crypto from 'k6/crypto'; const b = crypto.randomBytes(4)", "differ"),
        ("import { parseHTML } from 'k6/html'; const d = parseHTML('<a>x</a>')", "differ"),
        ("import { randomSeed } from 'k6'; randomSeed(3)", "differ"),
    ]

    @Test(arguments: unfit.indices) func whatDiffersHasNone(_ index: Int) throws {
        let (code, reason) = Self.unfit[index]
        let world = try ImageWorld(code + "\nexport default () => [__VU, typeof Date.now()]")
        let logged = world.logged.withLock { $0 }
        let misfit = try #require(world.misfit())
        #expect(misfit.contains(reason), "\(misfit)")
        // Nothing came of having tried.
        #expect(world.logged.withLock { $0 } == logged)
        #expect(world.loaded.shared.images.image(for: world.host()) == nil)
        #expect(try world.results([1, 2], copies: true) == world.results([1, 2], copies: false))
    }

    /// Collections of one key to many, keyed by address: each size has another table.
    @Test func keysByAddressAlwaysShow() throws {
        for count in [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 100, 1000] {
            for padding in 0..<6 {
                let world = try ImageWorld(
                    """
                    const kept = Array.from({ length: \(padding * 37) }, (_, i) => ({ i }));
                    const keys = Array.from({ length: \(count) }, (_, i) => ({ i })), map = new Map();
                    for (const key of keys) map.set(key, key.i);
                    export default () => keys.map((key) => map.get(key))
                    """)
                #expect(world.misfit() != nil, "\(count) keys")
            }
        }
    }

    @Test func fewVUsAndSmallScriptsLoadThemselves() throws {
        var world = try ImageWorld("export default () => __VU")
        world.settings.imagePolicy = ImagePolicy()
        world.settings.startVUs = 1000
        #expect(world.misfit() == "it was not tried")
        world.settings.imagePolicy.bytecodeBytesMin = 10
        world.settings.startVUs = 3
        #expect(world.misfit() == "it was not tried")
        world.settings.startVUs = 4
        #expect(world.misfit() == nil)
    }
}
