// about: an iteration interrupted inside a generator, and a clean one on the same VU after it
// workers: each
import http from 'k6/http';

export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '1s', gracefulStop: '0s', exec: 'first' },
    second: { executor: 'per-vu-iterations', vus: 1, iterations: 2, startTime: '1300ms', exec: 'second' },
  },
};

let state = 'fresh';

function* endless() {
  try {
    while (true) yield 1;
  } finally {
    console.log('never');
  }
}

export function first() {
  state = 'touched';
  for (const one of endless()) if (one === 2) break;
  console.log('never either');
}

export function second() {
  console.log('second', __VU, state, __ITER > 0, http.get(`${__ENV.BASE}/status/200`).status);
  Promise.resolve().then(() => console.log('its own job'));
}
