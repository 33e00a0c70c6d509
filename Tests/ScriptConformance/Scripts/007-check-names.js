// about: what check refuses
// messages: exact
import { check } from 'k6';

function attempt(name, action) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  attempt('double colon', () => check(1, { 'a::b': true }));
  attempt('async', () => check(1, { later: async () => true }));
  attempt('empty name', () => check(1, { '': true }));
  attempt('number as sets', () => check(1, 5));
  attempt('list as sets', () => check(1, [true, () => false]));
  attempt('nested tags', () => check(1, { ok: true }, { a: 1, b: true }));
}
