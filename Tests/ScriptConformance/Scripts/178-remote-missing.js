// about: a remote module that is not there
import { nothing } from '{{TLS}}/modules/not-there.js';

export default function () {
  console.log(nothing);
}
