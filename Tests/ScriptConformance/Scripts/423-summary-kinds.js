// about: handleSummary that is async, writes bytes, and into folders
// files: a.txt bin.dat sub.json
import http from 'k6/http';
import { check } from 'k6';
const sorted = (x) => JSON.stringify(x, (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
export const options = { iterations: 2 };
export function setup() { return { when: 'setup', list: [1] }; }
export default function () { http.get(`${__ENV.BASE}/json`); check(1, { one: true }); }
export function handleSummary(data) {
  console.log(Object.keys(data).sort(), sorted(data.setup_data), data.state.isStdOutTTY, data.state.isStdErrTTY, sorted(data.options), this === undefined, arguments.length, __VU, __ITER);
  const jUnit = Object.entries(data.root_group.checks).map(([k, v]) => `${k}:${v.name}`); data.metrics.checks.values.rate = 'changed';
  return Promise.resolve({ stdout: 'to stdout\n', stderr: 'to stderr\n', 'a.txt': jUnit.join(), 'bin.dat': new Uint8Array([104, 105, 10]).buffer, './sub.json': sorted(data.metrics.checks), 'number.txt': 5, 'nothing.txt': null, 'missing/folder/x.txt': 'x', 'object.txt': { a: 1 }, 'list.txt': ['a'] });
}
