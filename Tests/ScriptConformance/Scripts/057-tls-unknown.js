// about: a certificate nobody vouches for, and the option that does not mind
// env: SSL_CERT_FILE=/dev/null
import http from 'k6/http';

export default function () {
  const res = http.get(`${__ENV.TLS}/`);
  console.log(res.status, res.error_code, res.error);
}
