// Checks (passing, failing, shared names), nested groups, custom metrics of every kind, thresholds of both outcomes.
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { dumpAndFail } from './common.js';

const counter = new Counter('my_counter');
const gauge = new Gauge('my_gauge');
const rate = new Rate('my_rate');
const timed = new Trend('my_trend', true);
const plain = new Trend('my_plain');

export const options = {
  iterations: 6,
  vus: 2,
  thresholds: {
    checks: ['rate>0.9', 'rate>0.1'],
    http_req_duration: ['p(95)<5000', 'avg<2000', 'p(99.9)<3000', 'med<1000'],
    'http_req_duration{group:::g1}': ['max<0.000001'],
    my_counter: ['count>100', 'rate>1'],
    my_gauge: ['value<4'],
    'my_rate{kind:odd}': ['rate<0.5'],
    'my_trend{foo:bar}': ['p(99.9)<5'],
    'http_reqs{nothing:here}': ['count<1'],
  },
};

export default function () {
  counter.add(1);
  gauge.add(__ITER);
  timed.add(12.34, { foo: 'bar' });
  timed.add(__ITER * 7.77);
  plain.add(7 + __ITER / 3);
  rate.add(__ITER % 2, { kind: 'odd' });
  check(1, { 'at the root': () => true });
  group('g1', () => {
    const answer = http.get(`${__ENV.BASE}/`);
    check(answer, { 'status 200': (r) => r.status === 200, fails: () => false, some: () => __ITER !== 1 });
    group('g2', () => {
      check(1, { inner: () => true, fails: () => false });
    });
  });
  http.get(`${__ENV.BASE}/missing`);
  sleep(0.02);
}

export function handleSummary(data) { dumpAndFail(data); }
