// Scripts of UnusedCodeProgramTests: what modules ask each other for. Each logs `result …`, and has functions
// that nothing reaches.

extension UnusedCodeProgram {
    static let modules = [
        UnusedCodeProgram(
            "default exports of all forms",
            #"""
            import A from './a.js'
            import b from './b.js'
            import c, { again } from './c.js'
            import d from './d.js'
            import e from './e.js'
            import f from './f.js'
            export default function () {
                console.log('result', new A().m(), A.name, b(), c(), again(), d.name, new e().m(), f, e.name)
            }
            === a.js
            class Base { m() { return helper() } }
            function helper() { return 'helper' }
            function gone() {}
            export default class extends Base {}
            === b.js
            const b = () => inner()
            function inner() { return 'inner' }
            export default b
            function gone() {}
            === c.js
            export default f
            export function again() { return f() }
            function f() { return g() }
            var g = () => 'g';
            f = () => 'changed'
            function gone() {}
            === d.js
            export default (class { static x = y() });
            function y() { return 1 }
            function gone() {}
            === e.js
            export default class { m() { return z() } }
            function z() { return 'z' }
            class gone { m() {} }
            === f.js
            export default
            async
            var async
            function gone() {}
            """#),
        UnusedCodeProgram(
            "exports called like words of the language",
            #"""
            import b, { of as a, if as d, default as again } from './lib.js'
            import { from as e, class as f } from './index.js'
            import from, * as as from './index.js'
            export { as as delete }
            export default function () {
                console.log('result', a(), b(), d(), e(), f(), again(), from(), as['for'](), as.inner.a())
            }
            === lib.js
            function a() { return 'a' }
            function b() { return 'b' }
            function c() { return gone2 }
            function d() { return 'd' }
            function as() { return 'as' }
            function gone() {}
            export { a as of, b as default, c as new, d as if, gone as var, as as as, as as from }
            function gone2() {}
            === index.js
            export { of as from, new as never, from as class } from './lib.js'
            export { a as for, a as default } from './other.js'
            export * as inner from './other.js'
            function gone2() {}
            === other.js
            export function a() { return help() }
            function help() { return 'help' }
            function gone() {}
            """#),
        UnusedCodeProgram(
            "namespaces by way of others",
            #"""
            import { ns, get } from './a.js'
            export { default } from './a.js'
            === a.js
            import * as ns from './b.js'
            import * as other from './c.js'
            export { ns }
            export * as more from './c.js'
            export function get() { return other?.one }
            function gone() {}
            export default function () {
                const { one, ...rest } = other
                console.log('result', ns.two(), one(), Object.keys(rest), 'three' in other, typeof other.four)
            }
            === b.js
            export function one() {}
            export function two() { return 2 }
            function gone() {}
            === c.js
            export function one() { return 1 }
            export const two = () => {}
            export class three {}
            function gone() {}
            """#),
        UnusedCodeProgram(
            "modules in a circle",
            #"""
            import { order, a } from './a.js'
            export default function () { console.log('result', order.join(), a()) }
            === a.js
            import { b, early } from './b.js'
            import './side.js'
            export const order = globalThis.order ??= []
            order.push('a ' + early)
            export function a(n = 2) { return n ? b(n - 1) : 'end' }
            export function late() { return 'hoisted' }
            export const later = () => 'later'
            function gone() {}
            === b.js
            import { a, late, later } from './a.js'
            ;(globalThis.order ??= []).push('b')
            export let early = late()
            try { later() } catch (e) { early += e.name }
            export function b(n) { return n ? a(n - 1) : 'b' }
            export function gone() { return late }
            === side.js
            import { gone as x } from './b.js'
            globalThis.order.push('side')
            function gone() { x() }
            """#),
        UnusedCodeProgram(
            "the same name from two stars",
            #"""
            import * as ns from './index.js'
            import { mine } from './index.js'
            import { both } from './a.js'
            export default function () { console.log('result', ns.both, ns.mine(), mine(), both(), ns.onlyB()) }
            === index.js
            export * from './a.js'
            export * from './b.js'
            export function mine() { return 'index' }
            === a.js
            export function both() { return 'a' }
            export function mine() {}
            function gone() {}
            === b.js
            export function both() { return 'b' }
            export function onlyB() { return 'only' }
            """#),
        UnusedCodeProgram(
            "an import of what is not there", isKept: true,
            #"""
            const found = []
            for (const load of [() => require('./a.js'), () => require('./b.js'), () => require('./c.js')]) {
                try { found.push(Object.keys(load())) } catch (e) { found.push(e.name) }
            }
            export default function () { console.log('result', found.join()) }
            === a.js
            import { missing } from './lib.js'
            export const a = 1
            function gone() {}
            === b.js
            export { missing } from './lib.js'
            export const b = 1
            function gone() {}
            === c.js
            import { there } from './lib.js'
            export const c = 1
            function gone() {}
            === lib.js
            export function there() {}
            function gone() {}
            """#),
        UnusedCodeProgram(
            "modules of other kinds",
            #"""
            import cjs, { named } from './a.cjs'
            import { sleep, unheardOf } from 'k6'
            import { used } from './lib.js'
            import './side.js'
            import {} from './side.js'
            export {} from './side.js'
            export default function () {
                console.log('result', cjs.x(), named(), used(), typeof sleep, unheardOf)
            }
            === a.cjs
            exports.x = () => 'x'
            exports.named = function () { return this === undefined }
            === lib.js
            export function used() { return side }
            function side() {}
            export function gone() {}
            === side.js
            export function gone() {}
            """#),
    ]
}
