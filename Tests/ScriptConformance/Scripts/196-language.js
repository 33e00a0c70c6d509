// about: the language: what of ES2015 to ES2023 is there
const results = [];
function feature(name, test) {
  let result;
  try {
    result = test();
  } catch (error) {
    result = error.name;
  }
  results.push(`${name}: ${JSON.stringify(result)}`);
}

class Base {
  static #count = 0;
  #secret = 1;
  static made = [];
  static {
    Base.made.push('block');
  }
  constructor() {
    Base.#count += 1;
  }
  get secret() {
    return this.#secret;
  }
  static get count() {
    return Base.#count;
  }
  has(other) {
    return #secret in other;
  }
}

export default function () {
  feature('destructuring', () => {
    const { a, ...rest } = { a: 1, b: 2, c: 3 };
    const [x, , y = 5, ...z] = [1, 2, undefined, 4, 5];
    return [a, rest, x, y, z];
  });
  feature('optional', () => [null?.a, undefined ?? 'd', ({ f: () => 1 }).f?.(), [1]?.[0]]);
  feature('assignment', () => {
    let a = null;
    let b = 1;
    let c = 0;
    a ??= 5;
    b &&= 7;
    c ||= 9;
    return [a, b, c];
  });
  feature('class', () => [new Base().secret, Base.count, Base.made, new Base().has({})]);
  feature('generator', () => [...(function* () { yield 1; yield* [2, 3]; })()]);
  feature('template', () => ((strings, ...values) => [strings.raw.join('|'), values])`a${1}\n${2}`);
  feature('spread', () => Math.max(...[1, 2], ...new Set([3])));
  feature('numbers', () => [1_000, 0b11, 0o17, 2 ** 10, Number.MAX_SAFE_INTEGER]);
  feature('bigint', () => String(2n ** 64n));
  feature('symbol', () => Symbol('d').description);
  feature('map', () => [...new Map([[1, 2]]).entries()]);
  feature('proxy', () => new Proxy({}, { get: (_, key) => key }).hello);
  feature('reflect', () => Reflect.ownKeys({ b: 1, a: 2, 1: 3 }));
  feature('flat', () => [1, [2, [3]]].flat(Infinity));
  feature('at', () => [[1, 2, 3].at(-1), 'abc'.at(-1)]);
  feature('entries', () => Object.fromEntries(Object.entries({ a: 1 })));
  feature('hasOwn', () => Object.hasOwn({ a: 1 }, 'a'));
  feature('replaceAll', () => 'a-b-c'.replaceAll('-', '+'));
  feature('matchAll', () => [...'a1b2'.matchAll(/([a-z])(\d)/g)].map((m) => m[1] + m[2]));
  feature('lookbehind', () => 'price: $5'.replace(/(?<=\$)\d/, '6'));
  feature('sticky', () => /a/y.test('ba'));
  feature('unicode', () => [/\u{1F426}/u.test('🐦'), [...'🐦'].length, '🐦'.codePointAt(0)]);
  feature('dotAll', () => /a.b/s.test('a\nb'));
  feature('pad', () => ['5'.padStart(3, '0'), 'x'.padEnd(3, '.'), ' a '.trimStart()]);
  feature('findLast', () => [[1, 2, 3].findLast((n) => n < 3), [1, 2].findLastIndex((n) => n === 1)]);
  feature('sorted', () => [[3, 1, 2].toSorted(), [1, 2].toReversed(), [1, 2].with(0, 9)]);
  feature('cause', () => new Error('a', { cause: 'b' }).cause);
  feature('aggregate', () => new AggregateError([1], 'm').errors);
  feature('typed', () => [...new Uint8Array([300, -1])]);
  feature('dataview', () => new DataView(new ArrayBuffer(8)).getFloat64(0));
  feature('date', () => new Date(Date.UTC(2024, 1, 29, 12, 30)).toISOString());
  feature('date parse', () => [Date.parse('2024-02-29T12:30:00Z'), Date.parse('2024-02-29')]);
  feature('json', () => JSON.stringify({ u: undefined, d: new Date(0), n: NaN, b: [undefined] }));
  feature('labels', () => { outer: for (let i = 0; ; i += 1) for (;;) { if (i > 2) break outer; continue outer; } return 'out'; });
  feature('getters', () => ({ get a() { return 1; }, ['b' + 1]: 2 }).b1);
  feature('closures', () => { const f = []; for (let i = 0; i < 3; i += 1) f.push(() => i); return f.map((g) => g()); });
  feature('hoisting', () => { try { return early; } catch (e) { return e.name; } let early = 1; });
  feature('strict', () => { undeclared = 1; return 'sloppy'; });
  feature('this', () => (function () { return this === undefined; })());
  feature('new.target', () => { function F() { return new.target === F; } return typeof new F(); });
  feature('tail', () => [0.1 + 0.2, (25).toString(36), parseInt('12px', 10), (1.005).toFixed(2), (1e21).toString(), 5e-324]);
  feature('encode', () => [encodeURIComponent('ä/ b'), decodeURIComponent('%C3%A4'), escape('ä'), unescape('%E4')]);
  feature('sort is stable', () => [[1, 'b'], [0, 'a'], [1, 'a']].sort((l, r) => l[0] - r[0]).map((p) => p.join('')).join());
  feature('regexp', () => 'aBc'.replace(/b/i, (m, offset) => `[${m}${offset}]`));
  feature('array from', () => [Array.from({ length: 3 }, (_, i) => i * i), Array.of(7), new Array(3).fill(0)]);
  feature('localeCompare', () => ['b', 'a', 'C'].sort((l, r) => l.localeCompare(r)).length);
  feature('normalize', () => '\u0041\u030a'.normalize('NFC').length);
  feature('eval', () => eval('1 + 1'));
  feature('Function', () => new Function('a', 'return a * 2')(4));
  for (const line of results) console.log(line);
}
