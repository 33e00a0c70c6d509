// about: modules over https: once per run, relative imports, errors with their address
// args: -i 2
import { greet, fails } from '{{TLS}}/modules/greet.js';

const required = require(`${__ENV.TLS}/modules/words.js`);

export default function () {
  console.log(greet('Apus'), required.hello);
  if (__ITER === 1) fails();
}
