// about: iterations nobody came to, in both executors that count them
// workers: each
import { sleep } from 'k6';

export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 2, iterations: 10, maxDuration: '1s', exec: 'slow' },
    each: { executor: 'per-vu-iterations', vus: 2, iterations: 5, maxDuration: '1s', exec: 'slow' },
  },
};

export function slow() {
  sleep(1.4);
}
