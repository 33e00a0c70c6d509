// about: options read from a file, a profile chosen by a variable, changed before the run
// args: -e PROFILE=smoke -e EXTRA=1
import http from 'k6/http';
import exec from 'k6/execution';
const profiles = JSON.parse(open('./fixtures/mv-team/mv-profiles.json'));
const profile = profiles[__ENV.PROFILE || 'load'];
if (!profile) throw new Error(`no profile ${__ENV.PROFILE}`);
const sorted = (x) => JSON.stringify(x, (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
export let options = Object.assign({}, profiles.common, profile, { tags: { ...profiles.common.tags, profile: __ENV.PROFILE } });
if (__ENV.EXTRA) options.thresholds = { ...options.thresholds, 'http_reqs{profile:smoke}': ['count>0'] };
Object.entries(options.scenarios).forEach(([name, s]) => { s.env = { ...s.env, WHO: name }; if (__ENV.ONLY && name !== __ENV.ONLY) delete options.scenarios[name]; });
options.summaryTrendStats.push('p(99)');
export default function () { const r = http.get(`${__ENV.BASE}/echo?who=${__ENV.WHO}`, { tags: { name: 'who' } }); console.log(__ENV.WHO, __ENV.LEVEL, r.json('query.who'), exec.scenario.name, sorted(exec.test.options.thresholds), sorted(exec.test.options.tags), sorted(exec.test.options.scenarios[exec.scenario.name])); }
export function checkout() { console.log('checkout', __ENV.WHO, exec.vu.tags.team, exec.scenario.iterationInTest); }
