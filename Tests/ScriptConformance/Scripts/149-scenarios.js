// about: several scenarios: functions, variables, tags, start times, order
// workers: each
// order: any
import exec from 'k6/execution';
import http from 'k6/http';

export const options = {
  tags: { all: 'yes' },
  scenarios: {
    first: { executor: 'shared-iterations', iterations: 2, vus: 1, exec: 'first', env: { WHO: 'first', ONLY: 'here' }, tags: { part: '1' } },
    second: { executor: 'per-vu-iterations', vus: 2, iterations: 1, exec: 'second', env: { WHO: 'second' }, tags: { part: '2' }, startTime: '400ms' },
    third: { executor: 'shared-iterations', iterations: 1, startTime: '800ms' },
  },
  thresholds: { 'http_reqs{scenario:first}': ['count==2'], 'http_reqs{part:2}': ['count==2'], 'iterations{scenario:third}': ['count==1'] },
};

export function first() {
  http.get(`${__ENV.BASE}/status/201`);
  console.log('first', __ENV.WHO, __ENV.ONLY, exec.scenario.name);
}

export function second() {
  http.get(`${__ENV.BASE}/status/202`);
  console.log('second', __ENV.WHO, __ENV.ONLY, exec.scenario.name);
}

export default function () {
  console.log('third', __ENV.WHO, __ENV.ONLY, exec.scenario.name, exec.vu.tags.part, exec.vu.tags.all);
}
