// about: what a client sees of broken servers: statuses, codes, retries that tell them apart
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
const kinds = new Counter('failure_kinds');
export const options = { noConnectionReuse: false, thresholds: { 'failure_kinds{kind:network}': ['count>0'], 'http_req_failed{error_code:1050}': [] } };
const classify = (r) => (r.status === 0 ? (r.error_code >= 1200 && r.error_code < 1300 ? 'network' : r.error_code === 1050 ? 'timeout' : 'other') : r.status >= 500 ? 'server' : 'client');
export default function () {
  for (const [path, params] of [['/fault/close'], ['/fault/reset'], ['/fault/close-mid-head'], ['/fault/close-mid-body'], ['/fault/reset-mid-body'], ['/fault/garbage'], ['/fault/bad-length'], ['/fault/bad-chunk'], ['/fault/truncated-chunk'], ['/fault/stall-head', { timeout: 80 }], ['/fault/stall-body', { timeout: '80ms' }], ['/fault/stall-mid-head', { timeout: 80 }], ['/fault/endless', { timeout: 150, responseType: 'none' }], ['/bad-gzip'], ['/status/503'], ['/status/429'], ['/delay/100', { timeout: 20 }]]) {
    const r = http.get(__ENV.BASE + path, { ...params, tags: { name: path } }); kinds.add(1, { kind: classify(r) });
    console.log(path, r.status, r.error_code, r.error.replace(/127.0.0.1:\d+/g, 'HOST'), r.body === null ? null : typeof r.body, r.status_text, r.proto, Object.keys(r.headers).length > 0, r.timings.duration >= 0);
  }
  for (const u of ['http://127.0.0.1:1/', 'https://127.0.0.1:1/', 'http://[::1]:1/', __ENV.BASE.replace('http', 'https') + '/']) { const r = http.get(u, { timeout: 3000, tags: { name: 'u' } }); console.log(r.status, r.error_code, typeof r.error); }
}
