// about: without reuse each request has a connection of its own
// args: -i 2 --no-connection-reuse
import http from 'k6/http';

export default function () {
  const get = () => http.get(`${__ENV.BASE}/echo`);
  const first = get();
  const second = get();
  console.log(first.timings.connecting > 0, second.timings.connecting > 0, first.json('peer') === second.json('peer'));
  console.log(first.json('headers.Connection'));
}
