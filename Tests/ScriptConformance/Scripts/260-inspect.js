// about: the options of a script as JSON
// command: inspect
import http from 'k6/http';

export const options = {
  vus: 5,
  duration: '1m30s',
  thresholds: { http_req_duration: ['p(95)<500', { threshold: 'avg<200', abortOnFail: true, delayAbortEval: '10s' }] },
  tags: { a: 'b' },
  hosts: { 'a.test': '10.0.0.1' },
  userAgent: 'mine <1>',
  dns: { ttl: '1m', select: 'first', policy: 'any' },
  tlsVersion: { min: 'tls1.2', max: 'tls1.3' },
  setupTimeout: 5000,
  systemTags: ['url', 'method'],
  summaryTrendStats: ['avg', 'p(99)'],
  blockHostnames: ['*.x.test'],
  blacklistIPs: ['10.0.0.0/8'],
  noConnectionReuse: true,
  unknown: 1,
};

console.log('said in init');

export default function () {
  http.get(__ENV.BASE);
}
