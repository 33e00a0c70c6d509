// about: request headers: spelling, kinds of values, Host, Content-Length, order
import http from 'k6/http';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

function headers(params, body) {
  const res = http.post(`${__ENV.BASE}/headers`, body, params);
  const all = res.json('headers');
  if (/^127\.0\.0\.1:\d+$/.test(all.Host)) all.Host = 'the target';
  if (/^Grafana k6|^apus/.test(all['User-Agent'])) all['User-Agent'] = 'default';
  return text(all);
}

export default function () {
  console.log(headers());
  console.log(headers({ headers: { 'x-lower-case': 'a', 'X-UPPER': 'b', 'X-Number': 5, 'X-Bool': true } }));
  console.log(headers({ headers: { Host: 'example.test' } }, 'x'));
  console.log(headers({ headers: { 'Content-Length': '99' } }, 'four'));
  console.log(headers({ headers: { 'Content-Length': '4' } }, 'four'));
  console.log(headers({ headers: { 'User-Agent': 'mine/1' } }));
  console.log(headers({ headers: { 'user-agent': 'mine/2', cookie: 'raw=1' } }));
  console.log(headers({ headers: { 'X-Empty': '', 'X-Space': '  padded  ', 'X-Umlaut': 'grün' } }));
  console.log(headers({ headers: { 'Accept-Encoding': 'gzip', Accept: '*/*', Zebra: 'z', Apple: 'a' } }));
  const res = http.get(`${__ENV.BASE}/cookies/set?a=1&b=2`, { redirects: 0 });
  console.log(Object.keys(res.headers).filter((name) => name !== 'Date').sort().join());
  console.log(res.headers['Set-Cookie'], res.headers['set-cookie'], typeof res.headers.Date);
  console.log(JSON.stringify(res.request.headers['X-None']), JSON.stringify(Object.keys(res.request.headers)));
}
