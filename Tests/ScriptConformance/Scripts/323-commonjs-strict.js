// about: CommonJS is strict code
// args: -i 1
const out = [];

function attempt(name, action) {
  try {
    out.push(`${name} ${action()}`);
  } catch (error) {
    out.push(`${name} ${error.name}`);
  }
}

attempt('undeclared', () => { undeclared = 5; return undeclared; });
attempt('this', function () { return (function () { return this === undefined; })(); });
attempt('frozen', () => { const o = Object.freeze({ a: 1 }); o.a = 2; return o.a; });
attempt('callee', function () { return typeof arguments.callee; });
attempt('delete', () => { delete Object.prototype; return 1; });
attempt('primitive', function () { return typeof (function () { return this; }).call(5); });
attempt('block function', () => { { function inner() {} } return typeof inner; });
attempt('made of text', () => new Function('x_of_text = 7; return this === global && x_of_text')());
for (const file of ['octal', 'with', 'double', 'reserved']) attempt(file, () => require(`./fixtures/cjs-modules/cjs-${file}.js`).value);

exports.default = function () {
  for (const line of out) console.log(line);
};
