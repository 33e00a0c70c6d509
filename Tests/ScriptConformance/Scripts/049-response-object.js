// about: every property of a response
import http from 'k6/http';

export default function () {
  const res = http.post(`${__ENV.BASE}/echo?x=1`, 'body', { headers: { 'X-A': 'b' }, cookies: { c: 'd' } });
  console.log(Object.keys(res).join());
  console.log(Object.keys(JSON.parse(JSON.stringify(res))).join());
  for (const name of ['status', 'status_text', 'proto', 'remote_ip', 'error', 'error_code', 'tls_version', 'tls_cipher_suite']) {
    console.log(name, typeof res[name], JSON.stringify(res[name]));
  }
  console.log(res.remote_port > 0, res.url === `${__ENV.BASE}/echo?x=1`, JSON.stringify(res.ocsp));
  console.log(Object.keys(res.timings).join(), Object.values(res.timings).every((t) => typeof t === 'number' && t >= 0));
  console.log(Math.abs(res.timings.duration - res.timings.sending - res.timings.waiting - res.timings.receiving) < 0.001);
  console.log(Object.keys(res.request).join(), res.request.method, res.request.body, JSON.stringify(res.request.cookies));
  console.log(JSON.stringify(res.request.headers['X-A']), res.request.url === res.url);
  console.log(typeof res.json, typeof res.html, typeof res.submitForm, typeof res.clickLink, typeof res.missing);
  res.status = 5;
  console.log(res.status);
}
