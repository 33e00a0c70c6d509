// about: the test that aborts itself in init code
import exec from 'k6/execution';

exec.test.abort('not today');

export default function () {
  console.log('not reached');
}
