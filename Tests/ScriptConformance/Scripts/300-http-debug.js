// about: --http-debug: the heads of every request on the wire and of its response, with tags beside them
// args: --http-debug --user-agent conformance --tag run=r
import http from 'k6/http';
import exec from 'k6/execution';
import { group } from 'k6';

const base = __ENV.BASE;

export function setup() {
  http.get(`${base}/status/204`);
}

export default function () {
  http.get(`${base}/json`);
  exec.vu.tags.mine = 'vu';
  group('outer', () => {
    group('inner', () => {
      http.post(`${base}/echo`, { a: 'b c' }, { tags: { own: 'x y', vu: '99', iter: '98', source: 'me' } });
    });
    http.get(http.url`${base}/status/${304}`);
  });
  delete exec.vu.tags.mine;
  http.get(`${base}/redirect/2`, { headers: { 'X-Note': ' spaced ', 'accept-encoding': 'br' } });
  http.post(`${base}/redirect/1?status=307&to=/headers`, 'again', { tags: { name: 'kept', level: 'l' } });
  http.post(`${base}/redirect/1?status=302&to=/headers`, 'gone', { redirects: 0 });
  http.get(`${base}/cookies/set?a=1&b=2`);
  http.head(`${base}/bytes/17`);
  http.head(`${base}/chunked/17`);
  http.put(`${base}/status/205`);
  http.del(`${base}/status/200`, 'body');
  http.options(`${base}/status/503`);
  http.get(`${base}/chunked/50000`);
  http.get(`${base}/until-close/100`);
  http.get(`${base}/http10`);
  http.get(`${base}/early-hints`);
  http.get(`${base}/gzip`, { headers: { Range: 'bytes=0-' } });
  http.get(base.replace('//', '//user:pa%20ss@') + '/basic-auth/user/pa%20ss', { headers: { Host: 'other.test' } });
  http.request('report', `${base}/status/200`, null, { headers: { 'User-Agent': '', Cookie: 'c=d' } });
}

export function teardown() {
  http.get(`${base}/status/404`);
}
