// about: VUs that come and go: who starts when
// workers: each
// order: any
import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = {
  scenarios: {
    s: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: '400ms', target: 3 },
        { duration: '800ms', target: 3 },
        { duration: '0s', target: 0 },
      ],
      gracefulRampDown: '5s',
    },
  },
};

export default function () {
  console.log('VU', exec.vu.idInTest, 'iteration', exec.vu.iterationInScenario);
  sleep(2);
}
