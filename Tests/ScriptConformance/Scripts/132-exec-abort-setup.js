// about: the test that aborts itself in setup
import exec from 'k6/execution';

export function setup() {
  exec.test.abort();
}

export default function () {
  console.log('not reached');
}

export function teardown() {
  console.log('teardown');
}
