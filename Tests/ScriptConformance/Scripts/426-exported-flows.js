// about: scenarios with functions that are classes' methods, closures, async and default at once
// order: any
import exec from 'k6/execution';
import http from 'k6/http';
class Flow { constructor(n) { this.n = n; } run = async (data) => { const r = await http.asyncRequest('GET', `${__ENV.BASE}/echo?n=${this.n}`); console.log(exec.scenario.name, r.json('query.n'), data.v, this instanceof Flow); }; static stat(d) { console.log(exec.scenario.name, typeof this, d.v); } }
const make = (label) => function (data) { console.log(exec.scenario.name, label, data.v, this === undefined, arguments.length); };
const s = (exec, startTime) => ({ executor: 'per-vu-iterations', vus: 1, iterations: 1, exec, startTime });
export const options = { scenarios: { a: s('bound', '0s'), b: s('closure', '200ms'), c: s('stat', '400ms'), d: s('default', '600ms'), e: s('arrow', '800ms'), f: s('renamed', '1s') } };
const flow = new Flow(7); export const bound = flow.run; export const closure = make('closure'); export const stat = Flow.stat; export const arrow = (d) => console.log(exec.scenario.name, d.v, __VU > 0); function inner(d) { d.v = 'mutated'; console.log(exec.scenario.name, d.v, inner.name); } export { inner as renamed };
export async function setup() { const r = await http.asyncRequest('GET', `${__ENV.BASE}/json`); return { v: r.json('name') }; }
export default async (d) => { await null; console.log(exec.scenario.name, d.v); };
export async function teardown(data) { await new Promise((r) => setTimeout(r, 5)); console.log('teardown', data.v); }
