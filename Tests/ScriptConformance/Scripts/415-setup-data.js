// about: setup returns values of every kind; VUs change their copies; teardown throws
import http from 'k6/http';
import { check } from 'k6';
const sorted = (x) => JSON.stringify(x, (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 1, iterations: 2 } }, setupTimeout: '20s' };
export function setup() {
  const res = http.get(`${__ENV.BASE}/json`, { tags: { phase: 'setup' } });
  return {
    users: Array.from({ length: 60 }, (_, i) => ({ id: i, name: `user-${i}`, tags: [i % 3, null, 'ü'] })),
    date: new Date(86400000), re: /x/g, map: new Map([[1, 2]]), undef: undefined, neg0: -0, big: 1e21,
    bytes: new Uint8Array([1, 2]), buf: new ArrayBuffer(2), nested: { list: [undefined, null], err: new Error('lost') },
    json: res.json(), headers: { 'Content-Type': res.headers['Content-Type'] }, cls: new (class Foo { constructor() { this.a = 1; } get b() { return 2; } toJSON(k) { return { a: this.a, k }; } })(), text: 'line\u2028"\\/\ud83d',
  };
}
export default function (data) {
  console.log(data.users.length, sorted(data.users[59]), typeof data.date, data.date, data.re, data.map, data.set, 'fn' in data, 'undef' in data, data.inf, Object.is(data.neg0, -0), data.big, data.bytes, data.buf, sorted(data.nested), 'sym' in data, data.json.wingspan_mm, data.headers['Content-Type'], data.cls, data.text.length, data.text.charCodeAt(8));
  console.log(Object.keys(data).sort());
  data.users[0].name = 'changed'; data.extra = 1; delete data.re;
  console.log(data.users[0].name, Object.keys(data).length, __ITER);
}
export function teardown(data) {
  console.log(sorted(data.users[0]), Object.keys(data).length, __VU, __ITER);
  const { missing } = data;
  missing.property();
}
