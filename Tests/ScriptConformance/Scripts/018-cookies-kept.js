// about: the option that keeps the jar from iteration to iteration
// args: -i 2
import http from 'k6/http';

export const options = { noCookiesReset: true };

export default function () {
  console.log(http.get(`${__ENV.BASE}/cookies`).body.trim());
  http.get(`${__ENV.BASE}/cookies/set?iteration=${__ITER}`);
}
