// about: modules that import each other
import { isEven } from './fixtures/modules/even.js';
import { isOdd, order } from './fixtures/modules/odd.js';

export default function () {
  console.log(isEven(10), isOdd(7), isEven(7), order.join());
}
