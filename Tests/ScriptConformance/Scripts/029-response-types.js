// about: text, binary and no body; the same as an option
import http from 'k6/http';

function kind(body) {
  if (body === null) return 'null';
  return body instanceof ArrayBuffer ? `ArrayBuffer ${body.byteLength}` : `${typeof body} ${body.length}`;
}

export default function () {
  for (const responseType of ['text', 'binary', 'none', undefined]) {
    const res = http.get(`${__ENV.BASE}/bytes/100`, { responseType });
    console.log(responseType, res.status, kind(res.body));
  }
  const bytes = new Uint8Array(http.get(`${__ENV.BASE}/bytes/16`, { responseType: 'binary' }).body);
  console.log(bytes.join());
  console.log(kind(http.get(`${__ENV.BASE}/status/204`).body), kind(http.head(`${__ENV.BASE}/`).body));
  console.log(kind(http.get(`${__ENV.BASE}/bytes/0`).body), kind(http.get(`${__ENV.BASE}/bytes/0`, { responseType: 'binary' }).body));
  console.log(kind(http.get(`${__ENV.BASE}/bytes/5`, { responseType: 'unknown' }).body));
}
