// about: a CommonJS script
const { check } = require('k6');
const http = require('k6/http');
const common = require('./fixtures/modules/common.js');

exports.options = { iterations: 2 };

exports.setup = function () {
  return { from: 'setup' };
};

module.exports.default = function (data) {
  check(http.get(__ENV.BASE), { ok: (r) => r.status === 200 });
  console.log(data.from, common.name, common.add(2, 3), typeof module, typeof exports, typeof require);
};
