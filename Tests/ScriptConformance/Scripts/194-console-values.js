// about: how console shows each kind of value
class Point {
  constructor() {
    this.x = 1;
    this.hidden = undefined;
  }
  method() {}
}

export default function () {
  console.log('a text', '', 'with "quotes"', "it's");
  console.log(1, -0, 1.5, 1e21, 1e-7, NaN, Infinity, -Infinity, 0xff, 123456789012345680000);
  console.log(true, false, null, undefined);
  console.log({}, [], { a: 1, b: 'x', c: null, d: undefined, e: [1, [2]], f: { g: {} } });
  console.log([1, 'a', null, undefined, NaN, Infinity, true]);
  console.log(new Date(0), new Date(NaN).getTime());
  console.log(new Error('as a value'), new TypeError('typed'));
  console.log(() => 1, function named() {}, Point);
  console.log(new Point(), Object.create({ inherited: 1 }));
  console.log(new Map([['a', 1]]), new Set([1, 2]));
  console.log(new Uint8Array([1, 2, 3]), new ArrayBuffer(4), new Float64Array([1.5]));
  console.log(/re+gex/gi, Symbol.iterator === undefined);
  console.log({ toJSON: () => 'own JSON' }, { toString: () => 'own text' });
  console.log('%s is not %d a format', 'this', 5);
  console.log('umlaut äöü €, emoji 🐦, tab\tnewline\nbackslash \\ quote " <html> & null \0');
  console.log([['nested', ['deep', ['deeper']]]], { 'key with blank': 1, 'ключ': 2 });
  console.log(new Number(5), new String('boxed'), new Boolean(false), Object(1n));
  console.log(Promise.resolve(1), new Proxy({ a: 1 }, {}), globalThis === undefined);
  console.log([function () {}, undefined, () => 1], { f() {}, s: Symbol('x') });
  console.log();
  console.log('');
  console.log(undefined);
  console.log(JSON, Math);
}
