// about: the test that aborts itself, with a message
// args: -i 5
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const before = new Counter('before');

export default function () {
  before.add(1);
  if (__ITER === 2) {
    try {
      exec.test.abort('enough');
    } catch (error) {
      console.log('never caught');
    } finally {
      console.log('never');
    }
  }
  console.log('iteration', __ITER);
}

export function teardown() {
  console.log('teardown runs');
}
