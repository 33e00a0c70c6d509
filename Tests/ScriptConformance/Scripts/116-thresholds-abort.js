// about: a threshold that ends the run
// counts: any
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

const bad = new Counter('bad');

export const options = {
  vus: 2,
  duration: '30s',
  thresholds: { bad: [{ threshold: 'count<1', abortOnFail: true }], iterations: [{ threshold: 'count>0', abortOnFail: false }] },
};

export default function () {
  bad.add(1);
  sleep(0.1);
}

export function teardown() {
  console.log('teardown runs');
}
