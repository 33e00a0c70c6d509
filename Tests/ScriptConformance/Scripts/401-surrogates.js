// about: halves of surrogate pairs and bytes that are no UTF-8, everywhere text leaves the script
// files: f.txt
import http from 'k6/http';
import crypto from 'k6/crypto';
import encoding from 'k6/encoding';
import { check, group } from 'k6';
import { Counter } from 'k6/metrics';
const c = new Counter('count');
const bad = 'a\ud800b\udc00';
export default function () {
  console.log(bad); console.log({ bad }); console.log([bad], JSON.stringify(bad));
  const r = http.post(`${__ENV.BASE}/echo?q=${bad}`, bad, { headers: { 'X-A': 'x' + bad }, tags: { t: bad, name: 'n' + bad } });
  console.log(r.json('body') === 'a\ufffdb\ufffd', r.json('bodyBytes'), r.json('bodyBase64'), r.url.replace(__ENV.BASE, ''), r.request.url.length > 10, r.json('query'), r.json('headers.X-A'));
  console.log(r.request.body.length, r.request.body === bad);
  c.add(1, { tag: bad });
  group(bad, () => check(1, { x: 1 }));
  console.log(crypto.sha256(bad, 'hex'), crypto.sha256('a\ufffdb\ufffd', 'hex'), encoding.b64encode(bad));
  const f = http.post(`${__ENV.BASE}/echo`, { k: bad }); console.log(f.json('body'));
  const bin = http.post(`${__ENV.BASE}/echo`, new Uint8Array([65, 255, 254, 66, 0xe2, 0x82, 67]));
  console.log(JSON.stringify(bin.request.body), bin.request.body.length, bin.request.body.charCodeAt(1));
  const dec = encoding.b64decode('Qf/+QuKCQw==', 'std', 's'); console.log(dec.length, [...dec].map((x) => x.charCodeAt(0)), { dec });
  throw new Error(bad);
}
export function handleSummary() { return { stdout: bad + '\n', 'f.txt': bad }; }
