// about: iterations that must not be shorter
import exec from 'k6/execution';

export const options = { iterations: 3, minIterationDuration: '250ms' };

export default function () {
  console.log(exec.instance.currentTestRunDuration >= __ITER * 250);
}
