// about: a remote module that is not there
// differs: log /on local disk|not-there.js/ error texts
import { nothing } from '{{TLS}}/modules/not-there.js';

export default function () {
  console.log(nothing);
}
