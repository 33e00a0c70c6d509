// about: what SharedArray refuses
// messages: exact
// differs: log /property of an element|deep property/ errors of the JavaScript engine
import { SharedArray } from 'k6/data';

// Said once, in the VU.
const say = __VU === 1 ? console.log : () => {};

function attempt(name, action) {
  try {
    say(name, String(action()));
  } catch (error) {
    say(name, 'threw', error.name, error.message.split('\n')[0]);
  }
}

attempt('no name', () => new SharedArray('', () => []));
attempt('no function', () => new SharedArray('a'));
attempt('no array', () => new SharedArray('b', () => ({})));
attempt('nothing', () => new SharedArray('c', () => {}));
attempt('async', () => new SharedArray('d', async () => []));
attempt('throws', () => {
  return new SharedArray('e', () => {
    throw new Error('inside');
  });
});
const data = new SharedArray('ok', () => [{ a: 1, deep: { b: [2] } }]);

export default function () {
  attempt('element', () => (data[0] = 5));
  attempt('push', () => data.push(1));
  attempt('length', () => (data.length = 0));
  attempt('property of an element', () => (data[0].a = 2));
  attempt('deep property', () => data[0].deep.b.push(3));
  attempt('sort', () => data.sort());
  attempt('delete', () => delete data[0]);
  say(JSON.stringify(data));
}
