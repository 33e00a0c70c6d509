// about: iterations at a rate; one more than rate times duration may start at the very end
// counts: any
import { sleep } from 'k6';

export const options = {
  scenarios: { s: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '1s', preAllocatedVUs: 4, maxVUs: 6 } },
  thresholds: { iterations: ['count>=20', 'count<=21'], dropped_iterations: ['count==0'] },
};

export default function () {
  sleep(0.01);
}
