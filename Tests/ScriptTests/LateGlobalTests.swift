// Globals and exports a VU makes only when its script asks: whoever asks sees no difference. VU 0 has all of
// them, so these scripts look from within iterations.

import Base
import Engine
import Plan
import Testing

@testable import Script

private func lines(_ source: String, iterations: Int64 = 1, vus: Int64 = 1) throws -> [String] {
    let scenario = Scenario(
        name: "default",
        executor: .perVUIterations(
            vus: vus, iterations: iterations, maxDurationNs: 10_000 * Ns.perMillisecond), exec: "default")
    return try ScriptRun(source, [scenario]).lines
}

@Suite(.serialized) struct LateGlobalTests {
    @Test(
        "what an iteration sees of globals that are made late",
        arguments: [
            ("typeof Uint8Array + new Uint8Array([1, 2, 300])", "function1,2,44"),
            ("new DataView(new ArrayBuffer(4)).byteLength", "4"),
            ("ArrayBuffer === ArrayBuffer && new ArrayBuffer(2) instanceof ArrayBuffer", "true"),
            ("new Map([['a', 1]]).get('a') + new Set([1, 1]).size", "2"),
            ("Object.prototype.toString.call(new WeakMap())", "[object WeakMap]"),
            ("new Date(0).toISOString()", "1970-01-01T00:00:00.000Z"),
            ("typeof Date() + typeof Date.now()", "stringnumber"),
            ("class_()", "true"),
            ("typeof crypto.randomUUID + crypto.randomUUID().length", "function36"),
            ("String(new GoError('m')) + (new GoError('m') instanceof Error)", "GoError: mtrue"),
            ("typeof neverThere", "undefined"),
            ("undeclared()", "ReferenceError: 'neverThere' is not defined"),
            ("assigned()", "7 7"),
            ("replaced()", "mine"),
            ("thrown()", "GoError"),
            ("encoding.b64decode('AAE=').byteLength", "2"),
            ("typeof Math.max + typeof Math.random()", "functionnumber"),
            ("typeof hasOwnProperty + typeof toString", "functionfunction"),
        ] as [(String, String)])
    func sees(_ expression: String, _ expected: String) throws {
        let source = """
            import encoding from 'k6/encoding'
            import { fail } from 'k6'
            function class_() { class Own extends Map {}; return new Own([[1, 2]]).get(1) === 2 }
            function undeclared() { try { neverThere } catch (e) { return String(e) } }
            const make = class_['constructor']
            const assigned = new make('implicit = 7; return implicit + " " + implicit')
            const replaced = new make('Map = "mine"; return Map')
            function thrown() { try { fail('x') } catch (e) { return e.name } }
            export default function () { console.log(\(expression)) }
            """
        #expect(try lines(source) == [expected])
    }

    @Test("a script that looks at the global object as a whole finds all of it")
    func reflection() throws {
        let source = """
            const names = () => Object.getOwnPropertyNames(globalThis)
            export default function () {
                const found = names()
                const wanted = ['Map', 'Set', 'WeakMap', 'WeakSet', 'Date', 'ArrayBuffer', 'Float64Array', 'crypto',
                    'GoError']
                console.log(wanted.filter((name) => !found.includes(name)).join(),
                    Object.getPrototypeOf(globalThis) === Object.prototype)
            }
            """
        #expect(try lines(source) == [" true"])
    }

    @Test(
        "a script that can reach the global object finds all of it, by whatever name",
        arguments: [
            ("Object.keys(global).includes('crypto')", "true"),
            ("delete global.Map && typeof Map", "undefined"),
            ("(Object.defineProperty(global, 'Date', { value: 'mine' }), new Uint8Array(1), Date)", "mine"),
            ("(Object.preventExtensions(global), typeof WeakSet + typeof GoError)", "functionfunction"),
            ("(() => {}).constructor('delete this.Set; return typeof Set')()", "undefined"),
        ] as [(String, String)])
    func reached(_ expression: String, _ expected: String) throws {
        #expect(try lines("export default function () { console.log(\(expression)) }") == [expected])
    }

