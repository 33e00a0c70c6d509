// about: the executor that is told from outside, told nothing
// counts: any
import { sleep } from 'k6';

export const options = { scenarios: { s: { executor: 'externally-controlled', vus: 2, maxVUs: 3, duration: '1s' } } };

export default function () {
  sleep(0.15);
}
