// about: a module that is not there
import { value } from './fixtures/modules/not-there.js';

export default function () {
  console.log(value);
}
