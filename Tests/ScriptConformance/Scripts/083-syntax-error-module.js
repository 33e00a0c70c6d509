// about: a module that cannot be parsed
import { value } from './fixtures/modules/broken.js';

export default function () {
  console.log(value);
}
