// about: setup, teardown and the data between them, requests and groups in each
import { check, group } from 'k6';
import http from 'k6/http';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

export const options = { vus: 1, iterations: 2 };

console.log('init', __VU, typeof __ITER);

export function setup() {
  const res = http.get(`${__ENV.BASE}/json`);
  group('prepare', () => check(res, { 'setup got JSON': (r) => r.json('name') === 'apus' }));
  console.log('setup', __VU);
  return { name: res.json('name'), when: new Date(0), nothing: undefined, list: [1, [2]], text: 'ü' };
}

export default function (data) {
  console.log('default', __VU, __ITER, text(data), typeof data.when, data.nothing);
}

export function teardown(data) {
  http.get(`${__ENV.BASE}/status/200`);
  console.log('teardown', __VU, text(data));
}
