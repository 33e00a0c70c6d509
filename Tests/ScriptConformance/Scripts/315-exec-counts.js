// about: what an iteration sees of the others', wherever they run
// workers: each
import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = {
  scenarios: {
    each: { executor: 'per-vu-iterations', vus: 4, iterations: 3 },
    late: { executor: 'shared-iterations', vus: 2, iterations: 5, startTime: '1s', exec: 'late' },
    cut: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '0s', exec: 'cut' },
  },
};

export default function () {
  if (exec.vu.iterationInScenario !== 0) return;
  // Three of four VUs are done with theirs by the time the last one looks.
  if (exec.scenario.iterationInTest !== 0) return;
  sleep(0.5);
  console.log('completed', exec.instance.iterationsCompleted, exec.instance.iterationsInterrupted);
  console.log('vus', exec.instance.vusActive, exec.instance.vusInitialized);
  console.log('progress', exec.scenario.progress);
}

export function late() {
  if (exec.scenario.iterationInTest !== 0) return;
  sleep(0.4);
  console.log('late completed', exec.instance.iterationsCompleted, exec.instance.iterationsInterrupted);
  console.log('late vus', exec.instance.vusActive);
  console.log('late progress', exec.scenario.progress);
}

export function cut() { sleep(10); }
