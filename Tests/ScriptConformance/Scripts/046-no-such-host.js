// about: a name that does not exist
// needs: resolver
import http from 'k6/http';

export default function () {
  const res = http.get('http://no-such-host.invalid/');
  console.log(res.status, res.error_code, res.error);
}
