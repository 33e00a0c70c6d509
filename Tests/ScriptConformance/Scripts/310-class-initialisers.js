// about: frames of the initialisers of classes and their fields
// args: -i 13
class Field {
  a = 1;
  x = this.boom();
  boom() { throw new Error('in field'); }
}
class Derived extends Field {
  z = 2;
}
class Arrow {
  y = (() => { throw new Error('arrow in field'); })();
}
class Own {
  constructor() { this.q = 1; }
  y = nothere;
}
class Super extends Field {
  constructor() { super(); this.q = 1; }
}
class Late extends Object {
  constructor() { super(); this.q = 1; }
  y = nothere
  z = 3
}
function staticField() {
  class S { static s = nothere; }
  return S;
}
function staticBlock() {
  const S = class {
    static a = 1;
    static { if (this.a) { throw new Error('static block'); } }
  };
  return S;
}
class Private { #p = this.m(); m() { null.x; } }
const Expression = class { v = nothere; };
class Computed { ['a' + 1] = nothere; }
class Nested { k = class { l = nothere }; constructor() { new this.k(); } }
class Called { list = [() => nothere]; constructor() { this.list[0](); } }

const cases = [
  () => new Field(), () => new Derived(), () => new Arrow(), () => new Own(), () => new Super(), () => new Late(),
  staticField, staticBlock, () => new Private(), () => new Expression(), () => new Computed(), () => new Nested(),
  () => new Called(),
];

export default function () {
  try {
    cases[__ITER]();
  } catch (error) {
    // The text is the engine's own, and every frame counts.
    console.log(__ITER, error.stack.split('\n').slice(1).join('|'));
  }
  cases[__ITER]();
}
