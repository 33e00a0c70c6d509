// about: TLS: the version, the cipher, what an unknown authority does
import http from 'k6/http';

export const options = { tlsVersion: { min: 'tls1.2', max: 'tls1.3' } };

export default function () {
  const res = http.get(`${__ENV.TLS}/echo`);
  console.log(res.status, res.proto, res.tls_version, typeof res.tls_cipher_suite, res.json('secure'));
  console.log(res.timings.tls_handshaking > 0, JSON.stringify(res.ocsp));
  const wrong = http.get(__ENV.TLS.replace('https:', 'http:'));
  console.log(wrong.status, wrong.error_code);
  const plain = http.get(__ENV.BASE.replace('http:', 'https:'));
  console.log(plain.status, plain.error_code, plain.error);
}
