// about: connections that end with the iteration
// args: -i 3
import http from 'k6/http';

export const options = { noVUConnectionReuse: true };

let last;

export default function () {
  const first = http.get(`${__ENV.BASE}/echo`).json('peer');
  const second = http.get(`${__ENV.BASE}/echo`).json('peer');
  console.log(first === second, first === last);
  last = second;
}
