// about: no ending is guessed
import { value } from './fixtures/modules/plain';

export default function () {
  console.log(value);
}
