// about: VUs that loop until the time is up; the last iteration may finish
// counts: any
// keep: vus
import { sleep } from 'k6';

export const options = { scenarios: { s: { executor: 'constant-vus', vus: 3, duration: '1500ms', gracefulStop: '5s' } } };

export default function () {
  sleep(0.2);
}