    @Test("responses two VUs keep are not mixed up with those that are filled again")
    func responsesUsedAgain() throws {
        let source = """
            import http from 'k6/http'
            const kept = []
            const ways = [
                (r) => r.body, (r) => r.json('of'), (r) => r.html('p').text(), (r) => r.json().of,
                (r) => r.timings === r.timings && r.timings.duration >= 0, (r) => r.url,
            ]
            export default async function () {
                const at = (n) => `http://h/body/${__VU}-${__ITER}-${n}`
                if (__ITER === 0) {
                    kept.push(http.get(at(1)), ...http.batch([at(2), at(3)]), await http.asyncRequest('GET', at(4)))
                }
                for (let n = 5; n < 8; n++) http.get(at(n)).status
                http.batch([at(8), at(9)])
                await http.asyncRequest('GET', at(10))
                console.log(__VU, __ITER, ...kept.map(ways[__ITER]))
            }
            """
        let all = try lines(source, iterations: 6, vus: 2)
        for vu in 1...2 {
            func each(_ make: (String) -> String) -> String {
                (1...4).map { make("\(vu)-0-\($0)") }.joined(separator: " ")
            }
            #expect(
                all.filter { $0.hasPrefix("\(vu) ") } == [
                    "\(vu) 0 " + each { "{\"of\":\"<p>\($0)</p>\"}" },
                    "\(vu) 1 " + each { "<p>\($0)</p>" }, "\(vu) 2 " + each { $0 },
                    "\(vu) 3 " + each { "<p>\($0)</p>" }, "\(vu) 4 true true true true",
                    "\(vu) 5 " + each { "http://h/body/\($0)" },
                ])
        }
    }

    // MARK: - what the texts name

    @Test(
        arguments: [
            ("import { get } from 'k6/http'", ["get"]),
            ("import http, { get as g, post } from 'k6/http'", ["get", "post"]),
            ("import * as http from 'k6/http'", nil),
            ("export * from 'k6/http'", nil),
            ("export*from'k6/http'", nil),
            ("import * /* all */ as http from 'k6/http'", nil),
            ("import { g\\u0065t } from 'k6/http'", nil),
            ("import http from 'k6/http'; 2 * 3; /* x */", []),
        ] as [(String, [String]?)])
    func exports(_ text: String, _ expected: [String]?) {
        let text = Array(text.utf8)
        let mentions = ScriptMentions(
            texts: [text], modules: [text], builtins: ["k6/http": ["get", "post", "batch"]])
        #expect(mentions.exports?["k6/http"] == expected)
    }

    @Test(
        arguments: [
            ("Math.random()", true, false, false), ("randomSeed(1)", true, false, false),
            ("Symbol.asyncDispose", false, true, false), ("globalThis.x", false, false, true),
            ("Object.getOwnPropertyNames(this)", false, false, true),
            ("Function('return this')()", false, false, true), ("Math.max(1)", false, false, false),
            ("typeof global", false, false, true), ("a.global + globals", false, false, false),
            ("// the global object", false, false, false), ("'global'", false, false, false),
            ("f.constructor('return this')", false, false, true),
        ] as [(String, Bool, Bool, Bool)])
    func words(_ text: String, _ random: Bool, _ dispose: Bool, _ isReflective: Bool) {
        let mentions = ScriptMentions(texts: [Array(text.utf8)], modules: [], builtins: [:])
        #expect(mentions.random == random)
        #expect(mentions.dispose == dispose)
        #expect(mentions.isReflective == isReflective)
    }

    @Test func largeTextsCountAsNamingEverything() {
        let text = [UInt8](repeating: 32, count: Limits.scriptMentionsBytesMax + 1)
        let mentions = ScriptMentions(texts: [text], modules: [text], builtins: ["k6": ["check"]])
        #expect(mentions.random && mentions.dispose && mentions.isReflective)
        #expect(mentions.exports == nil)
    }
}
