// Groups and checks whose numbers add up over groups, scenarios and VUs: shared names, nested and empty groups,
// a group only one scenario has, set-up and teardown with groups of their own, tags on checks.
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { dumpAndFail } from './common.js';

const counter = new Counter('counted');
const gauge = new Gauge('gauged');
const rate = new Rate('rated');
const trend = new Trend('tracked', true);

export const options = {
  scenarios: {
    one: { executor: 'per-vu-iterations', vus: 2, iterations: 2, exec: 'one', tags: { colour: 'red' } },
    default: { executor: 'shared-iterations', vus: 2, iterations: 4 },
  },
  thresholds: { checks: ['rate>0.5'], 'checks{group:::outer::inner}': ['rate>0.99'], tracked: ['max<100'] },
  tags: { run: 'r1' },
};

export function setup() {
  check(1, { 'shared': () => true });
  group('first', () => { http.get(`${__ENV.BASE}/`); });
  return { id: 7 };
}

export function teardown() { group('last', () => { check(1, { 'shared': () => false }); }); }

export function one() {
  check(1, { shared: () => true }, { mine: String(__ITER) });
  group('outer', () => {
    trend.add(2.5 * (__ITER + 1));
    group('inner', () => { check(1, { deep: () => __ITER > 0, shared: () => true }); });
    check(1, { after: () => true });
  });
  group('alone', () => { counter.add(3); });
}

export default function () {
  check(1, { root: () => true, shared: () => false });
  group('outer', () => {
    http.get(`${__ENV.BASE}/`);
    check(1, { after: () => true, 'only here': () => __ITER % 2 === 0 });
    group('inner', () => { rate.add(__ITER % 2); check(1, { deep: () => true }); });
  });
  group('nothing', () => { group('within', () => {}); });
  group('setup', () => { gauge.add(__ITER + 1); counter.add(1); });
  trend.add(77);
  sleep(0.3);
}

export function handleSummary(data) { dumpAndFail(data); }
