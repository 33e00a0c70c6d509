// about: a part of a test: which VUs, which iterations
// workers: each
// args: --execution-segment 1/4:1/2 --execution-segment-sequence 0,1/4,1/2,1
// order: any
import exec from 'k6/execution';

export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 5, iterations: 13 },
    each: { executor: 'per-vu-iterations', vus: 8, iterations: 2, exec: 'each' },
    rate: { executor: 'ramping-arrival-rate', startRate: 25, preAllocatedVUs: 9, stages: [{ duration: '900ms', target: 25 }, { duration: '0s', target: 0 }], exec: 'rate' },
  },
};

export default function () {
  console.log('shared', exec.scenario.iterationInTest, exec.scenario.iterationInInstance);
}

export function each() {
  console.log('each', exec.scenario.iterationInTest, exec.scenario.iterationInInstance);
}

export function rate() {
  console.log('rate', exec.scenario.iterationInTest, exec.scenario.iterationInInstance);
}
