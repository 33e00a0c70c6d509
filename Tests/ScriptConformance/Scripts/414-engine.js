// about: the language as libraries use it: regular expressions, sorting, typed arrays, proxies, generators, classes
import { check } from 'k6';
export const options = { thresholds: { checks: ['rate==1'] } };
export default function () {
  console.log('price: $42 €17'.match(/(?<=\$)\d+/)[0], 'a1b2'.match(/(?<!a)\d/)[0], [...'a1b22'.matchAll(/([a-z])(\d+)/g)].map((m) => [m.index, m[1], m[2]]));
  console.log(/^.$/u.test('😀'), /^.$/.test('😀'), /a.b/s.test('a\nb'), /\bfoo\b/y.exec('foo bar')?.[0], 'aBc'.replace(/b/i, (m, o, s) => `[${m}${o}${s}]`), 'x-y_z'.split(/[-_]/), 'abc'.split(''), 'a,b,,c'.split(',', 3), 'test'.search(/s/));
  const re = /a(b)?/g; console.log(re.exec('aab'), re.lastIndex, re.flags, re.source, String(new RegExp('\n')));
  try { new RegExp('['); } catch (e) { console.log(e.name, e instanceof SyntaxError); }
  const people = Array.from({ length: 600 }, (_, i) => ({ i, k: i % 7 })); people.sort((a, b) => a.k - b.k);
  console.log(people.every((p, i) => !i || people[i - 1].k < p.k || people[i - 1].i < p.i), [10, 9, 1].sort(), [3, undefined, 1, , 2].sort(), ['b', 'a'].sort(() => 0), [5, 1, 4].sort((a, b) => b - a));
  const f = new Float32Array([1.1, NaN, -0]); const u = Uint8ClampedArray.from([300, -5, 1.5, 2.5]);
  console.log(f[0], [...f], [...u], new Int16Array([70000])[0], new Uint8Array([1, 2, 3]).map((x) => x * 100).join(), Uint8Array.of(3, 1, 2).sort().join(), new Uint8Array(4).fill(7, 1, 3).join(), new Float64Array(new Uint8Array([1, 2])).join());
  const dv = new DataView(new ArrayBuffer(16)); dv.setFloat64(0, Math.PI); dv.setBigUint64(8, 2n ** 63n + 5n, true);
  console.log(dv.getUint8(0), dv.getBigInt64(8, true), dv.getBigUint64(8, true), dv.getInt32(4));
  try { new DataView(new ArrayBuffer(1)).getInt16(0); } catch (e) { console.log(e.name); }
  try { new Uint8Array(-1); } catch (e) { console.log(e.name); }
  console.log(2n ** 64n, BigInt.asUintN(8, 257n), BigInt('0xff'), 7n / 2n, -7n % 3n, 5n > 4, 1n == 1, typeof 1n, (123n).toString(16), BigInt(Number.MAX_SAFE_INTEGER) + 2n, Number(2n ** 60n), parseInt('12px'), parseFloat('.5e1x'), Number(''), Number(' 12 '), Number('0b11'), Number('1_0'), 1_000);
  try { 1n + 1; } catch (e) { console.log(e.name); }
  try { JSON.stringify({ a: 1n }); } catch (e) { console.log(e.name); }
  const traps = []; const p = new Proxy({ a: 1 }, { get: (t, k, r) => { traps.push('get ' + String(k)); return Reflect.get(t, k, r) ?? `no ${String(k)}`; }, has: (t, k) => { traps.push('has ' + k); return true; }, ownKeys: () => ['x', 'a'], getOwnPropertyDescriptor: (t, k) => ({ value: k, enumerable: true, configurable: true }), set: (t, k, v) => { traps.push('set ' + k); t[k] = v; return true; }, deleteProperty: (t, k) => { traps.push('del ' + k); return delete t[k]; } });
  p.z = 1; delete p.z; console.log(p.a, p.zz, 'q' in p, Object.keys(p), { ...p }, JSON.stringify(p), traps);
  const api = new Proxy({}, { get: (_, verb) => (path, ...rest) => `${verb.toUpperCase()} ${path} ${rest.length}` }); console.log(api.get('/x', 1), api.customVerb('/y'));
  function* ids(prefix = 'id', n = 0) { while (true) { const cmd = yield `${prefix}-${n++}`; if (cmd === 'reset') n = 0; } }
  const it = ids(); console.log(it.next().value, it.next().value, it.next('reset').value, it.throw === undefined, [...(function* () { yield* [1, 2]; yield* 'ab'; return 9; })()]);
  const [a, , b = 5, ...rest] = ids('d', 3) && [1, 2, undefined, 4, 5]; const { x: { y: [deep] = [] } = {}, ...others } = { x: { y: [7] }, m: 1, n: 2 }; console.log(a, b, rest, deep, others);
  class Base { static #count = 0; static { Base.ready = true; } #secret = 1; static create(...args) { Base.#count++; return new this(...args); } get secret() { return this.#secret; } set secret(v) { this.#secret = v; } #hidden() { return this.#secret * 2; } reveal() { return this.#hidden(); } static get count() { return Base.#count; } has(o) { return #secret in o; } }
  class Sub extends Base { field = this.secret * 2; arrow = () => this.field; ['dyn' + 1] = 1; reveal() { return super.reveal() + 1; } }
  const s = Sub.create(); s.secret = 21; console.log(s.reveal(), s.field, s.arrow(), s.dyn1, Base.count, Base.ready, s.has({}), s.has(s), s instanceof Base, Sub.name, Object.keys(s));
  label: for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) { if (j === 1) continue label; if (i === 2) break label; traps.push(`${i}${j}`); }
  console.log(traps.slice(-2), ((a, b = a, ...c) => [a, b, c])(1), (function () { return typeof this; }).call(5), (() => { try { return 'try'; } finally { traps.push('f'); } })(), void 0 ?? 'nullish', (0 || null) ?? "n");
}
