// about: no ending is guessed
// differs: log /on local disk|not-there.js/ error texts
import { value } from './fixtures/modules/plain';

export default function () {
  console.log(value);
}
