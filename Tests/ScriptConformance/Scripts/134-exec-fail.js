// about: the test that marks itself as failed and goes on
// args: -i 3
import exec from 'k6/execution';

export default function () {
  if (__ITER === 1) exec.test.fail('as we saw');
  console.log('iteration', __ITER);
}
