// about: iterations that are interrupted leave nothing
// workers: each
// counts: any
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

const started = new Counter('started');
const finished = new Counter('finished');

export const options = {
  scenarios: {
    hard: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s', exec: 'long' },
    soft: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '3s', exec: 'short' },
  },
  thresholds: { 'started{scenario:hard}': ['count==2'], 'finished{scenario:hard}': ['count==0'], 'finished{scenario:soft}': ['count==1'] },
};

export function long() {
  started.add(1);
  sleep(20);
  finished.add(1);
}

export function short() {
  sleep(1.5);
  finished.add(1);
}
