// about: the test that aborts itself in teardown
import exec from 'k6/execution';

export default function () {
  console.log('default');
}

export function teardown() {
  exec.test.abort('in teardown');
  console.log('never');
}
