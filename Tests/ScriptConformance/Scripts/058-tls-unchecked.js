// about: a certificate that is not checked
// args: --insecure-skip-tls-verify
// env: SSL_CERT_FILE=/dev/null
import http from 'k6/http';

export const options = { tlsVersion: 'tls1.2', tlsCipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] };

export default function () {
  const res = http.get(`${__ENV.TLS}/`);
  console.log(res.status, res.tls_version, res.tls_cipher_suite);
}
