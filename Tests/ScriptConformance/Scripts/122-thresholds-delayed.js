// about: a threshold that may end the run only later than the run lasts
import { Counter } from 'k6/metrics';
import { sleep } from 'k6';

const bad = new Counter('bad');

export const options = {
  iterations: 1,
  thresholds: { bad: [{ threshold: 'count<1', abortOnFail: true, delayAbortEval: '1m' }] },
};

export default function () {
  bad.add(1);
  sleep(2.3);
  console.log('to the end');
}
