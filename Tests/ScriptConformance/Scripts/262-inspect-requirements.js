// about: what a test needs: VUs and time
// command: inspect --execution-requirements
export const options = {
  scenarios: {
    ramp: { executor: 'ramping-vus', stages: [{ duration: '10s', target: 20 }, { duration: '5s', target: 0 }], gracefulRampDown: '3s' },
    rate: { executor: 'constant-arrival-rate', rate: 10, duration: '20s', preAllocatedVUs: 5, maxVUs: 15, startTime: '5s' },
  },
  thresholds: { 'http_reqs{a:b}': ['count>1'] },
};

export default function () {}
