// about: require of a large ES module by code that is made up
// order: any
import { usedEarly } from './fixtures/large-library/large-library.js';

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };

let step = () => ({ label: 'none' });
if (__VU > 1) {
  const find = (() => {})[['con', 'structor'].join('')]('return r' + 'equire')();
  step = find('./fixtures/large-library/large-library.js').step40;
}

export default function () {
  console.log(__VU, usedEarly([__VU]), step([], []).label);
}
