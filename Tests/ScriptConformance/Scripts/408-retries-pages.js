// about: helpers of a team: retries with growing pauses, pagination, tokens found in text
// measured: backoff
import http from 'k6/http';
import { check, sleep, group } from 'k6';
import { Trend, Counter, Rate } from 'k6/metrics';
import { Retry, findBetween, uuidv4, normalDistributionStages, fingerprint, getCurrentStageIndex, randomIntBetween } from './fixtures/mv-team/mv-utils.js';

const backoff = new Trend('backoff', true);
const pages = new Counter('pages_read');
const gaveUp = new Rate('gave_up');
export const options = {
  vus: 1, iterations: 2,
  thresholds: {
    'http_req_duration{step:page}': ['p(99)<20000'],
    'http_reqs{step:page}': [{ threshold: 'count==8', abortOnFail: false }],
    'gave_up': ['rate<=0.5'],
    'pages_read{kind:full}': ['count>0'],
  },
};
const codes = [503, 502, 200];
export default function () {
  group('retry', () => {
    const retry = new Retry({ base: 4, factor: 1.5 });
    const out = retry.run((n) => {
      const r = http.get(`${__ENV.BASE}/status/${codes[n] ?? 500}`, { tags: { attempt: n, name: 'flaky' } });
      return { ok: check(r, { 'came back': ({ status }) => status === 200 }), status: r.status };
    }, (s) => { backoff.add(s * 1000); sleep(s); });
    console.log('retry', out, retry.waited);
    gaveUp.add(!!out.gaveUp);
    const never = new Retry({ attempts: 2, base: 1, jitter: (i) => i / 2 }).run(() => ({ ok: false, n: 1 }), sleep);
    gaveUp.add(never.gaveUp);
    console.log(never);
  });
  group('pages', function () {
    let next = '/echo?page=1';
    const seen = new Set();
    while (next) {
      const res = http.get(`${__ENV.BASE}${next}`, { tags: { step: 'page', name: '/echo?page=[n]' } });
      const page = Number(res.json('query.page'));
      seen.add(page);
      pages.add(1, { kind: page < 4 ? 'full' : 'last' });
      next = page < 4 ? `/echo?page=${page + 1}&size=${page * 2}` : null;
    }
    console.log([...seen], seen.size);
  });
  const shop = http.get(__ENV.BASE + '/shop').body;
  console.log(findBetween(shop, '<li class="item">', '</li>', true), findBetween(shop, '<title>', '</title>'), findBetween(shop, 'nope', 'x'));
  console.log(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuidv4()), uuidv4(true).length);
  console.log(normalDistributionStages(10, 30, 4));
  console.log(fingerprint({ a: [1, { b: null }] }), getCurrentStageIndex(0, [{ ms: 10 }, { ms: 20 }], 15), randomIntBetween(3, 3));
}
