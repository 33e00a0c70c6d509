// about: the same test as a bundler makes a CommonJS file of it
// counts: any
(() => {
  'use strict';
  var table = {
    10: (module) => {
      module.exports = require('k6');
    },
    11: (module) => {
      module.exports = require('k6/http');
    },
    12: (module, exports, load) => {
      load.define(exports, { pause: () => pause });
      var k6 = load(10);
      function pause(seconds) {
        (0, k6.sleep)(seconds);
      }
    },
  };
  var cache = {};
  function load(id) {
    var found = cache[id];
    if (found !== undefined) return found.exports;
    var module = (cache[id] = { exports: {} });
    table[id](module, module.exports, load);
    return module.exports;
  }
  load.has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  load.define = (exports, getters) => {
    for (var key in getters) {
      if (load.has(getters, key) && !load.has(exports, key)) {
        Object.defineProperty(exports, key, { enumerable: true, get: getters[key] });
      }
    }
  };
  load.mark = (exports) => {
    if (typeof Symbol !== 'undefined' && Symbol.toStringTag) {
      Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
    }
    Object.defineProperty(exports, '__esModule', { value: true });
  };
  load.standard = (module) => {
    var getter = module && module.__esModule ? () => module['default'] : () => module;
    load.define(getter, { a: getter });
    return getter;
  };
  var entry = {};
  load.mark(entry);
  load.define(entry, { default: () => test, options: () => options });
  var k6 = load(10);
  var http = load(11);
  var httpDefault = load.standard(http);
  var pause = load(12);
  function asList(value) {
    return Array.isArray(value) ? value : [value];
  }
  var options = { vus: 10, duration: '1s' };
  const test = function () {
    var response = httpDefault().get(__ENV.BASE);
    asList(response).forEach(function (one) {
      (0, k6.check)(one, {
        'status is 200': function statusIs200(r) {
          return r.status === 200;
        },
      });
    });
    (0, pause.pause)(0.25);
  };
  module.exports = entry;
})();
