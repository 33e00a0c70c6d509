// about: iterations at a rising rate
// workers: each
import exec from 'k6/execution';

export const options = {
  scenarios: {
    s: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnit: '1s',
      preAllocatedVUs: 3,
      stages: [
        { duration: '1s', target: 19 },
        { duration: '0s', target: 0 },
      ],
    },
  },
  thresholds: { iterations: ['count==9'] },
};

export default function () {
  if (exec.scenario.iterationInTest === 8) console.log('the ninth');
}
