// about: what only setup, teardown, handleSummary or one scenario calls of a large library
import { step20, step21, step22, step23, step24, usedEarly } from './fixtures/large-library/large-library.js';

export const options = {
  scenarios: {
    one: { executor: 'per-vu-iterations', exec: 'one' },
    two: { executor: 'per-vu-iterations', exec: 'two', startTime: '300ms' },
  },
};
export function setup() { return step20([], []).label; }
export function one(data) { console.log('one', data, step21([], []).label); }
export const two = (data) => { console.log('two', data, step22([], []).label); };
export function teardown(data) { console.log('teardown', data, step23([], []).label); }
export function handleSummary() { return { stdout: step24([], []).label + usedEarly([3]) + '\n' }; }
