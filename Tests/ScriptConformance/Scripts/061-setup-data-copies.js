// about: each VU has a copy of setup's data of its own, which it keeps
// workers: each
// order: any
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 2, iterations: 3 } } };

export function setup() {
  return { count: 1, inner: { n: 1 } };
}

export default function (data) {
  data.count += 1;
  data.inner.n += 1;
  console.log(__VU, text(data));
}

export function teardown(data) {
  console.log('teardown', text(data));
}
