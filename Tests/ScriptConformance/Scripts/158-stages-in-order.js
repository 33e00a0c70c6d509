// about: stages as a flag
// workers: each
// args: --stage 300ms:2,600ms:2,0s:0
// order: any
import { sleep } from 'k6';
import exec from 'k6/execution';

export default function () {
  console.log(exec.scenario.executor, exec.vu.idInTest);
  sleep(1.5);
}
