// about: a client class in the manner of k6's library httpx, with assertions in the manner of chaijs
// args: -i 2
import { Httpx, Get, Post, describe } from './fixtures/own-client.js';
import { Counter } from 'k6/metrics';

export const options = { thresholds: { 'checks{group:::login}': ['rate==1'], 'group_duration{group:::broken}': ['avg<5000'] } };

const session = new Httpx({ baseURL: __ENV.BASE, headers: { 'User-Agent': 'httpx' }, timeout: 5000 });
session.addTag('session', 'yes');
session.addHeader('X-Trace', 'abc');
const count = new Counter('described');

export default function () {
  const login = describe('login', (t) => {
    const res = session.post('/echo', JSON.stringify({ u: 1 }), { tags: { step: '1' } });
    t.expect(res.status, 'status').equal(200);
    t.expect(res.json('headers.X-Trace'), 'trace').equal('abc');
  });
  const broken = describe('broken', (t) => t.expect(session.get('/status/418').status, 'status').equal(200));
  const all = session.batch([new Get('/json'), new Post('/echo', { x: 1 }), new Get('/bytes/3')]);
  count.add(all.length, { login, broken: String(broken) });
  console.log(login, broken, all.map((r) => r.status).join(), session.statuses.join());
  try {
    describe('throws', () => { undefinedFunction(); });
  } catch (error) {
    console.log(error.name, error instanceof ReferenceError, error.stack.split('\n')[1]);
  }
}
