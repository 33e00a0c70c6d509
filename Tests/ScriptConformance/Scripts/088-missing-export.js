// about: a name a module does not export
import { notThere } from './fixtures/modules/plain.js';

export default function () {
  console.log(notThere);
}
