// about: e.stack, in functions of every kind and across modules
import { callBack, Thrower } from './fixtures/modules/throws.js';

function show(error) {
  console.log(error.stack);
}

export default function () {
  try {
    callBack(() => {
      throw new Error('in a callback');
    });
  } catch (error) {
    show(error);
  }
  try {
    new Thrower().method();
  } catch (error) {
    show(error);
  }
  try {
    [1].map(function named() {
      throw new RangeError('in map');
    });
  } catch (error) {
    show(error);
  }
  try {
    JSON.parse('{');
  } catch (error) {
    console.log(error.name, error instanceof SyntaxError);
  }
  try {
    undefined.x;
  } catch (error) {
    show(error);
  }
  const error = new Error('made here');
  show(error);
  console.log(Object.prototype.toString.call(error), `${error}`, error.constructor === Error);
}
