// about: groups that throw or are refused still leave their duration
// messages: exact
import { group } from 'k6';
import { Counter } from 'k6/metrics';

const after = new Counter('after');

function attempt(name, action) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  attempt('throws', () =>
    group('one', () => {
      group('two', () => {
        throw new Error('inside');
      });
    }),
  );
  after.add(1);
  attempt('double colon', () => group('a::b', () => 1));
  attempt('async', () => group('async', async () => 1));
  attempt('returns a promise', () => typeof group('promise', () => Promise.resolve(1)));
  attempt('no function', () => group('none'));
  after.add(1);
}
