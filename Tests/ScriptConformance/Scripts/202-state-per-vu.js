// about: a VU's variables live on between iterations, and are its own
// workers: each
// order: any
export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 3, iterations: 3 } } };

let count = 0;
globalThis.seen = [];

export default function () {
  count += 1;
  seen.push(__ITER);
  console.log(__VU, count, seen.join());
}
