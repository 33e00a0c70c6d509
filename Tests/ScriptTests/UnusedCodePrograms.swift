// Scripts of UnusedCodeProgramTests: what statements and tokens are. Each logs `result …`, and has functions
// that nothing reaches.

extension UnusedCodeProgram {
    static let statements = [
        UnusedCodeProgram(
            "what is not there yet",
            #"""
            let early
            try { late() } catch (e) { early = e.name }
            const late = () => 'late';
            const gone = () => late();
            try { new Late() } catch (e) { early += e.name }
            class Late { m() { return 'm' } }
            class Gone { m() { return Late } }
            export default function () { console.log('result', early, late(), new Late().m(), hoisted()) }
            function hoisted() { return typeof never + typeof hoisted }
            function gone2() { return hoisted }
            """#),
        UnusedCodeProgram(
            "classes that do something where they stand",
            #"""
            const seen = []
            function note(x) { seen.push(x); return x }
            function gone() {}
            class A { static { note('block') } }
            class B { static x = note('field') }
            class C { [note('key')]() {} }
            class D extends (note('base'), Object) {}
            class E { static #p = note('private'); static has(x) { return #p in x } }
            class Gone { static #a() {} #b() {} get c() { return this.#b } set c(x) {} static async *d() {} }
            export class F { x
            y() {} static z
            'static'() {} get() {} set() {} async() {} static() {} }
            export class G { static get
            x() { note('g') } }
            const H = class { static { note('expression') } }
            export default function () {
                console.log('result', seen.join(), E.has(E), Object.getOwnPropertyNames(F.prototype), G.x)
            }
            """#),
        UnusedCodeProgram(
            "exports that are taken apart",
            #"""
            import { a, c, rest, f, list } from './lib.js'
            export default function () { console.log('result', a, c, JSON.stringify(rest), f(), list) }
            === lib.js
            const calls = []
            function value(x) { calls.push(x); return x }
            function key() { return 'k' }
            function gone() { return value }
            export const { a = value(1), b: { c = value(2) } = {}, [key()]: d = value(3), ...rest } =
                { x: 1, y: 2 }
            const made = [, 1, 2, 3]
            export let { 0: f = () => value(4) } = made, list = made.slice(1)
            export const g = () => 0, h = value(5)
            list.push(calls)
            """#),
        UnusedCodeProgram(
            "values that only look like functions",
            #"""
            function gone() {}
            const log = []
            function tell(x) { log.push(x); return x }
            const a = () => 1, b = tell('b')
            const c = x => x
            tell('c')
            const d = function () { return tell('d') }
            ()
            const e = function () {}
            [tell('e')]
            const f = async x => x
            const g = function () {}.bind(tell('g'))
            let h = (() => tell('h'))(), i = 1
            const j = class { static { tell('j') } }
            var k = function () {} ? tell('k') : 0
            const l = x => x, m = tell('m')
            const n = x =>
                x
            ;[tell('n')].map(n)
            const o = function () {}
            instanceof Object || tell('o')
            const p = async () => {}
            if (tell('p')) {}
            export default function () { console.log('result', log.join(), i, typeof o, d) }
            """#),
        UnusedCodeProgram(
            "labels, getters and names as keys",
            #"""
            import { used } from './lib.js'
            export default function () { console.log('result', JSON.stringify(used())) }
            === lib.js
            function viaKey() { return 'key' }
            function viaGetter() { return 'getter' }
            function viaShort() { return 'short' }
            function viaComputed() { return 'computed' }
            function viaDefault() { return 'default' }
            function viaSpread() { return ['spread'] }
            function viaTag(x) { return x.raw[0] + x.length }
            function goneLabel() {}
            function goneProperty() { return goneLabel }
            export function used(a = viaDefault(), { b = viaKey() } = {}) {
                out: for (const x of [1]) { for (;;) continue out }
                const o = { viaShort, get x() { return viaGetter() }, [viaComputed()]: 1 }
                o.y = x => x?.goneProperty
                return [a, b, o.viaShort(), o.x, Object.keys(o), ...viaSpread(), viaTag`\u{}${1}`, o.y?.(o)]
            }
            """#),
        UnusedCodeProgram(
            "new.target, await for and import.meta",
            #"""
            import make, { each } from './lib.js'
            const all = await each()
            export default async function () { console.log('result', make(), await each(), all) }
            === lib.js
            function Made() { return { target: new.target === Made } }
            async function* numbers() { yield* [1, 2]; for await (const x of tail()) yield x }
            async function* tail() { yield await Promise.resolve(3) }
            async function* gone() { for await (const x of tail()) /}/.test(x) }
            const where = import.meta.resolve('./other.js')
            export async function each() { let sum = 0; for await (const x of numbers()) sum += x; return sum }
            export default () => [new Made().target, where].join()
            """#),
        UnusedCodeProgram(
            "regular expressions and divisions",
            #"""
            import { list } from './lib.js'
            export default function () { console.log('result', list().join(' ')) }
            === lib.js
            const a = 8, b = 2, g = 2, o = { if: 6, return: 4, x: [9] }
            function one() { return 1 }
            function gone() { return /[/}]/g.test('}') / 2 / (a) / /`/.exec('`').length }
            function gone2(x) { if (x) /}/.test(x); else /{/.test(x); do /'/.test(x); while (x) /"/.test(x) }
            export function list() {
                const c = a / b / g, d = a /b/g, e = (a) / b /g, f = [a][0] / b / one(), h = o.if / 2 / 3
                const i = o.return /2/ 1, j = `${a}` / 2, k = typeof /x/g, l = [/=/, /[\]/'"`]/, /\//].join()
                let m = a
                const n = m++ / 2, p = o?.x[0] / 3 / one(), q = '4' / 2 / 1, r = 4. / .5 / 1e1
                const s = this === /}/, t = a - -/2/.source
                return [c, d, e, f, h, i, j, k, l, n, p, q, r, s, void /one/ + '', t]
            }
            function gone3() { return `${/`/.test(`${'}'}`)}` }
            """#),
        UnusedCodeProgram(
            "templates within templates",
            #"""
            import { text } from './lib.js'
            export default function () { console.log('result', text('x')) }
            === lib.js
            function inner(x) { return `<${x}>` }
            function deep() { return { a: `}${`{${'`'}`}` } }
            function tag(parts, ...rest) { return parts.join('|') + rest.join() }
            function gone() { return `${`${gone2()}`}\`${'}'}` }
            function gone2() { return tag`${gone()}}` }
            export function text(x) {
                return `${inner(`${x}}${deep().a}`)}{` + tag`a${x}\${inner}${`}`}` + `$${x}$` + `\\${inner(x)}`
            }
            """#),
        UnusedCodeProgram(
            "lines without semicolons",
            #"""
            function gone() {}
            let a = 1
            const gone2 = () => a
            let b = a
            ++a
            async function gone3() {}
            var c = a
            class Gone { m() {} }
            let d
            = c
            const gone4 = function () {}
            let e = `x`
            export function also() {}
            let f = { a }
            export class Also {}
            var async = 3
            async
            function kept() { return 'kept' }
            let g = async
            const get = x => x, set = get
            do a++
            while (a < 5)
            function gone6() {}
            const gone7 = async x => {}
            let h = kept
            export default function () { console.log('result', a, b, c, d, e, f.a, g, h(), get(1), set(2)) }
            """#),
        UnusedCodeProgram(
            "comments that hold code, and a first line that is none",
            #"""
            #!/usr/bin/env k6
            import { a } from './lib.js' // import { gone } from './lib.js'
            /* export default function gone() {} /* */
            //* /
            export default function () { console.log('result', a(), new Error('e').stack) }
            === lib.js
            \#u{FEFF}/* é */ export function a() { return b() /* } */ } // {
            function b() { return new Error('😀').stack } /*
            */ function gone() { return '😀' } export function gone2() { /* 😀 */ } let x = new Error('é').stack
            console.log(x)
            """#),
        UnusedCodeProgram(
            "names written with escapes", isKept: true,
            #"""
            import { a } from './lib.js'
            export default function () { console.log('result', a()) }
            === lib.js
            export function a() { return \u0062() }
            function b() { return 'b' }
            """#),
        UnusedCodeProgram(
            "eval sees everything", isKept: true,
            #"""
            import { a } from './lib.js'
            function here() { return 'here' }
            function never() {}
            export default function () { console.log('result', a(), eval('here()')) }
            === lib.js
            export function a() { return eval('b' + '()') }
            function b() { return 'b' }
            function c() {}
            """#),
    ]
}
