// Globals and exports a VU makes only when its script asks: whoever asks sees no difference. VU 0 has all of
// them, so these scripts look from within iterations.

import Base
import Engine
import Plan
import Testing

@testable import Script

private func lines(_ source: String, iterations: Int64 = 1) throws -> [String] {
    let scenario = Scenario(
        name: "default",
        executor: .perVUIterations(
            vus: 1, iterations: iterations, maxDurationNs: 10_000 * Ns.perMillisecond), exec: "default")
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
            const assigned = new Function.prototype.constructor(
                'implicit = 7; return implicit + " " + implicit')
            const replaced = new Function.prototype.constructor('Map = "mine"; return Map')
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

    @Test("the answers of two VUs do not depend on who asked first; what is collected is not mixed up")
    func responsesUsedAgain() throws {
        let source = """
            import http from 'k6/http'
            let kept
            export default function () {
                const first = http.get('http://h/' + __ITER)
                const second = http.get('http://h/again')
                if (__ITER === 0) kept = first
                console.log(first.url, second.url, kept.url, first === second, kept.timings === kept.timings)
            }
            """
        #expect(
            try lines(source, iterations: 3) == [
                "http://h/0 http://h/again http://h/0 false true",
                "http://h/1 http://h/again http://h/0 false true",
                "http://h/2 http://h/again http://h/0 false true",
            ])
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
