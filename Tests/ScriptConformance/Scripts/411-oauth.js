// about: OAuth flows: client credentials, authorisation code with PKCE, refresh in time, a token per VU
import http from 'k6/http';
import crypto from 'k6/crypto';
import encoding from 'k6/encoding';
import { check, fail } from 'k6';
const sorted = (x) => JSON.stringify(x, (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
export const options = { vus: 1, iterations: 3, userAgent: 'oauth/1' };
const now = () => 1700000000;
function b64url(x) { return encoding.b64encode(x, 'rawurl'); }
function jwt(payload, secret, alg = 'sha256') {
  const head = { alg: { sha256: 'HS256', sha384: 'HS384', sha512: 'HS512' }[alg], typ: 'JWT' };
  const input = `${b64url(JSON.stringify(head))}.${b64url(JSON.stringify(payload))}`;
  const h = crypto.createHMAC(alg, secret); h.update(input);
  return `${input}.${h.digest('base64').replace(/\//g, '_').replace(/\+/g, '-').replace(/=/g, '')}`;
}
function decode(token) { const [h, p, s] = token.split('.'); return { h: JSON.parse(encoding.b64decode(h, 'rawurl', 's')), p: JSON.parse(encoding.b64decode(p, 'rawurl', 's')), s }; }
function form(url, fields, extra = {}) {
  const res = http.post(url, fields, { headers: { Accept: 'application/json', ...extra.headers }, tags: { flow: 'oauth', ...extra.tags } });
  if (res.status !== 200) fail(`unexpected ${res.status}`);
  return res.json();
}
let cached = null;
function token() {
  if (cached && cached.expires > __ITER) return cached.value;
  const id = 'client:id', secret = 's%cret/+';
  const echo = form(`${__ENV.BASE}/echo?tenant=${encodeURIComponent('a b/ü')}`, { grant_type: 'client_credentials', scope: ['read', 'write'], audience: 'https://api.example/' }, { headers: { Authorization: `Basic ${encoding.b64encode(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` } });
  console.log(echo.body, echo.headers.Authorization, sorted(echo.query), echo.headers['User-Agent']);
  cached = { value: jwt({ sub: id, iat: now(), exp: now() + 3600, scope: echo.body }, secret), expires: __ITER + 2 };
  return cached.value;
}
export default function () {
  const t = token();
  console.log(__ITER, t.length, decode(t));
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const challenge = crypto.sha256(verifier, 'base64rawurl');
  console.log(challenge, crypto.sha256(verifier, 'base64'), crypto.sha256(verifier, 'base64url'), crypto.sha256(verifier, 'hex') === crypto.createHash('sha256').update === undefined);
  const auth = http.get(`${__ENV.BASE}/redirect/2?status=303&to=${encodeURIComponent('/echo?code=abc&state=x%20y')}`, { redirects: 0 });
  console.log(auth.status, auth.headers.Location, auth.url === `${__ENV.BASE}/redirect/2?status=303&to=%2Fecho%3Fcode%3Dabc%26state%3Dx%2520y`);
  const followed = http.get(auth.url.replace('/redirect/2', '/redirect/1'));
  console.log(sorted(followed.json('query')), followed.url.length > 20, followed.status_text);
  const bearer = http.get(`${__ENV.BASE}/headers`, { headers: { authorization: `Bearer ${t.slice(-5)}`, 'x-request-id': `${__VU}-${__ITER}`, 'X-Num': 5, 'X-Bool': false, 'X-Empty': '' } });
  console.log(sorted(bearer.json('headers')));
  for (const alg of ['sha256', 'sha384', 'sha512']) console.log(jwt({ a: 1 }, 'k', alg));
  for (const enc of ['hex', 'base64', 'base64url', 'base64rawurl', 'binary']) {
    const d = crypto.hmac('sha1', 'key', 'data', enc);
    console.log(enc, enc === 'binary' ? new Uint8Array(d) : d, crypto.md5('ü', enc) instanceof ArrayBuffer);
  }
  check(t, { 'three parts': (x) => x.split('.').length === 3, get lazily() { return () => true; } });
  if (__ITER === 2) form(`${__ENV.BASE}/status/400`, {});
}
