// about: scenarios of every executor as JSON
// command: inspect
export const options = {
  scenarios: {
    a: { executor: 'shared-iterations', vus: 2, iterations: 3, maxDuration: '5s' },
    b: { executor: 'per-vu-iterations', vus: 2, iterations: 3, startTime: '1s', gracefulStop: '2s' },
    c: { executor: 'constant-vus', vus: 2, duration: '3s', env: { A: 'b' }, tags: { c: 'd' } },
    d: { executor: 'ramping-vus', startVUs: 0, stages: [{ duration: '1s', target: 5 }], gracefulRampDown: '0s' },
    e: { executor: 'constant-arrival-rate', rate: 10, duration: '2s', preAllocatedVUs: 1, maxVUs: 5, exec: 'other' },
    f: { executor: 'ramping-arrival-rate', startRate: 1, timeUnit: '1m', preAllocatedVUs: 2, stages: [{ target: 10, duration: '1m' }] },
    g: { executor: 'externally-controlled', vus: 1, maxVUs: 2, duration: '1m' },
  },
};

export default function () {}

export function other() {}
