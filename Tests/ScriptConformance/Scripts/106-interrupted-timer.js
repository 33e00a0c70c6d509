// about: an iteration interrupted inside a timer, and a clean one on the same VU after it
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
  state = 'touched';
  setTimeout(() => {
    while (true);
  }, 1);
  setTimeout(() => console.log('never'), 2);
}

export function second() {
  console.log('second', __VU, state, __ITER > 0, http.get(`${__ENV.BASE}/status/200`).status);
  Promise.resolve().then(() => console.log('its own job'));
}
