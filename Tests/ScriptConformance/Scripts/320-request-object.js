// about: res.request: headers, cookies and body of what went out
// args: -i 1 --user-agent ua
import http from 'k6/http';

const B = __ENV.BASE;

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function show(name, res) {
  const { headers, cookies, body, method } = res.request;
  // Cookies of different names have no order.
  if (headers.Cookie) headers.Cookie = headers.Cookie.map((line) => line.split('; ').sort().join('; '));
  console.log(name, method, JSON.stringify(sorted(headers)), JSON.stringify(sorted(cookies)), JSON.stringify(body));
}

export default function () {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  show('text', http.post(`${B}/echo`, 'abc'));
  show('own headers', http.post(`${B}/echo`, 'abc', { headers: { 'Content-Type': 'text/plain', 'content-length': '3', host: 'example.com', cookie: 'h=1', 'x-lower-case': '1', 'User-Agent': 'mine' } }));
  show('form', http.post(`${B}/echo`, { a: 1, b: ['x', 'y'] }));
  show('nothing', http.post(`${B}/echo`));
  show('null', http.post(`${B}/echo`, null, { headers: { X: 'y' } }));
  show('bytes', http.put(`${B}/echo`, new Uint8Array([65, 66]).buffer));
  show('compressed', http.post(`${B}/echo`, 'abc abc', { compression: 'gzip' }));
  show('batch', http.batch([['POST', `${B}/echo`, { a: 1 }, { headers: form }]])[0]);
  show('redirected', http.post(`${B}/redirect/2`, 'abc', { headers: { 'Content-Type': 'text/plain' }, cookies: { z: '1' } }));
  show('failed', http.post('http://127.0.0.1:1/', 'abc', { cookies: { k: '7' } }));
  show('digest', http.get(`http://u:p@${B.slice(7)}/digest-auth/u/p`, { auth: 'digest' }));
  show('three kinds', http.get(`${B}/echo`, { cookies: { a: '1', b: { value: '2', replace: true }, c: { value: '3', replace: false } } }));
  show('header', http.get(`${B}/echo`, { headers: { Cookie: 'h=1; g=2' } }));
  show('header and param', http.get(`${B}/echo`, { headers: { Cookie: 'h=1' }, cookies: { h: '9' } }));
  http.cookieJar().set(B, 'j', '5');
  show('jar and param', http.get(`${B}/echo`, { cookies: { j: '6' } }));
  show('jar and header', http.get(`${B}/echo`, { headers: { cookie: 'j=7' } }));
  show('all three', http.get(`${B}/echo`, { headers: { cookie: 'j=7' }, cookies: { j: '8' } }));
  show('replaced', http.get(`${B}/echo`, { headers: { cookie: 'j=7' }, cookies: { j: { value: '8', replace: true } } }));
  show('malformed', http.get(`${B}/echo`, { headers: { Cookie: 'q="a b"; bad name=1; e=; =x; sp= y ; u=\u00e9; semi="a;b"; alone' } }));
  show('values', http.get(`${B}/echo`, { cookies: { j: 5, k: true, l: null, m: { value: 3 }, n: {}, o: undefined } }));
  const order = http.get(`${B}/echo`, { cookies: { j: '6' } });
  console.log(order.json('headers.Cookie'), order.request.cookies.j.map((c) => c.value).join());
}
