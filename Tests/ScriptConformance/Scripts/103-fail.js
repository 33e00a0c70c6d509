// about: fail() and what it throws
// args: -i 3
// messages: exact
import { check, fail } from 'k6';

export default function () {
  if (__ITER === 0) fail('as told');
  if (__ITER === 1 && !check(1, { 'is two': (v) => v === 2 })) fail();
  try {
    fail('caught');
  } catch (error) {
    console.log(String(error), error.name, error.message, error instanceof Error, typeof error.stack);
  }
}
