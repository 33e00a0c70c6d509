// about: iterations for which no VU was free
// workers: each
import { sleep } from 'k6';

export const options = {
  scenarios: {
    s: { executor: 'constant-arrival-rate', rate: 5, timeUnit: '1s', duration: '1100ms', preAllocatedVUs: 1, maxVUs: 1 },
  },
  thresholds: { dropped_iterations: ['count==5'], iterations: ['count==1'] },
};

export default function () {
  sleep(1.5);
}
