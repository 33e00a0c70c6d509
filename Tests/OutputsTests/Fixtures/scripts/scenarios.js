// Named scenarios beside the default one, groups four deep, empty groups, set-up and teardown, sampled vus.
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { dumpAndFail } from './common.js';

const counter = new Counter('cc');
const trend = new Trend('some_time', true);

export const options = {
  scenarios: {
    zebra: { executor: 'constant-vus', vus: 2, duration: '1200ms', exec: 'zebra' },
    alpha: { executor: 'shared-iterations', vus: 1, iterations: 2, exec: 'alpha' },
    default: { executor: 'shared-iterations', vus: 1, iterations: 2 },
  },
  thresholds: {
    'http_req_duration{scenario:alpha}': ['max<10000', 'min>=0', 'avg<100'],
    'http_reqs{scenario:zebra}': ['count>1'],
    'checks{group:::g1::g2}': ['rate==1'],
    dropped_iterations: ['count<1'],
  },
};

export function setup() {
  http.get(`${__ENV.BASE}/`);
  check(1, { 'in setup': () => true });
  group('inside', () => { check(1, { 'in setup, in a group': () => true }); });
  return { a: [1, { b: null }], text: 'x\n"é"' };
}

export function teardown() { check(1, { 'in teardown': () => true }); }

export function alpha() {
  counter.add(1);
  check(1, { shared: () => true });
  group('g1', () => {
    http.get(`${__ENV.BASE}/`);
    check(1, { one: () => true });
    group('g2', () => { http.get(`${__ENV.BASE}/`); check(1, { two: () => true }); });
  });
}

export function zebra() {
  check(1, { shared: () => true });
  group('g1', () => { check(1, { one: () => false }); http.get(`${__ENV.BASE}/`); });
  group('only a counter', () => { counter.add(2); trend.add(1.5); });
  sleep(0.3);
}

export default function () {
  check(1, { 'f0': () => false, 'p0': () => true });
  group('empty', () => {});
  group('m1', () => {
    counter.add(1);
    check(1, { f1: () => false, p1: () => true });
    group('m2', () => {
      check(1, { f2: () => false, p2: () => true });
      group('m3', () => {
        trend.add(88);
        check(1, { f3: () => false, p3: () => true });
        group('m4', () => { check(1, { f4: () => false }); });
      });
    });
  });
  group('a0', () => { http.get(`${__ENV.BASE}/missing`); });
}

export function handleSummary(data) { dumpAndFail(data); }
