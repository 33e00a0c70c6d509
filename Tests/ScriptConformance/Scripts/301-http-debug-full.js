// about: --http-debug=full: bodies behind the heads, as they were on the wire, also those a script does not want
// args: --user-agent conformance --log-format json
// env: K6_HTTP_DEBUG=full
import http from 'k6/http';

const base = __ENV.BASE;

export default function () {
  http.get(`${base}/json`);
  http.post(`${base}/headers`, 'a line\r\nand "another"\nä', { headers: { 'Content-Type': 'text/plain' } });
  http.post(`${base}/headers`, { field: 'value' });
  http.post(`${base}/status/200`, new Uint8Array([0, 1, 0x7f, 0x80, 0xc3, 0xe2, 0x82, 0xff, 0x3c]).buffer);
  http.get(`${base}/bytes/20`, { responseType: 'none' });
  http.get(`${base}/chunked/100`);
  http.get(`${base}/chunked/0`);
  http.get(`${base}/until-close/20`);
  http.head(`${base}/bytes/20`);
  http.get(`${base}/status/304`);
  http.post(`${base}/redirect/1?status=308&to=/status/201`, 'twice');
  console.log(http.get(`${base}/gzip`).body.length);
}
