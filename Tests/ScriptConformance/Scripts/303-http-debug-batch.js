// about: --http-debug of batches and promises, by several VUs
// args: --http-debug=anything --user-agent conformance
// order: any
import http from 'k6/http';

const base = __ENV.BASE;

export const options = {
  scenarios: {
    one: { executor: 'per-vu-iterations', vus: 1, iterations: 2, tags: { which: 'first' } },
    two: { executor: 'per-vu-iterations', vus: 1, iterations: 1, startTime: '1s' },
  },
};

export default async function () {
  http.batch([
    `${base}/status/201`,
    ['POST', `${base}/status/202`, 'x', { tags: { n: '2' } }],
    { method: 'GET', url: `${base}/redirect/1?to=/status/203` },
    'http://127.0.0.1:1/',
  ]);
  const promise = http.asyncRequest('PATCH', `${base}/status/206`, 'y');
  http.get(`${base}/status/207`);
  await promise;
}
