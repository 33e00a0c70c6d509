// about: a module that is not there
// differs: log /on local disk|not-there.js/ error texts
import { value } from './fixtures/modules/not-there.js';

export default function () {
  console.log(value);
}
