// about: a large library of which little is used: results, errors and their places
import first, { usedEarly, usedThrow, usedStack, UsedClass, usedAsync, usedGenerator, usedListed, step9 as unused }
  from './fixtures/large-library/large-library.js';

function attempt(name, run) {
  try { console.log(name, run()); } catch (error) { console.log(name, String(error), error.stack); }
}

export default async function () {
  attempt('early', () => usedEarly([1, 4, 8]));
  attempt('throw', () => usedThrow());
  attempt('stack', () => usedStack());
  attempt('class', () => new UsedClass().answer);
  attempt('fail', () => new UsedClass().fail());
  attempt('generator', () => [...usedGenerator()].join());
  attempt('default', () => first());
  attempt('listed', () => usedListed());
  attempt('missing', () => step8([]));
  console.log('async', await usedAsync());
  usedThrow();
}
