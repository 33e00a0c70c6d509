// about: require of a large ES module: by its name and by a name that is computed
// order: any
import { usedEarly } from './fixtures/large-library/large-library.js';
import './fixtures/large-library/large-index.js';

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };

const helpers = require('./fixtures/large-library/large-helpers.js');
const name = ['.', 'fixtures', 'large-library', 'large-index.js'].join('/');
const index = __VU > 1 ? require(name) : undefined;

export default function () {
  console.log(__VU, usedEarly([__VU]), Object.keys(helpers).join(), index ? index.step30([], []).label : 'none');
}
