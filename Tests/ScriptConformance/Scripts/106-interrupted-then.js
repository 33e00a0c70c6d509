// about: an iteration interrupted inside a callback of a promise, and a clean one on the same VU after it
// workers: each
import http from 'k6/http';

export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '1s', gracefulStop: '0s', exec: 'first' },
    second: { executor: 'per-vu-iterations', vus: 1, iterations: 2, startTime: '1300ms', exec: 'second' },
  },
};

let state = 'fresh';

export function first() {
  Promise.resolve().then(() => {
    state = 'touched';
    while (true);
  });
  Promise.resolve().then(() => console.log('never'));
}

export function second() {
  console.log('second', __VU, state, __ITER > 0, http.get(`${__ENV.BASE}/status/200`).status);
  Promise.resolve().then(() => console.log('its own job'));
}
