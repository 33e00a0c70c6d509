// about: a remote module that cannot be parsed
import { hello } from '{{TLS}}/modules/broken.js';

export default function () {
  console.log(hello);
}
