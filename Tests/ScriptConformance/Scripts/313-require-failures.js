// about: modules that cannot be required, caught, and those that come after; in VU 0 as in all others
// args: -i 1
const out = [];

function attempt(path, name) {
  try {
    out.push(`${path} ${require(path)[name]}`);
  } catch (error) {
    out.push(`${path} ${String(error).split('\n')[0].replace(/file:[^ ]*\/|: Line .*/g, '').slice(0, 75)}`);
  }
}

attempt('./fixtures/req-modules/req-no-such-file.js', 'x');
attempt('./fixtures/req-modules/req-missing-names.js', 'c');
attempt('./fixtures/req-modules/req-imports-broken.js', 'x');
attempt('./fixtures/req-modules/req-http-names.js', 'c');
attempt('./fixtures/req-modules/req-through.js', 'q');
attempt('./fixtures/req-modules/req-no-such-file.js', 'x');
attempt('./fixtures/req-modules/req-more-names.js', 'd');
attempt('k6/nope', 'x');
attempt('k6/http', 'nope');
try {
  require('./fixtures/req-modules/req-no-such-export.js');
} catch (error) {
  out.push(error.name);
}
attempt('./fixtures/req-modules/req-more-names.js', 'd');
if (__VU === 0) for (const line of out) console.log(line);

exports.default = function () {
  for (const line of out) console.log(line);
};
