// about: the classic ramp up and down, with a check that is a plain boolean
// counts: any
import { check } from 'k6';
import http from 'k6/http';

export const options = {
  stages: [
    { duration: '1s', target: 20 },
    { duration: '1s', target: 0 },
  ],
};

export default function () {
  const result = http.get(`${__ENV.BASE}/delay/50`);
  check(result, { 'http response status code is 200': result.status === 200 });
}
