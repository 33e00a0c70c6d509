// Every request fails: nothing listens there.
import http from 'k6/http';
import { check } from 'k6';
import { dumpAndFail } from './common.js';

export const options = { iterations: 3, thresholds: { http_req_failed: ['rate<0.01'], checks: [{ threshold: 'rate>0.99', abortOnFail: false }] } };
export default function () {
  const answer = http.get('http://127.0.0.1:1/');
  check(answer, { answered: (r) => r.status === 200 });
}
export function handleSummary(data) { dumpAndFail(data); }
