// about: checks of every shape
import { check, group } from 'k6';
import http from 'k6/http';
export const options = { thresholds: { 'checks{kind:tagged}': ['rate>0.5'], 'checks{check:always}': ['rate==1'] } };
class Sets { constructor() { this.own = () => true; } get getter() { return () => true; } method() { return true; } }
export default function () {
  const t = (l, f) => { try { console.log(l, f()); } catch (e) { console.log(l, e.name, e.message); } };
  t('always', () => check(null, { always: true })); t('values', () => check(1, { 'str': 'x', 'empty': '', 'zero': 0, 'nan': NaN, 'null': null, 'undef': undefined, 'obj': {}, 'arr': [], 'sym': Symbol('x'), 'big0': 0n, 'big1': 1n }));
  t('class', () => check(1, new Sets())); t('inherit', () => check(1, Object.create({ inherited: () => true }))); t('array', () => check(1, [() => true, () => false])); t('map', () => check(1, new Map([['a', 1]])));
  t('numbers', () => check(1, { 2: true, 1: true, b: true, a: true })); t('symbolkey', () => check(1, { [Symbol('k')]: true })); t('empty', () => check(1, {})); t('emptyname', () => check(1, { '': true })); t('hidden', () => check(1, Object.defineProperty({}, 'x', { value: () => true })));
  t('none', () => check()); t('one', () => check(1)); t('null', () => check(1, null)); t('undef', () => check(1, undefined)); t('str', () => check(1, 'abc')); t('num', () => check(1, 5)); t('fn', () => check(1, () => true)); t('bool', () => check(1, true));
  t('tags', () => check(1, { tagged: true }, { kind: 'tagged', n: 1, b: false })); t('badtags', () => check(1, { badtagged: true }, { o: {} })); t('nulltags', () => check(1, { nulltagged: true }, null)); t('strtags', () => check(1, { strtagged: true }, 'x')); t('tagcheck', () => check(1, { overridden: true }, { check: 'own' }));
  t('args', () => check({ a: 1 }, { args: (...a) => { console.log(a.length, JSON.stringify(a)); return true; } })); t('this', () => check(1, { self() { return this !== undefined; }, arrow: () => true })); t('promise', () => check(1, { promise: () => Promise.resolve(false) })); t('async', () => check(1, { asyncf: async () => false })); t('generator', () => check(1, { gen: function* () { yield false; } }));
  t('throws', () => check(1, { before: true, boom() { throw new TypeError('inside'); }, after: true })); t('nested', () => check(1, { outer: () => check(2, { inner: (v) => v === 3 }) })); t('throwsobj', () => check(1, { o() { throw { a: 1 }; } }));
  t('names', () => check(1, { 'a::b': true })); t('long', () => check(1, { ['x'.repeat(300)]: true })); t('newline', () => check(1, { 'two\nlines': true, 'tab\t': true, 'ü 😀 <b>&': true, '{a:b}': true, '"q"': true, "it's, ok": false }));
  t('returns', () => check(1, { a: () => 'text', b: () => 0, c: () => {}, d: () => [], e: () => null }));
  t('group value', () => group('g', () => 5)); t('group none', () => group('g')); t('group name', () => group(5, () => 'five')); t('group null', () => group(null, () => 'n')); t('group empty', () => group('', () => check(1, { 'in empty': true }))); t('group ::', () => group('a::b', () => 1)); t('group notfn', () => group('x', 5)); t('group async', () => group('x', async () => 1)); t('group promise', () => typeof group('x', () => Promise.resolve(1)).then); t('group args', () => group('x', (...a) => a.length, 1, 2)); t('group this', () => group('x', function () { return typeof this; }));
  t('same', () => group('dup', () => group('dup', () => check(1, { always: true })))); t('throws group', () => { try { group('thrower', () => { throw 'x'; }); } finally { http.get(`${__ENV.BASE}/status/200`); } });
  const r = http.get(`${__ENV.BASE}/json`); t('resp', () => check(r, { 'is json': (x) => x.headers['Content-Type'].startsWith('application/json'), 'has name': (x) => x.json().name === 'apus', 'fast enough': ({ timings: { duration } }) => duration < 20000, 'proto': (x) => x.proto === 'HTTP/1.1' }));
  t('frozen', () => check(1, Object.freeze({ frozen: true }))); t('proxy', () => check(1, new Proxy({ p: true }, { get: (o, k) => () => k === 'p' }))); t('getter throws', () => check(1, { ok1: true, get bad() { throw new Error('getter'); }, ok2: true }));
}
