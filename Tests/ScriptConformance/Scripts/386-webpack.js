// about: what webpack makes of ES modules and a library that asks where it is
/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({
/***/ "./src/config.js":
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {
"use strict";
__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BASE: () => (/* binding */ BASE),
/* harmony export */   "default": () => (__WEBPACK_DEFAULT_EXPORT__)
/* harmony export */ });
const BASE = __ENV.BASE;
/* harmony default export */ const __WEBPACK_DEFAULT_EXPORT__ = ({ vus: 1, iterations: 2, thresholds: { checks: ['rate==1'] }, tags: { bundler: 'webpack' } });
/***/ }),
/***/ "./node_modules/lodash-ish/index.js":
/***/ (function(module, exports, __webpack_require__) {
/* module decorator */ module = __webpack_require__.nmd(module);
var __WEBPACK_AMD_DEFINE_RESULT__;;(function () {
  var freeGlobal = typeof __webpack_require__.g == 'object' && __webpack_require__.g && __webpack_require__.g.Object === Object && __webpack_require__.g;
  var freeSelf = typeof self == 'object' && self && self.Object === Object && self;
  var root = freeGlobal || freeSelf || Function('return this')();
  var freeExports = true && exports && !exports.nodeType && exports;
  var freeModule = freeExports && "object" == 'object' && module && !module.nodeType && module;
  var moduleExports = freeModule && freeModule.exports === freeExports;
  var freeProcess = moduleExports && freeGlobal.process;
  function chunk(a, n) { var r = []; for (var i = 0; i < a.length; i += n) r.push(a.slice(i, i + n)); return r; }
  var _ = { chunk: chunk, root: typeof root, hasGlobal: !!freeGlobal, hasSelf: !!freeSelf, process: typeof freeProcess, moduleExports: moduleExports, buffer: typeof root.Buffer, now: typeof root.Date.now };
  if (true) { root._ = _; !(__WEBPACK_AMD_DEFINE_RESULT__ = (function () { return _; }).call(exports, __webpack_require__, exports, module), __WEBPACK_AMD_DEFINE_RESULT__ !== undefined && (module.exports = __WEBPACK_AMD_DEFINE_RESULT__)); }
}.call(this));
/***/ }),
/***/ "k6": /***/ ((module) => { "use strict"; module.exports = require("k6"); /***/ }),
/***/ "k6/http": /***/ ((module) => { "use strict"; module.exports = require("k6/http"); /***/ }),
/***/ "k6/metrics": /***/ ((module) => { "use strict"; module.exports = require("k6/metrics"); /***/ })
/******/ 	});
/******/ 	var __webpack_module_cache__ = {};
/******/ 	function __webpack_require__(moduleId) {
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) { return cachedModule.exports; }
/******/ 		if (!(moduleId in __webpack_modules__)) { delete __webpack_module_cache__[moduleId]; var e = new Error("Cannot find module '" + moduleId + "'"); e.code = 'MODULE_NOT_FOUND'; throw e; }
/******/ 		var module = __webpack_module_cache__[moduleId] = { id: moduleId, loaded: false, exports: {} };
/******/ 		__webpack_modules__[moduleId].call(module.exports, module, module.exports, __webpack_require__);
/******/ 		module.loaded = true;
/******/ 		return module.exports;
/******/ 	}
/******/ 	(() => { __webpack_require__.n = (module) => { var getter = module && module.__esModule ? () => (module['default']) : () => (module); __webpack_require__.d(getter, { a: getter }); return getter; }; })();
/******/ 	(() => { __webpack_require__.d = (exports, definition) => { for(var key in definition) { if(__webpack_require__.o(definition, key) && !__webpack_require__.o(exports, key)) { Object.defineProperty(exports, key, { enumerable: true, get: definition[key] }); } } }; })();
/******/ 	(() => { __webpack_require__.g = (function() { if (typeof globalThis === 'object') return globalThis; try { return this || new Function('return this')(); } catch (e) { if (typeof window === 'object') return window; } })(); })();
/******/ 	(() => { __webpack_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop)) })();
/******/ 	(() => { __webpack_require__.r = (exports) => { if(typeof Symbol !== 'undefined' && Symbol.toStringTag) { Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' }); } Object.defineProperty(exports, '__esModule', { value: true }); }; })();
/******/ 	(() => { __webpack_require__.nmd = (module) => { module.paths = []; if (!module.children) module.children = []; return module; }; })();
var __webpack_exports__ = {};
(() => {
"use strict";
__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, { "default": () => (__WEBPACK_DEFAULT_EXPORT__), handleSummary: () => (/* binding */ handleSummary), options: () => (/* reexport safe */ _config__WEBPACK_IMPORTED_MODULE_2__["default"]), setup: () => (/* binding */ setup) });
var k6__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__("k6");
var k6_http__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__("k6/http");
var k6_http__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(k6_http__WEBPACK_IMPORTED_MODULE_1__);
var _config__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__("./src/config.js");
var lodash__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__("./node_modules/lodash-ish/index.js");
var lodash__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(lodash__WEBPACK_IMPORTED_MODULE_3__);
var k6_metrics__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__("k6/metrics");
var c = new k6_metrics__WEBPACK_IMPORTED_MODULE_4__.Counter('bundled');
function setup() { return { chunks: lodash__WEBPACK_IMPORTED_MODULE_3___default().chunk([1, 2, 3], 2) }; }
/* harmony default export */ function __WEBPACK_DEFAULT_EXPORT__(data) {
  var res = k6_http__WEBPACK_IMPORTED_MODULE_1___default().get("".concat(_config__WEBPACK_IMPORTED_MODULE_2__.BASE, "/json"));
  (0,k6__WEBPACK_IMPORTED_MODULE_0__.check)(res, { 'status is 200': function (r) { return r.status === 200; } });
  c.add(1); console.log(JSON.stringify(data), JSON.stringify((lodash__WEBPACK_IMPORTED_MODULE_3___default())), Object.keys(k6_http__WEBPACK_IMPORTED_MODULE_1__).includes('get'), k6_http__WEBPACK_IMPORTED_MODULE_1__.__esModule, typeof k6_http__WEBPACK_IMPORTED_MODULE_1__.default);
  if (__ITER === 1) throw new Error('in the bundle');
}
function handleSummary(data) { return { stdout: Object.keys(data.metrics).filter((k) => k[0] === 'b').join() + '\n' }; }
})();
var __webpack_export_target__ = exports;
for(var __webpack_i__ in __webpack_exports__) __webpack_export_target__[__webpack_i__] = __webpack_exports__[__webpack_i__];
if(__webpack_exports__.__esModule) Object.defineProperty(__webpack_export_target__, "__esModule", { value: true });
/******/ })()
;
