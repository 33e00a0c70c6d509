// about: failed requests that throw, by request and by option
// args: --throw
// messages: exact
import http from 'k6/http';
import { Trend } from 'k6/metrics';

const trend = new Trend('trend');

function attempt(name, action) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  attempt('refused', () => http.get('http://127.0.0.1:1/').status);
  attempt('refused, not thrown', () => http.get('http://127.0.0.1:1/', { throw: false }).status);
  attempt('404', () => http.get(`${__ENV.BASE}/status/404`).status);
  attempt('timeout', () => http.get(`${__ENV.BASE}/fault/stall-head`, { timeout: 100 }).status);
  attempt('bad URL', () => http.get('http://[::1').status);
  attempt('batch', () => http.batch(['http://127.0.0.1:1/'])[0].status);
  attempt('bad value', () => trend.add('not a number'));
}
