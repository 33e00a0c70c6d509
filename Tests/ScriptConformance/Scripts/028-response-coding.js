// about: compressed responses are decoded, a damaged one is an error
import crypto from 'k6/crypto';
import http from 'k6/http';

export default function () {
  for (const path of ['/', '/gzip', '/deflate', '/br', '/zstd']) {
    const res = http.get(`${__ENV.BASE}${path}`);
    console.log(path, res.status, res.body.length, crypto.md5(res.body, 'hex'), res.headers['Content-Encoding']);
    const binary = http.get(`${__ENV.BASE}${path}`, { responseType: 'binary' });
    console.log(binary.body.byteLength, crypto.md5(binary.body, 'hex'));
  }
  const bad = http.get(`${__ENV.BASE}/bad-gzip`);
  console.log(bad.status, bad.error_code, bad.body);
}
