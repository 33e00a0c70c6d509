// about: the test that marks itself as failed in setup goes on
import exec from 'k6/execution';

export function setup() {
  exec.test.fail('from setup');
  return 'data';
}

export default function (data) {
  console.log(data);
}
