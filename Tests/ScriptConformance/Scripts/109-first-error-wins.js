// about: an exit code for each error, the first of several counts
import exec from 'k6/execution';

export const options = { thresholds: { iterations: ['count>100'] } };

export default function () {
  exec.test.fail('marked');
}

export function teardown() {
  throw new Error('teardown broke');
}
