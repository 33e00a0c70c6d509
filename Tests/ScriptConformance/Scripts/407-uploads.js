// about: uploads: multipart made by hand and by http.file, binary bodies of many kinds
import http from 'k6/http';
import { check } from 'k6';
const bin = open('./fixtures/mv-team/mv-people.csv', 'b');
const txt = open('./fixtures/mv-team/mv-people.csv');
class FormData {
  constructor() { this.boundary = '----Boundary42'; this.parts = []; }
  append(name, value, filename) { this.parts.push({ name, value, filename }); }
  body() {
    const bytes = [];
    const push = (s) => { for (let i = 0; i < s.length; i++) bytes.push(s.charCodeAt(i) & 0xff); };
    for (const { name, value, filename } of this.parts) {
      push(`--${this.boundary}\r\nContent-Disposition: form-data; name="${name}"`);
      if (value?.data) {
        push(`; filename="${filename ?? value.filename}"\r\nContent-Type: ${value.content_type}\r\n\r\n`);
        bytes.push(...new Uint8Array(value.data));
      } else push(`\r\n\r\n${value}`);
      push('\r\n');
    }
    push(`--${this.boundary}--\r\n`);
    return new Uint8Array(bytes).buffer;
  }
}
export default function () {
  const f = http.file(bin, 'people.csv', 'text/csv');
  console.log(Object.keys(f), f.filename, f.content_type, f.data.byteLength, typeof f.data);
  const g = http.file('text');
  console.log(g.content_type, typeof g.filename, g.data, /^\d+$/.test(g.filename));
  const fd = new FormData();
  fd.append('title', 'hello'); fd.append('file', f); fd.append('second', f, 'other.bin');
  const body = fd.body();
  let r = http.post(`${__ENV.BASE}/echo`, body, { headers: { 'Content-Type': `multipart/form-data; boundary=${fd.boundary}` } });
  console.log(r.json('bodyBytes'), r.json('headers.Content-Type'), r.json('headers.Content-Length'), r.request.body.length, typeof r.request.body);
  r = http.post(`${__ENV.BASE}/echo`, { file: http.file(bin, 'a "quoted"\\name.csv', 'text/csv') });
  console.log(r.json('bodyBytes'), r.json('headers.Content-Type').replace(/=.*/, ''), r.request.body.split('\r\n')[1]);
  r = http.post(`${__ENV.BASE}/echo`, { only: http.file(new Uint8Array([0, 1, 255]).buffer, 'ü.bin') });
  console.log(r.json('bodyBytes'), r.request.body.split('\r\n').slice(1, 3));
  const arr = new Uint8Array([80, 75, 3, 4, 0, 255]);
  for (const [label, b] of Object.entries({ slice: arr.buffer.slice(1, 3), str: 'plain', nul: null, undef: undefined, obj: { b: 1, a: 'x y', c: [1, 'z&'], n: null, u: undefined, t: true, f: 1.5, nested: { x: 1 } } })) {
    r = http.request('PUT', `${__ENV.BASE}/echo`, b);
    console.log(label, r.json('bodyBytes'), r.json('body') ?? r.json('bodyBase64'), r.json('headers.Content-Type'), r.json('headers.Content-Length'), typeof r.request.body, r.request.body);
  }
  for (const [label, b] of Object.entries({ u16: new Uint16Array([1, 2]), dv: new DataView(arr.buffer), list: [1, 2], num: 5, bool: true, fn: () => 1, date: new Date(0), f64: new Float64Array(1), map: new Map([[1, 2]]) })) {
    try { r = http.post(`${__ENV.BASE}/echo`, b); console.log(label, r.status, r.error, r.error_code, r.body && r.json('body')); } catch (e) { console.log(label, 'threw', e.name, e.message); }
  }
  r = http.post(`${__ENV.BASE}/echo`, txt, { headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Length': '3' } });
  console.log(r.json('body') === txt, r.json('headers.Content-Length'));
  r = http.patch(`${__ENV.BASE}/echo`, JSON.stringify({ x: 'ü€😀' }), { headers: { 'content-type': 'application/json' }, compression: 'gzip' });
  console.log(r.json('headers.Content-Encoding'), r.json('headers.Content-Type'), r.json('body') === undefined);
  const down = http.get(`${__ENV.BASE}/bytes/1000`, { responseType: 'binary' });
  const view = new DataView(down.body);
  console.log(down.body.byteLength, view.getUint16(0), view.getUint32(4, true), new Uint8Array(down.body).subarray(0, 3), new Uint32Array(down.body, 0, 2));
  check(down, { size: (x) => x.body.byteLength === 1000 });
  console.log(http.post(`${__ENV.BASE}/echo`, down.body).json('bodyBytes'), http.post(`${__ENV.BASE}/echo`, new Uint8Array(down.body, 10, 20)).json('body'));
}
