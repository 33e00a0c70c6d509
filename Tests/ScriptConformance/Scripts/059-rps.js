// about: a limit on requests per second
// args: -i 6 -u 2 --rps 10
import http from 'k6/http';

export default function () {
  http.get(`${__ENV.BASE}/`);
}

export function teardown() {
  console.log('done');
}
