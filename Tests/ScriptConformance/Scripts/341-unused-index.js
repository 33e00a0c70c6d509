// about: a library through an index that exports it again, by name, by star and as a namespace
import * as all from './fixtures/large-library/large-index.js';
import * as kept from './fixtures/large-library/large-helpers.js';
import { libraryDefault, renamed, helpers, shared, step7 } from './fixtures/large-library/large-index.js';

export default function () {
  console.log(libraryDefault(), renamed(), shared(2), helpers.shared(3));
  console.log(all.usedEarly([2, 6]), all.helpers.unusedHelper(), typeof all.nothing, all?.step11([], []).label);
  console.log(step7({}, [{ kind: 'kind-7', count: 4 }]).next([], []).total);
  const { unusedHelper } = kept;
  console.log(unusedHelper(), Object.keys(kept).join());
}
