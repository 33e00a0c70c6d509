// about: shared iterations over several VUs
// workers: each
import http from 'k6/http';

export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 5, iterations: 23, maxDuration: '30s' } } };

export default function () {
  http.get(__ENV.BASE);
}
