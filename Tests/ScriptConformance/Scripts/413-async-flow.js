// about: async functions, Promise.all over asyncRequest, timers, order of events
import http from 'k6/http';
import { check, sleep, group } from 'k6';
import { setTimeout as st, clearTimeout as ct, setInterval as si, clearInterval as ci } from 'k6/timers';
import { Counter } from 'k6/metrics';
const done = new Counter('done');
export const options = { vus: 1, iterations: 3, thresholds: { done: ['count==30'] } };
const wait = (ms, v) => new Promise((ok) => setTimeout(ok, ms, v));
const timeout = (p, ms) => { let t; return Promise.race([p, new Promise((_, no) => { t = setTimeout(() => no(new Error(`timeout ${ms}`)), ms); })]).finally(() => clearTimeout(t)); };
async function pool(tasks, n) {
  const out = []; let i = 0;
  const worker = async () => { while (i < tasks.length) { const k = i++; out[k] = await tasks[k](); } };
  await Promise.all(Array.from({ length: n }, worker));
  return out;
}
export default async function () {
  const log = [];
  const results = await Promise.all([1, 2, 3].map((n) => http.asyncRequest('GET', `${__ENV.BASE}/echo?n=${n}`, null, { tags: { n } }).then((r) => { done.add(1); return r.json('query.n'); })));
  console.log(results);
  const settled = await Promise.allSettled([http.asyncRequest('GET', `${__ENV.BASE}/status/500`), Promise.reject(new Error('no')), wait(1, 'v'), 7]);
  console.log(settled.map((s) => [s.status, s.value?.status ?? s.value, s.reason?.message]));
  console.log(await Promise.any([Promise.reject(1), wait(2, 'any')]), await Promise.race([wait(50, 'slow'), wait(1, 'fast')]));
  try { await Promise.any([Promise.reject(1)]); } catch (e) { console.log(e.constructor.name, e.errors, e instanceof AggregateError); }
  try { await timeout(http.asyncRequest('GET', `${__ENV.BASE}/delay/150`), 20); } catch (e) { console.log(e.message); }
  console.log(await pool(Array.from({ length: 7 }, (_, i) => () => http.asyncRequest('GET', `${__ENV.BASE}/status/${200 + i % 3}`).then((r) => (done.add(1), r.status))), 3));
  log.push('sync'); setTimeout(() => log.push('t0'), 0); Promise.resolve().then(() => log.push('micro')); await null; log.push('after await'); await wait(5); console.log(log);
  let ticks = 0;
  await new Promise((ok) => { const id = setInterval(() => { if (++ticks === 3) { clearInterval(id); ok(); } }, 2); console.log(typeof id); });
  const never = st(() => console.log('never'), 30); ct(never); ct(undefined); ct(12345); clearInterval(never);
  console.log(ticks, typeof st, st === setTimeout);
  for (const bad of [[], ['code', 1], [null, 5], [() => {}, 'x'], [() => {}, NaN], [() => {}, -5], [() => {}, '7']]) try { const id = setTimeout(...bad); console.log(typeof id); } catch (e) { console.log(e.name, e.message); }
  const g = (function* () { const x = yield 1; try { yield x * 2; } finally { log.push('fin'); } })();
  console.log(g.next(), g.next(4), g.return(9), g.next(), log.at(-1));
  setTimeout(async () => { await wait(3); console.log('late', __ITER); done.add(0); }, 5);
  if (__ITER === 1) { sleep(0.01); queue(); }
  check(results, { three: (r) => r.length === 3 });
  try { group('async', async () => {}); } catch (e) { console.log(e.name, e.message); }
  try { check(1, { a: async () => true }); } catch (e) { console.log(e.name, e.message); }
  const s = new Date(); const t = (async () => { await wait(20); return new Date() - s >= 19; })(); console.log(await t);
  console.log(await { then(ok) { ok('thenable'); } }, await (async () => { try { await Promise.reject('r'); } catch { return 'caught'; } finally { log.push('x'); } })());
  class A { static async make() { const a = new A(); a.v = await wait(1, 5); return a; } }
  console.log((await A.make()).v);
}
function queue() { Promise.resolve().then(() => console.log('from queue')); }
