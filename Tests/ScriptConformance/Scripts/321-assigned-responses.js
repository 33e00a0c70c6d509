// about: responses whose properties are assigned to
// args: -i 2
import http from 'k6/http';

const B = __ENV.BASE;

function attempt(name, action) {
  try {
    console.log(name, JSON.stringify(action()));
  } catch (error) {
    console.log(name, error.name);
  }
}

export default function () {
  const r = http.get(`${B}/json`);
  attempt('body', () => { r.body = 'x'; return r.body; });
  attempt('body again', () => { r.body = 'y'; return [r.body, Object.keys(r).includes('body'), JSON.parse(JSON.stringify(r)).body]; });
  attempt('status', () => { r.status = '404'; return r.status; });
  attempt('texts', () => { r.url = 5; r.error = null; r.proto = undefined; r.status_text = {}; return [r.url, r.error, r.proto, r.status_text]; });
  attempt('objects', () => { r.headers.A = 'b'; r.timings.duration = 5; r.request.url = 'z'; r.cookies.a = []; return [r.headers.A, r.timings.duration, r.request.url, r.cookies.a]; });
  attempt('method', () => { r.json = 5; });
  attempt('fresh', () => { r.fresh = 5; });
  attempt('delete', () => delete r.status);
  attempt('names', () => [Object.keys(r), { ...r }.status, 'status' in r]);
  attempt('json of another body', () => { const q = http.get(`${B}/json`); q.body = '{"name":"changed"}'; return [q.json('name'), q.json().name, q.html().text()]; });
  attempt('json before', () => { const q = http.get(`${B}/json`); q.json(); q.body = '{"name":"changed"}'; return [q.json('name'), q.json().name]; });
  attempt('no body', () => { const q = http.get(`${B}/json`); q.body = null; return q.json(); });
  attempt('bytes', () => { const q = http.get(`${B}/json`); q.body = new Uint8Array([91, 49, 93]).buffer; return q.json(); });
  attempt('object as body', () => { const q = http.get(`${B}/json`); q.body = { a: 1 }; return q.json(); });
  attempt('the next one is whole', () => { const q = http.get(`${B}/json`); return [q.status, q.json('name'), q.body.length > 100, q.error]; });
  const [a, b] = http.batch([`${B}/json`, `${B}/status/201`]);
  attempt('batch', () => { a.status = 1; b.body = '{}'; return [a.status, b.status, b.json(), a.json('name')]; });
}
