// about: modules: named, default, namespace, once each
import Plain, { increase, value as renamed } from './fixtures/modules/plain.js';
import * as everything from './fixtures/modules/plain.js';
import { both, shout } from './fixtures/modules/nested/re-exports.js';
import './fixtures/modules/side-effect.js';

export default function () {
  console.log(renamed, new Plain().name(), increase(), everything.increase());
  console.log(Object.keys(everything).sort().join(), everything.default === Plain);
  console.log(both, shout('quiet'), globalThis.sideEffect);
}
