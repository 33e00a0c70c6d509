// about: heartbeats and polling: intervals that stop themselves, timers in groups, sleeps between
import http from 'k6/http';
import { sleep, group, check } from 'k6';
import exec from 'k6/execution';
export const options = { iterations: 2 };
export default function () {
  let beats = 0; const id = setInterval(() => { beats++; http.get(`${__ENV.BASE}/status/200`, { tags: { name: 'beat', n: beats } }); if (beats === 3) { clearInterval(id); console.log('beats', beats, exec.vu.iterationInScenario); } }, 5);
  group('outer', () => { setTimeout(() => { console.log('in group?', exec.vu.tags.group); check(1, { later: true }); }, 1); Promise.resolve().then(() => console.log('then', exec.vu.tags.group)); });
  const poll = (n) => new Promise((ok, no) => { const step = (k) => { const r = http.get(`${__ENV.BASE}/echo?k=${k}`); if (r.json('query.k') === String(n)) return ok(k); if (k > 5) return no(new Error('too long')); setTimeout(step, 2, k + 1); }; step(0); });
  poll(3).then((k) => console.log('polled', k)).finally(() => console.log('done')); poll(99).catch((e) => console.log('caught', e.message));
  setTimeout((a, b) => console.log('args', a, b, typeof this), 1, 'x', { y: 1 }); sleep(0.01); console.log('after sleep', beats);
  setTimeout(() => { setTimeout(() => { console.log('nested'); if (__ITER === 1) throw new Error('in a timer'); }, 1); }, 300);
}
