// about: TypeScript with the type of the options, a check with an arrow function, think time
// counts: any
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Options } from 'k6/options';

export const options: Options = {
  vus: 10,
  duration: '1s',
};

export default (): void => {
  const res = http.get(__ENV.BASE);
  check(res, { 'status is 200': (r) => r.status === 200 });
  sleep(0.25);
};
