// about: whether connections stay open: by default, without reuse, without reuse between iterations
// args: -i 2
import http from 'k6/http';

export default function () {
  const get = () => http.get(`${__ENV.BASE}/echo`);
  const first = get();
  const second = get();
  console.log(__ITER, first.timings.connecting > 0, second.timings.connecting === 0, first.json('peer') === second.json('peer'));
  console.log(first.json('headers.Connection'));
}
