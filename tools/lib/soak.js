// What tools/test --all runs for minutes with 2,000 VUs: requests, JSON, groups, checks and metrics of its own,
// garbage in cycles, think time. Ends with 99 when a check does not hold.

import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { SharedArray } from 'k6/data';

export const options = { thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'] } };

const users = new SharedArray('users', () =>
  Array.from({ length: 500 }, (_, id) => ({ id, name: `user ${id}`, tags: ['a', 'b'] })));
const parsed = new Trend('soak_parsed_bytes');
const seen = new Counter('soak_users');

export default function () {
  const user = users[(__VU + __ITER) % users.length];
  group('browse', () => {
    const page = http.get(`${__ENV.BASE}bytes/2000`, { tags: { name: 'page' } });
    check(page, { 'page is there': (r) => r.status === 200 && r.body.length === 2000 });
  });
  group('order', () => {
    const lines = Array.from({ length: 100 }, (_, n) => ({ n, text: 'x'.repeat(n % 20) }));
    const sent = JSON.stringify({ user, lines });
    const order = http.post(`${__ENV.BASE}echo`, sent, { headers: { 'Content-Type': 'application/json' } });
    check(order, { 'order is taken': (r) => r.status === 200 });
    const copy = JSON.parse(sent);
    copy.self = copy;
    parsed.add(sent.length);
  });
  seen.add(1, { kind: user.id % 2 ? 'odd' : 'even' });
  sleep(0.5 + Math.random());
}
