// about: every kind of value through the console
import { check } from 'k6';
import http from 'k6/http';
import encoding from 'k6/encoding';
class Point { #p = 1; constructor(x) { this.x = x; } get y() { return 2; } toString() { return `Point(${this.x})`; } }
class WithJSON { toJSON() { return { json: true }; } }
class Thrower { toJSON() { throw new TypeError('no json'); } }
class MyErr extends Error { constructor(m) { super(m); this.name = 'MyErr'; this.code = 7; } }
export default function () {
  console.log();
  console.log(undefined, null, NaN, Infinity, -0, 0.1 + 0.2, 1e21, 123456789012345680000, 1e-7, -1.5e300, 5e-324);
  console.log('', ' ', 'a\nb', 'tab\there', '\u0000x', '"quoted"', "it's", 'ü€😀');
  console.log(true, false, new Boolean(false), new Number(5), new String('boxed'), Object(1n));
  console.log(10n, -5n, 2n ** 70n);
  console.log([1, 'a', null, undefined, NaN, [2, [3]], { a: 1 }]);
  console.log([], {}, [[]], [{}], [undefined], [, 1], new Array(3));
  console.log({ a: undefined, b: () => 1, c: Symbol('x'), d: NaN, e: Infinity, f: -0, g: new Date(0), h: /re/g });
  console.log(new Date(0), new Date(NaN));
  console.log(/a\/b/gi, Symbol('s'), Symbol.iterator, Symbol());
  console.log(() => 1, function named() {}, class A {}, async () => {}, function* gen() {}, Math.max, console.log);
  console.log(new Error('boom'), new TypeError('t'), new MyErr('mine'), Object.assign(new Error('with'), { extra: 1 }));
  console.log(new Error('outer', { cause: new Error('inner') }));
  console.log(new Map([[1, 2]]), new Set([1]), new WeakMap(), new WeakSet());
  console.log(new Uint8Array([1, 2]), new Float32Array([0.5]), new ArrayBuffer(3), new DataView(new ArrayBuffer(2)), new BigInt64Array(1));
  console.log(Promise.resolve(1), (function* () {})(), [][Symbol.iterator](), new Proxy({ a: 1 }, {}), new Proxy([1, 2], {}), new Proxy(function () {}, {}));
  console.log(new Point(1), new WithJSON(), Object.create(null), Object.create({ inherited: 1 }), Object.create({}, { hidden: { value: 1 }, seen: { value: 2, enumerable: true } }));
  const circular = { name: 'c' }; circular.self = circular;
  console.log(circular);
  const list = [1]; list.push(list); console.log(list.length);
  console.log(new Thrower());
  console.log({ n: { big: 1n } });
  console.log('%s %d %o', 'a', 1, {});
  console.log(globalThis === this, typeof globalThis);
  console.log(JSON, Math, Reflect, typeof Intl, typeof WebAssembly);
  console.log(arguments);
  console.log((function () { return arguments; })(1, 'b'));
  console.log({ get a() { return 1; }, set b(v) {}, ['comp' + 'uted']: 1, __proto__: { z: 1 } });
  console.log({ get bad() { throw new Error('getter'); } });
  console.log(http.get(`${__ENV.BASE}/status/204`).body, http.get(`${__ENV.BASE}/status/204`).headers['Server']);
  console.log(http.expectedStatuses(200), http.file('a', 'b', 'c'));
  console.log(check, http.get, encoding);
  console.log('x'.repeat(3), ['a'].toString(), String([1, [2, 3]]), String({}), `${[]}`, [null, undefined, 1].join());
  console.warn('warn', { a: 1 }); console.error('error', new Error('e')); console.info('info'); console.debug('debug');
  console.log({ a: { b: { c: { d: { e: { f: 1 } } } } } }, [[[[[[1]]]]]]);
  console.log('a', ['b'], { c: 'd "e" \u2028 <&>' }, '<&>\u2029');
  console.log(Object.assign(() => 1, { prop: 1 }), Object.assign([1], { extra: true }), Object.assign(new Date(5), { x: 1 }));
  console.log(new (class extends Array {})(3), new (class extends Map {})([[1, 2]]), new (class Foo extends Array { get x() { return 1; } })(1, 2));
  console.log([Symbol('in')], [function () {}], { [Symbol('k')]: 1 }, [new Error('in list')], { e: new RangeError('in object') }, [1n].length);
  console.log(typeof console.table, typeof console.trace, typeof console.assert, typeof console.time, typeof console.group, Object.keys(console).sort());
}
