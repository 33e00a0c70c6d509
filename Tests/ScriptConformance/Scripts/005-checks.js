// about: checks with functions and with plain values, of every truthiness, with tags
import { check } from 'k6';

export const options = { thresholds: { 'checks{kind:tagged}': ['rate>=0.5'] } };

export default function () {
  const value = { a: 1, list: [1, 2, 3] };
  console.log(check(value, { 'a is one': (v) => v.a === 1, 'has a list': (v) => v.list.length === 3 }));
  console.log(
    check(value, {
      true: true,
      'a one': 1,
      'a text': 'x',
      'an object': {},
      'an empty list': [],
      'a function that gives a list': () => [],
    }),
  );
  console.log(
    check(value, {
      false: false,
      zero: 0,
      'empty text': '',
      null: null,
      undefined: undefined,
      'not a number': NaN,
      'gives nothing': () => {},
    }),
  );
  console.log(check(value, { 'a is two': (v) => v.a === 2, 'a is one': (v) => v.a === 1 }, { kind: 'tagged' }));
  console.log(check(null, { 'null is null': (v) => v === null }));
  console.log(check(undefined, { 'nothing is undefined': (v) => v === undefined }));
  console.log(check('text', {}));
  console.log(check(7, { 'has this': function (v) { return this === undefined && arguments.length === 1 && v === 7; } }));
}
