// about: the iteration ends when nothing is left to do; sleep blocks the loop
// args: -i 2
import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

export default function () {
  const number = exec.scenario.iterationInTest;
  setTimeout(() => {
    console.log(number, 'timer', http.get(`${__ENV.BASE}/status/200`).status);
    setTimeout(() => console.log(number, 'last'), 10);
  }, 20);
  const started = Date.now();
  setTimeout(() => console.log(number, 'held up', Date.now() - started >= 60), 1);
  sleep(0.06);
  console.log(number, 'returned');
}
