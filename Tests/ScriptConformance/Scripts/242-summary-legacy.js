// about: the summary of before
// args: --summary-mode=legacy
import { check, group } from 'k6';
import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const counter = new Counter('my_counter');
const gauge = new Gauge('my_gauge');
const rate = new Rate('my_rate');
const trend = new Trend('my_trend');
const time = new Trend('my_time', true);

export const options = {
  scenarios: {
    main: { executor: 'per-vu-iterations', vus: 1, iterations: 2 },
    side: { executor: 'shared-iterations', vus: 1, iterations: 1, exec: 'side', startTime: '300ms' },
  },
  thresholds: {
    my_trend: ['avg<5', 'max<2'],
    'my_trend{kind:a}': ['max<10'],
    my_counter: ['count==3'],
    'http_reqs{group:::outer}': ['count==2'],
    checks: ['rate>0.5'],
  },
};

export default function () {
  counter.add(1);
  gauge.add(__ITER);
  rate.add(__ITER === 0);
  trend.add(__ITER + 1, { kind: 'a' });
  time.add(1500.25);
  check(1, { 'at the root': true });
  group('outer', () => {
    check(http.get(`${__ENV.BASE}/`), { 'status is 200': (r) => r.status === 200 });
    group('inner', () => check(__ITER, { 'is zero': (i) => i === 0 }));
  });
}

export function side() {
  counter.add(1);
  time.add(0.25);
  group('aside', () => check(1, { 'on the side': true }));
}

export function teardown() {
  check(1, { 'in teardown': true });
}
