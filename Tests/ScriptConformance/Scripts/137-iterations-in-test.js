// about: each iteration of a scenario has a number of its own, as has each VU
// workers: each
// order: any
import exec from 'k6/execution';

export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 3, iterations: 12 } } };

export default function () {
  console.log('iteration', exec.scenario.iterationInTest);
  if (__ITER === 0 && exec.vu.iterationInInstance !== __ITER) console.log('another count');
}
